//! The client's side of the framing, written from the provider's behaviour and not from the service's code: a fault
//! in the service's codec shows here.

use protocol::{
    document::Access,
    frame::{ClientMessage, ServerMessage},
    lib0::{DecodeError, Reader, Writer},
};

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const AUTH: u64 = 2;
const QUERY_AWARENESS: u64 = 3;
const STATELESS: u64 = 5;
const CLOSE: u64 = 7;
const SYNC_STATUS: u64 = 8;

/// One frame as the stock provider writes it.
///
/// # Panics
/// On messages that no provider of ours sends: stateless and pong.
pub fn write_client_frame(name: &str, message: &ClientMessage<'_>) -> Vec<u8> {
    let mut writer = Writer::with_capacity(name.len() + 64);
    writer.text(name);
    match message {
        ClientMessage::Auth { token, version } => {
            writer.number(AUTH);
            writer.number(0);
            writer.text(token);
            if let Some(version) = version {
                writer.text(version);
            }
        }
        ClientMessage::Step1(bytes) => write_sync(&mut writer, 0, bytes),
        ClientMessage::Step2(bytes) => write_sync(&mut writer, 1, bytes),
        ClientMessage::Update(bytes) => write_sync(&mut writer, 2, bytes),
        ClientMessage::Awareness(bytes) => {
            writer.number(AWARENESS);
            writer.buffer(bytes);
        }
        ClientMessage::QueryAwareness => writer.number(QUERY_AWARENESS),
        ClientMessage::Close => writer.number(CLOSE),
        ClientMessage::Stateless | ClientMessage::Pong => panic!("no provider of ours sends {message:?}"),
    }
    writer.finish()
}

fn write_sync(writer: &mut Writer, kind: u64, bytes: &[u8]) {
    writer.number(SYNC);
    writer.number(kind);
    writer.buffer(bytes);
}

/// One frame of the service: the document's name and the message.
///
/// # Errors
/// The frame is not one that a stock provider understands.
pub fn read_server_frame(bytes: &[u8]) -> Result<(&str, ServerMessage<'_>), DecodeError> {
    let mut reader = Reader::new(bytes);
    let name = reader.text("document name")?;
    let at = reader.position();
    let message = match reader.number("kind of frame")? {
        SYNC => {
            let at = reader.position();
            match reader.number("kind of sync message")? {
                0 => ServerMessage::Step1(reader.buffer("state vector")?),
                1 => ServerMessage::Step2(reader.buffer("step 2")?),
                2 => ServerMessage::Update(reader.buffer("update")?),
                other => return reader.unknown("kind of sync message", at, other),
            }
        }
        AWARENESS => ServerMessage::Awareness(reader.buffer("awareness")?),
        AUTH => {
            let at = reader.position();
            match reader.number("kind of auth message")? {
                1 => ServerMessage::Denied(reader.text("reason")?),
                2 if reader.text("scope")? == "readonly" => ServerMessage::Authenticated(Access::Read),
                2 => ServerMessage::Authenticated(Access::Write),
                other => return reader.unknown("kind of auth message", at, other),
            }
        }
        STATELESS => ServerMessage::Stateless(reader.text("words")?),
        CLOSE => ServerMessage::Close(reader.text("reason")?),
        SYNC_STATUS => ServerMessage::SyncStatus(reader.signed("sync status")? == 1),
        other => return reader.unknown("kind of frame", at, other),
    };
    reader.end("end of frame")?;
    Ok((name, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::frame::{ClientFrame, read_client_frame, write_server_frame};

    #[test]
    fn what_a_client_writes_the_service_reads() {
        let messages = [
            ClientMessage::Auth { token: "t", version: None },
            ClientMessage::Auth { token: "t", version: Some("4.8.0") },
            ClientMessage::Step1(&[1, 2]),
            ClientMessage::Step2(&[]),
            ClientMessage::Update(&[3; 300]),
            ClientMessage::Awareness(&[0]),
            ClientMessage::QueryAwareness,
            ClientMessage::Close,
        ];
        for message in messages {
            let frame = write_client_frame("c/board.all", &message);
            assert_eq!(read_client_frame(&frame), Ok(ClientFrame::Document { name: "c/board.all", message }));
        }
    }

    #[test]
    fn what_the_service_writes_a_client_reads() {
        let messages = [
            ServerMessage::Authenticated(Access::Read),
            ServerMessage::Authenticated(Access::Write),
            ServerMessage::Denied("no"),
            ServerMessage::Step1(&[0]),
            ServerMessage::Step2(&[7; 200]),
            ServerMessage::Update(&[1]),
            ServerMessage::Awareness(&[0]),
            ServerMessage::SyncStatus(true),
            ServerMessage::SyncStatus(false),
            ServerMessage::Close("gone"),
            ServerMessage::Stateless("{}"),
        ];
        for message in messages {
            let frame = write_server_frame("c/board.all", &message);
            assert_eq!(read_server_frame(&frame), Ok(("c/board.all", message)));
        }
    }
}
