//! The state of a conference that is nobody's document: people, phase, pens, offers, quotes, held lines.
//!
//! The room keeps one of these, stores it whole after each command, and projects it into the documents that screens
//! read. It holds no secret in clear: links and sessions are hashes, PINs are Argon2id.

use super::{attendee::Attendee, in_hand::InHand, round::Rounds};
use protocol::{
    command::{Focus, Label, Offered, Outcome, RowAnswer, Screen},
    document::{Audience, Kind},
    framework::{Framework, Phase, Section, Widget},
    id::{AttendeeId, ChildId, CommandId, ConferenceId, HeldId, NoteId, OfferId, RecordId, RowId},
    limits::{PARTS, REMEMBERED_COMMANDS},
    people::{Role, Standing},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// Milliseconds since 1970, UTC. Shown and counted in Europe/London.
pub type Millis = u64;

/// A conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conference {
    /// The room's name.
    pub id: ConferenceId,
    /// Kept beside the state: it never changes once the conference has started.
    #[serde(skip)]
    pub framework: Option<Arc<Framework>>,
    /// "Initial conference". Names nobody (P1).
    pub title: String,
    /// `2026-12-14T10:00`, London.
    pub starts: String,
    /// In the order of the heads.
    pub children: Vec<Child>,
    /// In the order of set-up and of coming.
    pub people: BTreeMap<AttendeeId, Attendee>,
    /// The room's screen.
    pub screen: Screen,
    /// The desk starts with everything private put away (P14).
    pub mirrored: bool,
    /// P25.
    pub practice: bool,
    /// SHA-256 of the request that opened it, so that a repeat is told from another conference under the same id.
    pub request: [u8; 32],
    /// What people in the room type.
    pub code: String,
    /// Key of the open phase.
    pub phase: String,
    /// When the chair convened, and who was here (F48).
    pub convened: Option<Convened>,
    /// P6.
    pub paused: bool,
    /// P13.
    pub closed: bool,
    /// What the walls show.
    pub focus: Focus,
    /// Which prompt of the phase stands on the wall.
    pub prompt: Option<u32>,
    /// Where an audio recording is kept, while one runs.
    pub recording: Option<String>,
    /// Edition of each document that was rebuilt, by its kind.
    pub editions: BTreeMap<String, u32>,
    /// Whom each part leaves out: they were out when its lines were written (P5). Never empty, never taken away.
    #[serde(default)]
    pub parts: BTreeMap<u8, BTreeSet<AttendeeId>>,
    /// The edition of a document, by its kind, that was begun last because somebody came back.
    #[serde(default)]
    pub parted: BTreeMap<String, u32>,
    /// What was offered and is no record, with what has become of it.
    pub offers: BTreeMap<OfferId, Offer>,
    /// Lines that wait on the desk.
    pub held: BTreeMap<HeldId, Held>,
    /// Quotes and accepted offered notes.
    pub records: BTreeMap<RecordId, Record>,
    /// Who wrote the lines and rows that the server wrote again when a document was rebuilt, by their ids (P4); none of
    /// them = the server before.
    #[serde(default)]
    pub wrote: BTreeMap<String, BTreeSet<Option<AttendeeId>>>,
    /// What the chair keeps in hand beside the sheets.
    #[serde(default)]
    pub in_hand: InHand,
    /// Rounds of sealed notes. No key, and nothing of a note before the reveal.
    #[serde(default)]
    pub rounds: Rounds,
    /// What people say to their own rows of the plan.
    pub answers: BTreeMap<RowId, BTreeMap<AttendeeId, RowAnswer>>,
    /// Outcomes of commands, so that a repeat gets the same answer.
    pub answered: Answered,
    /// Boards and plans whose stored bytes are damaged: nobody reads or writes them until they are restored from a
    /// backup (SPEC STO12). Found out at each load.
    #[serde(skip)]
    pub set_aside: BTreeSet<Kind>,
}

/// The chair's act of beginning (F48).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convened {
    /// When.
    pub at: Millis,
    /// Who was here, people without a device included (P15).
    pub present: Vec<AttendeeId>,
}

