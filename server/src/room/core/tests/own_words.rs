//! P4: the author takes own words off. F131, P17, P19: what becomes of what was offered, and whose words it is.

use super::house::{House, id, note};
use crate::{document::replica::Replica, meeting::sheet::Doer};
use protocol::{
    command::{Command, Named, Offered, Refusal, TakeOff},
    document::{Audience, Kind},
    framework::Holds,
    id::{ChildId, OfferId, RowId},
    people::Role,
};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);
const HARM: &str = "Halina's address";

fn house() -> House {
    let roles = [
        Role::Chair,
        Role::SocialWorker,
        Role::Police,
        Role::Parent,
        Role::ChildAdvocate,
        Role::BusinessSupport,
        Role::Wall,
    ];
    let mut house = House::with(4, &roles);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "the-plan".into() });
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::SocialWorker) });
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::Police) });
    house
}

fn writes(house: &mut House, role: Role, n: u8, words: &str) {
    house.device(role).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
    house.settle();
}

fn off(n: u8) -> Command {
    Command::TakeOff { what: TakeOff::Note { note: note(n) } }
}

fn row_off(row: RowId) -> Command {
    Command::TakeOff { what: TakeOff::Row { row } }
}

fn offer(n: u8) -> OfferId {
    OfferId::from_random([n; 10])
}

fn offers(n: u8, what: Offered, on_behalf_of: Option<Named>, named: bool) -> Command {
    Command::Offer { offer: offer(n), what, on_behalf_of, named }
}

fn row_of(words: &str) -> Offered {
    Offered::Row {
        cells: [("task".to_owned(), words.to_owned())].into(),
        who: Vec::new(),
        when: Default::default(),
    }
}

fn note_of(words: &str) -> Offered {
    let (section, words) = (Some("worried".to_owned()), words.to_owned());
    Offered::Note { section, words, label: None, source: None, children: Vec::new() }
}

fn accept(n: u8, section: Option<&str>) -> Command {
    Command::Accept { offer: offer(n), section: section.map(str::to_owned), order: "b01".into() }
}

/// State of an offer as its author's seat tells it.
fn state(house: &mut House, role: Role, n: u8) -> Option<String> {
    let values = house.device(role).copy(Kind::Seat(id(role))).replica.values();
    let offers = serde_json::to_value(values.get("offers")?).expect("plain values");
    Some(offers[offer(n).as_str()]["state"].as_str()?.to_owned())
}

/// Whose name everybody is told stands beside a row.
fn offered_by(house: &House, row: RowId) -> Option<String> {
    let n = house.of(Role::SocialWorker);
    let record = serde_json::to_value(house.devices[n].copy(Kind::Record(Audience::All)).replica.values());
    let author = record.expect("plain values")["offered"][row.as_str()]["author"].clone();
    author.as_str().map(str::to_owned)
}

fn rows(house: &House) -> Vec<crate::meeting::sheet::PlanRow> {
    house.core.documents[&PLAN].document.rows()
}

#[test]
fn p4_a_pen_holder_takes_off_an_own_line_and_no_line_in_which_others_have_a_letter() {
    let mut house = house();
    writes(&mut house, Role::SocialWorker, 1, HARM);
    writes(&mut house, Role::SocialWorker, 2, "mine and theirs");
    writes(&mut house, Role::Police, 3, "theirs");
    house.device(Role::Police).edit(BOARD, |copy| copy.type_in(note(2).as_str(), 4, " alone"));
    house.settle();
    for n in [2, 3] {
        assert_eq!(house.refused(Role::SocialWorker, off(n)), Refusal::NotYours, "{n}");
    }
    assert_eq!(house.refused(Role::Police, off(1)), Refusal::NotYours);
    assert_eq!(house.refused(Role::Parent, off(1)), Refusal::NotYours);
    house.done(Role::SocialWorker, off(1));
    assert!(!house.is_stored(HARM));
    house.done(Role::Chair, off(2));
}

#[test]
fn p4_a_line_stays_its_authors_own_when_the_board_is_written_again_and_the_service_starts_again() {
    let mut house = house();
    for (n, role) in [(1, Role::Police), (2, Role::SocialWorker), (3, Role::Police), (4, Role::SocialWorker)]
    {
        writes(&mut house, role, n, &format!("line {n}"));
    }
    house.done(Role::Chair, off(1));
    house.settle();
    // Written again by the server, and then somebody adds to one of them.
    house.device(Role::Police).edit(BOARD, |copy| copy.type_in(note(4).as_str(), 0, "not only mine: "));
    house.settle();
    house.restart();
    house.relink();
    house.settle();
    assert_eq!(house.refused(Role::Police, off(2)), Refusal::NotYours);
    assert_eq!(house.refused(Role::SocialWorker, off(4)), Refusal::NotYours);
    house.done(Role::SocialWorker, off(2));
    house.done(Role::Police, off(3));
    let left = Replica::of(&house.core.documents[&BOARD].document.state()).keys("notes");
    assert_eq!(left, [note(4).as_str()]);
}

