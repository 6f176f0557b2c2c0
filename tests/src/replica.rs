//! One document as one attendee has it.

use crate::{
    ledger::{Ledger, Saved},
    random,
};
use anyhow::{Context, Result};
use protocol::{
    document::{Access, DocumentName, Kind},
    id::{NoteId, RowId},
};
use std::collections::BTreeMap;
use yrs::{
    Any, Doc, GetString, Map, MapPrelim, MapRef, OffsetKind, Options, Out, ReadTxn, StateVector, Text,
    TextPrelim, TextRef, Transact, TransactionMut, Update,
    block::ClientID,
    types::ToJson,
    updates::{decoder::Decode, encoder::Encode},
};

/// How far opening a document has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// Asked for on this connection, or no connection.
    Asked,
    /// Open, with this access.
    Open(Access),
    /// The service said no, and why; or closed it later.
    Denied(String),
}

/// A copy of a document, its ledger and what the service allows.
#[derive(Debug)]
pub struct Replica {
    /// Its name on the wire.
    pub name: DocumentName,
    pub(crate) doc: Doc,
    pub(crate) opening: Opening,
    /// The service's step 2 has come on this connection.
    pub(crate) synced: bool,
    pub(crate) ledger: Ledger,
}

impl Replica {
    /// An empty copy with a client id of its own.
    pub fn new(name: DocumentName) -> Self {
        let mut options = Options::with_client_id(ClientID::new(random::client()));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        for root in name.kind.client_roots() {
            doc.get_or_insert_map(*root);
        }
        Self { name, doc, opening: Opening::Asked, synced: false, ledger: Ledger::default() }
    }

    /// What the service allows on this connection, if it has answered.
    pub fn access(&self) -> Option<Access> {
        match self.opening {
            Opening::Open(access) => Some(access),
            _ => None,
        }
    }

    /// Why the service keeps the document closed.
    pub fn denied(&self) -> Option<&str> {
        match &self.opening {
            Opening::Denied(why) => Some(why),
            _ => None,
        }
    }

    /// How the edits made here stand.
    pub fn saved(&self) -> Saved {
        self.ledger.saved()
    }

    /// A root map as JSON; `null` if there is nothing under that name.
    pub fn json(&self, root: &str) -> serde_json::Value {
        let map = self.doc.get_or_insert_map(root);
        let any = map.to_json(&self.doc.transact());
        serde_json::to_value(any).unwrap_or_default()
    }

    /// Ids of the lines or rows, in no order.
    pub fn keys(&self, root: &str) -> Vec<String> {
        match self.json(root) {
            serde_json::Value::Object(entries) => entries.into_iter().map(|(key, _)| key).collect(),
            _ => Vec::new(),
        }
    }

    /// Everything that can be read in it, as JSON.
    pub fn text(&self) -> String {
        let roots: Vec<String> = self.doc.transact().root_refs().map(|(name, _)| name.to_owned()).collect();
        roots.into_iter().map(|name| format!("{name}: {}\n", self.json(&name))).collect()
    }

    /// The room's number of the last change in this copy.
    pub fn seq(&self) -> u64 {
        self.json("meta")["seq"].as_f64().map_or(0, |seq| seq as u64)
    }

    /// Lines of a board that are not struck: their section and words.
    pub fn lines(&self) -> BTreeMap<NoteId, (String, String)> {
        let serde_json::Value::Object(notes) = self.json("notes") else { return BTreeMap::new() };
        let line = |(id, note): (String, serde_json::Value)| {
            let words = note["text"].as_str().unwrap_or_default().to_owned();
            let section = note["section"].as_str().unwrap_or_default().to_owned();
            (note["struck"] != true).then_some((id.parse().ok()?, (section, words)))
        };
        notes.into_iter().filter_map(line).collect()
    }

    pub(crate) fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    pub(crate) fn missing_in(&self, state_vector: &[u8]) -> Result<Vec<u8>> {
        let state_vector = StateVector::decode_v1(state_vector).context("the service's state vector")?;
        Ok(self.doc.transact().encode_diff_v1(&state_vector))
    }

    /// Takes in what the service sent.
    ///
    /// # Errors
    /// It is no update.
    pub fn apply(&self, update: &[u8]) -> Result<()> {
        let update = Update::decode_v1(update).context("an update of the service")?;
        self.doc.transact_mut().apply_update(update).context("an update of the service")
    }

