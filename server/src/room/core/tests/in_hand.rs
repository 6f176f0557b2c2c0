//! What the chair keeps in hand: who had a line in front of them (P4), who speaks (P15, P22), what is hidden (P1), what is
//! taken back, what waits.

use super::house::{House, id, note};
use crate::{meeting::attendee::TokenHash, room::core::Inbound};
use protocol::{
    command::{Agreement, Ask, Command, Doer, Offered, Refusal, RowAnswer, TakeOff, When},
    document::{Audience, Kind},
    id::{AttendeeId, HeldId, NoteId, OfferId, RecordId, RowId, TopicId},
    people::{Place, Role, Standing},
    wire::Wire,
};
use serde_json::{Value, json};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);
const PEOPLE: [Role; 7] = [
    Role::Chair,
    Role::CoChair,
    Role::BusinessSupport,
    Role::SocialWorker,
    Role::Police,
    Role::Parent,
    Role::Wall,
];

fn house() -> House {
    let mut house = House::with(12, &PEOPLE);
    house.done(Role::CoChair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "the-plan".into() });
    house
}

fn holds(house: &mut House, role: Role, kind: Kind) -> Value {
    json!(house.device(role).copy(kind).replica.values())
}

fn hand(house: &mut House) -> Value {
    holds(house, Role::BusinessSupport, Kind::Desk)["hand"].clone()
}

fn write(house: &mut House, n: u8, words: &str) {
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
    house.settle();
}

/// Who is said to have had it, in the order of [`PEOPLE`].
fn had(house: &mut House, what: TakeOff) -> Vec<Role> {
    house.done(Role::Chair, Command::WhoHad { what });
    let people = hand(house)["in_front"]["people"].clone();
    let people: Vec<AttendeeId> = serde_json::from_value(people).expect("ids");
    PEOPLE.into_iter().filter(|role| people.contains(&id(*role))).collect()
}

fn line(n: u8) -> TakeOff {
    TakeOff::Note { note: note(n) }
}

fn offered(words: &str) -> Offered {
    Offered::Note {
        section: Some("worried".into()),
        words: words.into(),
        label: None,
        source: None,
        children: Vec::new(),
    }
}

fn accepted(house: &mut House) -> NoteId {
    let offer = OfferId::from_random([1; 10]);
    let what = offered("He sings");
    house.done(Role::Parent, Command::Offer { offer, what, on_behalf_of: None, named: true });
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "b0".into() });
    let lines = holds(house, Role::Chair, BOARD)["notes"].clone();
    lines.as_object().expect("a map").keys().next().expect("it stands").parse().expect("an id")
}

#[test]
fn people2_p4_who_left_before_a_line_stood_never_had_it_and_who_left_after_it_did() {
    let mut house = house();
    let parent = house.of(Role::Parent);
    house.cut(parent);
    write(&mut house, 1, "the address");
    let everybody_else =
        [Role::Chair, Role::CoChair, Role::BusinessSupport, Role::SocialWorker, Role::Police, Role::Wall];
    assert_eq!(had(&mut house, line(1)), everybody_else);
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::Police) });
    write(&mut house, 2, "another");
    assert_eq!(had(&mut house, line(1)), everybody_else, "who has left had it all the same");
    let without_police = [Role::Chair, Role::CoChair, Role::BusinessSupport, Role::SocialWorker, Role::Wall];
    assert_eq!(had(&mut house, line(2)), without_police);
    house.link(parent);
    house.settle();
    assert_eq!(had(&mut house, line(1)), PEOPLE, "who comes back is shown it");
}

