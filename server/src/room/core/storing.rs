//! Between the core and the store: batches out, durable numbers in, and loading a room from what was kept.

use super::{ConnId, Core, Effect, Later, Live, Session, Words, rounds::STORED};
use crate::{
    document::{Document, DocumentError},
    meeting::conference::{Conference, Millis},
    room::{
        audit::{self, Audit},
        log::{self, Binding, Bindings, Entry, Snapshot},
        projection::{self, Presence},
    },
    store::{Batch, Each, Kept, Row, StoreError, Write},
};
use metrics::counter;
use protocol::{
    document::{DocumentName, Kind},
    frame::ServerMessage,
    id::{AttendeeId, ConferenceId},
    limits::ROWS_PER_SNAPSHOT,
    people::{Role, Standing},
    wire::Wire,
};
use rand::rngs::StdRng;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Names in the store of what is no document on the wire.
const STATE: &str = "meeting";
const FRAMEWORK: &str = "framework";
const AUDIT: &str = "audit";

/// What a load needs besides the stored rows.
#[derive(Debug)]
pub struct Loaded {
    /// Documents as kept, each with its own fate.
    pub kept: Vec<Each>,
    /// Source of ids.
    pub rng: StdRng,
    /// The store has just refused something.
    pub quiet: bool,
    /// Now.
    pub now: Millis,
}

/// Who gets the updates of one commit: worked out once for each document, sockets by how they are spoken to.
#[derive(Default)]
struct Readers(BTreeMap<Kind, Vec<SpokenTo>>);

/// Sockets that get the same bytes.
type SpokenTo = (Wire, Arc<[ConnId]>);

