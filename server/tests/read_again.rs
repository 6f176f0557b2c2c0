//! A store that gives nothing for a while: whoever comes is told to ask again, never that they are out.

mod edge_common;
#[path = "edge_common/opened.rs"]
mod opened;

use axum::{
    Router,
    http::{Method, StatusCode},
};
use edge_common::{ORIGIN, ask, post, service_by};
use opened::{chair, link, open};
use rusqlite::Connection;
use server::store::{
    Store as _,
    sqlite::{Location, SqliteStore},
};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::time::timeout;

/// A run that goes wrong is not waited for longer than this.
const DEADLINE: Duration = Duration::from_secs(60);

/// As for a disk that does not answer: the table of snapshots is called otherwise for a while.
fn rename(data: &Path, from: &str, to: &str) {
    let database = Connection::open(Location::beneath(data).database()).expect("it is there");
    database.execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}")).expect("it is renamed");
}

async fn asks_for_a_ticket(routes: &Router, cookie: &str) -> StatusCode {
    let path = format!("/api/attendees/{}/ticket", chair());
    let headers = [("origin", ORIGIN), ("x-flipchart", "1"), ("cookie", cookie)];
    let answer = timeout(DEADLINE, ask(routes, Method::POST, &path, &headers, ""));
    answer.await.expect("nobody waits for a disk that does not answer").status
}

async fn opens_their_link(routes: &Router) -> StatusCode {
    let link = link();
    let answer = timeout(DEADLINE, post(routes, "/api/enter", &link));
    answer.await.expect("nobody waits for a disk that does not answer").status
}

async fn asks_until_they_are_let_in(routes: &Router, cookie: &str) {
    let lets_in = async {
        loop {
            match asks_for_a_ticket(routes, cookie).await {
                StatusCode::OK => return,
                other => assert_eq!(other, StatusCode::SERVICE_UNAVAILABLE),
            }
        }
    };
    timeout(DEADLINE, lets_in).await.expect("the room comes back by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn sto15_while_the_store_gives_nothing_everybody_is_told_to_ask_again_and_then_the_room_is_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let store = Arc::new(SqliteStore::open(Location::beneath(&data)).expect("a new store"));
    let start = || service_by(ORIGIN, Some(store.clone()), Arc::new(|| 1_000));
    let (mut routes, mut cookie) = (start().expect("nothing to read"), None);
    for is_awake in [true, false] {
        let cookie = match &cookie {
            None => cookie.insert(open(&routes).await).clone(),
            Some(cookie) => {
                // Another start finds the conference asleep.
                routes = start().expect("it is read");
                cookie.clone()
            }
        };
        rename(&data, "snapshot", "away");
        if is_awake {
            // Coming in has to be kept, is not, and the room is read again.
            assert_eq!(opens_their_link(&routes).await, StatusCode::SERVICE_UNAVAILABLE);
        }
        for _ in 0..3 {
            assert_eq!(asks_for_a_ticket(&routes, &cookie).await, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(opens_their_link(&routes).await, StatusCode::SERVICE_UNAVAILABLE);
        }
        assert!(start().is_err(), "a start passed somebody over because the disk did not answer");
        rename(&data, "away", "snapshot");
        asks_until_they_are_let_in(&routes, &cookie).await;
    }
}

#[test]
fn sto16_there_is_no_room_while_another_program_writes_in_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::beneath(folder.path());
    let store = SqliteStore::open(location.clone()).unwrap();
    assert!(store.takes(1_000));
    let other = Connection::open(location.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(!store.takes(1_000));
    other.execute_batch("ROLLBACK").unwrap();
    assert!(store.takes(1_000));
}
