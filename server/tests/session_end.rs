//! A session lasts twelve hours, and so does every socket that it opened.

mod edge_common;

use axum::http::{Method, StatusCode};
use edge_common::{KEY, ORIGIN, ask, post, service_by};
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    api::{Enter, NewChild, NewConference, NewPerson, Ticket},
    command::{Person, Screen, WayIn},
    id::{AttendeeId, ChildId, ConferenceId},
    lib0::Writer,
    limits::SESSION_LIFE,
    people::{Place, Role},
};
use sha2::{Digest as _, Sha256};
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

const PIN: &str = "20261214";
const BEGAN: u64 = 1_000;

fn chair() -> AttendeeId {
    AttendeeId::from_random([1; 10])
}

fn secret() -> String {
    "ab".repeat(32)
}

fn conference() -> String {
    let person = Person {
        name: "Chair".into(),
        role: Role::Chair,
        words: "chair".into(),
        agency: None,
        place: Place::Room,
    };
    let secret_hash = hex::encode(Sha256::digest([0xab; 32]));
    let new = NewConference {
        conference: ConferenceId::from_random([1; 10]),
        framework: "lbh".into(),
        title: "Initial conference".into(),
        starts: "2026-12-14T10:00".into(),
        children: vec![NewChild {
            child: ChildId::from_random([1; 10]),
            first_name: "Kacper".into(),
            name: "Kacper Nowicki".into(),
        }],
        people: vec![NewPerson {
            attendee: chair(),
            person,
            way_in: Some(WayIn { secret_hash, pin: PIN.into() }),
        }],
        screen: Screen { height_mm: 685, distance_mm: 5_000 },
        mirrored: false,
        hidden_places: Vec::new(),
        practice: true,
    };
    serde_json::to_string(&new).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn http5_a_socket_ends_with_the_twelve_hours_of_its_session() {
    let time = Arc::new(AtomicU64::new(BEGAN));
    let clock = time.clone();
    let routes = service_by(ORIGIN, Arc::new(move || clock.load(Ordering::SeqCst)));
    let own = [("origin", ORIGIN), ("x-flipchart", "1"), ("content-type", "application/json")];
    let key = format!("Bearer {KEY}");
    let opened = [&own[..], &[("authorization", key.as_str())]].concat();
    let made = ask(&routes, Method::POST, "/api/conferences", &opened, &conference()).await;
    assert!(made.status.is_success(), "{}", made.body);
    let enter = Enter { attendee: chair(), secret: secret(), pin: PIN.into() };
    let entered = post(&routes, "/api/enter", &serde_json::to_string(&enter).expect("JSON")).await;
    let cookie = entered.headers["set-cookie"].to_str().expect("text").split(';').next().expect("a cookie");
    let with_cookie = [&own[..], &[("cookie", cookie)]].concat();
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
