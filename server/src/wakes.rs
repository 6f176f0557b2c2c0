//! Fewer wakes of a busy thread, as network cards moderate their interrupts.
//!
//! A thread of the runtime that has run out of work sleeps until the next message comes. Ten thousand messages a second
//! are ten thousand sleeps, and on a virtual machine a sleep costs as much as the message. Whatever comes waits for a
//! commit before it is shown (SYNC1), so where commits are far apart a thread lets messages gather for a moment before it
//! looks for them.

use crate::store::crowd::Crowd;
use std::{thread, time::Duration};

/// How long messages gather. Where so many come, commits follow each other after 16 ms (STO2).
const GATHER: Duration = Duration::from_millis(1);

/// For a thread of the runtime that has run out of work and is about to sleep.
pub fn before_sleep(crowd: &Crowd) {
    if crowd.is_here() {
        thread::sleep(GATHER);
    }
}
