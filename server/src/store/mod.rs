//! What is kept: one append-only log of rows and one snapshot per document, every byte sealed before it is written.
//!
//! A room writes whole batches: a batch is there after a power cut, or no part of it is. Nothing else in the service
//! touches a disk. `sqlite` keeps a file, `memory` keeps nothing, `sim` loses, tears and fails what was not synced.

pub mod backup;
#[cfg(test)]
mod contract;
pub mod crowd;
mod files;
pub mod keys;
pub mod memory;
mod migrations;
mod queue;
mod reading;
pub mod sealing;
mod shelf;
pub mod sim;
pub mod sqlite;
mod tables;
mod writer;

use protocol::id::ConferenceId;
use zeroize::Zeroizing;

/// One row of a document's log: what one commit added to it.
///
/// Its bytes are a sequence: what a room adds before the row is written stands behind what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// First number of the room's count in this row.
    pub from: u64,
    /// Last number of the room's count in this row; rows of a document do not overlap.
    pub to: u64,
    /// What the room wrote. The store seals it and never reads it.
    pub bytes: Vec<u8>,
}

/// One change of one document. Documents are named within their conference: `board.all`, `board.all~2`, `meeting`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Add a row at the end of the log.
    Append {
        /// Which document.
        document: String,
        /// Its next row.
        row: Row,
    },
    /// Everything up to `upto` is in `state`: older rows and the older snapshot may go once this one has been read
    /// back and is whole.
    Snapshot {
        /// Which document.
        document: String,
        /// Last number of the room's count that the state holds.
        upto: u64,
        /// The whole state. Wiped from memory when the batch is dropped: it may hold a round's secret key.
        state: Zeroizing<Vec<u8>>,
    },
    /// Rows and snapshots of this document are destroyed, not just forgotten (P4): no later read, backup of the file
    /// or look at its free pages finds them.
    Destroy {
        /// Which document.
        document: String,
    },
}

/// Writes that stand or fall together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Whose key seals it.
    pub conference: ConferenceId,
    /// In order.
    pub writes: Vec<Write>,
}

impl Batch {
    /// Bytes that are to be kept.
    pub fn bytes(&self) -> usize {
        let bytes = |write: &Write| match write {
            Write::Append { row, .. } => row.bytes.len(),
            Write::Snapshot { state, .. } => state.len(),
            Write::Destroy { .. } => 0,
        };
        self.writes.iter().map(bytes).sum()
    }

    /// Puts a later batch of the same conference behind this one, as if both had been one from the beginning: a
    /// document's rows become one row, and what a later state holds is not written before it.
    fn extend(&mut self, later: Batch) {
        for write in later.writes {
            let last = self.writes.iter_mut().rev().find(|before| before.document() == write.document());
            match (last, &write) {
                (Some(Write::Append { row, .. }), Write::Append { row: more, .. }) => {
                    row.extend(more);
                    continue;
                }
                (Some(_), Write::Snapshot { document, .. }) => self.drop_unwritten(document),
                _ => {}
            }
            self.writes.push(write);
        }
    }

    /// Drops what has been added to a document since it was destroyed, or at all.
    fn drop_unwritten(&mut self, document: &str) {
        let destroyed = |write: &Write| matches!(write, Write::Destroy { document: it } if it == document);
        let from = self.writes.iter().rposition(destroyed).map_or(0, |place| place + 1);
        let mut place = 0;
        self.writes.retain(|write| {
            place += 1;
            place <= from || write.document() != document
        });
    }
}

impl Row {
    fn extend(&mut self, more: &Row) {
        self.to = more.to;
        self.bytes.extend_from_slice(&more.bytes);
    }
}

impl Write {
    /// The document that it changes.
    fn document(&self) -> &str {
        match self {
            Self::Append { document, .. } | Self::Snapshot { document, .. } | Self::Destroy { document } => {
                document
            }
        }
    }
}

