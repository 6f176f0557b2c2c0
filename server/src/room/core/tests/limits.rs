//! LIM: what one attendee, one opening and one reader may cost.

use super::{
    device::{Said, read},
    house::{House, id, note},
    sync::{BOARD, of_many_clients, two, write, write_number},
};
use crate::room::core::Inbound;
use protocol::{
    command::Command,
    limits::{ANNOUNCED_PER_OPENING, CLIENTS_PER_ATTENDEE, DOCUMENT_BYTES, INBOX_BYTES},
    people::Role,
    wire::Wire,
};

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
