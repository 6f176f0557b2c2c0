//! Documents of a conference: their names on the wire, who the audiences are, and what they hold.
//!
//! A name is `<conference>/<kind>[.<audience>|.<attendee>][~<edition>]`. The edition is written from 2 on: taking a
//! line off rebuilds a document under its next edition, so that nobody who holds the old one can bring the words back.

use crate::{
    id::{AttendeeId, ConferenceId},
    limits::PARTS,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Shape of all documents; written into each by the server. An older app is told to reload.
pub const SCHEMA: u32 = 1;

/// A named set of attendees of one conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "\"all\" | \"professionals\" | \"family\" | \"chair\" | `part-${number}`")]
pub enum Audience {
    /// Everybody admitted, and the walls.
    All,
    /// The professionals and the chair.
    Professionals,
    /// The family, whoever supports them, and the chair.
    Family,
    /// Chair, co-chair and nobody else.
    Chair,
    /// Everybody but some, who were out when its lines were written (P5). The conference numbers its parts from 1 on,
    /// at most [`PARTS`], and knows whom each leaves out.
    Part(u8),
}

impl Audience {
    /// The audiences that every conference has, widest first.
    pub const EVERY: [Audience; 4] = [Self::All, Self::Professionals, Self::Family, Self::Chair];
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Professionals => f.write_str("professionals"),
            Self::Family => f.write_str("family"),
            Self::Chair => f.write_str("chair"),
            Self::Part(n) => write!(f, "part-{n}"),
        }
    }
}

impl FromStr for Audience {
    type Err = NotADocument;

    fn from_str(text: &str) -> Result<Self, NotADocument> {
        match text {
            "all" => Ok(Self::All),
            "professionals" => Ok(Self::Professionals),
            "family" => Ok(Self::Family),
            "chair" => Ok(Self::Chair),
            _ => {
                let digits = text.strip_prefix("part-").ok_or(NotADocument)?;
                let n = digits.parse().map_err(|_| NotADocument)?;
                let is_one = (1..=PARTS).contains(&n) && !digits.starts_with(['0', '+']);
                is_one.then_some(Self::Part(n)).ok_or(NotADocument)
            }
        }
    }
}

impl TryFrom<String> for Audience {
    type Error = NotADocument;
    fn try_from(text: String) -> Result<Self, NotADocument> {
        text.parse()
    }
}

impl From<Audience> for String {
    fn from(audience: Audience) -> String {
        audience.to_string()
    }
}

/// What a document is for; decides who may read and write it (SPEC RIGHT).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Framework text, phase, focus of the wall, pause, notices: nothing that names a person (P1).
    Stage,
    /// What an audience may know: roll, children's names, which documents there are.
    Proceedings(Audience),
    /// Verbatim quotes and accepted offered notes.
    Record(Audience),
    /// The chair's own: offered notes, lobby, hands, held lines, still open.
    Desk,
    /// Notes on sheets.
    Board(Audience),
    /// Rows and fixed fields of the plan.
    Plan(Audience),
    /// What the server tells one attendee's devices alone: waiting or admitted, pen, own offers, documents to open.
    Seat(AttendeeId),
}

impl Kind {
    /// True where only the server writes (SPEC RIGHT1).
    pub fn is_server_written(self) -> bool {
        !matches!(self, Self::Board(_) | Self::Plan(_))
    }

    /// Names of the root types a client may write into; anything else is refused by the scanner (SPEC SCAN6).
    pub fn client_roots(self) -> &'static [&'static str] {
        match self {
            Self::Board(_) => &["notes"],
            Self::Plan(_) => &["rows", "fields"],
            _ => &[],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage => f.write_str("stage"),
            Self::Proceedings(audience) => write!(f, "proceedings.{}", audience),
            Self::Record(audience) => write!(f, "record.{}", audience),
            Self::Desk => f.write_str("desk"),
            Self::Board(audience) => write!(f, "board.{}", audience),
            Self::Plan(audience) => write!(f, "plan.{}", audience),
            Self::Seat(attendee) => write!(f, "seat.{attendee}"),
        }
    }
}

/// A text that was read as a document's name and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a document's name is <conference>/<kind>[.<audience>][~<edition>]")]
pub struct NotADocument;

impl FromStr for Kind {
    type Err = NotADocument;

