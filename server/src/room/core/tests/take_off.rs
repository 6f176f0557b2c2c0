//! P4: a word can be taken off. P17, P22: lines held, offered and accepted.

use super::{
    device::{Said, contains, read},
    house::{House, id, note},
};
use crate::{
    document::replica::Replica,
    room::core::{Effect, Inbound},
};
use protocol::{
    command::{Command, Label, Named, Offered, Outcome, Refusal, Request, TakeOff, When},
    document::{Audience, Kind},
    id::{HeldId, NoteId, OfferId, RecordId, RowId},
    people::Role,
    wire::Wire,
};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);
const HARM: &str = "Halina's address";

fn house() -> House {
    let mut house = House::with(
        3,
        &[Role::Chair, Role::BusinessSupport, Role::SocialWorker, Role::Parent, Role::Supporter, Role::Wall],
    );
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "the-plan".into() });
    house
}

fn write(house: &mut House, n: u8, words: &str) {
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
}

fn offer(n: u8, words: &str, on_behalf_of: Option<Role>, row: bool) -> Command {
    let what = if row {
        Offered::Row {
            cells: [("task".to_owned(), words.to_owned())].into(),
            who: Vec::new(),
            when: When::default(),
        }
    } else {
        Offered::Note {
            section: Some("worried".into()),
            words: words.into(),
            label: Some(Label::Observed),
            source: None,
            children: Vec::new(),
        }
    };
    let on_behalf_of = on_behalf_of.map(|role| Named::Attendee { attendee: id(role) });
    Command::Offer { offer: OfferId::from_random([n; 10]), what, on_behalf_of, named: true }
}

fn accept(n: u8) -> Command {
    Command::Accept { offer: OfferId::from_random([n; 10]), section: None, order: "b01".into() }
}

fn lines(house: &House) -> Vec<String> {
    Replica::of(&house.core.documents[&BOARD].document.state()).keys("notes")
}

/// From now on no device gets, no joiner finds and no row holds these words.
fn is_gone(house: &mut House, words: &str) {
    for device in &mut house.devices {
        device.seen.clear();
        device.copies.clear();
    }
    for n in 0..house.devices.len() {
        house.cut(n);
    }
    house.settle();
    assert!(!house.is_stored(words), "a stored row holds them");
    for round in 0..2 {
        house.relink();
        house.settle();
        write(house, 200 + round, "goes on");
        house.settle();
        for device in &house.devices {
            assert!(!device.copies.is_empty());
            assert!(!device.has_seen(words), "{:?} got them again", device.attendee);
        }
        house.all_in_step();
        house.restart();
    }
}

#[test]
fn p4_a_line_taken_off_is_in_no_later_frame_and_no_stored_row() {
    let mut house = house();
    write(&mut house, 1, HARM);
    write(&mut house, 2, "stays");
    house.settle();
    assert!(house.device(Role::Wall).has_seen(HARM) && house.is_stored(HARM));
    let old = house.name(BOARD);
    house.done(Role::BusinessSupport, Command::TakeOff { what: TakeOff::Note { note: note(1) } });
    assert_ne!(house.name(BOARD), old);
    assert_eq!(lines(&house), [note(2).as_str()]);
    house.all_in_step();
    is_gone(&mut house, HARM);
}

#[test]
fn sync10_the_next_edition_is_opened_to_nobody_before_it_is_durable() {
    let mut house = house();
    write(&mut house, 1, HARM);
    house.settle();
    house.ask_new(Role::Chair, Command::TakeOff { what: TakeOff::Note { note: note(1) } });
    let (conn, next) = (house.bare(Role::SocialWorker), house.name(BOARD));
    let answers = |house: &mut House| {
        let wire = Wire::Named(next.to_string());
        house.receive(conn, Inbound::Open { document: next, wire });
        let (came, _) = house.bare.get_mut(&conn).expect("a bare socket");
        std::mem::take(came).iter().map(|frame| read(frame).1).collect::<Vec<_>>()
    };
    assert!(matches!(answers(&mut house)[..], [Said::Denied(_)]), "the store may still lose it");
    house.settle();
    assert!(matches!(answers(&mut house)[0], Said::Authenticated(_)));
}

