//! A conference with a chair who has come in.

use crate::edge_common::{KEY, ORIGIN, ask, post};
use axum::{Router, http::Method};
use protocol::{
    api::{Enter, NewChild, NewConference, NewPerson},
    command::{Person, Screen, WayIn},
    id::{AttendeeId, ChildId, ConferenceId},
    people::{Place, Role},
};
use sha2::{Digest as _, Sha256};

const PIN: &str = "20261214";
/// Who it is.
pub fn chair() -> AttendeeId {
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

/// The chair's link with the right PIN, as our page sends it.
pub fn link() -> String {
    let enter = Enter { attendee: chair(), secret: secret(), pin: PIN.into() };
    serde_json::to_string(&enter).expect("JSON")
}

/// Opens it and lets the chair in: the cookie of their session.
pub async fn open(routes: &Router) -> String {
    let own = [("origin", ORIGIN), ("x-flipchart", "1"), ("content-type", "application/json")];
    let key = format!("Bearer {KEY}");
    let headers = [&own[..], &[("authorization", key.as_str())]].concat();
    let made = ask(routes, Method::POST, "/api/conferences", &headers, &conference()).await;
    assert!(made.status.is_success(), "{}", made.body);
    let entered = post(routes, "/api/enter", &link()).await;
    let cookie = entered.headers["set-cookie"].to_str().expect("text");
    cookie.split(';').next().expect("a cookie").to_owned()
}
