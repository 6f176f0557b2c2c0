//! P3, P5, P13: coming in, second devices, going, closing. RIGHT5 and RIGHT6.

use super::house::{House, conference, id, note};
use crate::{
    meeting::attendee::{Entrance, TokenHash},
    room::{
        audit,
        core::{AskId, Inbound},
        log,
    },
};
use protocol::{
    close::Close,
    command::{Command, Refusal, WayIn, Whose},
    document::{Access, Audience, Kind},
    id::AttendeeId,
    limits::{SESSION_LIFE, SOCKETS},
    people::{Place, Role, Standing},
    wire::Wire,
};

const BOARD: Kind = Kind::Board(Audience::All);
const PEOPLE: [Role; 6] =
    [Role::Chair, Role::CoChair, Role::BusinessSupport, Role::SocialWorker, Role::Parent, Role::Wall];

fn house() -> House {
    let mut conference = conference(&PEOPLE);
    for who in conference.people.values_mut() {
        who.way_in = Some(Entrance { secret_hash: [1; 32], pin: String::new(), wrong: 0 });
    }
    House::begin(5, conference)
}

/// The device has nothing any more, and nothing it sends is taken.
fn is_out(house: &mut House, role: Role) {
    let n = house.of(role);
    assert_eq!(house.devices[n].closed, Some(Close::Out));
    assert_eq!(house.devices[n].conn, None);
    assert!(!house.link(n), "the room takes the device back");
    let (attendee, token) = (house.devices[n].attendee, house.devices[n].token);
    let standing = house.core.session(attendee, token, house.now).map(|session| session.standing);
    assert!(matches!(standing, None | Some(Standing::PartEnded | Standing::Closed)), "{standing:?}");
}

#[test]
fn right6_who_is_sent_out_is_out_at_once_with_all_that_is_on_its_way() {
    let mut house = house();
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::SocialWorker) });
    let n = house.of(Role::SocialWorker);
    house.devices[n].edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "too late")));
    house.ask_new(Role::Chair, Command::Eject { attendee: id(Role::SocialWorker) });
    assert_eq!(house.devices[n].closed, Some(Close::Out), "closed before anything else happens");
    while house.up(n) {}
    house.settle();
    assert!(!house.is_stored("too late"));
    is_out(&mut house, Role::SocialWorker);
    assert!(house.core.way_in(id(Role::SocialWorker)).is_none());
}

#[test]
fn p5_when_a_part_has_ended_its_devices_are_out_and_the_link_with_them() {
    let mut house = house();
    house.done(Role::BusinessSupport, Command::EndPart { attendee: id(Role::Parent) });
    is_out(&mut house, Role::Parent);
    assert!(house.core.way_in(id(Role::Parent)).is_none());
}

#[test]
fn p5_a_close_is_told_to_whoever_was_here_and_not_to_whom_had_gone() {
    let mut house = house();
    house.done(Role::BusinessSupport, Command::EndPart { attendee: id(Role::Parent) });
    house.done(Role::Chair, Command::Close);
    for (role, reads) in [(Role::Parent, Standing::PartEnded), (Role::SocialWorker, Standing::Closed)] {
        let device = &house.devices[house.of(role)];
        let session = house.core.session(device.attendee, device.token, house.now);
        assert_eq!(session.map(|session| session.standing), Some(reads), "{role:?}");
    }
}

#[test]
fn p3_a_second_device_waits_and_the_first_stays() {
    let mut house = house();
    let token = TokenHash([99; 32]);
    let session = house.enter(id(Role::Parent), token).expect("the link is good");
    assert_eq!(session.standing, Standing::Waiting);
    let second = house.add_device(session, token);
    assert!(!house.link(second), "it has no document before it is let in");
    let ask = house.ask(
        second,
        &protocol::command::Request {
            id: protocol::id::CommandId::from_random([9; 10]),
            command: Command::Leave,
        },
    );
    house.settle();
    assert!(matches!(
        house.answers[&ask],
        protocol::command::Outcome::Refused { code: Refusal::NotYours, .. }
    ));
    assert!(house.device(Role::Parent).conn.is_some());
    let admit = Command::Admit { attendee: id(Role::Parent), device: Some(session.device), person: None };
    house.done(Role::Chair, admit);
    assert!(house.link(second));
    house.settle();
    house.all_in_step();
}

#[test]
fn p22_the_desk_opens_on_a_second_device_without_ending_the_first() {
    let mut house = house();
    let token = TokenHash([99; 32]);
    let session = house.enter(id(Role::Chair), token).expect("the link is good");
    assert_eq!(session.standing, Standing::Here);
    let second = house.add_device(session, token);
    assert!(house.link(second) && house.device(Role::Chair).conn.is_some());
    house.settle();
    house.all_in_step();
}

