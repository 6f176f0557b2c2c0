//! The attacker: many ways to read what was left, and practice to find out which of them serves.

use super::traces::{PEOPLE, Traces};

/// A way to guess who gave the lowest note, as a weight for each person; the heaviest is named.
type Way = fn(&[f64; PEOPLE], &Traces) -> Option<[f64; PEOPLE]>;

const WAYS: [(&str, Way); 10] = [
    ("rows lie as people tapped", by_row),
    ("rows lie against the order of tapping", |taps, left| by_row(&taps.map(|tap| -tap), left)),
    ("rows say when", by_second),
    ("rows say from where", by_address),
    ("the bundle lies as people tapped", by_bundle),
    ("the bundle lies as people asked", |_, left| by_bundle(&std::array::from_fn(|n| n as f64), left)),
    ("blinded bytes and signatures sort alike", |_, left| by_bytes(left, |asked| asked.0, |shown| shown.2)),
    ("signed bytes and signatures sort alike", |_, left| by_bytes(left, |asked| asked.1, |shown| shown.2)),
    ("blinded bytes and one-time keys sort alike", |_, left| {
        by_bytes(left, |asked| asked.0, |shown| std::array::from_fn(|n| shown.1[n % 32]))
    }),
    ("bytes asked and shown are alike", by_likeness),
];

/// Keeps how often each way was right, and which.
#[derive(Default)]
pub struct Attacker {
    right: [usize; WAYS.len()],
}

impl Attacker {
    /// Plays a round of its own, where it knows what people said.
    pub fn practise(&mut self, taps: &[f64; PEOPLE], left: &Traces, numbers: &[u8; PEOPLE]) {
        let lowest = numbers.iter().min().expect("people");
        for (right, (_, way)) in self.right.iter_mut().zip(WAYS) {
            *right +=
                usize::from(way(taps, left).is_some_and(|weights| numbers[heaviest(&weights)] == *lowest));
        }
    }

    /// Names who gave the lowest note, by the way that served best.
    pub fn name(&self, taps: &[f64; PEOPLE], left: &Traces) -> usize {
        let best = (0..WAYS.len()).max_by_key(|n| self.right[*n]).expect("ways");
        WAYS[best].1(taps, left).map_or(0, |weights| heaviest(&weights))
    }
}

fn heaviest(weights: &[f64; PEOPLE]) -> usize {
    (0..PEOPLE).max_by(|a, b| weights[*a].total_cmp(&weights[*b])).expect("people")
}

/// People in the order in which they tapped.
fn order(taps: &[f64; PEOPLE]) -> [usize; PEOPLE] {
    let mut people: [usize; PEOPLE] = std::array::from_fn(|n| n);
    people.sort_by(|a, b| taps[*a].total_cmp(&taps[*b]));
    people
}

/// The last rows that say a number are the round's; there may be others before them.
fn by_row(taps: &[f64; PEOPLE], left: &Traces) -> Option<[f64; PEOPLE]> {
    let rows: Vec<u8> = left.rows.iter().filter_map(|row| row.number).collect();
    let rows = rows.last_chunk::<PEOPLE>()?;
    let mut weights = [0.0; PEOPLE];
    for (person, number) in order(taps).into_iter().zip(rows) {
        weights[person] = -f64::from(*number);
    }
    Some(weights)
}

/// A time may be the tap's own or up to 20 s later: whoever could have done it shares the guess. People who tapped long
/// before share it with few.
fn by_second(taps: &[f64; PEOPLE], left: &Traces) -> Option<[f64; PEOPLE]> {
    let seen: Vec<(u8, f64)> = left.rows.iter().filter_map(|row| Some((row.number?, row.second?))).collect();
    let exact = seen.iter().all(|(_, second)| taps.iter().any(|tap| (tap - second).abs() < 1e-9));
    let lowest = seen.iter().map(|(number, _)| *number).min()?;
    let mut weights = [0.0; PEOPLE];
    for matching in matchings(&seen, taps, exact) {
        for (person, number) in matching.into_iter().enumerate() {
            weights[person] += f64::from(u8::from(number == lowest));
        }
    }
    Some(weights)
}