#[test]
fn p4_words_that_the_server_wrote_first_are_nobodys_own() {
    let mut house = house();
    let held = protocol::id::HeldId::from_random([1; 10]);
    writes(&mut house, Role::Police, 1, "held and shown");
    house.done(Role::Chair, Command::Hold { note: note(1), held });
    house.done(Role::Chair, Command::Release { held, note: note(2), order: "b05".into() });
    house.device(Role::SocialWorker).edit(BOARD, |copy| copy.type_in(note(2).as_str(), 0, "mine: "));
    house.settle();
    for role in [Role::SocialWorker, Role::Police] {
        assert_eq!(house.refused(role, off(2)), Refusal::NotYours);
    }
}

#[test]
fn p4_f131_an_accepted_row_stays_in_its_authors_list_and_is_taken_off_by_them_alone() {
    let mut house = house();
    house.done(Role::Parent, offers(1, row_of(HARM), None, true));
    assert_eq!(state(&mut house, Role::Parent, 1).as_deref(), Some("waiting"));
    house.done(Role::Chair, accept(1, None));
    assert_eq!(state(&mut house, Role::Parent, 1).as_deref(), Some("accepted"));
    let row = rows(&house)[0].clone();
    assert_eq!(row.who, [Doer::Attendee(id(Role::Parent))]);
    assert_eq!(house.refused(Role::Parent, Command::Withdraw { offer: offer(1) }), Refusal::NotNow);
    assert_eq!(house.refused(Role::Chair, accept(1, None)), Refusal::NotThere);
    assert_eq!(house.refused(Role::Police, row_off(row.id)), Refusal::NotYours);
    house.done(Role::Parent, row_off(row.id));
    assert_eq!(state(&mut house, Role::Parent, 1), None);
    assert!(rows(&house).is_empty() && !house.is_stored(HARM));
}

#[test]
fn f131_words_about_a_row_are_written_into_its_cell_in_front_of_all_and_their_author_is_told() {
    let mut house = house();
    house.done(Role::Parent, offers(1, row_of("Read with him on Mondays"), None, true));
    house.done(Role::Chair, accept(1, None));
    let row = rows(&house)[0].id;
    let change = |words: &str| Offered::Change { row, words: words.into() };
    house.done(Role::Police, offers(2, change(HARM), None, true));
    house.done(Role::Police, offers(3, change("not this"), None, true));
    house.done(Role::Police, offers(4, change("talk about it"), None, true));
    assert_eq!(house.refused(Role::Chair, accept(2, Some("who"))), Refusal::NotThere);
    house.done(Role::Chair, accept(2, Some("task")));
    house.done(Role::Chair, Command::SetAside { offer: offer(3) });
    house.done(Role::Chair, Command::Decline { offer: offer(4) });
    assert_eq!(rows(&house)[0].cells["task"], format!("Read with him on Mondays\n{HARM}"));
    let told: Vec<_> = [2, 3, 4].map(|n| state(&mut house, Role::Police, n)).into_iter().flatten().collect();
    assert_eq!(told, ["accepted", "not-taken", "talk"]);
    assert!(house.device(Role::Wall).has_seen(HARM) && !house.device(Role::Wall).has_seen("not this"));
    assert_eq!(house.refused(Role::Chair, accept(3, None)), Refusal::NotThere);
    // Others have words in the row by now: it is not the mother's alone.
    assert_eq!(house.refused(Role::Parent, row_off(row)), Refusal::NotYours);
    house.done(Role::Chair, row_off(row));
    assert_eq!(state(&mut house, Role::Police, 2), None);
    house.done(Role::Police, Command::Withdraw { offer: offer(3) });
    assert!(!house.is_stored(HARM) && !house.is_stored("not this"));
}

#[test]
fn doc7_f131_words_about_a_row_make_the_cell_that_another_program_did_not_make() {
    let mut house = house();
    let row = RowId::from_random([9; 10]);
    house.device(Role::SocialWorker).edit(PLAN, |copy| Some(copy.write_row(row, "Read with him")));
    house.settle();
    let columns = &house.core.conference().framework().plan.columns;
    let lacks = columns.iter().find(|one| one.holds == Holds::Words && one.key != "task");
    let lacks = lacks.expect("there is another").key.clone();
    assert!(!rows(&house)[0].cells.contains_key(&lacks));
    for (n, words) in [(1, "on Mondays"), (2, "at school")] {
        house.done(Role::Police, offers(n, Offered::Change { row, words: words.into() }, None, true));
        house.done(Role::Chair, accept(n, Some(&lacks)));
    }
    assert_eq!(rows(&house)[0].cells[&lacks], "on Mondays\nat school");
    assert_eq!(rows(&house)[0].cells["task"], "Read with him");
    assert!(house.device(Role::Wall).has_seen("on Mondays"));
    house.all_in_step();
}

