//! Who may command what and when. F48: the conference is convened once, and phases wait for it.

use super::house::{House, id, note};
use protocol::{
    command::{
        Agreement, Ask, Command, Focus, Named, Offered, Outcome, Person, Refusal, Screen, TakeOff, WayIn,
        Whose,
    },
    document::Audience,
    id::{AttendeeId, HeldId, OfferId, RecordId, TopicId},
    people::{Place, Role},
};
use std::collections::BTreeSet;

fn person(role: Role) -> Person {
    Person { name: "Somebody".into(), role, words: String::new(), agency: None, place: Place::Room }
}

fn offer(on_behalf_of: Option<AttendeeId>) -> Command {
    let what = Offered::Note {
        section: None,
        words: "words".into(),
        label: None,
        source: None,
        children: Vec::new(),
    };
    Command::Offer {
        offer: OfferId::from_random([50; 10]),
        what,
        on_behalf_of: on_behalf_of.map(|attendee| Named::Attendee { attendee }),
        named: false,
    }
}

/// Every command there is, by its name on the wire: whoever reads an unknown one is told which are known.
pub(in crate::room::core) fn names_of_all_commands() -> BTreeSet<String> {
    let unknown = serde_json::json!({ "do": "" });
    let known = serde_json::from_value::<Command>(unknown).expect_err("there is no such command").to_string();
    let names: BTreeSet<String> = known.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(names.contains("invite") && names.contains("close"), "{known}");
    names
}

/// Each command with the roles that may: everybody else is told "not yours".
type Roles = fn(Role) -> bool;

fn who_may() -> Vec<(Command, Roles)> {
    let other = AttendeeId::from_random([200; 10]);
    let way_in = WayIn { secret_hash: "00".repeat(32), pin: "12345678".into() };
    let held = HeldId::from_random([1; 10]);
    let record = RecordId::from_random([1; 10]);
    let (order, section, words) = (String::from("b0"), String::from("worried"), String::from("words"));
    let desk: fn(Role) -> bool = Role::has_desk;
    let leads: fn(Role) -> bool = Role::leads;
    let chair: fn(Role) -> bool = |role| role == Role::Chair;
    let anybody: fn(Role) -> bool = |_| true;
    vec![
        (Command::Invite { attendee: other, person: person(Role::Gp), way_in: None }, desk),
        (Command::Reissue { attendee: other, way_in }, desk),
        (Command::Seat { attendee: other }, desk),
        (Command::Admit { attendee: other, device: None, person: None }, desk),
        (Command::EndPart { attendee: other }, desk),
        (Command::Recording { kept: None }, desk),
        (Command::TakeOff { what: TakeOff::Row { row: protocol::id::RowId::from_random([1; 10]) } }, desk),
        (
            Command::TakeOff {
                what: TakeOff::Field { audience: Audience::All, field: "contingency".into() },
            },
            desk,
        ),
        (Command::CorrectName { whose: Whose::Attendee { attendee: other }, name: "N".into() }, desk),
        (Command::Move { attendee: other, place: Place::Call }, desk),
        (Command::Unask { attendee: other, what: Ask::Speak }, desk),
        (Command::Eject { attendee: other }, leads),
        (Command::GivePen { attendee: other }, leads),
        (Command::TakePen { attendee: other }, leads),
        (
            Command::PairWall {
                code: "1".into(),
                attendee: other,
                name: "wall".into(),
                screen: Screen { height_mm: 1, distance_mm: 1 },
            },
            leads,
        ),
        (Command::OpenPhase { phase: "mapping".into() }, leads),
        (Command::Focus { focus: Focus { section: "plan".into(), page: 1, follows: true } }, leads),
        (Command::ShowPrompt { prompt: None }, leads),
        (Command::Pause, leads),
        (Command::Resume, leads),
        (Command::WriteHeld { held, section: section.clone(), words: words.clone() }, leads),
        (Command::Hold { note: note(1), held }, leads),
        (Command::Release { held, note: note(1), order: order.clone() }, leads),
        (Command::DropHeld { held }, leads),
        (Command::Open { attendee: id(Role::Parent), lines: Vec::new() }, leads),
        (
            Command::Accept { offer: OfferId::from_random([1; 10]), section: None, order: order.clone() },
            leads,
        ),
        (Command::Decline { offer: OfferId::from_random([1; 10]) }, leads),
        (Command::SetAside { offer: OfferId::from_random([1; 10]) }, leads),
        (Command::Convene, leads),
        (Command::Close, chair),
        // Nobody else has been given a pen.
        (
            Command::Quote {
                record,
                note: note(1),
                section,
                order,
                words: words.clone(),
                speaker: "S".into(),
                replaces: None,
            },
            leads,
        ),
        (Command::PutBack { note: note(1) }, leads),
        (Command::CallOn { attendee: None }, leads),
        (Command::Speaking { order: Vec::new() }, leads),
        (Command::Spoke { attendee: other, spoke: true }, leads),
        (Command::Check { open: true }, leads),
        (Command::Agree { answer: Agreement::Agree, more: None }, |role| role != Role::Wall),
        (Command::Park { topic: TopicId::from_random([1; 10]), words: words.clone() }, desk),
        (Command::Unpark { topic: TopicId::from_random([1; 10]) }, desk),
        (Command::HidePlaces { from: Vec::new() }, desk),
        (Command::AdmitAs { attendee: other, becomes: other }, desk),
        (Command::WhoHad { what: TakeOff::Note { note: note(1) } }, desk),
        (Command::Reword { record, words: words.clone(), strikes: None, ask: None }, desk),
        (Command::Speaker { record, speaker: words.clone() }, leads),
        (Command::RewriteHeld { held, words: words.clone() }, leads),
        (Command::Requote { record, words }, leads),
        (Command::ReadBack { record }, leads),
        (offer(None), |role| role.offers() || role.leads()),
        (offer(Some(id(Role::Parent))), |role| role == Role::Parent || role.types_for_others()),
        (Command::Ask { what: Ask::Speak }, |role| role != Role::Wall),
        (Command::Ask { what: Ask::Interpreting }, |role| role == Role::Interpreter),
        (Command::Leave, anybody),
    ]
}

