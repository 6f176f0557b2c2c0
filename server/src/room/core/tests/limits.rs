//! LIM: what one attendee, one opening and one reader may cost.

use super::{
    device::{Said, read},
    house::{House, id, note},
    sync::{BOARD, of_many_clients, two, write, write_number},
};
use crate::{document::replica::Replica, room::core::Inbound};
use protocol::{
    command::Command,
    limits::{ANNOUNCED_PER_OPENING, CLIENTS_PER_ATTENDEE, DOCUMENT_BYTES, INBOX_BYTES},
    people::Role,
    scan::{Roots, scan_update},
    wire::Wire,
};
use std::collections::BTreeSet;

#[test]
fn lim10_one_attendee_cannot_fill_a_document_with_client_ids_by_words_taken_or_refused() {
    for role in [Role::SocialWorker, Role::Parent] {
        let mut house = two();
        let n = house.of(role);
        for round in 0..4 {
            house.devices[n].send(BOARD, of_many_clients(5_000 + round * 200, 200));
            while house.up(n) {}
            house.sync();
        }
        let saved = house.devices[n].down.iter().filter_map(|frame| match read(frame).1 {
            Said::Status(saved) => Some(saved),
            _ => None,
        });
        let first = role == Role::SocialWorker;
        assert_eq!(saved.collect::<Vec<_>>(), [first, false, false, false], "{role:?}");
        // A stock client would come back with the same ids.
        assert_eq!(house.devices[n].closed, None, "{role:?}");
        house.settle();
        let bindings = house.core.documents[&BOARD].bindings.values();
        assert!(bindings.filter(|one| one.owner == Some(id(role))).count() <= CLIENTS_PER_ATTENDEE);
    }
}

#[test]
fn lim10_one_opening_speaks_for_few_clients() {
    let mut house = two();
    let document = house.name(BOARD);
    let writing = format!("{{\"writing\":\"{}\"}}", note(1));
    let entries = (0..200)
        .map(|client| protocol::scan::AwarenessEntry { client, clock: 1, state: Some(writing.clone()) })
        .collect();
    house.device(Role::SocialWorker).up.push_back(Inbound::Awareness { document, entries });
    house.settle();
    assert_eq!(house.core.documents[&BOARD].awareness.len(), ANNOUNCED_PER_OPENING);
}

#[test]
fn sync_a_state_vector_that_ends_inside_a_letter_is_answered() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "\u{1F600}\u{1F600}\u{1F600}");
    house.settle();
    let client = house.device(Role::Chair).copy(BOARD).replica.client;
    let clock = house.core.documents[&BOARD].document.clock(client);
    for clock in 0..clock + 3 {
        let mut state_vector = vec![1];
        write_number(&mut state_vector, client);
        write_number(&mut state_vector, u64::from(clock));
        assert!(house.core.documents[&BOARD].document.diff(&state_vector).is_ok(), "{clock}");
    }
}

#[test]
fn lim4_a_reader_who_fell_behind_gets_the_rest_as_one_difference() {
    let mut house = two();
    let parent = house.of(Role::Parent);
    write(&mut house, Role::Chair, 1, "one");
    house.settle();
    // Accepted and not yet on the disk when the outbox runs over.
    write(&mut house, Role::Chair, 2, "two");
    house.deliver();
    house.fall_behind(parent);
    house.settle_all_but(parent);
    for n in 3..=9 {
        write(&mut house, Role::SocialWorker, n, "more");
        house.settle_all_but(parent);
    }
    assert!(!house.device(Role::Parent).has_seen("two") && !house.device(Role::Parent).has_seen("more"));
    let before = house.device(Role::Parent).seen.len();
    // It has caught up while another line is on its way to the disk: that one comes once, after the difference.
    write(&mut house, Role::Chair, 10, "ten");
    house.deliver();
    write(&mut house, Role::Chair, 11, "eleven");
    house.settle();
    house.all_in_step();
    let words = house.devices[parent].seen[before..].iter().filter_map(|frame| match read(frame) {
        (name, said) if name.kind == BOARD => said.words().map(<[u8]>::len),
        _ => None,
    });
    assert!(words.count() <= 3, "the rest comes as one difference");
}

