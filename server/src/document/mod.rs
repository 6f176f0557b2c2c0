//! One CRDT document: the only place that knows yrs.
//!
//! A document takes updates that the scanner has passed and the room has allowed, answers with diffs, and is written
//! by the server as values. Nothing here decides who may do what, and no yrs type leaves this folder.
//!
//! yrs may panic or leave a half-applied document on input that the scanner let through (SPEC SCAN9): every call that
//! applies bytes runs under `catch_unwind`, and after any failure the document is [`DocumentError::Broken`]: its owner
//! drops it and rebuilds it from the store.

mod encoding;
mod lines;
#[cfg(test)]
pub(crate) mod planted;
#[cfg(test)]
pub(crate) mod replica;
mod values;
mod writers;

pub use lines::{Entries, Line};
pub use values::Maps;

use protocol::{
    known::{Judgement, Known},
    scan::{Span, Touched, scan_stored},
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update, WriteTxn,
    updates::{decoder::Decode, encoder::Encode},
};

/// Why a document did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The live document may be half-applied. Drop it and rebuild it from snapshot and log.
    #[error("the document could not take an update and must be rebuilt")]
    Broken,
    /// What was read from the store is no document.
    #[error("stored state could not be read as a document")]
    Unreadable,
}

/// A live document.
pub struct Document {
    doc: Doc,
    known: Known,
    /// What the server wrote last, so that the next write changes only what differs.
    written: Option<Maps>,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}

impl Document {
    /// An empty document in which the server writes as `client`: a number drawn anew at each load, because a reused
    /// one whose last edits were lost would write two things under one name (SPEC SYNC9).
    pub fn empty(client: u64) -> Self {
        let options = Options {
            client_id: ClientID::new(client),
            offset_kind: OffsetKind::Utf16,
            ..Options::default()
        };
        Self { doc: Doc::with_options(options), known: Known::default(), written: None }
    }

    /// Rebuilds a document from what was stored, each update in a transaction of its own as it was taken: in one
    /// transaction with others yrs 0.28 comes upon a fault of its own (an overflow in its block store, found by the
    /// simulation), and joins what was typed in quadratic time.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] when the bytes, which were unsealed whole, are no updates.
    pub fn restore<'a>(client: u64, updates: impl Iterator<Item = &'a [u8]>) -> Result<Self, DocumentError> {
        let mut document = Self::empty(client);
        for update in updates {
            let touched = scan_stored(update).map_err(|_| DocumentError::Unreadable)?;
            document.apply(update, &touched).map_err(|_| DocumentError::Unreadable)?;
        }
        Ok(document)
    }

    /// What is new in an update (SPEC SYNC4).
    pub fn judge(&self, touched: &Touched) -> Judgement {
        self.known.judge(touched)
    }

    /// Next clock of a client.
    pub fn clock(&self, client: u64) -> u32 {
        self.known.clock(client)
    }

    /// Under which id the server writes.
    #[cfg(test)]
    pub(crate) fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// Takes an update that was scanned, judged to be news and allowed.
    ///
    /// # Errors
    /// [`DocumentError::Broken`]: nothing may be read from this document any more.
    pub fn apply(&mut self, update: &[u8], touched: &Touched) -> Result<(), DocumentError> {
        let doc = &self.doc;
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let update = Update::decode_v1(update).ok()?;
            let mut txn = doc.transact_mut();
            txn.apply_update(update).ok()?;
            #[cfg(test)]
            if !planted::within(touched) {
                return None;
            }
            if txn.prune_pending().is_some() { None } else { Some(deleted(&txn)) }
        }));
        match applied {
            Ok(Some(deleted)) => {
                self.known.absorb(touched);
                self.known.absorb_deleted(deleted);
                self.written = None;
                Ok(())
            }
            Ok(None) | Err(_) => Err(DocumentError::Broken),
        }
    }

    /// The whole document as one update.
    pub fn state(&self) -> Vec<u8> {
        encoding::diff(&self.doc.transact(), &StateVector::default())
    }

    /// Whether these bytes, read anew, are this document: the same letters and deletions, and the same values. Asked of
    /// what takes the place of a log: a fault in writing or reading would lose the log's words with it.
    pub fn is_told_by(&self, state: &[u8]) -> bool {
        let Ok(read) = Self::restore(self.doc.client_id().get(), [state].into_iter()) else { return false };
        let (mine, theirs) = (self.doc.transact(), read.doc.transact());
        mine.snapshot() == theirs.snapshot() && values::all(&mine) == values::all(&theirs)
    }

    /// What somebody with this (scanned) state vector lacks.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] when the state vector cannot be read.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        let state_vector = StateVector::decode_v1(state_vector).map_err(|_| DocumentError::Unreadable)?;
        Ok(encoding::diff(&self.doc.transact(), &state_vector))
    }

    /// The document's state vector, encoded.
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// Learns what the server itself has just written.
    fn absorb_own(&mut self, update: &[u8], deleted: Vec<Span>) {
        let touched = scan_stored(update).expect("the server writes what its scanner passes");
        self.known.absorb(&touched);
        self.known.absorb_deleted(deleted);
    }
}

/// What a transaction deleted, more than its update said: the loser of two writes to one key, the inside of a type.
fn deleted(txn: &yrs::TransactionMut<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    for (client, ranges) in txn.delete_set().iter() {
        let client = client.get();
        spans.extend(ranges.iter().map(|range| Span { client, start: range.start, end: range.end }));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::{Document, DocumentError, replica::Replica};
    use protocol::{id::NoteId, known::Judgement, scan::scan_stored};

    #[test]
    fn sto14_what_does_not_read_as_the_document_is_not_taken_for_it() {
        let note = NoteId::from_random([1; 10]);
        let replica = Replica::new(7);
        replica.write_note(note, "worried", "the belt");
        let before = replica.state();
        replica.type_in(note.as_str(), 8, " left a mark");
        let lacks = replica.state();
        replica.rub_out(note.as_str(), 0, 4);
        let state = replica.state();
        let document = Document::restore(9, [state.as_slice()].into_iter()).expect("it reads");
        assert!(document.is_told_by(&document.state()) && document.is_told_by(&state));
        assert!(!document.is_told_by(&before), "letters are missing");
        assert!(!document.is_told_by(&lacks), "a deletion is missing");
        let letter = state.windows(4).position(|four| four == b"mark").expect("it is there");
        let mut other = state.clone();
        other[letter] = b'd';
        assert!(!document.is_told_by(&other), "a letter is another one");
        assert!(!document.is_told_by(&state[..state.len() - 1]) && !document.is_told_by(&[]));
    }

    #[test]
    fn scan11_what_yrs_leaves_aside_breaks_the_document() {
        let note = NoteId::from_random([1; 10]);
        let replica = Replica::new(7);
        replica.write_note(note, "worried", "never sent");
        // No room applies it: it is judged to have a gap before it.
        let behind = replica.type_in(note.as_str(), 0, "x").expect("the line is there");
        let touched = scan_stored(&behind).expect("a client's own update");
        let mut document = Document::empty(9);
        assert_eq!(document.judge(&touched), Judgement::Gap);
        assert!(matches!(document.apply(&behind, &touched), Err(DocumentError::Broken)));
    }
}
