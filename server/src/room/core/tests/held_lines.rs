//! PART: lines that the desk holds while somebody is out.

use super::{
    house::{House, id, note},
    parts::{comes_back, goes, house},
};
use crate::document::replica::Replica;
use protocol::{
    command::Command,
    document::{Audience, Kind},
    id::{HeldId, RecordId},
    people::Role,
};

const BOARD: Kind = Kind::Board(Audience::All);

#[test]
fn part4_p2_a_line_that_was_held_goes_back_to_the_audience_it_was_taken_from() {
    let mut house = house();
    let professionals = Kind::Board(Audience::Professionals);
    let line = |copy: &Replica| Some(copy.write_note(note(1), "worried", "theirs alone"));
    house.device(Role::Chair).edit(professionals, line);
    house.settle();
    let held = HeldId::from_random([1; 10]);
    house.done(Role::Chair, Command::Hold { note: note(1), held });
    house.done(Role::Chair, Command::Release { held, note: note(2), order: "b01".into() });
    let board = Replica::of(&house.core.documents[&professionals].document.state());
    assert_eq!(board.words_of(note(2).as_str()).as_deref(), Some("theirs alone"));
    for role in [Role::Parent, Role::Relative, Role::Wall] {
        assert!(!house.device(role).has_seen("theirs alone"), "{role:?}");
    }
    house.all_in_step();
}

#[test]
fn p5_part1_words_for_a_role_that_the_desk_holds_when_somebody_is_back_do_not_reach_them_when_they_are_released()
 {
    let professionals = Kind::Board(Audience::Professionals);
    for (before, after) in [("as they left it", ""), ("as they left it", " and more"), ("", "of the time")] {
        let mut house = house();
        let writes = |house: &mut House, words: &str| {
            let line = |copy: &Replica| {
                let typed = copy.type_in(note(1).as_str(), u32::MAX, words);
                typed.or_else(|| Some(copy.write_note(note(1), "worried", words)))
            };
            house.device(Role::Chair).edit(professionals, line);
            house.settle();
        };
        if !before.is_empty() {
            writes(&mut house, before);
        }
        goes(&mut house, Role::Police);
        if !after.is_empty() {
            writes(&mut house, after);
        }
        let held = HeldId::from_random([1; 10]);
        house.done(Role::Chair, Command::Hold { note: note(1), held });
        let police = comes_back(&mut house, id(Role::Police));
        house.done(Role::Chair, Command::Release { held, note: note(2), order: "b01".into() });
        let board = Replica::of(&house.core.documents[&professionals].document.state());
        let words = format!("{before}{after}");
        assert_eq!(board.words_of(note(2).as_str()).as_ref(), Some(&words));
        let reads = house.devices[police].has_seen(&words);
        assert_eq!(reads, after.is_empty(), "{words}");
        house.all_in_step();
    }
}

#[test]
fn p5_part1_a_struck_line_and_a_quote_that_the_desk_holds_as_somebody_left_them_are_theirs_again() {
    let mut house = house();
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "struck")));
    house.settle();
    house.device(Role::Chair).edit(BOARD, |copy| copy.set(note(1).as_str(), "struck", true));
    house.settle();
    let quote = Command::Quote {
        record: RecordId::from_random([1; 10]),
        note: note(2),
        section: "views".into(),
        order: "b01".into(),
        words: "as I said it".into(),
        speaker: "the father".into(),
        replaces: None,
        was: None,
    };
    house.done(Role::Chair, quote);
    goes(&mut house, Role::Police);
    let held = [1, 2].map(|n| HeldId::from_random([n; 10]));
    for (n, held) in [1, 2].into_iter().zip(held) {
        house.done(Role::Chair, Command::Hold { note: note(n), held });
    }
    comes_back(&mut house, id(Role::Police));
    for (n, held) in [3, 4].into_iter().zip(held) {
        house.done(Role::Chair, Command::Release { held, note: note(n), order: "b01".into() });
    }
    let police = house.of(Role::Police);
    for n in [3, 4] {
        let board = house.devices[police].copy(BOARD).replica.keys("notes");
        assert!(board.contains(&note(n).to_string()), "{n} of {board:?}");
    }
    house.all_in_step();
}
