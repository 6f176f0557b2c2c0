//! A client's copy of a document, for tests: what a stock Yjs client does, with no rule of ours in it. It writes plain
//! objects in one order, as a browser does.

use super::{DocumentError, encoding, values::any};
use protocol::id::{NoteId, RecordId, RowId};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};
use yrs::{
    Any, ClientID, Doc, GetString, Map, MapPrelim, OffsetKind, Options, Out, ReadTxn, StateVector, Text,
    TextPrelim, Transact, TransactionMut, Update, WriteTxn,
    types::ToJson,
    updates::{decoder::Decode, encoder::Encode},
};

/// Every root that a document of ours may have.
const ROOTS: [&str; 32] = [
    "accepted",
    "answers",
    "asked",
    "hand",
    "rewordings",
    "rounds",
    "slips",
    "family",
    "quorum",
    "asks",
    "children",
    "code",
    "conference",
    "documents",
    "entitled",
    "fields",
    "framework",
    "held",
    "meta",
    "notes",
    "offered",
    "offers",
    "parted",
    "parts",
    "people",
    "records",
    "returns",
    "roll",
    "rows",
    "seat",
    "stage",
    "walls",
];

/// A copy that writes under its own client id.
pub(crate) struct Replica {
    doc: Doc,
    /// Its client id.
    pub(crate) client: u64,
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Replica").field(&self.client).finish()
    }
}

impl Replica {
    pub(crate) fn new(client: u64) -> Self {
        let options = Options {
            client_id: ClientID::new(client),
            offset_kind: OffsetKind::Utf16,
            ..Options::default()
        };
        Self { doc: Doc::with_options(options), client }
    }

    /// A copy of a stored or live state.
    pub(crate) fn of(state: &[u8]) -> Self {
        let copy = Self::new(1);
        copy.apply(state).expect("a state of ours can be read");
        copy
    }

    pub(crate) fn apply(&self, update: &[u8]) -> Result<(), DocumentError> {
        let update = Update::decode_v1(update).map_err(|_| DocumentError::Unreadable)?;
        // yrs 0.28.1 panics on a collected block of which it knows the beginning (`integrate_gc`).
        let applied = catch_unwind(AssertUnwindSafe(|| self.doc.transact_mut().apply_update(update)));
        applied.ok().and_then(Result::ok).ok_or(DocumentError::Broken)
    }

    pub(crate) fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    pub(crate) fn diff(&self, state_vector: &[u8]) -> Vec<u8> {
        let state_vector = StateVector::decode_v1(state_vector).expect("a state vector of ours");
        self.doc.transact().encode_diff_v1(&state_vector)
    }

