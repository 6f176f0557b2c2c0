//! Reading a document as values, and writing it as the server.

use super::{Document, deleted, encoding};
use crate::meeting::sheet::{Doer, Note, PlanRow, When, Words};
use protocol::id::{NoteId, RowId};
use serde_json::Value;
use std::collections::BTreeMap;
use yrs::{
    Any, GetString, Map, MapPrelim, MapRef, Out, ReadTxn, Text, TextPrelim, Transact, TransactionMut,
    WriteTxn, types::ToJson,
};

/// Root maps of a server-written document: root → key → plain value (SPEC DOC2).
pub type Maps = BTreeMap<&'static str, BTreeMap<String, Value>>;

/// Everything that can be read in a document: root → values. Its roots are maps (SPEC DOC2, DOC3).
pub(super) fn all(txn: &impl ReadTxn) -> BTreeMap<String, Any> {
    let roots = txn.root_refs().filter_map(|(root, _)| Some((root.to_owned(), txn.get_map(root)?)));
    let read = roots.map(|(root, map)| (root, map.to_json(txn)));
    read.filter(|(_, values)| !matches!(values, Any::Map(entries) if entries.is_empty())).collect()
}

impl Document {
    /// Makes the root maps equal to `maps`, changing only what differs; if anything does, the map `meta` gets the
    /// entries that `meta` answers. Answers the update that did it, or none.
    pub fn write_maps(
        &mut self,
        maps: Maps,
        meta: impl FnOnce() -> BTreeMap<String, Value>,
    ) -> Option<Vec<u8>> {
        if self.written.as_ref() == Some(&maps) {
            return None;
        }
        let update = {
            let mut txn = self.doc.transact_mut();
            let mut changed = false;
            for (root, entries) in &maps {
                let map = txn.get_or_insert_map(*root);
                let stale: Vec<String> =
                    map.keys(&txn).filter(|key| !entries.contains_key(*key)).map(str::to_owned).collect();
                for key in stale {
                    map.remove(&mut txn, &key);
                    changed = true;
                }
                changed |= set_all(&mut txn, &map, entries);
            }
            if changed {
                let map = txn.get_or_insert_map("meta");
                set_all(&mut txn, &map, &meta());
            }
            changed.then(|| (encoding::update(&txn), deleted(&txn)))
        };
        self.written = Some(maps);
        update.map(|(update, deleted)| {
            self.absorb_own(&update, deleted);
            update
        })
    }

    /// A root map of a server-written document, as it stands.
    pub fn map(&self, root: &str) -> BTreeMap<String, Value> {
        let txn = self.doc.transact();
        let Some(map) = txn.get_map(root) else { return BTreeMap::new() };
        map.iter(&txn).filter_map(|(key, value)| Some((key.to_owned(), plain(value)?))).collect()
    }