#[test]
fn doc7_f131_words_about_a_row_stay_offered_where_another_program_left_them_no_place() {
    let mut house = house();
    let row = RowId::from_random([9; 10]);
    house.device(Role::SocialWorker).edit(PLAN, |copy| Some(copy.write_row(row, "Read with him")));
    house.device(Role::SocialWorker).edit(PLAN, |copy| copy.set_row(row.as_str(), "cells", "of a kind"));
    house.settle();
    house.done(Role::Police, offers(1, Offered::Change { row, words: HARM.into() }, None, true));
    assert_eq!(house.refused(Role::Chair, accept(1, Some("task"))), Refusal::NotNow);
    assert_eq!(state(&mut house, Role::Police, 1).as_deref(), Some("waiting"));
}

#[test]
fn p17_a_row_without_a_name_names_nobody_and_is_still_its_authors_to_take_off() {
    let mut house = house();
    house.done(Role::Parent, offers(1, row_of(HARM), None, false));
    house.done(Role::Chair, accept(1, None));
    let row = rows(&house)[0].clone();
    assert!(row.who.is_empty() && offered_by(&house, row.id).is_none());
    house.done(Role::Parent, row_off(row.id));
    assert!(!house.is_stored(HARM));
}

#[test]
fn p19_a_childs_advocate_offers_the_words_of_a_child_who_stays_away_as_the_childs_quote() {
    let mut house = house();
    let kacper = Named::Child { child: ChildId::from_random([1; 10]) };
    let other = Named::Child { child: ChildId::from_random([2; 10]) };
    let words = "I like it at grandma's.";
    for role in [Role::BusinessSupport, Role::Parent] {
        assert_eq!(
            house.refused(role, offers(1, note_of(words), Some(kacper.clone()), true)),
            Refusal::NotYours
        );
    }
    assert_eq!(
        house.refused(Role::ChildAdvocate, offers(1, note_of(words), Some(other), true)),
        Refusal::NotThere
    );
    house.done(Role::ChildAdvocate, offers(1, note_of(words), Some(kacper), true));
    house.done(Role::Chair, accept(1, Some("views")));
    let record = house.device(Role::Parent).copy(Kind::Record(Audience::All)).replica.values();
    let record = serde_json::to_value(&record["records"]).expect("plain values");
    let quote = record.as_object().and_then(|all| all.values().next()).expect("the child's words");
    assert_eq!(
        (&quote["kind"], &quote["speaker"], &quote["author"]),
        (&"quote".into(), &"Kacper".into(), &serde_json::Value::Null)
    );
    // The advocate who typed them takes them off; nobody else without a desk does.
    let line =
        Replica::of(&house.core.documents[&BOARD].document.state()).keys("notes")[0].parse().expect("an id");
    let what = TakeOff::Note { note: line };
    assert_eq!(house.refused(Role::Parent, Command::TakeOff { what: what.clone() }), Refusal::NotYours);
    house.done(Role::ChildAdvocate, Command::TakeOff { what });
    assert!(!house.is_stored(words));
}

#[test]
fn doc5_who_offered_a_row_is_said_by_the_record_alone_and_no_pen_can_say_it() {
    let mut house = house();
    house.done(Role::Parent, offers(1, row_of("He goes to the course"), None, true));
    house.done(Role::Chair, accept(1, None));
    let offered = rows(&house)[0].id;
    assert_eq!(offered_by(&house, offered).as_deref(), Some("Name of Parent"));
    // Whatever a pen writes beside a row says nothing about it.
    let forged = RowId::from_random([9; 10]);
    house.device(Role::Chair).edit(PLAN, |copy| Some(copy.write_row(forged, "words of the chair")));
    for row in [forged, offered] {
        let from = id(Role::SocialWorker);
        let edit = |copy: &Replica| copy.set_row(row.as_str(), "from", from.as_str());
        house.device(Role::Chair).edit(PLAN, edit);
    }
    house.settle();
    assert_eq!(offered_by(&house, forged), None);
    assert_eq!(offered_by(&house, offered).as_deref(), Some("Name of Parent"));
    let write = |copy: &Replica| Some(copy.put("offered", forged.as_str(), "Name of Parent"));
    let record = Kind::Record(Audience::All);
    house.device(Role::Chair).edit(record, write);
    house.settle();
    assert_eq!(offered_by(&house, forged), None);
    // The name is that of now, and goes with the row.
    let whose = protocol::command::Whose::Attendee { attendee: id(Role::Parent) };
    house.done(Role::Chair, Command::CorrectName { whose, name: "Name of a mother".into() });
    assert_eq!(offered_by(&house, offered).as_deref(), Some("Name of a mother"));
    house.done(Role::Parent, row_off(offered));
    assert_eq!(offered_by(&house, offered), None);
}

#[test]
fn p15_business_support_offers_for_a_named_person_and_not_for_itself() {
    let mut house = house();
    let her = Named::Attendee { attendee: id(Role::Parent) };
    assert_eq!(
        house.refused(Role::BusinessSupport, offers(1, row_of("words"), None, true)),
        Refusal::NotYours
    );
    house.done(Role::BusinessSupport, offers(1, row_of("words"), Some(her), true));
    house.done(Role::Chair, accept(1, None));
    assert_eq!(offered_by(&house, rows(&house)[0].id).as_deref(), Some("Name of Parent"));
}
