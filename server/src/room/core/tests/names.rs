//! P21: names are put right wherever they stand; words that are locked change with their author's yes alone.

use super::house::{House, id, note};
use crate::document::replica::Replica;
use protocol::{
    command::{Command, Offered, Refusal, Strikes, TakeOff, Whose},
    document::{Audience, Kind},
    id::{ChildId, NoteId, OfferId, RecordId},
    people::Role,
};
use serde_json::json;

const BOARD: Kind = Kind::Board(Audience::All);
const RECORD: Kind = Kind::Record(Audience::All);

fn house() -> House {
    let people = [Role::Chair, Role::BusinessSupport, Role::SocialWorker, Role::Parent, Role::Relative];
    let mut house = House::with(11, &people);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "mapping".into() });
    house
}

/// A quote of the mother that was read back, on the line `note(1)`.
fn quote(house: &mut House, words: &str) -> RecordId {
    let record = RecordId::from_random([1; 10]);
    let (section, order) = (String::from("worried"), String::from("b0"));
    let (words, speaker) = (words.to_owned(), String::from("the mother"));
    house.done(
        Role::Chair,
        Command::Quote { record, note: note(1), section, order, words, speaker, replaces: None, was: None },
    );
    house.done(Role::Chair, Command::ReadBack { record });
    record
}

fn reads(house: &mut House, role: Role, record: RecordId) -> serde_json::Value {
    json!(house.device(role).copy(RECORD).replica.values())["records"][record.to_string()].clone()
}

fn asked(house: &mut House, role: Role) -> serde_json::Value {
    json!(house.device(role).copy(Kind::Seat(id(role))).replica.values())["asked"].clone()
}

#[test]
fn p21_a_childs_full_name_and_first_name_are_put_right_and_neither_is_lost() {
    let mut house = house();
    let child = ChildId::from_random([1; 10]);
    let right = |name: &str, first_name: &str| Command::CorrectName {
        whose: Whose::Child { child, first_name: first_name.into() },
        name: name.into(),
    };
    house.done(Role::BusinessSupport, right("Mary Jane Nowicka", "Mary Jane"));
    let heads = json!(house.device(Role::Parent).copy(Kind::Proceedings(Audience::All)).replica.values());
    assert_eq!(heads["conference"]["heading"], "Mary Jane");
    let kept = &heads["children"][child.to_string()];
    assert_eq!((&kept["name"], &kept["first_name"]), (&json!("Mary Jane Nowicka"), &json!("Mary Jane")));
    for wrong in [right("", "Mary"), right("Mary Nowicka", " ")] {
        assert_eq!(house.refused(Role::Chair, wrong), Refusal::BadInput);
    }
    assert_eq!(house.refused(Role::Parent, right("Mary", "Mary")), Refusal::NotYours);
}

#[test]
fn p21_a_person_corrects_their_own_name_and_nobody_elses() {
    let mut house = house();
    let name = |whose: Role| Command::CorrectName {
        whose: Whose::Attendee { attendee: id(whose) },
        name: "Ewa Nowicka".into(),
    };
    house.done(Role::Parent, name(Role::Parent));
    let roll =
        json!(house.device(Role::SocialWorker).copy(Kind::Proceedings(Audience::All)).replica.values());
    assert_eq!(roll["roll"][id(Role::Parent).to_string()]["name"], "Ewa Nowicka");
    assert_eq!(house.refused(Role::Parent, name(Role::Relative)), Refusal::NotYours);
}

#[test]
fn people4_p21_locked_words_are_put_right_with_the_authors_yes_on_their_own_device() {
    let mut house = house();
    let record = quote(&mut house, "Marek Zielinski was at work");
    let words = String::from("Marek Zieliński was at work");
    let ask = |of| Command::Reword { record, words: words.clone(), strikes: None, ask: Some(of) };
    house.done(Role::BusinessSupport, ask(id(Role::Parent)));
    assert_eq!(asked(&mut house, Role::Parent)[record.to_string()]["words"], json!(words));
    assert!(asked(&mut house, Role::Relative).is_null());
    assert_eq!(reads(&mut house, Role::SocialWorker, record)["words"], "Marek Zielinski was at work");
    let yes = || Command::AnswerWords { record, yes: true };
    assert_eq!(house.refused(Role::SocialWorker, yes()), Refusal::NotYours);
    house.done(Role::Parent, yes());
    let now = reads(&mut house, Role::SocialWorker, record);
    assert_eq!(
        (&now["words"], &now["agreed"], &now["read_back"]),
        (&json!(words), &json!("device"), &json!(true))
    );
    assert!(asked(&mut house, Role::Parent).is_null());
    assert_eq!(house.refused(Role::Parent, yes()), Refusal::NotThere);
}

