//! SYNC: what is acknowledged, shown and refused, and when.

use super::{
    device::{Said, read},
    house::{House, id, note},
};
use crate::{document::replica::Replica, room::core::Inbound, store::StoreError};
use protocol::{
    command::{Command, Outcome, Refusal},
    document::{Access, Audience, Kind},
    lib0::Writer,
    people::Role,
};

pub(super) const BOARD: Kind = Kind::Board(Audience::All);

pub(super) fn two() -> House {
    let mut house = House::with(1, &[Role::Chair, Role::SocialWorker, Role::Parent, Role::Wall]);
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::SocialWorker) });
    house
}

/// The chair writes a line; the message is still on its way.
pub(super) fn write(house: &mut House, role: Role, n: u8, words: &str) {
    house.device(role).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
}

#[test]
fn sync1_nothing_is_shown_acknowledged_or_answered_before_it_is_stored() {
    let mut house = two();
    let ledger = house.device(Role::Chair).copy(BOARD).statuses.len();
    write(&mut house, Role::Chair, 1, "the belt");
    let ask = house.ask_new(Role::Chair, Command::Recording { kept: Some("the tape".into()) });
    house.deliver();
    assert!(!house.answers.contains_key(&ask));
    assert_eq!(house.device(Role::Chair).copy(BOARD).statuses.len(), ledger);
    for role in [Role::SocialWorker, Role::Parent, Role::Wall] {
        assert!(!house.device(role).has_seen("the belt") && !house.device(role).has_seen("the tape"));
    }
    house.settle();
    assert!(house.answers.contains_key(&ask));
    assert_eq!(house.device(Role::Chair).copy(BOARD).statuses.len(), ledger + 1);
    for role in [Role::SocialWorker, Role::Parent, Role::Wall] {
        assert!(house.device(role).has_seen("the belt") && house.device(role).has_seen("the tape"));
    }
    house.all_in_step();
}

#[test]
fn sync1_who_joins_while_a_batch_is_on_its_way_waits_for_what_is_in_it() {
    let mut house = two();
    let parent = house.of(Role::Parent);
    house.cut(parent);
    write(&mut house, Role::Chair, 1, "the belt");
    house.deliver();
    house.submit();
    house.link(parent);
    house.deliver();
    assert!(!house.device(Role::Parent).has_seen("the belt"));
    house.settle();
    assert!(house.device(Role::Parent).has_seen("the belt"));
    house.all_in_step();
}

#[test]
fn sync3_each_update_and_each_step_2_gets_one_status_in_order() {
    let mut house = two();
    let before = house.device(Role::Chair).copy(BOARD).statuses.len();
    assert_eq!(before, 1, "the step 2 of opening");
    for n in 1..=5 {
        write(&mut house, Role::Chair, n, "words");
        house.deliver();
        if n % 2 == 0 {
            house.sync();
        }
    }
    house.settle();
    assert_eq!(house.device(Role::Chair).copy(BOARD).statuses, [true; 6]);
    assert!(house.device(Role::Chair).is_saved());
}

#[test]
fn sync4_what_is_here_already_is_taken_away_and_acknowledged() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "the belt");
    house.settle();
    let rows = house.kept().iter().map(|kept| kept.rows.len()).sum::<usize>();
    let state = house.device(Role::Chair).copy(BOARD).replica.state();
    house.device(Role::Chair).send(BOARD, state.clone());
    // A reader has nothing new to say either.
    house.device(Role::Parent).send(BOARD, state);
    house.settle();
    assert_eq!(house.device(Role::Chair).copy(BOARD).statuses, [true; 3]);
    assert_eq!(house.device(Role::Parent).copy(BOARD).statuses, [true; 2]);
    assert_eq!(house.kept().iter().map(|kept| kept.rows.len()).sum::<usize>(), rows);
}

#[test]
fn sync4_another_story_about_known_blocks_is_cut_and_never_passed_on() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "the belt");
    house.settle();
    // The same client id tells the first line again in other words of the same length, and goes on from there.
    let liar = Replica::new(house.device(Role::Chair).copy(BOARD).replica.client);
    liar.write_note(note(1), "worried", "the EVIL");
    liar.write_note(note(2), "worried", "and goes on");
    house.device(Role::Chair).send(BOARD, liar.state());
    house.settle();
    assert!(house.device(Role::Parent).has_seen("and goes on"));
    assert!(!house.device(Role::Parent).has_seen("EVIL") && !house.is_stored("EVIL"));
}

