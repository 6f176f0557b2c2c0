//! RIGHT10: lines that show a record are the server's. A pen moves them and takes no word of them away.

use super::{
    device::{Said, read},
    house::{House, id, note},
};
use crate::document::replica::Replica;
use protocol::{
    command::{Command, Offered, When},
    document::{Audience, Kind},
    id::{OfferId, RecordId, RowId},
    people::Role,
};
use serde_json::{Value, json};

/// Something that somebody does in a copy of a document.
type AnEdit<'a> = dyn Fn(&Replica) -> Option<Vec<u8>> + 'a;

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);
const OPEN: u8 = 1;
const LOCKED: u8 = 2;

/// An open quote in line 1, one that was read back in line 2, a written line 3; the social worker has a pen.
fn house() -> House {
    let mut house = House::with(13, &[Role::Chair, Role::SocialWorker, Role::Parent, Role::Wall]);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "mapping".into() });
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::SocialWorker) });
    for n in [OPEN, LOCKED] {
        let quote = Command::Quote {
            record: record(n),
            note: note(n),
            section: "worried".into(),
            order: format!("b0{n}"),
            words: format!("He was at the house {n}"),
            speaker: "the mother".into(),
            replaces: None,
            was: None,
        };
        house.done(Role::Chair, quote);
    }
    house.done(Role::Chair, Command::ReadBack { record: record(LOCKED) });
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(3), "worried", "a line")));
    house.settle();
    house
}

fn record(n: u8) -> RecordId {
    RecordId::from_random([n; 10])
}

fn lines(house: &mut House) -> Value {
    json!(house.device(Role::Parent).copy(BOARD).replica.values())["notes"].clone()
}

/// Whether the service took an edit of this role's device.
fn takes(house: &mut House, role: Role, edit: impl FnOnce(&Replica) -> Option<Vec<u8>>) -> bool {
    let before = lines(house);
    let n = house.of(role);
    let update = edit(&house.devices[n].copy(BOARD).replica).expect("the line is there");
    house.devices[n].seen.clear();
    house.devices[n].send(BOARD, update);
    house.settle();
    let taken = lines(house) != before;
    let said = house.devices[n].seen.iter().map(|frame| read(frame));
    let first = said.filter(|(name, _)| name.kind == BOARD).find_map(|(_, said)| match said {
        Said::Status(saved) => Some(saved),
        _ => None,
    });
    assert_eq!(first, Some(taken), "{role:?}");
    house.all_in_step();
    taken
}

#[test]
fn right10_p21_no_pen_strikes_or_removes_a_quote_that_was_read_back_and_nothing_else_is_lost() {
    let mut house = house();
    let locked = note(LOCKED).to_string();
    let key = locked.as_str();
    for role in [Role::SocialWorker, Role::Chair] {
        assert!(!takes(&mut house, role, |copy| copy.set(key, "struck", true)), "{role:?} strikes it");
        assert!(!takes(&mut house, role, |copy| Some(copy.remove_note(key))), "{role:?} removes it");
        let other = |copy: &Replica| Some(copy.write_note(note(LOCKED), "worried", "other words"));
        assert!(!takes(&mut house, role, other), "{role:?} writes another in its place");
        assert!(
            !takes(&mut house, role, |copy| copy.write_words(key, "other words")),
            "{role:?} writes in it"
        );
        assert!(!takes(&mut house, role, |copy| copy.unset(key, "record")), "{role:?} takes its words away");
        // Others' lines and its place are a pen's business as before.
        assert!(takes(&mut house, role, |copy| copy.type_in(note(3).as_str(), 0, "more ")), "{role:?} types");
        let to = if role == Role::Chair { "worried" } else { "working-well" };
        assert!(takes(&mut house, role, |copy| copy.set(key, "section", to)), "{role:?} moves it");
    }
    assert_eq!(lines(&mut house)[key]["record"], json!(record(LOCKED)));
    assert_eq!(lines(&mut house)[key]["struck"], Value::Null);
}

#[test]
fn right10_p21_what_was_struck_with_its_authors_yes_stays_struck() {
    let mut house = house();
    let strikes = protocol::command::Strikes { note: note(LOCKED), order: "b05".into() };
    let words = "He was in the house".to_owned();
    let strikes = Some(strikes);
    house.done(Role::Chair, Command::Reword { record: record(LOCKED), words, strikes, ask: None });
    let locked = note(LOCKED).to_string();
    assert_eq!(lines(&mut house)[&locked]["struck"], true);
    assert!(!takes(&mut house, Role::SocialWorker, |copy| copy.unset(&locked, "struck")));
    assert!(!takes(&mut house, Role::SocialWorker, |copy| copy.set(&locked, "struck", false)));
    assert_eq!(lines(&mut house)[&locked]["struck"], true);
}

