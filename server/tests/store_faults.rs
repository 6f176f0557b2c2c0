//! Faults of the stored files: each is noticed, said plainly, and stays where it is.

mod store_common;

#[path = "store_common/filled.rs"]
mod filled;

use filled::{database, filled};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rusqlite::Connection;
use server::store::{
    Batch, Store, StoreError, Write,
    keys::KeyError,
    sqlite::{Location, Lulls, OpenError, PATIENCE, SqliteStore},
};
use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};
use store_common::{append, conference, open, row, save};

fn alter(data: &Path, sql: &str) {
    let changed = Connection::open(database(data)).unwrap().execute(sql, []).unwrap();
    assert_ne!(changed, 0, "{sql}");
}

fn refusal(data: &Path) -> OpenError {
    match SqliteStore::open(Location::beneath(data)) {
        Err(error) => error,
        Ok(store) => store.checked().unwrap_err(),
    }
}

fn fates(store: &SqliteStore, n: u8) -> Vec<(String, bool)> {
    store.load_each(conference(n)).unwrap().into_iter().map(|(name, kept)| (name, kept.is_ok())).collect()
}

fn fate(name: &str, whole: bool) -> (String, bool) {
    (name.to_owned(), whole)
}

#[test]
fn sto6_a_garbled_row_sets_its_document_aside_and_no_other() {
    let (_folder, data) = filled();
    alter(
        &data,
        r#"UPDATE "row" SET sealed = zeroblob(length(sealed)) WHERE document = 'board.all' AND from_seq = 3"#,
    );
    let store = open(&data);
    for n in [1, 2] {
        let expected = [fate("board.all", false), fate("meeting", true), fate("record.all", true)];
        assert_eq!(fates(&store, n), expected);
        let error = store.load(conference(n)).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { document } if document == "board.all"), "{error}");
        assert!(error.to_string().contains("flipchart restore"), "{error}");
    }
    save(&store, conference(1), vec![append("record.all", 5, b"goes on")]).unwrap();
}

#[test]
fn sto6_a_row_in_another_place_is_noticed() {
    let moves = [
        // Another number, another document, another conference, another form of sealing, a row as a snapshot.
        r#"UPDATE "row" SET to_seq = to_seq + 1 WHERE document = 'board.all' AND from_seq = 4"#,
        r#"UPDATE "row" SET document = 'board.all', from_seq = 9, to_seq = 9 WHERE document = 'record.all' AND from_seq = 4"#,
        r#"UPDATE "row" SET sealed = (SELECT sealed FROM "row" AS other WHERE other.conference <> "row".conference
            AND other.document = "row".document AND other.from_seq = "row".from_seq) WHERE document = 'board.all'"#,
        r#"UPDATE "row" SET version = 2 WHERE document = 'board.all' AND from_seq = 1"#,
        r#"DELETE FROM "row" WHERE document = 'board.all' AND from_seq = 2"#,
        r#"DELETE FROM "row" WHERE document = 'board.all' AND from_seq = 1"#,
        r#"UPDATE "row" SET after_seq = NULL WHERE document = 'board.all' AND from_seq = 2"#,
        r#"INSERT INTO snapshot SELECT authority, conference, document, from_seq, version, sealed FROM "row"
            WHERE document = 'board.all' AND from_seq = 1"#,
    ];
    for sql in moves {
        let (_folder, data) = filled();
        alter(&data, sql);
        assert!(fates(&open(&data), 1).contains(&fate("board.all", false)), "{sql}");
    }
}

#[test]
fn sto6_a_missing_snapshot_is_noticed() {
    let (_folder, data) = filled();
    alter(&data, "DELETE FROM snapshot");
    assert_eq!(fates(&open(&data), 1)[1], fate("meeting", false));
}

#[test]
fn sto6_rows_of_an_unknown_conference_are_reported() {
    let (_folder, data) = filled();
    let one = conference(1);
    let sql =
        format!(r#"UPDATE "row" SET conference = 'unknown' WHERE conference = '{one}' AND from_seq = 4"#);
    alter(&data, &sql);
    assert_eq!(open(&data).unreadable(), ["unknown"]);
}

#[test]
fn sto6_the_words_are_nowhere_in_the_files() {
    let (_folder, data) = filled();
    for path in fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
    {
        let bytes = fs::read(&path).unwrap();
        for words in [&b"the meeting so far"[..], b"board.all 3", b"record.all 4"] {
            assert!(!bytes.windows(words.len()).any(|found| found == words), "{}", path.display());
        }
    }
}

fn found_in_files(data: &Path, sealed: &[Vec<u8>]) -> usize {
    let files =
        ["flipchart.db", "flipchart.db-wal"].map(|name| fs::read(data.join(name)).unwrap_or_default());
    let bytes = files.concat();
    // Middles: a long one is spread over pages.
    let middles: HashSet<&[u8]> = sealed.iter().map(|sealed| &sealed[sealed.len() / 2..][..16]).collect();
    bytes.windows(16).filter(|piece| middles.contains(piece)).collect::<HashSet<_>>().len()
}

/// Waits, but not for ever.
fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never came");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A folder as it is now.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (is_folder, to) = (entry.file_type().unwrap().is_dir(), to.join(entry.file_name()));
        if is_folder { copy(&entry.path(), &to) } else { fs::copy(entry.path(), to).map(drop).unwrap() }
    }
}

