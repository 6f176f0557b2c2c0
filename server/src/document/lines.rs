//! Whether somebody with a state vector has a line, or words of a field.

use super::{Document, writers::letters};
use protocol::id::{NoteId, RowId};
use yrs::{Map, Out, ReadTxn, StateVector, Transact, branch::BranchID, updates::decoder::Decode};

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

impl Document {
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
        let branch: &yrs::branch::Branch = map.as_ref();
        matches!(branch.id(), BranchID::Nested(id) if has.get(&id.client) > id.clock)
    }

    /// All lines, rows and fields.
    pub fn lines(&self) -> Vec<Line> {
        let notes = self.notes().into_iter().map(|note| Line::Note(note.id));
        let rows = self.rows().into_iter().map(|row| Line::Row(row.id));
        notes.chain(rows).chain(self.fields().into_keys().map(Line::Field)).collect()
    }
}
