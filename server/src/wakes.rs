//! Fewer wakes of a busy thread, as network cards moderate their interrupts.
//!
//! A thread of the runtime that has run out of work sleeps until the next message comes. Ten thousand messages a second
//! are ten thousand sleeps, and on a virtual machine a sleep costs as much as the message. Whatever comes waits for a
//! commit before it is shown (SYNC1), so a thread that busy lets messages gather for a moment before it looks for them.

use std::{
    cell::Cell,
    thread,
    time::{Duration, Instant},
};

/// How long a busy thread lets messages gather. Where so many come, commits follow each other after 16 ms (STO2).
const GATHER: Duration = Duration::from_millis(1);
/// A thread is busy that sleeps so many times within [`BUSY_WITHIN`]: 6,000 times a second. At 10,000 deliveries a second
/// it sleeps about 3,000 times and each message is met by itself; at 120,000 it would sleep 10,000 times.
const BUSY_SLEEPS: u32 = 16;
const BUSY_WITHIN: Duration = Duration::from_micros(2_667);
/// A busy thread lets messages gather so many times before it is judged again: about 50 ms.
const GATHERED: u32 = 48;

thread_local! {
    static SLEEPS: Cell<Option<Sleeps>> = const { Cell::new(None) };
}

/// For a thread of the runtime that has run out of work and is about to sleep.
pub fn before_sleep() {
    let now = Instant::now();
    let before = SLEEPS.get().unwrap_or(Sleeps::Counted { since: now, so_far: 0 });
    let sleeps = before.and_another(now);
    SLEEPS.set(Some(sleeps));
    if matches!(sleeps, Sleeps::Gathering { .. }) {
        thread::sleep(GATHER);
    }
}

/// One thread's sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sleeps {
    /// They are counted, to judge whether the thread is busy.
    Counted { since: Instant, so_far: u32 },
    /// It is: messages gather before this sleep, and before so many more.
    Gathering { more: u32 },
}

impl Sleeps {
    fn and_another(self, now: Instant) -> Self {
        match self {
            Self::Counted { since, so_far } if so_far < BUSY_SLEEPS => {
                Self::Counted { since, so_far: so_far + 1 }
            }
            Self::Counted { since, .. } if now.duration_since(since) < BUSY_WITHIN => {
                Self::Gathering { more: GATHERED - 1 }
            }
            Self::Gathering { more: more @ 1.. } => Self::Gathering { more: more - 1 },
            Self::Counted { .. } | Self::Gathering { more: 0 } => Self::Counted { since: now, so_far: 1 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Before how many of so many sleeps messages gather, where the thread works `between` two sleeps.
    fn gathered(between: Duration, of: u32) -> u32 {
        let mut now = Instant::now();
        let mut sleeps = Sleeps::Counted { since: now, so_far: 0 };
        let mut gathered = 0;
        for _ in 0..of {
            now += between;
            sleeps = sleeps.and_another(now);
            if matches!(sleeps, Sleeps::Gathering { .. }) {
                gathered += 1;
                now += GATHER;
            }
        }
        gathered
    }

    #[test]
    fn who_sleeps_a_few_thousand_times_a_second_meets_each_message_by_itself() {
        assert_eq!(gathered(Duration::from_micros(200), 5_000), 0);
    }

    #[test]
    fn who_would_sleep_ten_thousand_times_a_second_lets_messages_gather_three_times_of_four() {
        assert_eq!(gathered(Duration::from_micros(100), 6_400) * 4 / 6_400, 3);
    }

    #[test]
    fn whoever_is_busy_no_more_gathers_no_more() {
        let mut now = Instant::now();
        let mut sleeps = Sleeps::Gathering { more: GATHERED };
        for _ in 0..=GATHERED {
            now += Duration::from_secs(1);
            sleeps = sleeps.and_another(now);
        }
        assert_eq!(sleeps, Sleeps::Counted { since: now, so_far: 1 });
    }
}