fn sealed_of(data: &Path, document: &str) -> Vec<Vec<u8>> {
    let connection = Connection::open(database(data)).unwrap();
    let sql = r#"SELECT sealed FROM "row" WHERE document = ?1 UNION ALL SELECT sealed FROM snapshot WHERE document = ?1"#;
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([document], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Many rows of all sizes, so that pages are split and refilled. With this seed SQLite's `secure_delete` alone leaves
/// a copy of a deleted row in the gap of a page.
fn fill_mixed(store: &SqliteStore, n: u8) {
    let mut random = SmallRng::seed_from_u64(22);
    store.create(conference(n)).unwrap();
    for number in 1..=120 {
        let writes = ["board.all", "board.family", "record.all"].map(|document| {
            let bytes: Vec<u8> = (0..random.random_range(20..1600)).map(|_| random.random()).collect();
            append(document, number, &bytes)
        });
        save(store, conference(n), writes.to_vec()).unwrap();
    }
    let state = vec![7; 20_000];
    save(
        store,
        conference(n),
        vec![Write::Snapshot { document: "board.family".into(), upto: 40, state: state.into() }],
    )
    .unwrap();
}

#[test]
fn sto7_what_was_destroyed_is_in_no_file_when_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let store = open(&data);
    fill_mixed(&store, 1);
    let (gone, stays) = (sealed_of(&data, "board.family"), sealed_of(&data, "board.all"));
    assert_eq!((gone.len(), found_in_files(&data, &gone)), (81, 81));
    save(&store, conference(1), vec![Write::Destroy { document: "board.family".into() }]).unwrap();
    assert_eq!(found_in_files(&data, &gone), 0);
    assert_eq!(found_in_files(&data, &stays), stays.len());
    assert_eq!(store.load(conference(1)).unwrap().len(), 2);
}

/// In a hurry: no other program is waited for, and everybody pauses at once.
fn hasty(data: &Path, rest: Duration) -> SqliteStore {
    let lulls = Lulls { pause: Duration::from_millis(1), rest };
    SqliteStore::open(Location { lulls, patience: Duration::ZERO, ..Location::beneath(data) }).unwrap()
}

#[test]
fn sto7_what_was_destroyed_is_called_kept_also_where_its_traces_cannot_go_yet_and_they_go_when_they_can() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let store = hasty(&data, Duration::MAX);
    fill_mixed(&store, 1);
    let gone = sealed_of(&data, "board.family");
    // Another program reads: the log cannot be cut.
    let other = Connection::open(database(&data)).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM snapshot").unwrap();
    save(&store, conference(1), vec![Write::Destroy { document: "board.family".into() }]).unwrap();
    assert_eq!(store.load(conference(1)).unwrap().len(), 2, "it was kept, and said so");
    assert_ne!(found_in_files(&data, &gone), 0, "this test shows nothing");
    other.execute_batch("COMMIT").unwrap();
    // A later batch is followed by a pause.
    save(&store, conference(1), vec![append("board.all", 121, b"later")]).unwrap();
    until(|| found_in_files(&data, &gone) == 0);
}

#[test]
fn sto7_close5_while_another_program_reads_nobody_s_saving_waits_and_the_service_ends() {
    let (_folder, data) = filled();
    let store = open(&data);
    let (other, began) = (Connection::open(database(&data)).unwrap(), Instant::now());
    other.execute_batch("BEGIN; SELECT count(*) FROM snapshot").unwrap();
    save(&store, conference(1), vec![Write::Destroy { document: "board.all".into() }]).unwrap();
    save(&store, conference(2), vec![append("board.all", 5, b"a neighbour types")]).unwrap();
    drop(store);
    assert!(began.elapsed() < PATIENCE, "whoever reads was waited for");
    let store = open(&data);
    assert_eq!([1, 2].map(|n| store.load(conference(n)).unwrap().len()), [2, 3]);
}

