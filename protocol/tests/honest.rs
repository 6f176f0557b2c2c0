//! Sessions of stock yjs: nothing honest is refused, and what is touched is what yjs says.

mod vectors;

use protocol::known::{Judgement, Known};
use protocol::scan::{Holds, Span, read_letters, scan_state_vector, scan_stored, scan_update};
use std::collections::BTreeSet;
use vectors::{honest, spans};
use yrs::updates::decoder::Decode;
use yrs::{Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update};

/// A document as the server holds it.
fn document() -> Doc {
    Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..Options::default() })
}

/// Applies an update and says what it deleted.
fn apply(doc: &Doc, update: &[u8]) -> Vec<Span> {
    let mut txn = doc.transact_mut();
    txn.apply_update(Update::decode_v1(update).expect("decodes")).expect("applies");
    let mut deleted = Vec::new();
    for (client, ranges) in txn.delete_set().iter() {
        for range in ranges.iter() {
            deleted.push(Span { client: client.get(), start: range.start, end: range.end });
        }
    }
    deleted
}

#[test]
fn scan1_what_an_update_touches_is_what_yjs_says() {
    for session in honest() {
        for (n, step) in session.steps.iter().enumerate() {
            let label = format!("{} step {n} ({})", session.name, step.kind);
            let touched = scan_update(&step.bytes(), session.roots())
                .unwrap_or_else(|error| panic!("{label}: {error}"));
            assert_eq!(spans(&touched.blocks), step.blocks, "{label}");
            assert_eq!(spans(&touched.deletes), step.deletes, "{label}");
        }
        scan_state_vector(&session.vector()).unwrap_or_else(|error| panic!("{}: {error}", session.name));
    }
}

#[test]
fn sync15_the_letters_of_an_update_are_those_of_its_words_each_at_its_clock() {
    let mut all = 0;
    for step in honest().into_iter().flat_map(|session| session.steps) {
        let touched = scan_stored(&step.bytes()).expect("honest");
        let letters = read_letters(&step.bytes(), |_, _| true).expect("it was scanned");
        let words = touched.placed.iter().filter(|block| block.holds == Holds::Words);
        let clocks: BTreeSet<(u64, u32)> = words
            .flat_map(|block| (block.span.start..block.span.end).map(|clock| (block.span.client, clock)))
            .collect();
        let halves = touched.halves.iter().copied();
        assert_eq!(letters.keys().copied().chain(halves).collect::<BTreeSet<_>>(), clocks);
        assert_eq!(letters.values().map(|letter| letter.len_utf16()).sum::<usize>(), clocks.len());
        let even = |_, clock| clock % 2 == 0;
        let some = letters.iter().filter(|((client, clock), _)| even(*client, *clock));
        let some = some.map(|(id, letter)| (*id, *letter)).collect();
        assert_eq!(read_letters(&step.bytes(), even), Ok(some), "only those that are wanted");
        all += letters.len();
    }
    assert!(all > 100, "{all} letters");
}

/// Judges and absorbs a session step by step. `restart` rebuilds everything from the stored state before each step.
/// Sessions in which a stock client parts the halves of an emoji (SPEC SCAN13).
const PARTED: [&str; 1] = ["an editor that parts the halves of an emoji"];

fn run(restart: bool) {
    let mut parted = Vec::new();
    'sessions: for session in honest() {
        let mut doc = document();
        let mut known = Known::default();
        for (n, step) in session.steps.iter().enumerate() {
            let label = format!("{} step {n} ({})", session.name, step.kind);
            if restart {
                let state = doc.transact().encode_state_as_update_v1(&StateVector::default());
                doc = document();
                apply(&doc, &state);
                known = Known::default();
                known.absorb(&scan_stored(&state).expect("our own state"));
            }
            let touched = scan_update(&step.bytes(), session.roots()).expect("honest");
            match known.judge(&touched) {
                Judgement::Nothing => assert!(!step.news, "{label}: there was news"),
                Judgement::News { .. } => {
                    assert!(step.news, "{label}: there was no news");
                    let deleted = apply(&doc, &step.bytes());
                    known.absorb(&touched);
                    known.absorb_deleted(deleted);
                }
                // Its editor draws places at random, between the halves of an emoji too.
                Judgement::Halved => {
                    parted.push(session.name);
                    continue 'sessions;
                }
                other => panic!("{label}: {other:?}"),
            }
            assert_eq!(known.judge(&touched), Judgement::Nothing, "{label}: twice");
        }
        for &(client, clock) in &session.clocks {
            assert_eq!(known.clock(client), clock, "{}", session.name);
        }
        let whole = scan_stored(&session.state()).expect("a state of yjs");
        assert_eq!(known.judge(&whole), Judgement::Nothing, "{}: the state of yjs", session.name);
    }
    assert_eq!(parted, PARTED);
}

#[test]
fn sync4_only_news_is_news_and_honest_news_is_taken() {
    run(false);
}

#[test]
fn sync4_the_same_after_every_step_is_read_back_from_the_store() {
    run(true);
}

#[test]
fn sync6_an_update_before_the_one_it_builds_on_is_a_gap() {
    let mut gaps = 0;
    for session in honest() {
        let mut known = Known::default();
        for pair in session.steps.windows(2) {
            let (now, next) = (&pair[0], &pair[1]);
            let next = scan_update(&next.bytes(), session.roots()).expect("honest");
            let now = scan_update(&now.bytes(), session.roots()).expect("honest");
            let continues = next.blocks.iter().any(|new| {
                now.blocks.iter().any(|old| {
                    old.client == new.client && old.end == new.start && old.start >= known.clock(old.client)
                })
            });
            if continues {
                assert_eq!(known.judge(&next), Judgement::Gap, "{}", session.name);
                gaps += 1;
            }
            if matches!(known.judge(&now), Judgement::News { .. }) {
                known.absorb(&now);
            }
        }
    }
    assert!(gaps > 100, "{gaps}");
}
