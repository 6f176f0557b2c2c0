//! What no working client sends.

mod vectors;

use protocol::frame::read_client_frame;
use protocol::scan::{scan_awareness, scan_state_vector, scan_stored, scan_update};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use vectors::{Hostile, answer, hostile};

fn answered(vector: &Hostile, bytes: &[u8]) -> &'static str {
    match vector.kind.as_str() {
        "frame" => read_client_frame(bytes).map_or("FRAME1", |_| "frame"),
        "state vector" => scan_state_vector(bytes).map_or_else(|error| error.rule(), |_| "state vector"),
        "awareness" => scan_awareness(bytes).map_or_else(|error| error.rule(), |_| "awareness"),
        "update" => match scan_update(bytes, vector.roots()) {
            Err(error) => error.rule(),
            Ok(touched) => answer(&vector.known(), &touched),
        },
        other => panic!("{other}"),
    }
}

#[test]
fn scan1_to_scan13_every_hostile_vector_gets_its_answer() {
    let mut wrong = Vec::new();
    for vector in hostile() {
        let answer = answered(&vector, &vector.bytes());
        if answer != vector.answer {
            wrong.push(format!("{} – {} instead of {}", vector.label(), answer, vector.answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn scan1_every_rule_and_every_finding_has_a_vector() {
    let answers: BTreeSet<String> = hostile().into_iter().map(|vector| vector.answer).collect();
    let rules = (1..=8).map(|n| format!("SCAN{n}"));
    for rule in rules
        .chain(["PRES2", "FRAME1", "gap", "nothing", "too deep", "misplaced", "halved"].map(String::from))
    {
        assert!(answers.contains(&rule), "{rule}");
    }
    let sources: BTreeSet<String> = hostile().into_iter().map(|vector| vector.from).collect();
    for n in 1..=15 {
        assert!(sources.contains(&format!("F{n}")), "F{n}");
    }
}

#[test]
fn scan1_no_hostile_vector_takes_long() {
    for vector in hostile() {
        let bytes = vector.bytes();
        // The fastest of three: other work on this machine is not the scanner's.
        let fastest = (0..3).map(|_| {
            let begun = Instant::now();
            answered(&vector, &bytes);
            begun.elapsed()
        });
        let fastest = fastest.min().expect("three");
        assert!(fastest < Duration::from_millis(100), "{} took {fastest:?}", vector.label());
    }
}

#[test]
fn scan2_the_largest_honest_looking_update_is_scanned_in_time() {
    // 256 clients wait for each other in the worst order: each block builds on the next client's block before it.
    fn number(number: u64) -> Vec<u8> {
        let mut writer = protocol::lib0::Writer::default();
        writer.number(number);
        writer.finish()
    }
    let (clients, blocks) = (256, 78);
    let mut update = number(clients);
    for client in 0..clients {
        update.extend([number(blocks), number(client), number(0)].concat());
        for clock in 0..blocks {
            let last = client + 1 == clients;
            if last && clock == 0 {
                update.extend([4, 1, 1, b'a']);
            } else {
                let (origin, at) = if last { (0, clock - 1) } else { (client + 1, clock) };
                update.push(0x84);
                update.extend([number(origin), number(at)].concat());
            }
            update.extend([1, b'x']);
        }
    }
    update.push(0);
    // The fastest of three: other work on this machine is not the scanner's.
    let fastest = (0..3).map(|_| {
        let begun = Instant::now();
        let touched = scan_update(&update, protocol::scan::Roots::Any).expect("legal");
        let known = protocol::known::Known::default();
        assert_eq!(answer(&known, &touched), "news");
        assert_eq!(touched.placed.len() as u64, clients * blocks);
        begun.elapsed()
    });
    let fastest = fastest.min().expect("three");
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
}

#[test]
fn scan2_a_stored_document_may_hold_more_than_one_update() {
    let many = hostile().into_iter().filter(|vector| vector.kind == "update" && vector.answer == "SCAN2");
    let stored: Vec<bool> = many.map(|vector| scan_stored(&vector.bytes()).is_ok()).collect();
    assert!(stored.iter().filter(|taken| **taken).count() >= 4, "{stored:?}");
}