/// The social worker types three times; the first message is lost on the way.
fn gap(house: &mut House) {
    for n in 1..=3 {
        write(house, Role::SocialWorker, n, &format!("line {n}"));
    }
    let device = house.device(Role::SocialWorker);
    let lost =
        device.up.iter().position(|one| matches!(one, Inbound::Update { .. })).expect("three were sent");
    device.up.remove(lost);
    let copy = device.copies.get_mut(&BOARD).expect("it is open");
    copy.ledger.pop_front();
}

#[test]
fn sync6_a_gap_is_asked_for_and_the_statuses_owed_come_when_it_is_closed() {
    let mut house = two();
    gap(&mut house);
    house.settle();
    // Step 2 of opening, two updates behind the gap, the step 2 that closed it.
    assert_eq!(house.device(Role::SocialWorker).copy(BOARD).statuses, [true; 4]);
    assert!(house.is_stored("line 1") && house.is_stored("line 3"));
    house.all_in_step();
}

#[test]
fn sync6_no_status_overtakes_an_open_gap() {
    let mut house = two();
    write(&mut house, Role::Chair, 50, "to be rubbed out");
    house.settle();
    gap(&mut house);
    // Known words and a delete that needs nothing of the gap come behind it.
    let known = house.device(Role::Chair).copy(BOARD).replica.state();
    house.device(Role::SocialWorker).send(BOARD, known);
    house.device(Role::SocialWorker).edit(BOARD, |copy| copy.rub_out(note(50).as_str(), 0, 3));
    let n = house.of(Role::SocialWorker);
    while house.up(n) {}
    house.sync();
    let statuses =
        house.devices[n].down.iter().filter(|frame| matches!(read(frame).1, Said::Status(_))).count();
    assert_eq!(statuses, 0, "a status came before the gap was closed");
    house.settle();
    assert!(house.device(Role::SocialWorker).is_saved());
    house.all_in_step();
}

#[test]
fn right8_a_refused_edit_gets_status_0_and_stays_refused_for_that_copy() {
    let mut house = two();
    let parent = house.of(Role::Parent);
    let client = house.device(Role::Parent).copy(BOARD).replica.client;
    let careless = Replica::new(client);
    let update = careless.write_note(note(1), "worried", "smuggled");
    house.device(Role::Parent).send(BOARD, update);
    while house.up(parent) {}
    house.sync();
    let statuses: Vec<Said> = house.devices[parent]
        .down
        .iter()
        .map(|frame| read(frame).1)
        .filter(|said| matches!(said, Said::Status(_)))
        .collect();
    assert_eq!(statuses, [Said::Status(false)]);
    house.settle();
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::Parent) });
    for again in 0..3 {
        // The same copy comes back: on the same socket, on a new one, after a restart.
        match again {
            0 => {}
            1 => house.cut(parent),
            _ => house.restart(),
        }
        house.relink();
        house.settle();
        assert_eq!(house.device(Role::Parent).copy(BOARD).access, Some(Access::Write));
        let update = careless.state();
        house.device(Role::Parent).send(BOARD, update);
        house.settle();
        assert!(!house.is_stored("smuggled"), "{again}");
    }
    // A fresh copy may write.
    write(&mut house, Role::Parent, 2, "with the pen");
    house.settle();
    assert!(house.is_stored("with the pen"));
    house.all_in_step();
}

#[test]
fn right8_who_types_on_after_a_refusal_is_told_no_each_time_and_not_cut_off() {
    let mut house = two();
    let parent = house.of(Role::Parent);
    let careless = Replica::new(99);
    for n in 1..=8 {
        let update = careless.write_note(note(n), "worried", "smuggled");
        house.devices[parent].send(BOARD, update);
        house.now += 2_000;
        while house.up(parent) {}
        house.sync();
    }
    assert_eq!(house.devices[parent].closed, None);
    let said: Vec<Said> = house.devices[parent].down.iter().map(|frame| read(frame).1).collect();
    assert_eq!(said, vec![Said::Status(false); 8]);
}

#[test]
fn scan13_an_edit_that_parts_the_halves_of_a_letter_is_told_no_and_its_sender_stays() {
    let mut house = two();
    let n = house.of(Role::SocialWorker);
    // "a👋b" in a line, an x behind the first half of the middle letter, and a delete of its second half.
    let line = "010307002701056e6f746573026e310127000700047465787402040007010661f09f918b6200";
    let sent = [(line, true), ("01010800c407030704017800", false), ("000107010401", false)];
    for (update, taken) in sent {
        house.devices[n].seen.clear();
        house.devices[n].send(BOARD, hex::decode(update).expect("hex"));
        house.settle();
        let said = house.devices[n].seen.iter().map(|frame| read(frame).1);
        let told = said.filter(|said| matches!(said, Said::Status(_))).collect::<Vec<_>>();
        assert_eq!(told.first(), Some(&Said::Status(taken)), "{update}");
        house.relink();
    }
    assert_eq!(house.devices[n].closed, None);
    let shown = house.device(Role::Parent).copy(BOARD).replica.words_of("n1");
    assert_eq!(shown.as_deref(), Some("a👋b"));
    house.all_in_step();
}

