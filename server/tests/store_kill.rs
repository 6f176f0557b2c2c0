//! The process is killed while it writes: what was acknowledged is there, whole and once.

use protocol::id::ConferenceId;
use server::store::{
    Batch, Row, Store, Write,
    sqlite::{Location, OpenError, SqliteStore},
};
use std::{
    env,
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::sync_channel,
};

const KILLS: u64 = 3;
const FOLDER: &str = "FLIPCHART_TEST_DATA";
/// Rows between two snapshots; odd, so that kills fall on all sides of it.
const SNAPSHOT_EVERY: u64 = 37;

fn conference(n: u8) -> ConferenceId {
    ConferenceId::from_random([n; 10])
}

fn open(data: &Path) -> SqliteStore {
    SqliteStore::open(Location::beneath(data)).unwrap()
}

fn row(n: u64, bytes: &[u8]) -> Row {
    Row { from: n, to: n, bytes: bytes.to_vec() }
}

fn append(document: &str, n: u64, bytes: &[u8]) -> Write {
    Write::Append { document: document.into(), row: row(n, bytes) }
}

fn words(n: u64) -> Vec<u8> {
    format!("row {n} of {}", "x".repeat((n % 300) as usize)).into_bytes()
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
        for found in &kept.rows {
            assert_eq!(*found, row(next, &words(next)));
            next += 1;
        }
        last[place] = next - 1;
    }
    assert_eq!(last[0], last[1], "a batch is whole");
    last[0]
}

/// Runs in a process of its own: writes until it is killed, and says what was acknowledged.
#[test]
#[ignore = "started by the test below in a process of its own"]
fn sto1_writes_until_killed() {
    let store = open(Path::new(&env::var_os(FOLDER).unwrap()));
    let id = conference(1);
    store.create(id).unwrap();
    let (started, finished) = sync_channel::<()>(20);
    let finished = std::sync::Arc::new(std::sync::Mutex::new(finished));
    for n in check(&store, id) + 1.. {
        // Twenty batches are on their way at any time.
        started.send(()).unwrap();
        let mut writes = vec![append("board.all", n, &words(n)), append("record.all", n, &words(n))];
        if n.is_multiple_of(SNAPSHOT_EVERY) {
            writes.push(Write::Snapshot { document: "board.all".into(), upto: n, state: state(n).into() });
        }
        let finished = finished.clone();
        let done = move |outcome: Result<(), _>| {
            outcome.unwrap();
            let mut out = std::io::stdout().lock();
            writeln!(out, "saved {n}").and_then(|()| out.flush()).unwrap();
            finished.lock().unwrap().recv().unwrap();
        };
        store.submit(Batch { conference: id, writes }, Box::new(done));
    }
}

#[test]
fn sto1_what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut before = 0;
    for kill in 0..KILLS {
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
        let target = before + 60 + 29 * kill;
        let mut acknowledged = before;
        while acknowledged < target {
            acknowledged = lines.next().unwrap().ok().and_then(number).unwrap_or(acknowledged);
        }
        if kill == 0 {
            let second = SqliteStore::open(Location::beneath(&data));
            assert!(matches!(second, Err(OpenError::InUse(_))), "a second server on one folder");
        }
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