/// One document as it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Its name within the conference.
    pub document: String,
    /// The newest snapshot and the last number it holds.
    pub snapshot: Option<(u64, Vec<u8>)>,
    /// Rows after the snapshot, in order.
    pub rows: Vec<Row>,
}

impl Kept {
    /// Nothing was kept of it.
    pub fn is_empty(&self) -> bool {
        self.snapshot.is_none() && self.rows.is_empty()
    }

    /// The last number that it holds.
    pub fn upto(&self) -> u64 {
        let last = self.rows.last().map(|row| row.to);
        last.or(self.snapshot.as_ref().map(|(upto, _)| *upto)).unwrap_or(0)
    }
}

/// Why nothing was kept or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The disk takes nothing now (full, locked by another program). Nothing of the batch is kept; it may be tried again.
    #[error("the disk takes nothing: {0}")]
    Unavailable(String),
    /// Writing or syncing failed: what is on the disk is unknown. Nobody who waits for a batch ever hears this: the store
    /// ends the process first.
    #[error("the disk failed while writing: {0}")]
    Failed(String),
    /// Stored bytes are damaged. The document named is set aside; others run on.
    #[error("stored bytes of {document} are damaged; restore them from a backup with `flipchart restore`")]
    Damaged {
        /// Which document.
        document: String,
    },
    /// The conference has been erased, or its key is missing.
    #[error("no key for this conference; if it was not erased, restore the key file from a backup")]
    NoKey,
}

/// A document's name, and the document or why it cannot be read.
pub type Each = (String, Result<Kept, StoreError>);

/// Whether anything can be kept at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The last commit was synced, or none has been needed yet.
    Keeps,
    /// The disk took nothing the last time (full, locked). The next commit tries again.
    Refuses,
}

/// Called once, when the batch is synced or refused, by a task of the runtime on which the store was opened if there is
/// one; never after the store has failed, which ends the process. Never on the caller's stack before `submit` has
/// returned.
pub type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A place where conferences are kept. One contract suite holds for all (`store::contract`).
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Makes a conference's data key and keeps it durably, before its first row. Repeating it changes nothing.
    fn create(&self, conference: ConferenceId) -> Result<(), StoreError>;

    /// Queues a batch. Batches of one conference are kept in the order in which they were submitted; if one fails,
    /// those of the same conference queued behind it fail too, so that no gap can arise: every batch of the conference
    /// fails until it has been loaded again (SPEC STO4).
    fn submit(&self, batch: Batch, done: Done);

    /// Adds to the batch of the same conference that was submitted last, as long as it has not been begun: they stand or
    /// fall together, and its answer is the answer for both.
    ///
    /// # Errors
    /// The batch, unchanged: nothing waits that it could be added to. It is to be submitted.
    fn join(&self, batch: Batch) -> Result<(), Batch>;

    /// Every conference that has not been erased.
    fn conferences(&self) -> Result<Vec<ConferenceId>, StoreError>;

    /// All documents of a conference, in order of their names, each with its own fate: one that is damaged does not
    /// keep the others from being read. Waits for the disk. After a failed batch this is what lets the conference
    /// write again: only its room calls it, when all its batches have been answered.
    fn load_each(&self, conference: ConferenceId) -> Result<Vec<Each>, StoreError>;

    /// One document, to look at: lifts no fence.
    fn look_at(&self, conference: ConferenceId, document: &str) -> Result<Option<Kept>, StoreError>;

    /// As [`Store::load_each`]; the first damaged document is the error of the whole.
    fn load(&self, conference: ConferenceId) -> Result<Vec<Kept>, StoreError> {
        self.load_each(conference)?.into_iter().map(|(_, kept)| kept).collect()
    }

    /// Whether the last commit was kept.
    fn health(&self) -> Health;

    /// Whether so many bytes would be kept now, after a batch was refused. Keeps nothing. Waits for the disk.
    fn takes(&self, bytes: usize) -> bool;

    /// Forgets a conference's key and deletes its rows: nobody can read it any more, backups of the data included.
    fn erase(&self, conference: ConferenceId) -> Result<(), StoreError>;
}
