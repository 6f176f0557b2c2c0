//! Between the core and the store: batches out, durable numbers in.

use super::{ConnId, Core, Effect, Later, Live, Session, Words};
use crate::{
    meeting::{addresses::Addresses, conference::Conference},
    room::{
        audit::Audit,
        log::{self, Snapshot},
        projection::Presence,
    },
    store::{Batch, Row, StoreError, Write},
};
use metrics::counter;
use protocol::{
    document::Kind,
    frame::ServerMessage,
    limits::{INBOX_BYTES, ROWS_PER_SNAPSHOT, UPDATES_PER_PAUSE, UPDATES_PER_SNAPSHOT},
    wire::Wire,
};
use rand::rngs::StdRng;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// Names in the store of what is no document on the wire.
pub(super) const STATE: &str = "meeting";
pub(super) const FRAMEWORK: &str = "framework";
pub(super) const ADDRESSES: &str = "addresses";
pub(super) const AUDIT: &str = "audit";

/// How long nothing has been written: the longer, the shorter is the log that is worth cutting (SPEC STO14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lull {
    /// Somebody writes.
    None,
    /// Between two sentences.
    Pause,
    /// Nobody writes.
    Rest,
}

/// Who gets the updates of one commit: worked out once for each document, and once more for what was written in a pause
/// or before it; sockets by how they are spoken to.
#[derive(Default)]
struct Readers(BTreeMap<(Kind, bool), Vec<SpokenTo>>);

/// Sockets that get the same bytes.
type SpokenTo = (Wire, Arc<[ConnId]>);

impl Core {
    /// Begins a conference. Its first batch waits to be taken.
    pub fn begin(conference: Conference, rng: StdRng) -> Self {
        let mut core = Self::with(conference, rng, 0);
        core.state_moved();
        core
    }

    pub(super) fn with(conference: Conference, rng: StdRng, seq: u64) -> Self {
        Self {
            conference,
            documents: BTreeMap::new(),
            presence: Presence::default(),
            conns: BTreeMap::new(),
            next_conn: 1,
            seq,
            state_seq: seq,
            durable: seq,
            resumed: seq,
            in_flight: VecDeque::new(),
            waiting: BTreeMap::new(),
            unkept: 0,
            held_back: 0,
            postponed: BTreeSet::new(),
            state_changed: false,
            addresses: None,
            destroyed: BTreeSet::new(),
            rounds: Default::default(),
            audit: Audit::begin(),
            effects: Vec::new(),
            rng,
            quiet: false,
            holds: false,
            resting: None,
            broken: false,
        }
    }

    /// This room has been read again in the place of another, whose sockets are still on their way out: what they say
    /// last is not taken for anybody else's.
    pub fn takes_the_place_of(&mut self, before: &Self) {
        self.next_conn = before.next_conn;
    }

    /// The next batch for the store, if there is something to keep. Others may still be on their way: it is to be
    /// submitted behind them, or joined to the last ([`Core::joined`]).
    pub fn take_batch(&mut self) -> Option<Batch> {
        if self.broken || self.holds {
            return None;
        }
        self.unkept = 0;
        let mut writes = Vec::new();
        let resting = self.resting.take();
        for (kind, live) in &mut self.documents {
            let mut lull = resting;
            if let (Some(first), Some(last)) = (live.pending.first(), live.pending.last()) {
                lull.get_or_insert(Lull::None);
                let row = Row { from: first.seq, to: last.seq, bytes: log::write_row(&live.pending) };
                live.taken.push_back((last.seq, live.document.state_vector()));
                live.rows += 1;
                live.tail += row.bytes.len();
                live.updates += live.pending.len() as u64;
                live.pending.clear();
                writes.push(Write::Append { document: Live::stored_name(*kind, live.edition), row });
            }
            if lull.is_some_and(|lull| live.is_long(lull)) {
                writes.extend(live.snapshot(Live::stored_name(*kind, live.edition)));
            }
        }
        self.round_writes(&mut writes);
        for document in std::mem::take(&mut self.destroyed) {
            writes.push(Write::Destroy { document });
        }
        if std::mem::take(&mut self.state_changed) {
            if self.in_flight.is_empty() && self.durable == 0 {
                let text =
                    serde_json::to_vec(self.conference.framework()).expect("plain values can be written");
                writes.push(Write::Snapshot {
                    document: FRAMEWORK.to_owned(),
                    upto: self.seq,
                    state: text.into(),
                });
            }
            let state = serde_json::to_vec(&self.conference).expect("plain values can be written");
            writes.push(Write::Snapshot { document: STATE.to_owned(), upto: self.seq, state: state.into() });
            let addresses = Addresses::of(&self.conference);
            if self.addresses.as_ref() != Some(&addresses) {
                let state = log::write(&addresses).into();
                writes.push(Write::Snapshot { document: ADDRESSES.to_owned(), upto: self.seq, state });
                self.addresses = Some(addresses);
            }
        }
        // Rows go that say who wrote what: those that a snapshot replaces, and those that are destroyed.
        let rows_go = writes.iter().any(|write| !matches!(write, Write::Append { .. }));
        if let Some(page) = self.audit.take_page(rows_go || resting == Some(Lull::Rest)) {
            let (from, to) = page.span();
            let row = Row { from, to, bytes: log::write_row(&[page]) };
            writes.push(Write::Append { document: AUDIT.to_owned(), row });
        }
        if self.audit.is_long(resting == Some(Lull::Rest))
            && let Some((upto, page)) = self.audit.take_book()
        {
            let state = log::write(&page).into();
            writes.push(Write::Snapshot { document: AUDIT.to_owned(), upto, state });
        }
        if writes.is_empty() {
            return None;
        }
        self.in_flight.push_back(self.seq);
        Some(Batch { conference: self.conference.id, writes })
    }

