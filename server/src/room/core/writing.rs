//! An edit of an attendee: news, rights, bindings, apply, log (SPEC SYNC, RIGHT).

use super::{ConnId, Core, Effect, Line, Live, is_within};
use crate::{
    document::Entries,
    meeting::{
        conference::{Millis, Record},
        sheet::Note,
    },
    room::{audit, log::Entry},
};
use metrics::counter;
use protocol::{
    close::Close,
    document::{Access, Kind},
    frame::ServerMessage,
    id::AttendeeId,
    known::Judgement,
    limits::{CLIENTS_PER_ATTENDEE, DOCUMENT_BYTES, OWED_SPANS, RESYNC_EVERY, RESYNCS},
    people::Role,
    scan::{Span, Touched},
};
use std::collections::{BTreeSet, VecDeque};

/// Messages that may wait behind a gap: a minute of typing. An honest client closes its gap within a round trip.
const OWED: usize = 256;
/// A document that seems full is measured where so many bytes have come since it was measured last, with those that are to
/// come: taking them in costs about as much or more, so nobody makes a room do much more than they send.
const MEASURE_AFTER: usize = DOCUMENT_BYTES / 8;
/// Where fewer have come, it is measured at most this often, in milliseconds.
const MEASURE_EVERY: Millis = 1_000;

impl Core {
    /// Takes an update, or a step 2, which answers a step 1 of ours. Exactly one SyncStatus answers each, once what it
    /// stands for is durable.
    pub(super) fn update(
        &mut self,
        conn: ConnId,
        kind: Kind,
        (update, answers): (Vec<u8>, bool),
        touched: &Touched,
        now: Millis,
    ) {
        if self.conns[&conn].opened[&kind].unfit {
            return self.not_taken(conn, kind);
        }
        match self.live(kind).document.judge(touched) {
            Judgement::Nothing => self.owe(conn, kind, Touched::default()),
            _ if self.holds => self.wait_to_keep(conn),
            Judgement::Gap => {
                let unknown = self.unknown(kind, &touched.blocks);
                if !self.allows(conn, kind, &unknown, update.len(), now) {
                    self.refuse(conn, kind, &unknown);
                } else if answers {
                    // It is all that the client has beyond what we hold: asked again, it would say the same (SPEC SYNC6).
                    self.not_taken(conn, kind);
                } else {
                    self.resync(conn, kind, touched, now);
                }
            }
            Judgement::TooDeep | Judgement::Misplaced => {
                counter!("flipchart_refused_total", "why" => "misplaced").increment(1);
                self.not_taken(conn, kind);
            }
            // An editor that thinks in UTF-16 units may do so in good faith.
            Judgement::Halved => {
                let unknown = self.unknown(kind, &touched.blocks);
                self.refuse(conn, kind, &unknown);
            }
            Judgement::News { blocks, deletes } => {
                let entries = self.live(kind).document.entries(touched, &deletes);
                let is_taken = self.allows(conn, kind, &blocks, update.len(), now)
                    && !self.touches_a_record(kind, &entries);
                let late = is_taken.then(|| self.late(kind, &update, touched, &blocks));
                let Some(Ok(late)) = late else { return self.refuse(conn, kind, &blocks) };
                // Letters for the desk go to nobody else, and into no log.
                let whole = late.is_empty()
                    && spans(&blocks) == spans(&touched.blocks)
                    && spans(&deletes) == spans(&touched.deletes);
                let moved = self.moves_records(kind, &entries);
                self.bring_to_the_desk(late, now);
                self.take(conn, kind, update, touched, &blocks, whole, now);
                self.put_back(kind, &moved);
            }
        }
    }

    /// Blocks that go beyond what the document holds of their clients.
    fn unknown(&mut self, kind: Kind, blocks: &[Span]) -> Vec<Span> {
        let document = &self.live(kind).document;
        blocks.iter().filter(|block| block.end > document.clock(block.client)).copied().collect()
    }

    /// Whether this socket may add this news: the right to write, room in the document, and every client id its own
    /// or new (SPEC SYNC5). A full document still takes deletes. An id whose words were refused once stays refused: they would come along (RIGHT8).
    fn allows(&mut self, conn: ConnId, kind: Kind, blocks: &[Span], size: usize, now: Millis) -> bool {
        let one = &self.conns[&conn];
        let (attendee, opened) = (one.attendee, &one.opened[&kind]);
        if opened.access != Access::Write || opened.refused {
            return false;
        }
        let live = self.live(kind);
        (blocks.is_empty() || has_room(live, size, now))
            && has_ids_left(live, attendee, blocks.iter().map(|block| block.client))
            && blocks.iter().all(|block| match live.bindings.get(&block.client) {
                Some(binding) => binding.owner == Some(attendee) && !binding.refused,
                None => live.announced.get(&block.client).is_none_or(|other| *other == attendee),
            })
    }

