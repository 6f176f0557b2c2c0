//! Lines of the board and rows of the plan, as values. How they lie in a document is `document`'s business.

pub use protocol::command::{Doer, When};
use protocol::{
    command::Label,
    id::{ChildId, NoteId, RecordId, RowId},
};
use std::collections::BTreeMap;

/// What a line shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Words that pen holders write together.
    Written(String),
    /// Words that only the server writes: a quote or an accepted offered note.
    Kept(RecordId),
}

/// A line of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its key.
    pub id: NoteId,
    /// What it shows.
    pub words: Words,
    /// Key of the section where it stands.
    pub section: String,
    /// Fractional key among the lines of the section.
    pub order: String,
    /// Children it is about; none = all.
    pub children: Vec<ChildId>,
    /// Fact, observed, alleged or opinion.
    pub label: Option<Label>,
    /// Who told it, in words.
    pub source: Option<String>,
    /// The meeting changed its mind.
    pub struck: bool,
}

/// A row of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// Its key.
    pub id: RowId,
    /// Words by column.
    pub cells: BTreeMap<String, String>,
    /// Fractional key among the rows.
    pub order: String,
    /// Children it is about; none = all.
    pub children: Vec<ChildId>,
    /// Who does it.
    pub who: Vec<Doer>,
    /// By when.
    pub when: When,
    /// The meeting changed its mind.
    pub struck: bool,
}