#[test]
fn right6_a_pen_given_and_taken_while_typing_ends_for_the_next_message() {
    let mut house = two();
    write(&mut house, Role::SocialWorker, 1, "in time");
    house.deliver();
    write(&mut house, Role::SocialWorker, 2, "too late");
    house.ask_new(Role::Chair, Command::TakePen { attendee: id(Role::SocialWorker) });
    house.settle();
    assert!(house.is_stored("in time") && !house.is_stored("too late"));
    assert_eq!(house.device(Role::SocialWorker).copy(BOARD).access, Some(Access::Read));
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::SocialWorker) });
    assert_eq!(house.device(Role::SocialWorker).copy(BOARD).access, Some(Access::Write));
    write(&mut house, Role::SocialWorker, 3, "again");
    house.settle();
    assert!(house.is_stored("again"));
    house.all_in_step();
}

#[test]
fn sync2_taking_leave_of_an_old_edition_leaves_the_new_one_open() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "the belt");
    house.settle();
    let old = house.name(BOARD);
    let what = protocol::command::TakeOff::Note { note: note(1) };
    house.done(Role::Chair, Command::TakeOff { what });
    house.device(Role::Parent).up.push_back(Inbound::Close { document: old });
    house.settle();
    write(&mut house, Role::Chair, 2, "the next line");
    house.settle();
    assert!(house.device(Role::Parent).has_seen("the next line"));
}

#[test]
fn sto4_after_a_refusal_of_the_disk_authors_keep_their_words_and_send_them_again() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "the belt");
    let ask = house.ask_new(Role::Chair, Command::Recording { kept: Some("the tape".into()) });
    house.deliver();
    house.store.fail_next(StoreError::Unavailable("full".into()));
    house.sync();
    assert_eq!(house.reloads, 1);
    assert!(matches!(&house.answers[&ask], Outcome::Refused { code: Refusal::NotSaved, .. }));
    assert!(!house.device(Role::Parent).has_seen("the belt"));
    house.relink();
    house.settle();
    assert!(house.device(Role::Parent).has_seen("the belt"));
    house.all_in_step();
}

#[test]
fn right6_what_a_socket_says_after_the_room_was_read_again_is_taken_for_nobody_elses() {
    let mut house = two();
    // The parent's last words, and the end of their old socket, come when the chair is back.
    write(&mut house, Role::Parent, 1, "no pen");
    let (chair, old) = (house.of(Role::Chair), house.device(Role::Parent).conn);
    write(&mut house, Role::Chair, 2, "the belt");
    house.up(chair);
    house.store.fail_next(StoreError::Unavailable("full".into()));
    house.sync();
    assert_eq!(house.reloads, 1);
    for _ in 0..house.devices.len() {
        house.cut(chair);
        house.link(chair);
        if house.devices[chair].conn == old {
            break;
        }
    }
    house.settle();
    while house.late() {}
    write(&mut house, Role::Chair, 3, "and on");
    house.settle();
    assert!(!house.is_stored("no pen"), "it was taken for the chair's");
    assert!(house.device(Role::Chair).is_saved() && house.is_stored("and on"), "the chair is not heard");
}

#[test]
fn sto4_after_a_failed_sync_nothing_is_acknowledged_answered_or_shown() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "the belt");
    house.deliver();
    let ask = house.ask_new(Role::Chair, Command::Recording { kept: Some("the tape".into()) });
    house.store.fail_next(StoreError::Failed("EIO".into()));
    house.sync();
    house.settle();
    assert!(house.store.has_failed() && !house.device(Role::Chair).is_saved());
    assert!(!house.answers.contains_key(&ask));
    assert!(!house.device(Role::Parent).has_seen("the belt"));
}

pub(super) fn write_number(bytes: &mut Vec<u8>, number: u64) {
    let mut writer = Writer::with_capacity(8);
    writer.number(number);
    bytes.extend(writer.finish());
}

/// News of so many client ids, each with a key of its own.
pub(super) fn of_many_clients(first: u64, ids: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_number(&mut bytes, ids);
    for client in first..first + ids {
        let key = format!("k{client}");
        bytes.push(1);
        write_number(&mut bytes, client);
        bytes.extend([0, 0x28, 1, 5]);
        bytes.extend(b"notes");
        bytes.push(key.len() as u8);
        bytes.extend(key.as_bytes());
        bytes.extend([1, 0x7d, 1]);
    }
    bytes.push(0);
    bytes
}
