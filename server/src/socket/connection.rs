//! One socket, one task: reads, checks and scans what comes, writes what the room has put into its outbox. Both framings
//! live here: they differ in how a socket is let in and in how a message is read.

use super::{
    Holder,
    farewell::{self, FAREWELL},
    line::{self, Incoming, Line},
    link::{Documents, Link, Many, say},
    pace::{Flood, Pace},
    scanned::{Unfit, count, scanned},
    upgrade::Gate,
};
use crate::room::{
    core::{DENIED, Inbound},
    handle::Connection,
    outbox::{Outbox, OutboxReader, Outgoing},
    pass::Pass,
};
use bytes::Bytes;
use hyper::upgrade::Upgraded;
use metrics::counter;
use protocol::{
    close::Close,
    document::DocumentName,
    frame::{ClientFrame, ClientMessage, ServerMessage, read_client_frame},
    limits::{AUTH_DEADLINE, HEARTBEAT, MESSAGE_BYTES, SILENCE},
    message::{self, PING},
    wire::Wire,
    yjs::read_yjs_message,
};
use std::{
    pin::pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::{sleep_until, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{self, Message};

/// A frame that keeps the client from thinking that we are gone leaves this long before the client would say so.
const BEAT: Duration = Duration::from_secs(HEARTBEAT.as_secs() - 1);
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

/// How a socket is let in.
#[derive(Debug)]
pub(super) enum Entry {
    /// By the ticket in its first Auth frame: many documents, Hocuspocus framing.
    Ticket,
    /// By the pass in its address, if there is one, to the document that the address names, if it is one: y-websocket
    /// framing.
    Pass(Option<Pass>, Option<DocumentName>),
}

/// Whole life of a socket.
pub(super) async fn run(io: Upgraded, gate: Arc<Gate>, entry: Entry) {
    let began = Instant::now();
    let (outbox, waiting) = Outbox::new();
    let (mut incoming, mut line) = line::open(io, outbox.clone()).await;
    let socket = Socket { link: OnceLock::new(), began, heard: AtomicU64::new(0) };
    // Reading and writing go on side by side, so that a slow reader's own words still come in.
    let end = tokio::select! {
        end = read(&mut incoming, &gate, &entry, &outbox, &socket) => end,
        end = write(&mut line, &waiting, &outbox, &socket) => end,
    };
    let was_in = socket.link.get().is_some();
    drop(socket);
    if let End::Close(close) = end {
        if let Some(at) = farewell::not_before(&entry, was_in, close, began, Instant::now()) {
            sleep_until(at.into()).await;
        }
        Box::pin(farewell::say(incoming, line, waiting, close)).await;
    }
    let code = if let End::Close(close) = end { close.code().0 } else { 0 };
    if code != 0 {
        counter!("flipchart_closes_total", "code" => code.to_string()).increment(1);
    }
    tracing::debug!(code, seconds = began.elapsed().as_secs(), "socket closed");
}

/// What reading and writing know of one another. One timer runs for both: it costs as much as a small socket.
struct Socket {
    link: OnceLock<Link>,
    began: Instant,
    /// Milliseconds from the begin to the last frame that came; [`BUSY`] while nothing is read for reasons of ours.
    heard: AtomicU64,
}

/// See [`Socket`].
const BUSY: u64 = u64::MAX;

impl Socket {
    fn hears(&self, now: Instant) {
        let after = now.duration_since(self.began).as_millis();
        self.heard.store(u64::try_from(after).unwrap_or(BUSY), Ordering::Relaxed);
    }

    /// Waits for the room, or for a fast writer's next second.
    async fn pauses(&self, wait: impl Future<Output = ()>) {
        self.heard.store(BUSY, Ordering::Relaxed);
        wait.await;
        self.hears(Instant::now());
    }

    /// When it ends if nothing more is heard, and why.
    fn ends(&self) -> Option<(Instant, Close)> {
        let link = self.link.get()?;
        let session = (link.room.ends(), Close::NoTicket);
        let silence = match self.heard.load(Ordering::Relaxed) {
            BUSY => None,
            heard => Some((self.began + Duration::from_millis(heard) + SILENCE, Close::Slow)),
        };
        silence.into_iter().chain([session]).min_by_key(|(at, _)| *at)
    }
}

/// Lets the device in and takes what it says until one side ends.
async fn read(incoming: &mut Incoming, gate: &Gate, entry: &Entry, outbox: &Outbox, socket: &Socket) -> End {
    let mut pace = Pace::new(Instant::now());
    let admitted = match entry {
        Entry::Ticket => Box::pin(admit(incoming, gate, outbox, &mut pace)).await,
        Entry::Pass(pass, document) => Box::pin(admit_by_pass(gate, pass.clone(), *document, outbox)).await,
    };
    match admitted {
        Ok(admitted) => {
            socket.hears(Instant::now());
            let link = socket.link.get_or_init(|| admitted);
            incoming.let_in(link.room.large());
            Reader { socket, link, gate, pace, outbox }.run(incoming).await
        }
        Err(end) => end,
    }
}

/// Lets a client in by the pass in its address. What it says meanwhile waits in the line.
async fn admit_by_pass(
    gate: &Gate,
    pass: Option<Pass>,
    document: Option<DocumentName>,
    outbox: &Outbox,
) -> Result<Link, End> {
    let pass = pass.ok_or(Close::NoTicket)?;
    let document = document.filter(|document| pass.opens(*document));
    let room = gate.directory.room_of(pass.attendee()).ok_or(Close::NoTicket)?;
    let session = room.passed(pass).await.map_err(|_| Close::Rebuilt)?;
    let session = session.ok_or_else(|| gate.refusal(Close::NoTicket))?;
    let document = document.ok_or(Close::Out)?;
    let holder = Holder { attendee: session.attendee, device: session.device, conference: room.id() };
    let room = enter(gate, holder, outbox).await?;
    if let Some(wait) = room.send(Inbound::Open { document, wire: Wire::Single }) {
        wait.await;
    }
    Ok(Link { room, documents: Documents::One(document) })
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
            Some(holder) => enter(gate, holder, outbox).await.map(|room| (holder, room)),
        };
        match entered {
            Err(close) if !close.is_permanent() => return Err(close.into()),
            Err(close) => {
                say(outbox, name, &ServerMessage::Denied(DENIED));
                // A stock provider comes back a second after any code (SPEC CLOSE2).
                tokio::time::sleep_until(deadline).await;
                return Err(close.into());
            }
            Ok((holder, room)) => {
                let link = Link { room, documents: Documents::Many(Many::of(holder, token)) };
                if let Documents::Many(many) = &link.documents
                    && let Some(open) = link.open(many, gate, name, token, outbox)
                    && let Some(wait) = link.room.send(open)
                {
                    wait.await;
                }
                return Ok(link);
            }
        }
    }
}