/// Why a room could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// No state was kept: the conference was never begun.
    #[error("nothing was kept of this conference")]
    Nothing,
    /// The stored state does not read as one.
    #[error("the stored state of this conference cannot be read; restore it from a backup")]
    State(#[source] serde_json::Error),
    /// The store could not read it. Says no name of a document: it may hold the id of a person, which stands in no log.
    #[error(
        "the stored bytes of a document cannot be opened; restore them from a backup with `flipchart restore`"
    )]
    Store(#[from] StoreError),
    /// A row does not read as one.
    #[error(transparent)]
    Row(#[from] log::Unreadable),
    /// A document does not read as one.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl Core {
    /// Begins a conference. Its first batch waits to be taken.
    pub fn begin(conference: Conference, rng: StdRng) -> Self {
        let mut core = Self::with(conference, rng, 0);
        core.state_moved();
        core
    }

    fn with(conference: Conference, rng: StdRng, seq: u64) -> Self {
        Self {
            conference,
            documents: BTreeMap::new(),
            presence: Presence::default(),
            conns: BTreeMap::new(),
            next_conn: 1,
            seq,
            state_seq: seq,
            durable: seq,
            in_flight: None,
            waiting: BTreeMap::new(),
            state_changed: false,
            destroyed: BTreeSet::new(),
            rounds: Default::default(),
            audit: Audit::default(),
            effects: Vec::new(),
            rng,
            quiet: false,
            broken: false,
        }
    }

    /// Brings a room back. A document that cannot be read does not keep the others from being read (SPEC STO12).
    ///
    /// # Errors
    /// [`LoadError`]: what was kept does not make a conference.
    pub fn load(id: ConferenceId, loaded: Loaded) -> Result<Self, LoadError> {
        let mut state = None;
        let mut framework = None;
        // None: what the audit holds cannot be known.
        let (mut head, mut audited) = ([0; 32], Some(0));
        let mut seq = 0;
        let (mut rest, mut rounds) = (Vec::new(), BTreeMap::new());
        for (document, kept) in loaded.kept {
            if let Ok(kept) = &kept {
                let last = kept.rows.last().map(|row| row.to);
                seq = seq.max(last.or(kept.snapshot.as_ref().map(|(upto, _)| *upto)).unwrap_or(0));
            }
            match document.as_str() {
                STATE => state = kept?.snapshot.map(|(_, bytes)| bytes),
                FRAMEWORK => framework = kept?.snapshot.map(|(_, bytes)| bytes),
                AUDIT => {
                    // A chain that is broken stays so: `verify` says where. It does not keep people from meeting.
                    match readable(kept)?.map(|kept| kept.rows.last().cloned()) {
                        Ok(Some(row)) => {
                            audited = Some(row.to);
                            head = log::read::<audit::Page>(&row.bytes).map_or(head, |page| page.head);
                        }
                        Ok(None) => {}
                        Err(_) => audited = None,
                    }
                }
                other => match other.strip_prefix(STORED).map(str::parse) {
                    Some(Ok(round)) => drop(rounds.insert(round, kept)),
                    _ => rest.push((document, kept)),
                },
            }
        }
        let (Some(state), Some(framework)) = (state, framework) else { return Err(LoadError::Nothing) };
        let mut conference: Conference = serde_json::from_slice(&state).map_err(LoadError::State)?;
        conference.framework = Some(serde_json::from_slice(&framework).map_err(LoadError::State)?);
        let mut core = Self::with(conference, loaded.rng, seq);
        core.audit = Audit::after(head);
        core.quiet = loaded.quiet;
        let mut edits = Vec::new();
        for (document, kept) in rest {
            let Ok(name) = format!("{id}/{document}").parse::<DocumentName>() else { continue };
            if projection::name_of(&core.conference, name.kind) == name {
                let client = core.draw_client();
                match readable(kept)?.and_then(|kept| restore(client, name.edition, &kept)) {
                    Ok((live, written)) => {
                        edits.extend(
                            written.into_iter().map(|(seq, author)| (seq, author, name.kind.to_string())),
                        );
                        core.documents.insert(name.kind, live);
                    }
                    Err(error) => core.cannot_read(name, &error),
                }
            }
        }
        if let Some(audited) = audited {
            core.audit_again(edits, audited, loaded.now);
        }
        core.miss_walls(loaded.now);
        core.all_had_everything();
        core.bring_rounds(rounds, loaded.now);
        // What the state says now may differ from what was written by an older build or before presence was known.
        if !core.quiet {
            core.write_projections(projection::kinds(&core.conference));
        }
        Ok(core)
    }

    /// Edits after the last page of the audit: the rows say who wrote them.
    fn audit_again(&mut self, mut edits: Vec<(u64, AttendeeId, String)>, audited: u64, now: Millis) {
        edits.retain(|(seq, _, _)| *seq > audited);
        edits.sort_unstable();
        for (seq, who, document) in edits {
            let (role, document) = (self.role(who), Some(document));
            let what = audit::EDIT.to_owned();
            self.audit.append(audit::Line { seq, upto: seq, time: now, who, role, what, document });
        }
    }

    /// A document's stored bytes are damaged, or yrs cannot take them. What the server writes it writes again from the
    /// state, under the next edition; what people wrote is set aside as it is, for whoever restores it.
    fn cannot_read(&mut self, name: DocumentName, error: &LoadError) {
        // A seat's name holds the id of a person, which stands in no log.
        let kind = name.kind.to_string();
        let document = kind.split_once('.').map_or(kind.as_str(), |(kind, _)| kind);
        let conference = name.conference;
        tracing::error!(%conference, document, %error, "a document cannot be read and is set aside; restore it from a backup with `flipchart restore`");
        counter!("flipchart_set_aside_total").increment(1);
        if name.kind.is_server_written() {
            self.conference.editions.insert(name.kind.to_string(), name.edition + 1);
            self.seq += 1;
            self.state_changed = true;
        } else {
            self.conference.set_aside.insert(name.kind);
        }
    }

    /// No wall has a link yet: those that were away are away since then, the others from now on, until they are back
    /// (P13).
    fn miss_walls(&mut self, now: Millis) {
        let told = self.documents.get(&Kind::Desk).map(|desk| desk.document.map("walls")).unwrap_or_default();
        for (id, who) in &self.conference.people {
            if who.person.role == Role::Wall && who.standing == Standing::Here {
                let since = told.get(id.as_str()).and_then(|wall| wall["away_since"].as_u64());
                self.presence.away_since.insert(*id, since.unwrap_or(now));
            }
        }
    }

    /// The next batch for the store, if there is something to keep and nothing is on its way (one batch at a time: a
    /// commit takes what came while the last one ran).
    pub fn take_batch(&mut self) -> Option<Batch> {
        if self.in_flight.is_some() || self.broken {
            return None;
        }
        let mut writes = Vec::new();
        for (kind, live) in &mut self.documents {
            let (Some(first), Some(last)) = (live.pending.first(), live.pending.last()) else { continue };
            let document = Live::stored_name(*kind, live.edition);
            let row = Row { from: first.seq, to: last.seq, bytes: log::write(&live.pending) };
            writes.push(Write::Append { document: document.clone(), row });
            live.taken = Some(live.document.state_vector());
            live.pending.clear();
            live.rows += 1;
            if live.rows >= ROWS_PER_SNAPSHOT {
                live.rows = 0;
                let state = live.document.state();
                live.bytes = state.len();
                let snapshot = Snapshot { state, bindings: live.bindings.clone() };
                writes.push(Write::Snapshot { document, upto: live.seq, state: log::write(&snapshot) });
            }
        }
        self.round_writes(&mut writes);
        for document in std::mem::take(&mut self.destroyed) {
            writes.push(Write::Destroy { document });
        }
        if std::mem::take(&mut self.state_changed) {
            if self.durable == 0 {
                let text =
                    serde_json::to_vec(self.conference.framework()).expect("plain values can be written");
                writes.push(Write::Snapshot { document: FRAMEWORK.to_owned(), upto: self.seq, state: text });
            }
            let state = serde_json::to_vec(&self.conference).expect("plain values can be written");
            writes.push(Write::Snapshot { document: STATE.to_owned(), upto: self.seq, state });
        }
        // Rows go that say who wrote what: those that a snapshot replaces, and those that are destroyed.
        let rows_go = writes.iter().any(|write| !matches!(write, Write::Append { .. }));
        if let Some(page) = self.audit.take_page(rows_go) {
            let (from, to) = page.span();
            let row = Row { from, to, bytes: log::write(&page) };
            writes.push(Write::Append { document: AUDIT.to_owned(), row });
        }
        if writes.is_empty() {
            return None;
        }
        self.in_flight = Some(self.seq);
        Some(Batch { conference: self.conference.id, writes })
    }

    /// The store has answered the batch that was taken.
    pub fn stored(&mut self, result: Result<(), StoreError>) {
        let upto = self.in_flight.take();
        match result {
            Ok(()) => {
                self.durable = upto.unwrap_or(self.durable);
                self.quiet = false;
                for live in self.documents.values_mut() {
                    live.shown = live.taken.take().unwrap_or_else(|| std::mem::take(&mut live.shown));
                }
                let later = self.waiting.split_off(&(self.durable + 1));
                let ready = std::mem::replace(&mut self.waiting, later);
                let mut readers = Readers::default();
                for one in ready.into_values().flatten() {
                    match one {
                        Later::Fan { kind, edition, from, update } if self.is_edition(kind, edition) => {
                            self.fan(&mut readers, kind, from, &update);
                        }
                        Later::Tell { kind, words: Words::Rest, .. } => {
                            readers.0.remove(&kind);
                            self.release(one);
                        }
                        one => self.release(one),
                    }
                }
            }
            Err(StoreError::Failed(_)) => self.effects.push(Effect::Halt),
            Err(_) => {
                self.broken = true;
                self.effects.push(Effect::Reload);
            }
        }
    }

    /// True where the live side cannot be trusted any more and has to be loaded anew.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// True while something waits for the store.
    pub fn is_unsettled(&self) -> bool {
        self.in_flight.is_some() || !self.waiting.is_empty()
    }

    pub(super) fn release(&mut self, later: Later) {
        match later {
            Later::Answer(ask, outcome) => self.effects.push(Effect::Answer(ask, outcome)),
            Later::Say(words) => self.say(&words),
            Later::Entered(ask, session) => {
                let session: Option<Session> = session;
                self.effects.push(Effect::Entered(ask, session));
            }
            Later::Tell { conn, kind, edition, frame, words } => {
                if !self.is_edition(kind, edition) {
                    return;
                }
                let covered = self.is_covered(conn, kind);
                let Some(opened) = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind)) else {
                    return;
                };
                match words {
                    Words::Answer(state_vector) if covered => opened.deferred = Some(state_vector),
                    Words::Whole if covered => {}
                    Words::Rest => {
                        opened.behind = None;
                        if !covered {
                            opened.read = true;
                            self.effects.push(Effect::Send(conn, frame));
                        }
                    }
                    _ => {
                        opened.read |= !matches!(words, Words::No);
                        self.effects.push(Effect::Send(conn, frame));
                    }
                }
            }
            // Of an edition that is gone: `stored` has sent the others.
            Later::Fan { .. } => {}
        }
    }

    /// Sends a durable update to everybody who has the document open. Whoever is behind gets it with all the rest when
    /// they have caught up.
    fn fan(&mut self, readers: &mut Readers, kind: Kind, from: Option<ConnId>, update: &[u8]) {
        let groups = readers.0.entry(kind).or_insert_with(|| {
            let mut by_wire = BTreeMap::<&Wire, Vec<ConnId>>::new();
            for (conn, one) in &self.conns {
                if let Some(opened) = one.opened.get(&kind).filter(|opened| opened.behind.is_none())
                    && !self.is_covered(*conn, kind)
                {
                    by_wire.entry(&opened.wire).or_default().push(*conn);
                }
            }
            by_wire.into_iter().map(|(wire, conns)| (wire.clone(), conns.into())).collect()
        });
        for (wire, to) in groups {
            // Where the framing has no word for "saved", the author's own edit says it by coming back (SPEC YJS3).
            let except = from.filter(|_| *wire != Wire::Single);
            if except.is_some() && to.len() == 1 && to.first().copied() == except {
                continue;
            }
            if let Some(frame) = wire.write(&ServerMessage::Update(update)) {
                self.effects.push(Effect::Fan { to: to.clone(), except, frame });
            }
        }
    }

    /// A socket's outbox is over its bound: from what is durable now on, edits of others wait until it has caught up.
    pub fn fell_behind(&mut self, conn: ConnId) {
        let Some(one) = self.conns.get_mut(&conn) else { return };
        for (kind, opened) in &mut one.opened {
            if let Some(live) = self.documents.get(kind) {
                opened.behind.get_or_insert_with(|| live.shown.clone());
            }
        }
    }

    /// All that waited for this socket is on the line: it gets what it lacks as one difference for each document.
    pub(super) fn caught_up(&mut self, conn: ConnId) {
        let Some(one) = self.conns.get(&conn) else { return };
        let behind: Vec<(Kind, Vec<u8>)> =
            one.opened.iter().filter_map(|(kind, opened)| Some((*kind, opened.behind.clone()?))).collect();
        for (kind, has) in behind {
            // Our own state vector can be read; the whole repeats what the reader has and is as true.
            let document = &self.live(kind).document;
            let rest = document.diff(&has).unwrap_or_else(|_| document.state());
            self.tell_words(conn, kind, &ServerMessage::Update(&rest), Words::Rest);
            self.send_awareness(conn, kind);
        }
    }

    /// False for what was queued before the document was rebuilt: it may hold words that were taken off.
    fn is_edition(&self, kind: Kind, edition: u32) -> bool {
        self.documents.get(&kind).is_some_and(|live| live.edition == edition)
    }
}