    pub(crate) fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(&StateVector::default())
    }

    /// Everything in it, by root.
    pub(crate) fn values(&self) -> BTreeMap<&'static str, Any> {
        ROOTS
            .into_iter()
            .filter_map(|root| {
                let mut txn = self.doc.transact_mut();
                let map = txn.get_or_insert_map(root);
                (map.len(&txn) > 0).then(|| (root, map.to_json(&txn)))
            })
            .collect()
    }

    /// Keys of a root.
    pub(crate) fn keys(&self, root: &str) -> Vec<String> {
        let mut txn = self.doc.transact_mut();
        let map = txn.get_or_insert_map(root);
        let mut keys: Vec<String> = map.keys(&txn).map(str::to_owned).collect();
        keys.sort();
        keys
    }

    fn edit(&self, edit: impl FnOnce(&mut TransactionMut<'_>)) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        edit(&mut txn);
        encoding::update(&txn)
    }

    /// A new line.
    pub(crate) fn write_note(&self, note: NoteId, section: &str, words: &str) -> Vec<u8> {
        self.edit(|txn| {
            let line = txn.get_or_insert_map("notes").insert(txn, note.as_str(), MapPrelim::default());
            line.insert(txn, "text", TextPrelim::new(words));
            line.insert(txn, "section", section);
            line.insert(txn, "order", "b00");
        })
    }

    /// Words at a place of a line, as far as it goes.
    pub(crate) fn type_in(&self, note: &str, at: u32, words: &str) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(note)) = txn.get_or_insert_map("notes").get(&txn, note) else { return None };
        let Some(Out::YText(text)) = note.get(&txn, "text") else { return None };
        let at = at.min(text.len(&txn));
        text.insert(&mut txn, at, words);
        Some(encoding::update(&txn))
    }

    /// The same, and the first letters of them are rubbed out in the same edit.
    pub(crate) fn mistype(&self, note: &str, at: u32, words: &str, letters: u32) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(note)) = txn.get_or_insert_map("notes").get(&txn, note) else { return None };
        let Some(Out::YText(text)) = note.get(&txn, "text") else { return None };
        text.insert(&mut txn, at, words);
        text.remove_range(&mut txn, at, letters);
        Some(encoding::update(&txn))
    }

    /// Takes letters out of a line.
    pub(crate) fn rub_out(&self, note: &str, at: u32, letters: u32) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(note)) = txn.get_or_insert_map("notes").get(&txn, note) else { return None };
        let Some(Out::YText(text)) = note.get(&txn, "text") else { return None };
        let length = text.len(&txn);
        if length == 0 {
            return None;
        }
        let at = at.min(length - 1);
        text.remove_range(&mut txn, at, letters.min(length - at));
        Some(encoding::update(&txn))
    }

    /// Takes a line away.
    pub(crate) fn remove_note(&self, note: &str) -> Vec<u8> {
        self.edit(|txn| {
            txn.get_or_insert_map("notes").remove(txn, note);
        })
    }

    /// Takes a row away.
    pub(crate) fn remove_row(&self, row: &str) -> Vec<u8> {
        self.edit(|txn| {
            txn.get_or_insert_map("rows").remove(txn, row);
        })
    }

    /// A plain field of a line.
    pub(crate) fn set(&self, note: &str, field: &str, value: impl Into<Any>) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(note)) = txn.get_or_insert_map("notes").get(&txn, note) else { return None };
        note.insert(&mut txn, field, value.into());
        Some(encoding::update(&txn))
    }

    /// A plain field of a row.
    pub(crate) fn set_row(&self, row: &str, field: &str, value: impl Into<Value>) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(row)) = txn.get_or_insert_map("rows").get(&txn, row) else { return None };
        row.insert(&mut txn, field, any(&value.into()));
        Some(encoding::update(&txn))
    }

    /// A field of a line is taken away.
    pub(crate) fn unset(&self, note: &str, field: &str) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(note)) = txn.get_or_insert_map("notes").get(&txn, note) else { return None };
        note.remove(&mut txn, field)?;
        Some(encoding::update(&txn))
    }

    /// Words of its own in a line that is there.
    pub(crate) fn write_words(&self, note: &str, words: &str) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(note)) = txn.get_or_insert_map("notes").get(&txn, note) else { return None };
        note.insert(&mut txn, "text", TextPrelim::new(words));
        Some(encoding::update(&txn))
    }

    /// A new line that shows a record, as only the server writes one.
    pub(crate) fn write_quote(&self, note: NoteId, record: RecordId) -> Vec<u8> {
        self.edit(|txn| {
            let line = txn.get_or_insert_map("notes").insert(txn, note.as_str(), MapPrelim::default());
            line.insert(txn, "record", record.as_str());
            line.insert(txn, "section", "worried");
            line.insert(txn, "order", "b00");
        })
    }

    /// A new row with one cell.
    pub(crate) fn write_row(&self, row: RowId, words: &str) -> Vec<u8> {
        self.edit(|txn| {
            let fields = txn.get_or_insert_map("rows").insert(txn, row.as_str(), MapPrelim::default());
            let cells = fields.insert(txn, "cells", MapPrelim::default());
            cells.insert(txn, "task", TextPrelim::new(words));
            fields.insert(txn, "order", "b00");
        })
    }

    /// Words at the beginning of a fixed field.
    pub(crate) fn write_field(&self, field: &str, words: &str) -> Option<Vec<u8>> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YText(text)) = txn.get_or_insert_map("fields").get(&txn, field) else { return None };
        text.insert(&mut txn, 0, words);
        Some(encoding::update(&txn))
    }

    /// A key in a root of any name.
    pub(crate) fn put(&self, root: &str, key: &str, value: &str) -> Vec<u8> {
        self.edit(|txn| {
            txn.get_or_insert_map(root).insert(txn, key, value);
        })
    }

    /// Words of a line.
    pub(crate) fn words_of(&self, note: &str) -> Option<String> {
        let mut txn = self.doc.transact_mut();
        let Some(Out::YMap(note)) = txn.get_or_insert_map("notes").get(&txn, note) else { return None };
        match note.get(&txn, "text") {
            Some(Out::YText(text)) => Some(text.get_string(&txn)),
            _ => None,
        }
    }
}
