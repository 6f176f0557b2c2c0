//! What is promised, held against every effect as it comes out and against what the room holds in the end.

use super::{
    device::{Said, read},
    house::{House, conference_id},
    rights::may_ever_read,
};
use crate::{
    document::replica::Replica,
    meeting::conference::Conference,
    room::{
        audit::{EDIT, Line},
        core::{ConnId, Effect},
        log::{self, Entry},
        projection, rights,
    },
};
use protocol::{
    command::Outcome,
    document::{Audience, Kind},
    id::AttendeeId,
    known::Judgement,
    people::Role,
    rounds::Told,
    scan::scan_stored,
};
use std::collections::BTreeSet;

/// A frame that came to a wall, and what was so at that moment.
#[derive(Debug)]
pub(crate) struct OnAWall {
    pub(crate) frame: Vec<u8>,
    /// The screens were paused.
    pub(crate) paused: bool,
    /// Who was here and may have sat before it: no desk has said otherwise (SPEC PART2).
    pub(crate) in_the_room: BTreeSet<AttendeeId>,
}

impl House {
    /// STO13: what the rows say that people wrote, a page says too, or will say.
    pub(crate) fn every_edit_is_in_the_audit(&self) {
        let kept = self.durable.audit.iter().flat_map(|page| &page.lines);
        let lines: Vec<_> = kept.chain(self.core.audit.pending()).filter(|line| line.what == EDIT).collect();
        for kept in self.kept().iter().filter(|kept| kept.document.starts_with(['b', 'p'])) {
            for entry in
                kept.rows.iter().flat_map(|row| log::read_row::<Entry>(&row.bytes).expect("it reads"))
            {
                let Some(author) = entry.author.filter(|_| !entry.update.is_empty()) else { continue };
                let says = |line: &&&Line| {
                    let of = line
                        .document
                        .as_deref()
                        .is_some_and(|of| kept.document.split('~').next() == Some(of));
                    of && line.who == author && (line.seq..=line.upto).contains(&entry.seq)
                };
                assert_eq!(lines.iter().filter(says).count(), 1, "{} of {}", entry.seq, kept.document);
            }
        }
    }

    pub(crate) fn no_acknowledged_edit_is_missing(&mut self) {
        for (name, touched) in &self.acknowledged {
            if projection::name_of(&self.core.conference, name.kind) == *name {
                let judgement = self.core.documents.get(&name.kind).map(|live| live.document.judge(touched));
                assert_eq!(judgement, Some(Judgement::Nothing), "an acknowledged edit of {name} is missing");
            }
        }
    }

    pub(super) fn effects(&mut self) {
        let mut reload = false;
        for effect in self.core.take_effects() {
            match effect {
                Effect::Send(conn, frame) => self.deliverable(conn, frame),
                Effect::Fan { to, except, frame } => {
                    for conn in to.iter().filter(|conn| Some(**conn) != except) {
                        self.deliverable(*conn, frame.clone());
                    }
                }
                Effect::Close(conn, close) => {
                    if let Some(device) = self.devices.iter_mut().find(|device| device.conn == Some(conn)) {
                        device.closed.get_or_insert(close);
                    } else if let Some((_, closed)) = self.bare.get_mut(&conn) {
                        closed.get_or_insert(close);
                    }
                }
                Effect::Answer(ask, outcome) => {
                    if let (Some(Some((by, command))), Outcome::Done { .. }) =
                        (self.asked.remove(&ask), &outcome)
                    {
                        let state = self.durable.state.as_ref().expect("answered before anything is durable");
                        assert_eq!(
                            state.answered.get(command, by),
                            Some(&outcome),
                            "promise 1: answered before it was durable"
                        );
                    }
                    self.answers.insert(ask, outcome);
                }
                Effect::Entered(ask, session) => {
                    self.asked.remove(&ask);
                    if let Some(session) = &session {
                        let state = self.durable.state.as_ref().expect("entered before anything is durable");
                        let has = |conference: &Conference| {
                            let who = conference.people.get(&session.attendee);
                            who.is_some_and(|who| who.devices.iter().any(|device| device.n == session.device))
                        };
                        // Whoever was shown out in the same batch has a session that opens nothing any more.
                        assert!(
                            has(state) || !has(&self.core.conference),
                            "promise 1: let in before it was durable"
                        );
                    }
                    self.entered.insert(ask, session);
                }
                Effect::MakeKey(round) => self.keys.push(round),
                Effect::Reload => reload = true,
            }
        }
        if reload {
            self.reload();
        }
    }