#[test]
fn people2_p4_a_fresh_token_takes_back_nothing_of_what_somebody_had() {
    let mut house = house();
    let parent = house.of(Role::Parent);
    house.cut(parent);
    let (document, wire) = (house.name(BOARD), Wire::Named(house.name(BOARD).to_string()));
    let bare = house.bare(Role::Parent);
    house.receive(bare, Inbound::Open { document, wire: wire.clone() });
    house.receive(bare, Inbound::Step1 { document, state_vector: vec![0] });
    write(&mut house, 1, "the address");
    house.receive(bare, Inbound::Open { document, wire });
    assert!(had(&mut house, line(1)).contains(&Role::Parent));
    house.core.disconnect(bare, house.now);
    write(&mut house, 2, "another");
    assert!(
        had(&mut house, line(1)).contains(&Role::Parent) && !had(&mut house, line(2)).contains(&Role::Parent)
    );
}

#[test]
fn p4_what_was_written_during_a_pause_was_on_the_desks_alone() {
    let mut house = house();
    write(&mut house, 1, "before");
    house.done(Role::Chair, Command::Pause);
    write(&mut house, 2, "meanwhile");
    let desks = [Role::Chair, Role::CoChair, Role::BusinessSupport];
    assert_eq!(had(&mut house, line(1)), PEOPLE);
    assert_eq!(had(&mut house, line(2)), desks);
    house.done(Role::Chair, Command::Resume);
    assert_eq!(had(&mut house, line(2)), PEOPLE);
}

#[test]
fn p4_who_had_a_line_is_known_after_another_was_taken_off_and_after_a_restart() {
    let mut house = house();
    write(&mut house, 1, "stays");
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::Police) });
    write(&mut house, 2, "goes");
    house.done(Role::Chair, Command::TakeOff { what: line(2) });
    write(&mut house, 3, "later");
    assert_eq!(had(&mut house, line(1)), PEOPLE, "the document has a new name since");
    assert!(!had(&mut house, line(3)).contains(&Role::Police));
    house.restart();
    house.relink();
    house.settle();
    assert_eq!(had(&mut house, line(1)), PEOPLE);
    assert!(!had(&mut house, line(3)).contains(&Role::Police));
}

#[test]
fn p4_who_had_a_row_is_known_too_and_the_desk_alone_is_told() {
    let mut house = house();
    let parent = house.of(Role::Parent);
    let what = Offered::Row {
        cells: [("task".to_owned(), "visits".to_owned())].into(),
        who: Vec::new(),
        when: When::default(),
    };
    let offer = OfferId::from_random([1; 10]);
    house.done(Role::SocialWorker, Command::Offer { offer, what, on_behalf_of: None, named: true });
    house.cut(parent);
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "b0".into() });
    let rows = holds(&mut house, Role::Chair, PLAN)["rows"].clone();
    let row: RowId = rows.as_object().expect("a map").keys().next().expect("a row").parse().expect("an id");
    let had = had(&mut house, TakeOff::Row { row });
    assert!(had.contains(&Role::Wall) && had.contains(&Role::Police) && !had.contains(&Role::Parent));
    assert_eq!(house.refused(Role::Police, Command::WhoHad { what: line(1) }), Refusal::NotYours);
}

#[test]
fn p4_who_had_the_words_of_a_field_is_told_and_who_had_those_before_it_is_not() {
    let mut house = house();
    let what = || TakeOff::Field { audience: Audience::All, field: "contingency".into() };
    house.device(Role::Chair).edit(PLAN, |copy| copy.write_field("contingency", "one"));
    house.settle();
    assert!(had(&mut house, what()).contains(&Role::Parent));
    let parent =
        house.devices.iter().position(|device| device.attendee == id(Role::Parent)).expect("a parent");
    house.cut(parent);
    house.done(Role::Chair, Command::TakeOff { what: what() });
    house.device(Role::Chair).edit(PLAN, |copy| copy.write_field("contingency", "two"));
    house.settle();
    let had = had(&mut house, what());
    assert!(
        had.contains(&Role::Wall) && !had.contains(&Role::Parent),
        "the field is as old as the plan, its words are not"
    );
}

