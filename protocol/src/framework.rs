//! A framework: an authority's own order, words, prompts, scale, plan and dates, as data (design promise 4).
//!
//! These are the shapes that screens read from the `stage` document. `server::meeting::framework` makes them from a
//! TOML file and refuses a wrong one; nothing else makes them.

use crate::people::Role;
use serde::{Deserialize, Serialize};

/// The whole of one authority's way of meeting. A conference keeps the text it started with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// `lbh`: name of the file.
    pub key: String,
    /// Name of the authority's model as people there say it.
    pub name: String,
    /// One line for set-up.
    pub about: String,
    /// Counts up when the authority changes its words.
    pub version: u32,
    /// The agenda, in order.
    pub phases: Vec<Phase>,
    /// The paper on the wall, in order.
    pub sheets: Vec<Sheet>,
    /// None: the authority does not scale, and the word appears nowhere.
    pub scale: Option<Scale>,
    /// The outline plan.
    pub plan: Plan,
    /// Outcomes, categories and whose views are asked.
    pub decision: Decision,
    /// Counted in the units the document states.
    pub deadlines: Vec<Deadline>,
    /// Papers for the outside, with the authority's names for them.
    pub papers: Vec<Paper>,
    /// Words that the authority asks its people to avoid.
    pub avoid: Vec<String>,
    /// The threshold in plain words (P12), `{child}` stands for the name.
    pub threshold: String,
}

/// One item of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Unique in the framework.
    pub key: String,
    /// Verbatim.
    pub label: String,
    /// Section that the walls turn to when the phase opens; none = they stay.
    #[serde(default)]
    pub section: Option<String>,
    /// Questions in the authority's words, with whom they are asked.
    #[serde(default)]
    pub prompts: Vec<Prompt>,
    /// What is asked of each role now, one sentence each (F36). The first that fits a role counts.
    #[serde(default)]
    pub asks: Vec<RoleAsk>,
    /// Offers that attendees may make now.
    #[serde(default)]
    pub offers: Vec<OfferKind>,
    /// Roles that may write in the plan while this phase is open, without a pen.
    #[serde(default)]
    pub plan_writers: Vec<Role>,
    /// True for the phase that starts with the act of convening (F48).
    #[serde(default)]
    pub convenes: bool,
}

/// A question of the chair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Whom it is put to, in plain words: "All", "Social worker".
    pub to: String,
    /// Verbatim.
    pub text: String,
    /// True for words of ours where the authority's document has none.
    #[serde(default)]
    pub proposed: bool,
}

/// What a phase asks of some roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct RoleAsk {
    /// Empty: everybody.
    #[serde(default)]
    pub of: Vec<Role>,
    /// One sentence.
    pub text: String,
}

/// What can be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum OfferKind {
    /// A line for a sheet.
    Note,
    /// A row or a change for the plan.
    Row,
}

/// One sheet of paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Unique in the framework.
    pub key: String,
    /// What stands on it, in reading order.
    pub sections: Vec<Section>,
}

/// A headed part of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Unique in the framework; a note names it.
    pub key: String,
    /// Verbatim.
    pub label: String,
    /// What belongs here, in the authority's words.
    #[serde(default)]
    pub holds: Vec<String>,
    /// Which pen it is written with. Decoration: the words carry the meaning.
    pub mark: Mark,
    /// What it is made of.
    pub widget: Widget,
    /// One for each child.
    #[serde(default)]
    pub per_child: bool,
    /// True where lines are statements: whole sentences that stand in a strip of their own.
    #[serde(default)]
    pub statement: bool,
    /// Key of the section under or over which it stands as a strip.
    #[serde(default)]
    pub strip_of: Option<String>,
}

/// The marker of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Cloud.
    Worry,
    /// Sun.
    Well,
    /// Speech bubble.
    Voice,
    /// Signpost.
    Next,
    /// Ink.
    Plain,
}

/// What a section is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Widget {
    /// Lines.
    Notes,
    /// The family tree.
    Genogram,
    /// The plan.
    Plan,
}

/// How the authority scales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// "safety" or "worry".
    pub about: String,
    /// Lowest number.
    pub min: u8,
    /// Highest number.
    pub max: u8,
    /// "safer" or "more worried": what a higher number means.
    pub higher_is: String,
    /// Words at the lowest number.
    pub low_words: String,
    /// Words at the highest number.
    pub high_words: String,
    /// Key of the phase it belongs to.
    pub phase: String,
    /// Who scales. Of the family nobody does who has not chosen to (P16).
    pub who: Vec<Role>,
    /// What is asked of each child, `{child}` stands for the name. A file must have it; conferences that began before
    /// there were rounds hold none, and their chair writes it.
    #[serde(default)]
    pub question: String,
    /// What is asked once the numbers are seen, `{middle}` stands for the middle one (F99).
    #[serde(default)]
    pub then: Option<String>,
    /// Key of the section into which its answers go (F99).
    #[serde(default)]
    pub then_section: Option<String>,
}

/// The outline plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Heading, verbatim.
    pub label: String,
    /// In order. The first is the head of a row.
    pub columns: Vec<Column>,
    /// Fixed fields under the rows.
    pub fields: Vec<Field>,
}

/// A column of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Unique among the columns.
    pub key: String,
    /// Verbatim.
    pub label: String,
    /// What is written in it.
    pub holds: Holds,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Words, written together: a `Y.Text`.
    Words,
    /// People: ids of attendees, or words for somebody who is not here.
    Who,
    /// A date, or words where there is none yet.
    When,
}

/// A fixed field of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Unique among the fields.
    pub key: String,
    /// Heading.
    pub label: String,
    /// The plan cannot be agreed without it or a reason (P23).
    #[serde(default)]
    pub required: bool,
}

/// How the decision is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Verbatim.
    pub outcomes: Vec<String>,
    /// Verbatim.
    pub categories: Vec<String>,
    /// Whose views on the threshold are asked.
    pub views_from: ViewsFrom,
    /// A reason must be given.
    pub rationale: bool,
}

/// Whose views are asked (P11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum ViewsFrom {
    /// Each professional member.
    Member,
    /// One for each agency.
    Agency,
}

/// A time limit the authority states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// `core-group`, `review`, `report-parents-initial`.
    pub key: String,
    /// How many units; negative = before the conference.
    pub count: i32,
    /// Of what.
    pub unit: Unit,
}

/// Units of deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Clock minutes.
    Minutes,
    /// Clock hours.
    Hours,
    /// Working days in England and Wales.
    WorkingDays,
    /// Calendar weeks.
    Weeks,
    /// Calendar months.
    Months,
}

/// A paper for the outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// `summary`, `plan`, `letter`.
    pub key: String,
    /// The authority's name for it.
    pub name: String,
}
