//! Features of the field (docs/features.md) as the room carries them out: what each device may know afterwards.

use super::house::{House, conference, id, note};
use protocol::{
    command::{Ask, Command, Focus, Label, Named, Offered, Refusal, RowAnswer, When},
    document::{Audience, Kind},
    framework::Prompt,
    id::{ChildId, OfferId, RowId},
    people::{Place, Role},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);
const PEOPLE: [Role; 8] = [
    Role::Chair,
    Role::SocialWorker,
    Role::Police,
    Role::HealthVisitor,
    Role::Parent,
    Role::Supporter,
    Role::Observer,
    Role::Wall,
];

/// What a device of this role holds of a document, as plain values by root.
fn holds(house: &mut House, role: Role, kind: Kind) -> Value {
    json!(house.device(role).copy(kind).replica.values())
}

/// A house whose conference has come to a phase.
fn at(phase: &str) -> House {
    let mut house = House::with(9, &PEOPLE);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: phase.into() });
    house
}

fn offered_note(words: &str, section: &str) -> Offered {
    Offered::Note {
        section: Some(section.into()),
        words: words.into(),
        label: Some(Label::Observed),
        source: Some("health visitor, own visit".into()),
        children: vec![ChildId::from_random([1; 10])],
    }
}

fn offer(n: u8, what: Offered) -> Command {
    Command::Offer { offer: OfferId::from_random([n; 10]), what, on_behalf_of: None, named: true }
}

#[test]
fn f32_somebody_on_the_call_has_the_same_documents_as_somebody_in_the_room() {
    let mut house = at("mapping");
    house.done(Role::Chair, Command::Move { attendee: id(Role::Police), place: Place::Call });
    let kinds = [Kind::Stage, Kind::Proceedings(Audience::All), Kind::Record(Audience::All), BOARD, PLAN];
    for kind in kinds {
        let room = holds(&mut house, Role::HealthVisitor, kind);
        assert_eq!(holds(&mut house, Role::Police, kind), room, "{kind}");
    }
}

#[test]
fn f33_the_walls_know_how_large_they_are_and_how_far_the_last_chair() {
    let mut house = at("mapping");
    let stage = holds(&mut house, Role::Wall, Kind::Stage);
    assert_eq!(stage["stage"]["screen"], json!({ "height_mm": 685, "distance_mm": 5_000 }));
}

#[test]
fn f34_the_roll_says_who_is_here_and_where_and_f35_who_is_family() {
    let mut house = at("mapping");
    house.done(Role::Chair, Command::Move { attendee: id(Role::Police), place: Place::Call });
    let roll = holds(&mut house, Role::Parent, Kind::Proceedings(Audience::All))["roll"].clone();
    let of = |role: Role| roll[id(role).as_str()].clone();
    assert_eq!(of(Role::Police)["place"], "call");
    assert_eq!(of(Role::HealthVisitor)["place"], "room");
    assert_eq!(
        (of(Role::Parent)["family"].clone(), of(Role::Police)["family"].clone()),
        (json!(true), json!(false))
    );
    assert_eq!(of(Role::Wall), Value::Null, "a wall is nobody");
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::Police) });
    let roll = holds(&mut house, Role::Parent, Kind::Proceedings(Audience::All))["roll"].clone();
    assert_eq!(roll[id(Role::Police).as_str()], Value::Null);
}

#[test]
fn f38_family_and_professionals_offer_in_the_same_way() {
    let mut house = at("mapping");
    for (n, role) in [Role::Parent, Role::HealthVisitor].into_iter().enumerate() {
        house.done(role, offer(n as u8 + 1, offered_note("Lena reaches for Kacper", "working-well")));
    }
    let offers = holds(&mut house, Role::Chair, Kind::Desk)["offers"].clone();
    assert_eq!(offers.as_object().map(serde_json::Map::len), Some(2));
}

#[test]
fn f39_hands_breaks_and_safety_reach_the_desk_and_change_nothing_for_others() {
    let mut house = at("mapping");
    let kinds = [Kind::Stage, Kind::Proceedings(Audience::All), Kind::Record(Audience::All), BOARD, PLAN];
    let before: Vec<Value> = kinds.map(|kind| holds(&mut house, Role::Police, kind)).to_vec();
    for what in [Ask::Speak, Ask::Break, Ask::Unsafe] {
        house.done(Role::Parent, Command::Ask { what });
    }
    let after: Vec<Value> = kinds.map(|kind| holds(&mut house, Role::Police, kind)).to_vec();
    assert_eq!(after, before);
    let asks = holds(&mut house, Role::Chair, Kind::Desk)["asks"][id(Role::Parent).as_str()].clone();
    for what in ["speak", "break", "unsafe"] {
        assert!(asks[what].is_number(), "{what}");
    }
}

