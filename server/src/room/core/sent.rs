//! Who had a line in front of them (P4). While somebody reads a document they have all of it that is shown; from when
//! they stop – they go, the line is cut, their screen is paused – what they had is kept as a state vector.
//!
//! Nothing of this is stored by itself: it goes with the next change of the state. After a restart everybody who is
//! here counts as having had what is kept, because nobody knows better.

use super::{ConnId, Core};
use crate::document::Line;
use protocol::{command::TakeOff, document::Kind, id::AttendeeId, people::Standing};
use std::collections::{BTreeMap, BTreeSet};

/// Documents whose lines are taken off.
fn is_kept_for(kind: Kind) -> bool {
    matches!(kind, Kind::Board(_) | Kind::Plan(_))
}

impl Core {
    /// What this socket has of a document, if it was sent any of it and is not paused.
    fn has(&self, conn: ConnId, kind: Kind) -> Option<&[u8]> {
        let opened = self.conns.get(&conn)?.opened.get(&kind).filter(|opened| opened.read)?;
        let shown = &self.documents.get(&kind)?.shown;
        (!self.is_still_covered(conn, kind)).then(|| opened.behind.as_deref().unwrap_or(shown))
    }

    /// This socket gets no more of a document: what it had is remembered.
    pub(super) fn stops_reading(&mut self, conn: ConnId, kind: Kind) {
        if !is_kept_for(kind) {
            return;
        }
        let Some(has) = self.has(conn, kind).map(hex::encode) else { return };
        let attendee = self.conns[&conn].attendee;
        self.conference.in_hand.sent.until.entry(kind.to_string()).or_default().insert(attendee, has);
    }

    /// The same for all that this socket has open.
    pub(super) fn stops_reading_all(&mut self, conn: ConnId) {
        let kinds = self.conns.get(&conn).map(|one| one.opened.keys().copied().collect::<Vec<_>>());
        for kind in kinds.unwrap_or_default() {
            self.stops_reading(conn, kind);
        }
    }

    /// A pause begins: what is covered stops being read. To be called before the pause is in the state.
    pub(super) fn all_stop_reading(&mut self) {
        let reading: Vec<(ConnId, Kind)> = self
            .conns
            .iter()
            .filter(|(_, one)| one.covered)
            .flat_map(|(conn, one)| one.opened.keys().map(|kind| (*conn, *kind)))
            .collect();
        for (conn, kind) in reading {
            self.stops_reading(conn, kind);
        }
    }

    /// The document goes on under its next edition: state vectors of this one say nothing there.
    pub(super) fn edition_ends(&mut self, kind: Kind) {
        if !is_kept_for(kind) {
            return;
        }
        let lines = self.documents.get(&kind).map(|live| live.document.lines()).unwrap_or_default();
        let had: BTreeMap<String, BTreeSet<AttendeeId>> =
            lines.into_iter().map(|line| (line.key(), self.had(kind, &line))).collect();
        let sent = &mut self.conference.in_hand.sent;
        sent.until.remove(&kind.to_string());
        sent.before.insert(kind.to_string(), had);
    }

    /// Everybody to whose devices a line was sent while it stood.
    fn had(&self, kind: Kind, line: &Line) -> BTreeSet<AttendeeId> {
        let Some(live) = self.documents.get(&kind) else { return BTreeSet::new() };
        let name = kind.to_string();
        let sent = &self.conference.in_hand.sent;
        let mut had =
            sent.before.get(&name).and_then(|lines| lines.get(&line.key())).cloned().unwrap_or_default();
        for (attendee, until) in sent.until.get(&name).into_iter().flatten() {
            if hex::decode(until).is_ok_and(|until| live.document.has_line(line, &until)) {
                had.insert(*attendee);
            }
        }
        for (conn, one) in &self.conns {
            if !had.contains(&one.attendee)
                && self.has(*conn, kind).is_some_and(|has| live.document.has_line(line, has))
            {
                had.insert(one.attendee);
            }
        }
        had
    }

    /// Who had what may be taken off in front of them. An offered note was on the desks and with its author alone.
    pub(super) fn who_had(&self, what: &TakeOff) -> BTreeSet<AttendeeId> {
        let line = match what {
            TakeOff::Note { note } => Line::Note(*note),
            TakeOff::Row { row } => Line::Row(*row),
            // Every plan has the field.
            TakeOff::Field { audience, field } => {
                return self.had(Kind::Plan(*audience), &Line::Field(field.clone()));
            }
            TakeOff::Offer { .. } => return BTreeSet::new(),
        };
        self.documents
            .keys()
            .filter(|kind| is_kept_for(**kind))
            .flat_map(|kind| self.had(*kind, &line))
            .collect()
    }

    /// The words of a field were taken off: whoever had them has nothing of what is written there from now on.
    pub(super) fn nobody_had(&mut self, kind: Kind, line: &Line) {
        if let Some(had) = self.conference.in_hand.sent.before.get_mut(&kind.to_string()) {
            had.remove(&line.key());
        }
    }

    /// After a load nobody reads, and what was remembered may be older than the end: everybody who is here had it all.
    pub(super) fn all_had_everything(&mut self) {
        let here: Vec<AttendeeId> = self
            .conference
            .people
            .iter()
            .filter(|(_, who)| who.standing == Standing::Here && who.devices.iter().any(|one| !one.waiting))
            .map(|(id, _)| *id)
            .collect();
        for kind in self.documents.keys().copied().filter(|kind| is_kept_for(*kind)).collect::<Vec<_>>() {
            let all = hex::encode(&self.documents[&kind].shown);
            for attendee in &here {
                if crate::room::rights::access(&self.conference, *attendee, kind).is_some() {
                    let until = self.conference.in_hand.sent.until.entry(kind.to_string()).or_default();
                    until.insert(*attendee, all.clone());
                }
            }
        }
    }
}