#[test]
fn people1_p1_where_people_sit_is_hidden_from_an_audience_and_from_all_that_it_reads() {
    let mut house = house();
    let sits = |house: &mut House, role: Role, audience: Audience| {
        let roll = holds(house, role, Kind::Proceedings(audience))["roll"].clone();
        roll[id(Role::Parent).to_string()]["place"].clone()
    };
    assert_eq!(sits(&mut house, Role::Wall, Audience::All), "room");
    house.done(Role::BusinessSupport, Command::HidePlaces { from: vec![Audience::Family] });
    assert!(sits(&mut house, Role::Parent, Audience::Family).is_null());
    assert!(sits(&mut house, Role::Wall, Audience::All).is_null(), "the family reads it too");
    assert_eq!(sits(&mut house, Role::Police, Audience::Professionals), "room");
    house.done(Role::Chair, Command::HidePlaces { from: vec![Audience::All] });
    assert!(sits(&mut house, Role::Police, Audience::Professionals).is_null());
    let people = holds(&mut house, Role::BusinessSupport, Kind::Desk)["people"].clone();
    assert_eq!(people[id(Role::Parent).to_string()]["place"], "room", "the desk knows");
    house.done(Role::Chair, Command::HidePlaces { from: Vec::new() });
    assert_eq!(sits(&mut house, Role::Parent, Audience::All), "room");
}

#[test]
fn p22_a_quote_and_an_accepted_note_are_held_and_come_back_as_what_they_were() {
    let mut house = house();
    let line = accepted(&mut house);
    let held = HeldId::from_random([1; 10]);
    house.done(Role::CoChair, Command::Hold { note: line, held });
    assert!(holds(&mut house, Role::Parent, BOARD)["notes"].is_null());
    assert!(holds(&mut house, Role::Parent, Kind::Record(Audience::All))["records"].is_null());
    let desk = holds(&mut house, Role::Chair, Kind::Desk);
    assert_eq!(desk["held"][held.to_string()]["words"], "He sings");
    house.restart();
    house.relink();
    house.settle();
    house.done(Role::Chair, Command::Release { held, note: note(5), order: "b1".into() });
    let lines = holds(&mut house, Role::Parent, BOARD)["notes"].clone();
    let record =
        lines[note(5).to_string()]["record"].as_str().expect("words that the server keeps").to_owned();
    let records = holds(&mut house, Role::Parent, Kind::Record(Audience::All))["records"].clone();
    assert_eq!(records[record]["kind"], "offered");
}

#[test]
fn p4_a_held_quote_that_is_dropped_is_destroyed() {
    const HARM: &str = "Halina's address";
    let mut house = house();
    let record = RecordId::from_random([1; 10]);
    let (section, order) = (String::from("worried"), String::from("b0"));
    let (words, speaker) = (HARM.to_owned(), String::from("S"));
    house.done(
        Role::Chair,
        Command::Quote { record, note: note(1), section, order, words, speaker, replaces: None, was: None },
    );
    let held = HeldId::from_random([1; 10]);
    house.done(Role::Chair, Command::Hold { note: note(1), held });
    house.done(Role::Chair, Command::DropHeld { held });
    house.settle();
    assert!(!house.is_stored(HARM));
}

#[test]
fn people5_p22_an_accepted_note_and_an_open_quote_are_put_back() {
    let mut house = house();
    let line = accepted(&mut house);
    house.done(Role::Chair, Command::PutBack { note: line });
    assert!(holds(&mut house, Role::Police, BOARD)["notes"].is_null());
    let offers = holds(&mut house, Role::Chair, Kind::Desk)["offers"].clone();
    let offer = offers.as_object().expect("a map").values().next().expect("it waits again").clone();
    assert_eq!((&offer["what"]["words"], &offer["by"]), (&json!("He sings"), &json!(id(Role::Parent))));
    let record = RecordId::from_random([1; 10]);
    let quote = Command::Quote {
        record,
        note: note(1),
        section: "worried".into(),
        order: "b0".into(),
        words: "said so".into(),
        speaker: "S".into(),
        replaces: None,
        was: None,
    };
    house.done(Role::Chair, quote.clone());
    house.done(Role::Chair, Command::PutBack { note: note(1) });
    let lines = holds(&mut house, Role::Chair, BOARD)["notes"].clone();
    assert_eq!(lines.as_object().expect("a map").values().next().expect("written")["text"], "said so");
    house.done(Role::Chair, quote);
    house.done(Role::Chair, Command::ReadBack { record });
    assert_eq!(house.refused(Role::Chair, Command::PutBack { note: note(1) }), Refusal::NotNow);
}

