//! Messages of `GET /yjs/<document>`: the framing of `y-websocket` and `pycrdt`, one document a socket (SPEC YJS1).
//!
//! A message is a kind and that kind's body; nothing may follow. The framing has no word for "saved" or "read-only".

use crate::frame::{ClientMessage, ServerMessage, read_sync, write_sync};
use crate::lib0::{DecodeError, Reader, Writer};

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const AUTH: u64 = 2;
const QUERY_AWARENESS: u64 = 3;

const PERMISSION_DENIED: u64 = 0;

/// What an author is told whose edit is not taken (SPEC YJS4).
pub const NOT_TAKEN: &str = "not taken: this copy is read-only now";

/// Reads one message of a client. Everything is borrowed from it.
///
/// Refused: kinds that nobody sends us (2, Auth, is the server's word), and a message that is shorter or longer than
/// what it says.
pub fn read_yjs_message(bytes: &[u8]) -> Result<ClientMessage<'_>, DecodeError> {
    let mut reader = Reader::new(bytes);
    let message = match reader.number("kind of message")? {
        SYNC => read_sync(&mut reader)?,
        AWARENESS => ClientMessage::Awareness(reader.buffer("awareness")?),
        QUERY_AWARENESS => ClientMessage::QueryAwareness,
        other => return reader.unknown("kind of message", 0, other),
    };
    reader.end("end of message")?;
    Ok(message)
}

/// Writes one message of the server; none where this framing has no word for it.
pub fn write_yjs_message(message: &ServerMessage<'_>) -> Option<Vec<u8>> {
    let mut writer = Writer::default();
    match message {
        ServerMessage::Authenticated(_)
        | ServerMessage::SyncStatus(true)
        | ServerMessage::Close(_)
        | ServerMessage::Stateless(_) => return None,
        ServerMessage::Denied(why) => denied(&mut writer, why),
        ServerMessage::SyncStatus(false) => denied(&mut writer, NOT_TAKEN),
        ServerMessage::Awareness(bytes) => {
            writer = Writer::with_capacity(bytes.len() + HEAD);
            writer.number(AWARENESS);
            writer.buffer(bytes);
        }
        ServerMessage::Step1(bytes) | ServerMessage::Step2(bytes) | ServerMessage::Update(bytes) => {
            writer = Writer::with_capacity(bytes.len() + HEAD);
            write_sync(&mut writer, message);
        }
    }
    Some(writer.finish())
}

/// Two kinds of one byte and a length of at most five.
const HEAD: usize = 7;

/// The one word of y-protocols' Auth: stock clients warn of it and stay.
fn denied(writer: &mut Writer, why: &str) {
    writer.number(AUTH);
    writer.number(PERMISSION_DENIED);
    writer.text(why);
}
