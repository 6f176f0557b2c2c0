//! P5: what is written while somebody is out does not reach them, unless the chair opens it.

use super::house::{House, id, note};
use crate::meeting::attendee::TokenHash;
use protocol::{
    command::{Command, Line, Offered, Outcome, Refusal, TakeOff, WayIn},
    document::{Access, Audience, Kind},
    id::{AttendeeId, HeldId, OfferId, RecordId, RowId},
    limits::PARTS,
    people::{Place, Role},
};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);
const PART: Audience = Audience::Part(1);
const PEOPLE: [Role; 7] = [
    Role::Chair,
    Role::BusinessSupport,
    Role::SocialWorker,
    Role::Police,
    Role::Parent,
    Role::Relative,
    Role::Wall,
];

pub(super) fn house() -> House {
    let mut house = House::with(8, &PEOPLE);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "the-plan".into() });
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::SocialWorker) });
    house
}

pub(super) fn write(house: &mut House, n: u8, words: &str) {
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
    house.settle();
}

pub(super) fn goes(house: &mut House, role: Role) {
    house.now += 1_000;
    house.done(Role::Chair, Command::EndPart { attendee: id(role) });
    let n = house.of(role);
    house.devices[n].copies.clear();
    house.devices[n].seen.clear();
    house.now += 1_000;
}

/// Lets somebody in again; their device is another one.
pub(super) fn comes_back(house: &mut House, attendee: AttendeeId) -> usize {
    let way_in = WayIn { secret_hash: "ab".repeat(32), pin: "12345678".into() };
    house.done(Role::BusinessSupport, Command::Reissue { attendee, way_in });
    let_in(house, attendee)
}

pub(super) fn let_in(house: &mut House, attendee: AttendeeId) -> usize {
    house.now += 1_000;
    let token = TokenHash([house.devices.len() as u8 + 100; 32]);
    let session = house.enter(attendee, token).expect("the link is good");
    house.devices.retain(|device| device.attendee != attendee);
    house.done(Role::Chair, Command::Admit { attendee, device: None, person: None });
    let n = house.add_device(session, token);
    assert!(house.link(n));
    house.settle();
    house.all_in_step();
    n
}

fn lines(house: &House, n: usize) -> Vec<String> {
    let copies = house.devices[n].copies.iter();
    let mut lines: Vec<String> = copies
        .filter(|(kind, _)| matches!(kind, Kind::Board(_)))
        .flat_map(|(_, copy)| copy.replica.keys("notes"))
        .collect();
    lines.sort();
    lines
}

fn open(role: Role, lines: &[Line]) -> Command {
    Command::Open { attendee: id(role), lines: lines.to_vec() }
}

#[test]
fn p5_part1_what_is_written_while_somebody_is_out_never_reaches_them() {
    let mut house = house();
    write(&mut house, 1, "before");
    write(&mut house, 2, "an old line");
    write(&mut house, 3, "a third");
    goes(&mut house, Role::Parent);
    write(&mut house, 4, "meanwhile");
    house.device(Role::SocialWorker).edit(BOARD, |copy| copy.type_in(note(2).as_str(), 0, "of her: "));
    house.device(Role::Chair).edit(BOARD, |copy| copy.type_in(note(3).as_str(), 0, "never mind"));
    house.settle();
    house.device(Role::Chair).edit(BOARD, |copy| copy.rub_out(note(3).as_str(), 0, 10));
    house.settle();
    let n = comes_back(&mut house, id(Role::Parent));
    assert_eq!(lines(&house, n), [note(1).as_str(), note(3).as_str()]);
    for words in ["meanwhile", "of her", "never mind", "part-"] {
        assert!(!house.devices[n].has_seen(words), "{words}");
    }
    // Nobody else lost a line, and everything goes on.
    for role in [Role::Chair, Role::SocialWorker, Role::Relative] {
        assert_eq!(lines(&house, house.of(role)).len(), 4, "{role:?}");
    }
    let part = Kind::Board(PART);
    house.device(Role::SocialWorker).edit(part, |copy| copy.type_in(note(4).as_str(), 0, "still "));
    write(&mut house, 5, "for everybody");
    house.restart();
    house.relink();
    house.settle();
    house.all_in_step();
    assert!(house.devices[n].has_seen("for everybody") && !house.devices[n].has_seen("still"));
    assert!(house.device(Role::Relative).has_seen("still"));
}

