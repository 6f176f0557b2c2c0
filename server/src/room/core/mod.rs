//! The room's decisions: inputs in, effects out. Nothing here awaits, sleeps, reads a clock or draws from the system:
//! time and randomness are arguments, so that a simulation can replay a whole conference from one seed.
//!
//! Every change gets the room's next number (`seq`). What a change leads to (fan-out, SyncStatus, answers) waits until
//! the store has synced that number (promise 1, SPEC SYNC1): see [`Core::stored`].

mod documents;
mod entering;
mod holding;
mod late;
mod loading;
mod presence;
mod rounds;
mod sent;
mod sockets;
mod storing;
mod traffic;
mod writing;

#[cfg(test)]
mod simulation;
#[cfg(test)]
pub(super) mod tests;

pub use loading::{LoadError, Loaded, addresses, reads};
pub use sockets::DENIED;
pub use storing::Lull;
pub use traffic::{AskId, ConnId, Effect, Inbound, Session, WayInCheck};

use super::{
    audit::{Audit, Line},
    commands::{self, Context, Edit, Prepared, Refused},
    log::{Bindings, Entry},
    projection::{self, Presence},
    rights,
};
use crate::{
    document::Document,
    meeting::{
        addresses::Addresses,
        conference::{Conference, Millis, Record},
    },
};
use metrics::counter;
use protocol::{
    command::{Command, Outcome, Refusal, Request, Wait},
    document::{Access, Kind},
    id::{AttendeeId, CommandId, RecordId},
    people::Role,
    scan::Touched,
    wire::Wire,
};
use rand::{Rng, rngs::StdRng};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

struct Live {
    document: Document,
    edition: u32,
    /// With this number it is durable that the edition has begun.
    begun: u64,
    bindings: Bindings,
    /// Ids of the server that no row binds yet.
    unbound: Vec<u64>,
    /// Who announced an id by awareness, before its first block. In memory only.
    announced: BTreeMap<u64, AttendeeId>,
    /// Last number that touched it.
    seq: u64,
    /// Not yet handed to the store.
    pending: Vec<Entry>,
    /// Log rows and updates that a load reads after the snapshot, and the bytes of these rows.
    rows: u64,
    updates: u64,
    tail: usize,
    /// Its state vector as of the last durable number: what somebody has who got all that was ever shown.
    shown: Vec<u8>,
    /// As of each batch that is on its way to the store, with the last number that the batch holds of it.
    taken: VecDeque<(u64, Vec<u8>)>,
    /// The whole document as one update, as of a number: what everybody who comes in asks for.
    whole: Option<(u64, Arc<[u8]>)>,
    /// Roughly how large the document is: what came since it was last measured, and its size then.
    bytes: usize,
    /// Its size when it was last measured, and when that was for want of room.
    measured: usize,
    measured_at: Millis,
    awareness: BTreeMap<u64, Writer>,
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
    /// Step 1s since a time: each is answered with all that a client lacks.
    asked: (Millis, u32),
    /// Told to close: nothing of it is taken or answered any more.
    gone: bool,
    /// Something of it could not be kept and was left unanswered (SPEC STO16).
    waits: bool,
    /// Boxed: a map of large values takes room for eleven of them at once, and most sockets are idle.
    opened: BTreeMap<Kind, Box<Opened>>,
}

struct Opened {
    wire: Wire,
    access: Access,
    /// Our step 1 has gone out.
    asked: bool,
    /// An edit was refused for rights: read-only for this client's copy until it opens the document again.
    refused: bool,
    /// An edit was not taken for its form: nothing more is taken or judged until the document is opened again.
    unfit: bool,
    /// Client ids that spoke by awareness here.
    speaks: BTreeSet<u64>,
    /// Gaps that were answered by a step 1, with the time of the last.
    resyncs: u32,
    resynced_at: Millis,
    /// From the first gap on: what each message must have brought before its status is true, in order.
    owed: VecDeque<Touched>,
    /// An answer to a step 1 waits for a commit.
    answering: bool,
    /// A step 1 that came while the screens are paused, or while an earlier answer waits.
    deferred: Option<Vec<u8>>,
    /// The reader has fallen behind: it has all that this state vector stands for, and gets the rest as one difference
    /// when its backlog has gone out (SPEC LIM4).
    behind: Option<Vec<u8>>,
    /// It was sent all of the document once: from then on it is sent every edit (P4).
    read: bool,
}

impl Opened {
    /// Whether it gets each edit as it is shown.
    fn follows(&self) -> bool {
        self.read && self.behind.is_none()
    }
}

/// Whether a message holds words of its document, which a pause that began meanwhile keeps back (P6).
enum Words {
    /// No.
    No,
    /// No, but it says how much has been written: our own step 1. It is asked anew with the answer after the pause.
    Question,
    /// The whole of it: the end of the pause brings it again.
    Whole,
    /// The answer to a step 1 with this state vector: to be answered when the pause is over.
    Answer(Vec<u8>),
    /// All that a reader lacked who had fallen behind: from then on updates come as they are shown. The end of a pause
    /// brings it again.
    Rest,
}

