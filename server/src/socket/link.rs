//! What ties a socket to its room once it has been let in: whose it is, and which documents it may speak about.

use super::{Holder, names::Names, tickets, upgrade::Gate};
use crate::room::{
    core::{DENIED, Inbound},
    handle::Connection,
    outbox::Outbox,
};
use protocol::{
    document::DocumentName,
    frame::{ServerMessage, write_server_frame},
    message,
    scan::write_awareness,
    wire::Wire,
};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// What an admitted socket is tied to.
pub(super) struct Link {
    pub(super) room: Connection,
    pub(super) documents: Documents,
}

/// What it may speak about.
pub(super) enum Documents {
    /// Those that its client opens by Auth frames.
    Many(Many),
    /// One, by a pass.
    One(DocumentName),
}

pub(super) struct Many {
    holder: Holder,
    names: Mutex<Names>,
    /// The ticket that opened the socket, and the newest that its client has shown since.
    tickets: Mutex<[[u8; 32]; 2]>,
}

impl Many {
    /// None is open yet.
    pub(super) fn of(holder: Holder, ticket: &str) -> Self {
        let tickets = Mutex::new([tickets::hash_of(ticket); 2]);
        Self { holder, names: Mutex::default(), tickets }
    }

    pub(super) fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client may show one ticket for all its documents, or a fresh one for each, or a fresh one again (SPEC HTTP4).
    fn is_theirs(&self, token: &str, gate: &Gate) -> bool {
        let hash = tickets::hash_of(token);
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = || gate.tickets.redeem(token, Instant::now()) == Some(self.holder);
        let is_theirs = tickets.contains(&hash) || is_fresh();
        if is_theirs && tickets[0] != hash {
            tickets[1] = hash;
        }
        is_theirs
    }
}

impl Link {
    /// An Auth frame of a document on a socket that has been admitted: what the room is told of it.
    pub(super) fn open(
        &self,
        many: &Many,
        gate: &Gate,
        name: &str,
        token: &str,
        outbox: &Outbox,
    ) -> Option<Inbound> {
        let opened = match many.is_theirs(token, gate) {
            true => many.names().open(name, many.holder.conference).ok(),
            false => None,
        };
        match opened {
            Some(document) => Some(Inbound::Open { document, wire: Wire::Named(name.to_owned()) }),
            None => {
                say(outbox, name, &ServerMessage::Denied(DENIED));
                None
            }
        }
    }

    /// A message that says nothing but "still here".
    pub(super) fn still_here(&self) -> Option<Vec<u8>> {
        let nobody = write_awareness(&[]);
        let message = ServerMessage::Awareness(&nobody);
        match &self.documents {
            Documents::Many(many) => many.names().any().map(|name| write_server_frame(name, &message)),
            Documents::One(_) => Wire::Single.write(&message),
        }
    }
}

/// An answer of the socket itself.
pub(super) fn say(outbox: &Outbox, name: &str, message: &ServerMessage<'_>) {
    outbox.offer(message::binary(&write_server_frame(name, message)).into());
}
