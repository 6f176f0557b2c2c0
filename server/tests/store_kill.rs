//! The process is killed while it writes: what was acknowledged is there, whole and once.

use protocol::id::ConferenceId;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use server::store::{
    Batch, Row, Store, StoreError, Write,
    sqlite::{Location, Lulls, OpenError, SqliteStore},
};
use std::{
    env, fs,
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc::sync_channel},
    thread,
    time::{Duration, Instant},
};

/// Kills of the ordinary run; `FLIPCHART_STORE_KILLS` says how many instead.
const KILLS: u64 = 6;
/// Kills fall so many microseconds after a line, at most: some commits.
const SPREAD_MICROS: u64 = 20_000;
const HOW_MANY: &str = "FLIPCHART_STORE_KILLS";
const FOLDER: &str = "FLIPCHART_TEST_DATA";
/// Rows between two snapshots; odd, so that kills fall on all sides of it.
const SNAPSHOT_EVERY: u64 = 37;
/// Rows between two destructions of the other document: the whole file is written anew.
const DESTROY_EVERY: u64 = 53;
/// Rows between two rests, in which the file and its log give back their room.
const REST_EVERY: u64 = 41;
/// A rest comes this soon after the last row.
const SOON: Duration = Duration::from_millis(2);

fn conference(n: u8) -> ConferenceId {
    ConferenceId::from_random([n; 10])
}

fn open(data: &Path) -> SqliteStore {
    let lulls = Lulls { pause: SOON, rest: SOON };
    SqliteStore::open(Location { lulls, ..Location::beneath(data) }).unwrap()
}

fn row(n: u64, bytes: &[u8]) -> Row {
    Row { from: n, to: n, bytes: bytes.to_vec() }
}

fn append(document: &str, n: u64, bytes: &[u8]) -> Write {
    Write::Append { document: document.into(), row: row(n, bytes) }
}

fn words(n: u64) -> Vec<u8> {
    format!("row {n} of {}", "x".repeat((n % 300) as usize * 10)).into_bytes()
}

fn state(upto: u64) -> Vec<u8> {
    upto.to_le_bytes().repeat(500)
}

/// Snapshot and rows of both documents, checked to be whole; the last number.
fn check(store: &SqliteStore, id: ConferenceId) -> u64 {
    let kept = store.load(id).unwrap();
    let mut last = [0, 0];
    for (place, kept) in kept.iter().enumerate() {
        let mut next = 1;
        if let Some((upto, bytes)) = &kept.snapshot {
            assert_eq!(*bytes, state(*upto));
            next = upto + 1;
        }
        if kept.document == "record.all" {
            // Since it was destroyed last, and nothing of before: old or new, and never a part of either.
            let upto = kept.upto();
            next = (upto - upto % DESTROY_EVERY).max(1);
        }
        for found in &kept.rows {
            assert_eq!(*found, row(next, &words(next)));
            next += 1;
        }
        last[place] = next - 1;
    }
    assert_eq!(last[0], last[1], "a batch is whole");
    last[0]
}

fn say(what: &str, n: u64) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what} {n}").and_then(|()| out.flush()).unwrap();
}

/// Runs in a process of its own: writes until it is killed, and says what was acknowledged.
#[test]
#[ignore = "started by the test below in a process of its own"]
fn sto1_writes_until_killed() {
    let data = env::var_os(FOLDER).unwrap();
    let store = open(Path::new(&data));
    let log = Path::new(&data).join("flipchart.db-wal");
    let id = conference(1);
    store.create(id).unwrap();
    let (started, finished) = sync_channel::<()>(20);
    let finished = Arc::new(Mutex::new(finished));
    for n in check(&store, id) + 1.. {
        // Twenty batches are on their way at any time.
        started.send(()).unwrap();
        let mut writes = vec![append("board.all", n, &words(n))];
        if n.is_multiple_of(DESTROY_EVERY) {
            writes.push(Write::Destroy { document: "record.all".into() });
        }
        writes.push(append("record.all", n, &words(n)));
        if n.is_multiple_of(SNAPSHOT_EVERY) {
            writes.push(Write::Snapshot { document: "board.all".into(), upto: n, state: state(n).into() });
        }
        let finished = finished.clone();
        let (rests, rested) = (n.is_multiple_of(REST_EVERY), sync_channel::<()>(1));
        let done = move |outcome: Result<(), StoreError>| {
            if let Err(why) = outcome {
                // The store catches a panic of whoever it answers.
                eprintln!("row {n}: {why}");
                std::process::exit(1);
            }
            say("saved", n);
            finished.lock().unwrap().recv().unwrap();
            if rests {
                rested.0.send(()).unwrap();
            }
        };
        store.submit(Batch { conference: id, writes }, Box::new(done));
        if rests {
            rested.1.recv().unwrap();
            say("rests", n);
            // The last that a rest does.
            let began = Instant::now();
            while fs::metadata(&log).unwrap().len() > 0 {
                assert!(began.elapsed() < Duration::from_secs(20), "the log was not cut at rest");
                thread::yield_now();
            }
        }
    }
}

#[test]
fn sto1_what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut before = 0;
    let kills = env::var(HOW_MANY).map_or(KILLS, |kills| kills.parse().unwrap());
    let mut random = SmallRng::seed_from_u64(kills);
    for kill in 0..kills {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "sto1_writes_until_killed", "--ignored", "--nocapture"])
            .env(FOLDER, &data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // libtest writes its own words onto the line of the first one.
        let number =
            |line: String| line.rsplit_once("saved ").map(|(_, number)| number.parse::<u64>().unwrap());
        let target = before + 60 + 29 * (kill % 7);
        let mut acknowledged = before;
        let mut rests = false;
        // One of two comes as a rest begins, the others while rows are on their way, some of which destroy.
        while acknowledged < target || (kill % 2 == 1 && !rests) {
            let line = lines.next().unwrap().unwrap();
            rests = line.contains("rests ");
            acknowledged = number(line).unwrap_or(acknowledged);
        }
        if kill == 0 {
            let second = SqliteStore::open(Location::beneath(&data));
            assert!(matches!(second, Err(OpenError::InUse(_))), "a second server on one folder");
        }
        // Whatever the store does then: lines come when a commit has ended.
        thread::sleep(Duration::from_micros(random.random_range(0..SPREAD_MICROS)));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still said before it died; the last line may be cut.
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        let whole = rest.split_last().map_or(&rest[..], |(_, whole)| whole);
        acknowledged = whole.iter().cloned().filter_map(number).fold(acknowledged, u64::max);
        let store = open(&data);
        before = check(&store, conference(1));
        assert!(before >= acknowledged, "{acknowledged} was acknowledged, {before} is there");
    }
}
