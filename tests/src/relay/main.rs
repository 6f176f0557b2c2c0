//! The least that a server can do with axum: every message goes to everybody else in the room. No document, no store,
//! no rights, no limits. A practical ceiling for `cargo xtask bench`.
//!
//! `relay <port> each` writes each message by itself; `relay <port> flush` writes all that is queued for a reader and
//! flushes once.

use axum::{
    Router,
    body::Bytes,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    routing::get,
};
use futures_util::{SinkExt, StreamExt};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::mpsc;

/// Messages that a reader may be behind; what comes then is lost to them.
const BEHIND: usize = 1 << 20;

/// Readers of a room, by a number drawn in order.
type Room = Arc<Mutex<HashMap<u64, mpsc::Sender<Bytes>>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Each,
    Flush,
}

#[derive(Debug)]
struct Relay {
    mode: Mode,
    rooms: Mutex<HashMap<String, Room>>,
    drawn: std::sync::atomic::AtomicU64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (port, mode) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [port, "each"] => (port.parse()?, Mode::Each),
        [port, "flush"] => (port.parse()?, Mode::Flush),
        _ => anyhow::bail!("relay <port> each|flush"),
    };
    let relay = Arc::new(Relay { mode, rooms: Mutex::default(), drawn: 0.into() });
    let routes = Router::new().route("/{room}", get(open)).with_state(relay);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    use axum::serve::ListenerExt;
    axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), routes).await?;
    Ok(())
}

async fn open(
    State(relay): State<Arc<Relay>>,
    Path(room): Path<String>,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    upgrade.on_upgrade(move |socket| serve(relay, room, socket))
}

async fn serve(relay: Arc<Relay>, room: String, socket: WebSocket) {
    let own = relay.drawn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let room = relay.rooms.lock().expect("no task panics").entry(room).or_default().clone();
    let (sender, mut queue) = mpsc::channel::<Bytes>(BEHIND);
    room.lock().expect("no task panics").insert(own, sender);
    let (mut sink, mut stream) = socket.split();
    let mode = relay.mode;
    let writer = tokio::spawn(async move {
        while let Some(message) = queue.recv().await {
            let mut written = sink.feed(Message::Binary(message)).await;
            if mode == Mode::Flush {
                while let (Ok(()), Ok(message)) = (&written, queue.try_recv()) {
                    written = sink.feed(Message::Binary(message)).await;
                }
            }
            if written.is_err() || sink.flush().await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Binary(bytes) = message {
            let room = room.lock().expect("no task panics");
            for (_, reader) in room.iter().filter(|(reader, _)| **reader != own) {
                let _ = reader.try_send(bytes.clone());
            }
        }
    }
    room.lock().expect("no task panics").remove(&own);
    writer.abort();
}
