//! The room's decisions: inputs in, effects out. Nothing here awaits, sleeps, reads a clock or draws from the system:
//! time and randomness are arguments, so that a simulation can replay a whole conference from one seed.
//!
//! Every change gets the room's next number (`seq`). What a change leads to (fan-out, SyncStatus, answers) waits until
//! the store has synced that number (promise 1, SPEC SYNC1): see [`Core::stored`].

mod documents;
mod sockets;
mod storing;
mod writing;

pub use sockets::DENIED;
pub use storing::{LoadError, Loaded};

use super::{
    audit::{Audit, Line},
    commands::{self, Context, Edit, Prepared, Refused},
    log::{Bindings, Entry},
    projection::{self, Presence},
    rights,
};
use crate::{
    document::Document,
    meeting::conference::{Conference, Millis, Record, TokenHash},
};
use protocol::{
    close::Close,
    command::{Command, Outcome, Person, Refusal, Request, Wait},
    document::{Access, DocumentName, Kind},
    id::{AttendeeId, CommandId, ConferenceId, RecordId},
    limits::{PIN_TRIES, SESSION_LIFE},
    people::{Page, Place, Role, Standing},
    scan::{AwarenessEntry, Touched},
};
use rand::{Rng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};

/// One socket, numbered by the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// A question that waits for a durable answer, numbered by the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u64);

/// What the shell does for the core, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write a frame to a socket.
    Send(ConnId, Vec<u8>),
    /// Close a socket.
    Close(ConnId, Close),
    /// A command's answer is durable.
    Answer(AskId, Outcome),
    /// Coming in is durable.
    Entered(AskId, Option<Session>),
    /// The live documents are not to be trusted, or the store refused a batch: load the room anew from the store
    /// before anything else is answered. Sockets come back by themselves.
    Reload,
    /// What is on the disk is unknown: end the process (SPEC STO5).
    Halt,
}

/// What a socket tells the room. Updates, state vectors and awareness have passed the scanner.
#[derive(Debug, Clone)]
pub enum Inbound {
    /// Auth for a document on an authenticated socket. `wire_name` is the exact string that answers carry.
    Open {
        /// Which.
        document: DocumentName,
        /// Its name as this client writes it.
        wire_name: String,
    },
    /// What do I lack?
    Step1 {
        /// Which.
        document: DocumentName,
        /// Of the client.
        state_vector: Vec<u8>,
    },
    /// An edit, or all that was written while away.
    Update {
        /// Which.
        document: DocumentName,
        /// As received.
        update: Vec<u8>,
        /// What the scanner says it touches.
        touched: Touched,
    },
    /// Who writes where.
    Awareness {
        /// Which.
        document: DocumentName,
        /// As scanned.
        entries: Vec<AwarenessEntry>,
    },
    /// Send awareness again.
    QueryAwareness {
        /// Which.
        document: DocumentName,
    },
    /// The client closes one document.
    Close {
        /// Which.
        document: DocumentName,
    },
}

/// A session found by its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub attendee: AttendeeId,
    /// Of which conference.
    pub conference: ConferenceId,
    /// Which device.
    pub device: u32,
    /// Where this device stands.
    pub standing: Standing,
    /// Its screen.
    pub page: Page,
}

/// A personal link as the edge checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayInCheck {
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// Argon2id of the PIN.
    pub pin: String,
    /// Too many wrong tries.
    pub locked: bool,
}

struct Live {
    document: Document,
    edition: u32,
    bindings: Bindings,
    /// Last number that touched it.
    seq: u64,
    /// Not yet handed to the store.
    pending: Vec<Entry>,
    rows: u64,
    /// Roughly how large the document is.
    bytes: usize,
    awareness: BTreeMap<u32, Writer>,
}

/// Somebody's awareness.
struct Writer {
    clock: u32,
    state: String,
    conn: ConnId,
}

struct Conn {
    attendee: AttendeeId,
    device: u32,
    covered: bool,
    opened: BTreeMap<Kind, Opened>,
}

struct Opened {
    wire_name: String,
    access: Access,
    /// An edit was refused for rights: read-only for this client's copy until it opens the document again.
    refused: bool,
    /// Gaps that were answered by a step 1, with the time of the last.
    resyncs: u32,
    resynced_at: Millis,
    /// Updates that were gaps and still wait for their status.
    owed: u32,
    /// A step 1 that came while the screens are paused.
    deferred: Option<Vec<u8>>,
}

