//! How the client at the other end of a socket frames its messages.

use crate::{
    frame::{ServerMessage, write_server_frame},
    yjs::write_yjs_message,
};

/// One of the two framings. What is said is the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wire {
    /// Hocuspocus: every message names its document, by the exact string that the client uses.
    Named(String),
    /// y-websocket: one document a socket, and the author's own edit comes back once it is durable (SPEC YJS3).
    Single,
}

impl Wire {
    /// The message in this framing; none where it has no word for it.
    pub fn write(&self, message: &ServerMessage<'_>) -> Option<Vec<u8>> {
        match self {
            Self::Named(name) => Some(write_server_frame(name, message)),
            Self::Single => write_yjs_message(message),
        }
    }
}