#[test]
fn people5_p22_f35_who_has_spoken_is_known_from_the_chairs_press_and_to_desks_alone() {
    let mut house = house();
    house.done(Role::Parent, Command::Ask { what: Ask::Speak });
    house.done(Role::CoChair, Command::CallOn { attendee: Some(id(Role::Parent)) });
    assert_eq!(holds(&mut house, Role::Parent, Kind::Seat(id(Role::Parent)))["seat"]["called"], true);
    assert!(house.core.conference().people[&id(Role::Parent)].asks.is_empty(), "the hand is taken up");
    for device in &mut house.devices {
        device.seen.clear();
    }
    house.done(Role::Chair, Command::Spoke { attendee: id(Role::Parent), spoke: true });
    let now = hand(&mut house);
    assert_eq!((&now["spoke"], &now["called"]), (&json!([id(Role::Parent)]), &Value::Null));
    for role in [Role::SocialWorker, Role::Wall] {
        let kinds = [Kind::Stage, Kind::Proceedings(Audience::All)];
        for kind in kinds {
            assert!(!holds(&mut house, role, kind).to_string().contains("spoke"), "{role:?} {kind}");
        }
    }
    house.done(Role::Chair, Command::Spoke { attendee: id(Role::Parent), spoke: false });
    assert_eq!(hand(&mut house)["spoke"], json!([]));
}

#[test]
fn p15_f49_the_desk_orders_who_speaks_also_people_without_a_device() {
    let mut house = house();
    let order = vec![id(Role::SocialWorker), id(Role::Parent)];
    house.done(Role::Chair, Command::Speaking { order: order.clone() });
    assert_eq!(hand(&mut house)["speaking"], json!(order));
    let twice = vec![id(Role::Parent), id(Role::Parent)];
    assert_eq!(house.refused(Role::Chair, Command::Speaking { order: twice }), Refusal::NotThere);
    let wall = Command::CallOn { attendee: Some(id(Role::Wall)) };
    assert_eq!(house.refused(Role::Chair, wall), Refusal::NotNow);
}

#[test]
fn f54_a_topic_is_parked_on_the_desk_alone_and_gone_when_it_is_closed() {
    const TOPIC: &str = "the school run";
    let mut house = house();
    let topic = TopicId::from_random([1; 10]);
    house.done(Role::BusinessSupport, Command::Park { topic, words: TOPIC.into() });
    assert_eq!(hand(&mut house)["parked"][topic.to_string()], TOPIC);
    assert!(!house.device(Role::Parent).has_seen(TOPIC) && !house.device(Role::Wall).has_seen(TOPIC));
    house.done(Role::Chair, Command::Unpark { topic });
    assert_eq!(house.refused(Role::Chair, Command::Unpark { topic }), Refusal::NotThere);
    house.settle();
    assert!(!house.is_stored(TOPIC));
}

