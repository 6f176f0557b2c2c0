//! Awareness: in which line somebody writes, and which page a wall shows (SPEC PRES). Nothing of it is stored.

use super::{ConnId, Core, Live, Writer};
use crate::room::projection::Showing;
use protocol::{
    document::{Access, Kind},
    frame::ServerMessage,
    id::{AttendeeId, NoteId},
    limits::{ANNOUNCED_PER_OPENING, CLIENTS_PER_ATTENDEE},
    people::Role,
    scan::{AwarenessEntry, write_awareness},
};
use serde::{Deserialize, Serialize};

/// Ids that a document remembers by awareness alone: as many as ever write in one (`scan::CLIENTS_EVER`). Of one attendee
/// no more than they may use, so that nobody's page finds the list full because of somebody else's.
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
    /// Awareness of a client: its own entry only, from somebody who may write. Everything else – echoes of others,
    /// removals of others – is dropped in silence, because stock clients send it in good faith (SPEC PRES3).
    pub(super) fn awareness(&mut self, conn: ConnId, kind: Kind, entry: AwarenessEntry) {
        let one = &self.conns[&conn];
        let (attendee, access) = (one.attendee, one.opened[&kind].access);
        if kind == Kind::Stage && self.is_wall(attendee) {
            self.shows(attendee, entry.state.as_deref());
            return;
        }
        let live = self.live(kind);
        let foreign = live.bindings.get(&entry.client).is_some_and(|binding| binding.owner != Some(attendee));
        let announced_by = live.announced.get(&entry.client).copied();
        let other = live.awareness.get(&entry.client).filter(|writer| writer.conn != conn);
        let other = other.map(|writer| (writer.clock, writer.conn));
        // A page that has come back by another way, while its old socket is not missed yet: an echo has an old clock, and
        // whoever takes somebody for gone says nothing.
        let comes_back = |(clock, other): (u32, ConnId)| {
            let theirs = self.conns.get(&other).is_some_and(|other| other.attendee == attendee);
            theirs && entry.clock > clock && entry.state.is_some()
        };
        let held_by_other = other.is_some_and(|other| !comes_back(other))
            || announced_by.is_some_and(|other| other != attendee);
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
        let theirs = || live.announced.values().filter(|other| **other == attendee).count();
        if announced_by.is_none() && live.announced.len() < ANNOUNCED && theirs() < CLIENTS_PER_ATTENDEE {
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

    pub(super) fn is_wall(&self, attendee: AttendeeId) -> bool {
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