/// A child the conference is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// Its id.
    pub id: ChildId,
    /// As on the sheets.
    pub first_name: String,
    /// Full name.
    pub name: String,
}

/// Something offered to the chair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Whose device sent it.
    pub by: AttendeeId,
    /// Whose words they are, if not the sender's.
    pub on_behalf_of: Option<AttendeeId>,
    /// A child's words, typed by their advocate.
    #[serde(default)]
    pub child: Option<ChildId>,
    /// The row in which its words stand, once they are accepted.
    #[serde(default)]
    pub row: Option<RowId>,
    /// Where the row stands that it became.
    #[serde(default = "all")]
    pub audience: Audience,
    /// What.
    pub what: Offered,
    /// The author's name may stand beside it (P17).
    pub named: bool,
    /// When.
    pub time: Millis,
    /// How far it is.
    pub state: OfferState,
    /// Who was out when it was offered (P5).
    #[serde(default)]
    pub without: BTreeSet<AttendeeId>,
}

/// How far an offer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfferState {
    /// On the desk.
    Waiting,
    /// To talk about first.
    Talk,
    /// In the plan. Accepted notes are records.
    Accepted,
    /// Not taken up; its author alone still sees it.
    NotTaken,
}

/// A line that waits on the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Key of the section.
    pub section: String,
    /// Its words.
    pub words: String,
    /// Its label.
    pub label: Option<Label>,
    /// Its source.
    pub source: Option<String>,
    /// Children it is about.
    pub children: Vec<ChildId>,
    /// When it was held.
    pub time: Millis,
    /// Where it stood before: that document's history holds its words.
    #[serde(default)]
    pub from: Option<(Audience, NoteId)>,
    /// Who was out when it was written or held (P5).
    #[serde(default)]
    pub without: BTreeSet<AttendeeId>,
}

/// Words that only the server writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Quote or offered note.
    pub kind: RecordKind,
    /// Verbatim.
    pub words: String,
    /// Who said it, for a quote.
    pub speaker: Option<String>,
    /// The author, where they wish to be named.
    pub author: Option<AttendeeId>,
    /// Whose words they are, named or not: for taking off their own.
    pub owner: Option<AttendeeId>,
    /// Whose device sent them: its seat has shown them.
    pub sender: Option<AttendeeId>,
    /// The child whose words they are, where their advocate typed them.
    #[serde(default)]
    pub child: Option<ChildId>,
    /// Its label.
    pub label: Option<Label>,
    /// What it is based on.
    pub source: Option<String>,
    /// Read back and locked (P21).
    pub read_back: bool,
    /// When.
    pub time: Millis,
    /// Who may read them.
    #[serde(default = "all")]
    pub audience: Audience,
}

impl Record {
    /// Somebody's own words that were read back: they change, and are struck through, with their author's yes (P21).
    pub fn is_locked(&self) -> bool {
        self.read_back && (self.kind == RecordKind::Quote || self.child.is_some())
    }
}

fn all() -> Audience {
    Audience::All
}

/// Kinds of [`Record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// Somebody's own words.
    Quote,
    /// Offered from a device and written up.
    Offered,
}

/// Outcomes by command, the newest [`REMEMBERED_COMMANDS`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answered {
    order: VecDeque<CommandId>,
    outcomes: BTreeMap<CommandId, (AttendeeId, Outcome)>,
}

impl Answered {
    /// The answer that this command of this attendee got before.
    pub fn get(&self, id: CommandId, by: AttendeeId) -> Option<&Outcome> {
        self.outcomes.get(&id).filter(|(who, _)| *who == by).map(|(_, outcome)| outcome)
    }

    /// Remembers an answer. Somebody else's command under an id that is taken never takes its answer away.
    pub fn remember(&mut self, id: CommandId, by: AttendeeId, outcome: Outcome) {
        if self.outcomes.get(&id).is_some_and(|(who, _)| *who != by) {
            return;
        }
        if self.outcomes.insert(id, (by, outcome)).is_none() {
            self.order.push_back(id);
        }
        while self.order.len() > REMEMBERED_COMMANDS {
            if let Some(oldest) = self.order.pop_front() {
                self.outcomes.remove(&oldest);
            }
        }
    }
}