#[test]
fn p5_part2_a_wall_shows_a_part_only_while_nobody_it_leaves_out_sits_in_the_room() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    write(&mut house, 1, "meanwhile");
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 1, "she is not in the room");
    comes_back(&mut house, id(Role::Parent));
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 0);
    house.done(Role::Chair, Command::Move { attendee: id(Role::Parent), place: Place::Call });
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 1);
    house.done(Role::Parent, Command::Move { attendee: id(Role::Parent), place: Place::Room });
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 0);
    // What she says of herself brings nothing on the wall beside her.
    house.done(Role::Parent, Command::Move { attendee: id(Role::Parent), place: Place::Call });
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 0);
    house.done(Role::Parent, Command::Leave);
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 0);
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::Parent) });
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 1);
    comes_back(&mut house, id(Role::Parent));
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 0);
    // Nor while she has no device.
    goes(&mut house, Role::Parent);
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 1);
    house.done(Role::BusinessSupport, Command::Seat { attendee: id(Role::Parent) });
    assert_eq!(lines(&house, house.of(Role::Wall)).len(), 0);
}

#[test]
fn p5_part4_the_chair_names_what_is_opened_line_by_line() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    write(&mut house, 1, "opened to her");
    write(&mut house, 2, "kept from her");
    let (record, quoted) = (RecordId::from_random([1; 10]), note(3));
    let quote = Command::Quote {
        record,
        note: quoted,
        section: "worried".into(),
        order: "b01".into(),
        words: "words of the teacher".into(),
        speaker: "the teacher".into(),
        replaces: None,
        was: None,
    };
    house.done(Role::Chair, quote);
    let line = |n| Line::Note { note: note(n) };
    assert_eq!(house.refused(Role::Chair, open(Role::Parent, &[line(1)])), Refusal::NotThere);
    let n = comes_back(&mut house, id(Role::Parent));
    assert_eq!(lines(&house, n), [""; 0]);
    house.done(Role::Chair, open(Role::Parent, &[line(1), line(3)]));
    house.all_in_step();
    assert_eq!(lines(&house, n), [note(1).as_str(), note(3).as_str()]);
    assert!(house.devices[n].has_seen("opened to her") && house.devices[n].has_seen("words of the teacher"));
    assert!(!house.devices[n].has_seen("kept from her"));
    assert_eq!(house.refused(Role::Chair, open(Role::Parent, &[line(1)])), Refusal::NotNow);
    for role in [Role::SocialWorker, Role::Relative, Role::Chair] {
        assert_eq!(lines(&house, house.of(role)).len(), 3, "{role:?}");
    }
    // A line of a part is taken off like any other (P4).
    house.done(Role::Chair, Command::TakeOff { what: TakeOff::Note { note: note(2) } });
    assert!(!house.is_stored("kept from her"));
    house.all_in_step();
}

#[test]
fn p5_part1_quotes_notes_and_rows_of_the_time_are_not_theirs() {
    let mut house = house();
    let offer = |n: u8, what| Command::Offer {
        offer: OfferId::from_random([n; 10]),
        what,
        on_behalf_of: None,
        named: true,
    };
    let words = |words: &str| Offered::Note {
        section: Some("worried".into()),
        words: words.into(),
        label: None,
        source: None,
        children: Vec::new(),
    };
    let row = Offered::Row {
        cells: [("task".to_owned(), "an offered row".to_owned())].into(),
        who: Vec::new(),
        when: Default::default(),
    };
    let accept =
        |n: u8| Command::Accept { offer: OfferId::from_random([n; 10]), section: None, order: "b01".into() };
    goes(&mut house, Role::Parent);
    let id_of_row = RowId::from_random([9; 10]);
    house.device(Role::Chair).edit(PLAN, |copy| Some(copy.write_row(id_of_row, "a row")));
    house.done(Role::Police, offer(1, words("an accepted note")));
    house.done(Role::Chair, accept(1));
    // What waited on the desk meanwhile is of that time as well, whenever it is shown.
    house.done(Role::Police, offer(2, words("an offered note")));
    house.done(Role::Police, offer(3, row));
    let held = [1, 2].map(|n| HeldId::from_random([n; 10]));
    let line =
        |held, words: &str| Command::WriteHeld { held, section: "worried".into(), words: words.into() };
    house.done(Role::Chair, line(held[0], "a held line"));
    let n = comes_back(&mut house, id(Role::Parent));
    house.done(Role::Chair, accept(2));
    house.done(Role::Chair, accept(3));
    house.done(Role::Chair, Command::Release { held: held[0], note: note(7), order: "b02".into() });
    let secret = ["a row", "an accepted note", "an offered note", "an offered row", "a held line"];
    for words in secret {
        assert!(!house.devices[n].has_seen(words), "{words}");
        assert!(house.device(Role::Relative).has_seen(words), "{words}");
    }
    // From now on everything is hers again.
    house.now += 1_000;
    house.done(Role::Chair, line(held[1], "held later"));
    house.done(Role::Chair, Command::Release { held: held[1], note: note(8), order: "b03".into() });
    assert!(house.devices[n].has_seen("held later"));
    house.all_in_step();
}

