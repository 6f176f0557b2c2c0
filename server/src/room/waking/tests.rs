//! Rooms on a disk that refuses one of them.

use super::*;
use crate::{
    meeting::{attendee::TokenHash, framework::Frameworks},
    room::{
        directory::{Clock, Directory, Seeds},
        handle::RoomHandle,
        outbox::Outbox,
        watchdog::Watchdog,
    },
    store::{Batch, Row, Store as _, StoreError, Write, sim::SimStore},
};
use protocol::{
    api::{NewChild, NewConference, NewPerson},
    command::{Person, Screen, WayIn},
    id::{AttendeeId, ChildId},
    people::{Place, Role},
};
use rand::{SeedableRng as _, rngs::StdRng};
use std::collections::HashMap;
use tokio::{select, task::yield_now, time::timeout};

/// Far longer than any of it takes.
const LONG: Duration = Duration::from_secs(60);

fn full() -> StoreError {
    StoreError::Unavailable("full".into())
}

fn conference(n: u8) -> ConferenceId {
    ConferenceId::from_random([n; 10])
}

fn chair() -> AttendeeId {
    AttendeeId::from_random([1; 10])
}

fn new_conference() -> NewConference {
    let person = Person {
        name: "Chair".into(),
        role: Role::Chair,
        words: "chair".into(),
        agency: None,
        place: Place::Room,
    };
    let way_in = WayIn { secret_hash: "ab".repeat(32), pin: "20261214".into() };
    NewConference {
        conference: conference(1),
        framework: "lbh".into(),
        title: "Initial conference".into(),
        starts: "2026-12-14T10:00".into(),
        children: vec![NewChild {
            child: ChildId::from_random([1; 10]),
            first_name: "Kacper".into(),
            name: "Kacper Nowicki".into(),
        }],
        people: vec![NewPerson { attendee: chair(), person, way_in: Some(way_in) }],
        screen: Screen { height_mm: 685, distance_mm: 5_000 },
        mirrored: false,
        hidden_places: Vec::new(),
        practice: false,
    }
}

fn directory(store: &Arc<SimStore>, seeds: Seeds) -> Directory {
    let clock: Clock = Arc::new(|| 1_000);
    Directory::open(store.clone(), Frameworks::shipped(), clock, seeds, Watchdog::asleep()).unwrap()
}

/// What somebody waits for, on a disk that works.
async fn synced<T>(store: &SimStore, work: impl Future<Output = T>) -> T {
    let syncs = async {
        loop {
            store.sync_next();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    select! {
        done = timeout(LONG, work) => done.expect("it never came"),
        () = syncs => unreachable!(),
    }
}

/// A conference that is kept and live, beside another one.
async fn live(store: &Arc<SimStore>) -> (Directory, RoomHandle) {
    let directory = directory(store, Arc::new(|| StdRng::seed_from_u64(7)));
    store.create(conference(2)).unwrap();
    let pins = HashMap::from([(chair(), "the hash of a PIN".into())]);
    let room = synced(store, directory.create(new_conference(), pins)).await.unwrap();
    (directory, room)
}

/// A batch of the other conference.
fn neighbour() -> Batch {
    let row = Row { from: 1, to: 1, bytes: b"a few words".to_vec() };
    Batch { conference: conference(2), writes: vec![Write::Append { document: "board.all".into(), row }] }
}

/// Somebody with the room's code.
async fn knocks(room: &RoomHandle, n: u8) -> bool {
    let who = AttendeeId::from_random([n; 10]);
    room.knock(who, "Somebody".into(), Place::Room, TokenHash([n; 32])).await.is_ok()
}

#[tokio::test]
async fn sto16_a_room_that_was_refused_holds_also_where_a_neighbour_s_few_words_were_kept_meanwhile() {
    let store = Arc::new(SimStore::new());
    let (_directory, room) = live(&store).await;
    store.fill(true);
    store.fail_next(full());
    let asked = tokio::spawn({
        let room = room.clone();
        async move { knocks(&room, 2).await }
    });
    while store.waiting() == 0 {
        yield_now().await;
    }
    store.submit(neighbour(), Box::new(|kept| assert!(kept.is_ok())));
    // Both before the room hears of either.
    assert_eq!(store.sync_all(), 2);
    assert_eq!(store.health(), Health::Keeps);
    assert!(!asked.await.unwrap());
    // It gives the store nothing, and says so at once.
    let knocked = knocks(&room, 3);
    let asks_the_disk = async {
        while store.waiting() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    select! {
        kept = knocked => assert!(!kept),
        () = asks_the_disk => panic!("it would be refused, and everybody closed, again and again"),
    }
    // And goes on when there is room for what was refused.
    store.fill(false);
    synced(&store, async {
        while !knocks(&room, 4).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sto16_close5_a_room_that_wakes_as_the_disk_begins_to_refuse_gives_what_it_writes_and_ends() {
    let store = Arc::new(SimStore::new());
    let (before, room) = live(&store).await;
    // The desk says who is linked.
    let (outbox, _reader) = Outbox::new();
    let session = synced(&store, room.enter(chair(), Some(TokenHash([2; 32])))).await;
    let device = session.unwrap().expect("they come in").device;
    let linked = room.connect(chair(), device, outbox).await.unwrap().expect("a socket");
    synced(&store, room.settle()).await;
    assert!(synced(&store, before.drain(Duration::ZERO, LONG)).await);
    drop(linked);
    // A room asks for randomness when it is about to be read: in that moment the neighbour is refused.
    let disk = store.clone();
    let refuses = move || {
        if disk.health() == Health::Keeps {
            disk.fail_next(full());
            disk.submit(neighbour(), Box::new(|kept| assert!(kept.is_err())));
            disk.sync_all();
        }
        StdRng::seed_from_u64(8)
    };
    let after = directory(&store, Arc::new(refuses));
    store.fill(true);
    let room = after.room(conference(1)).unwrap();
    assert!(room.way_in(chair()).await.is_ok(), "it is awake");
    assert_eq!(store.health(), Health::Refuses);
    assert_ne!(store.waiting(), 0, "what is not kept yet waits for the disk, and not in the room");
    assert!(synced(&store, after.drain(Duration::ZERO, LONG)).await, "it never ends");
}

#[tokio::test]
async fn close5_a_room_that_its_disk_does_not_answer_does_not_keep_the_service_from_ending() {
    let store = Arc::new(SimStore::new());
    let (directory, room) = live(&store).await;
    let asked = tokio::spawn(async move { knocks(&room, 2).await });
    while store.waiting() == 0 {
        yield_now().await;
    }
    let ended = timeout(LONG, directory.drain(Duration::ZERO, Duration::from_millis(10))).await;
    assert_eq!(ended, Ok(false));
    assert!(!asked.is_finished(), "nobody is told what is not known");
}