    /// The batch that was taken last was added to the one before, and has its answer.
    pub fn joined(&mut self) {
        let upto = self.in_flight.pop_back();
        let before = self.in_flight.iter().nth_back(1).copied().unwrap_or(self.durable);
        if let (Some(upto), Some(last)) = (upto, self.in_flight.back_mut()) {
            *last = upto;
        }
        self.documents.values_mut().for_each(|live| live.joined(before));
    }

    /// The store has answered the oldest batch that is on its way.
    pub fn stored(&mut self, result: Result<(), StoreError>) {
        let upto = self.in_flight.pop_front();
        match result {
            Ok(()) => {
                self.durable = upto.unwrap_or(self.durable);
                self.quiet = false;
                for live in self.documents.values_mut() {
                    while let Some((_, taken)) = live.taken.pop_front_if(|(seq, _)| *seq <= self.durable) {
                        live.shown = taken;
                    }
                }
                let later = self.waiting.split_off(&(self.durable + 1));
                let ready = std::mem::replace(&mut self.waiting, later);
                let mut readers = Readers::default();
                for (seq, all) in ready {
                    let of_pause = seq <= self.resumed;
                    for one in all {
                        self.let_out(one, of_pause, &mut readers);
                    }
                }
                self.answer_postponed();
            }
            Err(_) => {
                self.broken = true;
                self.effects.push(Effect::Reload);
            }
        }
    }

    /// What waited for the store goes out.
    fn let_out(&mut self, later: Later, of_pause: bool, readers: &mut Readers) {
        self.waits_no_more(&later);
        match later {
            Later::Fan { kind, edition, from, update } if self.is_edition(kind, edition) => {
                self.fan(readers, (kind, of_pause), from, &update);
            }
            Later::Tell { kind, words: Words::Answer(_) | Words::Whole | Words::Rest, .. } => {
                readers.0.remove(&(kind, of_pause));
                self.release(later);
            }
            later => self.release(later),
        }
    }

    /// Whether so much waits to be handed to the store that nothing more may come (SPEC LIM15).
    pub fn is_full(&self) -> bool {
        self.unkept > INBOX_BYTES
    }

    /// Nothing was written for a while, or the room ends: whatever has a log that is worth it gets a snapshot.
    pub fn rest(&mut self, lull: Lull) {
        self.resting = self.has_log_for(lull).then_some(lull);
    }

    /// Whether there is something to do then.
    pub fn has_log_for(&self, lull: Lull) -> bool {
        let is_long = |live: &Live| live.is_long(lull);
        let at_rest = lull == Lull::Rest;
        let audit_waits = self.audit.is_long(at_rest) || at_rest && self.audit.has_open_page();
        !self.quiet && (self.documents.values().any(is_long) || audit_waits)
    }

    /// True where the live side cannot be trusted any more and has to be loaded anew.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// True while something waits for the store.
    pub fn is_unsettled(&self) -> bool {
        !self.in_flight.is_empty() || !self.waiting.is_empty()
    }

