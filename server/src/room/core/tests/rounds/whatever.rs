//! Rounds on a disk that loses, tears and refuses, by a seed.

use super::*;
use crate::store::StoreError;
use rand::RngExt as _;
use std::collections::BTreeMap;

/// Rounds that are played.
const SEEDS: u64 = 8;
/// What happens in one.
const STEPS: usize = 50;

/// One round, in which the power goes and the disk refuses at any time.
struct Play {
    house: House,
    rng: StdRng,
    /// What each device had signed: one message, whatever happened.
    signed: BTreeMap<Role, (u8, String)>,
}

impl Play {
    fn step(&mut self) {
        let role = SCALING[self.rng.random_range(0..SCALING.len())];
        match self.rng.random_range(0..10) {
            0..4 => {
                // Now and then a second device of theirs asks.
                let seed = role as u8 + 100 * u8::from(self.rng.random_range(0..4) == 0);
                let blinded = hex::encode(self.house.device_of(role, 1, seed).blinded());
                let ask = self.house.ask_new(role, Command::AskNote { round: round(1), blinded });
                self.passes();
                self.hears(role, seed, ask);
            }
            4..7 => self.hands_in(role),
            7 => self.passes(),
            8 => self.house.store.fail_next(StoreError::Unavailable("full".to_owned())),
            _ => {
                let seed = self.rng.random_range(0..1_000);
                self.house.crash(seed);
            }
        }
        self.house.relink();
        self.house.settle();
    }

    /// The answer, unless the power went before there was one.
    fn hears(&mut self, role: Role, seed: u8, ask: AskId) {
        self.house.relink();
        self.house.settle();
        let Some(Outcome::Signed { signed }) = self.house.answers.get(&ask) else { return };
        let before = self.signed.insert(role, (seed, signed.clone()));
        assert!(before.is_none_or(|before| before == (seed, signed.clone())), "two notes for {role:?}");
    }

    /// Some of what waits happens; it may be cut off.
    fn passes(&mut self) {
        match self.rng.random_range(0..4) {
            0 => self.house.deliver(),
            1 => drop(self.house.submit()),
            2 => drop(self.house.sync()),
            _ => {
                let seed = self.rng.random_range(0..1_000);
                self.house.crash(seed);
            }
        }
    }

    fn hands_in(&mut self, role: Role) {
        let Some((seed, signed)) = self.signed.get(&role).cloned() else { return };
        let token = self.house.finalised(role, 1, seed, &Outcome::Signed { signed });
        self.house.casts(&token.ballot(0, says(Some(role as u8 % 11))), 1);
    }
}

#[test]
fn seal2_seal6_whatever_happens_each_has_one_note_and_every_note_whose_device_is_here_counts_once() {
    let (mut refused, mut crashed) = (0, 0);
    for seed in 1..=SEEDS {
        let mut house = house();
        house.opens(1);
        let mut play = Play { house, rng: StdRng::seed_from_u64(seed), signed: BTreeMap::new() };
        for _ in 0..STEPS {
            play.step();
        }
        assert_eq!(play.house.state(1), RoundState::Open, "seed {seed}");
        // The last time that the disk refuses something: what is sent again is kept.
        while !matches!(play.house.does(Role::Chair, Command::Pause), Outcome::Done { .. }) {
            play.house.relink();
        }
        play.house.done(Role::Chair, Command::Resume);
        for role in SCALING {
            play.hands_in(role);
        }
        play.house.closes(1);
        play.house.done(Role::Chair, Command::RevealRound { round: round(1) });
        let revealed = play.house.core.conference().rounds.all[&round(1)].revealed.clone().expect("revealed");
        assert_eq!(revealed.notes as usize, play.signed.len(), "seed {seed}");
        refused += play.house.reloads;
        crashed += play.house.loads;
    }
    assert!(refused > SEEDS as u32 && crashed > 2 * SEEDS as u32, "nothing happened: {refused}, {crashed}");
}
