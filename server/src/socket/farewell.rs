//! The end of a socket: when it is told, and how it gets to read why.

use super::{
    connection::Entry,
    line::{Incoming, Line},
};
use crate::room::outbox::OutboxReader;
use protocol::{
    close::Close,
    limits::{AUTH_DEADLINE, SAID_FOR_GOOD},
    message,
};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// A closing socket gets this long to take its last frames and to read why.
pub(super) const FAREWELL: Duration = Duration::from_secs(3);

/// When a socket that is not read any more may be told this at the earliest, if that is later than now. A stock provider
/// comes back after a second, one of y-websocket 2 after 100 ms, whatever the code says (SPEC CLOSE6, CLOSE7): counted
/// from the last frame that was read, no ten seconds see more of it than what it says once.
pub(super) fn not_before(
    entry: &Entry,
    was_in: bool,
    close: Close,
    began: Instant,
    now: Instant,
) -> Option<Instant> {
    let is_said = matches!(close, Close::BadFrame | Close::TooLarge | Close::Gap | Close::Flood);
    match entry {
        _ if is_said && was_in => Some(now + SAID_FOR_GOOD),
        Entry::Pass(..) if close.is_permanent() || close == Close::NotYet => Some(began + AUTH_DEADLINE),
        // Before its Auth no stock client says anything else; what is not let in is told by `Denied` first.
        Entry::Pass(..) | Entry::Ticket => None,
    }
}

/// Says why, then lets the other side read it: data left unread in our buffers would reset the line at once.
pub(super) async fn say(mut incoming: Incoming, mut line: Line, waiting: OutboxReader, close: Close) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close6_what_a_client_would_say_again_at_once_is_answered_late_and_everything_else_at_once() {
        let (sync, yjs) = (Entry::Ticket, Entry::Pass(None, None));
        let began = Instant::now();
        let now = began + Duration::from_secs(3);
        let not_before = |entry: &Entry, was_in, close| not_before(entry, was_in, close, began, now);
        for close in [Close::BadFrame, Close::TooLarge, Close::Gap, Close::Flood] {
            for entry in [&sync, &yjs] {
                assert_eq!(not_before(entry, true, close), Some(now + SAID_FOR_GOOD), "{close:?}");
            }
            assert_eq!(not_before(&sync, false, close), None, "{close:?}");
        }
        for close in [Close::NoTicket, Close::Out, Close::Moved, Close::NotYet] {
            assert_eq!(not_before(&sync, true, close), None, "{close:?}");
            assert_eq!(not_before(&yjs, true, close), Some(began + AUTH_DEADLINE), "{close:?}");
        }
        for close in [Close::Slow, Close::Restart, Close::Rebuilt] {
            for entry in [&sync, &yjs] {
                assert_eq!(not_before(entry, true, close), None, "{close:?}");
            }
        }
    }
}