    fn from_str(text: &str) -> Result<Self, NotADocument> {
        let (kind, of) = text.split_once('.').map_or((text, None), |(kind, of)| (kind, Some(of)));
        let audience = || of.ok_or(NotADocument)?.parse::<Audience>();
        match (kind, of) {
            ("stage", None) => Ok(Self::Stage),
            ("desk", None) => Ok(Self::Desk),
            // Who is here and what was decided is the same for every part.
            ("proceedings", _) => match audience()? {
                Audience::Part(_) => Err(NotADocument),
                audience => Ok(Self::Proceedings(audience)),
            },
            ("record", _) => audience().map(Self::Record),
            ("board", _) => audience().map(Self::Board),
            ("plan", _) => audience().map(Self::Plan),
            ("seat", Some(of)) => of.parse().map(Self::Seat).map_err(|_| NotADocument),
            _ => Err(NotADocument),
        }
    }
}

/// One document on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct DocumentName {
    /// The room it lives in.
    pub conference: ConferenceId,
    /// What it is for.
    pub kind: Kind,
    /// Counts up when a line is taken off (P4); starts at 1.
    pub edition: u32,
}

impl DocumentName {
    /// The first edition of a kind.
    pub fn new(conference: ConferenceId, kind: Kind) -> Self {
        Self { conference, kind, edition: 1 }
    }

    /// The name under which this document is rebuilt.
    pub fn next_edition(self) -> Self {
        Self { edition: self.edition + 1, ..self }
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.conference, self.kind)?;
        if self.edition > 1 { write!(f, "~{}", self.edition) } else { Ok(()) }
    }
}

impl FromStr for DocumentName {
    type Err = NotADocument;

    fn from_str(text: &str) -> Result<Self, NotADocument> {
        let (conference, rest) = text.split_once('/').ok_or(NotADocument)?;
        let (kind, edition) = match rest.split_once('~') {
            None => (rest, 1),
            Some((kind, edition)) => {
                let number: u32 = edition.parse().map_err(|_| NotADocument)?;
                if number < 2 || edition.starts_with(['0', '+']) {
                    return Err(NotADocument);
                }
                (kind, number)
            }
        };
        Ok(Self { conference: conference.parse().map_err(|_| NotADocument)?, kind: kind.parse()?, edition })
    }
}

impl TryFrom<String> for DocumentName {
    type Error = NotADocument;
    fn try_from(text: String) -> Result<Self, NotADocument> {
        text.parse()
    }
}

impl From<DocumentName> for String {
    fn from(name: DocumentName) -> String {
        name.to_string()
    }
}

/// What one attendee may do with one document now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Every byte of it may be sent; nothing is taken.
    Read,
    /// Read, and edits are taken.
    Write,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc1_a_name_survives_its_text() {
        let conference = ConferenceId::from_random([1; 10]);
        let attendee = AttendeeId::from_random([2; 10]);
        let mut kinds = vec![Kind::Stage, Kind::Desk, Kind::Seat(attendee)];
        for audience in Audience::EVERY {
            kinds.extend([
                Kind::Proceedings(audience),
                Kind::Record(audience),
                Kind::Board(audience),
                Kind::Plan(audience),
            ]);
        }
        for part in [Audience::Part(1), Audience::Part(PARTS)] {
            kinds.extend([Kind::Record(part), Kind::Board(part), Kind::Plan(part)]);
        }
        for kind in kinds {
            let first = DocumentName::new(conference, kind);
            for name in [first, first.next_edition(), DocumentName { edition: 90, ..first }] {
                assert_eq!(name.to_string().parse(), Ok(name));
            }
        }
    }

    #[test]
    fn doc1_one_document_has_one_name() {
        let conference = ConferenceId::from_random([1; 10]);
        for rest in [
            "stage~1",
            "stage~0",
            "stage~02",
            "stage~+2",
            "stage.all",
            "board",
            "board.",
            "board.ALL",
            "x",
            "board.all~2~3",
            "board.part",
            "board.part-",
            "board.part-0",
            "board.part-01",
            "board.part-+1",
            "board.part-13",
            "proceedings.part-1",
        ] {
            assert_eq!(format!("{conference}/{rest}").parse::<DocumentName>(), Err(NotADocument), "{rest}");
        }
    }
}