#[test]
fn sto7_traces_that_a_kill_left_behind_go_when_nobody_writes_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let [data, killed] = ["data", "killed"].map(|name| folder.path().join(name));
    let store = hasty(&data, Duration::MAX);
    fill_mixed(&store, 1);
    let gone = sealed_of(&data, "board.family");
    drop(store);
    // What the service does before it rewrites the file, as a kill at that moment leaves it.
    let service = Connection::open(database(&data)).unwrap();
    service.execute_batch("PRAGMA secure_delete = ON").unwrap();
    for table in [r#""row""#, "snapshot"] {
        service.execute(&format!("DELETE FROM {table} WHERE document = 'board.family'"), []).unwrap();
    }
    copy(&data, &killed);
    // What it had written of the copy, for which it had all the room there was.
    let log = killed.join("flipchart.db-wal");
    let length = || fs::metadata(&log).unwrap().len();
    OpenOptions::new().write(true).open(&log).unwrap().set_len(length() + 5_000_000).unwrap();
    // The room comes back at once. Who is closed before a rest comes leaves the traces to the next start.
    let store = hasty(&killed, Duration::MAX);
    until(|| length() < 10_000);
    drop(store);
    assert_ne!(length(), 0, "the next start is told");
    assert_ne!(found_in_files(&killed, &gone), 0, "this test shows nothing");
    let store = hasty(&killed, Duration::from_millis(1));
    until(|| found_in_files(&killed, &gone) == 0);
    assert_eq!(store.load(conference(1)).unwrap().len(), 2);
}

#[test]
fn sto8_an_erased_conference_is_unreadable_also_from_an_earlier_copy() {
    let (_folder, data) = filled();
    let copy = fs::read(database(&data)).unwrap();
    let sealed = sealed_of(&data, "board.all");
    let store = open(&data);
    store.erase(conference(1)).unwrap();
    assert_eq!(found_in_files(&data, &sealed), 4, "those of the other conference");
    drop(store);
    fs::write(database(&data), copy).unwrap();
    let store = open(&data);
    assert!(matches!(store.load(conference(1)), Err(StoreError::NoKey)));
    assert_eq!(store.load(conference(2)).unwrap().len(), 3);
    drop(store);
    assert_eq!(found_in_files(&data, &sealed), 4, "the copy's rows were deleted at the start");
}

#[test]
fn sto4_a_lock_of_another_program_is_waited_for() {
    let (_folder, data) = filled();
    let store = open(&data);
    let other = Connection::open(database(&data)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let holds = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        other.execute_batch("COMMIT").unwrap();
    });
    save(&store, conference(1), vec![append("board.all", 5, b"after the lock")]).unwrap();
    holds.join().unwrap();
}

