//! Sockets: opening documents, reading them, awareness, rights that change, pause.

use super::{Conn, ConnId, Core, Effect, Inbound, Later, Live, Opened, Words, Writer, documents::NOTHING};
use crate::room::{
    projection::{self, Showing},
    rights,
};
use protocol::{
    close::Close,
    document::{Access, DocumentName, Kind},
    frame::ServerMessage,
    id::{AttendeeId, NoteId},
    limits::{ANNOUNCED_PER_OPENING, SOCKETS, STEP_ONES, STEP_ONES_TIME},
    people::{Role, Standing},
    scan::{AwarenessEntry, write_awareness},
    wire::Wire,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::meeting::conference::Millis;

/// What a client is told whose document stays closed, whatever the reason (P3).
pub const DENIED: &str = "not here";

/// Ids that a document remembers by awareness alone: as many as ever write in one (`scan::CLIENTS_EVER`).
const ANNOUNCED: usize = 4_096;

/// What awareness may say: in which note or row somebody writes. Nothing else is passed on (SPEC PRES3).
#[derive(Debug, Deserialize)]
struct Says {
    writing: Option<String>,
}

/// Awareness of a wall's stage.
#[derive(Debug, Deserialize)]
struct Shows {
    showing: Option<Showing>,
}

/// What others get: the server names the writer (SPEC PRES4).
#[derive(Debug, Serialize)]
struct Writes<'a> {
    writing: &'a str,
    by: AttendeeId,
}

impl Core {
    /// A socket of a device that may be here, and how much longer it may be (ms); none if it may not.
    pub fn connect(&mut self, attendee: AttendeeId, device: u32, now: Millis) -> Option<(ConnId, Millis)> {
        let who = self.conference.people.get(&attendee)?;
        let sits = who.devices.iter().find(|one| one.n == device && !one.waiting)?;
        let left = sits.ends().saturating_sub(now);
        if who.standing != Standing::Here || left == 0 {
            return None;
        }
        let covered = rights::is_covered_by_pause(who.person.role);
        let mut theirs = self
            .conns
            .iter()
            .filter(|(_, one)| (one.attendee, one.device) == (attendee, device) && !one.gone);
        let oldest = theirs.next().map(|(conn, _)| *conn);
        // Sockets that were cut off and not missed yet are the oldest.
        if let Some(oldest) = oldest.filter(|_| theirs.count() + 1 >= SOCKETS) {
            self.close(oldest, Close::Slow);
        }
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        self.conns.insert(
            conn,
            Conn { attendee, device, covered, asked: (0, 0), gone: false, opened: Default::default() },
        );
        *self.presence.linked.entry((attendee, device)).or_default() += 1;
        self.presence.away_since.remove(&attendee);
        self.presence_moved();
        Some((conn, left))
    }

    /// The socket is gone.
    pub fn disconnect(&mut self, conn: ConnId, now: Millis) {
        self.stops_reading_all(conn);
        let Some(gone) = self.conns.remove(&conn) else { return };
        for kind in gone.opened.keys() {
            self.forget_writer(*kind, conn);
        }
        let key = (gone.attendee, gone.device);
        if let Some(sockets) = self.presence.linked.get_mut(&key) {
            *sockets -= 1;
            if *sockets == 0 {
                self.presence.linked.remove(&key);
                let is_wall = |who: &crate::meeting::conference::Attendee| who.person.role == Role::Wall;
                self.presence.showing.remove(&gone.attendee);
                if self.conference.here(gone.attendee).is_some_and(is_wall) {
                    self.presence.away_since.insert(gone.attendee, now);
                }
                self.presence_moved();
            }
        }
    }

    /// A message of a socket.
    pub fn receive(&mut self, conn: ConnId, message: Inbound, now: Millis) {
        if self.broken || self.conns.get(&conn).is_none_or(|one| one.gone) {
            return;
        }
        match message {
            Inbound::Open { document, wire } => self.open(conn, document, wire),
            // Of the edition that is open: a client that has moved on takes leave of the old one later.
            Inbound::Close { document } if self.has_open(conn, document) => {
                self.stops_reading(conn, document.kind);
                if let Some(opened) = self.conns.get_mut(&conn) {
                    opened.opened.remove(&document.kind);
                }
                self.forget_writer(document.kind, conn);
            }
            Inbound::Step1 { document, state_vector } if self.has_open(conn, document) => {
                if self.asks_too_often(conn, now) {
                    self.close(conn, Close::Flood);
                } else {
                    self.step_one(conn, document.kind, state_vector);
                }
            }
            Inbound::Update { document, update, touched } if self.has_open(conn, document) => {
                self.update(conn, document.kind, update, &touched, now);
            }
            Inbound::Awareness { document, entries } if self.has_open(conn, document) => {
                for entry in entries {
                    self.awareness(conn, document.kind, entry);
                }
            }
            Inbound::QueryAwareness { document } if self.has_open(conn, document) => {
                self.send_awareness(conn, document.kind);
            }
            Inbound::CaughtUp => self.caught_up(conn),
            // A document that is not open here: dropped unanswered, its step 2 brings the words again (SPEC SYNC3).
            _ => {}
        }
    }

