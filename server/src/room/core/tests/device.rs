//! A device of an attendee as an honest client behaves: a copy of each document, a ledger of what it sent, frames in
//! and messages out in order.

use crate::{
    document::replica::Replica,
    meeting::attendee::TokenHash,
    room::core::{ConnId, Inbound},
};
use protocol::{
    close::Close,
    document::{Access, DocumentName, Kind},
    id::AttendeeId,
    lib0::Reader,
    scan::{Roots, Touched, scan_update},
    wire::Wire,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the server says about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    Authenticated(Access),
    Denied(String),
    Step1(Vec<u8>),
    Step2(Vec<u8>),
    Update(Vec<u8>),
    Awareness(Vec<u8>),
    Status(bool),
    Close(String),
    Stateless(String),
}

impl Said {
    /// The update it carries.
    pub(crate) fn words(&self) -> Option<&[u8]> {
        match self {
            Self::Step2(update) | Self::Update(update) => Some(update),
            _ => None,
        }
    }
}

/// Reads a frame of the server.
pub(crate) fn read(frame: &[u8]) -> (DocumentName, Said) {
    let mut reader = Reader::new(frame);
    let name = reader.text("name").unwrap().parse().expect("the name that the client wrote");
    let said = match reader.number("kind").unwrap() {
        0 => {
            let step = reader.number("step").unwrap();
            let bytes = reader.buffer("bytes").unwrap().to_vec();
            match step {
                0 => Said::Step1(bytes),
                1 => Said::Step2(bytes),
                2 => Said::Update(bytes),
                other => panic!("sync message {other}"),
            }
        }
        1 => Said::Awareness(reader.buffer("awareness").unwrap().to_vec()),
        2 => match (reader.number("auth").unwrap(), reader.text("words").unwrap()) {
            (1, why) => Said::Denied(why.to_owned()),
            (2, "readonly") => Said::Authenticated(Access::Read),
            (2, "read-write") => Said::Authenticated(Access::Write),
            other => panic!("auth message {other:?}"),
        },
        5 => Said::Stateless(reader.text("words").unwrap().to_owned()),
        7 => Said::Close(reader.text("why").unwrap().to_owned()),
        8 => Said::Status(reader.signed("saved").unwrap() == 1),
        other => panic!("frame {other}"),
    };
    reader.end("end").unwrap();
    (name, said)
}

/// One message that waits for its status.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) touched: Touched,
    pub(crate) update: Vec<u8>,
}

/// A copy of one document.
#[derive(Debug)]
pub(crate) struct Copy {
    pub(crate) name: DocumentName,
    pub(crate) replica: Replica,
    pub(crate) access: Option<Access>,
    pub(crate) ledger: VecDeque<Sent>,
    /// Its words were refused: a fresh copy takes its place as soon as everything sent has been answered.
    pub(crate) refused: bool,
    /// Statuses so far.
    pub(crate) statuses: Vec<bool>,
}

/// What a frame led to, for whoever checks promises.
#[derive(Debug)]
pub(crate) enum Noticed {
    Nothing,
    Saved(DocumentName, Box<Sent>),
}

#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) attendee: AttendeeId,
    pub(crate) n: u32,
    pub(crate) token: TokenHash,
    pub(crate) conn: Option<ConnId>,
    pub(crate) copies: BTreeMap<Kind, Copy>,
    /// On their way to this device.
    pub(crate) down: VecDeque<Vec<u8>>,
    /// On their way to the server.
    pub(crate) up: VecDeque<Inbound>,
    /// Everything that ever came.
    pub(crate) seen: Vec<Vec<u8>>,
    /// Words that came beside the documents.
    pub(crate) told: Vec<String>,
    pub(crate) closed: Option<Close>,
    /// Its outbox is over the bound, and has not run empty since.
    pub(crate) behind: bool,
    next_client: u64,
}

impl Device {
    pub(crate) fn new(attendee: AttendeeId, n: u32, token: TokenHash, first_client: u64) -> Self {
        Self {
            attendee,
            n,
            token,
            conn: None,
            copies: BTreeMap::new(),
            down: VecDeque::new(),
            up: VecDeque::new(),
            seen: Vec::new(),
            told: Vec::new(),
            closed: None,
            behind: false,
            next_client: first_client,
        }
    }

    pub(crate) fn copy(&self, kind: Kind) -> &Copy {
        self.copies.get(&kind).unwrap_or_else(|| panic!("{kind} is not open"))
    }

    fn fresh(&mut self) -> Replica {
        self.next_client += 1;
        Replica::new(self.next_client)
    }

    /// The line is cut: what is on its way is lost, copies stay.
    pub(crate) fn cut(&mut self) {
        self.conn = None;
        self.behind = false;
        self.up.clear();
        self.down.clear();
        let refused: Vec<Kind> =
            self.copies.iter().filter(|(_, copy)| copy.refused).map(|(kind, _)| *kind).collect();
        for kind in refused {
            self.copies.remove(&kind);
        }
        for copy in self.copies.values_mut() {
            copy.ledger.clear();
            copy.access = None;
        }
    }

