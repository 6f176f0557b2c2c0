//! A ballot on the wire: always the same length, whatever it says.

use crate::{KEY_BYTES, Round};
use ed25519_dalek::{Signature, VerifyingKey};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of every ballot. What it needs is 374; the rest is zero, and room for what comes later.
pub const BALLOT_BYTES: usize = 1024;
/// The version that a ballot begins with.
const VERSION: u8 = 1;
/// How "no number" is written.
pub const NOTHING: u8 = 255;

/// What a note says. Why there is no number – would rather not, does not know enough, did nothing – is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize)]
pub struct Answer(u8);

/// A byte that was read as an answer and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a note says a number from 0 to 10, or nothing (255)")]
pub struct NotAnAnswer;

impl Answer {
    /// A note without a number.
    pub const NOTHING: Self = Self(NOTHING);

    /// The number, 0–10.
    pub fn number(self) -> Option<u8> {
        (self.0 != NOTHING).then_some(self.0)
    }
}

impl TryFrom<u8> for Answer {
    type Error = NotAnAnswer;
    fn try_from(byte: u8) -> Result<Self, NotAnAnswer> {
        if byte <= 10 || byte == NOTHING { Ok(Self(byte)) } else { Err(NotAnAnswer) }
    }
}

impl From<Answer> for u8 {
    fn from(answer: Answer) -> u8 {
        answer.0
    }
}

/// A ballot whose two signatures have been checked.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Ballot {
    /// SHA-256 of the one-time key: the part of `m` that differs between ballots of a round. Boxes are sorted by it.
    pub(crate) name: [u8; 32],
    pub(crate) one_time_key: [u8; 32],
    pub(crate) seq: u32,
    pub(crate) answer: Answer,
    pub(crate) signature: [u8; KEY_BYTES],
}

/// Takes fields from the front of a body.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }
}

impl Ballot {
    /// Reads and checks a body. There is one way to write a ballot; anything else is none, and nobody is told why.
    pub(crate) fn read(round: &Round, body: &[u8]) -> Option<Self> {
        let mut fields = Fields(<&[u8; BALLOT_BYTES]>::try_from(body).ok()?);
        let [version] = fields.take()?;
        let of: [u8; 16] = fields.take()?;
        let one_time_key = fields.take()?;
        let seq = u32::from_be_bytes(fields.take()?);
        let [answer] = fields.take()?;
        let signature = fields.take()?;
        let own: [u8; 64] = fields.take()?;
        let answer = Answer::try_from(answer).ok()?;
        let padded = fields.0.iter().all(|byte| *byte == 0);
        if version != VERSION || of != *round.name().round() || !padded {
            return None;
        }
        let message = round.message(&one_time_key);
        if !round.key().verifies(&message, &signature) {
            return None;
        }
        let key = VerifyingKey::from_bytes(&one_time_key).ok()?;
        key.verify_strict(&round.cast(seq, answer), &Signature::from_bytes(&own)).ok()?;
        let name = *message.last_chunk()?;
        Some(Self { name, one_time_key, seq, answer, signature })
    }
}

/// Writes a ballot. `own` is the one-time key's signature of [`Round::cast`].
pub(crate) fn write(
    round: &Round,
    one_time_key: &[u8; 32],
    (seq, answer): (u32, Answer),
    signature: &[u8; KEY_BYTES],
    own: &[u8; 64],
) -> [u8; BALLOT_BYTES] {
    let mut body = [0; BALLOT_BYTES];
    let (seq, answer) = (seq.to_be_bytes(), [answer.into()]);
    let fields: [&[u8]; 7] = [&[VERSION], round.name().round(), one_time_key, &seq, &answer, signature, own];
    let mut rest = &mut body[..];
    for field in fields {
        let (place, after) = rest.split_at_mut(field.len());
        place.copy_from_slice(field);
        rest = after;
    }
    body
}
