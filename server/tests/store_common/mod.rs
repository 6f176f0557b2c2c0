//! What tests of the stored files share.

use protocol::id::ConferenceId;
use server::store::{
    Batch, Row, Store, StoreError, Write,
    sqlite::{Location, SqliteStore},
};
use std::{path::Path, sync::mpsc::channel};

pub fn conference(n: u8) -> ConferenceId {
    ConferenceId::from_random([n; 10])
}

pub fn open(data: &Path) -> SqliteStore {
    SqliteStore::open(Location::beneath(data)).unwrap()
}

pub fn row(n: u64, bytes: &[u8]) -> Row {
    Row { from: n, to: n, bytes: bytes.to_vec() }
}

pub fn append(document: &str, n: u64, bytes: &[u8]) -> Write {
    Write::Append { document: document.into(), row: row(n, bytes) }
}

/// Submits and waits.
pub fn save(store: &dyn Store, conference: ConferenceId, writes: Vec<Write>) -> Result<(), StoreError> {
    let (answer, heard) = channel();
    store.submit(Batch { conference, writes }, Box::new(move |outcome| answer.send(outcome).unwrap()));
    heard.recv().unwrap()
}
