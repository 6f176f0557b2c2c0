//! P5: words of the time when somebody was out that wait on the desk, and come when they are back.

use super::{
    house::{House, id, note},
    parts::{comes_back, goes, house, let_in, write},
};
use protocol::{
    command::{Command, Line, Offered, Outcome, Refusal, WayIn},
    document::{Audience, Kind},
    id::{AttendeeId, HeldId, OfferId, RecordId, RowId},
    people::Role,
};

const PLAN: Kind = Kind::Plan(Audience::All);

fn held() -> HeldId {
    HeldId::from_random([1; 10])
}

/// The same person, with a link of somebody new.
fn comes_under_another_link(house: &mut House, role: Role) -> usize {
    let other = AttendeeId::from_random([77; 10]);
    let mut person = house.core.conference().people[&id(role)].person.clone();
    person.name = person.name.to_uppercase();
    let way_in = WayIn { secret_hash: "cd".repeat(32), pin: "12345678".into() };
    house.done(Role::Chair, Command::Invite { attendee: other, person, way_in: Some(way_in) });
    let_in(house, other)
}

fn quotes(house: &mut House, record: RecordId) {
    house.done(
        Role::Chair,
        Command::Quote {
            record,
            note: note(5),
            section: "worried".into(),
            order: "b01".into(),
            words: "what the teacher said".into(),
            speaker: "the teacher".into(),
            replaces: None,
            was: None,
        },
    );
}

#[test]
fn p5_part1_a_quote_of_the_time_that_was_held_comes_to_nobody_who_was_out() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    let record = RecordId::from_random([1; 10]);
    quotes(&mut house, record);
    house.done(Role::Chair, Command::Hold { note: note(5), held: held() });
    let n = comes_back(&mut house, id(Role::Parent));
    house.done(Role::Chair, Command::Release { held: held(), note: note(6), order: "b02".into() });
    assert!(house.device(Role::Relative).has_seen("what the teacher said"));
    assert!(!house.devices[n].has_seen("what the teacher said"), "in a frame, if on no screen");
    house.all_in_step();
}

#[test]
fn p5_part1_a_held_line_that_was_written_anew_meanwhile_is_of_that_time() {
    let mut house = house();
    let line =
        Command::WriteHeld { held: held(), section: "worried".into(), words: "before she went".into() };
    house.done(Role::Chair, line);
    goes(&mut house, Role::Parent);
    house.done(
        Role::Chair,
        Command::RewriteHeld { held: held(), words: "while she was out".into(), was: None },
    );
    let n = comes_back(&mut house, id(Role::Parent));
    house.done(Role::Chair, Command::Release { held: held(), note: note(6), order: "b02".into() });
    assert!(house.device(Role::Relative).has_seen("while she was out"));
    assert!(!house.devices[n].has_seen("while she was out"));
}

#[test]
fn p5_part1_a_clock_that_is_put_back_meanwhile_lets_nothing_of_the_time_through() {
    let mut house = house();
    house.now += 7_200_000;
    let (before, meanwhile) = (OfferId::from_random([1; 10]), OfferId::from_random([2; 10]));
    let offer = |offer, words: &str| Command::Offer {
        offer,
        what: Offered::Note {
            section: Some("worried".into()),
            words: words.into(),
            label: None,
            source: None,
            children: Vec::new(),
        },
        on_behalf_of: None,
        named: true,
    };
    house.done(Role::Police, offer(before, "offered before she went"));
    goes(&mut house, Role::Parent);
    house.now -= 3_600_000;
    house.done(Role::Police, offer(meanwhile, "offered while she was out"));
    let line = Command::WriteHeld {
        held: held(),
        section: "worried".into(),
        words: "held while she was out".into(),
    };
    house.done(Role::Chair, line);
    let n = comes_back(&mut house, id(Role::Parent));
    for (place, offer) in [before, meanwhile].into_iter().enumerate() {
        let order = format!("b0{place}");
        house.done(Role::Chair, Command::Accept { offer, section: None, order });
    }
    house.done(Role::Chair, Command::Release { held: held(), note: note(6), order: "b04".into() });
    assert!(house.devices[n].has_seen("offered before she went"));
    for words in ["offered while she was out", "held while she was out"] {
        assert!(house.device(Role::Relative).has_seen(words), "{words}");
        assert!(!house.devices[n].has_seen(words), "{words}");
    }
}

#[test]
fn p5_part5_another_link_or_the_code_of_the_room_is_no_way_round() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    write(&mut house, 1, "meanwhile");
    let n = comes_under_another_link(&mut house, Role::Parent);
    let other = house.devices[n].attendee;
    assert!(!house.devices[n].has_seen("meanwhile"));
    house.done(Role::Chair, Command::Open { attendee: other, lines: vec![Line::Note { note: note(1) }] });
    assert!(house.devices[n].has_seen("meanwhile"));
}