    fn asks_too_often(&mut self, conn: ConnId, now: Millis) -> bool {
        let asked = &mut self.conns.get_mut(&conn).expect("checked by receive").asked;
        if now.saturating_sub(asked.0) >= STEP_ONES_TIME.as_millis() as u64 {
            *asked = (now, 0);
        }
        asked.1 += 1;
        asked.1 > STEP_ONES
    }

    fn has_open(&self, conn: ConnId, document: DocumentName) -> bool {
        projection::name_of(&self.conference, document.kind) == document
            && self.conns.get(&conn).is_some_and(|one| one.opened.contains_key(&document.kind))
    }

    fn open(&mut self, conn: ConnId, document: DocumentName, wire: Wire) {
        let attendee = self.conns[&conn].attendee;
        let current = document.conference == self.conference.id
            && projection::name_of(&self.conference, document.kind) == document;
        let access = rights::access(&self.conference, attendee, document.kind).filter(|_| current);
        let Some(access) = access else {
            // A document that does not exist reads like one that may not be read (P3), also where the socket denies it.
            match wire {
                Wire::Single => self.close(conn, Close::Out),
                Wire::Named(_) => {
                    let frame = wire.write(&ServerMessage::Denied(DENIED));
                    self.effects.extend(frame.map(|frame| Effect::Send(conn, frame)));
                }
            }
            return;
        };
        let asks = wire == Wire::Single && !self.is_covered(conn, document.kind);
        let opened = Opened {
            wire,
            access,
            asked: asks,
            refused: false,
            speaks: Default::default(),
            resyncs: 0,
            resynced_at: 0,
            owed: Default::default(),
            deferred: None,
            behind: None,
            read: false,
        };
        self.conns.get_mut(&conn).expect("checked by receive").opened.insert(document.kind, opened);
        if asks {
            let mine = self.live(document.kind).document.state_vector();
            self.tell(conn, document.kind, &ServerMessage::Step1(&mine));
        }
        self.send(conn, document.kind, &ServerMessage::Authenticated(access));
        self.send_awareness(conn, document.kind);
    }

    /// Sends now: for what is no reading of a document.
    pub(super) fn send(&mut self, conn: ConnId, kind: Kind, message: &ServerMessage<'_>) {
        let opened = self.conns.get(&conn).and_then(|one| one.opened.get(&kind));
        let frame = opened.and_then(|opened| opened.wire.write(message));
        self.effects.extend(frame.map(|frame| Effect::Send(conn, frame)));
    }

    /// Closes a socket. Nothing of it is taken from now on, and no document is open on it.
    pub(super) fn close(&mut self, conn: ConnId, why: Close) {
        self.stops_reading_all(conn);
        let Some(one) = self.conns.get_mut(&conn).filter(|one| !one.gone) else { return };
        one.gone = true;
        let opened = std::mem::take(&mut one.opened);
        self.effects.push(Effect::Close(conn, why));
        for kind in opened.into_keys() {
            self.forget_writer(kind, conn);
        }
    }

    /// Sends when everything that the document holds by now is durable (promise 1).
    pub(super) fn tell(&mut self, conn: ConnId, kind: Kind, message: &ServerMessage<'_>) {
        self.tell_words(conn, kind, message, Words::No);
    }

    pub(super) fn tell_words(&mut self, conn: ConnId, kind: Kind, message: &ServerMessage<'_>, words: Words) {
        let opened = self.conns.get(&conn).and_then(|one| one.opened.get(&kind));
        let Some(frame) = opened.and_then(|opened| opened.wire.write(message)) else { return };
        let Some(live) = self.documents.get(&kind) else { return };
        let (seq, edition) = (live.seq, live.edition);
        // Words are read by a right that a power cut must not take back either.
        let seq = if matches!(words, Words::No) { seq } else { seq.max(self.state_seq) };
        self.later(seq, Later::Tell { conn, kind, edition, frame, words });
    }

