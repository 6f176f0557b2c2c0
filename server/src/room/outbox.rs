//! What waits to be written to one socket: bounded by bytes, filled by the room, emptied by the socket's task.
//!
//! It holds bytes of whole WebSocket messages. One taking of it is one write to the line.

use bytes::Bytes;
use protocol::{
    close::Close,
    limits::{DOCUMENT_BYTES, OUTBOX_BYTES},
};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

/// The filling end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbox(Arc<Shared>);

/// The socket's end.
#[derive(Debug)]
pub struct OutboxReader(Arc<Shared>);

/// What the socket does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Write these bytes, all at once.
    Bytes(Vec<Bytes>),
    /// Write these bytes, then close.
    Close(Close, Vec<Bytes>),
    /// A reader that was behind has taken all that waited.
    CaughtUp,
}

/// How full the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Within its bound.
    Room,
    /// Over it since this push: nothing more of other people's edits is put in until the reader has caught up.
    Behind,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    ready: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    pieces: Vec<Bytes>,
    bytes: usize,
    behind: bool,
    close: Option<Close>,
}

impl Queue {
    fn add(&mut self, pieces: impl IntoIterator<Item = Bytes>) {
        for piece in pieces {
            self.bytes += piece.len();
            self.pieces.push(piece);
        }
    }
}

impl Outbox {
    /// Both ends of an empty outbox.
    pub fn new() -> (Outbox, OutboxReader) {
        let shared = Arc::new(Shared { queue: Mutex::default(), ready: Notify::new() });
        (Outbox(shared.clone()), OutboxReader(shared))
    }

    /// Adds messages. They are all kept, because an update is never skipped on a live socket (SPEC LIM4). A reader that
    /// stays behind while answers to its own messages go on filling the outbox, by more than a whole document, is told
    /// to come back.
    pub fn push(&self, pieces: impl IntoIterator<Item = Bytes>) -> Fill {
        let mut queue = lock(&self.0);
        if queue.close.is_some() {
            return Fill::Room;
        }
        let before = queue.behind;
        if before && queue.bytes > OUTBOX_BYTES + DOCUMENT_BYTES {
            queue.close = Some(Close::Slow);
            queue.pieces.clear();
        } else {
            queue.add(pieces);
            queue.behind |= queue.bytes > OUTBOX_BYTES;
        }
        let fill = if queue.behind && !before { Fill::Behind } else { Fill::Room };
        drop(queue);
        self.0.ready.notify_one();
        fill
    }

    /// Adds an answer of the socket itself (a denial, a pong, a sign of life). Dropped where the reader is behind: a
    /// client that asks on without reading gets nothing new.
    pub fn offer(&self, piece: Bytes) {
        let mut queue = lock(&self.0);
        if queue.close.is_none() && queue.bytes <= OUTBOX_BYTES {
            queue.add([piece]);
            drop(queue);
            self.0.ready.notify_one();
        }
    }

    /// Closes the socket after what is queued. The first reason counts. Whoever may not be here any more gets nothing of
    /// what is queued either (SPEC RIGHT6).
    pub fn close(&self, close: Close) {
        let mut queue = lock(&self.0);
        if *queue.close.get_or_insert(close) == Close::Out {
            queue.pieces.clear();
        }
        drop(queue);
        self.0.ready.notify_one();
    }
}

impl OutboxReader {
    /// Waits until there is something to write. Cancel safe.
    pub async fn next(&self) -> Outgoing {
        loop {
            {
                let mut queue = lock(&self.0);
                let pieces = std::mem::take(&mut queue.pieces);
                queue.bytes = 0;
                if let Some(close) = queue.close {
                    return Outgoing::Close(close, pieces);
                }
                if !pieces.is_empty() {
                    return Outgoing::Bytes(pieces);
                }
                // Asked for more with nothing left: all that waited is on the line.
                if std::mem::take(&mut queue.behind) {
                    return Outgoing::CaughtUp;
                }
            }
            self.0.ready.notified().await;
        }
    }

    /// What waits now.
    pub fn take(&self) -> Vec<Bytes> {
        let mut queue = lock(&self.0);
        queue.bytes = 0;
        std::mem::take(&mut queue.pieces)
    }

    /// Waits until this device may not be here any more: what is being written to it is not finished then. Cancel safe.
    pub async fn out(&self) {
        while lock(&self.0).close != Some(Close::Out) {
            self.0.ready.notified().await;
        }
    }
}

/// A panic while the lock was held is impossible to observe in a half-changed queue: each change is one push.
fn lock(shared: &Shared) -> MutexGuard<'_, Queue> {
    shared.queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn large() -> [Bytes; 1] {
        [Bytes::from(vec![0; OUTBOX_BYTES])]
    }

    #[tokio::test]
    async fn lim4_a_reader_over_the_bound_is_behind_and_loses_nothing_of_what_waits() {
        let (outbox, reader) = Outbox::new();
        assert_eq!(outbox.push(large()), Fill::Room);
        assert_eq!(outbox.push([Bytes::from_static(b"a")]), Fill::Behind);
        assert_eq!(outbox.push([Bytes::from_static(b"b")]), Fill::Room);
        let [large] = large();
        let (a, b) = (Bytes::from_static(b"a"), Bytes::from_static(b"b"));
        assert_eq!(reader.next().await, Outgoing::Bytes(vec![large, a, b]));
        assert_eq!(reader.next().await, Outgoing::CaughtUp);
        assert_eq!(outbox.push([Bytes::from_static(b"c")]), Fill::Room);
        assert_eq!(reader.next().await, Outgoing::Bytes(vec![Bytes::from_static(b"c")]));
    }

    #[tokio::test]
    async fn lim4_a_second_backlog_sends_the_reader_away() {
        let (outbox, reader) = Outbox::new();
        for _ in 0..=DOCUMENT_BYTES / OUTBOX_BYTES + 2 {
            outbox.push(large());
        }
        assert_eq!(reader.next().await, Outgoing::Close(Close::Slow, vec![]));
    }

    #[tokio::test]
    async fn lim4_answers_of_the_socket_itself_are_dropped_behind_a_backlog() {
        let (outbox, reader) = Outbox::new();
        outbox.push(large());
        outbox.push([Bytes::from_static(b"a")]);
        outbox.offer(Bytes::from_static(b"pong"));
        let Outgoing::Bytes(pieces) = reader.next().await else { panic!("bytes") };
        assert_eq!(pieces.len(), 2);
    }

    #[tokio::test]
    async fn messages_come_in_order_and_before_the_close() {
        let (outbox, reader) = Outbox::new();
        outbox.push([Bytes::from_static(b"1")]);
        outbox.push([Bytes::from_static(b"2")]);
        let (one, two) = (Bytes::from_static(b"1"), Bytes::from_static(b"2"));
        assert_eq!(reader.next().await, Outgoing::Bytes(vec![one, two]));
        outbox.push([Bytes::from_static(b"3")]);
        outbox.close(Close::Restart);
        outbox.close(Close::Slow);
        let three = vec![Bytes::from_static(b"3")];
        assert_eq!(reader.next().await, Outgoing::Close(Close::Restart, three));
    }

    #[tokio::test]
    async fn right6_who_is_out_gets_nothing_of_what_was_on_its_way() {
        let (outbox, reader) = Outbox::new();
        outbox.push([Bytes::from_static(b"1")]);
        outbox.close(Close::Out);
        outbox.push([Bytes::from_static(b"2")]);
        reader.out().await;
        assert_eq!(reader.next().await, Outgoing::Close(Close::Out, vec![]));
    }
}