/// What waits for a number to be durable.
enum Later {
    /// An accepted update for everybody who has the document open.
    Fan { kind: Kind, edition: u32, from: Option<ConnId>, update: std::sync::Arc<[u8]> },
    /// A message about a document for one socket.
    Tell { conn: ConnId, kind: Kind, edition: u32, frame: Vec<u8> },
    /// A command's answer.
    Answer(AskId, Outcome),
    /// Coming in.
    Entered(AskId, Option<Session>),
}

/// A conference, live.
pub struct Core {
    conference: Conference,
    documents: BTreeMap<Kind, Live>,
    presence: Presence,
    conns: BTreeMap<ConnId, Conn>,
    next_conn: u64,
    seq: u64,
    durable: u64,
    in_flight: Option<u64>,
    waiting: BTreeMap<u64, Vec<Later>>,
    state_changed: bool,
    destroyed: BTreeSet<String>,
    audit: Audit,
    effects: Vec<Effect>,
    rng: StdRng,
    /// After the store refused something, presence alone writes nothing until a batch has been kept: otherwise a
    /// full disk would close every reader again and again.
    quiet: bool,
    broken: bool,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("seq", &self.seq).field("durable", &self.durable).finish_non_exhaustive()
    }
}

impl Core {
    /// The state, for reading.
    pub fn conference(&self) -> &Conference {
        &self.conference
    }

    /// The number up to which everything is durable.
    pub fn durable(&self) -> u64 {
        self.durable
    }

    /// Effects since the last call, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The way in of an attendee.
    pub fn way_in(&self, attendee: AttendeeId) -> Option<WayInCheck> {
        let who = self.conference.people.get(&attendee)?;
        if self.conference.closed && !who.person.role.has_desk() {
            return None;
        }
        let way = who.way_in.as_ref()?;
        matches!(who.standing, Standing::Invited | Standing::Waiting | Standing::Here | Standing::Left).then(
            || WayInCheck {
                secret_hash: way.secret_hash,
                pin: way.pin.clone(),
                locked: way.wrong >= PIN_TRIES,
            },
        )
    }

    /// The session of a token, if it is still one.
    pub fn session(&self, attendee: AttendeeId, token: TokenHash, now: Millis) -> Option<Session> {
        let who = self.conference.people.get(&attendee)?;
        let device = who.devices.iter().find(|device| device.token == token)?;
        if now.saturating_sub(device.since) > SESSION_LIFE.as_millis() as u64 {
            return None;
        }
        let standing = if device.waiting { Standing::Waiting } else { who.standing };
        Some(Session {
            attendee,
            conference: self.conference.id,
            device: device.n,
            standing,
            page: who.page(),
        })
    }

    /// A personal link was opened with the right PIN (`token`), or tried with a wrong one. Answers by
    /// [`Effect::Entered`].
    pub fn enter(&mut self, ask: AskId, attendee: AttendeeId, token: Option<TokenHash>, now: Millis) {
        let open = self.way_in(attendee).is_some_and(|way| !way.locked);
        let Some(who) = self.conference.people.get_mut(&attendee).filter(|_| open) else {
            self.effects.push(Effect::Entered(ask, None));
            return;
        };
        let Some(token) = token else {
            if let Some(way) = &mut who.way_in {
                way.wrong += 1;
            }
            self.state_moved();
            self.later(self.seq, Later::Entered(ask, None));
            return;
        };
        let straight_in = who.person.role.has_desk() || who.person.role == Role::Wall;
        if straight_in {
            who.standing = Standing::Here;
        } else if who.standing != Standing::Here {
            who.standing = Standing::Waiting;
        }
        let device = who.open_device(token, !straight_in, now);
        let standing = if straight_in { Standing::Here } else { Standing::Waiting };
        let session =
            Session { attendee, conference: self.conference.id, device, standing, page: who.page() };
        self.state_moved();
        self.later(self.seq, Later::Entered(ask, Some(session)));
    }

    /// Somebody comes with the room's code and a name of their own. Answers by [`Effect::Entered`].
    pub fn knock(
        &mut self,
        ask: AskId,
        attendee: AttendeeId,
        name: &str,
        place: Place,
        token: TokenHash,
        now: Millis,
    ) {
        let full = self.conference.people.len() >= protocol::limits::ATTENDEES;
        let name = match commands::short(name) {
            Ok(name)
                if !full && !self.conference.closed && !self.conference.people.contains_key(&attendee) =>
            {
                name
            }
            _ => {
                self.effects.push(Effect::Entered(ask, None));
                return;
            }
        };
        let person = Person { name, role: Role::Observer, words: String::new(), agency: None, place };
        let n = self.conference.next_n();
        let mut who = crate::meeting::conference::Attendee::invited(person, n, None);
        who.standing = Standing::Waiting;
        let device = who.open_device(token, true, now);
        let page = who.page();
        self.conference.people.insert(attendee, who);
        self.state_moved();
        let session =
            Session { attendee, conference: self.conference.id, device, standing: Standing::Waiting, page };
        self.later(self.seq, Later::Entered(ask, Some(session)));
    }