#[test]
fn right9_each_command_is_refused_for_every_role_that_may_not() {
    let mut house = House::with(6, &Role::EVERY);
    for (command, may) in who_may() {
        for role in Role::EVERY.into_iter().filter(|role| !may(*role)) {
            assert_eq!(house.refused(role, command.clone()), Refusal::NotYours, "{role:?}: {command:?}");
        }
    }
    assert!(house.durable.audit.is_empty(), "a refused command left a line");
}

#[test]
fn right9_no_command_is_refused_as_not_yours_for_a_role_that_may() {
    for (command, may) in who_may() {
        let role = Role::EVERY.into_iter().rfind(|role| may(*role)).unwrap();
        let mut house = House::with(6, &[Role::Chair, Role::Parent, role]);
        if let Outcome::Refused { code, .. } = house.does(role, command.clone()) {
            assert_ne!(code, Refusal::NotYours, "{role:?}: {command:?}");
        }
    }
}

#[test]
fn f48_phases_from_convening_on_wait_for_the_act_which_is_done_once() {
    let mut house = House::with(7, &[Role::Chair, Role::Parent]);
    let open = |phase: &str| Command::OpenPhase { phase: phase.into() };
    house.done(Role::Chair, open("reading-time"));
    assert_eq!(house.refused(Role::Chair, open("mapping")), Refusal::NotNow);
    assert_eq!(house.refused(Role::Chair, open("unknown")), Refusal::NotThere);
    assert_eq!(house.refused(Role::Parent, offer(None)), Refusal::NotNow);
    house.done(Role::Chair, Command::Convene);
    let convened = house.core.conference().convened.clone();
    house.now += 1;
    assert_eq!(house.refused(Role::Chair, Command::Convene), Refusal::Already);
    assert_eq!(house.core.conference().convened.clone(), convened);
    house.done(Role::Chair, open("mapping"));
    house.done(Role::Parent, offer(None));
}

#[test]
fn p21_a_quote_is_open_until_it_is_read_back() {
    let mut house = House::with(8, &[Role::Chair, Role::Parent]);
    let record = RecordId::from_random([1; 10]);
    let (section, order) = (String::from("views"), String::from("b0"));
    let quote = |words: &str| Command::Quote {
        record,
        note: note(1),
        section: section.clone(),
        order: order.clone(),
        words: words.into(),
        speaker: "Kacper".into(),
        replaces: None,
    };
    house.done(Role::Chair, quote("I want Marek to come home"));
    assert_eq!(house.refused(Role::Chair, quote("again")), Refusal::Already);
    house.done(Role::Chair, Command::Requote { record, words: "but the belt not".into() });
    house.done(Role::Chair, Command::ReadBack { record });
    let late = Command::Requote { record, words: "other words".into() };
    assert_eq!(house.refused(Role::Chair, late), Refusal::NotNow);
    assert!(house.device(Role::Parent).has_seen("but the belt not"));
    assert!(!house.device(Role::Parent).has_seen("other words"));
}