/// Every way in which these people can have cast these notes; each is as likely as another.
fn matchings(seen: &[(u8, f64)], taps: &[f64; PEOPLE], exact: bool) -> Vec<[u8; PEOPLE]> {
    let fits = |tap: f64, second: f64| {
        let wait = second - tap;
        if exact { wait.abs() < 1e-9 } else { (0.0..20.0).contains(&wait) }
    };
    let mut partial: Vec<(Vec<usize>, [u8; PEOPLE])> = vec![(vec![], [0; PEOPLE])];
    for (person, tap) in taps.iter().enumerate() {
        let mut longer = Vec::new();
        for (used, numbers) in &partial {
            for (n, (number, second)) in seen.iter().enumerate() {
                if !used.contains(&n) && fits(*tap, *second) {
                    let mut numbers = *numbers;
                    numbers[person] = *number;
                    longer.push(([&used[..], &[n]].concat(), numbers));
                }
            }
        }
        partial = longer;
    }
    partial.into_iter().map(|(_, numbers)| numbers).collect()
}

fn by_address(_: &[f64; PEOPLE], left: &Traces) -> Option<[f64; PEOPLE]> {
    let mut weights = [f64::MIN; PEOPLE];
    let mut any = false;
    for row in &left.rows {
        if let (Some(number), Some(person)) = (row.number, row.address) {
            weights[person] = -f64::from(number);
            any = true;
        }
    }
    any.then_some(weights)
}

fn by_bundle(taps: &[f64; PEOPLE], left: &Traces) -> Option<[f64; PEOPLE]> {
    let bundle: &[_; PEOPLE] = left.bundle.as_slice().try_into().ok()?;
    let mut weights = [0.0; PEOPLE];
    for (person, (number, ..)) in order(taps).into_iter().zip(bundle) {
        weights[person] = -f64::from(*number);
    }
    Some(weights)
}

type Asked = ([u8; 256], [u8; 256]);
type Shown = (u8, [u8; 32], [u8; 256]);

/// Whoever asked with the smallest bytes has the note with the smallest bytes, and so on.
fn by_bytes(
    left: &Traces,
    asked: fn(&Asked) -> [u8; 256],
    shown: fn(&Shown) -> [u8; 256],
) -> Option<[f64; PEOPLE]> {
    let mut people: Vec<usize> = (0..left.asked.len()).collect();
    people.sort_by_key(|person| asked(&left.asked[*person]));
    let mut notes: Vec<&Shown> = left.bundle.iter().collect();
    notes.sort_by_key(|note| shown(note));
    let notes: &[_; PEOPLE] = notes.as_slice().try_into().ok()?;
    let mut weights = [0.0; PEOPLE];
    for (person, note) in people.into_iter().zip(notes) {
        weights[person] = -f64::from(note.0);
    }
    Some(weights)
}

/// The signature that shares most bits with what a person asked for or got.
fn by_likeness(_: &[f64; PEOPLE], left: &Traces) -> Option<[f64; PEOPLE]> {
    let shared =
        |a: &[u8; 256], b: &[u8; 256]| -> u32 { a.iter().zip(b).map(|(a, b)| (a ^ b).count_zeros()).sum() };
    let lowest = left.bundle.iter().map(|note| note.0).min()?;
    let mut weights = [0.0; PEOPLE];
    for (weight, (blinded, signed)) in weights.iter_mut().zip(&left.asked) {
        let likest =
            left.bundle.iter().max_by_key(|note| shared(&note.2, blinded).max(shared(&note.2, signed)))?;
        *weight = f64::from(u8::from(likest.0 == lowest));
    }
    Some(weights)
}
