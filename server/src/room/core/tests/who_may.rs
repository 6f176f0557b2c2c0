//! RIGHT9: who may command what and when, for every command, every role, with a pen and without, at every time that
//! matters. A command that is added has to be placed here: the match below names each, and each needs a sample.

use super::house::{House, conference, id, note};
use crate::{
    meeting::{
        conference::{Conference, Convened, Offer, OfferState},
        in_hand::Check,
    },
    room::{
        commands::{Context, Prepared, Refused, carry_out},
        core::documents::LiveSheets,
    },
};
use protocol::{
    command::{
        Agreement, Ask, Command, Focus, Named, Offered, Outcome, Person, Refusal, Screen, TakeOff, WayIn,
        When, Whose,
    },
    document::{Audience, Kind},
    id::{AttendeeId, ChildId, HeldId, OfferId, RecordId, RowId, TopicId},
    people::{Place, Role},
};
use rand::{SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);

/// A time of a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Not convened: the reading time.
    Before,
    /// Convened, in a phase in which notes and rows are offered.
    UnderWay,
    /// As above, with the screens paused.
    Paused,
    /// Closed.
    Closed,
}

const TIMES: [At; 4] = [At::Before, At::UnderWay, At::Paused, At::Closed];

/// Somebody who is expected, somebody at the door, and somebody who has come back.
const EXPECTED: u8 = 201;
const WAITING: u8 = 202;
const OTHER: u8 = 203;

fn of(n: u8) -> AttendeeId {
    AttendeeId::from_random([n; 10])
}

fn child() -> ChildId {
    ChildId::from_random([1; 10])
}

fn held(n: u8) -> HeldId {
    HeldId::from_random([n; 10])
}

fn topic(n: u8) -> TopicId {
    TopicId::from_random([n; 10])
}

fn offer(n: u8) -> OfferId {
    OfferId::from_random([n; 10])
}

/// 1 is open, 2 was read back, 3 as well and the parent is asked about it.
fn record(n: u8) -> RecordId {
    RecordId::from_random([n; 10])
}

fn person(role: Role) -> Person {
    Person {
        name: format!("Somebody {role:?}"),
        role,
        words: String::new(),
        agency: None,
        place: Place::Room,
    }
}

fn way_in() -> WayIn {
    WayIn { secret_hash: "00".repeat(32), pin: "12345678".into() }
}

fn a_note() -> Offered {
    let (words, children) = ("words".into(), Vec::new());
    Offered::Note { section: Some("worried".into()), words, label: None, source: None, children }
}

/// Commands of rounds of sealed notes have their own tests (`rounds/chairing.rs`): most need a round, at its own times.
pub(in crate::room::core) const OF_ROUNDS: [&str; 8] = [
    "open-round",
    "ask-note",
    "ask-note-for",
    "admit-to-round",
    "void-round",
    "close-round",
    "reveal-round",
    "family-choice",
];

/// Every command there is, by its name on the wire: whoever reads an unknown one is told which are known.
pub(in crate::room::core) fn names_of_all_commands() -> BTreeSet<String> {
    let unknown = serde_json::json!({ "do": "" });
    let known = serde_json::from_value::<Command>(unknown).expect_err("there is no such command").to_string();
    let names: BTreeSet<String> = known.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(names.contains("invite") && names.contains("close"), "{known}");
    names
}

