//! Who may read and write which document now (SPEC RIGHT). Plain functions of the conference's state.

use crate::meeting::conference::Conference;
use protocol::{
    document::{Access, Audience, Kind},
    id::AttendeeId,
    people::Role,
};

/// What an attendee who is here may do with a document now; none = not a byte of it.
pub fn access(conference: &Conference, attendee: AttendeeId, kind: Kind) -> Option<Access> {
    let who = conference.here(attendee)?;
    let role = who.person.role;
    if conference.closed && !role.has_desk() {
        return match kind {
            Kind::Stage => Some(Access::Read),
            Kind::Seat(of) if of == attendee => Some(Access::Read),
            _ => None,
        };
    }
    let writes = |allowed: bool| if allowed && !conference.closed { Access::Write } else { Access::Read };
    match kind {
        Kind::Stage => Some(Access::Read),
        Kind::Seat(of) => (of == attendee).then_some(Access::Read),
        Kind::Desk => role.has_desk().then_some(Access::Read),
        Kind::Proceedings(audience) | Kind::Record(audience) => {
            is_member(role, audience).then_some(Access::Read)
        }
        Kind::Board(audience) => is_member(role, audience).then(|| writes(who.writes())),
        Kind::Plan(audience) => is_member(role, audience).then(|| {
            let phase_allows =
                conference.open_phase().is_some_and(|phase| phase.plan_writers.contains(&role))
                    && role != Role::Wall;
            writes(who.writes() || phase_allows)
        }),
    }
}

/// Whether a role belongs to an audience (SPEC RIGHT3).
pub fn is_member(role: Role, audience: Audience) -> bool {
    match audience {
        Audience::All => true,
        Audience::Professionals => role.is_professional() || role.has_desk(),
        Audience::Family => {
            role.is_family() || matches!(role, Role::Supporter | Role::ChildAdvocate) || role.has_desk()
        }
        Audience::Chair => role.leads(),
    }
}

/// Whose screens show paper while the conference is paused (P6): all but the desks.
pub fn is_covered_by_pause(role: Role) -> bool {
    !role.has_desk()
}