impl Offer {
    /// Whose words they are: nobody's with a device, for a child's.
    pub fn author(&self) -> Option<AttendeeId> {
        if self.child.is_some() { None } else { Some(self.on_behalf_of.unwrap_or(self.by)) }
    }

    /// The row that it became, and whose name may stand beside it. Words about a row that stood already name nobody.
    pub fn named_row(&self) -> Option<(RowId, AttendeeId)> {
        let became = self.state == OfferState::Accepted && matches!(self.what, Offered::Row { .. });
        Some((self.row.filter(|_| became && self.named)?, self.author()?))
    }

    /// The desk has still to answer it.
    pub fn is_open(&self) -> bool {
        matches!(self.state, OfferState::Waiting | OfferState::Talk)
    }
}

impl Conference {
    /// The framework it started with.
    pub fn framework(&self) -> &Framework {
        self.framework.as_deref().expect("a conference is loaded with its framework")
    }

    /// The open phase.
    pub fn open_phase(&self) -> Option<&Phase> {
        self.framework().phases.iter().find(|phase| phase.key == self.phase)
    }

    /// True for a key of a section in which lines can stand.
    pub fn has_section(&self, key: &str) -> bool {
        self.sections().any(|section| section.key == key)
    }

    /// Whether lines stand in this section.
    pub fn takes_lines(&self, key: &str) -> bool {
        self.sections().any(|section| section.key == key && section.widget == Widget::Notes)
    }

    fn sections(&self) -> impl Iterator<Item = &Section> {
        self.framework().sheets.iter().flat_map(|sheet| &sheet.sections)
    }

    /// Somebody who is here now.
    pub fn here(&self, attendee: AttendeeId) -> Option<&Attendee> {
        self.people.get(&attendee).filter(|who| who.standing == Standing::Here)
    }

    /// "Kacper and Lena".
    pub fn heading(&self) -> String {
        let names: Vec<&str> = self.children.iter().map(|child| child.first_name.as_str()).collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        }
    }

    /// The chair.
    pub fn chair(&self) -> Option<AttendeeId> {
        self.people.iter().find(|(_, who)| who.person.role == Role::Chair).map(|(id, _)| *id)
    }

    /// Agencies of the professionals among these people, each once: what a quorum counts.
    pub fn agencies<'a>(&'a self, people: impl Iterator<Item = &'a AttendeeId>) -> BTreeSet<&'a str> {
        people
            .filter_map(|id| self.people.get(id))
            .filter(|who| who.person.role.is_professional())
            .filter_map(|who| who.person.agency.as_deref())
            .collect()
    }

    /// Whom an audience leaves out who would belong to it by their role.
    pub fn without(&self, audience: Audience) -> BTreeSet<AttendeeId> {
        match audience {
            Audience::Part(n) => self.parts.get(&n).cloned().unwrap_or_default(),
            _ => BTreeSet::new(),
        }
    }

    /// The audience of everybody but these. A part is made when it is first needed. Once there are as many as there may
    /// be, the nearest one is made narrower: nobody ever reads more by that, and the chair can open lines again.
    pub fn audience_without(&mut self, without: BTreeSet<AttendeeId>) -> Audience {
        if without.is_empty() {
            return Audience::All;
        }
        if let Some((n, _)) = self.parts.iter().find(|(_, who)| **who == without) {
            return Audience::Part(*n);
        }
        if let Some(n) = (1..=PARTS).find(|n| !self.parts.contains_key(n)) {
            self.parts.insert(n, without);
            return Audience::Part(n);
        }
        let nearest = self.parts.iter_mut().min_by_key(|(_, who)| who.symmetric_difference(&without).count());
        let (n, who) = nearest.expect("there are as many as there may be");
        who.extend(without);
        Audience::Part(*n)
    }

    /// Number for somebody new.
    pub fn next_n(&self) -> u32 {
        self.people.values().map(|who| who.n + 1).max().unwrap_or(0)
    }

    /// Children that are named and unknown.
    pub fn unknown_children(&self, named: &[ChildId]) -> bool {
        let known: BTreeSet<ChildId> = self.children.iter().map(|child| child.id).collect();
        named.iter().any(|child| !known.contains(child))
    }
}
