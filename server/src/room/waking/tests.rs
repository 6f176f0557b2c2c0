//! Rooms on a disk that refuses one of them, or answers nobody.

use super::*;
use crate::{
    meeting::{
        attendee::TokenHash,
        framework::Frameworks,
        sheet::{Note, Words},
    },
    room::{
        commands::{Edit, Prepared},
        directory::{Clock, Directory, Seeds},
        handle::RoomHandle,
        outbox::Outbox,
        watchdog::Watchdog,
    },
    store::{Batch, Row, Store as _, StoreError, Write, sim::SimStore},
};
use protocol::{
    api::{NewChild, NewConference, NewPerson},
    command::{Command, Outcome, Person, Refusal, Request, Screen, WayIn},
    document::Audience,
    id::{AttendeeId, ChildId, CommandId, NoteId, RoundId},
    limits::SLEEP,
    people::{Place, Role, Standing},
    rounds::NewRound,
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
pub(in crate::room) async fn synced<T>(store: &SimStore, work: impl Future<Output = T>) -> T {
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

fn pins() -> HashMap<AttendeeId, String> {
    HashMap::from([(chair(), "the hash of a PIN".into())])
}

/// A conference that is kept and live, beside another one.
async fn live(store: &Arc<SimStore>) -> (Directory, RoomHandle) {
    let directory = directory(store, Arc::new(|| StdRng::seed_from_u64(7)));
    store.create(conference(2)).unwrap();
    let room = synced(store, directory.create(new_conference(), pins())).await.unwrap();
    (directory, room)
}

/// A batch of the other conference.
fn neighbour() -> Batch {
    let row = Row { from: 1, to: 1, bytes: b"a few words".to_vec() };
    Batch { conference: conference(2), writes: vec![Write::Append { document: "board.all".into(), row }] }
}

/// A line of so many letters, as a scenario writes it.
fn line(n: u8, letters: usize) -> Vec<Edit> {
    let words = Words::Written("x".repeat(letters));
    let note = Note {
        id: NoteId::from_random([n; 10]),
        words,
        section: "worried".into(),
        order: format!("a{n}"),
        children: Vec::new(),
        label: None,
        source: None,
        struck: false,
    };
    vec![Edit::PutNote(Audience::All, note)]
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

#[tokio::test]
async fn sto16_a_room_goes_on_only_where_there_is_room_for_what_was_refused_twice() {
    const REFUSED: usize = 300 * 1024;
    let store = Arc::new(SimStore::new());
    let (_directory, room) = live(&store).await;
    store.fill(true);
    store.fail_next(full());
    let written = room.fill(line(1, REFUSED), Vec::new());
    assert!(matches!(synced(&store, written).await, Outcome::Refused { .. }));
    let looks = async {
        while store.asked() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, looks).await.expect("it never looks");
    // In the log, and then in the database.
    assert!((2 * REFUSED..2 * REFUSED + 100 * 1024).contains(&store.asked()), "{}", store.asked());
}

#[tokio::test]
async fn lim15_a_room_takes_nothing_more_while_a_stuck_disk_owes_it_too_much() {
    const LINE: usize = 1024 * 1024;
    // Four commits on their way, what the room may have itself, and half as much again.
    const LINES: u8 = 48;
    let store = Arc::new(SimStore::new());
    let (_directory, room) = live(&store).await;
    let mut written = Vec::new();
    for n in 1..=LINES {
        let room = room.clone();
        written.push(tokio::spawn(async move { room.fill(line(n, LINE), Vec::new()).await }));
        // Each is handed on before the next one comes.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let asked = tokio::spawn({
        let room = room.clone();
        async move { room.way_in(chair()).await.is_ok() }
    });
    let is_stuck = async {
        while store.waiting() < 4 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, is_stuck).await.expect("the disk was given too little");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!asked.is_finished(), "it takes whatever comes");
    assert_eq!(store.waiting(), 4, "what comes behind a stuck commit waits in the room");
    let kept = synced(&store, async {
        for written in written {
            assert!(matches!(written.await.unwrap(), Outcome::Done { .. }));
        }
        asked.await.unwrap()
    });
    assert!(kept.await);
}

/// Nobody speaks for twice as long as a room stays awake, on a disk that works.
async fn rests(store: &SimStore) {
    tokio::time::pause();
    for _ in 0..20 {
        tokio::time::advance(SLEEP / 10).await;
        for _ in 0..20 {
            store.sync_all();
            yield_now().await;
        }
    }
    tokio::time::resume();
}

#[tokio::test]
async fn sto15_a_room_that_nobody_has_to_do_with_sleeps_again_and_wakes_when_somebody_needs_it() {
    let store = Arc::new(SimStore::new());
    let (directory, room) = live(&store).await;
    let token = TokenHash([2; 32]);
    let session = synced(&store, room.enter(chair(), Some(token))).await;
    let device = session.unwrap().expect("they come in").device;
    let (outbox, _reader) = Outbox::new();
    let linked = room.connect(chair(), device, outbox).await.unwrap().expect("a socket");
    drop(room);
    rests(&store).await;
    assert!(directory.is_awake(conference(1)), "a socket is there");
    drop(linked);
    let room = directory.room(conference(1)).unwrap();
    rests(&store).await;
    assert!(directory.is_awake(conference(1)), "somebody is about to ask something");
    drop(room);
    rests(&store).await;
    assert!(!directory.is_awake(conference(1)), "it stays in memory");
    let room = directory.room_of(chair()).unwrap();
    let session = synced(&store, room.session(chair(), token)).await;
    assert_eq!(session.unwrap().expect("they are still signed in").device, device);
    assert!(synced(&store, knocks(&room, 3)).await);
}

#[tokio::test]
async fn sto15_who_stops_waiting_while_they_are_let_in_leaves_no_socket_behind() {
    let store = Arc::new(SimStore::new());
    let (directory, room) = live(&store).await;
    let session = synced(&store, room.enter(chair(), Some(TokenHash([2; 32])))).await;
    let device = session.unwrap().expect("they come in").device;
    let (outbox, _reader) = Outbox::new();
    let mut linking = Box::pin(room.connect(chair(), device, outbox));
    // It asks, once.
    select! {
        biased;
        _ = &mut linking => panic!("it has its answer already"),
        () = std::future::ready(()) => {}
    }
    // The room answers, and nobody reads it.
    assert!(synced(&store, room.way_in(chair())).await.is_ok());
    drop(linking);
    drop(room);
    rests(&store).await;
    assert!(!directory.is_awake(conference(1)), "a socket that nobody has keeps it awake");
}

#[tokio::test]
async fn sto15_a_room_with_an_open_round_stays_awake() {
    let store = Arc::new(SimStore::new());
    let directory = directory(&store, Arc::new(|| StdRng::seed_from_u64(7)));
    let mut new = new_conference();
    let police = |n| AttendeeId::from_random([n; 10]);
    let person = Person { role: Role::Police, words: "police".into(), ..new.people[0].person.clone() };
    let others = (2..=6).map(|n| NewPerson { attendee: police(n), person: person.clone(), way_in: None });
    new.people.extend(others);
    let mut rng = StdRng::seed_from_u64(8);
    let mut everybody = directory.begin(new, pins(), &mut rng).unwrap();
    everybody.people.values_mut().for_each(|who| who.standing = Standing::Here);
    everybody.phase = everybody.framework().scale.clone().expect("it scales").phase;
    let (child, round) = (everybody.children[0].id, RoundId::from_random([1; 10]));
    let opened = directory.open_with(conference(1), Core::begin(everybody, rng));
    synced(&store, opened).await.unwrap();
    let asks = async |by, n, command| {
        let request = Request { id: CommandId::from_random([n; 10]), command };
        let room = directory.room(conference(1)).unwrap();
        synced(&store, room.command(by, 0, request, Prepared::default())).await
    };
    let (question, low_words, high_words, minimum) = (None, None, None, None);
    let new = NewRound { round, child, question, low_words, high_words, minimum };
    let opened = asks(chair(), 1, Command::OpenRound { new }).await;
    assert!(matches!(opened, Outcome::Done { .. }), "{opened:?}");
    // It is open as soon as what is asked for a note is read.
    let is_open = async |n| {
        let asked = asks(police(2), n, Command::AskNote { round, blinded: "no note".into() }).await;
        matches!(asked, Outcome::Refused { code: Refusal::BadInput, .. })
    };
    let opens = async {
        while !is_open(2).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(LONG, opens).await.expect("it never opens");
    rests(&store).await;
    assert!(directory.is_awake(conference(1)), "notes lie in memory alone");
    assert!(is_open(3).await);
}