#[test]
fn right10_a_pen_strikes_an_open_quote_and_an_accepted_note_and_takes_neither_away() {
    let mut house = house();
    let offer = OfferId::from_random([1; 10]);
    let what = Offered::Note {
        section: Some("worried".into()),
        words: "He sings".into(),
        label: None,
        source: None,
        children: Vec::new(),
    };
    house.done(Role::Parent, Command::Offer { offer, what, on_behalf_of: None, named: true });
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "b09".into() });
    let ours = [note(OPEN), note(LOCKED), note(3)].map(|note| note.to_string());
    let all = lines(&mut house);
    let accepted = all.as_object().expect("a map").keys().find(|key| !ours.contains(key)).expect("it stands");
    for key in [accepted.as_str(), ours[0].as_str()] {
        assert!(!takes(&mut house, Role::SocialWorker, |copy| Some(copy.remove_note(key))));
        assert!(takes(&mut house, Role::SocialWorker, |copy| copy.set(key, "struck", true)));
        assert!(takes(&mut house, Role::SocialWorker, |copy| copy.unset(key, "struck")));
    }
}

#[test]
fn right10_no_client_makes_a_line_show_a_record() {
    let mut house = house();
    for role in [Role::SocialWorker, Role::Chair] {
        let second = |copy: &Replica| Some(copy.write_quote(note(9), record(LOCKED)));
        assert!(!takes(&mut house, role, second), "{role:?} shows it twice");
        let other = |copy: &Replica| copy.set(note(OPEN).as_str(), "record", record(LOCKED).as_str());
        assert!(!takes(&mut house, role, other), "{role:?} shows it elsewhere");
        let of_a_line = |copy: &Replica| copy.set(note(3).as_str(), "record", record(LOCKED).as_str());
        assert!(!takes(&mut house, role, of_a_line), "{role:?} shows it in a written line");
    }
}

#[test]
fn right10_a_line_with_a_record_that_is_put_nowhere_goes_back_where_it_stood() {
    let mut house = house();
    let locked = note(LOCKED).to_string();
    let before = lines(&mut house)[&locked].clone();
    let wrong: [&AnEdit<'_>; 6] = [
        &|copy| copy.set(&locked, "section", "nowhere"),
        &|copy| copy.set(&locked, "section", "plan"),
        &|copy| copy.set(&locked, "section", 7),
        &|copy| copy.set(&locked, "order", false),
        &|copy| copy.unset(&locked, "section"),
        &|copy| copy.unset(&locked, "order"),
    ];
    for (n, edit) in wrong.iter().enumerate() {
        let at = house.of(Role::SocialWorker);
        let update = edit(&house.devices[at].copy(BOARD).replica).expect("the line is there");
        house.devices[at].send(BOARD, update);
        house.settle();
        house.all_in_step();
        assert_eq!(lines(&mut house)[&locked], before, "{n}");
    }
    // The pen's copy goes on, and so does everything else.
    assert!(takes(&mut house, Role::SocialWorker, |copy| copy.set(&locked, "section", "working-well")));
}

#[test]
fn right10_f131_a_row_that_somebody_offered_stays_the_row_beside_which_their_name_stands() {
    let mut house = house();
    house.done(Role::Chair, Command::OpenPhase { phase: "the-plan".into() });
    let offer = OfferId::from_random([2; 10]);
    let cells = [("task".to_owned(), "I can fetch them".to_owned())].into();
    let what = Offered::Row { cells, who: Vec::new(), when: When::default() };
    house.done(Role::Parent, Command::Offer { offer, what, on_behalf_of: None, named: true });
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "b01".into() });
    let rows =
        |house: &mut House| json!(house.device(Role::Parent).copy(PLAN).replica.values())["rows"].clone();
    let key = rows(&mut house).as_object().expect("a map").keys().next().expect("it stands").clone();
    let row: RowId = key.parse().expect("an id");
    for role in [Role::SocialWorker, Role::Chair] {
        let edits: [&AnEdit<'_>; 3] = [
            &|copy| Some(copy.write_row(row, "other words")),
            &|copy| Some(copy.remove_row(&key)),
            &|copy| copy.set_row(&key, "cells", "none"),
        ];
        let before = rows(&mut house);
        for edit in edits {
            let at = house.of(role);
            let update = edit(&house.devices[at].copy(PLAN).replica).expect("the row is there");
            house.devices[at].send(PLAN, update);
            house.settle();
            assert_eq!(rows(&mut house), before, "{role:?}");
            house.all_in_step();
        }
        let at = house.of(role);
        let struck = role == Role::SocialWorker;
        let update = house.devices[at].copy(PLAN).replica.set_row(&key, "struck", struck);
        house.devices[at].send(PLAN, update.expect("the row is there"));
        house.settle();
        assert_eq!(rows(&mut house)[&key]["struck"], struck, "{role:?} strikes it, as any row");
    }
}
