//! The line of one socket. Reading is the library's; writing is ours: what waits goes out as it is, as much as the line
//! takes at once (SPEC FRAME2, LIM4).

use super::{
    large::Large,
    pace::{Flood, Pieces},
};
use crate::room::outbox::Outbox;
use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use protocol::limits::{ALONE_BYTES, READ_BUFFER_BYTES, STEP_TWO_BYTES, WRITE_STALL};
use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Instant,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf, split},
    sync::Semaphore,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{Role, WebSocketConfig},
    },
};

type Io = TokioIo<Upgraded>;

/// Pieces given to the system in one call; it takes up to 1,024.
const SLICES: usize = 64;

/// What comes in.
pub(super) struct Incoming(WebSocketStream<Tap>);

/// What goes out.
pub(super) struct Line {
    io: WriteHalf<Io>,
    waiting: VecDeque<Bytes>,
    /// When the line last took something.
    moved: Instant,
}

/// Both directions of a line. Answers that the library writes by itself go into the outbox like everything else.
pub(super) async fn open(io: Upgraded, outbox: Outbox) -> (Incoming, Line) {
    let (read, write) = split(TokioIo::new(io));
    let config = WebSocketConfig::default()
        .max_message_size(Some(STEP_TWO_BYTES))
        // A browser sends a message as one frame.
        .max_frame_size(Some(STEP_TWO_BYTES))
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(READ_BUFFER_BYTES);
    let tap = Tap { io: read, outbox, pieces: Pieces::of_a_stranger(), large: Large::default() };
    let stream = WebSocketStream::from_raw_socket(tap, Role::Server, Some(config)).await;
    (Incoming(stream), Line { io: write, waiting: VecDeque::new(), moved: Instant::now() })
}

impl Incoming {
    /// From now on messages may be as large as an attendee's, who has these places for large ones.
    pub(super) fn let_in(&mut self, places: Arc<Semaphore>) {
        let tap = self.0.get_mut();
        tap.pieces.let_in();
        tap.large = Large::of(places);
    }

    /// The next message; none when the other side has gone. The one before it has been handed on. Cancel safe.
    ///
    /// # Errors
    /// Of the library; [`Error::AttackAttempt`] where pieces carry too little (SPEC LIM5).
    pub(super) async fn next(&mut self) -> Option<Result<Message, Error>> {
        let tap = self.0.get_mut();
        if tap.pieces.begun() == 0 {
            tap.large.ends();
        }
        let message = self.0.next().await?;
        let pieces = &mut self.0.get_mut().pieces;
        let counted = match &message {
            Ok(message @ (Message::Binary(_) | Message::Text(_))) => pieces.message(message.len()),
            Ok(message) => {
                pieces.control(message.len());
                Ok(())
            }
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::QuotaExceeded => Err(Flood),
            Err(_) => Ok(()),
        };
        Some(counted.map_err(|Flood| Error::AttackAttempt).and(message))
    }
}

impl Line {
    /// Puts bytes of whole messages behind what waits.
    pub(super) fn add(&mut self, pieces: impl IntoIterator<Item = Bytes>) {
        if self.waiting.is_empty() {
            self.moved = Instant::now();
        }
        self.waiting.extend(pieces.into_iter().filter(|piece| !piece.is_empty()));
    }

    /// Whether nothing waits: then a message may begin.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether something waits and nothing was taken for too long.
    pub(super) fn is_stalled(&self) -> bool {
        !self.is_empty() && self.moved.elapsed() >= WRITE_STALL
    }

    /// Writes until nothing waits. Cancel safe: what is left goes out by the next call.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        while !self.waiting.is_empty() {
            let slices: Vec<IoSlice<'_>> =
                self.waiting.iter().take(SLICES).map(|piece| IoSlice::new(piece)).collect();
            let mut taken = self.io.write_vectored(&slices).await?;
            if taken == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.moved = Instant::now();
            while let Some(first) = self.waiting.front_mut() {
                if taken < first.len() {
                    first.advance(taken);
                    break;
                }
                taken -= first.len();
                self.waiting.pop_front();
            }
        }
        self.io.flush().await
    }
}

/// The library's end of the line: it reads, and what it would write by itself (pongs, the answer to a close) waits in
/// the outbox, so that it never falls into the middle of a message.
struct Tap {
    io: ReadHalf<Io>,
    outbox: Outbox,
    pieces: Pieces,
    large: Large,
}

impl AsyncRead for Tap {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let this = self.get_mut();
        if this.pieces.begun() > ALONE_BYTES {
            ready!(this.large.poll_begins(cx));
        }
        ready!(Pin::new(&mut this.io).poll_read(cx, buf))?;
        let counted = this.pieces.read(buf.filled().len() - before);
        Poll::Ready(counted.map_err(|Flood| io::ErrorKind::QuotaExceeded.into()))
    }
}

impl AsyncWrite for Tap {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.outbox.offer(Bytes::copy_from_slice(bytes));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
