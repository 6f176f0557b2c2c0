//! Where a round is played, and what it leaves behind.

use crate::{PEOPLE, rounds};
use ballot_box::{BALLOT_BYTES, Minimum, Reveal, Tally};
use rand::RngExt;
use rounds::Open;

/// What people say and when they tap. Both are known to them; the attacker in the room sees the taps.
pub struct People {
    pub numbers: [u8; PEOPLE],
    pub taps: [f64; PEOPLE],
}

/// Something the service left, in the order in which it lies there. All that it says of a note, a time or an address.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trace {
    pub number: Option<u8>,
    pub second: Option<f64>,
    pub address: Option<usize>,
}

/// All that was left of a round.
#[derive(Default)]
pub struct Traces {
    /// Rows, log lines and metrics.
    pub rows: Vec<Trace>,
    /// What the issuer saw of each person, by their place on the list: blinded bytes and the signature of them. More than
    /// is kept (a hash), as an operator has it who watched.
    pub asked: Vec<([u8; 256], [u8; 256])>,
    /// The bundle that everybody was sent: number, one-time key, signature.
    pub bundle: Vec<(u8, [u8; 32], [u8; 256])>,
}

/// A place to play a round. The crate alone is one; the whole service with its store is to be another.
pub trait Site {
    fn play(&mut self, people: &People) -> Traces;
}

/// A fault that a service could have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leak {
    /// Notes are stored as they come, and devices do not wait before casting.
    RowOrder,
    /// A note is stored with its time, and devices do not wait.
    Timestamp,
    /// A note is stored with its time; devices wait up to 20 s.
    JitteredTimestamp,
    /// Requests are logged with their address, one line for each note, in the order of the rows.
    AddressLog,
    /// The reveal shows notes in the order in which they came; devices do not wait.
    UnsortedReveal,
    /// A counter per number moves as each note comes, and somebody watches it; devices do not wait.
    EventCounter,
}

impl Leak {
    pub const ALL: [Self; 6] = [
        Self::RowOrder,
        Self::Timestamp,
        Self::JitteredTimestamp,
        Self::AddressLog,
        Self::UnsortedReveal,
        Self::EventCounter,
    ];
}

/// The longest that a device waits before it casts, in seconds.
const WAIT: f64 = 20.0;

/// The crate itself as the site, with a leak or none.
pub struct Crate {
    leak: Option<Leak>,
    played: u32,
}

pub fn play_on_crate(leak: Option<Leak>) -> Crate {
    Crate { leak, played: 0 }
}

impl Site for Crate {
    fn play(&mut self, people: &People) -> Traces {
        self.played += 1;
        let key = self.played as usize % pool();
        let mut open = Open::new(self.played, key, PEOPLE);
        let waits = matches!(self.leak, None | Some(Leak::JitteredTimestamp | Leak::AddressLog));
        let mut asked = Vec::new();
        let mut casts: Vec<(f64, usize, [u8; BALLOT_BYTES])> = Vec::new();
        for person in 0..PEOPLE {
            let device = open.device();
            let signed = open.issuer.sign(&mut open.rng, device.blinded()).expect("entitled");
            asked.push((*device.blinded(), signed));
            let token = device.finalise(&signed).expect("signed");
            let wait = if waits { open.rng.random_range(0.0..WAIT) } else { 0.0 };
            let body = token.ballot(0, rounds::says(people.numbers[person]));
            casts.push((people.taps[person] + wait, person, body));
        }
        casts.sort_by(|a, b| a.0.total_cmp(&b.0));
        casts.iter().for_each(|(_, _, body)| open.ballots.cast(body));
        let mut traces = Traces { asked, ..told(&open.ballots.reveal(Minimum::default())) };
        for &(second, person, _) in &casts {
            let number = Some(people.numbers[person]);
            let row = match self.leak {
                None | Some(Leak::UnsortedReveal) => continue,
                Some(Leak::RowOrder) => Trace { number, ..Trace::default() },
                Some(Leak::Timestamp | Leak::JitteredTimestamp | Leak::EventCounter) => {
                    Trace { number, second: Some(second), address: None }
                }
                Some(Leak::AddressLog) => Trace { number, second: None, address: Some(person) },
            };
            traces.rows.push(row);
        }
        match self.leak {
            // Counters of numbers are kept by number, and each says when it moved.
            Some(Leak::EventCounter) => traces.rows.sort_by_key(|row| row.number),
            Some(Leak::UnsortedReveal) => traces.bundle.sort_by_key(|note| came(&casts, &note.1)),
            _ => {}
        }
        traces
    }
}

/// The place among all casts at which the note with this one-time key came.
fn came(casts: &[(f64, usize, [u8; BALLOT_BYTES])], key: &[u8; 32]) -> Option<usize> {
    casts.iter().position(|(_, _, body)| body[17..49] == *key)
}

/// What a round leaves by itself: the sorted numbers, which are stored, and the bundle, which is sent.
fn told(reveal: &Reveal) -> Traces {
    let Tally::Each { numbers, .. } = &reveal.tally else { panic!("six notes are told one by one") };
    let row = |number: &u8| Trace { number: Some(*number), ..Trace::default() };
    let shown = |shown: &ballot_box::Shown| {
        let number = shown.answer.and_then(ballot_box::Answer::number).expect("told one by one");
        (number, shown.one_time_key, shown.signature)
    };
    Traces {
        rows: numbers.iter().map(row).collect(),
        asked: vec![],
        bundle: reveal.bundle.iter().map(shown).collect(),
    }
}

/// Keys to draw from: 50 in the large form.
fn pool() -> usize {
    if crate::rounds(0) >= 3_000 { 50 } else { 4 }
}
