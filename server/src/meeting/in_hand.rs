//! What the chair keeps in hand beside the sheets. Nothing of it stands in a document that everybody reads.

use super::{conference::Record, vacated::Vacated};
use protocol::{
    command::{Agreement, Strikes, TakeOff},
    document::Audience,
    id::{AttendeeId, HeldId, RecordId, TopicId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InHand {
    /// Locked words that should read differently, until their author has said yes or no (P21).
    pub rewordings: BTreeMap<RecordId, Rewording>,
    /// Who was ever asked about words of a record: their seats have shown them (P4).
    pub asked: BTreeMap<RecordId, BTreeSet<AttendeeId>>,
    /// How an author said yes to the words as they now stand.
    pub agreed: BTreeMap<RecordId, Agreed>,
    /// Quotes and accepted notes behind held lines.
    pub held: BTreeMap<HeldId, (RecordId, Record)>,
    /// Texts from which the desk took words, on boards as they stand.
    pub vacated: Vec<Vacated>,
    /// Who knocked and turned out to be somebody who was expected.
    pub became: BTreeMap<AttendeeId, AttendeeId>,
    /// Who is asked to speak now.
    pub called: Option<AttendeeId>,
    /// The order in which people are asked.
    pub speaking: Vec<AttendeeId>,
    /// Who has spoken, by the chair's presses.
    pub spoke: BTreeSet<AttendeeId>,
    /// Topics for later.
    pub parked: BTreeMap<TopicId, String>,
    /// "Does everyone agree?", as it was asked last.
    pub check: Option<Check>,
    /// From whom it is hidden who is in the room and who on the call (P1).
    pub hidden_places: BTreeSet<Audience>,
    /// Who had what may be taken off in front of them, for the desk that asked last.
    pub in_front: Option<InFront>,
    /// What people had of each document when they were last sent something of it.
    pub sent: Sent,
}

impl InHand {
    /// The words of a record go (P4). Answers whose seats have shown them.
    pub fn forget(&mut self, record: RecordId) -> BTreeSet<AttendeeId> {
        self.rewordings.remove(&record);
        self.agreed.remove(&record);
        self.asked.remove(&record).unwrap_or_default()
    }

    /// Whether an audience's documents say who is in the room and who on the call. What everybody reads says it only
    /// where it is hidden from nobody.
    pub fn shows_places(&self, audience: Audience) -> bool {
        match audience {
            Audience::Chair => true,
            Audience::All => self.hidden_places.is_empty(),
            other => !self.hidden_places.contains(&other) && !self.hidden_places.contains(&Audience::All),
        }
    }
}

/// How locked words should read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewording {
    /// The new words.
    pub words: String,
    /// The line is struck through and a new quote follows it.
    pub strikes: Option<Strikes>,
    /// Whose yes is asked for.
    pub of: AttendeeId,
}

/// How an author's yes came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreed {
    /// On their own device.
    Device,
    /// Said in the room, noted by the desk.
    Room,
}

/// "Does everyone agree? Is there anything else?"
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// It is asked now.
    pub open: bool,
    /// What people said.
    pub answers: BTreeMap<AttendeeId, Said>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What.
    pub answer: Agreement,
    /// Anything else.
    pub more: Option<String>,
}

/// Who had something in front of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFront {
    /// What.
    pub what: TakeOff,
    /// Everybody to whose devices it was sent while it stood, walls among them.
    pub people: BTreeSet<AttendeeId>,
}

/// What people had of the documents that others write, by the document's kind. Whoever reads one now is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// State vectors of the present edition, in hex.
    pub until: BTreeMap<String, BTreeMap<AttendeeId, String>>,
    /// Of lines that stood in an edition before: who had them then.
    pub before: BTreeMap<String, BTreeMap<String, BTreeSet<AttendeeId>>>,
}