#[test]
fn sto4_a_lock_that_stays_refuses_and_writing_works_again_afterwards() {
    let (_folder, data) = filled();
    let location = Location { patience: Duration::from_millis(50), ..Location::beneath(&data) };
    let store = SqliteStore::open(location).unwrap();
    let other = Connection::open(database(&data)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = save(&store, conference(1), vec![append("board.all", 5, b"refused")]);
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.load(conference(1)).unwrap()[0].rows.len(), 4, "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    save(&store, conference(1), vec![append("board.all", 5, b"taken")]).unwrap();
    assert_eq!(store.load(conference(1)).unwrap()[0].rows[4], row(5, b"taken"));
}

#[test]
fn sto9_a_newer_database_is_refused_and_left_alone() {
    let (_folder, data) = filled();
    Connection::open(database(&data)).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(database(&data)).unwrap();
    let error = refusal(&data);
    assert!(matches!(error, OpenError::Newer { found: 99, known: 1, .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains("newer flipchart") && said.contains("install that version"), "{said}");
    assert_eq!(fs::read(database(&data)).unwrap(), before);
}

#[test]
fn sto9_a_file_of_the_first_format_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store_files/1");
    fs::create_dir_all(data.join("keys")).unwrap();
    for name in ["flipchart.db", "keys/conferences.keys", "keys/server.key"] {
        fs::copy(old.join(name), data.join(name)).unwrap();
        fs::set_permissions(data.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let store = open(&data);
    assert_eq!(store.conferences().unwrap(), [1, 2].map(conference));
    for id in [1, 2].map(conference) {
        let kept = store.load(id).unwrap();
        assert_eq!(kept.iter().map(|kept| kept.rows.len()).collect::<Vec<_>>(), [4, 2, 4]);
        assert_eq!(kept[1].snapshot, Some((2, b"the meeting so far".to_vec())));
        assert_eq!(kept[0].rows[2], row(3, format!("{id} board.all 3").as_bytes()));
    }
    save(&store, conference(1), vec![append("board.all", 5, b"goes on")]).unwrap();
}

#[test]
fn sto9_a_file_that_is_no_database_of_ours_is_refused_and_left_alone() {
    let (_folder, data) = filled();
    fs::write(database(&data), "Dear chair, this is a letter and no database at all. ".repeat(100)).unwrap();
    let error = refusal(&data);
    assert!(matches!(error, OpenError::NotOurs(_)), "{error}");
    assert!(fs::read(database(&data)).unwrap().starts_with(b"Dear chair"));
    fs::remove_file(database(&data)).unwrap();
    Connection::open(database(&data)).unwrap().execute_batch("CREATE TABLE letters (words TEXT)").unwrap();
    assert!(matches!(refusal(&data), OpenError::NotOurs(_)));
}

#[test]
fn sto9_a_broken_structure_is_refused() {
    let (_folder, data) = filled();
    let mut bytes = fs::read(database(&data)).unwrap();
    // The header of the second page: kind of page and number of cells.
    bytes[4096..4104].fill(0xff);
    fs::write(database(&data), bytes).unwrap();
    let error = refusal(&data);
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("flipchart restore"), "{error}");
}

#[test]
fn sto9_nothing_is_written_to_a_file_whose_structure_has_not_been_checked() {
    let (_folder, data) = filled();
    let mut bytes = fs::read(database(&data)).unwrap();
    // A list of free pages that leads nowhere: nothing that is read at the start comes upon it.
    bytes[32..36].copy_from_slice(&9_999_u32.to_be_bytes());
    bytes[36..40].copy_from_slice(&1_u32.to_be_bytes());
    fs::write(database(&data), &bytes).unwrap();
    let store = open(&data);
    assert_eq!(store.load(conference(1)).unwrap().len(), 3, "reading goes on");
    let (answer, heard) = channel();
    let batch = Batch { conference: conference(1), writes: vec![append("board.all", 5, b"never kept")] };
    store.submit(batch, Box::new(move |outcome| answer.send(outcome).unwrap()));
    let error = store.checked().unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    drop(store);
    assert!(heard.recv().is_err(), "somebody was told that it is kept");
    assert_eq!(fs::read(database(&data)).unwrap(), bytes);
}

#[test]
fn sto10_a_key_that_others_may_read_is_refused() {
    let (_folder, data) = filled();
    let key = Location::beneath(&data).server_key;
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o400);
    assert_eq!(fs::metadata(key.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    for mode in [0o644, 0o604, 0o620, 0o601] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let error = refusal(&data);
        assert!(matches!(error, OpenError::Key(KeyError::Open { .. })), "{error}");
        assert!(error.to_string().contains(&format!("chmod 600 {}", key.display())), "{error}");
    }
}

#[test]
fn sto10_a_missing_key_is_asked_for_and_never_made_anew() {
    let (_folder, data) = filled();
    let location = Location::beneath(&data);
    for path in [&location.server_key, &location.wrapped_keys()] {
        let aside = path.with_extension("aside");
        fs::rename(path, &aside).unwrap();
        let error = refusal(&data);
        assert!(matches!(&error, OpenError::Key(KeyError::Missing(missing)) if missing == path), "{error}");
        assert!(!path.exists());
        fs::rename(&aside, path).unwrap();
    }
    fs::remove_file(location.database()).unwrap();
    assert!(matches!(refusal(&data), OpenError::NoDatabase(_)));
}

#[test]
fn sto10_a_key_beside_the_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let location =
        Location { server_key: folder.path().join("server.key"), ..Location::beneath(folder.path()) };
    let error = SqliteStore::open(location).unwrap_err();
    assert!(matches!(error, OpenError::Key(KeyError::BesideTheDatabase(_))), "{error}");
    assert!(!folder.path().join("server.key").exists());
}

#[test]
fn sto10_the_key_of_another_server_is_refused() {
    let ((_folder, data), (_other_folder, other)) = (filled(), filled());
    let (ours, theirs) = (Location::beneath(&data).server_key, Location::beneath(&other).server_key);
    fs::remove_file(&ours).unwrap();
    fs::copy(theirs, &ours).unwrap();
    let error = refusal(&data);
    assert!(matches!(error, OpenError::Key(KeyError::OtherKey(_))), "{error}");
    fs::set_permissions(&ours, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&ours, "not a key").unwrap();
    assert!(matches!(refusal(&data), OpenError::Key(KeyError::NotAKeyFile(_))));
}

#[test]
fn sto10_a_second_server_on_one_folder_is_refused() {
    let (_folder, data) = filled();
    let first = open(&data);
    assert!(first.measure_sync().unwrap() > Duration::ZERO);
    assert!(matches!(refusal(&data), OpenError::InUse(_)));
    drop(first);
    open(&data);
}

/// Makes the file that `sto9_a_file_of_the_first_format_is_read` reads; run once per format, by hand.
#[test]
#[ignore = "writes into the source tree"]
fn sto9_makes_the_file_of_the_present_format() {
    let (_folder, data) = filled();
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store_files/new");
    fs::create_dir_all(to.join("keys")).unwrap();
    for name in ["flipchart.db", "keys/conferences.keys", "keys/server.key"] {
        fs::copy(data.join(name), to.join(name)).unwrap();
    }
}
