//! What waits to be written to one socket: bounded by bytes, filled by the room, emptied by the socket's task.

use protocol::{close::Close, limits::OUTBOX_BYTES};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

/// The room's end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbox(Arc<Shared>);

/// The socket's end.
#[derive(Debug)]
pub struct OutboxReader(Arc<Shared>);

/// What the socket does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Write these frames, then flush once.
    Frames(Vec<Vec<u8>>),
    /// Write these frames, then close.
    Close(Close, Vec<Vec<u8>>),
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    ready: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: Vec<Vec<u8>>,
    bytes: usize,
    close: Option<Close>,
}

impl Outbox {
    /// Both ends of an empty outbox.
    pub fn new() -> (Outbox, OutboxReader) {
        let shared = Arc::new(Shared { queue: Mutex::default(), ready: Notify::new() });
        (Outbox(shared.clone()), OutboxReader(shared))
    }

    /// Adds a frame. A single frame may be larger than the bound (a step 2); a backlog may not: then the reader is
    /// told to come back (SPEC LIM4), because an update is never skipped on a live socket.
    pub fn push(&self, frame: Vec<u8>) {
        let mut queue = lock(&self.0);
        if queue.close.is_some() {
            return;
        }
        if queue.bytes > OUTBOX_BYTES {
            queue.close = Some(Close::Slow);
            queue.frames.clear();
        } else {
            queue.bytes += frame.len();
            queue.frames.push(frame);
        }
        drop(queue);
        self.0.ready.notify_one();
    }

    /// Closes the socket after what is queued. The first reason counts. Whoever may not be here any more gets nothing of
    /// what is queued either (SPEC RIGHT6).
    pub fn close(&self, close: Close) {
        let mut queue = lock(&self.0);
        if *queue.close.get_or_insert(close) == Close::Out {
            queue.frames.clear();
        }
        drop(queue);
        self.0.ready.notify_one();
    }
}

impl OutboxReader {
    /// Waits until there is something to write. Cancel safe.
    pub async fn next(&mut self) -> Outgoing {
        loop {
            {
                let mut queue = lock(&self.0);
                let frames = std::mem::take(&mut queue.frames);
                queue.bytes = 0;
                if let Some(close) = queue.close {
                    return Outgoing::Close(close, frames);
                }
                if !frames.is_empty() {
                    return Outgoing::Frames(frames);
                }
            }
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

    #[tokio::test]
    async fn lim4_a_backlog_over_the_bound_sends_the_reader_away() {
        let (outbox, mut reader) = Outbox::new();
        for _ in 0..3 {
            outbox.push(vec![0; OUTBOX_BYTES]);
        }
        assert_eq!(reader.next().await, Outgoing::Close(Close::Slow, vec![]));
    }

    #[tokio::test]
    async fn frames_come_in_order_and_before_the_close() {
        let (outbox, mut reader) = Outbox::new();
        outbox.push(vec![1]);
        outbox.push(vec![2]);
        assert_eq!(reader.next().await, Outgoing::Frames(vec![vec![1], vec![2]]));
        outbox.push(vec![3]);
        outbox.close(Close::Restart);
        outbox.close(Close::Slow);
        assert_eq!(reader.next().await, Outgoing::Close(Close::Restart, vec![vec![3]]));
    }

    #[tokio::test]
    async fn right6_who_is_out_gets_nothing_of_what_was_on_its_way() {
        let (outbox, mut reader) = Outbox::new();
        outbox.push(vec![1]);
        outbox.close(Close::Out);
        outbox.push(vec![2]);
        assert_eq!(reader.next().await, Outgoing::Close(Close::Out, vec![]));
    }
}
