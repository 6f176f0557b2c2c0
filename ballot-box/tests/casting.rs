//! What a box takes, and what it does not.

mod rounds;

use ballot_box::{Answer, BALLOT_BYTES, Issuer, Minimum, Round, Tally, device::Device};
use proptest::prelude::*;
use rounds::{Open, answers, name, pooled, says};

fn numbers(open: Open) -> Vec<u8> {
    match open.ballots.reveal(Minimum::default()).tally {
        Tally::Each { numbers, .. } => numbers,
        other => panic!("each is shown: {other:?}"),
    }
}

#[test]
fn seal6_a_ballot_replayed_ten_thousand_times_counts_once() {
    let mut open = Open::new(101, 0, 5);
    let bodies = open.cast_all(&answers(&[3, 4, 4, 6, 7]));
    for _ in 0..10_000 {
        open.ballots.cast(&bodies[2]);
    }
    assert_eq!(open.ballots.count(), 5);
    assert_eq!(numbers(open), [3, 4, 4, 6, 7]);
}

#[test]
fn seal6_the_highest_seq_counts_whatever_order_they_come_in() {
    let mut open = Open::new(102, 0, 5);
    open.cast_all(&answers(&[1, 1, 1, 1]));
    let token = open.token();
    for (seq, number) in [(1, 5), (7, 9), (3, 2), (0, 0), (7, 4)] {
        open.ballots.cast(&token.ballot(seq, says(number)));
    }
    assert_eq!(open.ballots.count(), 5);
    assert_eq!(numbers(open), [1, 1, 1, 1, 9], "the first of two that say the same seq stays");
}

#[test]
fn seal4_every_ballot_has_the_same_length_and_one_spelling() {
    let mut open = Open::new(103, 0, 1);
    let token = open.token();
    let number = token.ballot(0, says(10));
    let nothing = token.ballot(u32::MAX, Answer::NOTHING);
    assert_eq!((number.len(), nothing.len()), (BALLOT_BYTES, BALLOT_BYTES));
    assert_eq!(number, token.ballot(0, says(10)));
    let end = number.iter().rposition(|byte| *byte != 0).expect("it says something");
    assert!(end < 374, "{end}");
}

/// Ballots that are none, with what is wrong with them.
fn faulty(open: &mut Open) -> Vec<(&'static str, Vec<u8>)> {
    let good = open.token().ballot(0, says(3));
    let changed = |place: usize, byte: u8| {
        let mut body = good.to_vec();
        body[place] = byte;
        body
    };
    let foreign_round = {
        let round = Round::new(name(999), open.round.key().clone());
        let device = Device::new(round.clone(), &[9; 32]).expect("invertible");
        let signed = Issuer::new(pooled(0), 1).sign(&mut open.rng, device.blinded()).expect("a number");
        device.finalise(&signed).expect("signed").ballot(0, says(3))
    };
    let mut renamed = foreign_round;
    renamed[1..17].copy_from_slice(open.round.name().round());
    let foreign_key = {
        let round = Round::new(*open.round.name(), pooled(1).public().clone());
        let device = Device::new(round, &[8; 32]).expect("invertible");
        let signed = Issuer::new(pooled(1), 1).sign(&mut open.rng, device.blinded()).expect("a number");
        device.finalise(&signed).expect("signed").ballot(0, says(3))
    };
    vec![
        ("nothing", vec![]),
        ("undersize", good[..BALLOT_BYTES - 1].to_vec()),
        ("oversize", [&good[..], &[0]].concat()),
        ("much too large", vec![0; 1 << 20]),
        ("another version", changed(0, 2)),
        ("another round's name", changed(1, b'x')),
        ("another one-time key", changed(17, good[17] ^ 1)),
        ("another seq", changed(52, 1)),
        ("another value", changed(53, 4)),
        ("a value off the line", changed(53, 11)),
        ("a wrong signature", changed(54, good[54] ^ 1)),
        ("a wrong signature of the one-time key", changed(310, good[310] ^ 1)),
        ("words behind the end", changed(BALLOT_BYTES - 1, 1)),
        ("a ballot of another round", foreign_round.to_vec()),
        ("a ballot of another round under this round's name", renamed.to_vec()),
        ("a ballot signed with another key", foreign_key.to_vec()),
    ]
}

#[test]
fn seal5_whatever_is_wrong_the_outcome_is_the_same_and_nothing_changes() {
    let mut open = Open::new(104, 0, 6);
    open.cast_all(&answers(&[2, 3, 5, 8, 8]));
    let epoch = open.ballots.epoch();
    for (what, body) in faulty(&mut open) {
        // The outcome is `()`: there is nothing in which it could differ.
        let () = open.ballots.cast(&body);
        assert_eq!(open.ballots.count(), 5, "{what}");
    }
    assert_eq!(open.ballots.epoch(), epoch);
    assert_eq!(numbers(open), [2, 3, 5, 8, 8]);
}

#[test]
fn seal6_a_box_never_holds_more_than_are_entitled() {
    // Six messages were signed, as only an operator could; the box still takes five.
    let mut open = Open::new(105, 0, 5);
    let mut bodies = open.cast_all(&answers(&[1, 2, 3, 4, 5]));
    open.issuer.admit();
    let sixth = open.token().ballot(0, says(6));
    open.ballots.cast(&sixth);
    assert_eq!(open.ballots.count(), 5);
    open.ballots.cast(&bodies.remove(0));
    open.ballots.admit();
    open.ballots.cast(&sixth);
    assert_eq!(numbers(open), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn seal6_a_box_made_again_has_another_epoch_and_fills_by_casting_again() {
    let mut open = Open::new(106, 0, 5);
    let bodies = open.cast_all(&answers(&[0, 10, 5, 5, 1]));
    let before = open.ballots.epoch();
    open.ballots = ballot_box::BallotBox::new(&mut open.rng, open.round.clone(), 5);
    assert_ne!(open.ballots.epoch(), before);
    assert_eq!(open.ballots.count(), 0);
    for body in bodies.iter().rev().chain(&bodies) {
        open.ballots.cast(body);
    }
    assert_eq!(numbers(open), [0, 1, 5, 5, 10], "none lost, none twice");
}

#[test]
fn seal6_nothing_of_a_box_or_a_key_is_printed() {
    let mut open = Open::new(107, 0, 5);
    open.cast_all(&answers(&[7, 7, 7, 7, 7]));
    let device = open.device();
    let printed = format!("{:?} {:?} {device:?}", open.ballots, open.issuer.public());
    assert_eq!(printed, "BallotBox(…) PublicKey(…) Device(…)");
    assert!(format!("{:?}", open.issuer).starts_with("Issuer { key: RoundKey(…), entitled: 5"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any one bit changed, and any cut, makes a ballot none.
    #[test]
    fn seal4_no_changed_bit_is_taken(place in 0..BALLOT_BYTES, bit in 0..8u8) {
        let mut open = Open::new(108, 0, 1);
        let mut body = open.token().ballot(0, says(5));
        body[place] ^= 1 << bit;
        open.ballots.cast(&body);
        prop_assert_eq!(open.ballots.count(), 0);
    }

    #[test]
    fn seal4_no_bytes_made_up_are_taken(body in proptest::collection::vec(any::<u8>(), 0..2 * BALLOT_BYTES)) {
        let mut open = Open::new(109, 0, 1);
        open.ballots.cast(&body);
        prop_assert_eq!(open.ballots.count(), 0);
    }
}
