//! Two worlds (SEAL13): with the numbers permuted among the people, what is left of a round is the same. One thread, a
//! clock and dice of the test's own, a simulated disk; the real binary is looked at in `tests/tests/live/worlds.rs`.
//!
//! A backup copies rows as they lie, so that here the rows are the backup.

use super::*;
use crate::{
    document::replica::Replica,
    room::{
        core::tests::device::{self, contains},
        log::{self, Entry},
    },
    store::Kept,
};
use metrics_prometheus::Recorder;
use prometheus::{Registry, TextEncoder};
use protocol::document::DocumentName;
use std::{
    io,
    sync::{Mutex, PoisonError},
};

/// Lines of a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn taken(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).expect("text")
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All that is logged and measured while something is done in this thread.
pub(super) struct Watched {
    pub(super) lines: String,
    pub(super) measures: Vec<String>,
}

/// Does something with a log that says everything, without times, and with measures of its own. `work` is given a look
/// at the measures so far, sorted: they are said in an order that each process draws.
pub(super) fn watched<T>(work: impl FnOnce(&dyn Fn() -> Vec<String>) -> T) -> (T, Watched) {
    let registry = Registry::new();
    let recorder = Recorder::builder().with_registry(&registry).build();
    let measured = || TextEncoder::new().encode_to_string(&registry.gather()).expect("text");
    let measures = || {
        let mut lines: Vec<String> = measured().lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let lines = Lines::default();
    let to = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .without_time()
        .with_ansi(false)
        .with_writer(move || to.clone())
        .finish();
    let done = metrics::with_local_recorder(&recorder, || {
        tracing::subscriber::with_default(log, || {
            tracing::info!("the log is on");
            work(&measures)
        })
    });
    (done, Watched { lines: lines.taken(), measures: measures() })
}

/// What a round leaves in which the same people do the same at the same times, and write these numbers.
#[derive(PartialEq)]
struct World {
    /// All that is on the disk when the round is closed.
    before: Vec<String>,
    /// All that has come to each device by then.
    came: Vec<Vec<String>>,
    /// All that has been measured by then.
    measured: Vec<String>,
    /// All that is on the disk when the numbers are shown.
    after: Vec<String>,
    /// All that was logged and measured.
    lines: String,
    measures: Vec<String>,
}

/// The bytes of an update but for their order, and so its length: in which order yrs writes the keys of a plain map is
/// drawn anew for each map, and nothing of ours can say it.
fn in_no_order(update: &[u8]) -> String {
    let mut bytes = update.to_vec();
    bytes.sort_unstable();
    hex::encode(bytes)
}

/// Every byte that is kept; of an update all of its bytes in no order, and the values it leads to.
fn bytes_of(kept: &[Kept]) -> Vec<String> {
    let mut all = Vec::new();
    for kept in kept {
        all.push(format!("{} {:?}", kept.document, kept.snapshot));
        let name: Result<DocumentName, _> = format!("{}/{}", conference_id(), kept.document).parse();
        if name.is_err() {
            all.extend(kept.rows.iter().map(|row| format!("{row:?}")));
            continue;
        }
        let replica = Replica::new(1);
        for row in &kept.rows {
            for Entry { seq, author, binds, refuses, update } in
                log::read_row::<Entry>(&row.bytes).expect("it reads")
            {
                replica.apply(&update).expect("an update");
                let (bytes, values) = (in_no_order(&update), json!(replica.values()));
                all.push(format!(
                    "{} {} {seq} {author:?} {binds:?} {refuses:?} {bytes} {values}",
                    row.from, row.to
                ));
            }
        }
    }
    all
}

/// A frame, in the same way.
fn bytes_of_frame(frame: &[u8]) -> String {
    let (name, said) = device::read(frame);
    match said.words() {
        Some(update) => format!("{name} {}", in_no_order(update)),
        None => format!("{name} {said:?}"),
    }
}

fn world(numbers: [u8; 6]) -> World {
    let (world, Watched { lines, measures }) = watched(|measured| played(numbers, measured));
    World { lines, measures, ..world }
}

fn played(numbers: [u8; 6], measured: &dyn Fn() -> Vec<String>) -> World {
    let mut house = house();
    house.opens(1);
    let mut secrets = Vec::new();
    for (place, number) in numbers.into_iter().enumerate() {
        let token = house.token(SCALING[place], 1, place as u8 + 1);
        let ballot = token.ballot(0, says(Some(number)));
        house.casts(&ballot, 1);
        house.later(Timing::REAL.count);
        // One-time key, signature, and the one-time key's own.
        secrets.extend([&ballot[17..49], &ballot[54..310], &ballot[310..374]].map(<[u8]>::to_vec));
    }
    house.closes(1);
    let before = house.kept();
    let came =
        house.devices.iter().map(|device| device.seen.iter().map(|frame| bytes_of_frame(frame)).collect());
    let came = came.collect();
    let measured = measured();
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    let after = house.kept();
    for kept in before.iter().chain(&after) {
        let rows = kept.rows.iter().map(|row| &row.bytes);
        for bytes in rows.chain(kept.snapshot.iter().map(|(_, state)| state)) {
            for secret in &secrets {
                assert!(
                    !bytes.windows(secret.len()).any(|window| window == secret),
                    "a part of a note is kept"
                );
                assert!(!contains(bytes, &hex::encode(secret)), "a part of a note is kept");
            }
        }
    }
    let (before, after) = (bytes_of(&before), bytes_of(&after));
    World { before, came, measured, after, lines: String::new(), measures: Vec::new() }
}

#[test]
fn seal13_with_the_numbers_permuted_among_the_people_rows_frames_log_and_measures_are_the_same() {
    let as_it_is = world([5, 3, 9, 3, 4, 7]);
    let permuted = world([7, 9, 3, 4, 5, 3]);
    let until_shown = |world: &World| (world.before.clone(), world.came.clone(), world.measured.clone());
    let spoken_of = |world: &World| (world.lines.clone(), world.measures.clone());
    assert!(until_shown(&as_it_is) == until_shown(&permuted), "a number is known too early");
    assert!(as_it_is.after == permuted.after, "the disk knows more than the sorted numbers");
    assert_eq!(spoken_of(&as_it_is), spoken_of(&permuted), "log or measures know more");
    assert!(as_it_is.lines.contains("the log is on"));
    let counted = |what: &str| as_it_is.measures.iter().any(|line| line.contains(what));
    assert!(counted("open-round") && counted("reveal-round"), "{:?}", as_it_is.measures);
    // Other numbers are told apart on the disk, and not before they are shown.
    let other = world([5, 3, 9, 3, 4, 8]);
    assert!(until_shown(&as_it_is) == until_shown(&other), "a number is known too early");
    assert_eq!(spoken_of(&as_it_is), spoken_of(&other), "log or measures know a number");
    assert!(as_it_is.after != other.after, "the numbers are not kept");
}
