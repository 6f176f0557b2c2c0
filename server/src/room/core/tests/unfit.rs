//! SCAN15, SYNC6: edits that are not taken for their form close nothing, and are answered in their turn.

use super::{
    device::{Said, read},
    house::note,
    sync::{BOARD, two, write},
};
use crate::{document::replica::Replica, room::core::Inbound};
use protocol::{close::Close, people::Role};

#[test]
fn sync6_scan15_a_gap_is_asked_for_at_most_twice_then_nothing_more_is_taken_until_the_document_is_opened_again()
 {
    let mut house = two();
    let n = house.of(Role::SocialWorker);
    let broken = Replica::new(77);
    broken.write_note(note(1), "worried", "never sent");
    let (mut asked, mut statuses) = (0, Vec::new());
    for round in 0..4 {
        for place in 0..3 {
            let update = broken.type_in(note(1).as_str(), place, "x").unwrap();
            house.devices[n].send(BOARD, update);
            while house.up(n) {}
            house.sync();
            for frame in house.devices[n].down.drain(..).collect::<Vec<_>>() {
                match read(&frame).1 {
                    Said::Step1(_) => asked += 1,
                    Said::Status(saved) => statuses.push(saved),
                    _ => {}
                }
            }
        }
        assert!(asked <= round + 1, "asked again within two seconds");
        house.now += 2_000;
    }
    assert_eq!(asked, 2);
    assert_eq!(statuses, [false; 12], "each message has one answer");
    assert_eq!(house.devices[n].closed, None, "a stock client would come back with the same words");
    // It reads on, and its words are judged anew when it comes back with all of them.
    write(&mut house, Role::Chair, 2, "read on");
    house.settle();
    assert!(house.devices[n].has_seen("read on") && !house.is_stored("never sent"));
    house.cut(n);
    house.link(n);
    house.settle();
    house.devices[n].send(BOARD, broken.state());
    house.settle();
    assert!(house.is_stored("never sent"));
}

#[test]
fn sync6_scan15_a_step_2_that_leaves_a_gap_is_not_taken_and_nothing_more_is_asked() {
    for asked_before in [0, 1] {
        let mut house = two();
        let n = house.of(Role::SocialWorker);
        let broken = Replica::new(77);
        broken.write_note(note(1), "worried", "never sent");
        let behind = broken.type_in(note(1).as_str(), 0, "x").expect("the line is there");
        for _ in 0..asked_before {
            house.devices[n].send(BOARD, behind.clone());
        }
        house.devices[n].answer(BOARD, behind.clone());
        write(&mut house, Role::SocialWorker, 2, "typed after it");
        while house.up(n) {}
        house.sync();
        let said: Vec<Said> = house.devices[n].down.drain(..).map(|frame| read(&frame).1).collect();
        let asked = said.iter().filter(|said| matches!(said, Said::Step1(_))).count();
        let statuses: Vec<&Said> = said.iter().filter(|said| matches!(said, Said::Status(_))).collect();
        assert_eq!(asked, asked_before, "it has said all it has");
        assert_eq!(statuses, vec![&Said::Status(false); asked_before + 2], "each message has one answer");
        write(&mut house, Role::Chair, 3, "read on");
        house.deliver();
        house.sync();
        assert_eq!(house.devices[n].closed, None);
        let read_on = |frame: &Vec<u8>| frame.windows(7).any(|window| window == b"read on");
        assert!(house.devices[n].down.iter().any(read_on) && !house.is_stored("typed after it"));
    }
}

#[test]
fn sync6_what_waits_behind_a_gap_is_bounded() {
    let mut house = two();
    let n = house.of(Role::SocialWorker);
    let broken = Replica::new(77);
    broken.write_note(note(1), "worried", "never sent");
    let behind = broken.type_in(note(1).as_str(), 0, "x").expect("the line is there");
    for _ in 0..=256 {
        house.devices[n].send(BOARD, behind.clone());
        while house.up(n) {}
    }
    assert_eq!(house.devices[n].closed, Some(Close::Gap));
}

#[test]
fn scan15_what_the_scanner_refuses_is_answered_in_its_turn_and_the_socket_reads_on() {
    let mut house = two();
    let n = house.of(Role::SocialWorker);
    let document = house.name(BOARD);
    write(&mut house, Role::SocialWorker, 1, "taken");
    house.devices[n].up.push_back(Inbound::Refused { document });
    write(&mut house, Role::SocialWorker, 2, "typed after it");
    while house.up(n) {}
    house.sync();
    let statuses = house.devices[n].down.iter().filter_map(|frame| match read(frame).1 {
        Said::Status(saved) => Some(saved),
        _ => None,
    });
    assert_eq!(statuses.collect::<Vec<_>>(), [true, false, false]);
    house.devices[n].down.clear();
    write(&mut house, Role::Chair, 3, "read on");
    house.deliver();
    house.sync();
    assert_eq!(house.devices[n].closed, None);
    assert!(house.is_stored("taken") && !house.is_stored("typed after it"));
    let read_on = |frame: &Vec<u8>| frame.windows(7).any(|window| window == b"read on");
    assert!(house.devices[n].down.iter().any(read_on));
}