#[test]
fn p4_words_that_are_not_on_the_disk_yet_are_taken_off_before_anybody_sees_them() {
    let mut house = house();
    write(&mut house, 1, HARM);
    house.deliver();
    house.submit();
    house.ask_new(Role::Chair, Command::TakeOff { what: TakeOff::Note { note: note(1) } });
    house.settle();
    for role in [Role::Parent, Role::Wall, Role::SocialWorker] {
        assert!(!house.device(role).has_seen(HARM));
    }
    is_gone(&mut house, HARM);
}

#[test]
fn p4_a_copy_of_the_old_edition_cannot_bring_the_words_back() {
    let mut house = house();
    write(&mut house, 1, HARM);
    house.settle();
    let old = house.device(Role::Chair).copy(BOARD).replica.state();
    house.done(Role::Chair, Command::TakeOff { what: TakeOff::Note { note: note(1) } });
    for _ in 0..2 {
        house.device(Role::Chair).send(BOARD, old.clone());
        house.settle();
        assert!(!house.is_stored(HARM));
        house.restart();
        house.relink();
        house.settle();
    }
    is_gone(&mut house, HARM);
}

#[test]
fn p4_an_accepted_offer_is_taken_off_by_its_author_and_by_nobody_else_without_a_desk() {
    let mut house = house();
    house.done(Role::Parent, offer(1, HARM, None, false));
    house.done(Role::Chair, accept(1));
    let line: NoteId = lines(&house)[0].parse().unwrap();
    let what = TakeOff::Note { note: line };
    assert_eq!(house.refused(Role::SocialWorker, Command::TakeOff { what: what.clone() }), Refusal::NotYours);
    house.done(Role::Parent, Command::TakeOff { what });
    is_gone(&mut house, HARM);
}

#[test]
fn p4_an_offer_that_was_typed_for_somebody_is_gone_from_the_typists_seat_too() {
    for row in [false, true] {
        let mut house = house();
        house.done(Role::Supporter, offer(1, HARM, Some(Role::Parent), row));
        assert!(house.device(Role::Supporter).has_seen(HARM));
        house.done(Role::Chair, accept(1));
        let what = if row {
            let rows = Replica::of(&house.core.documents[&PLAN].document.state()).keys("rows");
            TakeOff::Row { row: rows[0].parse::<RowId>().unwrap() }
        } else {
            TakeOff::Note { note: lines(&house)[0].parse().unwrap() }
        };
        house.done(Role::Chair, Command::TakeOff { what });
        is_gone(&mut house, HARM);
    }
}

#[test]
fn p4_a_waiting_offer_is_taken_off_by_any_desk_and_by_its_author() {
    for role in [Role::Chair, Role::BusinessSupport, Role::Parent] {
        let mut house = house();
        house.done(Role::Parent, offer(1, HARM, None, false));
        let what = TakeOff::Offer { offer: OfferId::from_random([1; 10]) };
        assert_eq!(
            house.refused(Role::SocialWorker, Command::TakeOff { what: what.clone() }),
            Refusal::NotYours
        );
        house.done(role, Command::TakeOff { what });
        is_gone(&mut house, HARM);
    }
}

#[test]
fn p4_an_offer_withdrawn_and_a_held_line_dropped_are_gone() {
    let mut house = house();
    house.done(Role::Parent, offer(1, HARM, None, false));
    house.done(Role::Parent, Command::Withdraw { offer: OfferId::from_random([1; 10]) });
    is_gone(&mut house, HARM);
    house.relink();
    house.settle();
    let held = HeldId::from_random([1; 10]);
    let (section, words) = ("worried".to_owned(), HARM.to_owned());
    house.done(Role::Chair, Command::WriteHeld { held, section, words });
    assert!(house.device(Role::BusinessSupport).has_seen(HARM) && !house.device(Role::Parent).has_seen(HARM));
    house.done(Role::Chair, Command::DropHeld { held });
    is_gone(&mut house, HARM);
}