#[test]
fn p6_leaving_ends_this_device_alone_and_with_the_last_one_the_presence() {
    let mut house = house();
    let token = TokenHash([99; 32]);
    let session = house.enter(id(Role::Parent), token).expect("the link is good");
    house.done(
        Role::Chair,
        Command::Admit { attendee: id(Role::Parent), device: Some(session.device), person: None },
    );
    let second = house.add_device(session, token);
    house.link(second);
    house.settle();
    house.done(Role::Parent, Command::Leave);
    is_out(&mut house, Role::Parent);
    assert!(house.devices[second].conn.is_some());
    let leave = protocol::command::Request { id: house.command_id(), command: Command::Leave };
    house.ask(second, &leave);
    house.settle();
    assert_eq!(house.core.conference().people[&id(Role::Parent)].standing, Standing::Left);
}

#[test]
fn right6_a_device_that_left_opens_nothing_on_its_old_socket() {
    let mut house = house();
    let token = TokenHash([99; 32]);
    let session = house.enter(id(Role::Chair), token).expect("the link is good");
    let second = house.add_device(session, token);
    house.link(second);
    house.settle();
    let leave = protocol::command::Request { id: house.command_id(), command: Command::Leave };
    house.ask(second, &leave);
    // Its socket has not heard of it yet, and the chair is still here on the first device.
    let conn = house.devices[second].conn.expect("the socket is still there");
    let document = house.name(BOARD);
    house.devices[second].up.push_back(Inbound::Open { document, wire: Wire::Named(document.to_string()) });
    while house.up(second) {}
    assert!(house.core.conns[&conn].opened.is_empty());
}

#[test]
fn p13_closing_sends_everybody_out_but_the_desk_which_reads_on() {
    let mut house = house();
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "the belt")));
    house.settle();
    assert_eq!(house.refused(Role::CoChair, Command::Close), Refusal::NotYours);
    house.done(Role::Chair, Command::Close);
    for role in [Role::SocialWorker, Role::Parent, Role::Wall] {
        is_out(&mut house, role);
        assert!(house.core.way_in(id(role)).is_none());
    }
    for role in [Role::Chair, Role::CoChair, Role::BusinessSupport] {
        let copies = house.device(role).copies.values();
        assert!(copies.map(|copy| copy.access).all(|access| access == Some(Access::Read)), "{role:?}");
    }
    assert_eq!(house.refused(Role::Chair, Command::Pause), Refusal::NotNow);
    house.all_in_step();
}

#[test]
fn p15_who_is_let_in_as_somebody_without_a_pen_holds_none() {
    let mut house = house();
    house.done(Role::Chair, Command::GivePen { attendee: id(Role::Parent) });
    let session = house.enter(id(Role::Parent), TokenHash([99; 32])).expect("the link is good");
    let mut person = house.core.conference().people[&id(Role::Parent)].person.clone();
    person.role = Role::Observer;
    let admit =
        Command::Admit { attendee: id(Role::Parent), device: Some(session.device), person: Some(person) };
    house.done(Role::Chair, admit);
    assert!(!house.core.conference().people[&id(Role::Parent)].writes());
}

#[test]
fn sto13_audit_pages_follow_each_other_through_restarts_and_hold_no_name_and_no_words() {
    let mut house = house();
    for n in 1..4 {
        house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", "the belt")));
        house.done(Role::Chair, Command::Recording { kept: Some("the tape".into()) });
        house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(9), "worried", "the belt")));
        house.settle();
        house.restart();
        house.relink();
        house.settle();
    }
    let pages: Vec<audit::Page> = house
        .kept()
        .iter()
        .filter(|kept| kept.document == "audit")
        .flat_map(|kept| &kept.rows)
        .flat_map(|row| log::read_row(&row.bytes).unwrap())
        .collect();
    // The last edit waits for its page.
    let lines: Vec<_> = pages.iter().flat_map(|page| &page.lines).collect();
    assert_eq!(lines.iter().filter(|line| line.what == audit::EDIT).count(), 3);
    assert_eq!(lines.len(), 6);
    house.every_edit_is_in_the_audit();
    assert!(audit::verify(&pages) && !audit::verify(&pages[1..]));
    for page in &pages {
        let bytes = log::write(page);
        for words in ["Name of", "Kacper", "the belt", "the tape"] {
            assert!(!super::device::contains(&bytes, words));
        }
    }
}

