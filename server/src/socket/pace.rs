//! How fast a socket may speak: messages are delayed, never dropped; empty ones without end close it.

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

#[cfg(test)]
mod tests {
    use super::*;

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