/// What waits for a number to be durable.
enum Later {
    /// An accepted update for everybody who has the document open.
    Fan { kind: Kind, edition: u32, from: Option<ConnId>, update: Arc<[u8]> },
    /// A message about a document for one socket.
    Tell { conn: ConnId, kind: Kind, edition: u32, frame: Vec<u8>, words: Words },
    /// A command's answer.
    Answer(AskId, Outcome),
    /// Coming in.
    Entered(AskId, Option<Session>),
    /// Words beside the documents, for everybody who is here.
    Say(String),
}

/// A conference, live.
pub struct Core {
    conference: Conference,
    documents: BTreeMap<Kind, Live>,
    presence: Presence,
    conns: BTreeMap<ConnId, Conn>,
    /// No socket of the room as it was before a load has this number or a higher one.
    next_conn: u64,
    seq: u64,
    /// Number of the last change of the state, which decides who may read.
    state_seq: u64,
    durable: u64,
    /// The last number of the pause that ended last: what was written until then comes to covered screens with the whole
    /// (SPEC SYNC11).
    resumed: u64,
    /// The last number of each batch that is on its way to the store, in order.
    in_flight: VecDeque<u64>,
    waiting: BTreeMap<u64, Vec<Later>>,
    /// Bytes of updates that no batch has taken yet.
    unkept: usize,
    /// Bytes of answers to step 1s that wait for a commit.
    held_back: usize,
    /// Step 1s that came while too many of these waited, to be answered after the next commit.
    postponed: BTreeSet<(ConnId, Kind)>,
    state_changed: bool,
    /// As they are kept, or on their way to be.
    addresses: Option<Addresses>,
    destroyed: BTreeSet<String>,
    rounds: rounds::LiveRounds,
    audit: Audit,
    effects: Vec<Effect>,
    rng: StdRng,
    /// After the store refused something, presence alone writes nothing until a batch has been kept: otherwise a
    /// full disk would close every reader again and again.
    quiet: bool,
    /// The disk takes nothing: nothing is taken that would have to be kept (SPEC STO16).
    holds: bool,
    /// The next batch holds a snapshot of whatever has a log that is worth it.
    resting: Option<Lull>,
    broken: bool,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("seq", &self.seq).field("durable", &self.durable).finish_non_exhaustive()
    }
}

/// Whether so little time has gone by. Where the clock was put back meanwhile, nobody waits until it is as late again.
fn is_within(since: Millis, now: Millis, time: Millis) -> bool {
    now.checked_sub(since).is_some_and(|gone| gone < time)
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
        if self.holds {
            self.effects.push(Effect::Answer(ask, not_saved()));
            return;
        }
        if self
            .conference
            .here(by)
            .is_some_and(|who| who.devices.iter().any(|one| one.n == device && one.waiting))
        {
            let why = "This device waits to be let in. Please ask the chair.".to_owned();
            self.later(self.seq, Later::Answer(ask, Outcome::Refused { code: Refusal::NotYours, why }));
            return;
        }
        if self.asks_for_note(ask, by, &request.command) {
            return;
        }
        let mut prepared = prepared;
        if let Command::WhoHad { what } = &request.command {
            prepared.had = self.who_had(what);
        }
        let mut next = self.conference.clone();
        let sheets = documents::LiveSheets(&self.documents);
        let mut context = Context { by, device, now, rng: &mut self.rng, prepared, sheets: &sheets };
        let outcome = match commands::carry_out(&mut next, &mut context, &request.command) {
            Err(Refused { code, why }) => {
                let outcome = Outcome::Refused { code, why: why.to_owned() };
                if self.conference.here(by).is_none() {
                    self.later(self.seq, Later::Answer(ask, outcome));
                    return;
                }
                // Remembered like an effect: a repeat that arrives when it would be allowed must not surprise
                // whoever was told no (SPEC HTTP1).
                self.seq += 1;
                self.state_changed = true;
                outcome
            }
            Ok(mut edits) => {
                edits.extend(commands::parts::attendance(&self.conference, &mut next, &sheets, now));
                edits.retain(|edit| !next.set_aside.contains(&edit.kind()));
                let role = next.people.get(&by).map_or(Role::Observer, |who| who.person.role);
                let was_paused = self.conference.paused;
                if next.paused && !was_paused {
                    self.all_stop_reading();
                    next.in_hand.sent = self.conference.in_hand.sent.clone();
                } else if was_paused && !next.paused {
                    self.keep_back();
                }
                self.conference = next;
                self.carry_edits(&edits);
                let said = self.turn_rounds(now);
                let changed = self.state_moved();
                self.tell_everybody(said);
                self.audit.append(Line {
                    seq: self.seq,
                    upto: self.seq,
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
        let carried_out = if matches!(outcome, Outcome::Done { .. }) { "done" } else { "refused" };
        counter!("flipchart_commands_total", "what" => name_of(&request.command), "outcome" => carried_out)
            .increment(1);
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
        self.state_seq = self.seq;
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
            if let Later::Tell { conn, kind, frame, words: Words::Answer(_), .. } = &later {
                self.held_back += frame.len();
                self.answering(*conn, *kind, true);
            }
            self.waiting.entry(need).or_default().push(later);
        }
    }

    fn draw_client(&mut self) -> u64 {
        // The highest bit is set: not zero, which a client without an id would send, and always five bytes, so that how
        // long a row is follows from what it says alone (SPEC SEAL13).
        u64::from(self.rng.next_u32() | 1 << 31)
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