    /// Whether an edit does to a line with a record, or to a row that somebody offered, what commands alone do (SPEC
    /// RIGHT10).
    fn touches_a_record(&self, kind: Kind, entries: &Entries) -> bool {
        let document = &self.documents[&kind].document;
        match kind {
            Kind::Board(_) => {
                let locked = |record| self.conference.records.get(&record).is_some_and(Record::is_locked);
                document.touches_a_record(entries, locked)
            }
            Kind::Plan(_) => {
                let offers = self.conference.offers.values();
                document.replaces_a_row(entries, offers.filter_map(|offer| Some(offer.named_row()?.0)))
            }
            _ => false,
        }
    }

    /// Lines with a record that an edit moves, as they stand before it.
    fn moves_records(&self, kind: Kind, entries: &Entries) -> Vec<Note> {
        match kind {
            Kind::Board(_) => self.documents[&kind].document.moves_records(entries),
            _ => Vec::new(),
        }
    }

    /// Lines that stand in no section any more go back where they stood (SPEC RIGHT10).
    fn put_back(&mut self, kind: Kind, moved: &[Note]) {
        for note in moved {
            let stands = |now: Note| self.conference.takes_lines(&now.section);
            if self.documents[&kind].document.note(note.id).is_some_and(stands) {
                continue;
            }
            if let Some(update) = self.live(kind).document.place_note(note) {
                self.wrote(kind, update);
            }
        }
    }

    #[allow(clippy::too_many_arguments)] // one call, from `update`, of what it has just worked out
    fn take(
        &mut self,
        conn: ConnId,
        kind: Kind,
        update: Vec<u8>,
        touched: &Touched,
        blocks: &[Span],
        whole: bool,
        now: Millis,
    ) {
        let attendee = self.conns[&conn].attendee;
        let live = self.live(kind);
        let before = (!whole).then(|| live.document.state_vector());
        if live.document.apply(&update, touched).is_err() {
            counter!("flipchart_refused_total", "why" => "broken").increment(1);
            // Whoever sent it must not bring it back after the reload (SPEC SCAN11): other sockets may.
            self.close(conn, Close::BadFrame);
            self.broken = true;
            self.effects.push(Effect::Reload);
            return;
        }
        // Where part of it was known, or came too late for its line, others and the log get the document's own encoding of
        // the rest: what a client claims about blocks that are not news is never passed on (SPEC SYNC4).
        let update = match before {
            Some(before) => live.document.diff(&before).unwrap_or(update),
            None => update,
        };
        let mut binds: Vec<u64> = blocks.iter().map(|block| block.client).collect();
        binds.retain(|client| !live.bindings.contains_key(client));
        binds.dedup();
        let entry = Entry { seq: 0, author: Some(attendee), binds, refuses: Vec::new(), update };
        self.accepted(kind, Some(conn), entry);
        self.audit.append(Line {
            seq: self.seq,
            upto: self.seq,
            time: now,
            who: attendee,
            role: self.role(attendee),
            what: audit::EDIT.to_owned(),
            document: Some(kind.to_string()),
        });
        self.owe(conn, kind, Touched::default());
    }

    /// Says no. The document is read-only for this client's copy, now and when the same client ids come back.
    fn refuse(&mut self, conn: ConnId, kind: Kind, blocks: &[Span]) {
        counter!("flipchart_refused_total", "why" => "rights").increment(1);
        let attendee = self.conns[&conn].attendee;
        let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
        opened.expect("checked by receive").refused = true;
        // What only the server writes takes no client's words anyway.
        if !kind.is_server_written() {
            let live = self.live(kind);
            let own = |client: &u64| match live.bindings.get(client) {
                Some(binding) => binding.owner == Some(attendee) && !binding.refused,
                None => live.announced.get(client).is_none_or(|other| *other == attendee),
            };
            let refuses: Vec<u64> = blocks.iter().map(|block| block.client).filter(own).collect();
            // Beyond their number none of their new ids is taken, so these need not be remembered one by one (LIM10).
            let refuses =
                if has_ids_left(live, attendee, refuses.iter().copied()) { refuses } else { Vec::new() };
            if !refuses.is_empty() {
                let (author, binds, update) = (Some(attendee), Vec::new(), Vec::new());
                self.accepted(kind, Some(conn), Entry { seq: 0, author, binds, refuses, update });
            }
        }
        self.say_no(conn, kind);
    }

