//! Lines, rows and fields: whether somebody with a state vector has one, and what an update does to those that only the
//! server writes (SPEC RIGHT10).

use super::{Document, writers::letters};
use crate::meeting::sheet::Note;
use protocol::{
    id::{NoteId, RecordId, RowId},
    known::Entry,
    scan::{Span, Touched},
};
use yrs::{
    Any, Map, MapRef, Out, ReadTxn, StateVector, Transact,
    branch::{Branch, BranchID},
    updates::decoder::Decode,
};

/// A line of the board, a row of the plan, or the words of one of its fixed fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Of the board.
    Note(NoteId),
    /// Of the plan.
    Row(RowId),
    /// A fixed field of the plan, by its key.
    Field(String),
}

impl Line {
    /// A name that no other line of its document has.
    pub fn key(&self) -> String {
        match self {
            Self::Note(note) => note.to_string(),
            Self::Row(row) => row.to_string(),
            Self::Field(field) => format!("field/{field}"),
        }
    }
}

/// Entries of maps that the news of an update touches.
#[derive(Debug)]
pub struct Entries {
    written: Vec<Entry>,
    deleted: Vec<Entry>,
}

impl Entries {
    /// A letter that is typed or rubbed out touches none.
    fn is_empty(&self) -> bool {
        self.written.is_empty() && self.deleted.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &Entry> {
        self.written.iter().chain(&self.deleted)
    }
}

impl Document {
    /// What the news of a client's update touches. It has been judged as news.
    pub fn entries(&self, touched: &Touched, deletes: &[Span]) -> Entries {
        #[cfg(test)]
        super::planted::before(touched);
        Entries { written: self.known.writes(touched), deleted: self.known.deletes(deletes) }
    }

    /// Whether somebody with this state vector was sent the line; of a field: any letter that stands in it now. False
    /// where it is not there or the vector cannot be read.
    pub fn has_line(&self, line: &Line, state_vector: &[u8]) -> bool {
        let Ok(has) = StateVector::decode_v1(state_vector) else { return false };
        let txn = self.doc.transact();
        let (root, id) = match line {
            Line::Note(note) => ("notes", note.as_str()),
            Line::Row(row) => ("rows", row.as_str()),
            Line::Field(field) => {
                let text = txn.get_map("fields").and_then(|fields| fields.get(&txn, field));
                let Some(Out::YText(text)) = text else { return false };
                return letters(&txn, &text).any(|(client, clock)| has.get(&client) > clock);
            }
        };
        let Some(Out::YMap(map)) = txn.get_map(root).and_then(|lines| lines.get(&txn, id)) else {
            return false;
        };
        let branch: &Branch = map.as_ref();
        matches!(branch.id(), BranchID::Nested(id) if has.get(&id.client) > id.clock)
    }

    /// Whether the news of a client's update does to a line with a record what only the server does (SPEC RIGHT10):
    /// names a record, takes such a line away or puts other words in its place, or strikes through, or no longer, what
    /// shows `locked` words.
    pub fn touches_a_record(&self, entries: &Entries, locked: impl Fn(RecordId) -> bool) -> bool {
        let Entries { written, deleted } = entries;
        if entries.is_empty() {
            return false;
        }
        if written.iter().any(|entry| entry.map.is_some() && entry.is_under("record")) {
            return true;
        }
        self.with_records().into_iter().any(|(id, map, record)| {
            let inside = |entry: &&Entry| entry.map == Some(map);
            let whole = |entry: &&Entry| entry.map.is_none() && entry.is_under(id.as_str());
            let struck = |entry: &&Entry| entry.is_under("struck");
            entries.all().any(|entry| whole(&entry))
                || written.iter().filter(inside).any(|entry| entry.is_under("text"))
                || deleted.iter().filter(inside).any(|entry| entry.is_under("record"))
                || (locked(record) && entries.all().any(|entry| inside(&entry) && struck(&entry)))
        })
    }

    /// Lines with a record whose place among sections the news of a client's update changes, as they stand before it.
    pub fn moves_records(&self, entries: &Entries) -> Vec<Note> {
        let moved: Vec<&Entry> =
            entries.all().filter(|entry| entry.is_under("section") || entry.is_under("order")).collect();
        if moved.is_empty() {
            return Vec::new();
        }
        let lines = self.with_records().into_iter();
        lines
            .filter(|(_, map, _)| moved.iter().any(|entry| entry.map == Some(*map)))
            .filter_map(|(id, _, _)| self.note(id))
            .collect()
    }

    /// Whether the news of a client's update takes one of these rows away or puts another in its place (SPEC RIGHT10).
    pub fn replaces_a_row(&self, entries: &Entries, mut rows: impl Iterator<Item = RowId>) -> bool {
        if entries.is_empty() {
            return false;
        }
        let txn = self.doc.transact();
        rows.any(|row| {
            let map = txn.get_map("rows").and_then(|rows| rows.get(&txn, row.as_str()));
            let map = map.and_then(|map| if let Out::YMap(map) = map { map_id(&map) } else { None });
            entries.all().any(|entry| match entry.map {
                None => entry.is_under(row.as_str()),
                inside => inside == map && entry.is_under("cells"),
            })
        })
    }

    /// Clocks of the words of a line: of their text itself, and of all that was ever typed in it. None where no such line
    /// is written here.
    pub fn text_of(&self, note: NoteId) -> Option<Vec<Span>> {
        let text = {
            let txn = self.doc.transact();
            let Some(Out::YMap(line)) = txn.get_map("notes")?.get(&txn, note.as_str()) else { return None };
            let Some(Out::YText(text)) = line.get(&txn, "text") else { return None };
            created(text.as_ref())?
        };
        let (client, start) = text;
        let mut spans = self.known.inside(text);
        spans.push(Span { client, start, end: start + 1 });
        Some(spans)
    }

    /// Lines that show a record, each with the id of its map.
    fn with_records(&self) -> Vec<(NoteId, (u64, u32), RecordId)> {
        let txn = self.doc.transact();
        let Some(notes) = txn.get_map("notes") else { return Vec::new() };
        let lines = notes.iter(&txn).filter_map(|(key, line)| {
            let Out::YMap(map) = line else { return None };
            let Out::Any(Any::String(record)) = map.get(&txn, "record")? else { return None };
            Some((key.parse().ok()?, map_id(&map)?, record.parse().ok()?))
        });
        lines.collect()
    }

    /// All lines, rows and fields.
    pub fn lines(&self) -> Vec<Line> {
        let notes = self.notes().into_iter().map(|note| Line::Note(note.id));
        let rows = self.rows().into_iter().map(|row| Line::Row(row.id));
        notes.chain(rows).chain(self.fields().into_keys().map(Line::Field)).collect()
    }
}

/// The client and clock that created a map.
fn map_id(map: &MapRef) -> Option<(u64, u32)> {
    created(map.as_ref())
}

fn created(branch: &Branch) -> Option<(u64, u32)> {
    let BranchID::Nested(id) = branch.id() else { return None };
    Some((id.client.get(), id.clock))
}