/// What somebody of this role is told: nothing but yes, or why not. `pen` = they have been given one.
fn answer(command: &Command, role: Role, pen: bool, at: At) -> Result<(), Refusal> {
    use Command as C;
    let me = id(role);
    let leaves = matches!(command, C::Leave);
    // After the close desks read on; whoever has none is not here any more (RIGHT7).
    if at == At::Closed && !leaves {
        return Err(if role.has_desk() { Refusal::NotNow } else { Refusal::NotYours });
    }
    if at == At::Closed {
        return if role.has_desk() { Ok(()) } else { Err(Refusal::NotYours) };
    }
    if role == Role::Wall && !leaves {
        return Err(Refusal::NotYours);
    }
    let only = |may: bool| if may { Ok(()) } else { Err(Refusal::NotYours) };
    let or = |may: bool, why: Refusal| if may { Ok(()) } else { Err(why) };
    let (desk, leads) = (only(role.has_desk()), only(role.leads()));
    let own_or = |whose: AttendeeId, others: Result<(), Refusal>| if whose == me { Ok(()) } else { others };
    match command {
        C::Invite { .. } | C::Reissue { .. } | C::Seat { .. } | C::Admit { .. } | C::AdmitAs { .. } => desk,
        C::EndPart { .. } | C::Recording { .. } | C::HidePlaces { .. } | C::WhoHad { .. } => desk,
        C::Park { .. } | C::Unpark { .. } | C::Reword { .. } => desk,
        C::Eject { .. } | C::GivePen { .. } | C::PairWall { .. } => leads,
        C::TakePen { attendee } if *attendee == me => or(pen, Refusal::Already),
        C::TakePen { .. } => leads,
        C::Leave => Ok(()),
        C::OpenPhase { .. } => leads.and(or(at != At::Before, Refusal::NotNow)),
        C::Convene => leads.and(or(at == At::Before, Refusal::Already)),
        C::Pause => leads.and(or(at != At::Paused, Refusal::Already)),
        C::Resume => leads.and(or(at == At::Paused, Refusal::Already)),
        C::Close => only(role == Role::Chair),
        C::Focus { .. } | C::ShowPrompt { .. } => leads,
        C::CallOn { .. } | C::Speaking { .. } | C::Spoke { .. } | C::Check { .. } => leads,
        C::WriteHeld { .. } | C::Hold { .. } | C::Release { .. } => leads,
        C::RewriteHeld { .. } | C::DropHeld { .. } => leads,
        C::Open { .. } | C::PutBack { .. } => leads,
        C::Accept { .. } | C::Decline { .. } | C::SetAside { .. } => leads,
        C::Quote { .. } | C::Requote { .. } | C::ReadBack { .. } | C::Speaker { .. } => {
            only(role.leads() || pen)
        }
        // The parent was asked.
        C::AnswerWords { .. } => own_or(id(Role::Parent), desk),
        C::Offer { on_behalf_of, .. } => only(match on_behalf_of {
            Some(Named::Attendee { attendee }) if *attendee != me => role.types_for_others(),
            Some(Named::Child { .. }) => role == Role::ChildAdvocate,
            _ => role.offers() || role.leads(),
        })
        .and(or(at != At::Before, Refusal::NotNow)),
        // All that stands here is the parent's. Whose an offer is, is told to nobody else.
        C::Withdraw { .. } | C::Answer { .. } => own_or(id(Role::Parent), Err(Refusal::NotThere)),
        C::TakeOff { what } => match what {
            TakeOff::Offer { .. } | TakeOff::Row { .. } => own_or(id(Role::Parent), desk),
            TakeOff::Note { .. } | TakeOff::Field { .. } => desk,
        },
        C::CorrectName { whose: Whose::Attendee { attendee }, .. } => own_or(*attendee, desk),
        C::CorrectName { whose: Whose::Child { .. }, .. } => desk,
        C::Move { attendee, .. } | C::Unask { attendee, .. } => own_or(*attendee, desk),
        C::Agree { .. } => Ok(()),
        C::Ask { what } => only(*what != Ask::Interpreting || role == Role::Interpreter),
        C::OpenRound { .. }
        | C::AskNote { .. }
        | C::AskNoteFor { .. }
        | C::AdmitToRound { .. }
        | C::VoidRound { .. }
        | C::CloseRound { .. }
        | C::RevealRound { .. }
        | C::FamilyChoice { .. } => unreachable!("not among the samples: OF_ROUNDS"),
    }
}

