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
    limits::{INBOX_BYTES, LARGE_AT_ONCE, SMALL_BYTES},
    people::Place,
};
use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use zeroize::Zeroizing;

/// A ballot's bytes on their way. Wiped from memory when the room has looked at them.
pub type Ballot = Box<Zeroizing<[u8; BALLOT_BYTES]>>;

/// Ballots that may be on their way into one room. Anybody can send one, and each costs a signature to check: however
/// many come, no message of the room has more than these before it (SPEC SEAL18).
const BALLOTS_AT_ONCE: usize = 4;

/// The place of a ballot or of a large message: let go when the room has looked at it, or has ended.
pub(super) type Turn = OwnedSemaphorePermit;

/// Nothing can be kept at the moment; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be saved at the moment; try again")]
pub struct NotSaved;

/// The room is being read again, and what was asked was dropped (SPEC STO15). Nothing is known of who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this conference is being read again; ask again in a moment")]
pub struct NoAnswer;

/// One room.
#[derive(Clone)]
pub struct RoomHandle {
    id: ConferenceId,
    inbox: mpsc::Sender<Message>,
    ballots: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    /// Places for large messages that come, of each attendee who has a socket.
    large: Arc<Mutex<BTreeMap<AttendeeId, Weak<Semaphore>>>>,
}

impl std::fmt::Debug for RoomHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RoomHandle").field(&self.id).finish()
    }
}

impl RoomHandle {
    pub(super) fn new(id: ConferenceId, inbox: mpsc::Sender<Message>) -> Self {
        let ballots = Arc::new(Semaphore::new(BALLOTS_AT_ONCE));
        Self { id, inbox, ballots, bytes: Arc::new(Semaphore::new(INBOX_BYTES)), large: Arc::default() }
    }

    /// The places of one attendee, whatever the device.
    fn large(&self, attendee: AttendeeId) -> Arc<Semaphore> {
        let mut all = self.large.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, places| places.strong_count() > 0);
        all.get(&attendee).and_then(Weak::upgrade).unwrap_or_else(|| {
            let places = Arc::new(Semaphore::new(LARGE_AT_ONCE));
            all.insert(attendee, Arc::downgrade(&places));
            places
        })
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

