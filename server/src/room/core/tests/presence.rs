//! PRES3, PRES6: who says where they write, and the page that a wall says it shows.

use super::{
    house::{House, conference, id, note},
    sync::BOARD,
};
use crate::room::core::{ConnId, Inbound};
use protocol::{
    document::Kind,
    limits::{ANNOUNCED_PER_OPENING, CLIENTS_PER_ATTENDEE},
    people::Role,
    scan::AwarenessEntry,
    wire::Wire,
};

const PEOPLE: [Role; 3] = [Role::Chair, Role::Parent, Role::Wall];

fn says(house: &mut House, role: Role, clock: u32, state: &str) {
    let document = house.name(Kind::Stage);
    let entries = vec![AwarenessEntry { client: 7, clock, state: Some(state.into()) }];
    house.device(role).up.push_back(Inbound::Awareness { document, entries });
    house.settle();
}

/// What the desk is told, by page and number of pages.
fn told(house: &House) -> Option<(u64, u64)> {
    let walls = house.core.documents[&Kind::Desk].document.map("walls");
    let wall = walls.values().next().expect("there is one wall");
    Some((wall["showing"]["page"].as_u64()?, wall["showing"]["of"].as_u64()?))
}

#[test]
fn pres6_the_desk_is_told_which_page_a_wall_shows_until_its_link_ends() {
    let mut house = House::begin(1, conference(&PEOPLE));
    house.settle();
    assert_eq!(told(&house), None);
    says(&mut house, Role::Wall, 1, r#"{"showing":{"section":"worried","page":2,"of":3}}"#);
    assert_eq!(told(&house), Some((2, 3)));
    let wall = house.of(Role::Wall);
    house.cut(wall);
    house.settle();
    assert_eq!(told(&house), None);
}

#[test]
fn pres6_nobody_else_says_it_and_nothing_impossible_is_told() {
    let mut house = House::begin(1, conference(&PEOPLE));
    house.settle();
    for who in [Role::Parent, Role::Chair] {
        says(&mut house, who, 1, r#"{"showing":{"section":"worried","page":1,"of":1}}"#);
    }
    for state in [
        r#"{"showing":{"section":"worried","page":0,"of":3}}"#,
        r#"{"showing":{"section":"worried","page":4,"of":3}}"#,
        r#"{"showing":{"section":"worried","page":1,"of":70000}}"#,
        &format!(r#"{{"showing":{{"section":"{}","page":1,"of":3}}}}"#, "w".repeat(65)),
        r#"{"showing":3}"#,
        r#"{"writing":"0123456789abcdef"}"#,
        "null",
    ] {
        says(&mut house, Role::Wall, 1, state);
        assert_eq!(told(&house), None, "{state}");
    }
}

/// A line that somebody says they write in.
fn writing(n: u8) -> Option<String> {
    Some(format!(r#"{{"writing":"{}"}}"#, note(n)))
}

fn announces(house: &mut House, conn: ConnId, client: u64, clock: u32, state: Option<String>) {
    let document = house.name(BOARD);
    house.receive(
        conn,
        Inbound::Awareness { document, entries: vec![AwarenessEntry { client, clock, state }] },
    );
}

fn opens(house: &mut House, role: Role) -> ConnId {
    let (conn, document) = (house.bare(role), house.name(BOARD));
    house.receive(conn, Inbound::Open { document, wire: Wire::Named(document.to_string()) });
    conn
}

/// Where the room says that a client writes.
fn writes_in(house: &House, client: u64) -> Option<String> {
    Some(house.core.documents[&BOARD].awareness.get(&client)?.state.clone())
}

#[test]
fn pres3_a_page_that_comes_back_by_another_way_speaks_on_while_its_old_socket_is_not_missed() {
    let mut house = House::begin(1, conference(&PEOPLE));
    let (old, new) = (opens(&mut house, Role::Chair), opens(&mut house, Role::Chair));
    announces(&mut house, old, 9, 1, writing(1));
    // An echo, and somebody who takes the page for gone.
    announces(&mut house, new, 9, 1, writing(2));
    announces(&mut house, new, 9, 2, None);
    assert!(writes_in(&house, 9).is_some_and(|state| state.contains(note(1).as_str())));
    announces(&mut house, new, 9, 2, writing(2));
    assert!(writes_in(&house, 9).is_some_and(|state| state.contains(note(2).as_str())));
    house.core.disconnect(old, house.now);
    assert!(writes_in(&house, 9).is_some(), "the old socket has nothing to say any more");
    house.core.disconnect(new, house.now);
    assert_eq!(writes_in(&house, 9), None);
}

#[test]
fn sync5_lim10_nobody_announces_so_many_ids_that_none_of_another_pen_is_kept_for_them() {
    let mut house = House::begin(1, conference(&[Role::Chair, Role::CoChair]));
    for opening in 0..4_096 / ANNOUNCED_PER_OPENING as u64 + 1 {
        let conn = opens(&mut house, Role::Chair);
        for n in 0..ANNOUNCED_PER_OPENING as u64 {
            announces(&mut house, conn, 500 + opening * 1_000 + n, 1, writing(1));
        }
        house.core.disconnect(conn, house.now);
    }
    let conn = opens(&mut house, Role::CoChair);
    announces(&mut house, conn, 9, 1, writing(2));
    let announced = &house.core.documents[&BOARD].announced;
    let theirs = announced.values().filter(|of| **of == id(Role::Chair)).count();
    assert_eq!((announced.get(&9), theirs), (Some(&id(Role::CoChair)), CLIENTS_PER_ATTENDEE));
}
