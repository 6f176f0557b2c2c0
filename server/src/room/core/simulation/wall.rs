//! What a wall of a simulated conference gets: everybody in the room reads it. Measured by words, not by the room's own
//! table of rights.

use super::Simulation;
use crate::room::core::tests::{
    device::{read, words_in},
    house::id,
};
use protocol::{
    command::Command,
    document::{Audience, Kind},
    people::Role,
};
use std::collections::BTreeSet;

/// Words of which a simulated conference knows who must not read them, by their numbers.
#[derive(Default)]
pub(super) struct KeptBack {
    /// Offered, held, asked about or said to the desk alone, until somebody shows them.
    pub(super) desk: BTreeSet<u32>,
    /// Written for the audience of a role, and by nobody shown to all.
    audiences: BTreeSet<u32>,
}

impl Simulation {
    /// Words that reach the desk alone for now.
    pub(super) fn desk_words(&mut self) -> String {
        let words = self.words(id(Role::Chair));
        self.kept_back.desk.insert(self.words);
        words
    }

    /// Words that are written for the audience of a role.
    pub(super) fn written_for(&mut self, kind: Kind) {
        if let Kind::Board(audience) | Kind::Plan(audience) = kind
            && !matches!(audience, Audience::All | Audience::Part(_))
        {
            self.kept_back.audiences.insert(self.words);
        }
    }

    /// A command goes up that may show words of the desk.
    pub(super) fn may_show(&mut self, command: &Command) {
        let conference = self.house.core.conference();
        let shown = match command {
            Command::Accept { offer, .. } => {
                conference.offers.get(offer).map(|offer| format!("{:?}", offer.what))
            }
            Command::Release { held, .. } => conference.held.get(held).map(|line| line.words.clone()),
            Command::AnswerWords { record, yes: true } => {
                conference.in_hand.rewordings.get(record).map(|asked| asked.words.clone())
            }
            Command::Reword { words, ask: None, .. } => Some(words.clone()),
            _ => None,
        };
        for shown in words_in(shown.unwrap_or_default().as_bytes()) {
            self.kept_back.desk.remove(&shown);
        }
    }

    /// SYNC11, PART2, P5: what came to walls since the last look.
    pub(super) fn walls_show_what_they_may(&mut self) {
        for one in std::mem::take(&mut self.house.on_walls) {
            let words = words_in(&one.frame);
            let secret = |kept: &BTreeSet<u32>| kept.intersection(&words).next().copied();
            let (name, said) = read(&one.frame);
            assert_eq!(secret(&self.kept_back.desk), None, "words of the desk in {name} on a wall: {said:?}");
            assert_eq!(
                secret(&self.kept_back.audiences),
                None,
                "words of a role in {name} on a wall: {said:?}"
            );
            assert!(words.is_empty() || !one.paused, "SYNC11: words in {name} on a paused wall: {said:?}");
            for (role, missed) in &self.missed {
                let sits_there = one.in_the_room.contains(&id(*role));
                let theirs = words.iter().find(|n| missed.contains(&format!("words {n};")));
                assert!(
                    !sits_there || theirs.is_none(),
                    "PART2: words {theirs:?} in {name} on a wall beside {role:?}: {said:?}"
                );
            }
        }
    }
}