#[test]
fn p5_part5_what_waits_from_a_first_time_out_comes_under_no_other_link_after_a_second() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    let line = Command::WriteHeld {
        held: held(),
        section: "worried".into(),
        words: "held while she was out".into(),
    };
    house.done(Role::Chair, line);
    let offer = OfferId::from_random([1; 10]);
    let what = Offered::Note {
        section: Some("worried".into()),
        words: "offered while she was out".into(),
        label: None,
        source: None,
        children: Vec::new(),
    };
    house.done(Role::Police, Command::Offer { offer, what, on_behalf_of: None, named: true });
    comes_back(&mut house, id(Role::Parent));
    goes(&mut house, Role::Parent);
    let n = comes_under_another_link(&mut house, Role::Parent);
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "b01".into() });
    house.done(Role::Chair, Command::Release { held: held(), note: note(6), order: "b02".into() });
    for words in ["offered while she was out", "held while she was out"] {
        assert!(house.device(Role::Relative).has_seen(words), "{words}");
        assert!(!house.devices[n].has_seen(words), "{words}");
    }
}

#[test]
fn p5_part1_words_about_a_row_that_were_offered_meanwhile_are_not_written_into_what_all_read() {
    let mut house = house();
    let row = RowId::from_random([9; 10]);
    house.device(Role::Chair).edit(PLAN, |copy| Some(copy.write_row(row, "a row")));
    house.settle();
    goes(&mut house, Role::Parent);
    let offer = OfferId::from_random([1; 10]);
    let what = Offered::Change { row, words: "said while she was out".into() };
    house.done(Role::Police, Command::Offer { offer, what, on_behalf_of: None, named: true });
    let n = comes_back(&mut house, id(Role::Parent));
    let accept = Command::Accept { offer, section: None, order: "b01".into() };
    assert_eq!(house.refused(Role::Chair, accept.clone()), Refusal::NotNow);
    assert!(!house.devices[n].has_seen("said while she was out"));
    // It still waits, and the chair can say so.
    house.done(Role::Chair, Command::SetAside { offer });
}

#[test]
fn p5_p21_nobody_is_asked_about_words_that_they_may_not_read() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    let record = RecordId::from_random([1; 10]);
    quotes(&mut house, record);
    house.done(Role::Chair, Command::ReadBack { record });
    let n = comes_back(&mut house, id(Role::Parent));
    let ask =
        |ask| Command::Reword { record, words: "what the teacher said".to_uppercase(), strikes: None, ask };
    assert_eq!(house.refused(Role::Chair, ask(Some(id(Role::Parent)))), Refusal::NotNow);
    assert!(!house.devices[n].has_seen("teacher said"));
    // What is agreed in the room is not overwritten by an answer that comes later.
    house.done(Role::Chair, ask(Some(id(Role::Relative))));
    let agreed = Command::Reword { record, words: "as agreed in the room".into(), strikes: None, ask: None };
    house.done(Role::Chair, agreed);
    let late = house.does(Role::Relative, Command::AnswerWords { record, yes: true });
    assert!(matches!(late, Outcome::Refused { code: Refusal::NotThere, .. }), "{late:?}");
    assert_eq!(house.core.conference().records[&record].words, "as agreed in the room");
}

#[test]
fn p5_part5_a_name_that_was_changed_before_is_no_way_round() {
    let mut house = house();
    let before = house.core.conference().people[&id(Role::Parent)].person.name.clone();
    let whose = protocol::command::Whose::Attendee { attendee: id(Role::Parent) };
    house.done(Role::Parent, Command::CorrectName { whose, name: "Somebody Else".into() });
    goes(&mut house, Role::Parent);
    write(&mut house, 1, "meanwhile");
    let knocks = protocol::id::AttendeeId::from_random([77; 10]);
    let token = crate::meeting::attendee::TokenHash([77; 32]);
    house.knocks(knocks, &before, protocol::people::Place::Room, token);
    house.settle();
    house.done(Role::Chair, Command::Admit { attendee: knocks, device: None, person: None });
    house.new_device(knocks, 0, token);
    house.relink();
    house.settle();
    let device = house.devices.iter().find(|one| one.attendee == knocks).expect("a device");
    assert!(!device.has_seen("meanwhile"));
}

#[test]
fn p22_right9_business_support_ends_no_part_of_a_chair() {
    let mut house = House::with(1, &[Role::Chair, Role::CoChair, Role::BusinessSupport]);
    let ends = Command::EndPart { attendee: id(Role::CoChair) };
    assert_eq!(house.refused(Role::BusinessSupport, ends.clone()), Refusal::NotYours);
    house.done(Role::Chair, ends);
}

#[test]
fn p5_part3_words_of_the_time_come_late_into_no_document_of_a_role_that_the_one_who_is_back_belongs_to() {
    let mut house = house();
    let plan = Kind::Plan(Audience::Professionals);
    let n = house.of(Role::SocialWorker);
    house.cut(n);
    goes(&mut house, Role::Police);
    let row = RowId::from_random([9; 10]);
    house.devices[n].edit(plan, |copy| Some(copy.write_row(row, "off the line")));
    let old = house.name(plan);
    let back = comes_back(&mut house, id(Role::Police));
    assert_ne!(house.name(plan), old, "an edition of its own, though nothing had come");
    let n = house.of(Role::SocialWorker);
    house.devices[n].open(old);
    house.link(n);
    house.settle();
    assert!(!house.devices[back].has_seen("off the line") && !house.is_stored("off the line"));
}