/// A document, or that it is damaged. Where the store could not be read at all – the disk refuses, another program holds
/// it – nothing is known to be damaged, and the load is tried again.
fn readable(kept: Result<Kept, StoreError>) -> Result<Result<Kept, LoadError>, LoadError> {
    match kept {
        Ok(kept) => Ok(Ok(kept)),
        Err(damaged @ StoreError::Damaged { .. }) => Ok(Err(damaged.into())),
        Err(error) => Err(error.into()),
    }
}

/// The document, and who wrote which number of it since its snapshot.
type Restored = (Live, Vec<(u64, AttendeeId)>);

fn restore(client: u64, edition: u32, kept: &Kept) -> Result<Restored, LoadError> {
    let mut written = Vec::new();
    let mut bindings = Bindings::new();
    let mut updates: Vec<Vec<u8>> = Vec::new();
    let mut seq = 0;
    if let Some((upto, bytes)) = &kept.snapshot {
        let snapshot: Snapshot = log::read(bytes)?;
        bindings = snapshot.bindings;
        updates.push(snapshot.state);
        seq = *upto;
    }
    for row in &kept.rows {
        for entry in log::read::<Vec<Entry>>(&row.bytes)? {
            log::bind(&mut bindings, &entry);
            seq = entry.seq;
            written.extend(entry.author.filter(|_| !entry.update.is_empty()).map(|author| (seq, author)));
            if !entry.update.is_empty() {
                updates.push(entry.update);
            }
        }
    }
    let bytes = updates.iter().map(Vec::len).sum();
    let document = Document::restore(client, updates.iter().map(Vec::as_slice))?;
    bindings.insert(client, Binding { owner: None, refused: false });
    let live = Live {
        shown: document.state_vector(),
        taken: None,
        whole: None,
        document,
        edition,
        bindings,
        unbound: vec![client],
        announced: BTreeMap::new(),
        seq,
        pending: Vec::new(),
        rows: kept.rows.len() as u64,
        bytes,
        shrank: true,
        measured_at: 0,
        awareness: BTreeMap::new(),
    };
    Ok((live, written))
}