    /// Opens a document, with the copy that is there if it is of this edition.
    pub(crate) fn open(&mut self, name: DocumentName) {
        if self.copies.get(&name.kind).is_none_or(|copy| copy.name != name) {
            let replica = self.fresh();
            let copy = Copy {
                name,
                replica,
                access: None,
                ledger: VecDeque::new(),
                refused: false,
                statuses: Vec::new(),
            };
            self.copies.insert(name.kind, copy);
        }
        let state_vector = self.copy(name.kind).replica.state_vector();
        self.up.push_back(Inbound::Open { document: name, wire: Wire::Named(name.to_string()) });
        self.up.push_back(Inbound::Step1 { document: name, state_vector });
    }

    /// Sends an update of a copy and notes it in the ledger.
    pub(crate) fn send(&mut self, kind: Kind, update: Vec<u8>) {
        self.says(kind, update, false);
    }

    /// Answers a step 1 by a step 2.
    pub(crate) fn answer(&mut self, kind: Kind, update: Vec<u8>) {
        self.says(kind, update, true);
    }

    fn says(&mut self, kind: Kind, update: Vec<u8>, answers: bool) {
        let Some(copy) = self.copies.get_mut(&kind) else { return };
        let touched = scan_update(&update, Roots::Any).expect("a client's own update passes the scanner");
        copy.ledger.push_back(Sent { touched: touched.clone(), update: update.clone() });
        self.up.push_back(Inbound::Update { document: copy.name, update, touched, answers });
    }

    /// Edits a copy; the update goes out if the document is open for writing.
    pub(crate) fn edit(&mut self, kind: Kind, edit: impl FnOnce(&Replica) -> Option<Vec<u8>>) {
        let Some(copy) = self.copies.get(&kind) else { return };
        if copy.refused {
            return;
        }
        let Some(update) = edit(&copy.replica) else { return };
        if self.conn.is_some() && copy.access.is_some() {
            self.send(kind, update);
        }
    }

    /// Takes one frame.
    pub(crate) fn take(&mut self, frame: Vec<u8>) -> Noticed {
        let (name, said) = read(&frame);
        self.seen.push(frame);
        let Some(copy) = self.copies.get_mut(&name.kind).filter(|copy| copy.name == name) else {
            return Noticed::Nothing;
        };
        match said {
            Said::Authenticated(access) => copy.access = Some(access),
            Said::Denied(_) => drop(self.copies.remove(&name.kind)),
            Said::Step1(state_vector) => {
                if !copy.refused {
                    let update = copy.replica.diff(&state_vector);
                    self.answer(name.kind, update);
                }
            }
            Said::Step2(update) | Said::Update(update) => {
                if copy.refused {
                    return Noticed::Nothing;
                }
                if copy.replica.apply(&update).is_err() {
                    // The page is loaded anew: a fresh copy, as soon as everything sent has been answered.
                    copy.refused = true;
                    if copy.ledger.is_empty() {
                        self.begin_again(name);
                    }
                    return Noticed::Nothing;
                }
                if let Kind::Seat(_) = name.kind {
                    self.follow_seat();
                }
            }
            Said::Awareness(_) => {}
            Said::Stateless(words) => self.told.push(words),
            Said::Close(why) => {
                self.copies.remove(&name.kind);
                // What people write in is opened when the seat names it: then its edition is durable.
                if (why == "moved" || why == "parted") && name.kind.is_server_written() {
                    self.open(name.next_edition());
                }
            }
            Said::Status(saved) => {
                let sent = copy.ledger.pop_front().expect("a status for nothing that was sent");
                copy.statuses.push(saved);
                copy.refused |= !saved;
                if copy.refused && copy.ledger.is_empty() {
                    self.begin_again(name);
                }
                if saved {
                    return Noticed::Saved(name, Box::new(sent));
                }
            }
        }
        Noticed::Nothing
    }

    fn begin_again(&mut self, name: DocumentName) {
        self.copies.remove(&name.kind);
        self.up.push_back(Inbound::Close { document: name });
        self.open(name);
    }

    /// Opens what the seat lists.
    fn follow_seat(&mut self) {
        let listed = self.copy(Kind::Seat(self.attendee)).replica.keys("documents");
        for name in listed {
            let name: DocumentName = name.parse().expect("names of ours");
            if self.copies.get(&name.kind).is_none_or(|copy| copy.name.edition < name.edition) {
                self.open(name);
            }
        }
    }

    /// Whether these bytes ever came.
    pub(crate) fn has_seen(&self, words: &str) -> bool {
        self.seen.iter().any(|frame| contains(frame, words))
    }

    /// Whether all that was sent has its status.
    pub(crate) fn is_saved(&self) -> bool {
        self.copies.values().all(|copy| copy.ledger.is_empty())
    }
}

/// Whether bytes hold these words.
pub(crate) fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// Marks a word of the simulation: `words 17;`.
const MARK: &[u8] = b"words ";

/// Numbers of the words that stand in bytes.
pub(crate) fn words_in(bytes: &[u8]) -> BTreeSet<u32> {
    let places = (0..bytes.len().saturating_sub(MARK.len())).filter(|at| bytes[*at..].starts_with(MARK));
    places
        .filter_map(|at| {
            let rest = &bytes[at + MARK.len()..];
            let digits = &rest[..rest.iter().position(|letter| !letter.is_ascii_digit())?];
            (rest.get(digits.len()) == Some(&b';')).then_some(())?;
            std::str::from_utf8(digits).ok()?.parse().ok()
        })
        .collect()
}
