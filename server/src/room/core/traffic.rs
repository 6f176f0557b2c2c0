//! What goes into a room's decisions and what comes out of them.

use protocol::{
    close::Close,
    command::Outcome,
    document::DocumentName,
    id::{AttendeeId, ConferenceId, RoundId},
    people::{Page, Standing},
    scan::{AwarenessEntry, Touched},
    wire::Wire,
};
use std::sync::Arc;

/// One socket, numbered by the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// A question that waits for a durable answer, numbered by the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u64);

/// What the shell does for the core, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write a frame to a socket.
    Send(ConnId, Vec<u8>),
    /// Write one frame to several sockets that are spoken to alike, but not to its author.
    Fan {
        /// All of them.
        to: Arc<[ConnId]>,
        /// Who sent it.
        except: Option<ConnId>,
        /// The frame.
        frame: Vec<u8>,
    },
    /// Close a socket.
    Close(ConnId, Close),
    /// A command's answer is durable.
    Answer(AskId, Outcome),
    /// Coming in is durable.
    Entered(AskId, Option<Session>),
    /// Make a signing key for a round, away from the room: it takes long. [`Core::key_made`] takes it.
    MakeKey(RoundId),
    /// The live documents are not to be trusted, or the store refused a batch: load the room anew from the store
    /// before anything else is answered. Sockets come back by themselves.
    Reload,
}

/// What a socket tells the room. Updates, state vectors and awareness have passed the scanner.
#[derive(Debug, Clone)]
pub enum Inbound {
    /// Opens a document on a socket that has been admitted.
    Open {
        /// Which.
        document: DocumentName,
        /// How this client frames what is said about it.
        wire: Wire,
    },
    /// What do I lack?
    Step1 {
        /// Which.
        document: DocumentName,
        /// Of the client.
        state_vector: Vec<u8>,
    },
    /// An edit, or all that was written while away.
    Update {
        /// Which.
        document: DocumentName,
        /// As received.
        update: Vec<u8>,
        /// What the scanner says it touches.
        touched: Touched,
        /// It answers a step 1 of ours: all that its client has beyond what we said we have.
        answers: bool,
    },
    /// An edit that the scanner does not let through: it has its answer like every other, in its turn.
    Refused {
        /// Which.
        document: DocumentName,
    },
    /// Who writes where.
    Awareness {
        /// Which.
        document: DocumentName,
        /// As scanned.
        entries: Vec<AwarenessEntry>,
    },
    /// Send awareness again.
    QueryAwareness {
        /// Which.
        document: DocumentName,
    },
    /// The client closes one document.
    Close {
        /// Which.
        document: DocumentName,
    },
    /// A socket that had fallen behind has taken all that waited for it.
    CaughtUp,
}

impl Inbound {
    /// What it takes in memory beside its own few words.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Update { update, touched, .. } => update.len() + touched.bytes(),
            Self::Step1 { state_vector, .. } => state_vector.len(),
            Self::Awareness { entries, .. } => {
                let states = entries.iter().filter_map(|entry| entry.state.as_ref()).map(String::len);
                size_of_val(&**entries) + states.sum::<usize>()
            }
            Self::Open { .. }
            | Self::Refused { .. }
            | Self::QueryAwareness { .. }
            | Self::Close { .. }
            | Self::CaughtUp => 0,
        }
    }
}

/// A session found by its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub attendee: AttendeeId,
    /// Of which conference.
    pub conference: ConferenceId,
    /// Which device.
    pub device: u32,
    /// Where this device stands.
    pub standing: Standing,
    /// Its screen.
    pub page: Page,
    /// Name of the attendee's own document now.
    pub seat: DocumentName,
}

/// A personal link as the edge checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayInCheck {
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// Argon2id of the PIN.
    pub pin: String,
    /// Too many wrong tries.
    pub locked: bool,
}
