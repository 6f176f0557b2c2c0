//! P6: while paused nothing is sent to covered screens; resuming brings everything.

use super::{
    device::{Said, contains, read},
    house::{House, id, note},
};
use crate::room::core::Inbound;
use protocol::{
    command::{Command, TakeOff},
    document::{Audience, Kind},
    people::Role,
    wire::Wire,
};

const BOARD: Kind = Kind::Board(Audience::All);

fn house() -> House {
    let mut house =
        House::with(4, &[Role::Chair, Role::BusinessSupport, Role::SocialWorker, Role::Parent, Role::Wall]);
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::SocialWorker) });
    house
}

fn write(house: &mut House, role: Role, n: u8, words: &str) {
    house.device(role).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
}

#[test]
fn p6_covered_screens_get_stage_and_seat_alone_and_resuming_brings_everything() {
    let mut house = house();
    house.done(Role::Chair, Command::Pause);
    for device in &mut house.devices {
        device.seen.clear();
    }
    write(&mut house, Role::Chair, 1, "written in the break");
    house.settle();
    write(&mut house, Role::SocialWorker, 2, "typed on");
    house.settle();
    house.done(Role::Chair, Command::CorrectName { whose: child(), name: "Kasper Nowicki".into() });
    assert!(house.device(Role::BusinessSupport).has_seen("written in the break"));
    for role in [Role::SocialWorker, Role::Parent, Role::Wall] {
        let words = house
            .device(role)
            .seen
            .iter()
            .map(|frame| read(frame))
            .filter(|(_, said)| said.words().is_some());
        let kinds: Vec<Kind> = words.map(|(name, _)| name.kind).collect();
        assert!(kinds.iter().all(|kind| matches!(kind, Kind::Stage | Kind::Seat(_))), "{role:?}: {kinds:?}");
    }
    // Their own words are acknowledged all the same.
    assert!(house.device(Role::SocialWorker).is_saved());
    house.done(Role::Chair, Command::Resume);
    for role in [Role::SocialWorker, Role::Parent, Role::Wall] {
        assert!(house.device(role).has_seen("written in the break") && house.device(role).has_seen("Kasper"));
    }
    assert!(house.device(Role::Parent).has_seen("typed on"));
    house.all_in_step();
}

fn child() -> protocol::command::Whose {
    protocol::command::Whose::Child {
        child: protocol::id::ChildId::from_random([1; 10]),
        first_name: "Kasper".into(),
    }
}

#[test]
fn p6_what_is_on_its_way_to_the_disk_when_the_pause_begins_is_neither_lost_nor_leaked() {
    let mut house = house();
    write(&mut house, Role::Chair, 1, "in flight");
    house.deliver();
    house.submit();
    house.ask_new(Role::Chair, Command::Pause);
    house.settle();
    assert!(!house.device(Role::Parent).has_seen("in flight"));
    house.done(Role::Chair, Command::Resume);
    assert!(house.device(Role::Parent).has_seen("in flight"));
    house.all_in_step();
}

/// A parent's new device asks for the board while words of the chair's wait for the disk.
fn asks_while_words_are_in_flight(house: &mut House) {
    let parent = house.of(Role::Parent);
    house.cut(parent);
    house.devices[parent].copies.clear();
    write(house, Role::Chair, 1, "in flight");
    house.deliver();
    house.link(parent);
    let name = house.name(BOARD);
    house.devices[parent].open(name);
    house.deliver();
}

#[test]
fn p6_a_step_2_that_waits_for_the_disk_when_the_pause_begins_comes_after_it() {
    let mut house = house();
    asks_while_words_are_in_flight(&mut house);
    house.ask_new(Role::Chair, Command::Pause);
    house.settle();
    assert!(!house.device(Role::Parent).has_seen("in flight"));
    house.done(Role::Chair, Command::Resume);
    let step_2 = |frame: &Vec<u8>| matches!(read(frame), (name, Said::Step2(_)) if name.kind == BOARD);
    assert!(house.device(Role::Parent).seen.iter().any(step_2), "the first answer must be a step 2");
    assert!(house.device(Role::Parent).has_seen("in flight"));
    house.all_in_step();
}