#[test]
fn p2_part4_a_contingency_is_opened_alone_and_never_in_bulk() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    write(&mut house, 1, "meanwhile");
    house.device(Role::Chair).edit(PLAN, |copy| copy.write_field("contingency", "he goes to his aunt"));
    house.settle();
    let n = comes_back(&mut house, id(Role::Parent));
    assert!(!house.devices[n].has_seen("aunt"));
    let field = Line::Field { field: "contingency".into() };
    let both = open(Role::Parent, &[Line::Note { note: note(1) }, field.clone()]);
    assert_eq!(house.refused(Role::Chair, both), Refusal::BadInput);
    house.done(Role::Chair, open(Role::Parent, &[field]));
    assert!(house.devices[n].has_seen("aunt") && !house.devices[n].has_seen("meanwhile"));
    house.all_in_step();
}

#[test]
fn part1_the_words_of_a_field_that_somebody_had_before_they_went_are_theirs_when_they_are_back() {
    let mut house = house();
    house.device(Role::Chair).edit(PLAN, |copy| copy.write_field("contingency", "he goes to his aunt"));
    house.settle();
    goes(&mut house, Role::Parent);
    let n = comes_back(&mut house, id(Role::Parent));
    assert!(house.devices[n].has_seen("aunt"));
    // The field of another audience is another field, also where it says the same.
    goes(&mut house, Role::Parent);
    let family = Kind::Plan(Audience::Family);
    house.device(Role::Chair).edit(family, |copy| copy.write_field("contingency", "he goes to his aunt"));
    house.settle();
    let n = comes_back(&mut house, id(Role::Parent));
    assert!(house.devices[n].has_seen("aunt"));
    assert!(
        !house.devices[n].copies.contains_key(&family),
        "something of the family's was written meanwhile"
    );
    house.all_in_step();
}

#[test]
fn p5_part4_two_who_were_out_at_different_times_miss_each_what_was_written_then() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    write(&mut house, 1, "she alone missed");
    goes(&mut house, Role::Relative);
    write(&mut house, 2, "both missed");
    comes_back(&mut house, id(Role::Parent));
    write(&mut house, 3, "he alone missed");
    comes_back(&mut house, id(Role::Relative));
    let of = |house: &House, role| lines(house, house.of(role));
    assert_eq!(of(&house, Role::Parent), [note(3).as_str()]);
    assert_eq!(of(&house, Role::Relative), [note(1).as_str()]);
    assert_eq!(of(&house, Role::Chair).len(), 3);
    // Opened to her, it still leaves him out.
    house.done(Role::Chair, open(Role::Parent, &[Line::Note { note: note(2) }]));
    assert_eq!(of(&house, Role::Parent), [note(2).as_str(), note(3).as_str()]);
    assert_eq!(of(&house, Role::Relative), [note(1).as_str()]);
    house.done(Role::Chair, open(Role::Relative, &[Line::Note { note: note(2) }]));
    assert_eq!(of(&house, Role::Relative), [note(1).as_str(), note(2).as_str()]);
    house.all_in_step();
}

#[test]
fn p5_part3_words_of_a_device_that_was_off_the_line_meanwhile_come_under_no_old_name() {
    let mut house = house();
    let n = house.of(Role::SocialWorker);
    house.cut(n);
    goes(&mut house, Role::Parent);
    house.devices[n].edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "off the line")));
    let old = house.name(BOARD);
    let she = comes_back(&mut house, id(Role::Parent));
    assert_ne!(house.name(BOARD), old, "an edition of its own, though nothing had come");
    let n = house.of(Role::SocialWorker);
    house.devices[n].open(old);
    house.link(n);
    house.settle();
    assert!(!house.devices[she].has_seen("off the line") && !house.is_stored("off the line"));
    let seat = Kind::Seat(id(Role::SocialWorker));
    let parted = serde_json::json!(house.devices[n].copy(seat).replica.values())["parted"].clone();
    assert_eq!(parted["board.all"].as_f64(), Some(2.0), "which tells its app to keep them back: {parted}");
    assert_eq!(house.devices[she].copy(Kind::Seat(id(Role::Parent))).replica.keys("parted"), [""; 0]);
}

