//! Two worlds (SEAL13): with the numbers permuted among the people, what is left of a round is the same, byte for byte. One
//! thread, a clock and dice of the test's own, a simulated disk; the real binary is looked at in
//! `tests/tests/live/worlds.rs`.
//!
//! A backup copies rows as they lie, so that here the rows are the backup.

use super::*;
use crate::{
    room::core::{
        Lull,
        tests::device::{self, contains},
    },
    store::Kept,
};
use metrics_prometheus::Recorder;
use prometheus::{Registry, TextEncoder};
use protocol::id::{NoteId, RowId};
use std::{
    io,
    sync::{Mutex, PoisonError},
};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);

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
    /// All that is on the disk when the round is closed: as it was written, then with every log cut.
    before: [Vec<Kept>; 2],
    /// All that has come to each device by then.
    came: Vec<Vec<Vec<u8>>>,
    /// All that has been measured by then.
    measured: Vec<String>,
    /// All that is on the disk when the numbers are shown, in the same two ways.
    after: [Vec<Kept>; 2],
    /// All that has come to each device until the end, but for the notes themselves, which are kept nowhere.
    came_at_last: Vec<Vec<Vec<u8>>>,
    /// All that was logged and measured.
    lines: String,
    measures: Vec<String>,
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
        writes(&mut house, place as u8);
        // One-time key, signature, and the one-time key's own.
        secrets.extend([&ballot[17..49], &ballot[54..310], &ballot[310..374]].map(<[u8]>::to_vec));
    }
    house.closes(1);
    let before = house.kept_and_cut();
    let came = house.came();
    let measured = measured();
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    let (after, came_at_last) = (house.kept_and_cut(), house.came());
    for kept in before.iter().chain(&after).flatten() {
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
    World { before, came, measured, after, came_at_last, lines: String::new(), measures: Vec::new() }
}

/// The chair writes a line and a row between two notes, with plain objects in it as a browser writes them.
fn writes(house: &mut House, n: u8) {
    let (note, row) = (NoteId::from_random([n; 10]), RowId::from_random([n; 10]));
    let chair = house.device(Role::Chair);
    chair.edit(BOARD, |copy| Some(copy.write_note(note, "worried", "He is late for school")));
    chair.edit(PLAN, |copy| Some(copy.write_row(row, "Walk with him")));
    let who = json!([{ "attendee": id(Role::Parent).to_string(), "name": "Name of Parent" }]);
    chair.edit(PLAN, |copy| copy.set_row(row.as_str(), "who", who));
    let when = json!({ "date": "2026-12-21", "words": "by the holidays", "review": true });
    chair.edit(PLAN, |copy| copy.set_row(row.as_str(), "when", when));
    house.settle();
}

impl House {
    /// Frames that came to each device, but for those that bring the notes.
    fn came(&self) -> Vec<Vec<Vec<u8>>> {
        let others = |frame: &&Vec<u8>| match device::read(frame).1 {
            device::Said::Stateless(words) => !words.contains("bundle"),
            _ => true,
        };
        self.devices.iter().map(|device| device.seen.iter().filter(others).cloned().collect()).collect()
    }

    /// Every row as it is, and then what is left of them once every document is kept as one state.
    fn kept_and_cut(&mut self) -> [Vec<Kept>; 2] {
        let kept = self.kept();
        self.core.rest(Lull::Rest);
        self.settle();
        let cut = self.kept();
        let states = cut.iter().filter(|kept| kept.snapshot.is_some()).count();
        assert!(states > 10, "{states} documents are kept as a state");
        [kept, cut]
    }
}

#[test]
fn seal13_with_the_numbers_permuted_among_the_people_rows_frames_log_and_measures_are_the_same() {
    let as_it_is = world([5, 3, 9, 3, 4, 7]);
    let permuted = world([7, 9, 3, 4, 5, 3]);
    let until_shown = |world: &World| (world.before.clone(), world.came.clone(), world.measured.clone());
    let spoken_of = |world: &World| (world.lines.clone(), world.measures.clone());
    assert!(until_shown(&as_it_is) == until_shown(&permuted), "a number is known too early");
    assert!(as_it_is.after == permuted.after, "the disk knows more than the sorted numbers");
    assert!(as_it_is.came_at_last == permuted.came_at_last, "devices know more than the notes");
    assert_eq!(spoken_of(&as_it_is), spoken_of(&permuted), "log or measures know more");
    assert!(as_it_is.lines.contains("the log is on"));
    let counted = |what: &str| as_it_is.measures.iter().any(|line| line.contains(what));
    assert!(counted("open-round") && counted("reveal-round"), "{:?}", as_it_is.measures);
    // Other numbers are told apart on the disk, and not before they are shown.
    let other = world([5, 3, 9, 3, 4, 8]);
    assert!(until_shown(&as_it_is) == until_shown(&other), "a number is known too early");
    assert_eq!(spoken_of(&as_it_is), spoken_of(&other), "log or measures know a number");
    assert!(as_it_is.after != other.after, "the numbers are not kept");
    assert!(as_it_is.came_at_last != other.came_at_last, "the numbers are not shown");
}