    /// Promises 1 and 3, and P6, for one frame.
    fn deliverable(&mut self, conn: ConnId, frame: Vec<u8>) {
        let Some(place) = self.devices.iter().position(|device| device.conn == Some(conn)) else {
            if let Some((came, _)) = self.bare.get_mut(&conn) {
                came.push(frame);
            }
            return;
        };
        let (name, said) = read(&frame);
        let denied = matches!(said, Said::Denied(_));
        assert!(denied || name.conference == conference_id(), "P13: a frame of another conference: {said:?}");
        let attendee = self.devices[place].attendee;
        if self.core.conference.people.get(&attendee).is_some_and(|who| who.person.role == Role::Wall) {
            self.on_a_wall(attendee, &frame);
        }
        // A wall's own rule is stricter.
        let role = self.core.conference.people.get(&attendee).map(|who| who.person.role);
        let may = role.is_none_or(|role| may_ever_read(role, attendee, name.kind));
        let goes = matches!(said, Said::Close(_));
        assert!(may || denied || goes, "RIGHT3: {role:?} got {name}: {said:?}");
        if let (Kind::Board(Audience::Part(n)), Some(_)) = (name.kind, said.words()) {
            let without = self.core.conference.parts.get(&n);
            let shut_out = role != Some(Role::Wall) && without.is_none_or(|out| out.contains(&attendee));
            assert!(!shut_out, "PART2: {role:?} got {name}, which leaves them out");
        }
        let device = &mut self.devices[place];
        if let Some(update) = said.words() {
            let touched = scan_stored(update).expect("the server sends what can be read");
            assert!(self.durable.holds(name, &touched), "promise 1: {name} shown before the disk had it");
            let conference = &self.core.conference;
            assert!(
                rights::access(conference, device.attendee, name.kind).is_some(),
                "promise 3: {name} was sent to {:?}",
                device.attendee
            );
            let role = conference.people[&device.attendee].person.role;
            let open = matches!(name.kind, Kind::Stage | Kind::Seat(_));
            let empty = touched.blocks.is_empty() && touched.deletes.is_empty();
            assert!(
                open || empty || !conference.paused || !rights::is_covered_by_pause(role),
                "P6: {name} was sent to a paused screen"
            );
        }
        if let Said::Authenticated(_) = said {
            assert!(rights::access(&self.core.conference, device.attendee, name.kind).is_some());
        }
        if device.closed.is_none() {
            device.down.push_back(frame);
        }
    }

    /// Whoever is here and has a session that opens something is linked.
    pub(crate) fn everybody_has_come_back(&self) {
        for device in self.devices.iter().filter(|device| device.conn.is_none()) {
            let who = self.core.conference.here(device.attendee);
            let session =
                who.and_then(|who| who.devices.iter().find(|one| one.n == device.n && !one.waiting));
            assert!(session.is_none(), "{:?} is here and did not come back", device.attendee);
        }
    }

    /// Everybody who is linked shows what the room holds, and was told that their words are kept.
    pub(crate) fn all_in_step(&mut self) {
        for device in self.devices.iter().filter(|device| device.conn.is_some()) {
            assert!(device.is_saved(), "a ledger of {:?} does not reach zero", device.attendee);
        }
        self.all_up_to_date();
    }

    /// Everybody who is linked shows what the room holds, where nothing of theirs was refused.
    pub(crate) fn all_up_to_date(&mut self) {
        for device in self.devices.iter().filter(|device| device.conn.is_some()) {
            let paused = self.core.conference.paused
                && rights::is_covered_by_pause(self.core.conference.people[&device.attendee].person.role);
            for (kind, copy) in device.copies.iter().filter(|(_, copy)| !copy.refused) {
                if paused && !matches!(kind, Kind::Stage | Kind::Seat(_)) {
                    continue;
                }
                let Some(live) = self.core.documents.get(kind) else { continue };
                assert_eq!(
                    copy.name.edition, live.edition,
                    "{kind} of {:?} is of an old edition",
                    device.attendee
                );
                let server = Replica::of(&live.document.state());
                assert_eq!(copy.replica.values(), server.values(), "{kind} of {:?} differs", device.attendee);
            }
        }
    }

    /// What everybody in a room may read and no byte more, whatever the table of rights says (RIGHT3, PART2, SYNC11,
    /// PRES5).
    fn on_a_wall(&mut self, wall: AttendeeId, frame: &[u8]) {
        let (name, said) = read(frame);
        let conference = &self.core.conference;
        assert!(!matches!(said, Said::Awareness(_)), "PRES5: who writes in {name} was told to a wall");
        if matches!(said, Said::Denied(_) | Said::Close(_)) {
            return;
        }
        let away = |one: &AttendeeId| conference.people.get(one).is_none_or(|one| one.away);
        let is_for_walls = match name.kind {
            Kind::Stage => true,
            Kind::Seat(of) => of == wall,
            Kind::Desk => false,
            Kind::Proceedings(audience) => audience == Audience::All,
            Kind::Record(audience) | Kind::Board(audience) | Kind::Plan(audience) => match audience {
                Audience::All => true,
                Audience::Part(n) => conference.parts.get(&n).is_some_and(|without| without.iter().all(away)),
                _ => false,
            },
        };
        assert!(is_for_walls, "RIGHT3: a wall got {name}: {said:?}");
        let own = matches!(name.kind, Kind::Stage | Kind::Seat(_));
        let of_the_meeting = match &said {
            Said::Authenticated(_) | Said::Status(_) => false,
            // Whether what is written can be saved, and no word of it (STO16).
            Said::Stateless(told) => !matches!(serde_json::from_str(told), Ok(Told::Disk { .. })),
            _ => true,
        };
        assert!(
            own || !of_the_meeting || !conference.paused,
            "SYNC11: {name} went to a paused wall: {said:?}"
        );
        let here = conference.people.iter().filter(|(id, one)| conference.here(**id).is_some() && !one.away);
        let in_the_room = here.map(|(id, _)| *id).collect();
        let paused = conference.paused;
        self.on_walls.push(OnAWall { frame: frame.to_vec(), paused, in_the_room });
    }
}
