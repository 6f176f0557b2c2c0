//! While the disk takes nothing everybody reads on, and nothing is taken.

use super::house::House;
use crate::{room::core::Inbound, store::StoreError};
use protocol::{
    close::Close,
    command::{Command, Refusal},
    document::{Audience, Kind},
    id::NoteId,
    people::Role,
    rounds::Told,
};

const BOARD: Kind = Kind::Board(Audience::All);

fn note() -> NoteId {
    NoteId::from_random([9; 10])
}

fn words(house: &House, role: Role) -> String {
    let text = house.devices[house.of(role)].copy(BOARD).replica.words_of(note().as_str());
    text.unwrap_or_default()
}

/// What was told of the disk, in order.
fn told(house: &House, role: Role) -> Vec<bool> {
    let told = house.devices[house.of(role)].told.iter();
    told.filter_map(|words| match serde_json::from_str(words).expect("it reads") {
        Told::Disk { takes } => Some(takes),
        _ => None,
    })
    .collect()
}

fn types(house: &mut House, role: Role, at: u32, words: &str) {
    house.device(role).edit(BOARD, |copy| copy.type_in(note().as_str(), at, words));
    house.settle();
}

/// A word that the disk refuses; the room is loaded again, holds, and everybody is back.
fn full() -> House {
    let mut house = House::with(1, &[Role::Chair, Role::CoChair, Role::Parent]);
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(), "worried", "before")));
    house.settle();
    house.store.fail_next(StoreError::Unavailable("full".into()));
    types(&mut house, Role::Chair, 6, ", on");
    assert_eq!(house.reloads, 1);
    house.core.hold();
    house.relink();
    house.settle();
    house
}

#[test]
fn sto16_while_the_disk_refuses_everybody_reads_nothing_is_taken_and_nobody_is_closed_again() {
    let mut house = full();
    for role in [Role::Chair, Role::CoChair, Role::Parent] {
        assert_eq!(told(&house, role), [false], "{role:?}");
        assert_eq!(house.devices[house.of(role)].closed, None);
    }
    assert_eq!(
        (words(&house, Role::CoChair), words(&house, Role::Parent)),
        ("before".into(), "before".into())
    );
    assert!(house.devices[house.of(Role::CoChair)].is_saved(), "what is no news is answered");
    types(&mut house, Role::Chair, 10, " and on");
    assert_eq!(house.refused(Role::Chair, Command::Convene), Refusal::NotSaved);
    assert!(!house.devices[house.of(Role::Chair)].is_saved());
    assert!(house.submit().is_none() && house.reloads == 1, "the disk is not asked again");
    assert_eq!(words(&house, Role::Parent), "before");
}

#[test]
fn sto16_when_the_disk_takes_again_those_who_wrote_are_asked_to_come_back_and_nobody_else() {
    let mut house = full();
    types(&mut house, Role::Chair, 10, " and on");
    house.core.go_on(house.now);
    house.effects();
    let closed = |house: &House, role| house.devices[house.of(role)].closed;
    assert_eq!(closed(&house, Role::Chair), Some(Close::Rebuilt));
    house.settle();
    house.relink();
    house.settle();
    assert!(house.devices[house.of(Role::Chair)].is_saved());
    for role in [Role::CoChair, Role::Parent] {
        assert_eq!(words(&house, role), "before, on and on");
        assert_eq!((told(&house, role), closed(&house, role)), (vec![false, true], None));
    }
    house.done(Role::Chair, Command::Convene);
    assert_eq!(house.reloads, 1);
    house.no_acknowledged_edit_is_missing();
}

#[test]
fn sto16_no_answer_overtakes_one_that_is_owed() {
    let mut house = full();
    let n = house.of(Role::Chair);
    types(&mut house, Role::Chair, 10, " and on");
    let statuses = house.devices[n].copy(BOARD).statuses.len();
    // What is known is no news and could be answered; a client that counts would take it for its words.
    let known = house.devices[house.of(Role::Parent)].copy(BOARD).replica.state();
    house.devices[n].send(BOARD, known);
    let document = house.name(BOARD);
    house.devices[n].up.push_back(Inbound::Refused { document });
    house.settle();
    assert_eq!(house.devices[n].copy(BOARD).statuses.len(), statuses);
    assert!(!house.devices[n].is_saved());
}

#[test]
fn sto16_a_room_that_holds_gives_the_store_nothing_also_where_a_screen_s_document_is_damaged() {
    let mut house = full();
    let damaged = |document: &str| Err(StoreError::Damaged { document: document.to_owned() });
    house.restart_with(|document| (document == "stage").then(|| damaged(document)));
    house.core.hold();
    assert!(house.submit().is_none(), "it would be refused, and everybody closed, again and again");
    house.relink();
    house.settle();
    assert!(house.submit().is_none());
    assert_eq!(words(&house, Role::Parent), "before");
    house.core.go_on(house.now);
    house.effects();
    house.settle();
    assert!(house.core.documents[&Kind::Stage].document.map("stage")["set_aside"] == false);
    house.all_in_step();
}
