//! What commands speak of: people, words that are offered, lines, screens.

use crate::{
    document::Audience,
    id::{AttendeeId, ChildId, NoteId, OfferId, RowId},
    people::{Place, Role},
};
use serde::{Deserialize, Serialize};

/// Somebody who is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Person {
    /// As the person wishes to be called.
    pub name: String,
    /// What rights follow.
    pub role: Role,
    /// The role in plain words: "Kacper's and Lena's mother".
    pub words: String,
    /// Agency, for professionals.
    pub agency: Option<String>,
    /// In the room or on the call.
    pub place: Place,
}

/// A personal link: the server keeps its hash only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct WayIn {
    /// SHA-256 of the 256-bit secret in the link, 64 hex digits. The browser that invites draws the secret.
    pub secret_hash: String,
    /// Eight digits, told by phone or in person.
    pub pin: String,
}

/// What an attendee offers to the chair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Offered {
    /// A line for a sheet.
    Note {
        /// Where the author would put it. Key of a section.
        section: Option<String>,
        /// Their words.
        words: String,
        /// Fact, observed, alleged or opinion.
        label: Option<Label>,
        /// What it is based on, or who told it.
        source: Option<String>,
        /// Children it is about; none = all.
        children: Vec<ChildId>,
    },
    /// A row for the plan ("I can offer…").
    Row {
        /// Words by column key.
        cells: std::collections::BTreeMap<String, String>,
        /// Who does it; none = whoever offers it, if they wish to be named.
        who: Vec<Doer>,
        /// By when.
        when: When,
    },
    /// Words about a row that stands.
    Change {
        /// Which.
        row: RowId,
        /// What should be different.
        words: String,
    },
}

/// Somebody who does something in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Doer {
    /// A person of the conference.
    Attendee(AttendeeId),
    /// Somebody else, in words.
    Words(String),
}

/// By when: a date, words, or both ("first by" a date).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS)]
pub struct When {
    /// `2026-12-22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// "until core group changes it".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// An answer to "Does everyone agree?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// I agree.
    Agree,
    /// I am not sure.
    Unsure,
    /// I see it differently.
    Differ,
}

/// What kind of statement a line is (F78). Words, never a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// Known to be so.
    Fact,
    /// Seen or heard by the source.
    Observed,
    /// Somebody says so.
    Alleged,
    /// A view; asks for its basis (F79).
    Opinion,
}

/// What somebody says to their own row of the plan (P17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum RowAnswer {
    /// "I do."
    Do,
    /// "I want to talk about it."
    Talk,
}

/// A line wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Line {
    /// Of the board.
    Note {
        /// Which.
        note: NoteId,
    },
    /// Of the plan.
    Row {
        /// Which.
        row: RowId,
    },
    /// Words of a fixed field of the plan.
    Field {
        /// Its key.
        field: String,
    },
}

/// What is taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TakeOff {
    /// A line of the board, with the words it shows.
    Note {
        /// Which.
        note: NoteId,
    },
    /// A row of the plan.
    Row {
        /// Which.
        row: RowId,
    },
    /// An offered note, waiting or not.
    Offer {
        /// Which.
        offer: OfferId,
    },
    /// The words of a fixed field of the plan; the field stays.
    Field {
        /// In whose plan: one field may hold words in several (P5).
        audience: Audience,
        /// Which.
        field: String,
    },
}

/// A quote that takes the place of words that were locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Strikes {
    /// The line that is struck through.
    pub note: NoteId,
    /// Place of the new one: a fractional key.
    pub order: String,
}

/// Somebody of the conference, with or without a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Named {
    /// Who attends, or is expected.
    Attendee {
        /// Who.
        attendee: AttendeeId,
    },
    /// A child whom the conference is about.
    Child {
        /// Which.
        child: ChildId,
    },
}

/// Whose name is corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Whose {
    /// An attendee's.
    Attendee {
        /// Who.
        attendee: AttendeeId,
    },
    /// A child's. The name of the command is the full name.
    Child {
        /// Which.
        child: ChildId,
        /// As it heads the sheets.
        first_name: String,
    },
}

/// What the walls show. A page past the end shows the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Focus {
    /// Key of the section, `plan` for the plan, or `join` for the code and the short address.
    pub section: String,
    /// From 1.
    pub page: u32,
    /// The page moves on with what is written.
    pub follows: bool,
}

/// A wall's screen, for the size of its letters (web 2: 20′ of arc at the last chair).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Screen {
    /// Height of the picture in millimetres: 55″ = 685.
    pub height_mm: u32,
    /// The last chair, in millimetres.
    pub distance_mm: u32,
}

/// A quiet signal to the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// I want to speak.
    Speak,
    /// I need a break.
    Break,
    /// I can't talk safely now.
    Unsafe,
    /// The interpreter is still interpreting.
    Interpreting,
}