#[test]
fn f77_p17_answers_to_does_everyone_agree_reach_the_desk_alone() {
    let mut house = house();
    let says = |answer, more: Option<&str>| Command::Agree { answer, more: more.map(str::to_owned) };
    assert_eq!(house.refused(Role::Parent, says(Agreement::Agree, None)), Refusal::NotNow);
    house.done(Role::Chair, Command::Check { open: true });
    assert_eq!(holds(&mut house, Role::Wall, Kind::Stage)["stage"]["check"], true);
    house.done(Role::Parent, says(Agreement::Differ, Some("three months is long")));
    house.done(Role::Police, says(Agreement::Agree, None));
    assert_eq!(hand(&mut house)["check"]["answers"][id(Role::Parent).to_string()]["answer"], "differ");
    for role in [Role::Police, Role::SocialWorker, Role::Wall] {
        assert!(!house.device(role).has_seen("three months is long"), "{role:?}");
    }
    house.done(Role::Parent, says(Agreement::Unsure, None));
    house.settle();
    assert!(!house.is_stored("three months is long"), "words taken back are nowhere");
    house.done(Role::Chair, Command::Check { open: false });
    assert_eq!(house.refused(Role::Police, says(Agreement::Differ, None)), Refusal::NotNow);
    assert_eq!(hand(&mut house)["check"]["answers"][id(Role::Parent).to_string()]["answer"], "unsure");
    house.done(Role::Chair, Command::Check { open: true });
    assert_eq!(hand(&mut house)["check"]["answers"], json!({}));
}

#[test]
fn people3_p15_who_knocks_and_is_expected_becomes_that_person() {
    let mut house = house();
    let (expected, knocked) = (id(Role::Parent), AttendeeId::from_random([50; 10]));
    house.done(Role::Chair, Command::EndPart { attendee: expected });
    let token = TokenHash([77; 32]);
    let now = house.now;
    house.core.knock(crate::room::core::AskId(7_000), knocked, "Ewa", Place::Call, token, now);
    house.settle();
    let becomes = |becomes| Command::AdmitAs { attendee: knocked, becomes };
    assert_eq!(house.refused(Role::Chair, becomes(id(Role::Chair))), Refusal::BadInput);
    house.done(Role::BusinessSupport, becomes(expected));
    assert!(!house.core.conference().people.contains_key(&knocked), "nobody is on the list twice");
    let session = house.core.session(knocked, token, now).expect("the cookie still opens it");
    assert_eq!((session.attendee, session.standing), (expected, Standing::Here));
    assert_eq!(house.core.conference().people[&expected].person.place, Place::Call);
    house.restart();
    assert_eq!(house.core.session(expected, token, now).map(|one| one.attendee), Some(expected));
    assert_eq!(house.refused(Role::Chair, becomes(expected)), Refusal::NotThere);
}

#[test]
fn f110_f112_an_offered_row_has_who_and_by_when_as_real_fields() {
    let mut house = house();
    let row = |who: Vec<Doer>, date: &str| Offered::Row {
        cells: [("task".to_owned(), "visits".to_owned())].into(),
        who,
        when: When { date: Some(date.into()), words: Some("first by".into()) },
    };
    let offer = OfferId::from_random([1; 10]);
    let offers = |what| Command::Offer { offer, what, on_behalf_of: None, named: false };
    assert_eq!(house.refused(Role::Police, offers(row(Vec::new(), "soon"))), Refusal::BadInput);
    let stranger = Doer::Attendee(AttendeeId::from_random([99; 10]));
    assert_eq!(house.refused(Role::Police, offers(row(vec![stranger], "2026-12-22"))), Refusal::NotThere);
    let who = vec![Doer::Attendee(id(Role::Parent)), Doer::Words("Halina".into())];
    house.done(Role::Police, offers(row(who.clone(), "2026-12-22")));
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "b0".into() });
    let rows = holds(&mut house, Role::Parent, PLAN)["rows"].clone();
    let (row, written) = rows.as_object().expect("a map").iter().next().expect("it stands");
    assert_eq!(written["who"], json!(who));
    assert_eq!(written["when"], json!({ "date": "2026-12-22", "words": "first by" }));
    let row: RowId = row.parse().expect("an id");
    house.done(Role::Parent, Command::Answer { row, answer: Some(RowAnswer::Do) });
}
