//! What a closed round tells: sorted numbers, or bands, or that there were too few.

use crate::{Answer, KEY_BYTES, ballot::Ballot};
use alloc::vec::Vec;

/// Notes with a number from which bands are shown. Three people could subtract their own and be left with two.
const BANDS_FROM: usize = 4;
/// Notes with a number from which each is shown on its own: whoever subtracts their own is left with four.
const EACH_FROM: usize = 5;

/// From how many notes with a number on each is shown on its own: 5, or more where a framework or chair says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minimum(usize);

/// A minimum that would show single notes of a group of fewer than five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("single notes are shown from 5 notes with a number on; the minimum may be raised, never lowered")]
pub struct MinimumTooLow;

impl Default for Minimum {
    fn default() -> Self {
        Self(EACH_FROM)
    }
}

impl TryFrom<usize> for Minimum {
    type Error = MinimumTooLow;
    fn try_from(notes: usize) -> Result<Self, MinimumTooLow> {
        if notes < EACH_FROM { Err(MinimumTooLow) } else { Ok(Self(notes)) }
    }
}

/// A third of the line. Bands are not told apart by colour or words: they are no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// 0–3.
    Low,
    /// 4–6.
    Middle,
    /// 7–10.
    High,
}

impl Band {
    fn of(number: u8) -> Self {
        match number {
            0..=3 => Self::Low,
            4..=6 => Self::Middle,
            _ => Self::High,
        }
    }
}

/// What is told of the notes with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tally {
    /// Three or fewer: nothing, because people could tell who wrote which.
    TooFew,
    /// Fewer than the minimum: how many lie in each third of the line.
    Bands {
        /// 0–3, 4–6, 7–10.
        counts: [usize; 3],
        /// Where the middle is; two bands if it lies between them. Made from the counts alone, so that it tells no more.
        middle: (Band, Band),
    },
    /// Every number, lowest first.
    Each {
        /// 0–10 each.
        numbers: Vec<u8>,
        /// Twice the middle value: 9 is 4½.
        middle_doubled: u8,
    },
}

/// A note as every browser gets it to check it. The signature of its one-time key is not in it: it covers the answer and
/// how often it was changed, and eleven tries would read the answer from it where only bands are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it says, where each is shown on its own.
    pub answer: Option<Answer>,
    /// The one-time key; `m` is made from it.
    pub one_time_key: [u8; 32],
    /// The round's signature of `m`.
    pub signature: [u8; KEY_BYTES],
}

/// All that is told of a closed round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reveal {
    /// The notes with a number.
    pub tally: Tally,
    /// Notes without a number: one figure, whatever the reason.
    pub without_number: usize,
    /// Notes that were in.
    pub notes: usize,
    /// People who were entitled. The difference to `notes` did not take part.
    pub entitled: usize,
    /// For browsers to check, sent once and stored nowhere: sorted by answer, then by `m`; where answers are not shown,
    /// by `m` alone.
    pub bundle: Vec<Shown>,
}

/// True if a question that was revealed may be revealed again of a group in which `changed` people joined or left: one or
/// two could be read off the difference. `missing` notes of both rounds never came. Nobody knows whose, so those who took
/// part differ by anything from `changed - missing` to `changed + missing`. A void round was not revealed and may be
/// repeated by anybody.
pub const fn may_show_again(changed: usize, missing: usize) -> bool {
    changed + missing == 0 || changed >= 3 + missing
}

pub(crate) fn of(notes: &[Ballot], entitled: usize, minimum: Minimum) -> Reveal {
    let mut numbers: Vec<u8> = notes.iter().filter_map(|note| note.answer.number()).collect();
    numbers.sort_unstable();
    let without_number = notes.len() - numbers.len();
    let each = numbers.len() >= minimum.0;
    let mut bundle: Vec<Shown> = notes
        .iter()
        .map(|note| Shown {
            answer: each.then_some(note.answer),
            one_time_key: note.one_time_key,
            signature: note.signature,
        })
        .collect();
    // Notes lie sorted by `m`, and this keeps it among equals.
    bundle.sort_by_key(|shown| shown.answer);
    Reveal { tally: tally(numbers, each), without_number, notes: notes.len(), entitled, bundle }
}

fn tally(numbers: Vec<u8>, each: bool) -> Tally {
    if numbers.len() < BANDS_FROM {
        return Tally::TooFew;
    }
    let (lower, upper) = (numbers[(numbers.len() - 1) / 2], numbers[numbers.len() / 2]);
    if each {
        return Tally::Each { numbers, middle_doubled: lower + upper };
    }
    let mut counts = [0; 3];
    for number in numbers {
        counts[Band::of(number) as usize] += 1;
    }
    Tally::Bands { counts, middle: (Band::of(lower), Band::of(upper)) }
}
