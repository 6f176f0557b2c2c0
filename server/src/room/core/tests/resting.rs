//! Logs are cut: while people write, when they rest, and when the room ends.

use super::house::{House, id};
use crate::{
    room::{audit::Page, core::Lull, log::Snapshot},
    store::Kept,
};
use protocol::{
    command::Command,
    document::{Audience, Kind},
    id::NoteId,
    limits::{ROWS_PER_SNAPSHOT, UPDATES_PER_PAUSE, UPDATES_PER_SNAPSHOT},
    people::Role,
};

const BOARD: Kind = Kind::Board(Audience::All);

fn note() -> NoteId {
    NoteId::from_random([9; 10])
}

fn typing(house: &mut House, letters: u64) {
    for letter in 0..letters {
        house.device(Role::Chair).edit(BOARD, |copy| copy.type_in(note().as_str(), letter as u32, "x"));
        house.settle();
    }
}

fn begin() -> House {
    let mut house = House::with(1, &[Role::Chair, Role::Parent]);
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(), "worried", "")));
    house.settle();
    house
}

fn board(house: &House) -> Kept {
    house.kept().into_iter().find(|kept| kept.document == "board.all").expect("a board")
}

#[test]
fn sto14_a_log_is_cut_when_the_room_rests_and_not_for_a_word() {
    let mut house = begin();
    typing(&mut house, 5);
    house.core.rest(Lull::Pause);
    assert!(house.submit().is_none(), "five letters are not worth it");
    typing(&mut house, UPDATES_PER_PAUSE);
    assert!(board(&house).snapshot.is_none());
    house.core.rest(Lull::Pause);
    house.settle();
    let kept = board(&house);
    assert!(kept.rows.is_empty(), "{} rows are left", kept.rows.len());
    let snapshot: Snapshot = crate::room::log::read(&kept.snapshot.expect("a snapshot").1).expect("it reads");
    assert!(snapshot.bindings.values().any(|binding| binding.owner == Some(id(Role::Chair))));
    assert!(!house.core.has_log_for(Lull::Pause), "there is nothing left to do");
    house.every_edit_is_in_the_audit();

    house.restart();
    house.relink();
    typing(&mut house, 3);
    house.settle();
    house.all_in_step();
    house.no_acknowledged_edit_is_missing();
}

#[test]
fn sto14_at_rest_a_log_is_cut_that_is_an_eighth_of_its_document() {
    let mut house = begin();
    typing(&mut house, UPDATES_PER_PAUSE);
    house.core.rest(Lull::Pause);
    house.settle();
    // A long page.
    house.device(Role::Chair).edit(BOARD, |copy| copy.type_in(note().as_str(), 0, &"x".repeat(20_000)));
    house.settle();
    house.core.rest(Lull::Pause);
    assert!(house.submit().is_none(), "one update is read at once");
    house.core.rest(Lull::Rest);
    house.settle();
    assert!(board(&house).rows.is_empty());
    typing(&mut house, 5);
    house.core.rest(Lull::Rest);
    house.settle();
    assert!(!board(&house).rows.is_empty(), "a few letters of a long page are not worth it");
    typing(&mut house, 60);
    house.core.rest(Lull::Rest);
    house.settle();
    assert!(board(&house).rows.is_empty());
    assert!(!house.core.has_log_for(Lull::Rest), "there is nothing left to do");
}