    /// Edits in one transaction and gives the update that says so. Roots of the document exist already.
    pub(crate) fn edit(&self, edit: impl FnOnce(&mut TransactionMut<'_>)) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        edit(&mut transaction);
        transaction.encode_update_v1()
    }

    fn root(&self, name: &str) -> MapRef {
        self.doc.get_or_insert_map(name)
    }

    /// Writes a new line and gives the update that says so.
    pub fn add_note(&self, note: NoteId, section: &str, words: &str) -> Vec<u8> {
        let notes = self.root("notes");
        self.edit(|transaction| {
            let order = format!("a{:05}", notes.len(transaction));
            let line: MapPrelim = [("section", section), ("order", order.as_str())].into_iter().collect();
            let line = notes.insert(transaction, note.as_str(), line);
            line.insert(transaction, "text", TextPrelim::new(words));
        })
    }

    pub(crate) fn add_row(&self, row: RowId, cells: &[(&str, &str)]) -> Vec<u8> {
        let rows = self.root("rows");
        self.edit(|transaction| {
            let order = format!("a{:05}", rows.len(transaction));
            let line: MapPrelim = [("order", order.as_str())].into_iter().collect();
            let line = rows.insert(transaction, row.as_str(), line);
            let held = line.insert(transaction, "cells", MapPrelim::default());
            for (column, words) in cells {
                held.insert(transaction, *column, TextPrelim::new(*words));
            }
        })
    }

    /// Types at the end of a line's words.
    pub fn type_into(&self, note: NoteId, words: &str) -> Result<Vec<u8>> {
        let notes = self.root("notes");
        let text = {
            let transaction = self.doc.transact();
            text_of(&notes, &transaction, note)
                .with_context(|| format!("{note} has no words to type into"))?
        };
        Ok(self.edit(|transaction| {
            let end = text.len(transaction);
            text.insert(transaction, end, words);
        }))
    }

    /// The whole copy as one update.
    pub fn everything(&self) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(&StateVector::default())
    }

    /// The words of one line.
    pub fn words(&self, note: NoteId) -> Option<String> {
        let notes = self.root("notes");
        let transaction = self.doc.transact();
        text_of(&notes, &transaction, note).map(|text| text.get_string(&transaction))
    }

    pub(crate) fn set(&self, note: NoteId, key: &str, value: impl Into<Any>) -> Result<Vec<u8>> {
        let notes = self.root("notes");
        let line = match notes.get(&self.doc.transact(), note.as_str()) {
            Some(Out::YMap(line)) => line,
            _ => anyhow::bail!("{note} is not on this board"),
        };
        let value = value.into();
        Ok(self.edit(|transaction| {
            line.insert(transaction, key, value);
        }))
    }

    /// True for the documents that attendees write into.
    pub fn is_written_by_people(&self) -> bool {
        matches!(self.name.kind, Kind::Board(_) | Kind::Plan(_))
    }
}

fn text_of(notes: &MapRef, transaction: &impl ReadTxn, note: NoteId) -> Option<TextRef> {
    let Some(Out::YMap(line)) = notes.get(transaction, note.as_str()) else { return None };
    match line.get(transaction, "text") {
        Some(Out::YText(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw;
    use protocol::document::Audience;

    fn board() -> Replica {
        Replica::new(DocumentName::new(
            "0123456789abcdef".parse().expect("an id"),
            Kind::Board(Audience::All),
        ))
    }

    #[test]
    fn two_copies_that_exchange_everything_are_the_same() {
        let (one, other) = (board(), board());
        let (first, second) = (draw(), draw());
        let added = one.add_note(first, "worries", "Three bruises");
        other.add_note(second, "well", "Kacper śmieje się 🙂");
        other.apply(&added).expect("an update");
        other.type_into(first, ", seen at PE").expect("a line");
        one.apply(&other.missing_in(&one.state_vector()).expect("a state vector")).expect("an update");
        assert_eq!(one.lines(), other.lines());
        assert_eq!(one.words(first).as_deref(), Some("Three bruises, seen at PE"));
        assert_eq!(one.lines()[&second], ("well".into(), "Kacper śmieje się 🙂".into()));
    }

    #[test]
    fn a_struck_line_is_not_read() {
        let board = board();
        let note = draw();
        board.add_note(note, "worries", "x");
        board.set(note, "struck", true).expect("a line");
        assert!(board.lines().is_empty());
        assert!(board.type_into(draw(), "x").is_err());
    }
}