#[test]
fn sync11_our_step_1_that_waits_for_the_disk_when_the_pause_begins_comes_with_the_answer_after_it() {
    let mut house = house();
    let wall = house.of(Role::Wall);
    house.cut(wall);
    house.devices[wall].copies.clear();
    write(&mut house, Role::Chair, 1, "in flight");
    house.deliver();
    house.link(wall);
    house.deliver();
    house.devices[wall].seen.clear();
    // Each waits for the disk: the framing of many documents, and that of one.
    let (document, state_vector) = (house.name(BOARD), vec![0]);
    house.devices[wall].open(document);
    let alone = house.bare(Role::Parent);
    house.receive(alone, Inbound::Open { document, wire: Wire::Single });
    house.receive(alone, Inbound::Step1 { document, state_vector });
    house.deliver();
    house.ask_new(Role::Chair, Command::Pause);
    house.settle();
    let asks = |frame: &Vec<u8>| matches!(read(frame), (name, Said::Step1(_)) if name.kind == BOARD);
    assert!(!house.devices[wall].seen.iter().any(asks), "how much is written was told to a paused wall");
    assert!(house.bare[&alone].0.is_empty(), "how much is written was told to a paused screen");
    house.done(Role::Chair, Command::Resume);
    assert!(house.devices[wall].seen.iter().any(asks));
    let kinds: Vec<&[u8]> = house.bare[&alone].0.iter().map(|frame| &frame[..2]).collect();
    assert_eq!(kinds, [[0, 0], [0, 1]], "our step 1, then the answer");
    house.all_in_step();
}

#[test]
fn p6_the_whole_that_a_resume_brings_is_kept_back_by_the_next_pause() {
    let mut house = house();
    house.done(Role::Chair, Command::Pause);
    write(&mut house, Role::Chair, 1, "in the break");
    house.deliver();
    house.ask_new(Role::Chair, Command::Resume);
    house.ask_new(Role::Chair, Command::Pause);
    house.settle();
    assert!(!house.device(Role::Parent).has_seen("in the break"));
    house.done(Role::Chair, Command::Resume);
    assert!(house.device(Role::Parent).has_seen("in the break"));
    house.all_in_step();
}

#[test]
fn p6_pres5_who_opens_and_asks_during_a_pause_is_answered_after_it() {
    let mut house = house();
    house.done(Role::Chair, Command::Pause);
    let wall = house.of(Role::Wall);
    house.cut(wall);
    house.devices[wall].copies.clear();
    house.devices[wall].seen.clear();
    write(&mut house, Role::Chair, 1, "in the break");
    house.link(wall);
    house.settle();
    let document = house.name(BOARD);
    house.devices[wall].up.push_back(Inbound::QueryAwareness { document });
    house.settle();
    assert!(!house.devices[wall].has_seen("in the break") && !house.devices[wall].has_seen("Kacper"));
    house.done(Role::Chair, Command::Resume);
    assert!(house.devices[wall].has_seen("in the break") && house.devices[wall].has_seen("Kacper"));
    house.all_in_step();
}

#[test]
fn sync1_sync11_p4_no_commit_before_that_of_the_resume_brings_words_of_the_pause() {
    let mut house = house();
    house.done(Role::Chair, Command::Pause);
    write(&mut house, Role::Chair, 1, "kept back");
    house.settle();
    // One who reads has fallen behind, and catches up while the last words of the pause wait for the disk.
    let parent = house.of(Role::Parent);
    house.fall_behind(parent);
    write(&mut house, Role::Chair, 2, "in flight");
    house.deliver();
    house.submit();
    house.ask_new(Role::Chair, Command::Resume);
    house.commit();
    house.deliver();
    let board = house.name(BOARD);
    for role in [Role::SocialWorker, Role::Parent, Role::Wall] {
        assert!(!house.device(role).has_seen("in flight"), "{role:?}: the resume is not kept yet");
        assert!(!house.core.who_had(&TakeOff::Note { note: note(2) }).contains(&id(role)), "{role:?}");
        house.device(role).seen.clear();
    }
    assert!(house.device(Role::BusinessSupport).has_seen("in flight"));
    house.settle();
    for role in [Role::SocialWorker, Role::Parent, Role::Wall] {
        let frames = house.device(role).seen.iter();
        let mut words = frames.filter(|frame| read(frame).0 == board && read(frame).1.words().is_some());
        let first = words.next().expect("it comes");
        assert!(
            contains(first, "kept back") && contains(first, "in flight"),
            "{role:?}: the whole comes first"
        );
        assert!(house.core.who_had(&TakeOff::Note { note: note(2) }).contains(&id(role)), "{role:?}");
    }
    house.all_in_step();
}

#[test]
fn sync11_an_answer_that_waits_for_the_disk_through_a_whole_pause_comes_after_its_end_is_kept() {
    let mut house = house();
    asks_while_words_are_in_flight(&mut house);
    house.submit();
    house.ask_new(Role::Chair, Command::Pause);
    house.ask_new(Role::Chair, Command::Resume);
    house.commit();
    house.deliver();
    assert!(!house.device(Role::Parent).has_seen("in flight"));
    house.settle();
    let said = house.device(Role::Parent).seen.iter().map(|frame| read(frame));
    let of_board = said.filter(|(name, said)| name.kind == BOARD && !matches!(said, Said::Authenticated(_)));
    let [question, answer] = &of_board.take(2).collect::<Vec<_>>()[..] else { panic!("it is answered") };
    assert!(matches!(question.1, Said::Step1(_)) && matches!(answer.1, Said::Step2(_)));
    assert!(house.device(Role::Parent).has_seen("in flight"));
    house.all_in_step();
}