#[test]
fn p22_a_line_is_held_and_released_and_never_overwrites_another() {
    let mut house = house();
    write(&mut house, 1, "first");
    write(&mut house, 2, "second");
    house.settle();
    let held = HeldId::from_random([1; 10]);
    house.done(Role::Chair, Command::Hold { note: note(1), held });
    assert_eq!(lines(&house), [note(2).as_str()]);
    assert_eq!(house.refused(Role::Chair, Command::Hold { note: note(2), held }), Refusal::Already);
    let onto = |n| Command::Release { held, note: note(n), order: "b05".into() };
    assert_eq!(house.refused(Role::Chair, onto(2)), Refusal::Already);
    house.done(Role::Chair, onto(3));
    let board = Replica::of(&house.core.documents[&BOARD].document.state());
    assert_eq!(board.words_of(note(3).as_str()).as_deref(), Some("first"));
    assert_eq!(board.words_of(note(2).as_str()).as_deref(), Some("second"));
    let onto_a_line = Command::Quote {
        record: RecordId::from_random([1; 10]),
        note: note(2),
        section: "views".into(),
        order: "b00".into(),
        words: "a quote".into(),
        speaker: "Kacper".into(),
        replaces: None,
        was: None,
    };
    assert_eq!(house.refused(Role::Chair, onto_a_line), Refusal::Already);
    house.all_in_step();
}

#[test]
fn p22_who_comes_after_a_line_was_held_gets_no_byte_of_it() {
    let mut house = house();
    let parent = house.of(Role::Parent);
    house.cut(parent);
    house.devices[parent].copies.clear();
    write(&mut house, 1, HARM);
    house.settle();
    house.done(Role::Chair, Command::Hold { note: note(1), held: HeldId::from_random([1; 10]) });
    house.relink();
    house.settle();
    assert!(!house.device(Role::Parent).has_seen(HARM));
    assert!(house.device(Role::BusinessSupport).has_seen(HARM));
}

#[test]
fn p17_an_offer_is_accepted_in_its_own_words_once() {
    let mut house = house();
    house.done(Role::Parent, offer(1, "I see it differently", None, false));
    assert!(house.device(Role::BusinessSupport).has_seen("I see it differently"));
    assert!(!house.device(Role::SocialWorker).has_seen("I see it differently"));
    assert_eq!(house.refused(Role::Parent, offer(1, "again", None, false)), Refusal::Already);
    assert_eq!(house.refused(Role::SocialWorker, accept(1)), Refusal::NotYours);
    house.done(Role::Chair, accept(1));
    assert!(house.device(Role::SocialWorker).has_seen("I see it differently"));
    assert_eq!(house.refused(Role::Chair, accept(1)), Refusal::NotThere);
    house.done(Role::Parent, offer(2, "something else", None, false));
    house.done(Role::Chair, Command::Decline { offer: OfferId::from_random([2; 10]) });
    assert_eq!(
        house.refused(Role::SocialWorker, Command::Withdraw { offer: OfferId::from_random([2; 10]) }),
        Refusal::NotThere
    );
    house.done(Role::Parent, Command::Withdraw { offer: OfferId::from_random([2; 10]) });
    assert!(!house.device(Role::SocialWorker).has_seen("something else"));
}

#[test]
fn p17_notes_that_the_chair_wants_to_talk_about_do_not_fill_the_desk() {
    let mut house = house();
    for n in 0..30 {
        house.done(Role::Parent, offer(n, "a note", None, false));
        house.done(Role::Chair, Command::Decline { offer: OfferId::from_random([n; 10]) });
    }
    for n in 30..50 {
        house.done(Role::Parent, offer(n, "a note", None, false));
    }
    assert_eq!(house.refused(Role::Parent, offer(50, "a note", None, false)), Refusal::NotNow);
}

#[test]
fn http1_a_command_sent_again_has_the_same_answer_and_no_second_effect_after_a_load_too() {
    let mut house = house();
    let chair = house.of(Role::Chair);
    let parent = house.of(Role::Parent);
    write(&mut house, 1, "a line");
    house.settle();
    let mut first = Vec::new();
    for (n, command) in [
        (chair, Command::Pause),
        (chair, Command::Convene),
        (parent, Command::Pause),
        (chair, Command::Resume),
        (chair, Command::TakeOff { what: TakeOff::Note { note: note(1) } }),
    ] {
        let request = Request { id: house.command_id(), command };
        let ask = house.ask(n, &request);
        house.settle();
        first.push((n, request, house.answers[&ask].clone()));
    }
    let edition = house.name(BOARD).edition;
    for load in [false, true] {
        if load {
            house.restart();
            house.relink();
            house.settle();
        }
        for (n, request, outcome) in &first {
            let ask = house.ask(*n, request);
            house.settle();
            assert_eq!(&house.answers[&ask], outcome, "{request:?}");
        }
        assert!(!house.core.conference().paused);
        assert_eq!(house.name(BOARD).edition, edition);
    }
    assert!(matches!(first[1].2, Outcome::Refused { code: Refusal::Already, .. }));
}