/// A socket in the room. A room that has woken while the service stops says goodbye to nobody, so its sockets hear it here.
async fn enter(gate: &Gate, holder: Holder, outbox: &Outbox) -> Result<Connection, Close> {
    let Holder { attendee, device, .. } = holder;
    let room = gate.directory.room_of(attendee).ok_or_else(|| gate.refusal(Close::Out))?;
    let admitted = room.connect(attendee, device, outbox.clone()).await.map_err(|_| Close::Rebuilt)?;
    let admitted = admitted.ok_or_else(|| gate.refusal(Close::Out))?;
    if gate.directory.is_ending() { Err(Close::Restart) } else { Ok(admitted) }
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
            tungstenite::Error::AttackAttempt => Err(Close::Flood.into()),
            tungstenite::Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => {
                Err(End::Gone)
            }
            tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => Err(Close::BadFrame.into()),
            _ => Err(End::Gone),
        },
    }
}

struct Reader<'a> {
    socket: &'a Socket,
    link: &'a Link,
    gate: &'a Gate,
    pace: Pace,
    outbox: &'a Outbox,
}

impl Reader<'_> {
    async fn run(&mut self, incoming: &mut Incoming) -> End {
        loop {
            let message = incoming.next().await;
            let now = Instant::now();
            if now >= self.link.room.ends() {
                return Close::NoTicket.into();
            }
            self.socket.hears(now);
            let taken = content(message, &mut self.pace).and_then(|bytes| match bytes {
                Some(bytes) => self.take(&bytes),
                None => Ok(None),
            });
            let wait = match taken {
                Ok(inbound) => inbound.and_then(|inbound| self.link.room.send(inbound)),
                Err(end) => return end,
            };
            if let Some(wait) = wait {
                self.socket.pauses(wait).await;
            }
            if let Some(until) = self.pace.message(now) {
                Box::pin(self.socket.pauses(sleep_until(until.into()))).await;
            }
        }
    }

    /// What the room is told of a message.
    fn take(&mut self, bytes: &[u8]) -> Result<Option<Inbound>, End> {
        match &self.link.documents {
            Documents::Many(many) => self.take_named(many, bytes),
            Documents::One(document) => {
                let message = read_yjs_message(bytes).map_err(|_| Close::BadFrame)?;
                count(message);
                self.told(*document, message, bytes.len())
            }
        }
    }

    fn take_named(&mut self, many: &Many, bytes: &[u8]) -> Result<Option<Inbound>, End> {
        let (name, message) = match read_client_frame(bytes).map_err(|_| Close::BadFrame)? {
            ClientFrame::Document { name, message } => (name, message),
            ClientFrame::Ping => {
                self.pace.empty(Instant::now())?;
                self.outbox.offer(message::binary(PONG).into());
                return Ok(None);
            }
            ClientFrame::Pong => {
                self.pace.empty(Instant::now())?;
                return Ok(None);
            }
        };
        if let ClientMessage::Auth { token, .. } = message {
            return Ok(self.link.open(many, self.gate, name, token, self.outbox));
        }
        if matches!(message, ClientMessage::Stateless | ClientMessage::Pong) {
            self.pace.empty(Instant::now())?;
        }
        count(message);
        let document = match message {
            ClientMessage::Close => many.names().close(name),
            _ => many.names().find(name),
        };
        match document {
            Some(document) => self.told(document, message, bytes.len()),
            None if is_too_large(&message, bytes.len()) => Err(Close::TooLarge.into()),
            None => Ok(None),
        }
    }

    /// What the room is told of a message, if it is a matter of the room's.
    fn told(
        &mut self,
        document: DocumentName,
        message: ClientMessage<'_>,
        bytes: usize,
    ) -> Result<Option<Inbound>, End> {
        if is_too_large(&message, bytes) {
            return Err(Close::TooLarge.into());
        }
        let unfit = match scanned(document, message) {
            Ok(inbound) => return Ok(inbound),
            Err(Unfit::Question) => return Err(Close::BadFrame.into()),
            Err(unfit) => unfit,
        };
        self.pace.empty(Instant::now())?;
        Ok((unfit == Unfit::Edit).then_some(Inbound::Refused { document }))
    }
}

