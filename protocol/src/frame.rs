//! Frames of `GET /sync`: Hocuspocus framing as its stock provider speaks it, versions 2 to 4 (SPEC FRAME1).
//!
//! A frame is the document's name, a kind, and that kind's body; nothing may follow. A keep-alive frame is one byte.

use crate::document::Access;
use crate::lib0::{DecodeError, Reader, Writer};

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const AUTH: u64 = 2;
const QUERY_AWARENESS: u64 = 3;
const STATELESS: u64 = 5;
const CLOSE: u64 = 7;
const SYNC_STATUS: u64 = 8;
const PING: u64 = 9;
const PONG: u64 = 10;

const STEP_1: u64 = 0;
const STEP_2: u64 = 1;
const UPDATE: u64 = 2;

const TOKEN: u64 = 0;
const DENIED: u64 = 1;
const AUTHENTICATED: u64 = 2;

/// What a client says about one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientMessage<'a> {
    /// May I open this document? Providers since 4.0 add their version.
    Auth {
        /// The ticket.
        token: &'a str,
        /// Version of the provider, where it says so.
        version: Option<&'a str>,
    },
    /// The state vector of what the client has; asks for the rest.
    Step1(&'a [u8]),
    /// All that the server lacked, an update.
    Step2(&'a [u8]),
    /// A fresh edit.
    Update(&'a [u8]),
    /// Awareness entries.
    Awareness(&'a [u8]),
    /// Asks for everybody's awareness.
    QueryAwareness,
    /// The client leaves this document and keeps the socket.
    Close,
    /// A message outside the documents. We have no use for it.
    Stateless,
    /// An answer to a ping that names a document. No stock provider sends one.
    Pong,
}

/// One message of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientFrame<'a> {
    /// About one document.
    Document {
        /// The name as it was written. Still to be parsed.
        name: &'a str,
        /// What is said.
        message: ClientMessage<'a>,
    },
    /// Are you there?
    Ping,
    /// Here I am.
    Pong,
}

/// What the server says about one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerMessage<'a> {
    /// The document is open, with this access.
    Authenticated(Access),
    /// The document stays closed, and why.
    Denied(&'a str),
    /// The state vector of what the server has; asks for the rest.
    Step1(&'a [u8]),
    /// All that the client lacked.
    Step2(&'a [u8]),
    /// A fresh edit.
    Update(&'a [u8]),
    /// Awareness entries.
    Awareness(&'a [u8]),
    /// One step 2 or update of the client was saved (true) or will never be taken (false).
    SyncStatus(bool),
    /// The document is closed on this socket, and why.
    Close(&'a str),
    /// Words beside the document, stored nowhere (SPEC FRAME1).
    Stateless(&'a str),
}

/// Reads one message of a client. Everything is borrowed from it.
///
/// Refused: kinds that only servers send (4 SyncReply, 6 BroadcastStateless, 8 SyncStatus), kinds nobody knows, and
/// a frame that is shorter or longer than what it says.
pub fn read_client_frame(bytes: &[u8]) -> Result<ClientFrame<'_>, DecodeError> {
    match bytes {
        [byte] if u64::from(*byte) == PING => return Ok(ClientFrame::Ping),
        [byte] if u64::from(*byte) == PONG => return Ok(ClientFrame::Pong),
        _ => {}
    }
    let mut reader = Reader::new(bytes);
    let name = reader.text("document name")?;
    let at = reader.position();
    let message = match reader.number("kind of frame")? {
        SYNC => read_sync(&mut reader)?,
        AWARENESS => ClientMessage::Awareness(reader.buffer("awareness")?),
        AUTH => read_auth(&mut reader)?,
        QUERY_AWARENESS => ClientMessage::QueryAwareness,
        STATELESS => {
            reader.text("stateless payload")?;
            ClientMessage::Stateless
        }
        CLOSE => ClientMessage::Close,
        PONG => ClientMessage::Pong,
        other => return reader.unknown("kind of frame", at, other),
    };
    reader.end("end of frame")?;
    Ok(ClientFrame::Document { name, message })
}

pub(crate) fn read_sync<'a>(reader: &mut Reader<'a>) -> Result<ClientMessage<'a>, DecodeError> {
    let at = reader.position();
    match reader.number("kind of sync message")? {
        STEP_1 => Ok(ClientMessage::Step1(reader.buffer("state vector")?)),
        STEP_2 => Ok(ClientMessage::Step2(reader.buffer("step 2")?)),
        UPDATE => Ok(ClientMessage::Update(reader.buffer("update")?)),
        other => reader.unknown("kind of sync message", at, other),
    }
}

fn read_auth<'a>(reader: &mut Reader<'a>) -> Result<ClientMessage<'a>, DecodeError> {
    let at = reader.position();
    match reader.number("kind of auth message")? {
        TOKEN => {
            let token = reader.text("token")?;
            let version = if reader.left() > 0 { Some(reader.text("provider version")?) } else { None };
            Ok(ClientMessage::Auth { token, version })
        }
        other => reader.unknown("kind of auth message", at, other),
    }
}

/// Writes one message of the server. `name` is the name exactly as the client wrote it.
pub fn write_server_frame(name: &str, message: &ServerMessage<'_>) -> Vec<u8> {
    let body = match message {
        ServerMessage::Step1(bytes)
        | ServerMessage::Step2(bytes)
        | ServerMessage::Update(bytes)
        | ServerMessage::Awareness(bytes) => bytes.len(),
        ServerMessage::Denied(words) | ServerMessage::Close(words) | ServerMessage::Stateless(words) => {
            words.len()
        }
        ServerMessage::Authenticated(_) | ServerMessage::SyncStatus(_) => 10,
    };
    // Two lengths of at most five bytes and two kinds of one byte.
    let mut writer = Writer::with_capacity(name.len() + body + 12);
    writer.text(name);
    match message {
        ServerMessage::Authenticated(access) => {
            writer.number(AUTH);
            writer.number(AUTHENTICATED);
            writer.text(match access {
                Access::Read => "readonly",
                Access::Write => "read-write",
            });
        }
        ServerMessage::Denied(reason) => {
            writer.number(AUTH);
            writer.number(DENIED);
            writer.text(reason);
        }
        ServerMessage::Step1(_) | ServerMessage::Step2(_) | ServerMessage::Update(_) => {
            write_sync(&mut writer, message);
        }
        ServerMessage::Awareness(bytes) => {
            writer.number(AWARENESS);
            writer.buffer(bytes);
        }
        ServerMessage::SyncStatus(saved) => {
            writer.number(SYNC_STATUS);
            writer.signed(i64::from(*saved));
        }
        ServerMessage::Close(reason) => {
            writer.number(CLOSE);
            writer.text(reason);
        }
        ServerMessage::Stateless(words) => {
            writer.number(STATELESS);
            writer.text(words);
        }
    }
    writer.finish()
}

/// Writes a step 1, step 2 or update; anything else is no sync message and is left out.
pub(crate) fn write_sync(writer: &mut Writer, message: &ServerMessage<'_>) {
    let (kind, bytes) = match message {
        ServerMessage::Step1(bytes) => (STEP_1, bytes),
        ServerMessage::Step2(bytes) => (STEP_2, bytes),
        ServerMessage::Update(bytes) => (UPDATE, bytes),
        _ => return,
    };
    writer.number(SYNC);
    writer.number(kind);
    writer.buffer(bytes);
}