    /// As [`Self::asks`], where somebody who is told "no" does not come back: a room that gave no answer said none.
    async fn is_told<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<Option<T>>) -> Message,
    ) -> Result<Option<T>, NoAnswer> {
        match self.asks(message).await {
            Some(answer) => Ok(answer),
            None if self.inbox.is_closed() => Ok(None),
            None => Err(NoAnswer),
        }
    }

    /// The way in of an attendee, if they have one and may use it.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn way_in(&self, attendee: AttendeeId) -> Result<Option<WayInCheck>, NoAnswer> {
        self.is_told(|reply| Message::WayIn(attendee, reply)).await
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
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn session(&self, attendee: AttendeeId, token: TokenHash) -> Result<Option<Session>, NoAnswer> {
        self.is_told(|reply| Message::Session(attendee, token, reply)).await
    }

    /// The session that a pass was made of.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn passed(&self, pass: Pass) -> Result<Option<Session>, NoAnswer> {
        self.is_told(|reply| Message::Passed(pass, reply)).await
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

    /// Hands a ballot on, in the order of coming. There is no answer, whatever becomes of it (SPEC SEAL5).
    pub async fn cast(&self, round: RoundId, ballot: Ballot) {
        let Ok(turn) = self.ballots.clone().acquire_owned().await else { return };
        let _ = self.inbox.send(Message::Cast(round, ballot, turn)).await;
    }

    /// A socket of this device; none if it may not be here.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn connect(
        &self,
        attendee: AttendeeId,
        device: u32,
        outbox: Outbox,
    ) -> Result<Option<Connection>, NoAnswer> {
        let room = self.clone();
        let linked = tokio::spawn(async move { room.link(attendee, device, outbox).await });
        linked.await.unwrap_or(Err(NoAnswer))
    }

    /// In a task of its own: if whoever asked stops waiting, the connection is dropped all the same when it is there.
    async fn link(
        self,
        attendee: AttendeeId,
        device: u32,
        outbox: Outbox,
    ) -> Result<Option<Connection>, NoAnswer> {
        let admitted = self.is_told(|reply| Message::Connect((attendee, device), outbox, reply)).await?;
        let (inbox, bytes, large) = (self.inbox.clone(), self.bytes.clone(), self.large(attendee));
        Ok(admitted.map(|(conn, left)| Connection { conn, ends: Instant::now() + left, inbox, bytes, large }))
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
    /// What may still wait before the room.
    bytes: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

impl Connection {
    /// Places for large messages that come, of all sockets of this attendee (SPEC LIM16).
    pub fn large(&self) -> Arc<Semaphore> {
        self.large.clone()
    }

    /// Until when this socket may be.
    pub fn ends(&self) -> Instant {
        self.ends
    }

    /// Passes a message on, in order. Where the room's inbox is full, by messages or by bytes, the answer has to be waited
    /// for before anything else is read, which is how a fast socket is slowed down (SPEC LIM14). It takes room only then:
    /// most sockets are idle.
    #[must_use]
    pub fn send(&self, message: Inbound) -> Option<Pin<Box<dyn Future<Output = ()> + Send + '_>>> {
        let turn = match message.bytes() {
            0..=SMALL_BYTES => None,
            large => {
                let bytes = large.min(INBOX_BYTES) as u32;
                match self.bytes.clone().try_acquire_many_owned(bytes) {
                    Ok(turn) => Some(turn),
                    Err(_) => return Some(Box::pin(self.send_in_turn(message, bytes))),
                }
            }
        };
        match self.inbox.try_send(Message::Receive(self.conn, message, turn)) {
            Err(mpsc::error::TrySendError::Full(message)) => Some(Box::pin(async {
                // A room that has ended takes nothing; its sockets are told.
                let _ = self.inbox.send(message).await;
            })),
            _ => None,
        }
    }

    /// Waits in the order of coming for its part of the bytes, which come back when the room looks at what lies there, or
    /// ends.
    async fn send_in_turn(&self, message: Inbound, bytes: u32) {
        let Ok(turn) = self.bytes.clone().acquire_many_owned(bytes).await else { return };
        let _ = self.inbox.send(Message::Receive(self.conn, message, Some(turn))).await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        document::{Audience, DocumentName, Kind},
        limits::STEP_TWO_BYTES,
        scan::Touched,
    };

    #[tokio::test]
    async fn sto15_a_room_that_is_read_again_gives_no_answer_and_not_a_no() {
        let (inbox, mut taken) = mpsc::channel(super::super::actor::INBOX);
        let room = RoomHandle::new(ConferenceId::from_random([1; 10]), inbox);
        let asks = || room.session(AttendeeId::from_random([2; 10]), TokenHash([3; 32]));
        let reads_again = async { drop(taken.recv().await) };
        assert!(matches!(tokio::join!(asks(), reads_again).0, Err(NoAnswer)));
        let reads_again = async { drop(taken.recv().await) };
        let opens_a_link = room.way_in(AttendeeId::from_random([2; 10]));
        assert!(matches!(tokio::join!(opens_a_link, reads_again).0, Err(NoAnswer)));
        let says_no = async {
            let Some(Message::Session(_, _, reply)) = taken.recv().await else { panic!("it was asked") };
            assert!(reply.send(None).is_ok());
        };
        assert!(matches!(tokio::join!(asks(), says_no).0, Ok(None)));
        // It cannot be opened at all: as if it did not exist (P3).
        drop(taken);
        assert!(matches!(asks().await, Ok(None)));
    }

    #[tokio::test]
    async fn seal18_however_many_ballots_come_few_lie_before_a_message_of_the_room_and_each_has_its_turn() {
        let (inbox, mut taken) = mpsc::channel(super::super::actor::INBOX);
        let room = RoomHandle::new(ConferenceId::from_random([1; 10]), inbox);
        let round = RoundId::from_random([2; 10]);
        let flood: Vec<_> = (0..1_000_u32)
            .map(|n| {
                let mut ballot = Ballot::new(Zeroizing::new([0; BALLOT_BYTES]));
                ballot[..4].copy_from_slice(&n.to_be_bytes());
                let room = room.clone();
                tokio::spawn(async move { room.cast(round, ballot).await })
            })
            .collect();
        // All of them begin to wait: one thread runs them, some at each turn.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(taken.len(), BALLOTS_AT_ONCE);
        // Whoever sent these is answered before anybody has looked at them: the answer cannot depend on what they are.
        assert!(flood[..BALLOTS_AT_ONCE].iter().all(tokio::task::JoinHandle::is_finished));
        let letter = tokio::spawn({
            let room = room.clone();
            async move { room.settle().await }
        });
        tokio::task::yield_now().await;
        let (mut ballots, mut before_the_letter) = (Vec::new(), None);
        while ballots.len() < 1_000 {
            match taken.recv().await.expect("somebody waits") {
                Message::Cast(_, ballot, turn) => {
                    ballots.push(u32::from_be_bytes(*ballot.first_chunk().expect("four bytes")));
                    drop(turn);
                }
                _ => before_the_letter = Some(ballots.len()),
            }
        }
        assert_eq!(before_the_letter, Some(BALLOTS_AT_ONCE));
        assert_eq!(ballots, (0..1_000).collect::<Vec<_>>(), "one was left out, or came before its turn");
        for one in flood {
            one.await.expect("it had its turn");
        }
        letter.abort();
    }

    fn update(length: usize) -> Inbound {
        let kind = Kind::Board(Audience::All);
        let document = DocumentName::new(ConferenceId::from_random([1; 10]), kind);
        Inbound::Update { document, update: vec![0; length], touched: Touched::default(), answers: false }
    }

    #[tokio::test]
    async fn lim14_what_lies_before_a_room_is_bounded_by_bytes_and_small_messages_wait_for_no_large_one() {
        let (inbox, mut taken) = mpsc::channel(super::super::actor::INBOX);
        let room = RoomHandle::new(ConferenceId::from_random([1; 10]), inbox.clone());
        let socket = |n| {
            let (inbox, bytes) = (inbox.clone(), room.bytes.clone());
            let large = room.large(AttendeeId::from_random([1; 10]));
            Connection { conn: ConnId(n), ends: Instant::now(), inbox, bytes, large }
        };
        // Ten sockets come back with 4 MiB each: each says its next when the room has room for it.
        let flood: Vec<_> = (0..10)
            .map(|n| {
                let socket = socket(n);
                tokio::spawn(async move {
                    for more in 0..3 {
                        if let Some(wait) = socket.send(update(STEP_TWO_BYTES - more)) {
                            wait.await;
                        }
                    }
                    // Dropping it would be one message more.
                    socket
                })
            })
            .collect();
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(taken.len(), INBOX_BYTES / STEP_TWO_BYTES);
        // A letter of somebody else, and a page that fits what is left.
        let pen = socket(10);
        assert!(pen.send(update(SMALL_BYTES)).is_none(), "a letter waits");
        assert!(pen.send(update(SMALL_BYTES + 1)).is_some(), "what is large waits for its place");
        assert_eq!(taken.len(), INBOX_BYTES / STEP_TWO_BYTES + 1);
        let (mut lengths, mut letters) = (std::collections::BTreeMap::<u64, Vec<usize>>::new(), Vec::new());
        let mut messages = 0;
        while messages < 31 {
            assert!(taken.len() <= INBOX_BYTES / STEP_TWO_BYTES + 1, "{} lie there", taken.len());
            match taken.recv().await.expect("somebody waits") {
                Message::Receive(conn, Inbound::Update { update, .. }, turn) => {
                    assert_eq!(turn.is_some(), update.len() > SMALL_BYTES);
                    match conn {
                        ConnId(10) => letters.push(messages),
                        ConnId(n) => lengths.entry(n).or_default().push(update.len()),
                    }
                }
                _ => continue,
            }
            messages += 1;
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(letters, [INBOX_BYTES / STEP_TWO_BYTES], "it came in its order");
        assert!(lengths.values().all(|of_one| of_one.is_sorted_by(|one, next| one > next)), "{lengths:?}");
        assert_eq!(lengths.values().map(Vec::len).sum::<usize>(), 30, "one was left out");
        for one in flood {
            one.await.expect("it had its turn");
        }
        assert_eq!(room.bytes.available_permits(), INBOX_BYTES);
    }
}