/// One of each command and more of those that are answered by whom or what they name. Each can be done as things stand.
fn samples(me: AttendeeId, row: RowId) -> Vec<Command> {
    let words = || String::from("words");
    let (section, order) = (String::from("worried"), String::from("b5"));
    let attendee = of(OTHER);
    let quote = Command::Quote {
        record: record(9),
        note: note(9),
        section: section.clone(),
        order: order.clone(),
        words: words(),
        speaker: words(),
        replaces: None,
        was: None,
    };
    let offers = |on_behalf_of| Command::Offer { offer: offer(9), what: a_note(), on_behalf_of, named: true };
    let field = TakeOff::Field { audience: Audience::All, field: "contingency".into() };
    let screen = Screen { height_mm: 1, distance_mm: 1 };
    let whose = |attendee| Whose::Attendee { attendee };
    let lena = Whose::Child { child: child(), first_name: "Lena".into() };
    vec![
        Command::Invite { attendee: of(209), person: person(Role::Gp), way_in: Some(way_in()) },
        Command::Reissue { attendee: of(EXPECTED), way_in: way_in() },
        Command::Seat { attendee: of(EXPECTED) },
        Command::Admit { attendee: of(WAITING), device: None, person: Some(person(Role::Relative)) },
        Command::AdmitAs { attendee: of(WAITING), becomes: of(EXPECTED) },
        Command::Eject { attendee },
        Command::EndPart { attendee },
        Command::Leave,
        Command::OpenPhase { phase: "mapping".into() },
        Command::Convene,
        Command::GivePen { attendee },
        Command::TakePen { attendee },
        Command::TakePen { attendee: me },
        Command::WriteHeld { held: held(9), section, words: words() },
        Command::Hold { note: note(1), held: held(9) },
        Command::Release { held: held(1), note: note(9), order: order.clone() },
        Command::RewriteHeld { held: held(1), words: words(), was: None },
        Command::DropHeld { held: held(1) },
        Command::Open { attendee, lines: Vec::new() },
        offers(None),
        offers(Some(Named::Attendee { attendee })),
        offers(Some(Named::Child { child: child() })),
        Command::Withdraw { offer: offer(1) },
        Command::Accept { offer: offer(1), section: None, order },
        Command::Decline { offer: offer(1) },
        Command::SetAside { offer: offer(1) },
        Command::PutBack { note: note(2) },
        quote,
        Command::Requote { record: record(1), words: words() },
        Command::ReadBack { record: record(1) },
        Command::Reword { record: record(2), words: words(), strikes: None, ask: None },
        Command::Speaker { record: record(1), speaker: words() },
        Command::AnswerWords { record: record(3), yes: true },
        Command::WhoHad { what: TakeOff::Note { note: note(1) } },
        Command::TakeOff { what: TakeOff::Note { note: note(1) } },
        Command::TakeOff { what: TakeOff::Row { row } },
        Command::TakeOff { what: TakeOff::Offer { offer: offer(1) } },
        Command::TakeOff { what: field },
        Command::CorrectName { whose: whose(attendee), name: words() },
        Command::CorrectName { whose: whose(me), name: words() },
        Command::CorrectName { whose: lena, name: words() },
        Command::Move { attendee, place: Place::Call },
        Command::Move { attendee: me, place: Place::Call },
        Command::Answer { row, answer: None },
        Command::Focus { focus: Focus { section: "plan".into(), page: 1, follows: true } },
        Command::ShowPrompt { prompt: None },
        Command::PairWall { code: "1".into(), attendee: of(209), name: words(), screen },
        Command::CallOn { attendee: Some(attendee) },
        Command::Speaking { order: vec![attendee] },
        Command::Spoke { attendee, spoke: true },
        Command::Park { topic: topic(9), words: words() },
        Command::Unpark { topic: topic(1) },
        Command::Check { open: false },
        Command::Agree { answer: Agreement::Differ, more: Some(words()) },
        Command::HidePlaces { from: vec![Audience::Family] },
        Command::Pause,
        Command::Resume,
        Command::Ask { what: Ask::Speak },
        Command::Ask { what: Ask::Interpreting },
        Command::Unask { attendee, what: Ask::Speak },
        Command::Unask { attendee: me, what: Ask::Speak },
        Command::Recording { kept: None },
        Command::Close,
    ]
}

/// People of these roles are here, and all that a sample speaks of stands.
fn at(time: At, roles: &[Role]) -> (House, RowId) {
    let mut conference = conference(roles);
    let offered = |what| Offer {
        by: id(Role::Parent),
        on_behalf_of: None,
        child: None,
        row: None,
        audience: Audience::All,
        what,
        named: true,
        time: 1,
        state: OfferState::Waiting,
        without: BTreeSet::new(),
    };
    let cells = BTreeMap::from([("task".to_owned(), "words".to_owned())]);
    let row = Offered::Row { cells, who: Vec::new(), when: When::default() };
    conference.offers = BTreeMap::from([(offer(1), offered(a_note())), (offer(2), offered(row))]);
    conference.in_hand.parked.insert(topic(1), "words".into());
    conference.in_hand.check = Some(Check { open: true, answers: BTreeMap::new() });
    if time != At::Before {
        conference.convened = Some(Convened { at: 1, present: Vec::new() });
        conference.phase = "mapping".into();
    }
    let mut house = House::begin(11, conference);
    let attendee = of(OTHER);
    let chair = house.of(Role::Chair);
    house.devices[chair].edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "words")));
    house.devices[chair].edit(PLAN, |copy| copy.write_field("contingency", "words"));
    house.settle();
    house.knocks(of(WAITING), "Somebody", Place::Room, crate::meeting::attendee::TokenHash([202; 32]));
    let quote = |n: u8| Command::Quote {
        record: record(n),
        note: note(n + 1),
        section: "worried".into(),
        order: "b1".into(),
        words: format!("said {n}"),
        speaker: "the mother".into(),
        replaces: None,
        was: None,
    };
    for command in [
        Command::Invite { attendee: of(EXPECTED), person: person(Role::Midwife), way_in: None },
        Command::Invite { attendee, person: person(Role::School), way_in: None },
        Command::Seat { attendee },
        Command::EndPart { attendee },
        Command::Seat { attendee },
        Command::GivePen { attendee },
        Command::WriteHeld { held: held(1), section: "worried".into(), words: "words".into() },
        quote(1),
        quote(2),
        quote(3),
        Command::ReadBack { record: record(2) },
        Command::ReadBack { record: record(3) },
        Command::Reword {
            record: record(3),
            words: "Said 3".into(),
            strikes: None,
            ask: Some(id(Role::Parent)),
        },
        Command::Accept { offer: offer(2), section: None, order: "b1".into() },
    ] {
        house.done(Role::Chair, command);
    }
    let row = house.core.conference().offers[&offer(2)].row.expect("it stands in a row");
    match time {
        At::Before | At::UnderWay => {}
        At::Paused => house.done(Role::Chair, Command::Pause),
        At::Closed => house.done(Role::Chair, Command::Close),
    }
    (house, row)
}

