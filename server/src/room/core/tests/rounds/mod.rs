//! Rounds of sealed notes in the room, by the rules of SPEC SEAL.

mod chairing;
mod game;
mod kept;
mod notes;
mod whatever;
mod worlds;

use super::house::{House, conference, conference_id, id};
use crate::{
    meeting::{conference::Conference, framework},
    room::core::AskId,
};
use ballot_box::{Answer, BALLOT_BYTES, PublicKey, Round, RoundKey, device};
use protocol::{
    command::{Command, Outcome, Refusal},
    document::{Audience, Kind},
    framework::Scale,
    id::{AttendeeId, ChildId, RoundId},
    people::{Role, Standing},
    rounds::{FamilyChoice, NewRound, Numbers, RoundState, Third, Timing, Told},
};
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

const EVERYBODY: Kind = Kind::Proceedings(Audience::All);
const SCALING: [Role; 6] = [
    Role::SocialWorker,
    Role::TeamManager,
    Role::Police,
    Role::HealthVisitor,
    Role::SchoolNurse,
    Role::School,
];
/// Another authority's file: the number goes the other way.
const WORRY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/frameworks/worry.toml"));

/// A key, made once: making one takes longer than all the rest.
fn key() -> RoundKey {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    let der = KEY.get_or_init(|| RoundKey::generate(&mut StdRng::seed_from_u64(9)).to_pkcs8().to_vec());
    RoundKey::from_pkcs8(der).expect("a key")
}

fn round(n: u8) -> RoundId {
    RoundId::from_random([n; 10])
}

fn child() -> ChildId {
    ChildId::from_random([1; 10])
}

fn new(n: u8) -> NewRound {
    let (question, low_words, high_words) = (None, None, None);
    NewRound { round: round(n), child: child(), question, low_words, high_words, minimum: None }
}

fn open(n: u8) -> Command {
    Command::OpenRound { new: new(n) }
}

/// These people scale; chair, business support, a parent and a wall are there as well.
fn with(scaling: &[Role]) -> Conference {
    let others =
        [Role::Chair, Role::CoChair, Role::BusinessSupport, Role::Parent, Role::Interpreter, Role::Wall];
    let mut conference = conference(&[&others, scaling].concat());
    change_scale(&mut conference, |scale| scale.phase = "the-plan".to_owned());
    conference
}

fn change_scale(conference: &mut Conference, change: impl FnOnce(&mut Scale)) {
    let framework = conference.framework.as_mut().map(Arc::make_mut).expect("it has one");
    change(framework.scale.as_mut().expect("it scales"));
}

/// Everybody is here and the phase of the scale is open.
fn house_of(conference: Conference) -> House {
    let mut house = House::begin(31, conference);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "the-plan".into() });
    house
}

fn house() -> House {
    house_of(with(&SCALING))
}

impl House {
    /// The keys that were asked for are made.
    fn make_keys(&mut self) {
        for round in std::mem::take(&mut self.keys) {
            self.core.key_made(round, key());
            self.effects();
        }
        self.settle();
    }

    fn opens(&mut self, n: u8) {
        self.done(Role::Chair, open(n));
        self.make_keys();
        assert_eq!(self.state(n), RoundState::Open);
    }

    fn state(&self, n: u8) -> RoundState {
        self.core.conference().rounds.all[&round(n)].state
    }

    fn shown(&mut self, role: Role, n: u8) -> Value {
        json!(self.device(role).copy(EVERYBODY).replica.values())["rounds"][round(n).to_string()].clone()
    }

    /// What a device makes of what stands in its document.
    fn device_of(&mut self, role: Role, n: u8, seed: u8) -> device::Device {
        let key = self.shown(role, n)["key"].as_str().expect("a key").to_owned();
        let mut modulus = [0; 256];
        hex::decode_to_slice(key, &mut modulus).expect("hex digits");
        let name = format!("{}/{}", conference_id(), round(n)).parse().expect("a name");
        let round = Round::new(name, PublicKey::from_modulus(&modulus).expect("a key"));
        device::Device::new(round, &[seed; 32]).expect("a factor with an inverse")
    }

    fn ask_note(&mut self, role: Role, n: u8, seed: u8) -> Outcome {
        let blinded = hex::encode(self.device_of(role, n, seed).blinded());
        self.does(role, Command::AskNote { round: round(n), blinded })
    }

    fn token(&mut self, role: Role, n: u8, seed: u8) -> device::Token {
        let outcome = self.ask_note(role, n, seed);
        self.finalised(role, n, seed, &outcome)
    }

    fn finalised(&mut self, role: Role, n: u8, seed: u8, outcome: &Outcome) -> device::Token {
        let Outcome::Signed { signed } = outcome else { panic!("{role:?}: {outcome:?}") };
        let mut bytes = [0; 256];
        hex::decode_to_slice(signed, &mut bytes).expect("hex digits");
        self.device_of(role, n, seed).finalise(&bytes).expect("signed with the round's key")
    }

    fn casts(&mut self, ballot: &[u8; BALLOT_BYTES], n: u8) {
        self.core.cast(round(n), ballot);
        assert_eq!(self.core.take_effects(), [], "casting answers nothing");
    }

    /// Time passes; the room looks at the clock.
    fn later(&mut self, milliseconds: u64) {
        self.now += milliseconds;
        self.core.tick(self.now);
        self.effects();
        self.settle();
    }

    fn closes(&mut self, n: u8) {
        self.done(Role::Chair, Command::CloseRound { round: round(n) });
        assert_eq!(self.state(n), RoundState::Closing);
        self.later(Timing::REAL.drain);
        assert_eq!(self.state(n), RoundState::Closed);
    }

    /// A whole round in which each of `SCALING` writes a number, or none.
    fn plays(&mut self, n: u8, numbers: &[Option<u8>]) {
        self.opens(n);
        for (place, number) in numbers.iter().enumerate() {
            let token = self.token(SCALING[place], n, place as u8 + 1);
            self.casts(&token.ballot(0, says(*number)), n);
        }
        self.closes(n);
        self.done(Role::Chair, Command::RevealRound { round: round(n) });
    }

    fn told(&mut self, role: Role) -> Vec<Told> {
        let told = &self.device(role).told;
        told.iter().map(|words| serde_json::from_str(words).expect("it reads")).collect()
    }

    /// The last count that was told.
    fn counted(&mut self, role: Role) -> (String, u32) {
        let last = self.told(role).into_iter().rev().find_map(|told| match told {
            Told::Count { epoch, notes, .. } => Some((epoch, notes)),
            Told::Bundle { .. } | Told::Disk { .. } => None,
        });
        last.expect("a count")
    }
}

fn says(number: Option<u8>) -> Answer {
    number.map_or(Answer::NOTHING, |number| Answer::try_from(number).expect("a number"))
}

fn some(numbers: [u8; 6]) -> Vec<Option<u8>> {
    numbers.into_iter().map(Some).collect()
}