    fn step_one(&mut self, conn: ConnId, kind: Kind, state_vector: Vec<u8>) {
        if self.is_covered(conn, kind) {
            let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
            opened.expect("checked by receive").deferred = Some(state_vector);
            return;
        }
        let live = self.live(kind);
        let mine = live.document.state_vector();
        let diff = match state_vector == NOTHING {
            true => Ok(live.whole()),
            false => live.document.diff(&state_vector).map(Arc::from),
        };
        let Ok(diff) = diff else {
            self.close(conn, Close::BadFrame);
            return;
        };
        if self.asks_now(conn, kind) {
            self.tell(conn, kind, &ServerMessage::Step1(&mine));
        }
        self.tell_words(conn, kind, &ServerMessage::Step2(&diff), Words::Answer(state_vector));
    }

    /// Whether our own step 1 goes out before the answer to the client's: always where the framing is Hocuspocus', once
    /// in an opening where it is y-websocket's (SPEC SYNC8, YJS2).
    fn asks_now(&mut self, conn: ConnId, kind: Kind) -> bool {
        let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
        opened.is_some_and(|opened| {
            let asked = std::mem::replace(&mut opened.asked, true);
            !asked || opened.wire != Wire::Single
        })
    }

    /// Whether this document is kept from this socket by a pause (P6). The stage and one's own seat are not: they say
    /// that there is a pause, and hold no word of the meeting.
    pub(super) fn is_covered(&self, conn: ConnId, kind: Kind) -> bool {
        self.conference.paused
            && !matches!(kind, Kind::Stage | Kind::Seat(_))
            && self.conns.get(&conn).is_some_and(|one| one.covered)
    }

    /// The pause is over: everybody gets the whole of what they have open, which repeats nothing that they have.
    pub(super) fn show_again(&mut self) {
        let covered: Vec<(ConnId, Vec<Kind>)> = self
            .conns
            .iter()
            .filter(|(_, one)| one.covered)
            .map(|(conn, one)| (*conn, one.opened.keys().copied().collect()))
            .collect();
        for (conn, kinds) in covered {
            for kind in kinds {
                if matches!(kind, Kind::Stage | Kind::Seat(_)) {
                    continue;
                }
                let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
                match opened.and_then(|opened| opened.deferred.take()) {
                    Some(state_vector) => self.step_one(conn, kind, state_vector),
                    None => {
                        let state = self.live(kind).whole();
                        self.tell_words(conn, kind, &ServerMessage::Update(&state), Words::Whole);
                    }
                }
                self.send_awareness(conn, kind);
            }
        }
    }

