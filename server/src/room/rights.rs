//! Who may read and write which document now (SPEC RIGHT). Plain functions of the conference's state.

use crate::meeting::{attendee::Attendee, conference::Conference};
use protocol::{
    document::{Access, Audience, Kind},
    id::AttendeeId,
    people::Role,
};

/// What an attendee who is here may do with a document now; none = not a byte of it.
pub fn access(conference: &Conference, attendee: AttendeeId, kind: Kind) -> Option<Access> {
    let who = conference.here(attendee)?;
    let role = who.person.role;
    if conference.set_aside.contains(&kind) {
        return None;
    }
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
        Kind::Proceedings(audience) => is_member(role, audience).then_some(Access::Read),
        Kind::Record(audience) => may_read(conference, attendee, who, audience).then_some(Access::Read),
        Kind::Board(audience) => may_read(conference, attendee, who, audience).then(|| writes(who.writes())),
        Kind::Plan(audience) => may_read(conference, attendee, who, audience).then(|| {
            let phase_allows =
                conference.open_phase().is_some_and(|phase| phase.plan_writers.contains(&role))
                    && role != Role::Wall;
            writes(who.writes() || phase_allows)
        }),
    }
}

/// Whether somebody who is here may read what is written for an audience (SPEC RIGHT3, PART2). A wall is read by the
/// whole room: it shows a part only while a desk has said of everybody whom that leaves out that they do not sit there.
/// What they say themselves – on the call, gone – does not count: they would read it on the wall beside them.
pub fn may_read(conference: &Conference, attendee: AttendeeId, who: &Attendee, audience: Audience) -> bool {
    let role = who.person.role;
    let Audience::Part(n) = audience else {
        return is_member(role, audience) && !who.barred.contains(&audience);
    };
    let Some(without) = conference.parts.get(&n) else { return false };
    let may_sit_there = |one: &AttendeeId| conference.people.get(one).is_some_and(|one| !one.away);
    if role == Role::Wall { !without.iter().any(may_sit_there) } else { !without.contains(&attendee) }
}

/// Whether a role belongs to an audience (SPEC RIGHT3); a part asks who, not what role.
pub fn is_member(role: Role, audience: Audience) -> bool {
    match audience {
        Audience::All => true,
        Audience::Part(_) => false,
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