    /// Bookkeeping for an answer to a step 1 that goes out, or is kept back.
    pub(super) fn waits_no_more(&mut self, later: &Later) {
        if let Later::Tell { conn, kind, frame, words: Words::Answer(_), .. } = later {
            self.held_back -= frame.len();
            self.answering(*conn, *kind, false);
        }
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
                    Words::Answer(state_vector) if covered => {
                        opened.deferred.get_or_insert(state_vector);
                    }
                    Words::Whole if covered => {}
                    Words::Question if covered => opened.asked = false,
                    Words::Rest => {
                        opened.behind = None;
                        if !covered {
                            opened.read = true;
                            self.effects.push(Effect::Send(conn, frame));
                        }
                    }
                    _ => {
                        opened.read |= !matches!(words, Words::No | Words::Question);
                        self.effects.push(Effect::Send(conn, frame));
                    }
                }
            }
            // Of an edition that is gone: `stored` has sent the others.
            Later::Fan { .. } => {}
        }
    }

    /// Sends a durable update to everybody who reads the document. Whoever is behind gets it with all the rest when they
    /// have caught up, and whoever has no answer yet with that: an edit that deletes a line would take letters with it that
    /// a client has typed there and was not asked for (SPEC SYNC8). What was written until a pause ended comes to covered
    /// screens with the whole alone, once that end is durable (SPEC SYNC11).
    fn fan(
        &mut self,
        readers: &mut Readers,
        (kind, of_pause): (Kind, bool),
        from: Option<ConnId>,
        update: &[u8],
    ) {
        let groups = readers.0.entry((kind, of_pause)).or_insert_with(|| {
            let covers = self.conference.paused || of_pause;
            let mut by_wire = BTreeMap::<&Wire, Vec<ConnId>>::new();
            for (conn, one) in &self.conns {
                if let Some(opened) = one.opened.get(&kind).filter(|opened| opened.follows())
                    && !(covers && self.is_coverable(*conn, kind))
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
        let Some(one) = self.conns.get_mut(&conn) else { return };
        // The answer to a step 1 has all that is lacking.
        one.opened.values_mut().filter(|opened| !opened.read).for_each(|opened| opened.behind = None);
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

/// Bytes of a document that are written as fast as one update, or row of them, is read again.
const BYTES_PER_UPDATE: u64 = 128;
/// At rest a log is cut that is this part of its document, or more.
const TAIL_OF_REST: usize = 8;

impl Live {
    /// Whether the log is so long that it is worth writing the document whole: for whoever loads it, and at rest for the
    /// disk as well. What is written stays in proportion to what was typed.
    fn is_long(&self, lull: Lull) -> bool {
        let after = |count, least| count >= least && count * BYTES_PER_UPDATE >= self.bytes as u64;
        after(self.rows, ROWS_PER_SNAPSHOT)
            || match lull {
                Lull::None => after(self.updates, UPDATES_PER_SNAPSHOT),
                Lull::Pause => after(self.updates, UPDATES_PER_PAUSE),
                Lull::Rest => self.updates > 0 && self.tail * TAIL_OF_REST >= self.bytes,
            }
    }

    /// What was taken last lies in one row with what was taken after this number.
    fn joined(&mut self, after: u64) {
        if let Some(last) = self.taken.len().checked_sub(2)
            && self.taken[last].0 > after
        {
            self.taken.remove(last);
            self.rows = self.rows.saturating_sub(1);
        }
    }

    /// The document whole, in place of its log; none where it would not read as what it is (SPEC STO14). Then the log
    /// grows on, and it is tried again when it is as long once more.
    fn snapshot(&mut self, document: String) -> Option<Write> {
        (self.rows, self.updates, self.tail) = (0, 0, 0);
        let state = self.document.state();
        (self.bytes, self.measured) = (state.len(), state.len());
        if !self.document.is_told_by(&state) {
            counter!("flipchart_snapshots_unread_total").increment(1);
            tracing::error!(
                "a document was written whole and does not read as what it is; its log is kept. Report it with the lines before this one"
            );
            return None;
        }
        let snapshot = Snapshot { state, bindings: self.bindings.clone() };
        Some(Write::Snapshot { document, upto: self.seq, state: log::write(&snapshot).into() })
    }
}