#[test]
fn sto13_sto14_at_rest_the_audit_is_one_page_and_the_next_start_goes_on_after_it() {
    let mut house = begin();
    let acts = |house: &mut House| {
        for _ in 0..3 {
            house.done(Role::Chair, Command::Pause);
            house.done(Role::Chair, Command::Resume);
        }
    };
    let audit =
        |house: &House| house.kept().into_iter().find(|kept| kept.document == "audit").expect("an audit");
    acts(&mut house);
    assert!(audit(&house).rows.len() >= 6 && house.core.has_log_for(Lull::Rest));
    house.core.rest(Lull::Pause);
    assert!(house.submit().is_none(), "between two sentences it is not worth it");
    house.core.rest(Lull::Rest);
    house.settle();
    assert!(audit(&house).rows.is_empty() && audit(&house).snapshot.is_some());
    assert!(!house.core.has_log_for(Lull::Rest), "there is nothing left to do");

    // Not at all, once and twice: each start goes on after what is there.
    for _ in 0..2 {
        house.restart();
        house.relink();
        acts(&mut house);
        house.core.rest(Lull::Rest);
        house.settle();
        assert!(audit(&house).rows.is_empty());
    }
    let whole: Page = crate::room::log::read(&audit(&house).snapshot.expect("a page").1).expect("it reads");
    assert_eq!(whole.lines.iter().filter(|line| line.what == "pause").count(), 9);
    assert!(crate::room::audit::verify([&whole]));
    house.every_edit_is_in_the_audit();
}

#[test]
fn sto13_the_last_edits_before_a_rest_are_in_the_audit_with_their_own_time() {
    let mut house = begin();
    let written = house.now;
    typing(&mut house, 1);
    assert!(house.core.has_log_for(Lull::Rest));
    house.core.rest(Lull::Rest);
    house.settle();
    assert!(!house.core.has_log_for(Lull::Rest), "there is nothing left to do");
    house.now += 7 * 24 * 60 * 60 * 1_000;
    house.restart();
    house.relink();
    house.done(Role::Chair, Command::Pause);
    let kept = house.kept().into_iter().find(|kept| kept.document == "audit").expect("an audit");
    let rows = kept.rows.iter().flat_map(|row| crate::room::log::read_row(&row.bytes).unwrap());
    let snapshot = kept.snapshot.map(|(_, page)| crate::room::log::read(&page).unwrap());
    let pages: Vec<Page> = snapshot.into_iter().chain(rows).collect();
    let edits =
        pages.iter().flat_map(|page| &page.lines).filter(|line| line.what == crate::room::audit::EDIT);
    let times: Vec<_> = edits.map(|line| line.time).collect();
    assert!(!times.is_empty() && times.iter().all(|time| time.abs_diff(written) < 60_000), "{times:?}");
    house.every_edit_is_in_the_audit();
}

#[test]
fn sto14_a_log_is_cut_while_somebody_writes_on_and_on() {
    let mut house = begin();
    typing(&mut house, UPDATES_PER_SNAPSHOT + 10);
    let kept = board(&house);
    assert!(kept.snapshot.is_some());
    assert!(kept.rows.len() < 20, "{} rows are left", kept.rows.len());
    house.every_edit_is_in_the_audit();
}

#[test]
fn sto14_a_long_page_is_written_whole_in_proportion_to_what_is_typed() {
    let mut house = begin();
    house.device(Role::Chair).edit(BOARD, |copy| copy.type_in(note().as_str(), 0, &"x".repeat(80_000)));
    house.settle();
    house.core.rest(Lull::Rest);
    house.settle();
    assert!(board(&house).rows.is_empty());
    // Each letter is kept by itself: 500 rows are many for a short page, and few for this one.
    typing(&mut house, ROWS_PER_SNAPSHOT + 10);
    assert_eq!(board(&house).rows.len() as u64, ROWS_PER_SNAPSHOT + 10);
    typing(&mut house, 350);
    assert!((board(&house).rows.len() as u64) < ROWS_PER_SNAPSHOT);
    house.every_edit_is_in_the_audit();
}

#[test]
fn sto14_a_disk_that_refuses_is_not_asked_for_snapshots() {
    let mut house = begin();
    typing(&mut house, UPDATES_PER_PAUSE + 5);
    house.store.fail_next(crate::store::StoreError::Unavailable("full".into()));
    typing(&mut house, 1);
    assert!(house.reloads > 0);
    assert!(!house.core.has_log_for(Lull::Pause), "it would close everybody again and again");
    house.relink();
    typing(&mut house, 1);
    assert!(house.core.has_log_for(Lull::Pause));
}