    /// Does one edit as the server and answers its update; none if it changed nothing.
    fn edit(&mut self, edit: impl FnOnce(&mut TransactionMut<'_>) -> bool) -> Option<Vec<u8>> {
        let update = {
            let mut txn = self.doc.transact_mut();
            edit(&mut txn).then(|| (encoding::update(&txn), deleted(&txn)))
        };
        update.map(|(update, deleted)| {
            self.absorb_own(&update, deleted);
            update
        })
    }

    /// Writes a line that is not there yet.
    pub fn put_note(&mut self, note: &Note) -> Option<Vec<u8>> {
        self.edit(|txn| {
            let line = txn.get_or_insert_map("notes").insert(txn, note.id.as_str(), MapPrelim::default());
            match &note.words {
                Words::Written(words) => drop(line.insert(txn, "text", TextPrelim::new(words.as_str()))),
                Words::Kept(record) => drop(line.insert(txn, "record", record.as_str())),
            }
            line.insert(txn, "section", note.section.as_str());
            line.insert(txn, "order", note.order.as_str());
            if !note.children.is_empty() {
                line.insert(txn, "children", any(&serde_json::json!(note.children)));
            }
            if let Some(label) = note.label {
                line.insert(txn, "label", any(&serde_json::json!(label)));
            }
            if let Some(source) = &note.source {
                line.insert(txn, "source", source.as_str());
            }
            if note.struck {
                line.insert(txn, "struck", true);
            }
            true
        })
    }

    /// Takes a line away. The words stay in the history of the document: see [`Document::state`].
    pub fn remove_note(&mut self, note: NoteId) -> Option<Vec<u8>> {
        self.edit(|txn| txn.get_or_insert_map("notes").remove(txn, note.as_str()).is_some())
    }

    /// Strikes a line through.
    pub fn strike_note(&mut self, note: NoteId) -> Option<Vec<u8>> {
        self.edit(|txn| {
            let line = txn.get_or_insert_map("notes").get(txn, note.as_str()).and_then(as_map);
            line.is_some_and(|line| {
                line.insert(txn, "struck", true);
                true
            })
        })
    }

    /// Puts a line back where it stood.
    pub fn place_note(&mut self, note: &Note) -> Option<Vec<u8>> {
        self.edit(|txn| {
            let Some(line) = txn.get_or_insert_map("notes").get(txn, note.id.as_str()).and_then(as_map)
            else {
                return false;
            };
            line.insert(txn, "section", note.section.as_str());
            line.insert(txn, "order", note.order.as_str());
            true
        })
    }

    /// Writes a row that is not there yet.
    pub fn put_row(&mut self, row: &PlanRow) -> Option<Vec<u8>> {
        self.edit(|txn| {
            let fields = txn.get_or_insert_map("rows").insert(txn, row.id.as_str(), MapPrelim::default());
            let cells = fields.insert(txn, "cells", MapPrelim::default());
            for (column, words) in &row.cells {
                cells.insert(txn, column.as_str(), TextPrelim::new(words.as_str()));
            }
            fields.insert(txn, "order", row.order.as_str());
            fields.insert(txn, "who", any(&serde_json::json!(row.who)));
            fields.insert(txn, "when", any(&serde_json::json!(row.when)));
            if !row.children.is_empty() {
                fields.insert(txn, "children", any(&serde_json::json!(row.children)));
            }
            if row.struck {
                fields.insert(txn, "struck", true);
            }
            true
        })
    }

    /// Writes a fixed field of the plan that is not there yet.
    pub fn put_field(&mut self, field: &str, words: &str) -> Option<Vec<u8>> {
        self.edit(|txn| {
            let fields = txn.get_or_insert_map("fields");
            if fields.contains_key(txn, field) {
                return false;
            }
            fields.insert(txn, field, TextPrelim::new(words));
            true
        })
    }

    /// Adds words at the end of a field.
    pub fn append_field(&mut self, field: &str, words: &str) -> Option<Vec<u8>> {
        self.edit(|txn| {
            let fields = txn.get_or_insert_map("fields");
            match fields.get(txn, field) {
                Some(Out::YText(text)) => {
                    let end = text.len(txn);
                    text.insert(txn, end, words);
                    true
                }
                _ => false,
            }
        })
    }

    /// Whether words can be written into a cell of a row: into its text, or where nothing stands yet. Another program may
    /// have put something else there, which is not ours to take away.
    pub fn takes_words(&self, row: RowId, column: &str) -> bool {
        let txn = self.doc.transact();
        let row = txn.get_map("rows").and_then(|rows| rows.get(&txn, row.as_str())).and_then(as_map);
        let cells = row.and_then(|row| row.get(&txn, "cells")).and_then(as_map);
        cells.is_some_and(|cells| matches!(cells.get(&txn, column), None | Some(Out::YText(_))))
    }

    /// Adds words at the end of a cell, on a line of their own. A cell that a row of another program lacks is made with
    /// them (SPEC DOC7).
    pub fn append_cell(&mut self, row: RowId, column: &str, words: &str) -> Option<Vec<u8>> {
        self.edit(|txn| {
            let row = txn.get_or_insert_map("rows").get(txn, row.as_str()).and_then(as_map);
            let cells = row.and_then(|row| row.get(txn, "cells")).and_then(as_map);
            let Some(cells) = cells else { return false };
            match cells.get(txn, column) {
                Some(Out::YText(text)) => {
                    let end = text.len(txn);
                    let line = if end == 0 { words.to_owned() } else { format!("\n{words}") };
                    text.insert(txn, end, &line);
                    true
                }
                None => {
                    cells.insert(txn, column, TextPrelim::new(words));
                    true
                }
                Some(_) => false,
            }
        })
    }

    /// One line, if it is there and has a section and an order.
    pub fn note(&self, id: NoteId) -> Option<Note> {
        let txn = self.doc.transact();
        let notes = txn.get_map("notes")?;
        read_note(&txn, id, &as_map(notes.get(&txn, id.as_str())?)?)
    }

    /// All lines that can be read, in order of their keys.
    pub fn notes(&self) -> Vec<Note> {
        let txn = self.doc.transact();
        let Some(notes) = txn.get_map("notes") else { return Vec::new() };
        let mut all: Vec<Note> = notes
            .iter(&txn)
            .filter_map(|(key, value)| read_note(&txn, key.parse().ok()?, &as_map(value)?))
            .collect();
        all.sort_by_key(|note| note.id);
        all
    }

    /// All rows that can be read, in order of their keys.
    pub fn rows(&self) -> Vec<PlanRow> {
        let txn = self.doc.transact();
        let Some(rows) = txn.get_map("rows") else { return Vec::new() };
        let mut all: Vec<PlanRow> = rows
            .iter(&txn)
            .filter_map(|(key, value)| Some(read_row(&txn, key.parse().ok()?, &as_map(value)?)))
            .collect();
        all.sort_by_key(|row| row.id);
        all
    }

    /// Fixed fields of the plan with their words.
    pub fn fields(&self) -> BTreeMap<String, String> {
        let txn = self.doc.transact();
        let Some(fields) = txn.get_map("fields") else { return BTreeMap::new() };
        fields
            .iter(&txn)
            .filter_map(|(key, value)| match value {
                Out::YText(text) => Some((key.to_owned(), text.get_string(&txn))),
                _ => None,
            })
            .collect()
    }
}

/// Sets the entries that differ; true if any did.
fn set_all(txn: &mut TransactionMut<'_>, map: &MapRef, entries: &BTreeMap<String, Value>) -> bool {
    let mut changed = false;
    for (key, value) in entries {
        if map.get(txn, key).and_then(plain).as_ref() != Some(value) {
            map.insert(txn, key.as_str(), any(value));
            changed = true;
        }
    }
    changed
}

pub(super) fn any(value: &Value) -> Any {
    match value {
        Value::Null => Any::Null,
        Value::Bool(value) => Any::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Any::from(whole),
            None => Any::from(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Any::from(text.as_str()),
        Value::Array(values) => Any::Array(values.iter().map(any).collect()),
        Value::Object(entries) => Any::Map(std::sync::Arc::new(
            entries.iter().map(|(key, value)| (key.clone(), any(value))).collect(),
        )),
    }
}

/// A plain value of a server-written map. Its depth is what the server wrote, so recursion is bounded.
fn plain(value: Out) -> Option<Value> {
    match value {
        Out::Any(any) => Some(whole_numbers(serde_json::to_value(any).ok()?)),
        _ => None,
    }
}

/// Numbers above 2³¹ travel as floats; a time must still equal itself after a restart.
fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9.0e15 => Value::from(float as i64),
            _ => Value::Number(number),
        },
        Value::Array(values) => values.into_iter().map(whole_numbers).collect(),
        Value::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, whole_numbers(value))).collect()
        }
        other => other,
    }
}

