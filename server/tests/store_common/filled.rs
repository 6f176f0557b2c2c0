//! A store with something in it, to be harmed.

use crate::store_common::{append, conference, open, save};
use server::store::{Store, Write, sqlite::Location};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A data folder with two conferences of three documents each, closed.
pub fn filled() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let store = open(&data);
    for id in [1, 2].map(conference) {
        store.create(id).unwrap();
        for document in ["board.all", "meeting", "record.all"] {
            for n in 1..=4 {
                save(&store, id, vec![append(document, n, format!("{id} {document} {n}").as_bytes())])
                    .unwrap();
            }
        }
        let state = b"the meeting so far".to_vec();
        save(&store, id, vec![Write::Snapshot { document: "meeting".into(), upto: 2, state: state.into() }])
            .unwrap();
    }
    drop(store);
    (folder, data)
}

pub fn database(data: &Path) -> PathBuf {
    Location::beneath(data).database()
}
