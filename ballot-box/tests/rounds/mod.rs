//! Rounds for tests. Keys are drawn from a small pool, because making one takes longer than a whole round.
#![allow(dead_code, missing_docs)] // each test file uses its part

use ballot_box::{
    Answer, BALLOT_BYTES, BallotBox, Issuer, Round, RoundKey, RoundName,
    device::{Device, Token},
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use std::sync::OnceLock;

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// The `n`th key of the pool, as PKCS#8.
pub fn pooled(n: usize) -> RoundKey {
    static POOL: [OnceLock<Vec<u8>>; 50] = [const { OnceLock::new() }; 50];
    let n = n % POOL.len();
    let der = POOL[n].get_or_init(|| RoundKey::generate(&mut rng(1_000 + n as u64)).to_pkcs8().to_vec());
    RoundKey::from_pkcs8(der).expect("a key of the pool")
}

pub fn name(round: u32) -> RoundName {
    format!("c0nference000001/{round:016}").parse().expect("a round's name")
}

/// An open round: issuer, box, and the dice of everybody.
pub struct Open {
    pub issuer: Issuer,
    pub round: Round,
    pub ballots: BallotBox,
    pub rng: StdRng,
}

impl Open {
    pub fn new(number: u32, key: usize, entitled: usize) -> Self {
        let mut rng = rng(u64::from(number));
        let issuer = Issuer::new(pooled(key), entitled);
        let round = Round::new(name(number), issuer.public().clone());
        let ballots = BallotBox::new(&mut rng, round.clone(), entitled);
        Self { issuer, round, ballots, rng }
    }

    pub fn device(&mut self) -> Device {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        Device::new(self.round.clone(), &seed).expect("a factor with an inverse")
    }

    /// A device whose note has been signed.
    pub fn token(&mut self) -> Token {
        let device = self.device();
        let signed = self.issuer.sign(&mut self.rng, device.blinded()).expect("entitled");
        device.finalise(&signed).expect("signed with the round's key")
    }

    /// Signs and casts one note for each answer, in this order.
    pub fn cast_all(&mut self, answers: &[Answer]) -> Vec<[u8; BALLOT_BYTES]> {
        let cast = |answer: &Answer| {
            let body = self.token().ballot(0, *answer);
            self.ballots.cast(&body);
            body
        };
        answers.iter().map(cast).collect()
    }

    /// A number from 0 to 10.
    pub fn number(&mut self) -> u8 {
        self.rng.random_range(0..=10)
    }
}

pub fn says(number: u8) -> Answer {
    Answer::try_from(number).expect("a number of the line")
}

pub fn answers(numbers: &[u8]) -> Vec<Answer> {
    numbers.iter().copied().map(says).collect()
}
