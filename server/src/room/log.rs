//! What a document's log row and snapshot hold, inside the store's seal.

use protocol::id::AttendeeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One accepted change of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The room's number of this change.
    pub seq: u64,
    /// Who wrote it; none = the server.
    pub author: Option<AttendeeId>,
    /// Client ids that this change binds to its author.
    pub binds: Vec<u64>,
    /// Client ids whose words were refused: nothing of them is ever taken later (SPEC RIGHT8).
    pub refuses: Vec<u64>,
    /// The update, as accepted; empty for a refusal.
    pub update: Vec<u8>,
}

/// To whom a client id belongs in one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The attendee, or the server.
    pub owner: Option<AttendeeId>,
    /// Words of this id were refused once.
    pub refused: bool,
}

/// Who may use which client id.
pub type Bindings = BTreeMap<u64, Binding>;

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// State as one update.
    pub state: Vec<u8>,
    /// Bindings at that moment.
    pub bindings: Bindings,
}

/// Stored bytes that do not read as what they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored row does not read as a log entry; restore it from a backup")]
pub struct Unreadable;

/// Bytes of a log row: the entries one behind the other and nothing else, so that rows that are joined read as one (see
/// [`crate::store::Row`]).
pub fn write_row<T: Serialize>(entries: &[T]) -> Vec<u8> {
    let put = |bytes, entry| postcard::to_extend(entry, bytes).expect("plain values can be written");
    entries.iter().fold(Vec::new(), put)
}

/// Reads what [`write_row`] wrote.
///
/// # Errors
/// [`Unreadable`] when the bytes are something else.
pub fn read_row<T: for<'a> Deserialize<'a>>(mut bytes: &[u8]) -> Result<Vec<T>, Unreadable> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (entry, rest) = postcard::take_from_bytes(bytes).map_err(|_| Unreadable)?;
        entries.push(entry);
        bytes = rest;
    }
    Ok(entries)
}

/// Bytes of a snapshot.
pub fn write<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("plain values can be written")
}

/// Reads bytes of a snapshot.
///
/// # Errors
/// [`Unreadable`] when they are something else.
pub fn read<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, Unreadable> {
    postcard::from_bytes(bytes).map_err(|_| Unreadable)
}

/// Takes a change's bindings over.
pub fn bind(bindings: &mut Bindings, entry: &Entry) {
    for client in &entry.binds {
        bindings.entry(*client).or_insert(Binding { owner: entry.author, refused: false });
    }
    for client in &entry.refuses {
        bindings.entry(*client).or_insert(Binding { owner: entry.author, refused: true }).refused = true;
    }
}