    /// Carries a command out. Answers by [`Effect::Answer`].
    pub fn command(
        &mut self,
        ask: AskId,
        (by, device): (AttendeeId, u32),
        request: &Request,
        prepared: Prepared,
        now: Millis,
    ) {
        if let Some(outcome) = self.conference.answered.get(request.id, by) {
            let outcome = outcome.clone();
            self.later(self.seq, Later::Answer(ask, outcome));
            return;
        }
        let mut next = self.conference.clone();
        let sheets = documents::LiveSheets(&self.documents);
        let mut context = Context { by, device, now, rng: &mut self.rng, prepared, sheets: &sheets };
        let outcome = match commands::carry_out(&mut next, &mut context, &request.command) {
            Err(Refused { code, why }) => {
                self.later(self.seq, Later::Answer(ask, Outcome::Refused { code, why: why.to_owned() }));
                return;
            }
            Ok(edits) => {
                let role = next.people.get(&by).map_or(Role::Observer, |who| who.person.role);
                let was_paused = self.conference.paused;
                self.conference = next;
                self.carry_edits(&edits);
                let changed = self.state_moved();
                self.audit.append(Line {
                    seq: self.seq,
                    time: now,
                    who: by,
                    role,
                    what: name_of(&request.command).to_owned(),
                    document: None,
                });
                if was_paused && !self.conference.paused {
                    self.show_again();
                }
                Outcome::Done { wait: self.to_wait_for(by, &changed) }
            }
        };
        self.remember(request.id, by, outcome, ask);
    }

    /// Puts words of a practice scenario on the sheets. Answers like a command.
    pub fn fill(&mut self, ask: AskId, edits: &[Edit], records: Vec<(RecordId, Record)>) {
        self.conference.records.extend(records);
        self.carry_edits(edits);
        self.state_moved();
        self.settle(ask);
    }

    /// Answers when everything so far is durable.
    pub fn settle(&mut self, ask: AskId) {
        self.later(self.seq, Later::Answer(ask, Outcome::Done { wait: Vec::new() }));
    }

    fn remember(&mut self, id: CommandId, by: AttendeeId, outcome: Outcome, ask: AskId) {
        self.conference.answered.remember(id, by, outcome.clone());
        self.later(self.seq, Later::Answer(ask, outcome));
    }

    /// Documents among `changed` that the commander can see.
    fn to_wait_for(&self, by: AttendeeId, changed: &[Kind]) -> Vec<Wait> {
        changed
            .iter()
            .filter(|kind| kind.is_server_written())
            .filter(|kind| rights::access(&self.conference, by, **kind).is_some())
            .filter_map(|kind| {
                let live = self.documents.get(kind)?;
                Some(Wait { document: projection::name_of(&self.conference, *kind), seq: live.seq })
            })
            .collect()
    }

    /// The state has changed: store it, write the documents that show it, and let rights take effect at once.
    /// Answers the documents that changed.
    fn state_moved(&mut self) -> Vec<Kind> {
        self.seq += 1;
        self.state_changed = true;
        let changed = self.write_projections(projection::kinds(&self.conference));
        self.refresh_rights();
        changed
    }

    /// Only presence has changed: the desk's document alone may differ.
    fn presence_moved(&mut self) {
        if !self.quiet {
            self.write_projections(vec![Kind::Desk]);
        }
    }

    fn later(&mut self, need: u64, later: Later) {
        if need <= self.durable {
            self.release(later);
        } else {
            self.waiting.entry(need).or_default().push(later);
        }
    }

    fn draw_client(&mut self) -> u32 {
        // Zero is what a client without an id would send.
        self.rng.next_u32().max(1)
    }
}

/// The command's name as it stands on the wire, for the audit.
fn name_of(command: &Command) -> String {
    match serde_json::to_value(command) {
        Ok(value) => value["do"].as_str().unwrap_or("unknown").to_owned(),
        Err(_) => "unknown".to_owned(),
    }
}

/// The answer to everything that waited when the store refused: nothing was changed.
pub fn not_saved() -> Outcome {
    Outcome::Refused {
        code: Refusal::NotSaved,
        why: "This cannot be saved at the moment. Nothing was changed; it will be sent again.".to_owned(),
    }
}
