//! A backup is only one when it can be restored, and an erased conference stays erased.

mod store_common;

use rusqlite::Connection;
use server::store::{
    Kept, Store, StoreError, Write,
    backup::{BackupError, backup, restore, verify},
    sqlite::{Location, SqliteStore},
};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, thread};
use store_common::{append, conference, open, row, save};
use tempfile::TempDir;

fn filled(folder: &TempDir) -> SqliteStore {
    let store = open(&folder.path().join("data"));
    for id in [1, 2].map(conference) {
        store.create(id).unwrap();
        for n in 1..=3 {
            save(&store, id, vec![append("board.all", n, b"words"), append("meeting", n, b"more")]).unwrap();
        }
        let state = b"state".to_vec();
        save(&store, id, vec![Write::Snapshot { document: "meeting".into(), upto: 3, state: state.into() }])
            .unwrap();
    }
    store
}

/// These tests keep words that only they read.
fn any(_: &Kept) -> bool {
    true
}

fn location(folder: &TempDir, name: &str) -> Location {
    Location::beneath(&folder.path().join(name))
}

fn make(folder: &TempDir, name: &str) {
    backup(&location(folder, "data"), &folder.path().join(name)).unwrap();
}

fn bring_back(
    folder: &TempDir,
    data: &str,
    keys: &str,
    to: &str,
) -> Result<server::store::backup::VerifyReport, BackupError> {
    let (data, keys) = (folder.path().join(data).join("data"), folder.path().join(keys).join("keys"));
    restore(&data, &keys, &location(folder, to), &[], any)
}

#[test]
fn sto11_a_backup_of_a_running_server_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder);
    make(&folder, "backup");
    save(&store, conference(1), vec![append("board.all", 4, b"after the backup")]).unwrap();
    let report = bring_back(&folder, "backup", "backup", "restored").unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!((report.conferences, report.documents, report.rows, report.snapshots), (2, 4, 6, 2));
    let restored = open(&folder.path().join("restored"));
    assert_eq!(restored.load(conference(2)).unwrap(), store.load(conference(2)).unwrap());
    assert_eq!(restored.load(conference(1)).unwrap()[0].rows.last(), Some(&row(3, b"words")));
    save(&restored, conference(1), vec![append("board.all", 4, b"goes on")]).unwrap();
}

#[test]
fn sto11_either_archive_alone_holds_no_words_and_restores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(&folder));
    make(&folder, "backup");
    let (data, keys) = (folder.path().join("backup/data"), folder.path().join("backup/keys"));
    let names = |path: &Path| {
        let mut names: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&data), ["flipchart.db", "manifest.json"]);
    assert_eq!(names(&keys), ["conferences.keys", "manifest.json", "server.key"]);
    assert_eq!(fs::metadata(keys.join("server.key")).unwrap().permissions().mode() & 0o077, 0);
    let to = location(&folder, "restored");
    for (data, keys, wrong) in [(&data, &data, "keys"), (&keys, &keys, "data")] {
        let error = restore(data, keys, &to, &[], any).unwrap_err();
        assert!(matches!(error, BackupError::NotAnArchive { what, .. } if what == wrong), "{error}");
    }
    assert!(!to.data.exists());
}

#[test]
fn sto11_a_changed_or_unfinished_archive_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(&folder));
    make(&folder, "backup");
    let file = folder.path().join("backup/data/flipchart.db");
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    fs::write(&file, changed).unwrap();
    let error = bring_back(&folder, "backup", "backup", "restored").unwrap_err();
    assert!(matches!(&error, BackupError::Changed(path) if *path == file), "{error}");
    fs::write(&file, whole).unwrap();
    let manifest = folder.path().join("backup/data/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
    let error = bring_back(&folder, "backup", "backup", "restored").unwrap_err();
    assert!(matches!(error, BackupError::Newer { .. }), "{error}");
    fs::remove_file(&manifest).unwrap();
    let error = bring_back(&folder, "backup", "backup", "restored").unwrap_err();
    assert!(matches!(error, BackupError::NotAnArchive { what: "data", .. }), "{error}");
    assert!(!folder.path().join("restored").exists());
}

#[test]
fn sto11_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(&folder));
    make(&folder, "backup");
    let again = backup(&location(&folder, "data"), &folder.path().join("backup"));
    assert!(matches!(again, Err(BackupError::NotEmpty(_))));
    assert!(matches!(bring_back(&folder, "backup", "backup", "data"), Err(BackupError::NotEmpty(_))));
}

#[test]
fn sto8_an_erased_conference_does_not_come_back_with_an_old_backup() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder);
    make(&folder, "old");
    store.erase(conference(1)).unwrap();
    make(&folder, "new");
    // Old rows with the newer keys, and an old backup of both with what is left of the list.
    let later = vec![location(&folder, "data").wrapped_keys()];
    let report = bring_back(&folder, "old", "new", "first").unwrap();
    assert!(report.is_whole(), "{report:?}");
    let (data, keys) = (folder.path().join("old/data"), folder.path().join("old/keys"));
    restore(&data, &keys, &location(&folder, "second"), &later, any).unwrap();
    for name in ["first", "second"] {
        let restored = open(&folder.path().join(name));
        assert_eq!(restored.conferences().unwrap(), [conference(2)]);
        assert!(matches!(restored.load(conference(1)), Err(StoreError::NoKey)));
        assert!(matches!(restored.create(conference(1)), Err(StoreError::NoKey)));
        let rows: i64 = Connection::open(location(&folder, name).database())
            .unwrap()
            .query_row(
                r#"SELECT count(*) FROM "row" WHERE conference = ?1"#,
                [conference(1).as_str()],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(rows, 0);
    }
}

#[test]
fn sto11_verify_names_what_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder);
    let place = location(&folder, "data");
    assert!(verify(&place, any).unwrap().is_whole());
    let id = conference(2);
    let sql = r#"UPDATE "row" SET sealed = x'00' WHERE conference = ?1 AND from_seq = 2 AND document = 'board.all'"#;
    Connection::open(place.database()).unwrap().execute(sql, [id.as_str()]).unwrap();
    let report = verify(&place, any).unwrap();
    assert!(!report.is_whole());
    assert_eq!((report.damaged, report.documents), (vec![(id, "board.all".to_owned())], 3));
    drop(store);
}

#[test]
fn sto11_conferences_that_are_opened_meanwhile_are_not_called_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder);
    let place = location(&folder, "data");
    thread::scope(|scope| {
        let opening = scope.spawn(|| {
            for id in (3..200).map(conference) {
                store.create(id).unwrap();
                save(&store, id, vec![append("board.all", 1, b"words")]).unwrap();
            }
        });
        let mut looks = 0;
        while !opening.is_finished() {
            let report = verify(&place, any).unwrap();
            assert!(report.is_whole(), "look {looks}: {report:?}");
            looks += 1;
        }
        assert!(looks > 0, "nobody looked meanwhile");
    });
}

#[test]
fn sto11_sto13_verify_names_what_opens_and_does_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder);
    save(&store, conference(1), vec![append("audit", 4, b"no page")]).unwrap();
    let audit = |kept: &Kept| kept.document != "audit" || kept.rows.iter().all(|row| row.bytes != b"no page");
    let report = verify(&location(&folder, "data"), audit).unwrap();
    assert_eq!((report.damaged, report.documents), (vec![(conference(1), "audit".to_owned())], 4));
    make(&folder, "backup");
    let (data, keys) = (folder.path().join("backup/data"), folder.path().join("backup/keys"));
    assert!(!restore(&data, &keys, &location(&folder, "restored"), &[], audit).unwrap().is_whole());
}
