//! What a round is to everybody: its name, its key, and what both are bound into.

use crate::{
    Answer, WORDS,
    key::{EXPONENT, PublicKey},
};
use core::{fmt, str::FromStr};
use sha2::{Digest, Sha256};

/// Bytes of the message that is signed blind.
pub const MESSAGE_BYTES: usize = 49;
/// Characters of each half of a round's name.
pub const NAME_CHARS: usize = 16;
/// Begins every message: another version or another use can never be taken for this one.
const PREFIX: &[u8; 9] = b"scale-v1\0";
/// Begins what the one-time key signs.
const CAST: &[u8; 14] = b"scale-v1 cast\0";

/// The name of a round: its conference and itself, 16 characters each, so that the two never run together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RoundName {
    conference: [u8; NAME_CHARS],
    round: [u8; NAME_CHARS],
}

/// A text that was read as half of a round's name and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a round is named by its conference and itself, 16 characters each: <conference>/<round>")]
pub struct NotARoundName;

impl RoundName {
    /// The sixteen bytes that name the round within its conference.
    pub fn round(&self) -> &[u8; NAME_CHARS] {
        &self.round
    }
}

impl FromStr for RoundName {
    type Err = NotARoundName;

    /// Reads `<conference>/<round>`.
    fn from_str(text: &str) -> Result<Self, NotARoundName> {
        let (conference, round) = text.split_once('/').ok_or(NotARoundName)?;
        let half = |half: &str| -> Result<[u8; NAME_CHARS], NotARoundName> {
            let plain = half.bytes().all(|byte| byte.is_ascii_alphanumeric());
            half.as_bytes().try_into().ok().filter(|_| plain).ok_or(NotARoundName)
        };
        Ok(Self { conference: half(conference)?, round: half(round)? })
    }
}

impl fmt::Debug for RoundName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoundName(…)")
    }
}

/// A round as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    name: RoundName,
    key: PublicKey,
    binding: [u8; 32],
}

impl Round {
    /// The round of this name with this key.
    pub fn new(name: RoundName, key: PublicKey) -> Self {
        let hash = Sha256::new().chain_update(name.conference).chain_update(name.round);
        let binding = hash.chain_update(key.modulus()).chain_update(EXPONENT).finalize().into();
        Self { name, key, binding }
    }

    /// Its name.
    pub fn name(&self) -> &RoundName {
        &self.name
    }

    /// Its key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// SHA-256 of conference, round, modulus and exponent: nothing made for one round fits another.
    pub fn binding(&self) -> &[u8; 32] {
        &self.binding
    }

    /// The message that is signed for a one-time key: prefix, 8 bytes of the binding, SHA-256 of the key.
    pub fn message(&self, one_time_key: &[u8; 32]) -> [u8; MESSAGE_BYTES] {
        let mut message = [0; MESSAGE_BYTES];
        message[..9].copy_from_slice(PREFIX);
        message[9..17].copy_from_slice(&self.binding[..8]);
        message[17..].copy_from_slice(&Sha256::digest(one_time_key));
        message
    }

    /// What a one-time key signs when it casts: prefix, the whole binding, how many times, the answer.
    pub(crate) fn cast(&self, seq: u32, answer: Answer) -> [u8; 51] {
        let mut message = [0; 51];
        message[..14].copy_from_slice(CAST);
        message[14..46].copy_from_slice(&self.binding);
        message[46..50].copy_from_slice(&seq.to_be_bytes());
        message[50] = answer.into();
        message
    }

    /// The four words that stand on every screen: the first bytes of SHA-256 of modulus, exponent, conference and round.
    /// Each screen makes them from the key that it was given, so people who see different words have different keys.
    pub fn words(&self) -> [&'static str; 4] {
        let hash = Sha256::new().chain_update(self.key.modulus()).chain_update(EXPONENT);
        let hash = hash.chain_update(self.name.conference).chain_update(self.name.round).finalize();
        core::array::from_fn(|n| WORDS[usize::from(hash[n])])
    }
}
