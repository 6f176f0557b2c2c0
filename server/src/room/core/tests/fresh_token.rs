//! HTTP4: a fresh token for a document that is open. The stock client shows one alone: no step 1 follows it.

use super::{
    house::{House, id, note},
    sync::BOARD,
};
use crate::room::core::Inbound;
use protocol::{command::Command, people::Role, wire::Wire};

const PEN: Role = Role::SocialWorker;

fn house() -> House {
    let mut house = House::with(5, &[Role::Chair, PEN, Role::Parent]);
    house.done(Role::Chair, Command::GivePen { attendee: id(PEN) });
    house
}

fn writes(house: &mut House, role: Role, n: u8, words: &str) {
    house.device(role).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
}

fn shows_a_fresh_token(house: &mut House, role: Role) {
    let document = house.name(BOARD);
    let wire = Wire::Named(document.to_string());
    house.device(role).up.push_back(Inbound::Open { document, wire });
}

#[test]
fn http4_lim4_what_a_reader_lacks_who_fell_behind_comes_all_the_same() {
    let mut house = house();
    let parent = house.of(Role::Parent);
    house.fall_behind(parent);
    writes(&mut house, Role::Chair, 1, "left out");
    house.settle_all_but(parent);
    shows_a_fresh_token(&mut house, Role::Parent);
    house.up(parent);
    house.settle();
    assert!(house.device(Role::Parent).has_seen("left out"));
    house.all_in_step();
}

#[test]
fn http4_sync11_a_step_1_that_a_pause_has_put_off_is_answered_after_it() {
    let mut house = house();
    house.done(Role::Chair, Command::Pause);
    writes(&mut house, Role::Chair, 1, "in the break");
    let parent = house.of(Role::Parent);
    house.cut(parent);
    house.devices[parent].copies.clear();
    house.link(parent);
    house.settle();
    shows_a_fresh_token(&mut house, Role::Parent);
    house.settle();
    house.done(Role::Chair, Command::Resume);
    assert!(house.device(Role::Parent).has_seen("in the break"));
    house.all_in_step();
}

#[test]
fn http4_sync2_messages_behind_a_gap_have_their_answers() {
    let mut house = house();
    let pen = house.of(PEN);
    writes(&mut house, PEN, 1, "lost on the way");
    house.devices[pen].up.pop_back();
    writes(&mut house, PEN, 2, "behind it");
    house.up(pen);
    shows_a_fresh_token(&mut house, PEN);
    house.settle();
    let statuses = &house.devices[pen].copy(BOARD).statuses;
    assert!(statuses.iter().all(|saved| *saved) && house.is_stored("behind it"));
    // The answer to our step 1 has brought what was lost; its own message has no answer and never will.
    let waits = house.devices[pen].copy(BOARD).ledger.len();
    assert_eq!((waits, house.is_stored("lost on the way")), (1, true));
}

#[test]
fn http4_right8_what_was_refused_stays_refused_until_the_document_is_closed() {
    let mut house = house();
    let parent = house.of(Role::Parent);
    let (document, wire) = (house.name(BOARD), Wire::Named(house.name(BOARD).to_string()));
    let bare = house.bare(Role::Parent);
    let opens = || Inbound::Open { document, wire: wire.clone() };
    let writes = |house: &mut House, n: u8, words: &str| {
        let copy = crate::document::replica::Replica::new(house.fresh_client());
        let update = copy.write_note(note(n), "worried", words);
        let touched = protocol::scan::scan_stored(&update).expect("a client's own update");
        house.receive(bare, Inbound::Update { document, update, touched, answers: false });
        house.settle_all_but(parent);
    };
    house.receive(bare, opens());
    writes(&mut house, 1, "without a pen");
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::Parent) });
    house.receive(bare, opens());
    writes(&mut house, 2, "by a fresh token");
    assert!(!house.is_stored("without a pen") && !house.is_stored("by a fresh token"));
    house.receive(bare, Inbound::Close { document });
    house.receive(bare, opens());
    writes(&mut house, 3, "by a fresh copy");
    assert!(house.is_stored("by a fresh copy"));
}
