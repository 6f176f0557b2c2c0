//! A session lasts twelve hours, and so does every socket that it opened.

mod edge_common;
#[path = "edge_common/opened.rs"]
mod opened;

use axum::http::{Method, StatusCode};
use edge_common::{ORIGIN, ask, service_by};
use futures_util::{SinkExt as _, StreamExt as _};
use opened::{chair, open};
use protocol::{api::Ticket, lib0::Writer, limits::SESSION_LIFE};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::timeout;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

const BEGAN: u64 = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn http5_a_socket_ends_with_the_twelve_hours_of_its_session() {
    let time = Arc::new(AtomicU64::new(BEGAN));
    let clock = time.clone();
    let routes =
        service_by(ORIGIN, None, Arc::new(move || clock.load(Ordering::SeqCst))).expect("none is read");
    let own = [("origin", ORIGIN), ("x-flipchart", "1"), ("content-type", "application/json")];
    let cookie = open(&routes).await;
    let with_cookie = [&own[..], &[("cookie", cookie.as_str())]].concat();
    let tickets = format!("/api/attendees/{}/ticket", chair());
    let ticket = async || ask(&routes, Method::POST, &tickets, &with_cookie, "").await;
    let fresh: Ticket = serde_json::from_str(&ticket().await.body).expect("a ticket");

    // Two seconds before its end.
    let two_left = BEGAN + u64::try_from(SESSION_LIFE.as_millis()).expect("a day") - 2_000;
    time.store(two_left, Ordering::SeqCst);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it has one");
    let serving = tokio::spawn(axum::serve(listener, routes.clone()).into_future());
    let request = format!("ws://{address}/sync").into_client_request().expect("an address");
    let (mut socket, _) = connect_async(request).await.expect("it opens");
    let began = Instant::now();
    let mut auth = Writer::with_capacity(256);
    auth.text(&fresh.seat.to_string());
    auth.number(2);
    auth.number(0);
    auth.text(&fresh.ticket);
    socket.send(Message::Binary(auth.finish().into())).await.expect("it goes out");
    let code = loop {
        match timeout(Duration::from_secs(10), socket.next()).await.expect("it ends").expect("a message") {
            Ok(Message::Close(Some(close))) => break u16::from(close.code),
            Ok(_) => {}
            Err(error) => panic!("it ended without a word: {error}"),
        }
    };
    assert_eq!(code, 4401);
    let lasted = began.elapsed();
    assert!(lasted >= Duration::from_millis(1_900) && lasted < Duration::from_secs(6), "{lasted:?}");

    time.store(two_left + 2_000, Ordering::SeqCst);
    assert_eq!(ticket().await.status, StatusCode::UNAUTHORIZED);
    serving.abort();
}
