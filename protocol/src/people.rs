//! Who takes part: roles and where they sit. What a role may do is decided in `server::room::rights`.

use serde::{Deserialize, Serialize};

/// What a person is at the conference. A wall is a device, not a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the meeting, holds the main pen, decides.
    Chair,
    /// A named person with all of the desk except reveal, decision and close (P22).
    CoChair,
    /// First professional to summarise; keyworker after the decision.
    SocialWorker,
    /// Supports the social worker.
    TeamManager,
    /// Child abuse investigation team.
    Police,
    /// Children from birth to 5.
    HealthVisitor,
    /// School-age children.
    SchoolNurse,
    /// Unborn and new-born.
    Midwife,
    /// Teacher, designated safeguarding lead, nursery.
    School,
    /// General practitioner.
    Gp,
    /// Probation or youth justice.
    Probation,
    /// Mental health, drug and alcohol, domestic abuse, housing.
    AdultServices,
    /// Any other professional: paediatrician, parenting practitioner.
    OtherProfessional,
    /// Parent or carer, everyone with parental responsibility.
    Parent,
    /// Grandparents, wider family, friends.
    Relative,
    /// A child who takes part.
    YoungPerson,
    /// Parent's supporter, advocate or solicitor.
    Supporter,
    /// Says what the child wants said.
    ChildAdvocate,
    /// Interprets everything, adds nothing.
    Interpreter,
    /// Watches, with the family's agreement.
    Observer,
    /// Invitations, papers, room, dates; types for the chair and for people without a device.
    BusinessSupport,
    /// A screen on the wall: reads what everyone in its room may read.
    Wall,
}

impl Role {
    /// Every role.
    pub const EVERY: [Role; 22] = [
        Self::Chair,
        Self::CoChair,
        Self::SocialWorker,
        Self::TeamManager,
        Self::Police,
        Self::HealthVisitor,
        Self::SchoolNurse,
        Self::Midwife,
        Self::School,
        Self::Gp,
        Self::Probation,
        Self::AdultServices,
        Self::OtherProfessional,
        Self::Parent,
        Self::Relative,
        Self::YoungPerson,
        Self::Supporter,
        Self::ChildAdvocate,
        Self::Interpreter,
        Self::Observer,
        Self::BusinessSupport,
        Self::Wall,
    ];

    /// Has a desk and comes in without the lobby.
    pub fn has_desk(self) -> bool {
        matches!(self, Self::Chair | Self::CoChair | Self::BusinessSupport)
    }

    /// Leads the meeting: everything on the desk.
    pub fn leads(self) -> bool {
        matches!(self, Self::Chair | Self::CoChair)
    }

    /// A member of the family (P8: named first).
    pub fn is_family(self) -> bool {
        matches!(self, Self::Parent | Self::Relative | Self::YoungPerson)
    }

    /// Comes for an agency.
    pub fn is_professional(self) -> bool {
        matches!(
            self,
            Self::SocialWorker
                | Self::TeamManager
                | Self::Police
                | Self::HealthVisitor
                | Self::SchoolNurse
                | Self::Midwife
                | Self::School
                | Self::Gp
                | Self::Probation
                | Self::AdultServices
                | Self::OtherProfessional
        )
    }

    /// May offer words of its own to the chair.
    pub fn offers(self) -> bool {
        self.is_family() || self.is_professional()
    }

    /// May offer words *for* a named person (P15).
    pub fn types_for_others(self) -> bool {
        matches!(self, Self::Supporter | Self::ChildAdvocate | Self::BusinessSupport)
    }

    /// May be given a pen. Interpreter, observer and supporter never write themselves.
    pub fn may_hold_pen(self) -> bool {
        self.leads() || self.is_professional() || self.is_family() || self == Self::BusinessSupport
    }
}

/// Where somebody sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the room.
    Room,
    /// On the call.
    Call,
}

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Has a link and has not come yet.
    Invited,
    /// At the door; has no document.
    Waiting,
    /// Admitted.
    Here,
    /// Their part has ended (P5).
    PartEnded,
    /// Was here when the conference was closed.
    Closed,
    /// Went by themselves.
    Left,
    /// Sent out or not let in. Reads like an unknown link to the outside (P3).
    Out,
}

/// Which screen a device shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    /// The chair's desk.
    Desk,
    /// An attendee's screen.
    Meet,
    /// The big screen.
    Wall,
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn interpreter_and_observer_never_write_p15() {
        for role in [Role::Interpreter, Role::Observer, Role::Wall] {
            assert!(!role.offers() && !role.types_for_others() && !role.may_hold_pen(), "{role:?}");
        }
    }

    #[test]
    fn every_role_is_listed_once() {
        let unique: std::collections::BTreeSet<_> = Role::EVERY.into_iter().collect();
        assert_eq!(unique.len(), Role::EVERY.len());
    }
}
