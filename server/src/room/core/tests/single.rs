//! YJS: sockets of one document, whose framing has no word for "saved".

use super::house::{House, note};
use crate::{
    document::replica::Replica,
    room::core::{ConnId, Inbound},
};
use protocol::{
    close::Close,
    command::{Command, TakeOff},
    document::{Audience, Kind},
    frame::ServerMessage,
    people::Role,
    scan::{Roots, scan_update},
    wire::Wire,
};

const BOARD: Kind = Kind::Board(Audience::All);

/// A stock client: one socket, one copy.
struct Client {
    conn: ConnId,
    copy: Replica,
}

fn house() -> House {
    House::with(1, &[Role::Chair, Role::SocialWorker, Role::Parent])
}

impl Client {
    fn open(house: &mut House, role: Role, kind: Kind) -> Self {
        let (conn, copy) = (house.bare(role), Replica::new(house.fresh_client()));
        let document = house.name(kind);
        house.receive(conn, Inbound::Open { document, wire: Wire::Single });
        Self { conn, copy }
    }

    fn asks(&self, house: &mut House) {
        let (document, state_vector) = (house.name(BOARD), self.copy.state_vector());
        house.receive(self.conn, Inbound::Step1 { document, state_vector });
    }

    fn sends(&self, house: &mut House, update: &[u8]) {
        let touched = scan_update(update, Roots::Any).expect("a client's own update");
        let document = house.name(BOARD);
        house.receive(
            self.conn,
            Inbound::Update { document, update: update.to_vec(), touched, answers: false },
        );
    }

    /// What has come since the last look.
    fn came(&self, house: &mut House) -> Vec<Vec<u8>> {
        std::mem::take(&mut house.bare.get_mut(&self.conn).expect("a bare socket").0)
    }

    fn closed(&self, house: &House) -> Option<Close> {
        house.bare[&self.conn].1
    }
}

fn single(message: &ServerMessage<'_>) -> Vec<u8> {
    Wire::Single.write(message).expect("this framing has a word for it")
}

/// Kinds of the frames: the first two bytes of a sync message, the first of another.
fn kinds(frames: &[Vec<u8>]) -> Vec<&[u8]> {
    frames.iter().map(|frame| if frame[0] == 0 { &frame[..2] } else { &frame[..1] }).collect()
}

const STEP_1: &[u8] = &[0, 0];
const STEP_2: &[u8] = &[0, 1];

#[test]
fn yjs2_our_step_1_comes_at_once_and_theirs_is_answered_by_step_2() {
    let mut house = house();
    let client = Client::open(&mut house, Role::Chair, BOARD);
    assert_eq!(kinds(&client.came(&mut house)), [STEP_1]);
    for _ in 0..2 {
        client.asks(&mut house);
        assert_eq!(kinds(&client.came(&mut house)), [STEP_2]);
    }
}

#[test]
fn yjs3_an_edit_comes_back_to_its_author_once_it_is_durable_and_what_is_no_news_does_not() {
    let mut house = house();
    let author = Client::open(&mut house, Role::Chair, BOARD);
    let other = Client::open(&mut house, Role::Parent, BOARD);
    for client in [&author, &other] {
        client.asks(&mut house);
        client.came(&mut house);
    }
    let update = author.copy.write_note(note(1), "worried", "the belt");
    author.sends(&mut house, &update);
    assert!(author.came(&mut house).is_empty() && other.came(&mut house).is_empty());
    house.settle();
    let shown = single(&ServerMessage::Update(&update));
    assert_eq!(author.came(&mut house), std::slice::from_ref(&shown));
    assert_eq!(other.came(&mut house), [shown]);
    // pycrdt sends on what it was sent: were that answered, it would go round for ever.
    for client in [&author, &other] {
        client.sends(&mut house, &update);
    }
    house.settle();
    assert!(author.came(&mut house).is_empty() && other.came(&mut house).is_empty());
    assert_eq!((author.closed(&house), other.closed(&house)), (None, None));
}

#[test]
fn yjs4_right8_a_refused_edit_is_told_as_denied_and_the_socket_reads_on() {
    let mut house = house();
    let parent = Client::open(&mut house, Role::Parent, BOARD);
    let chair = Client::open(&mut house, Role::Chair, BOARD);
    parent.asks(&mut house);
    parent.came(&mut house);
    let refused = parent.copy.write_note(note(1), "worried", "without a pen");
    parent.sends(&mut house, &refused);
    house.settle();
    assert_eq!(parent.came(&mut house), [single(&ServerMessage::SyncStatus(false))]);
    let shown = chair.copy.write_note(note(2), "worried", "with a pen");
    chair.sends(&mut house, &shown);
    house.settle();
    assert_eq!(parent.came(&mut house), [single(&ServerMessage::Update(&shown))]);
    assert!(!house.is_stored("without a pen"));
    assert_eq!(parent.closed(&house), None);
}

#[test]
fn yjs5_a_socket_whose_document_is_gone_or_not_for_it_is_closed() {
    let mut house = house();
    let chair = Client::open(&mut house, Role::Chair, BOARD);
    let desk = Client::open(&mut house, Role::Parent, Kind::Desk);
    assert_eq!(desk.closed(&house), Some(Close::Out));
    assert!(desk.came(&mut house).is_empty());
    let update = chair.copy.write_note(note(1), "worried", "the belt");
    chair.sends(&mut house, &update);
    house.settle();
    house.done(Role::Chair, Command::TakeOff { what: TakeOff::Note { note: note(1) } });
    assert_eq!(chair.closed(&house), Some(Close::Moved));
    assert!(Close::Moved.is_permanent() && Close::Out.is_permanent() && !Close::Restart.is_permanent());
    house.settle();
    // The device's own socket, with many documents, goes on to the next edition.
    assert_eq!(house.device(Role::Chair).copy(BOARD).name.edition, 2);
}

#[test]
fn p6_yjs2_who_opens_during_a_pause_is_asked_and_answered_after_it() {
    let mut house = house();
    house.done(Role::Chair, Command::Pause);
    let parent = Client::open(&mut house, Role::Parent, BOARD);
    parent.asks(&mut house);
    house.settle();
    assert!(parent.came(&mut house).is_empty());
    house.done(Role::Chair, Command::Resume);
    house.settle();
    assert_eq!(kinds(&parent.came(&mut house)), [STEP_1, STEP_2]);
}

#[test]
fn yjs5_close7_who_asks_for_the_next_edition_before_it_is_kept_is_told_to_come_back() {
    let mut house = house();
    let theirs = Kind::Board(Audience::Professionals);
    for (n, kind) in [(1, BOARD), (2, theirs)] {
        house.device(Role::Chair).edit(kind, |copy| Some(copy.write_note(note(n), "worried", "the belt")));
        house.settle();
        house.ask_new(Role::Chair, Command::TakeOff { what: TakeOff::Note { note: note(n) } });
        let early = Client::open(&mut house, Role::SocialWorker, kind);
        assert_eq!(early.closed(&house), Some(Close::NotYet));
        assert!(early.came(&mut house).is_empty());
    }
    assert_eq!((Close::NotYet.code().0, Close::NotYet.is_permanent()), (1012, false));
    // Whoever may not read it does not learn that there will be one (P3).
    let other = Client::open(&mut house, Role::Parent, theirs);
    assert_eq!(other.closed(&house), Some(Close::Out));
    house.settle();
    let back = Client::open(&mut house, Role::SocialWorker, BOARD);
    back.asks(&mut house);
    assert_eq!(kinds(&back.came(&mut house)), [STEP_1, STEP_2]);
    house.all_in_step();
}
