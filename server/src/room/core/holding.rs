//! While the disk takes nothing (SPEC STO16): everybody reads on, nothing is taken, and nobody is answered "saved".

use super::{ConnId, Core, rounds::EVERYBODY};
use crate::meeting::conference::Millis;
use protocol::{close::Close, frame::ServerMessage, rounds::Told};

impl Core {
    /// The disk refuses: from now on nothing is taken that would have to be kept. To be called of a room that has just
    /// been loaded: all that it holds is durable.
    pub fn hold(&mut self) {
        self.holds = true;
        self.quiet = true;
    }

    /// Whether the disk refuses.
    pub fn holds(&self) -> bool {
        self.holds
    }

    /// The disk takes again. Whoever wrote meanwhile is told to come back: the answer to the step 1 that they are asked
    /// then brings all their words, in order.
    pub fn go_on(&mut self, now: Millis) {
        self.rounds.stood_still(now);
        self.holds = false;
        self.quiet = false;
        let all: Vec<(ConnId, bool)> = self.conns.iter().map(|(conn, one)| (*conn, one.waits)).collect();
        for (conn, waits) in all {
            match waits {
                true => self.close(conn, Close::Rebuilt),
                false => self.tell_disk(conn, true),
            }
        }
        // What was left unwritten since the disk refused, and the first commit that says it is over.
        self.state_moved();
    }

    /// An edit that cannot be kept now: left unanswered, so its author keeps it as not saved.
    pub(super) fn wait_to_keep(&mut self, conn: ConnId) {
        if let Some(one) = self.conns.get_mut(&conn) {
            one.waits = true;
        }
    }

    /// Whether something of this socket is left unanswered: then so is all that follows.
    pub(super) fn waits_to_keep(&self, conn: ConnId) -> bool {
        self.holds && self.conns.get(&conn).is_some_and(|one| one.waits)
    }

    /// Says whether what is written can be saved, also to covered screens: it holds no word of the meeting.
    pub(super) fn tell_disk(&mut self, conn: ConnId, takes: bool) {
        let words = serde_json::to_string(&Told::Disk { takes }).expect("plain values can be written");
        self.send(conn, EVERYBODY, &ServerMessage::Stateless(&words));
    }
}