/// Only a step 2 may hold all that was written while away (SPEC LIM1).
fn is_too_large(message: &ClientMessage<'_>, bytes: usize) -> bool {
    bytes > MESSAGE_BYTES && !matches!(message, ClientMessage::Step2(_))
}

/// Writes what waits. One taking of the outbox is one write; while the line is full, what comes waits in the outbox.
async fn write(line: &mut Line, waiting: &OutboxReader, outbox: &Outbox, socket: &Socket) -> End {
    let link = &socket.link;
    let mut beat = Instant::now() + BEAT;
    let mut clock = pin!(sleep_until(beat.into()));
    loop {
        let idle = line.is_empty();
        let due = socket.ends().map_or(beat, |(at, _)| at.min(beat)).into();
        if due < clock.deadline() {
            clock.as_mut().reset(due);
        }
        tokio::select! {
            biased;
            () = &mut clock => {
                let now = Instant::now();
                if let Some((_, why)) = socket.ends().filter(|(at, _)| *at <= now) {
                    return why.into();
                }
                if now >= beat {
                    if line.is_stalled() {
                        return Close::Slow.into();
                    }
                    outbox.offer(Bytes::from_static(&PING));
                    if let Some(sign) = link.get().and_then(Link::still_here) {
                        outbox.offer(message::binary(&sign).into());
                    }
                    beat = now + BEAT;
                }
                clock.as_mut().reset(beat.into());
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
                    if let Some(wait) = link.get().and_then(|link| link.room.send(Inbound::CaughtUp)) {
                        wait.await;
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

    /// What a task takes as long as it lives, whatever it does at the moment.
    fn bytes_of<A, B, C, F>(_: fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn lim9_an_idle_socket_is_small() {
        let bytes = bytes_of(run);
        // 2,200 where this was written; twice that when every wait of a message lay in it.
        assert!(bytes <= 2_304, "{bytes} bytes");
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