    /// Lets changed rights take effect for what comes next (SPEC RIGHT6): sockets of people who are not here any more
    /// are closed, documents that may not be read are shut, pens are shown.
    pub(super) fn refresh_rights(&mut self) {
        let conns: Vec<(ConnId, AttendeeId, u32)> =
            self.conns.iter().map(|(conn, one)| (*conn, one.attendee, one.device)).collect();
        for (conn, attendee, device) in conns {
            let here = self.conference.here(attendee);
            let Some(who) = here.filter(|who| who.devices.iter().any(|one| one.n == device && !one.waiting))
            else {
                self.close(conn, Close::Out);
                continue;
            };
            let covered = rights::is_covered_by_pause(who.person.role);
            let one = self.conns.get_mut(&conn).expect("listed above");
            one.covered = covered;
            let kinds: Vec<(Kind, Access)> =
                one.opened.iter().map(|(kind, opened)| (*kind, opened.access)).collect();
            for (kind, before) in kinds {
                match rights::access(&self.conference, attendee, kind) {
                    None => self.shut_for(conn, kind, "no longer for you", Close::Out),
                    Some(now) if now != before => {
                        let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
                        opened.expect("listed above").access = now;
                        self.send(conn, kind, &ServerMessage::Authenticated(now));
                        if now == Access::Read {
                            self.forget_writer(kind, conn);
                        }
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// Shuts a document for everybody who has it open: its next edition takes its place.
    pub(super) fn shut(&mut self, kind: Kind, why: &str) {
        let conns: Vec<ConnId> = self.conns.keys().copied().collect();
        for conn in conns {
            self.shut_for(conn, kind, why, Close::Moved);
        }
    }

    /// Shuts a document for one socket; one that has no other document is closed.
    fn shut_for(&mut self, conn: ConnId, kind: Kind, reason: &str, alone: Close) {
        self.stops_reading(conn, kind);
        let Some(one) = self.conns.get_mut(&conn) else { return };
        let Some(opened) = one.opened.remove(&kind) else { return };
        match opened.wire.write(&ServerMessage::Close(reason)) {
            Some(frame) => self.effects.push(Effect::Send(conn, frame)),
            None => self.close(conn, alone),
        }
        self.forget_writer(kind, conn);
    }

    /// Awareness of a client: its own entry only, from somebody who may write. Everything else – echoes of others,
    /// removals of others – is dropped in silence, because stock clients send it in good faith (SPEC PRES3).
    fn awareness(&mut self, conn: ConnId, kind: Kind, entry: AwarenessEntry) {
        let one = &self.conns[&conn];
        let (attendee, access) = (one.attendee, one.opened[&kind].access);
        if kind == Kind::Stage && self.is_wall(attendee) {
            self.shows(attendee, entry.state.as_deref());
            return;
        }
        let live = self.live(kind);
        let foreign = live.bindings.get(&entry.client).is_some_and(|binding| binding.owner != Some(attendee));
        let held_by_other = live.awareness.get(&entry.client).is_some_and(|writer| writer.conn != conn)
            || live.announced.get(&entry.client).is_some_and(|other| *other != attendee);
        if access != Access::Write || foreign || held_by_other {
            return;
        }
        let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
        let speaks = &mut opened.expect("checked by receive").speaks;
        if !speaks.contains(&entry.client) && speaks.len() >= ANNOUNCED_PER_OPENING {
            return;
        }
        speaks.insert(entry.client);
        let live = self.live(kind);
        if live.announced.len() < ANNOUNCED {
            live.announced.insert(entry.client, attendee);
        }
        let writing = entry
            .state
            .as_deref()
            .and_then(|state| serde_json::from_str::<Says>(state).ok())
            .and_then(|says| says.writing)
            .filter(|id| id.parse::<NoteId>().is_ok());
        match writing {
            Some(id) => {
                let state = serde_json::to_string(&Writes { writing: &id, by: attendee })
                    .expect("plain values can be written");
                let before = live
                    .awareness
                    .insert(entry.client, Writer { clock: entry.clock, state: state.clone(), conn });
                if before.is_none_or(|before| before.state != state || before.clock != entry.clock) {
                    self.spread(kind, conn, &[AwarenessEntry { state: Some(state), ..entry }]);
                }
            }
            None if live.awareness.remove(&entry.client).is_some() => {
                self.spread(kind, conn, &[AwarenessEntry { state: None, ..entry }]);
            }
            None => {}
        }
    }

    /// A wall says which page it shows: while it follows what is written it turns by itself, and only it knows when.
    fn shows(&mut self, wall: AttendeeId, state: Option<&str>) {
        let Some(showing) =
            state.and_then(|state| serde_json::from_str::<Shows>(state).ok()).and_then(|says| says.showing)
        else {
            return;
        };
        if showing.is_possible() && self.presence.showing.get(&wall) != Some(&showing) {
            self.presence.showing.insert(wall, showing);
            self.presence_moved();
        }
    }

    /// Somebody does not write any more.
    pub(super) fn forget_writer(&mut self, kind: Kind, conn: ConnId) {
        let Some(live) = self.documents.get_mut(&kind) else { return };
        let gone: Vec<AwarenessEntry> = live
            .awareness
            .iter()
            .filter(|(_, writer)| writer.conn == conn)
            .map(|(client, writer)| AwarenessEntry { client: *client, clock: writer.clock + 1, state: None })
            .collect();
        live.awareness.retain(|_, writer| writer.conn != conn);
        if !gone.is_empty() {
            self.spread(kind, conn, &gone);
        }
    }

    /// Passes awareness on: not to walls, which never show who writes, and not to paused screens.
    fn spread(&mut self, kind: Kind, from: ConnId, entries: &[AwarenessEntry]) {
        let bytes = write_awareness(entries);
        let others: Vec<ConnId> = self
            .conns
            .iter()
            .filter(|(conn, one)| **conn != from && one.opened.get(&kind).is_some_and(|o| o.behind.is_none()))
            .filter(|(_, one)| !self.is_wall(one.attendee))
            .map(|(conn, _)| *conn)
            .collect();
        for conn in others {
            if !self.is_covered(conn, kind) {
                self.send(conn, kind, &ServerMessage::Awareness(&bytes));
            }
        }
    }

    fn is_wall(&self, attendee: AttendeeId) -> bool {
        self.conference.people.get(&attendee).is_some_and(|who| who.person.role == Role::Wall)
    }

    pub(super) fn send_awareness(&mut self, conn: ConnId, kind: Kind) {
        if self.is_covered(conn, kind) || self.is_wall(self.conns[&conn].attendee) {
            return;
        }
        let Some(live) = self.documents.get(&kind) else { return };
        let entries = writers(live);
        if !entries.is_empty() {
            self.send(conn, kind, &ServerMessage::Awareness(&write_awareness(&entries)));
        }
    }
}

fn writers(live: &Live) -> Vec<AwarenessEntry> {
    live.awareness
        .iter()
        .map(|(client, writer)| AwarenessEntry {
            client: *client,
            clock: writer.clock,
            state: Some(writer.state.clone()),
        })
        .collect()
}
