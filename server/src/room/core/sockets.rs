//! Sockets: opening documents, reading them, rights that change, pause.

use super::{
    Conn, ConnId, Core, Effect, Inbound, Later, Live, Opened, Words, documents::NOTHING, is_within,
    rounds::EVERYBODY,
};
use crate::{
    meeting::conference::Millis,
    room::{projection, rights},
};
use protocol::{
    close::Close,
    document::{Access, DocumentName, Kind},
    frame::ServerMessage,
    id::AttendeeId,
    limits::{INBOX_BYTES, SOCKETS, STEP_ONES, STEP_ONES_TIME},
    people::{Role, Standing},
    wire::Wire,
};
use std::sync::Arc;

/// What a client is told whose document stays closed, whatever the reason (P3).
pub const DENIED: &str = "not here";

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
            Conn {
                attendee,
                device,
                covered,
                asked: (0, 0),
                gone: false,
                waits: false,
                opened: Default::default(),
            },
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
                let is_wall = |who: &crate::meeting::attendee::Attendee| who.person.role == Role::Wall;
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
            // A status that overtook one which is still owed would be taken for it (SPEC SYNC3, STO16).
            Inbound::Update { .. } | Inbound::Refused { .. } if self.waits_to_keep(conn) => {}
            Inbound::Update { document, update, touched, answers } if self.has_open(conn, document) => {
                self.update(conn, document.kind, (update, answers), &touched, now);
            }
            Inbound::Refused { document } if self.has_open(conn, document) => {
                self.not_taken(conn, document.kind);
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
        if !is_within(asked.0, now, STEP_ONES_TIME.as_millis() as Millis) {
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
        // An edition that is not durable may never have been; letters for it would go on in the next of that number.
        let begun = |live: &Live| live.begun <= self.durable || document.kind.is_server_written();
        let is_begun = self.documents.get(&document.kind).is_none_or(begun);
        let Some(access) = access.filter(|_| is_begun) else {
            // A document that does not exist reads like one that may not be read (P3), also where the socket denies it.
            match wire {
                Wire::Single if access.is_some() => self.close(conn, Close::NotYet),
                Wire::Single => self.close(conn, Close::Out),
                Wire::Named(_) => {
                    let frame = wire.write(&ServerMessage::Denied(DENIED));
                    self.effects.extend(frame.map(|frame| Effect::Send(conn, frame)));
                }
            }
            return;
        };
        let asks = wire == Wire::Single && !self.is_covered(conn, document.kind);
        let one = self.conns.get_mut(&conn).expect("checked by receive");
        if let Some(opened) = one.opened.get_mut(&document.kind).filter(|opened| opened.wire == wire) {
            // A fresh token: what this opening lacks, is owed and was refused stays as it is (SPEC HTTP4).
            opened.access = access;
        } else {
            let opened = Opened {
                wire,
                access,
                asked: asks,
                refused: false,
                unfit: false,
                speaks: Default::default(),
                resyncs: 0,
                resynced_at: 0,
                owed: Default::default(),
                answering: false,
                deferred: None,
                behind: None,
                read: false,
            };
            one.opened.insert(document.kind, Box::new(opened));
            if asks {
                let mine = self.live(document.kind).document.state_vector();
                self.tell_words(conn, document.kind, &ServerMessage::Step1(&mine), Words::Question);
            }
        }
        self.send(conn, document.kind, &ServerMessage::Authenticated(access));
        self.send_awareness(conn, document.kind);
        if self.holds && document.kind == EVERYBODY {
            self.tell_disk(conn, false);
        }
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
        let postpones = self.postpones(conn, kind);
        if postpones || self.is_covered(conn, kind) {
            let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
            opened.expect("checked by receive").deferred = Some(state_vector);
            if postpones {
                self.postponed.insert((conn, kind));
            }
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
            self.tell_words(conn, kind, &ServerMessage::Step1(&mine), Words::Question);
        }
        self.tell_words(conn, kind, &ServerMessage::Step2(&diff), Words::Answer(state_vector));
    }

    /// Whether a step 1 has to wait for the answer to an earlier one: while a disk is stuck each answer is a copy of a
    /// document (SPEC LIM15).
    fn postpones(&self, conn: ConnId, kind: Kind) -> bool {
        let opened = self.conns.get(&conn).and_then(|one| one.opened.get(&kind));
        self.held_back > INBOX_BYTES || opened.is_some_and(|opened| opened.answering)
    }

    /// Notes whether an answer to a step 1 waits for a commit.
    pub(super) fn answering(&mut self, conn: ConnId, kind: Kind, waits: bool) {
        if let Some(opened) = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind)) {
            opened.answering = waits;
        }
    }

    /// What was asked while answers waited. A commit has ended, so there is room for some of it.
    pub(super) fn answer_postponed(&mut self) {
        for (conn, kind) in std::mem::take(&mut self.postponed) {
            let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
            if let Some(state_vector) = opened.and_then(|opened| opened.deferred.take()) {
                self.step_one(conn, kind, state_vector);
            }
        }
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
        self.conference.paused && self.is_coverable(conn, kind)
    }

    /// The same until it is durable that the pause is over: so long nothing of it is sent.
    pub(super) fn is_still_covered(&self, conn: ConnId, kind: Kind) -> bool {
        (self.conference.paused || self.durable < self.resumed) && self.is_coverable(conn, kind)
    }

    /// Whether a pause keeps this document from this socket.
    pub(super) fn is_coverable(&self, conn: ConnId, kind: Kind) -> bool {
        !matches!(kind, Kind::Stage | Kind::Seat(_)) && self.conns.get(&conn).is_some_and(|one| one.covered)
    }

    /// The pause ends, in memory first. What waits for the disk with words for covered screens is kept back as it would be
    /// were it durable by now: else it went out with a commit before that of the resume. To be called before the end is
    /// in the state.
    pub(super) fn keep_back(&mut self) {
        for (seq, all) in std::mem::take(&mut self.waiting) {
            for one in all {
                match &one {
                    Later::Tell { conn, kind, words, .. }
                        if !matches!(words, Words::No) && self.is_covered(*conn, *kind) =>
                    {
                        self.waits_no_more(&one);
                        self.release(one);
                    }
                    _ => self.waiting.entry(seq).or_default().push(one),
                }
            }
        }
    }

    /// The pause is over: everybody gets the whole of what they have open, which repeats nothing that they have. Who has
    /// no answer yet is sent nothing before they ask: an edit of the pause that deletes a line would take letters with it
    /// that a client has and was not asked for (SPEC SYNC8).
    pub(super) fn show_again(&mut self) {
        self.resumed = self.seq;
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
                let Some(opened) = opened else { continue };
                let reads = opened.read;
                match opened.deferred.take() {
                    Some(state_vector) => self.step_one(conn, kind, state_vector),
                    None if reads => {
                        let state = self.live(kind).whole();
                        self.tell_words(conn, kind, &ServerMessage::Update(&state), Words::Whole);
                    }
                    None => {}
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
}