#[test]
fn lim4_a_step_1_of_somebody_new_is_answered_from_one_encoding_until_the_document_changes() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "one");
    house.settle();
    for words in ["two", "three"] {
        house.core.live(BOARD).whole();
        write(&mut house, Role::Chair, words.len() as u8, words);
        house.settle();
        let parent = house.of(Role::Parent);
        house.cut(parent);
        house.devices[parent].copies.clear();
        house.link(parent);
        house.settle();
        house.all_in_step();
        assert!(house.device(Role::Parent).has_seen(words));
    }
}

fn was_refused(house: &House, role: Role) -> bool {
    let seen = &house.devices[house.of(role)].seen;
    seen.iter().any(|frame| read(frame).1 == Said::Status(false))
}

/// The chair pastes a page into line 1 and rubs it out again, so often.
fn paste_and_undo(house: &mut House, times: usize) {
    let page = "x".repeat(200 * 1024);
    for _ in 0..times {
        house.device(Role::Chair).edit(BOARD, |copy| copy.type_in(note(1).as_str(), 0, &page));
        house.deliver();
        let length = page.len() as u32;
        house.device(Role::Chair).edit(BOARD, |copy| copy.rub_out(note(1).as_str(), 0, length));
        house.settle();
    }
}

#[test]
fn lim2_a_document_that_was_overwritten_again_and_again_within_a_second_has_room() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "kept");
    house.settle();
    let (began, times) = (house.now, 3 * DOCUMENT_BYTES / (200 * 1024));
    paste_and_undo(&mut house, times);
    assert!(house.now < began + 1_000, "{} ms went by", house.now - began);
    write(&mut house, Role::Chair, 2, "and more");
    house.settle();
    assert!(house.device(Role::Parent).has_seen("and more"));
    assert!(!was_refused(&house, Role::Chair), "it was called full");
}

/// Fills the board but for so many bytes, as the room counts them.
fn fill(house: &mut House, left: usize) {
    for n in 1.. {
        let room = DOCUMENT_BYTES - house.core.documents[&BOARD].bytes - left;
        let words = "x".repeat(room.min(200 * 1024).saturating_sub(200));
        if words.is_empty() {
            break;
        }
        write(house, Role::Chair, n, &words);
        house.settle();
    }
}

#[test]
fn lim2_letters_typed_one_by_one_take_the_room_that_they_take_in_the_document() {
    let mut house = two();
    fill(&mut house, 2_000);
    let whole = |house: &House| house.core.documents[&BOARD].document.state().len();
    let before = whole(&house);
    let end = house
        .device(Role::Chair)
        .copy(BOARD)
        .replica
        .words_of(note(1).as_str())
        .map_or(0, |words| words.len());
    // A letter is about 25 bytes on its way.
    for n in 0..300 {
        house.now += 200;
        house.device(Role::Chair).edit(BOARD, |copy| copy.type_in(note(1).as_str(), end as u32 + n, "y"));
        house.settle();
    }
    assert!(house.device(Role::Chair).is_saved() && whole(&house) < before + 2_000);
    assert!(!was_refused(&house, Role::Chair), "it was called full");
}

#[test]
fn lim2_a_full_document_is_not_measured_for_every_letter_of_somebody_who_deletes_one_and_writes_one() {
    let mut house = two();
    fill(&mut house, 300);
    let document = house.name(BOARD);
    let copy = Replica::of(&house.core.documents[&BOARD].document.state());
    let mut measured = BTreeSet::new();
    for _ in 0..300 {
        // In an opening of its own: one whose words were refused takes no more. Nobody asks for the whole document.
        let conn = house.bare(Role::Chair);
        house.receive(conn, Inbound::Open { document, wire: Wire::Named(document.to_string()) });
        let rubbed_out = copy.rub_out(note(1).as_str(), 0, 1);
        let typed = copy.type_in(note(1).as_str(), 0, "y");
        for update in [rubbed_out, typed].into_iter().flatten() {
            let touched = scan_update(&update, Roots::Any).expect("a client's own update");
            house.receive(conn, Inbound::Update { document, update, touched, answers: false });
        }
        measured.extend(house.core.documents[&BOARD].whole.as_ref().map(|(seq, _)| *seq));
    }
    assert!(house.core.documents[&BOARD].document.state().len() <= DOCUMENT_BYTES);
    assert!(measured.len() <= 2, "measured at {measured:?}");
}