#[test]
fn p4_no_effect_of_the_command_itself_carries_the_words() {
    let mut house = house();
    write(&mut house, 1, HARM);
    house.settle();
    let request = Request {
        id: house.command_id(),
        command: Command::TakeOff { what: TakeOff::Note { note: note(1) } },
    };
    let by = (id(Role::Chair), house.device(Role::Chair).n);
    house.core.command(crate::room::core::AskId(9_999), by, &request, Default::default(), house.now);
    for effect in house.core.take_effects() {
        if let Effect::Send(_, frame) | Effect::Fan { frame, .. } = effect {
            assert!(!contains(&frame, HARM));
        }
    }
}

#[test]
fn p4_a_line_that_was_held_and_dropped_is_gone_from_the_board_it_stood_on() {
    let mut house = house();
    write(&mut house, 1, HARM);
    write(&mut house, 2, "stays");
    house.settle();
    let held = HeldId::from_random([1; 10]);
    house.done(Role::Chair, Command::Hold { note: note(1), held });
    house.done(Role::Chair, Command::DropHeld { held });
    assert_eq!(lines(&house), [note(2).as_str()]);
    is_gone(&mut house, HARM);
}

#[test]
fn p4_the_words_of_a_field_are_taken_off_and_the_field_stays_with_all_other_words() {
    let mut house = house();
    let what = TakeOff::Field { audience: Audience::All, field: "contingency".into() };
    assert_eq!(house.refused(Role::Chair, Command::TakeOff { what: what.clone() }), Refusal::NotThere);
    house.device(Role::Chair).edit(PLAN, |copy| copy.write_field("contingency", HARM));
    house.done(Role::Parent, offer(1, "a row that stays", None, true));
    house.done(Role::Chair, accept(1));
    assert!(house.device(Role::Wall).has_seen(HARM) && house.is_stored(HARM));
    assert_eq!(house.refused(Role::SocialWorker, Command::TakeOff { what: what.clone() }), Refusal::NotYours);
    let old = house.name(PLAN);
    house.done(Role::BusinessSupport, Command::TakeOff { what });
    assert_ne!(house.name(PLAN), old);
    house.all_in_step();
    is_gone(&mut house, HARM);
    let plan = &house.core.documents[&PLAN].document;
    assert_eq!(plan.fields().get("contingency").map(String::as_str), Some(""));
    assert_eq!(plan.rows().len(), 1);
    house.relink();
    house.settle();
    house.device(Role::Chair).edit(PLAN, |copy| copy.write_field("contingency", "other words"));
    house.settle();
    assert!(house.device(Role::Wall).has_seen("other words"));
}

#[test]
fn p17_an_unnamed_offer_names_nobody_and_no_time_and_its_row_is_taken_off_whole() {
    let mut house = house();
    let offers = [(1, offer(1, "a note", None, false)), (2, offer(2, HARM, None, true))];
    for (n, command) in offers {
        let Command::Offer { offer, what, on_behalf_of, .. } = command else { panic!("an offer") };
        house.done(Role::Parent, Command::Offer { offer, what, on_behalf_of, named: false });
        house.now += 60_000;
        house.done(Role::Chair, accept(n));
    }
    let record = house.core.conference().records.values().next().expect("accepted");
    assert_eq!((record.author, record.time), (None, house.now - 60_000));
    let rows = house.core.documents[&PLAN].document.rows();
    assert!(rows[0].who.is_empty());
    let record = Replica::of(&house.core.documents[&Kind::Record(Audience::All)].document.state());
    assert!(record.keys("offered").is_empty(), "their name stands beside it");
    house.done(Role::Chair, Command::TakeOff { what: TakeOff::Row { row: rows[0].id } });
    is_gone(&mut house, HARM);
}
