//! How fast a socket may speak: messages are delayed, never dropped; empty ones without end close it.

use protocol::limits::{STEP_TWO_BYTES, STRANGER_BYTES};
use std::time::{Duration, Instant};

/// Frames without content that a socket may send within [`FLOOD_TIME`]; a stock client sends about four.
pub const FLOOD_FRAMES: u32 = 200;
/// See [`FLOOD_FRAMES`].
pub const FLOOD_TIME: Duration = Duration::from_secs(10);
/// Messages taken from one socket in a second before it has to wait for the next. Fast typing is 15; a desk that comes
/// back with all its documents sends about 60.
pub const MESSAGES_PER_SECOND: u32 = 500;

/// More frames without content than any client has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flood;

/// Counts of one socket, in two windows.
#[derive(Debug)]
pub struct Pace {
    empty: (Instant, u32),
    messages: (Instant, u32),
}

impl Pace {
    /// A socket that has said nothing yet.
    pub fn new(now: Instant) -> Self {
        Self { empty: (now, 0), messages: (now, 0) }
    }

    /// A control frame, an empty one, or one that means nothing to the room.
    pub fn empty(&mut self, now: Instant) -> Result<(), Flood> {
        if now.duration_since(self.empty.0) >= FLOOD_TIME {
            self.empty = (now, 0);
        }
        self.empty.1 += 1;
        if self.empty.1 > FLOOD_FRAMES { Err(Flood) } else { Ok(()) }
    }

    /// A message of any kind. Some: nothing more is read before then.
    pub fn message(&mut self, now: Instant) -> Option<Instant> {
        if now.duration_since(self.messages.0) >= Duration::from_secs(1) {
            self.messages = (now, 0);
        }
        self.messages.1 += 1;
        (self.messages.1 >= MESSAGES_PER_SECOND).then(|| self.messages.0 + Duration::from_secs(1))
    }
}

/// What the heads of a message's pieces may take beyond what the pieces carry: a thousand pieces of a few bytes do.
pub const PIECES_BYTES: usize = 16 * 1024;
/// A client's frame has at least this before what it carries: two bytes and the mask.
const HEAD_BYTES: usize = 6;

/// Bytes of one message. The library gives whole messages only: of pieces that carry nothing it never says anything.
#[derive(Debug)]
pub struct Pieces {
    /// Read since the last message, without pings and the like.
    bytes: usize,
    /// No more than this may be.
    most: usize,
}

impl Pieces {
    /// Of somebody who has shown no ticket.
    pub fn of_a_stranger() -> Self {
        Self { bytes: 0, most: STRANGER_BYTES }
    }

    /// What is here of a message that has not ended.
    pub fn begun(&self) -> usize {
        self.bytes
    }

    /// They have been let in.
    pub fn let_in(&mut self) {
        self.most = 2 * STEP_TWO_BYTES + PIECES_BYTES;
    }

    /// Bytes have come: a few of them may be of the next message.
    pub fn read(&mut self, bytes: usize) -> Result<(), Flood> {
        self.bytes += bytes;
        if self.bytes > self.most { Err(Flood) } else { Ok(()) }
    }

    /// A ping, a pong or a close was among them, and carried so much.
    pub fn control(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(HEAD_BYTES + bytes);
    }

    /// A whole message was, and carried so much.
    pub fn message(&mut self, bytes: usize) -> Result<(), Flood> {
        let all = std::mem::take(&mut self.bytes);
        if all > 2 * bytes + PIECES_BYTES { Err(Flood) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_an_attendee() -> Pieces {
        let mut pieces = Pieces::of_a_stranger();
        pieces.let_in();
        pieces
    }

    #[test]
    fn lim5_before_a_ticket_a_message_is_small_whole_or_not() {
        let mut pieces = Pieces::of_a_stranger();
        for _ in 0..10 {
            assert_eq!(pieces.read(STRANGER_BYTES), Ok(()));
            assert_eq!(pieces.message(STRANGER_BYTES - 8), Ok(()));
        }
        assert_eq!(pieces.read(STRANGER_BYTES), Ok(()));
        assert_eq!(pieces.read(1), Err(Flood), "it never ends");
    }

    #[test]
    fn lim5_the_frame_after_the_last_allowed_empty_one_is_a_flood() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 0..FLOOD_FRAMES {
            assert_eq!(pace.empty(now), Ok(()));
        }
        assert_eq!(pace.empty(now + FLOOD_TIME - Duration::from_millis(1)), Err(Flood));
        assert_eq!(pace.empty(now + FLOOD_TIME), Ok(()));
    }

    #[test]
    fn lim5_a_thousand_pieces_are_a_message_and_a_day_of_pongs_is_nothing() {
        let mut pieces = of_an_attendee();
        for _ in 0..24 * 60 * 60 / 9 {
            assert_eq!(pieces.read(HEAD_BYTES), Ok(()));
            pieces.control(0);
        }
        for _ in 0..1_000 {
            assert_eq!(pieces.read(HEAD_BYTES + 1), Ok(()));
        }
        assert_eq!(pieces.message(1_000), Ok(()));
        assert_eq!(pieces.read(STEP_TWO_BYTES + 14), Ok(()));
        assert_eq!(pieces.message(STEP_TWO_BYTES), Ok(()));
    }

    #[test]
    fn lim5_pieces_that_carry_nothing_are_a_flood_with_an_end_or_without_one() {
        let mut pieces = of_an_attendee();
        for _ in 0..4_000 {
            assert_eq!(pieces.read(HEAD_BYTES), Ok(()));
        }
        assert_eq!(pieces.message(1), Err(Flood));
        let endless = (0..2_000_000).find(|_| pieces.read(HEAD_BYTES).is_err());
        assert_eq!(endless, Some((2 * STEP_TWO_BYTES + PIECES_BYTES) / HEAD_BYTES));
    }

    #[test]
    fn lim5_a_fast_writer_waits_for_the_next_second_and_loses_nothing() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 1..MESSAGES_PER_SECOND {
            assert_eq!(pace.message(now), None);
        }
        assert_eq!(pace.message(now), Some(now + Duration::from_secs(1)));
        assert_eq!(pace.message(now + Duration::from_secs(1)), None);
    }
}