/// What is on the way to a device, as answers to step 1s.
fn answers(house: &House, role: Role) -> usize {
    let down = &house.devices[house.of(role)].down;
    down.iter().filter(|frame| matches!(read(frame).1, Said::Step2(_))).count()
}

fn ask(house: &mut House, role: Role, times: usize) {
    let (document, n) = (house.name(BOARD), house.of(role));
    for _ in 0..times {
        house.devices[n].up.push_back(Inbound::Step1 { document, state_vector: vec![0] });
    }
    while house.up(n) {}
}

#[test]
fn lim15_while_a_commit_is_awaited_one_answer_of_an_opening_waits_and_the_last_question_has_its_own() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, &"a page of words ".repeat(1_000));
    house.settle();
    let whole = house.core.documents[&BOARD].document.state().len();
    write(&mut house, Role::Chair, 2, "a letter");
    house.deliver();
    ask(&mut house, Role::Parent, 150);
    assert!(
        house.core.held_back < 2 * whole,
        "{} bytes wait for a document of {whole}",
        house.core.held_back
    );
    assert!(house.sync());
    assert_eq!((answers(&house, Role::Parent), house.core.held_back), (2, 0));
    house.settle();
    house.all_in_step();
    // Nothing waits: each question has its answer at once.
    ask(&mut house, Role::Parent, 3);
    assert_eq!(answers(&house, Role::Parent), 3);
}

#[test]
fn lim15_where_the_answers_of_all_are_too_large_the_others_have_theirs_after_the_commit() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, &"x".repeat(3 * DOCUMENT_BYTES / 4));
    house.settle();
    write(&mut house, Role::Chair, 2, "a letter");
    house.deliver();
    let document = house.name(BOARD);
    let open = |house: &mut House| {
        let conn = house.bare(Role::Parent);
        let wire = Wire::Named(document.to_string());
        house.receive(conn, Inbound::Open { document, wire });
        house.receive(conn, Inbound::Step1 { document, state_vector: vec![0] });
        conn
    };
    let conns: Vec<_> = (0..8).map(|_| open(&mut house)).collect();
    assert!(house.core.held_back < INBOX_BYTES + DOCUMENT_BYTES, "{}", house.core.held_back);
    assert_eq!(house.core.postponed.len(), 5, "three answers are over the bound");
    house.sync();
    assert_eq!((house.core.held_back, house.core.postponed.len()), (0, 0));
    for conn in conns {
        let is_answer = |frame: &&Vec<u8>| matches!(read(frame).1, Said::Step2(_));
        assert_eq!(house.bare[&conn].0.iter().filter(is_answer).count(), 1);
    }
}

#[test]
fn lim15_a_question_that_was_put_off_is_answered_after_the_pause_that_began_meanwhile() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "one");
    house.settle();
    write(&mut house, Role::Chair, 2, "two");
    house.deliver();
    ask(&mut house, Role::Parent, 5);
    house.done(Role::Chair, Command::Pause);
    house.settle();
    assert!(!house.device(Role::Parent).has_seen("two"), "the screens are paused (P6)");
    house.done(Role::Chair, Command::Resume);
    house.settle();
    assert!(house.device(Role::Parent).has_seen("two"));
    house.all_in_step();
}

#[test]
fn lim15_what_a_stuck_disk_has_not_taken_is_bounded_by_bytes() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "");
    house.settle();
    let words = "x".repeat(200 * 1024);
    let mut pages = 0;
    // Nobody hands anything to the store. What is deleted leaves room in the document, but not in what waits.
    while !house.core.is_full() {
        house.now += 1_001;
        house.device(Role::Chair).edit(BOARD, |copy| copy.type_in(note(1).as_str(), 0, &words));
        house.deliver();
        let length = words.len() as u32;
        house.device(Role::Chair).edit(BOARD, |copy| copy.rub_out(note(1).as_str(), 0, length));
        house.deliver();
        pages += 1;
        assert!(pages <= INBOX_BYTES / words.len() + 1, "nothing bounds what waits");
    }
    assert!(house.submit().is_some() && !house.core.is_full(), "the store has it");
}