#[test]
fn p5_when_a_part_has_ended_no_device_of_it_comes_back_by_itself() {
    let mut house = house();
    let token = TokenHash([99; 32]);
    let session = house.enter(id(Role::Parent), token).expect("the link is good");
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::Parent) });
    is_out(&mut house, Role::Parent);
    assert!(house.core.session(id(Role::Parent), token, house.now).is_none(), "it was never let in");
    let admit = Command::Admit { attendee: id(Role::Parent), device: Some(session.device), person: None };
    assert_eq!(house.refused(Role::Chair, admit), Refusal::NotThere);
    house.done(Role::BusinessSupport, Command::Seat { attendee: id(Role::Parent) });
    let first = house.of(Role::Parent);
    assert!(!house.link(first), "a seat in the room is no device");
}

#[test]
fn lim12_p3_who_was_never_let_in_is_unknown_when_all_is_over_and_leaves_no_place_taken() {
    let mut house = house();
    let (stranger, other) = (AttendeeId::from_random([50; 10]), AttendeeId::from_random([51; 10]));
    let (token, now) = (TokenHash([99; 32]), house.now);
    house.core.knock(AskId(7_000), stranger, "Somebody", Place::Room, token, now);
    house.core.knock(AskId(7_001), other, "Somebody", Place::Room, token, now);
    house.settle();
    assert_eq!(house.core.session(other, token, now).map(|one| one.standing), Some(Standing::Waiting));
    house.done(Role::Chair, Command::Eject { attendee: stranger });
    assert!(!house.core.conference().people.contains_key(&stranger));
    house.done(Role::Chair, Command::Close);
    for who in [stranger, other] {
        assert!(house.core.session(who, token, now).is_none());
        assert!(house.core.way_in(who).is_none());
    }
}

#[test]
fn right9_a_wall_commands_nothing_and_has_no_link() {
    let mut house = house();
    let name = Command::CorrectName { whose: Whose::Attendee { attendee: id(Role::Wall) }, name: "x".into() };
    assert_eq!(house.refused(Role::Wall, name), Refusal::NotYours);
    let way_in = WayIn { secret_hash: "0".repeat(64), pin: "12345678".into() };
    let reissue = Command::Reissue { attendee: id(Role::Wall), way_in };
    assert_eq!(house.refused(Role::BusinessSupport, reissue), Refusal::BadInput);
}

#[test]
fn lim10_of_too_many_sockets_of_one_device_the_oldest_goes() {
    let mut house = house();
    let device = house.device(Role::Parent).n;
    for _ in 0..SOCKETS + 3 {
        house.core.connect(id(Role::Parent), device, house.now).expect("it is here");
    }
    let open = house.core.conns.values().filter(|one| one.attendee == id(Role::Parent) && !one.gone).count();
    assert_eq!(open, SOCKETS);
}

#[test]
fn p22_nobody_makes_themselves_chair_by_a_link() {
    let mut house = house();
    let way_in = || protocol::command::WayIn { secret_hash: "ab".repeat(32), pin: "12345678".into() };
    let link_for = |role| Command::Reissue { attendee: id(role), way_in: way_in() };
    for role in [Role::CoChair, Role::BusinessSupport] {
        assert_eq!(house.refused(role, link_for(Role::Chair)), Refusal::NotYours, "{role:?}");
    }
    assert_eq!(house.refused(Role::BusinessSupport, link_for(Role::CoChair)), Refusal::NotYours);
}

#[test]
fn p13_a_wall_is_away_since_the_same_moment_after_a_restart_and_one_that_never_returns_is_told_too() {
    let mut house = house();
    let wall = house.of(Role::Wall);
    let since = |house: &House| {
        let walls = house.core.documents[&Kind::Desk].document.map("walls");
        walls[id(Role::Wall).as_str()]["away_since"].as_u64()
    };
    house.settle();
    assert_eq!(since(&house), None);
    house.now += 1_000;
    house.cut(wall);
    let gone = house.now;
    for _ in 0..2 {
        house.now += 600_000;
        house.restart();
        assert_eq!(since(&house), Some(gone));
    }
    house.relink();
    house.settle();
    assert_eq!(since(&house), None);
    house.now += 60_000;
    house.restart();
    assert_eq!(since(&house), Some(house.now));
}

#[test]
fn http5_a_session_that_is_over_opens_no_socket_and_until_then_one_is_told_how_long() {
    let mut house = house();
    let life = SESSION_LIFE.as_millis() as u64;
    let device = house.device(Role::Parent).n;
    let since = house.core.conference().people[&id(Role::Parent)].devices[0].since;
    let (_, left) = house.core.connect(id(Role::Parent), device, since + life - 1).expect("a moment is left");
    assert_eq!(left, 1);
    assert!(house.core.connect(id(Role::Parent), device, since + life).is_none());
}
