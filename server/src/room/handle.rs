//! How the edge speaks to a room: a cheap handle over its inbox. Every answer is durable before it is given.

use super::{
    actor::Message,
    commands::{Edit, Prepared},
    core::{ConnId, Inbound, Session, WayInCheck, not_saved},
    outbox::Outbox,
    pass::Pass,
};
use crate::meeting::{attendee::TokenHash, conference::Record};
use ballot_box::BALLOT_BYTES;
use protocol::{
    command::{Outcome, Request},
    id::{AttendeeId, ConferenceId, RecordId, RoundId},
    people::Place,
};
use std::{
    pin::Pin,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

/// Nothing can be kept at the moment; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be saved at the moment; try again")]
pub struct NotSaved;

/// One room.
#[derive(Clone)]
pub struct RoomHandle {
    id: ConferenceId,
    inbox: mpsc::Sender<Message>,
}

impl std::fmt::Debug for RoomHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RoomHandle").field(&self.id).finish()
    }
}

impl RoomHandle {
    pub(super) fn new(id: ConferenceId, inbox: mpsc::Sender<Message>) -> Self {
        Self { id, inbox }
    }

    /// Which conference.
    pub fn id(&self) -> ConferenceId {
        self.id
    }

    /// Sends a message and waits for its answer; none when the room has ended.
    async fn asks<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(message(reply)).await.ok()?;
        answer.await.ok()
    }

    /// The way in of an attendee, if they have one and may use it.
    pub async fn way_in(&self, attendee: AttendeeId) -> Option<WayInCheck> {
        self.asks(|reply| Message::WayIn(attendee, reply)).await.flatten()
    }

    /// Link and PIN were right (opens a device with this session) or wrong (counts a try).
    ///
    /// # Errors
    /// [`NotSaved`].
    pub async fn enter(
        &self,
        attendee: AttendeeId,
        token: Option<TokenHash>,
    ) -> Result<Option<Session>, NotSaved> {
        self.asks(|reply| Message::Enter(attendee, token, reply)).await.unwrap_or(Err(NotSaved))
    }

    /// Somebody with the room's code, as a new attendee who waits.
    ///
    /// # Errors
    /// [`NotSaved`].
    pub async fn knock(
        &self,
        attendee: AttendeeId,
        name: String,
        place: Place,
        token: TokenHash,
    ) -> Result<Option<Session>, NotSaved> {
        self.asks(|reply| Message::Knock(attendee, name, place, token, reply)).await.unwrap_or(Err(NotSaved))
    }

    /// The session of a token.
    pub async fn session(&self, attendee: AttendeeId, token: TokenHash) -> Option<Session> {
        self.asks(|reply| Message::Session(attendee, token, reply)).await.flatten()
    }

    /// The session that a pass was made of.
    pub async fn passed(&self, pass: Pass) -> Option<Session> {
        self.asks(|reply| Message::Passed(pass, reply)).await.flatten()
    }

    /// Carries a command out.
    pub async fn command(
        &self,
        attendee: AttendeeId,
        device: u32,
        request: Request,
        prepared: Prepared,
    ) -> Outcome {
        self.asks(|reply| Message::Command((attendee, device), request, prepared, reply))
            .await
            .unwrap_or_else(not_saved)
    }

    /// Hands a ballot on. There is no answer, whatever becomes of it (SPEC SEAL5).
    pub async fn cast(&self, round: RoundId, ballot: Box<[u8; BALLOT_BYTES]>) {
        let _ = self.inbox.send(Message::Cast(round, ballot)).await;
    }

    /// A socket of this device; none if it may not be here.
    pub async fn connect(&self, attendee: AttendeeId, device: u32, outbox: Outbox) -> Option<Connection> {
        let (conn, left) = self.asks(|reply| Message::Connect((attendee, device), outbox, reply)).await??;
        Some(Connection { conn, ends: Instant::now() + left, inbox: self.inbox.clone() })
    }

    /// Puts words of a practice scenario on the sheets.
    pub(super) async fn fill(&self, edits: Vec<Edit>, records: Vec<(RecordId, Record)>) -> Outcome {
        self.asks(|reply| Message::Fill(edits, records, reply)).await.unwrap_or_else(not_saved)
    }

    /// Returns when everything so far is durable.
    pub(super) async fn settle(&self) -> Outcome {
        self.asks(Message::Settle).await.unwrap_or_else(not_saved)
    }

    /// Ends the room once its sockets have been told to come back, all within `spread`, and everything is durable.
    pub(super) async fn drain(&self, spread: Duration) {
        let _ = self.asks(|reply| Message::Drain(spread, reply)).await;
    }
}

/// One socket inside a room. Dropping it disconnects.
#[derive(Debug)]
pub struct Connection {
    conn: ConnId,
    /// When the session's time is up by which the socket was opened.
    ends: Instant,
    inbox: mpsc::Sender<Message>,
}

impl Connection {
    /// Until when this socket may be.
    pub fn ends(&self) -> Instant {
        self.ends
    }

    /// Passes a message on, in order. Where the room's inbox is full the answer has to be waited for before anything else
    /// is read, which is how a fast socket is slowed down. It takes room only then: most sockets are idle.
    #[must_use]
    pub fn send(&self, message: Inbound) -> Option<Pin<Box<dyn Future<Output = ()> + Send + '_>>> {
        match self.inbox.try_send(Message::Receive(self.conn, message)) {
            Err(mpsc::error::TrySendError::Full(message)) => Some(Box::pin(async {
                // A room that has ended takes nothing; its sockets are told.
                let _ = self.inbox.send(message).await;
            })),
            _ => None,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let gone = Message::Disconnect(self.conn);
        if let Err(mpsc::error::TrySendError::Full(gone)) = self.inbox.try_send(gone) {
            let inbox = self.inbox.clone();
            tokio::spawn(async move { inbox.send(gone).await });
        }
    }
}
