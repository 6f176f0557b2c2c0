//! PART: lines that the desk holds while somebody is out.

use super::{
    house::{House, id, note},
    parts::{comes_back, goes, house},
};
use crate::document::replica::Replica;
use protocol::{
    command::Command,
    document::{Audience, Kind},
    id::HeldId,
    people::Role,
};

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
