//! LIM: what one attendee, one opening and one reader may cost.

use super::{
    device::{Said, read},
    house::{id, note},
    sync::{BOARD, of_many_clients, two, write, write_number},
};
use crate::room::core::Inbound;
use protocol::{
    limits::{ANNOUNCED_PER_OPENING, CLIENTS_PER_ATTENDEE},
    people::Role,
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
