//! One socket, one task: reads, checks and scans what comes, writes what the room has put into its outbox.

use super::{
    Holder,
    line::{self, Incoming, Line},
    names::Names,
    pace::{Flood, Pace},
    tickets,
    upgrade::Gate,
};
use crate::room::{
    core::{DENIED, Inbound},
    handle::Connection,
    outbox::{Outbox, OutboxReader, Outgoing},
};
use bytes::Bytes;
use hyper::upgrade::Upgraded;
use metrics::counter;
use protocol::{
    close::Close,
    document::DocumentName,
    frame::{ClientFrame, ClientMessage, ServerMessage, read_client_frame, write_server_frame},
    limits::{AUTH_DEADLINE, HEARTBEAT, MESSAGE_BYTES, SILENCE},
    message::{self, PING},
    scan::{Roots, scan_awareness, scan_state_vector, scan_update, write_awareness},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval_at, sleep_until, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{self, Message};

/// A frame that keeps the client from thinking that we are gone leaves this long before the client would say so.
const BEAT: Duration = Duration::from_secs(HEARTBEAT.as_secs() - 1);
/// A closing socket gets this long to take its last frames and to read why.
const FAREWELL: Duration = Duration::from_secs(3);
/// Hocuspocus' one-byte answer to a ping.
const PONG: &[u8] = &[10];

/// How a socket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The other side went.
    Gone,
    /// We close it.
    Close(Close),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

impl From<Flood> for End {
    fn from(_: Flood) -> Self {
        Self::Close(Close::Flood)
    }
}

/// Whole life of a socket.
pub(super) async fn run(io: Upgraded, gate: Arc<Gate>) {
    let _open = gate.opened();
    let began = Instant::now();
    let (outbox, waiting) = Outbox::new();
    let (mut incoming, mut line) = line::open(io, outbox.clone()).await;
    let link = OnceLock::new();
    // Reading and writing go on side by side, so that a slow reader's own words still come in.
    let end = tokio::select! {
        end = read(&mut incoming, &gate, &outbox, &link) => end,
        end = write(&mut line, &waiting, &outbox, &link) => end,
    };
    drop(link);
    if let End::Close(close) = end {
        Box::pin(farewell(incoming, line, waiting, close)).await;
    }
    let code = if let End::Close(close) = end { close.code().0 } else { 0 };
    if code != 0 {
        counter!("flipchart_closes_total", "code" => code.to_string()).increment(1);
    }
    tracing::debug!(code, seconds = began.elapsed().as_secs(), "socket closed");
}

/// Says why, then lets the other side read it: data left unread in our buffers would reset the line at once.
async fn farewell(mut incoming: Incoming, mut line: Line, waiting: OutboxReader, close: Close) {
    // Whoever is out gets nothing of what is on its way, and a close cannot begin in the middle of a message.
    if close == Close::Out && !line.is_empty() {
        return;
    }
    line.add(waiting.take());
    line.add([message::close(close).into()]);
    let said = async {
        if line.flush().await.is_ok() {
            while let Some(Ok(_)) = incoming.next().await {}
        }
    };
    if timeout(FAREWELL, said).await.is_ok() && close == Close::TooLarge {
        // The rest of a message that was never read is still on its way.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// What an admitted socket is tied to.
struct Link {
    holder: Holder,
    ticket: [u8; 32],
    room: Connection,
    names: Mutex<Names>,
}

impl Link {
    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An Auth frame of a document on a socket that has been admitted.
    async fn open(&self, name: &str, token: &str, outbox: &Outbox) {
        let opened = match tickets::hash_of(token) == self.ticket {
            true => self.names().open(name, self.holder.conference).ok(),
            false => None,
        };
        match opened {
            Some(document) => self.room.send(Inbound::Open { document, wire_name: name.to_owned() }).await,
            None => say(outbox, name, &ServerMessage::Denied(DENIED)),
        }
    }
}

/// An answer of the socket itself.
fn say(outbox: &Outbox, name: &str, message: &ServerMessage<'_>) {
    outbox.offer(message::binary(&write_server_frame(name, message)).into());
}

/// Lets the device in and takes what it says until one side ends.
async fn read(incoming: &mut Incoming, gate: &Gate, outbox: &Outbox, link: &OnceLock<Link>) -> End {
    let mut pace = Pace::new(Instant::now());
    match Box::pin(admit(incoming, gate, outbox, &mut pace)).await {
        Ok(admitted) => {
            let link = link.get_or_init(|| admitted);
            Reader { link, pace, outbox }.run(incoming).await
        }
        Err(end) => end,
    }
}

/// Waits for the first Auth frame. Others are dropped: the document's step 2 brings their content again.
async fn admit(incoming: &mut Incoming, gate: &Gate, outbox: &Outbox, pace: &mut Pace) -> Result<Link, End> {
    let deadline = tokio::time::Instant::now() + AUTH_DEADLINE;
    loop {
        let message = timeout_at(deadline, incoming.next()).await.map_err(|_| Close::NoTicket)?;
        let bytes = match content(message, pace)? {
            Some(bytes) => bytes,
            None => continue,
        };
        let (name, token) = match read_client_frame(&bytes).map_err(|_| Close::BadFrame)? {
            ClientFrame::Document { name, message: ClientMessage::Auth { token, .. } } => (name, token),
            ClientFrame::Document { .. } => continue,
            ClientFrame::Ping | ClientFrame::Pong => {
                pace.empty(Instant::now())?;
                continue;
            }
        };
        let entered = match gate.tickets.redeem(token, Instant::now()) {
            None => Err(Close::NoTicket),
            Some(holder) => enter(gate, holder, outbox).await.map(|room| (holder, room)).ok_or(Close::Out),
        };
        match entered {
            Err(close) => {
                say(outbox, name, &ServerMessage::Denied(DENIED));
                return Err(close.into());
            }
            Ok((holder, room)) => {
                let link = Link { holder, ticket: tickets::hash_of(token), room, names: Mutex::default() };
                link.open(name, token, outbox).await;
                return Ok(link);
            }
        }
    }
}

async fn enter(gate: &Gate, holder: Holder, outbox: &Outbox) -> Option<Connection> {
    let room = gate.directory.room_of(holder.attendee)?;
    room.connect(holder.attendee, holder.device, outbox.clone()).await
}

/// The bytes of a data frame; None for a control frame, which the library has answered.
fn content(
    message: Option<Result<Message, tungstenite::Error>>,
    pace: &mut Pace,
) -> Result<Option<Bytes>, End> {
    match message {
        Some(Ok(Message::Binary(bytes))) if !bytes.is_empty() => Ok(Some(bytes)),
        Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {
            pace.empty(Instant::now())?;
            Ok(None)
        }
        Some(Ok(Message::Text(_) | Message::Frame(_))) => Err(Close::BadFrame.into()),
        None | Some(Ok(Message::Close(_))) => Err(End::Gone),
        Some(Err(error)) => match error {
            tungstenite::Error::Capacity(_) => Err(Close::TooLarge.into()),
            tungstenite::Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => {
                Err(End::Gone)
            }
            tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => Err(Close::BadFrame.into()),
            _ => Err(End::Gone),
        },
    }
}

struct Reader<'a> {
    link: &'a Link,
    pace: Pace,
    outbox: &'a Outbox,
}

impl Reader<'_> {
    async fn run(&mut self, incoming: &mut Incoming) -> End {
        loop {
            let Ok(message) = timeout(SILENCE, incoming.next()).await else { return Close::Slow.into() };
            let taken = match content(message, &mut self.pace) {
                Ok(Some(bytes)) => self.take(&bytes).await,
                Ok(None) => Ok(()),
                Err(end) => Err(end),
            };
            if let Err(end) = taken {
                return end;
            }
            if let Some(until) = self.pace.message(Instant::now()) {
                sleep_until(until.into()).await;
            }
        }
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<(), End> {
        let (name, message) = match read_client_frame(bytes).map_err(|_| Close::BadFrame)? {
            ClientFrame::Document { name, message } => (name, message),
            ClientFrame::Ping => {
                self.pace.empty(Instant::now())?;
                self.outbox.offer(message::binary(PONG).into());
                return Ok(());
            }
            ClientFrame::Pong => return Ok(self.pace.empty(Instant::now())?),
        };
        if bytes.len() > MESSAGE_BYTES && !matches!(message, ClientMessage::Step2(_)) {
            return Err(Close::TooLarge.into());
        }
        if let ClientMessage::Auth { token, .. } = message {
            self.link.open(name, token, self.outbox).await;
            return Ok(());
        }
        if matches!(message, ClientMessage::Stateless | ClientMessage::Pong) {
            self.pace.empty(Instant::now())?;
            return Ok(());
        }
        let document = match message {
            ClientMessage::Close => self.link.names().close(name),
            _ => self.link.names().find(name),
        };
        counter!("flipchart_messages_total", "what" => what(message)).increment(1);
        if let Some(document) = document
            && let Some(inbound) = scanned(document, message)?
        {
            self.link.room.send(inbound).await;
        }
        Ok(())
    }
}

/// A message of an open document, scanned. Nothing that the scanner refuses reaches the room (SPEC SCAN).
fn scanned(document: DocumentName, message: ClientMessage<'_>) -> Result<Option<Inbound>, Close> {
    Ok(Some(match message {
        ClientMessage::Step1(state_vector) => {
            scan_state_vector(state_vector).map_err(|_| Close::BadFrame)?;
            Inbound::Step1 { document, state_vector: state_vector.to_vec() }
        }
        ClientMessage::Step2(update) | ClientMessage::Update(update) => {
            // A stock client answers our step 1 with all it has, in a document that it may only read too: whether any
            // of it is news is for the room to judge.
            let roots = match document.kind.is_server_written() {
                true => Roots::Any,
                false => Roots::Only(document.kind.client_roots()),
            };
            let touched = scan_update(update, roots).map_err(|error| {
                tracing::warn!(kind = kind_of(document), %error, bytes = update.len(), "update refused by the scanner");
                counter!("flipchart_refused_total", "why" => "scanner").increment(1);
                Close::BadFrame
            })?;
            Inbound::Update { document, update: update.to_vec(), touched }
        }
        ClientMessage::Awareness(entries) => {
            Inbound::Awareness { document, entries: scan_awareness(entries).map_err(|_| Close::BadFrame)? }
        }
        ClientMessage::QueryAwareness => Inbound::QueryAwareness { document },
        ClientMessage::Close => Inbound::Close { document },
        ClientMessage::Auth { .. } | ClientMessage::Stateless | ClientMessage::Pong => return Ok(None),
    }))
}

/// What a message is, for the measures.
fn what(message: ClientMessage<'_>) -> &'static str {
    match message {
        ClientMessage::Step1(_) => "step1",
        ClientMessage::Step2(_) => "step2",
        ClientMessage::Update(_) => "update",
        ClientMessage::Awareness(_) | ClientMessage::QueryAwareness => "awareness",
        ClientMessage::Auth { .. } | ClientMessage::Close => "door",
        ClientMessage::Stateless | ClientMessage::Pong => "empty",
    }
}

/// The kind without whose it is, for the log.
fn kind_of(document: DocumentName) -> &'static str {
    use protocol::document::Kind;
    match document.kind {
        Kind::Stage => "stage",
        Kind::Proceedings(_) => "proceedings",
        Kind::Record(_) => "record",
        Kind::Desk => "desk",
        Kind::Board(_) => "board",
        Kind::Plan(_) => "plan",
        Kind::Seat(_) => "seat",
    }
}

/// Writes what waits. One taking of the outbox is one write; while the line is full, what comes waits in the outbox.
async fn write(line: &mut Line, waiting: &OutboxReader, outbox: &Outbox, link: &OnceLock<Link>) -> End {
    let mut beat = interval_at(tokio::time::Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let idle = line.is_empty();
        tokio::select! {
            biased;
            _ = beat.tick() => {
                if line.is_stalled() {
                    return Close::Slow.into();
                }
                outbox.offer(Bytes::from_static(&PING));
                if let Some(name) = link.get().and_then(|link| link.names().any().map(str::to_owned)) {
                    say(outbox, &name, &ServerMessage::Awareness(&write_awareness(&[])));
                }
            }
            outgoing = waiting.next(), if idle => match outgoing {
                Outgoing::Bytes(pieces) => line.add(pieces),
                Outgoing::Close(close, pieces) => {
                    line.add(pieces);
                    return match timeout(FAREWELL, line.flush()).await {
                        Ok(Ok(())) => close.into(),
                        // Too slow to be told anything.
                        Ok(Err(_)) | Err(_) => End::Gone,
                    };
                }
                Outgoing::CaughtUp => {
                    if let Some(link) = link.get() {
                        link.room.send(Inbound::CaughtUp).await;
                    }
                }
            },
            wrote = line.flush(), if !idle => {
                if wrote.is_err() {
                    return End::Gone;
                }
            }
            () = waiting.out(), if !idle => return Close::Out.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        document::{Audience, Kind},
        id::ConferenceId,
    };

    fn board() -> DocumentName {
        DocumentName::new(ConferenceId::from_random([1; 10]), Kind::Board(Audience::All))
    }

    #[test]
    fn close1_what_the_scanner_refuses_is_a_bad_frame() {
        for message in [
            ClientMessage::Step1(&[0xff]),
            ClientMessage::Update(&[1]),
            ClientMessage::Step2(&[]),
            ClientMessage::Awareness(&[1, 1]),
        ] {
            assert!(matches!(scanned(board(), message), Err(Close::BadFrame)));
        }
    }

    #[test]
    fn sync3_an_empty_step_two_of_a_stock_client_reaches_the_room() {
        let inbound = scanned(board(), ClientMessage::Step2(&[0, 0])).expect("an empty update is fine");
        assert!(matches!(inbound, Some(Inbound::Update { .. })));
    }

    #[test]
    fn right1_a_client_that_answers_a_server_written_document_with_its_content_is_not_cut_off() {
        // Client 5 sets key "a" of root "stage" to 1: what a reader's step 2 holds when the server wrote it.
        let update = [1, 1, 5, 0, 0x28, 1, 5, b's', b't', b'a', b'g', b'e', 1, b'a', 1, 0x7d, 1, 0];
        let stage = DocumentName { kind: Kind::Stage, ..board() };
        assert!(scanned(stage, ClientMessage::Step2(&update)).is_ok());
        assert!(matches!(scanned(board(), ClientMessage::Step2(&update)), Err(Close::BadFrame)));
    }

    #[test]
    fn lim1_text_and_protocol_errors_close_and_a_lost_line_does_not() {
        let mut pace = Pace::new(Instant::now());
        let bad = content(Some(Ok(Message::Text("hello".into()))), &mut pace);
        assert_eq!(bad, Err(End::Close(Close::BadFrame)));
        let large = tungstenite::Error::Capacity(tungstenite::error::CapacityError::MessageTooLong {
            size: 2,
            max_size: 1,
        });
        assert_eq!(content(Some(Err(large)), &mut pace), Err(End::Close(Close::TooLarge)));
        let lost = tungstenite::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert_eq!(content(Some(Err(lost)), &mut pace), Err(End::Gone));
        assert_eq!(content(None, &mut pace), Err(End::Gone));
    }
}