#[test]
fn p5_part2_the_desk_answers_for_all_of_it_and_a_pause_covers_parts_too() {
    let mut house = house();
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::BusinessSupport) });
    write(&mut house, 1, "meanwhile");
    assert!(house.core.conference().people[&id(Role::BusinessSupport)].absence.is_none());
    goes(&mut house, Role::Relative);
    write(&mut house, 2, "and later");
    let way_in = WayIn { secret_hash: "ab".repeat(32), pin: "12345678".into() };
    house.done(Role::Chair, Command::Reissue { attendee: id(Role::Relative), way_in });
    house.enter(id(Role::Relative), TokenHash([88; 32])).expect("the link is good");
    house.done(Role::Chair, Command::Pause);
    house.done(Role::Chair, Command::Admit { attendee: id(Role::Relative), device: None, person: None });
    let n = house.of(Role::Parent);
    house.devices[n].seen.clear();
    house
        .device(Role::Chair)
        .edit(Kind::Board(PART), |copy| copy.type_in(note(2).as_str(), 0, "in the pause "));
    house.settle();
    assert!(!house.devices[n].has_seen("in the pause"));
    house.done(Role::Chair, Command::Resume);
    assert!(house.device(Role::Parent).has_seen("in the pause"));
    house.done(Role::Chair, Command::Close);
    assert_eq!(house.device(Role::Chair).copy(Kind::Board(PART)).access, Some(Access::Read));
}

#[test]
fn lim13_a_conference_has_so_many_parts_and_no_more_and_fails_closed() {
    let mut house = house();
    for n in 0..PARTS + 3 {
        house.now += 60_000;
        let other = AttendeeId::from_random([100 + n; 10]);
        let mut person = house.core.conference().people[&id(Role::Relative)].person.clone();
        person.name = format!("relative {n}");
        house.done(Role::Chair, Command::Invite { attendee: other, person, way_in: None });
        house.done(Role::Chair, Command::Seat { attendee: other });
        house.done(Role::Chair, Command::EndPart { attendee: other });
        write(&mut house, n + 1, "meanwhile");
        let sat = house.does(Role::Chair, Command::Seat { attendee: other });
        assert!(matches!(sat, Outcome::Done { .. }), "{sat:?}");
        let (conference, at) = (house.core.conference(), house.core.documents.iter());
        let with = at.filter(|(_, live)| live.document.note(note(n + 1)).is_some());
        let audiences: Vec<_> = with.map(|(kind, _)| *kind).collect();
        let [Kind::Board(audience)] = audiences[..] else { panic!("{audiences:?}") };
        assert!(conference.without(audience).contains(&other), "{n}");
    }
    assert_eq!(house.core.conference().parts.len(), usize::from(PARTS));
    house.all_in_step();
}

#[test]
fn p5_part1_other_words_for_a_locked_line_that_were_asked_about_meanwhile_are_taken_back() {
    let mut house = house();
    let record = RecordId::from_random([7; 10]);
    let quote = Command::Quote {
        record,
        note: note(70),
        section: "views".into(),
        order: "a7".into(),
        words: "I was at work".into(),
        speaker: "the mother".into(),
        replaces: None,
        was: None,
    };
    house.done(Role::Chair, quote);
    house.done(Role::Chair, Command::ReadBack { record });
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::Parent) });
    house.now += 1_000;
    let ask = Some(id(Role::SocialWorker));
    let words = String::from("She was not at work");
    house.done(Role::Chair, Command::Reword { record, words: words.clone(), strikes: None, ask });
    let n = comes_back(&mut house, id(Role::Parent));
    let yes = Command::AnswerWords { record, yes: true };
    assert_eq!(house.refused(Role::SocialWorker, yes), Refusal::NotThere);
    house.settle();
    assert!(house.devices[n].has_seen("I was at work") && !house.devices[n].has_seen(&words));
}

#[test]
fn people4_p5_p17_locked_words_of_somebody_who_is_not_here_stay_as_they_are() {
    let mut house = house();
    let offer = OfferId::from_random([8; 10]);
    let what = Offered::Note {
        section: Some("worried".into()),
        words: "I was at work".into(),
        label: None,
        source: None,
        children: Vec::new(),
    };
    house.done(Role::Parent, Command::Offer { offer, what, on_behalf_of: None, named: true });
    house.done(Role::Chair, Command::Accept { offer, section: None, order: "a8".into() });
    let record = *house.core.conference().records.keys().next().expect("what was accepted");
    let reword = || Command::Reword { record, words: "I worked".into(), strikes: None, ask: None };
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::Parent) });
    assert_eq!(house.refused(Role::Chair, reword()), Refusal::NotNow);
    assert_eq!(house.core.conference().records[&record].words, "I was at work");
    comes_back(&mut house, id(Role::Parent));
    house.done(Role::Chair, reword());
}