fn as_map(value: Out) -> Option<MapRef> {
    match value {
        Out::YMap(map) => Some(map),
        _ => None,
    }
}

/// A field that a client wrote: read leniently, because its shape is only advice to an honest client.
fn field<T: serde::de::DeserializeOwned>(txn: &impl ReadTxn, map: &MapRef, key: &str) -> Option<T> {
    serde_json::from_value(plain(map.get(txn, key)?)?).ok()
}

fn read_note(txn: &impl ReadTxn, id: NoteId, map: &MapRef) -> Option<Note> {
    let words = match map.get(txn, "text") {
        Some(Out::YText(text)) => Words::Written(text.get_string(txn)),
        _ => Words::Kept(field(txn, map, "record")?),
    };
    Some(Note {
        id,
        words,
        section: field(txn, map, "section")?,
        order: field(txn, map, "order")?,
        children: field(txn, map, "children").unwrap_or_default(),
        label: field(txn, map, "label"),
        source: field(txn, map, "source"),
        struck: field(txn, map, "struck").unwrap_or_default(),
    })
}

fn read_row(txn: &impl ReadTxn, id: RowId, map: &MapRef) -> PlanRow {
    let cells = match map.get(txn, "cells") {
        Some(Out::YMap(cells)) => cells
            .iter(txn)
            .filter_map(|(column, value)| match value {
                Out::YText(text) => Some((column.to_owned(), text.get_string(txn))),
                _ => None,
            })
            .collect(),
        _ => BTreeMap::new(),
    };
    PlanRow {
        id,
        cells,
        order: field(txn, map, "order").unwrap_or_default(),
        children: field(txn, map, "children").unwrap_or_default(),
        who: field::<Vec<Doer>>(txn, map, "who").unwrap_or_default(),
        when: field::<When>(txn, map, "when").unwrap_or_default(),
        struck: field(txn, map, "struck").unwrap_or_default(),
    }
}
