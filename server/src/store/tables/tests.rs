//! What a commit keeps, and what is tidied away when nobody writes.

use super::{
    tidy::{FREE_PAGES, Sweep},
    *,
};
use crate::store::{
    Row,
    contract::{append, conference},
    migrations,
    sealing::SealingKey,
    sqlite::PATIENCE,
};
use std::time::Duration;

/// Tables in a file that may not grow beyond this many pages: a disk that is full.
fn tables(folder: &tempfile::TempDir, pages: u32) -> Tables {
    let mut connection = Connection::open(folder.path().join("flipchart.db")).unwrap();
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    migrations::migrate(&mut connection, 0).unwrap();
    limit(&connection, pages);
    let keys = KeyRing::open(&folder.path().join("conferences.keys"), SealingKey::draw().unwrap(), "local");
    let keys = Arc::new(keys.unwrap());
    keys.create(conference(1)).unwrap();
    keys.create(conference(2)).unwrap();
    Tables::new(connection, keys, "local".into(), false)
}

fn limit(connection: &Connection, pages: u32) {
    connection.pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0)).unwrap();
}

fn batch(n: u8, number: u64, bytes: usize) -> Batch {
    let row = Row { from: number, to: number, bytes: vec![n; bytes] };
    Batch { conference: conference(n), writes: vec![Write::Append { document: "board.all".into(), row }] }
}

fn count_rows(tables: &Tables) -> i64 {
    tables.connection.query_row(r#"SELECT count(*) FROM "row""#, [], |row| row.get(0)).unwrap()
}

#[test]
fn sto4_a_full_disk_refuses_the_whole_commit_and_recovers_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = tables(&folder, 20);
    assert!(tables.commit(&[batch(1, 1, 100)])[0].is_ok());
    let outcomes = tables.commit(&[batch(1, 2, 100), batch(2, 1, 200_000)]);
    for outcome in &outcomes {
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!((outcomes.len(), count_rows(&tables)), (2, 1));
    limit(&tables.connection, 1000);
    assert!(tables.commit(&[batch(1, 2, 100), batch(2, 1, 200_000)]).iter().all(Result::is_ok));
    assert_eq!(count_rows(&tables), 3);
}

#[test]
fn sto14_at_rest_the_room_of_what_was_trimmed_is_given_back_and_no_reader_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = tables(&folder, 100_000);
    // As in a service that runs: a lock of another program is waited for.
    tables.connection.busy_timeout(PATIENCE).unwrap();
    let bytes = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    for number in 1..=2_000 {
        assert!(tables.commit(&[batch(1, number, 3_000)])[0].is_ok());
    }
    let state = vec![7; 100_000].into();
    let writes = vec![Write::Snapshot { document: "board.all".into(), upto: 2_000, state }];
    assert!(tables.commit(&[Batch { conference: conference(1), writes }])[0].is_ok());
    tables.pause().unwrap();
    assert!(bytes("flipchart.db") > 6_000_000, "the rows were there");
    let reader = Connection::open(folder.path().join("flipchart.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM \"row\"").unwrap();
    let (began, log) = (std::time::Instant::now(), bytes("flipchart.db-wal"));
    assert_eq!((tables.rest().unwrap(), tables.rest().unwrap()), (Tidy::Rest, Tidy::Rest));
    assert!(began.elapsed() < Duration::from_secs(3), "somebody who reads was waited for");
    assert!(bytes("flipchart.db-wal") > 0, "it is still read");
    assert!(bytes("flipchart.db-wal") < log + 2_000_000, "it grows by a slice, and by no more");
    reader.execute_batch("COMMIT").unwrap();
    let mut slices = 1;
    while tables.rest().unwrap() == Tidy::More {
        slices += 1;
    }
    assert!(slices > 3 && slices < 20, "{slices} slices");
    assert_eq!(count_rows(&tables), 0);
    assert_eq!(tables.free_pages().unwrap(), FREE_PAGES);
    assert_eq!(bytes("flipchart.db-wal"), 0);
    assert!(bytes("flipchart.db") < 500_000, "{} bytes are left", bytes("flipchart.db"));
    assert_eq!(tables.rest().unwrap(), Tidy::Done);
    assert!(tables.commit(&[batch(1, 2_001, 100)])[0].is_ok());
}

#[test]
fn sto4_a_batch_that_breaks_a_rule_does_not_harm_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = tables(&folder, 1000);
    let backwards =
        Batch { conference: conference(1), writes: vec![append("meeting", 1, 1), append("board.all", 5, 4)] };
    let outcomes = tables.commit(&[backwards, batch(2, 1, 10), batch(1, 7, 10)]);
    assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(count_rows(&tables), 1);
}

#[test]
fn sto4_a_failing_disk_is_final_and_a_full_or_locked_one_is_not() {
    use rusqlite::ffi::{self, Error};
    let kind = |code| sqlite_error(&rusqlite::Error::SqliteFailure(Error::new(code), None));
    let failing = [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_DIR_FSYNC];
    for code in failing.into_iter().chain([ffi::SQLITE_CORRUPT]) {
        assert!(matches!(kind(code), StoreError::Failed(_)), "{code}");
    }
    for code in [ffi::SQLITE_FULL, ffi::SQLITE_BUSY, ffi::SQLITE_READONLY, ffi::SQLITE_NOMEM] {
        assert!(matches!(kind(code), StoreError::Unavailable(_)), "{code}");
    }
}

#[test]
fn sto7_sto14_whoever_reads_is_waited_for_by_nobody_and_the_file_is_rewritten_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = tables(&folder, 100_000);
    // As in a service that runs: a lock of another program is waited for.
    tables.connection.busy_timeout(PATIENCE).unwrap();
    let bytes = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    for number in 1..=200 {
        assert!(tables.commit(&[batch(1, number, 10_000), batch(2, number, 100)]).iter().all(Result::is_ok));
    }
    assert_eq!(tables.pause().unwrap(), Tidy::Rest);
    let reader = Connection::open(folder.path().join("flipchart.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM \"row\"").unwrap();
    let (began, log) = (std::time::Instant::now(), bytes("flipchart.db-wal"));
    let destroys =
        || Batch { conference: conference(2), writes: vec![Write::Destroy { document: "board.all".into() }] };
    assert!(tables.commit(&[destroys()])[0].is_ok());
    for number in 201..=210 {
        assert!(tables.commit(&[batch(1, number, 10)])[0].is_ok());
        tables.settled().unwrap();
        assert_eq!(tables.pause().unwrap(), Tidy::Pause, "it is tried again");
    }
    assert_eq!(tables.rest().unwrap(), Tidy::Rest);
    tables.close();
    assert!(began.elapsed() < PATIENCE, "whoever reads was waited for");
    assert!(bytes("flipchart.db-wal") < log + 1_000_000, "the file was rewritten into its log, for nothing");
    assert!(bytes("flipchart.db-wal") > 0, "the next start is told");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(tables.pause().unwrap(), Tidy::Rest);
    assert_eq!((bytes("flipchart.db-wal"), tables.sweep, tables.uncut), (0, Sweep::Needless, false));
    assert!(tables.commit(&[batch(1, 211, 10)])[0].is_ok());
    let log = bytes("flipchart.db-wal");
    tables.pause().unwrap();
    assert_eq!(bytes("flipchart.db-wal"), log, "it is rewritten once");
}