#[test]
fn p21_a_no_leaves_the_words_and_a_yes_said_in_the_room_is_noted_by_the_desk() {
    let mut house = house();
    let record = quote(&mut house, "Marek Zielinski");
    let reword = |ask| Command::Reword { record, words: "Marek Zieliński".into(), strikes: None, ask };
    house.done(Role::Chair, reword(Some(id(Role::Parent))));
    house.done(Role::Parent, Command::AnswerWords { record, yes: false });
    assert_eq!(reads(&mut house, Role::Chair, record)["words"], "Marek Zielinski");
    house.done(Role::Chair, reword(None));
    let now = reads(&mut house, Role::Parent, record);
    assert_eq!((&now["words"], &now["agreed"]), (&json!("Marek Zieliński"), &json!("room")));
    assert_eq!(house.refused(Role::Chair, reword(None)), Refusal::BadInput, "nothing differs");
}

#[test]
fn p21_a_read_back_quote_is_struck_and_replaced_with_its_authors_yes() {
    let mut house = house();
    let record = quote(&mut house, "He hit him twice");
    let strikes = Some(Strikes { note: note(1), order: "b1".into() });
    let new = |strikes, ask| Command::Reword { record, words: "He hit him once".into(), strikes, ask };
    let elsewhere = Some(Strikes { note: note(9), order: "b1".into() });
    assert_eq!(house.refused(Role::Chair, new(elsewhere, None)), Refusal::NotThere);
    house.done(Role::Chair, new(strikes, Some(id(Role::Parent))));
    assert_eq!(Replica::of(&house.core.documents[&BOARD].document.state()).keys("notes").len(), 1);
    house.done(Role::Parent, Command::AnswerWords { record, yes: true });
    let lines = json!(house.device(Role::SocialWorker).copy(BOARD).replica.values())["notes"].clone();
    let lines = lines.as_object().expect("a map");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[&note(1).to_string()]["struck"], true, "the old words stay, struck through");
    let stands = lines.values().find(|line| line["struck"] != json!(true)).expect("the new one");
    let id: RecordId = stands["record"].as_str().expect("an id").parse().expect("an id");
    assert_eq!(reads(&mut house, Role::SocialWorker, id)["words"], "He hit him once");
    assert_eq!(reads(&mut house, Role::SocialWorker, id)["read_back"], true);
    assert_eq!(reads(&mut house, Role::SocialWorker, record)["words"], "He hit him twice");
}

#[test]
fn p21_the_author_of_an_accepted_note_alone_is_asked_about_it() {
    let mut house = house();
    let what = Offered::Note {
        section: Some("worried".into()),
        words: "Marek Zielinski shouts".into(),
        label: None,
        source: None,
        children: Vec::new(),
    };
    let offer = OfferId::from_random([1; 10]);
    house.done(Role::Parent, Command::Offer { offer, what, on_behalf_of: None, named: true });
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "b0".into() });
    let record = *house.core.conference().records.keys().next().expect("it was accepted");
    let ask =
        |of| Command::Reword {
            record, words: "Marek Zieliński shouts".into(), strikes: None, ask: Some(of)
        };
    assert_eq!(house.refused(Role::Chair, ask(id(Role::Relative))), Refusal::BadInput);
    house.done(Role::Chair, ask(id(Role::Parent)));
    house.done(Role::Parent, Command::AnswerWords { record, yes: true });
    assert_eq!(reads(&mut house, Role::Relative, record)["words"], "Marek Zieliński shouts");
}

#[test]
fn p21_a_name_in_who_said_it_and_in_a_held_line_is_put_right() {
    let mut house = house();
    let record = quote(&mut house, "said so");
    house.done(Role::Chair, Command::Speaker { record, speaker: "Ewa Nowicka".into() });
    assert_eq!(reads(&mut house, Role::Parent, record)["speaker"], "Ewa Nowicka");
    let held = protocol::id::HeldId::from_random([1; 10]);
    let (section, words) = (String::from("worried"), String::from("Zielinski"));
    house.done(Role::Chair, Command::WriteHeld { held, section, words });
    house.done(Role::Chair, Command::RewriteHeld { held, words: "Zieliński".into(), was: None });
    assert_eq!(house.core.conference().held[&held].words, "Zieliński");
    let again = protocol::id::HeldId::from_random([2; 10]);
    house.done(Role::Chair, Command::Hold { note: note(1), held: again });
    let own = Command::RewriteHeld { held: again, words: "other".into(), was: None };
    assert_eq!(house.refused(Role::Chair, own), Refusal::NotNow);
}

#[test]
fn p4_words_that_were_asked_about_are_gone_from_the_seat_that_was_asked() {
    const HARM: &str = "Halina's address";
    let mut house = house();
    let record = quote(&mut house, "She lives elsewhere");
    house.done(
        Role::Chair,
        Command::Reword { record, words: HARM.into(), strikes: None, ask: Some(id(Role::Parent)) },
    );
    house.done(Role::Parent, Command::AnswerWords { record, yes: true });
    let line: NoteId = note(1);
    house.done(Role::Chair, Command::TakeOff { what: TakeOff::Note { note: line } });
    house.settle();
    assert!(!house.is_stored(HARM), "a stored row holds them");
}
