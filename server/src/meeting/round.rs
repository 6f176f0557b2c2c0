//! Rounds of sealed notes as the conference's state holds them: question, who is entitled, how far a round is, and what
//! it left. No note, no one-time key, no signing key and no time of anybody's act is in here (SPEC SEAL).

use super::conference::Conference;
use protocol::{
    id::{AttendeeId, ChildId, RoundId},
    people::Role,
    rounds::{FamilyChoice, Numbers, Revealed, RoundState, Timing},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// All rounds, and how the family takes part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rounds {
    /// By their ids.
    pub all: BTreeMap<RoundId, Round>,
    /// What each of the family has said (P16).
    pub family: BTreeMap<AttendeeId, FamilyChoice>,
}

/// One round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Place in the order of opening.
    pub n: u32,
    /// Whom it is about.
    pub child: ChildId,
    /// As it was put.
    pub question: String,
    /// Words at the lowest number, as they were.
    pub low_words: String,
    /// Words at the highest number, as they were.
    pub high_words: String,
    /// From how many notes with a number on each is shown.
    pub minimum: u8,
    /// Who may hand a note in. Names nobody's note: everybody of them casts one.
    pub entitled: BTreeSet<AttendeeId>,
    /// How far it is.
    pub state: RoundState,
    /// Modulus of its key, 512 hex digits, once it is made.
    pub key: Option<String>,
    /// How many notes are in, once it is closed.
    #[serde(default)]
    pub notes: Option<u32>,
    /// What it left.
    pub revealed: Option<Revealed>,
}

impl Round {
    /// Notes are given out and handed in.
    pub fn takes_notes(&self) -> bool {
        matches!(self.state, RoundState::Open | RoundState::Closing)
    }

    /// Neither revealed nor given up.
    pub fn is_under_way(&self) -> bool {
        !matches!(self.state, RoundState::Revealed | RoundState::Void)
    }

    /// Notes of people entitled that never came, as far as it matters to what is told later: of too few nothing was told.
    pub fn missing(&self) -> usize {
        let told = self.revealed.as_ref();
        if told.is_some_and(|told| told.numbers == Numbers::TooFew) {
            return 0;
        }
        let notes = self.notes.or(told.map(|told| told.notes)).unwrap_or(0);
        self.entitled.len().saturating_sub(notes as usize)
    }

    /// Gives it up.
    pub fn give_up(&mut self) {
        self.state = RoundState::Void;
        self.key = None;
    }
}

impl Conference {
    /// Every wait of this conference's rounds.
    pub fn timing(&self) -> Timing {
        if self.practice { Timing::PRACTICE } else { Timing::REAL }
    }

    /// Whether somebody may hand a note in when a round opens: they are here, and scale by the framework or, of the
    /// family, have chosen the pad. A family member's number is never assumed (P16).
    pub fn may_scale(&self, attendee: AttendeeId) -> bool {
        let (Some(who), Some(scale)) = (self.here(attendee), &self.framework().scale) else { return false };
        match who.person.role {
            role if role.is_family() => self.rounds.family.get(&attendee) == Some(&FamilyChoice::Pad),
            Role::Wall => false,
            role => scale.who.contains(&role),
        }
    }

    /// Gives up every round that is under way: the conference ends.
    pub fn void_rounds(&mut self) {
        self.rounds.all.values_mut().filter(|round| round.is_under_way()).for_each(Round::give_up);
    }
}
