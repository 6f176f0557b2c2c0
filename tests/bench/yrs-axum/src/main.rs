//! `yrs-axum-peer <port>`: the server of yrs-axum's example, one broadcast group for each room.

use axum::{
    Router,
    extract::{
        Path, State,
        ws::{WebSocket, WebSocketUpgrade},
    },
    response::Response,
    routing::get,
};
use futures_util::StreamExt;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Mutex, RwLock};
use yrs::{Doc, sync::Awareness};
use yrs_axum::{
    broadcast::BroadcastGroup,
    ws::{AxumSink, AxumStream},
};

/// Messages that a slow reader may be behind. The example has 32 and skips messages under any load.
const BEHIND: usize = 16_384;

type Rooms = Arc<Mutex<HashMap<String, Arc<BroadcastGroup>>>>;

#[tokio::main]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).expect("yrs-axum-peer <port>");
    let routes = Router::new().route("/{room}", get(open)).with_state(Rooms::default());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
    axum::serve(listener, routes).await.expect("it serves");
}

async fn open(upgrade: WebSocketUpgrade, Path(room): Path<String>, State(rooms): State<Rooms>) -> Response {
    let mut rooms = rooms.lock().await;
    let group = match rooms.get(&room) {
        Some(group) => group.clone(),
        None => {
            let awareness = Arc::new(RwLock::new(Awareness::new(Doc::new())));
            let group = Arc::new(BroadcastGroup::new(awareness, BEHIND).await);
            rooms.insert(room, group.clone());
            group
        }
    };
    upgrade.on_upgrade(move |socket| serve(socket, group))
}

async fn serve(socket: WebSocket, group: Arc<BroadcastGroup>) {
    let (sink, stream) = socket.split();
    let sink = Arc::new(Mutex::new(AxumSink(sink)));
    let subscription = group.subscribe(sink, AxumStream(stream));
    let _ = subscription.completed().await;
}
