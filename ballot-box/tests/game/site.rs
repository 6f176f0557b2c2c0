//! The crate alone as the place where a round is played.

use crate::{
    rounds::{self, Open},
    traces::{Leak, PEOPLE, People, Site, Trace, Traces, WAIT},
};
use ballot_box::{BALLOT_BYTES, Minimum, Reveal, Tally};
use rand::RngExt;

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
        let key = self.played as usize % crate::play::pool();
        let mut open = Open::new(self.played, key, PEOPLE);
        let waits = Leak::waits(self.leak);
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
