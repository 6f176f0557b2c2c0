//! Whether somebody with a state vector has a line.

use super::Document;
use protocol::id::{NoteId, RowId};
use yrs::{Map, ReadTxn, StateVector, Transact, branch::BranchID, updates::decoder::Decode};

/// A line of the board or a row of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Of the board.
    Note(NoteId),
    /// Of the plan.
    Row(RowId),
}

impl Line {
    /// Its key.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Note(note) => note.as_str(),
            Self::Row(row) => row.as_str(),
        }
    }

    fn root(&self) -> &'static str {
        match self {
            Self::Note(_) => "notes",
            Self::Row(_) => "rows",
        }
    }
}

impl Document {
    /// Whether somebody with this state vector was sent the line. False where the line is not there or the vector
    /// cannot be read.
    pub fn has_line(&self, line: Line, state_vector: &[u8]) -> bool {
        let txn = self.doc.transact();
        let Some(yrs::Out::YMap(map)) =
            txn.get_map(line.root()).and_then(|lines| lines.get(&txn, line.as_str()))
        else {
            return false;
        };
        let branch: &yrs::branch::Branch = map.as_ref();
        match (branch.id(), StateVector::decode_v1(state_vector)) {
            (BranchID::Nested(id), Ok(has)) => has.get(&id.client) > id.clock,
            _ => false,
        }
    }

    /// All lines and rows.
    pub fn lines(&self) -> Vec<Line> {
        let notes = self.notes().into_iter().map(|note| Line::Note(note.id));
        notes.chain(self.rows().into_iter().map(|row| Line::Row(row.id))).collect()
    }
}
