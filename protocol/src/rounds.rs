//! Rounds of sealed notes as they travel: how one is opened, how long things wait, what is told of it (SPEC SEAL).

use crate::id::{ChildId, RoundId};
use serde::{Deserialize, Serialize};

/// Hex digits of a blinded message and of a signature.
pub const BLINDED_DIGITS: usize = 512;

/// A round that is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct NewRound {
    /// Made by the client, so that it can be sent again.
    pub round: RoundId,
    /// Whom it is about: one round for each child (F98).
    pub child: ChildId,
    /// As it is put to people; none = the framework's question, with the child's name in it.
    pub question: Option<String>,
    /// Words at the lowest number; none = the framework's.
    pub low_words: Option<String>,
    /// Words at the highest number; none = the framework's.
    pub high_words: Option<String>,
    /// From how many notes with a number on each is shown: 5, or more. Never fewer (SEAL8).
    pub minimum: Option<u8>,
}

/// How somebody of the family takes part in scaling. The desk asks each of them beforehand (P16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum FamilyChoice {
    /// With a note like everybody else.
    Pad,
    /// Says a number aloud: a signed quote, never a dot, never in the tally.
    Aloud,
    /// Not at all.
    No,
}

/// How far a round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum RoundState {
    /// Its key is being made.
    Making,
    /// Notes are given out and handed in.
    Open,
    /// The chair has closed it: what has not been handed in is handed in now.
    Closing,
    /// Nothing is taken any more; nobody has seen a number.
    Closed,
    /// The numbers are told.
    Revealed,
    /// Given up before anybody saw a number. It may be repeated.
    Void,
}

/// Every wait of a round, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Timing {
    /// A device hands in after a random time up to this; up to half of it once the round is closing.
    pub jitter: u64,
    /// From closing until nothing is taken any more, where every note is in that a signature was given for.
    pub drain: u64,
    /// Between two tellings of the count.
    pub count: u64,
    /// At least the drain: how long devices are waited for that are slow, or have to come back after the service was started
    /// anew.
    pub back: u64,
}

impl Timing {
    /// In a real conference.
    pub const REAL: Self = Self { jitter: 20_000, drain: 25_000, count: 5_000, back: 25_000 };
    /// In a practice conference: nobody learns anything by waiting. Its numbers are not protected by jitter.
    pub const PRACTICE: Self = Self { jitter: 2_000, drain: 3_000, count: 1_000, back: 10_000 };
}

/// A third of the line (SEAL8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Third {
    /// 0–3.
    Low,
    /// 4–6.
    Middle,
    /// 7–10.
    High,
}

/// What is told of the notes with a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Numbers {
    /// Nothing: there were too few, and people could tell who wrote which.
    TooFew,
    /// How many lie in each third of the line, and in which the middle is; two where it lies between them.
    Bands {
        /// 0–3, 4–6, 7–10.
        counts: [u32; 3],
        /// From … to.
        middle: [Third; 2],
    },
    /// Every number, lowest first.
    Each {
        /// 0–10 each.
        numbers: Vec<u8>,
        /// Twice the middle value: 9 is 4½.
        middle_doubled: u8,
    },
}

/// All that a round leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Revealed {
    /// Notes with a number.
    pub numbers: Numbers,
    /// Notes without one, whatever the reason.
    pub without_number: u32,
    /// Notes that were in; the rest of the entitled did not take part.
    pub notes: u32,
    /// When.
    pub at: u64,
}

/// A note as every browser gets it to check it (SEAL11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ShownNote {
    /// 0–10, or 255 for no number; absent where answers are not told one by one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub answer: Option<u8>,
    /// The one-time key, 64 hex digits.
    pub key: String,
    /// The round's signature, 512 hex digits.
    pub signature: String,
}

/// The text of a stateless frame about `proceedings.all`. It is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Told {
    /// How many notes are in, on a tick and never when one comes (SEAL9).
    Count {
        /// Of which round.
        round: RoundId,
        /// The box, 32 hex digits. When it changes the box is another one: hand in again.
        epoch: String,
        /// How many.
        notes: u32,
    },
    /// All notes, once, with the reveal.
    Bundle {
        /// Of which round.
        round: RoundId,
        /// Sorted by answer, then by `m`.
        notes: Vec<ShownNote>,
    },
    /// Whether what is written can be saved. Said when it changes, and to whoever comes while it cannot (STO16).
    Disk {
        /// It can.
        takes: bool,
    },
}