/// What the commands decide, on a copy of the state.
fn decided(house: &House, mut conference: Conference, role: Role, command: &Command) -> Result<(), Refusal> {
    let prepared = Prepared {
        pin: Some("argon".into()),
        wall: Some(crate::meeting::attendee::TokenHash([9; 32])),
        ..Prepared::default()
    };
    let mut rng = StdRng::seed_from_u64(1);
    let sheets = LiveSheets(&house.core.documents);
    let device = house.devices[house.of(role)].n;
    let mut context =
        Context { by: id(role), device, now: house.now, rng: &mut rng, prepared, sheets: &sheets };
    carry_out(&mut conference, &mut context, command).map(drop).map_err(|Refused { code, .. }| code)
}

#[test]
fn right9_every_command_is_answered_to_every_role_as_the_table_says() {
    let mut sampled = BTreeSet::new();
    let mut done = BTreeSet::new();
    for time in TIMES {
        let (house, row) = at(time, &Role::EVERY);
        for role in Role::EVERY {
            for pen in [false, true] {
                let mut conference = house.core.conference().clone();
                if pen && (!role.may_hold_pen() || role.leads()) {
                    continue;
                }
                conference.people.get_mut(&id(role)).expect("everybody is here").pen = pen;
                for command in samples(id(role), row) {
                    let name = serde_json::to_value(&command).expect("it can be written")["do"].to_string();
                    let answered = decided(&house, conference.clone(), role, &command);
                    let expected = answer(&command, role, pen, time);
                    assert_eq!(answered, expected, "{role:?}, pen {pen}, {time:?}: {command:?}");
                    sampled.insert(name.trim_matches('"').to_owned());
                    if answered.is_ok() {
                        done.insert(name.trim_matches('"').to_owned());
                    }
                }
            }
        }
    }
    let elsewhere: BTreeSet<String> = OF_ROUNDS.map(str::to_owned).into();
    let all: BTreeSet<String> = sampled.union(&elsewhere).cloned().collect();
    assert_eq!(all, names_of_all_commands());
    assert_eq!(done, sampled, "of some command no sample can be done");
}

#[test]
fn right9_a_refused_command_is_answered_like_that_by_the_room_and_leaves_nothing() {
    let (mut house, row) = at(At::UnderWay, &Role::EVERY);
    let lines = house.durable.audit.iter().flat_map(|page| &page.lines).count();
    let before = house.core.conference().clone();
    for role in Role::EVERY {
        let mut asked = Vec::new();
        for command in samples(id(role), row) {
            if let Err(code) = answer(&command, role, false, At::UnderWay) {
                asked.push((house.ask_new(role, command.clone()), command, code));
            }
        }
        house.settle();
        for (ask, command, expected) in asked {
            let outcome = &house.answers[&ask];
            let told = matches!(outcome, Outcome::Refused { code, .. } if *code == expected);
            assert!(told, "{role:?}: {command:?}: {outcome:?}, not {expected:?}");
        }
    }
    let mut after = house.core.conference().clone();
    after.answered = before.answered.clone();
    assert_eq!(after, before, "a refused command changed something");
    assert_eq!(house.durable.audit.iter().flat_map(|page| &page.lines).count(), lines, "or left a line");
}

#[test]
fn right9_each_command_is_carried_out_by_the_room_for_a_role_that_may() {
    let any = RowId::from_random([1; 10]);
    for place in 0..samples(id(Role::Chair), any).len() {
        let may = |role: &Role| answer(&samples(id(*role), any)[place], *role, false, At::UnderWay).is_ok();
        // Whoever has the least rights among them.
        let Some(role) = Role::EVERY.into_iter().rfind(may) else { continue };
        let (mut house, row) = at(At::UnderWay, &[Role::Chair, Role::Parent, role]);
        let command = samples(id(role), row)[place].clone();
        let outcome = house.does(role, command.clone());
        assert!(matches!(outcome, Outcome::Done { .. }), "{role:?}: {command:?}: {outcome:?}");
    }
}