    /// Says no to an edit whose form the service never takes, and to all that follows in this opening. The socket stays: a
    /// stock client would come back with the same words whatever the code says (SPEC SCAN15). Of its client ids nothing
    /// is remembered: the same bytes are refused again whenever they come.
    pub(super) fn not_taken(&mut self, conn: ConnId, kind: Kind) {
        let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
        opened.expect("checked by receive").unfit = true;
        self.say_no(conn, kind);
    }

    /// Answers a message, and before it those that still waited for their answers.
    fn say_no(&mut self, conn: ConnId, kind: Kind) {
        self.settle_owed(conn, kind);
        let left = self.owed(conn, kind).drain(..).count();
        for _ in 0..=left {
            self.status(conn, kind, false);
        }
    }

    fn owed(&mut self, conn: ConnId, kind: Kind) -> &mut VecDeque<Touched> {
        let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
        &mut opened.expect("checked by receive").owed
    }

    /// A message is to be answered by "saved" when it and every one before it is here: a status that overtook an
    /// open gap would be taken for the gap's own.
    fn owe(&mut self, conn: ConnId, kind: Kind, touched: Touched) {
        self.owed(conn, kind).push_back(touched);
        self.settle_owed(conn, kind);
        let owed = self.owed(conn, kind);
        let spans: usize = owed.iter().map(|touched| touched.blocks.len() + touched.deletes.len()).sum();
        if owed.len() > OWED || spans > OWED_SPANS {
            self.close(conn, Close::Gap);
        }
    }

    fn settle_owed(&mut self, conn: ConnId, kind: Kind) {
        while let Some(touched) = self.owed(conn, kind).pop_front() {
            if self.live(kind).document.judge(&touched) != Judgement::Nothing {
                self.owed(conn, kind).push_front(touched);
                return;
            }
            self.status(conn, kind, true);
        }
    }

    fn status(&mut self, conn: ConnId, kind: Kind, saved: bool) {
        self.tell(conn, kind, &ServerMessage::SyncStatus(saved));
    }

    /// Something is missing before this update: ask for it, but not without end (SPEC SYNC6). Its status is owed until
    /// the answer has closed the gap.
    fn resync(&mut self, conn: ConnId, kind: Kind, touched: &Touched, now: Millis) {
        let (blocks, deletes) = (touched.blocks.clone(), touched.deletes.clone());
        self.owe(conn, kind, Touched { blocks, deletes, ..Touched::default() });
        let mine = self.live(kind).document.state_vector();
        let opened = self.conns.get_mut(&conn).and_then(|one| one.opened.get_mut(&kind));
        // Too much waited behind the gap already.
        let Some(opened) = opened else { return };
        if opened.resyncs > 0 && is_within(opened.resynced_at, now, RESYNC_EVERY.as_millis() as Millis) {
            return;
        }
        if opened.resyncs >= RESYNCS {
            // This message is among those that wait: it has its answer with them.
            opened.owed.pop_back();
            return self.not_taken(conn, kind);
        }
        opened.resyncs += 1;
        opened.resynced_at = now;
        self.tell(conn, kind, &ServerMessage::Step1(&mine));
    }

    pub(super) fn role(&self, attendee: AttendeeId) -> Role {
        self.conference.people.get(&attendee).map_or(Role::Observer, |who| who.person.role)
    }
}

/// Whether a document takes more. A letter takes less room in it than on its way, and what was deleted leaves room: how much
/// is measured when it is needed (SPEC LIM2).
fn has_room(live: &mut Live, more: usize, now: Millis) -> bool {
    let since = live.bytes - live.measured + more;
    let is_due = since >= MEASURE_AFTER || !is_within(live.measured_at, now, MEASURE_EVERY);
    if live.bytes + more > DOCUMENT_BYTES && is_due {
        live.measured = live.whole().len();
        (live.bytes, live.measured_at) = (live.measured, now);
    }
    live.bytes + more <= DOCUMENT_BYTES
}

/// Whether an attendee may show these client ids in a document, beside those that are theirs already (SPEC LIM10).
fn has_ids_left(live: &Live, attendee: AttendeeId, clients: impl Iterator<Item = u64>) -> bool {
    let new: BTreeSet<u64> = clients.filter(|client| !live.bindings.contains_key(client)).collect();
    let theirs = || live.bindings.values().filter(|binding| binding.owner == Some(attendee)).count();
    new.is_empty() || new.len() + theirs() <= CLIENTS_PER_ATTENDEE
}

fn spans(spans: &[Span]) -> Vec<(u64, u32, u32)> {
    let mut all: Vec<_> = spans.iter().map(|span| (span.client, span.start, span.end)).collect();
    all.sort_unstable();
    all
}