#[test]
fn f41_the_childs_first_name_heads_the_meeting_and_p1_no_shared_stage_names_it() {
    let mut house = at("mapping");
    let heading = holds(&mut house, Role::Parent, Kind::Proceedings(Audience::All))["conference"].clone();
    assert_eq!(heading["heading"], "Kacper");
    assert!(!holds(&mut house, Role::Parent, Kind::Stage).to_string().contains("Kacper"));
}

#[test]
fn f44_roles_carry_rights_to_offer_and_to_write() {
    let mut house = at("mapping");
    let own = || offered_note("words", "worried");
    assert_eq!(house.refused(Role::Observer, offer(1, own())), Refusal::NotYours);
    assert_eq!(house.refused(Role::Supporter, offer(2, own())), Refusal::NotYours);
    let for_her = Command::Offer {
        offer: OfferId::from_random([3; 10]),
        what: own(),
        on_behalf_of: Some(Named::Attendee { attendee: id(Role::Parent) }),
        named: true,
    };
    assert_eq!(house.refused(Role::Police, for_her.clone()), Refusal::NotYours);
    house.done(Role::Supporter, for_her);
    for role in [Role::Observer, Role::Supporter, Role::Wall] {
        assert_eq!(house.refused(Role::Chair, Command::GivePen { attendee: id(role) }), Refusal::NotYours);
    }
}

#[test]
fn f46_f47_everybody_follows_the_agenda_that_the_chair_alone_moves() {
    let mut house = at("mapping");
    for role in [Role::Parent, Role::Wall, Role::Police] {
        let stage = holds(&mut house, role, Kind::Stage);
        assert_eq!(stage["stage"]["phase"], "mapping");
        assert_eq!(stage["framework"]["text"]["phases"][2]["label"], "Mapping");
    }
    let back = Command::OpenPhase { phase: "reading-time".into() };
    assert_eq!(house.refused(Role::SocialWorker, back.clone()), Refusal::NotYours);
    house.done(Role::Chair, back);
    assert_eq!(holds(&mut house, Role::Wall, Kind::Stage)["stage"]["phase"], "reading-time");
}

#[test]
fn f48_convening_notes_the_time_and_who_was_here() {
    let mut house = at("mapping");
    let now = house.now;
    let quorum = holds(&mut house, Role::Chair, Kind::Desk)["quorum"].clone();
    let present = quorum["convened"]["present"].as_array().cloned().unwrap_or_default();
    assert_eq!(present.len(), PEOPLE.len() - 1, "everybody but the wall");
    assert!(quorum["convened"]["at"].as_u64().is_some_and(|at| at <= now));
}

#[test]
fn f54_the_chair_calls_a_break_and_takes_a_request_as_dealt_with() {
    let mut house = at("mapping");
    house.done(Role::Parent, Command::Ask { what: Ask::Break });
    house.done(Role::Chair, Command::Pause);
    assert_eq!(holds(&mut house, Role::Parent, Kind::Stage)["stage"]["paused"], true);
    house.done(Role::Chair, Command::Unask { attendee: id(Role::Parent), what: Ask::Break });
    house.done(Role::Chair, Command::Resume);
    assert_eq!(holds(&mut house, Role::Chair, Kind::Desk)["asks"][id(Role::Parent).as_str()], Value::Null);
}

#[test]
fn f78_f80_f89_an_offered_note_keeps_its_label_its_source_and_its_child() {
    let mut house = at("mapping");
    house.done(Role::HealthVisitor, offer(1, offered_note("no marks; weight as expected", "worried")));
    let accept = Command::Accept { offer: OfferId::from_random([1; 10]), section: None, order: "a0".into() };
    house.done(Role::Chair, accept);
    let notes = holds(&mut house, Role::Wall, BOARD)["notes"].clone();
    let line = notes.as_object().and_then(|notes| notes.values().next()).cloned().unwrap_or_default();
    assert_eq!((line["label"].clone(), line["section"].clone()), (json!("observed"), json!("worried")));
    assert_eq!(line["source"], "health visitor, own visit");
    assert_eq!(line["children"], json!([ChildId::from_random([1; 10])]));
}

#[test]
fn wall3_a_question_turns_the_wall_from_the_way_in_to_the_sheet_of_its_phase() {
    let mut conference = conference(&PEOPLE);
    let framework = std::sync::Arc::make_mut(conference.framework.as_mut().unwrap());
    for phase in &mut framework.phases {
        phase.prompts = vec![Prompt { to: "All".into(), text: "What is it like?".into(), proposed: true }];
    }
    let mut house = House::begin(9, conference);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "mapping".into() });
    let section = house.core.conference().open_phase().unwrap().section.clone().unwrap();
    let shown = |house: &House| {
        let conference = house.core.conference();
        (conference.focus.section.clone(), conference.prompt)
    };
    let way_in = Focus { section: "join".into(), page: 1, follows: true };
    house.done(Role::Chair, Command::Focus { focus: way_in.clone() });
    house.done(Role::Chair, Command::ShowPrompt { prompt: Some(0) });
    assert_eq!(shown(&house), (section, Some(0)));
    house.done(Role::Chair, Command::Focus { focus: way_in });
    assert_eq!(shown(&house), ("join".into(), None));
    // On a sheet that the chair has turned to it appears there: nothing is turned.
    let chosen = Focus { section: "working-well".into(), page: 1, follows: true };
    house.done(Role::Chair, Command::Focus { focus: chosen });
    house.done(Role::Chair, Command::ShowPrompt { prompt: Some(0) });
    assert_eq!(shown(&house), ("working-well".into(), Some(0)));
}

#[test]
fn f91_a_strength_is_offered_while_the_worries_are_open() {
    let mut house = at("mapping");
    let focus = Focus { section: "worried".into(), page: 1, follows: true };
    house.done(Role::Chair, Command::Focus { focus });
    house.done(Role::Parent, offer(1, offered_note("He told his teacher", "working-well")));
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(1), "working-well", "Warm home")));
    house.settle();
    assert!(holds(&mut house, Role::Police, BOARD).to_string().contains("Warm home"));
}

#[test]
fn f112_f131_an_agency_and_the_family_offer_rows_and_f114_answer_their_own() {
    let mut house = at("the-plan");
    let row = |words: &str| Offered::Row {
        cells: BTreeMap::from([("task".to_owned(), words.to_owned())]),
        who: Vec::new(),
        when: When { date: Some("2026-12-18".into()), words: None },
    };
    house.done(Role::HealthVisitor, offer(1, row("visits fortnightly")));
    house.done(Role::Parent, offer(2, row("writes a calm-down plan")));
    for n in [1, 2] {
        let offer = OfferId::from_random([n; 10]);
        house.done(Role::Chair, Command::Accept { offer, section: None, order: format!("a{n}") });
    }
    let rows = holds(&mut house, Role::Wall, PLAN)["rows"].clone();
    let rows = rows.as_object().cloned().unwrap_or_default();
    assert_eq!(rows.len(), 2);
    let hers = rows.iter().find(|(_, row)| row.to_string().contains("calm-down"));
    let (key, hers) = hers.expect("the mother's row");
    assert_eq!(hers["who"], json!([{ "attendee": id(Role::Parent) }]));
    assert_eq!(hers["when"], json!({ "date": "2026-12-18" }));
    let answer = Command::Answer { row: key.parse::<RowId>().expect("an id"), answer: Some(RowAnswer::Talk) };
    assert_eq!(house.refused(Role::Police, answer.clone()), Refusal::NotThere);
    house.done(Role::Parent, answer);
    assert_eq!(holds(&mut house, Role::Chair, Kind::Desk)["answers"][key][id(Role::Parent).as_str()], "talk");
    assert_eq!(holds(&mut house, Role::Parent, Kind::Seat(id(Role::Parent)))["answers"][key], "talk");
    for kind in [Kind::Stage, Kind::Proceedings(Audience::All), PLAN] {
        assert!(!holds(&mut house, Role::Police, kind).to_string().contains("\"talk\""), "{kind}");
    }
}

#[test]
fn f151_a_running_recording_is_said_on_every_screen_with_where_it_is_kept() {
    let mut house = at("mapping");
    let kept = Some("the council's case system".to_owned());
    assert_eq!(house.refused(Role::Parent, Command::Recording { kept: kept.clone() }), Refusal::NotYours);
    house.done(Role::Chair, Command::Recording { kept });
    for role in [Role::Parent, Role::Wall, Role::Police] {
        assert_eq!(holds(&mut house, role, Kind::Stage)["stage"]["recording"], "the council's case system");
    }
    house.done(Role::Chair, Command::Recording { kept: None });
    assert_eq!(holds(&mut house, Role::Wall, Kind::Stage)["stage"]["recording"], Value::Null);
}

#[test]
fn f164_a_practice_conference_says_so_on_the_stage_that_every_screen_reads() {
    let mut practice = conference(&PEOPLE);
    practice.practice = true;
    let mut house = House::begin(9, practice);
    for role in PEOPLE {
        assert_eq!(holds(&mut house, role, Kind::Stage)["stage"]["practice"], true, "{role:?}");
    }
}
