//! Signing blind.

mod rounds;

use ballot_box::{Issuer, PublicKey, Refused, Round, RoundKey, device::Device};
use rounds::{Open, name, pooled, rng};
use std::sync::Mutex;

#[test]
fn seal2_a_thousand_requests_at_once_with_other_bytes_give_one_signature() {
    let mut open = Open::new(1, 0, 1);
    let asked: Vec<[u8; 256]> = (0..1_000).map(|_| *open.device().blinded()).collect();
    let issuer = Mutex::new(open.issuer);
    let answers = all_at_once(&issuer, &asked);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Refused::Spent))));
    assert_eq!(issuer.lock().expect("no panic").signed(), 1);
}

#[test]
fn seal2_a_thousand_requests_at_once_with_the_same_bytes_give_the_same_signature() {
    let mut open = Open::new(2, 0, 3);
    let device = open.device();
    let issuer = Mutex::new(open.issuer);
    let answers = all_at_once(&issuer, &vec![*device.blinded(); 1_000]);
    let first = answers[0].expect("signed");
    assert!(answers.iter().all(|answer| *answer == Ok(first)));
    assert_eq!(issuer.lock().expect("no panic").signed(), 1, "counted once");
    device.finalise(&first).expect("the signature of this device");
}

/// Eight threads ask for all of these.
fn all_at_once(issuer: &Mutex<Issuer>, asked: &[[u8; 256]]) -> Vec<Result<[u8; 256], Refused>> {
    std::thread::scope(|scope| {
        let ask = |(n, part): (usize, &[[u8; 256]])| {
            let mut rng = rng(n as u64);
            let sign = |blinded| issuer.lock().expect("no panic").sign(&mut rng, blinded);
            part.iter().map(sign).collect::<Vec<_>>()
        };
        let threads: Vec<_> =
            asked.chunks(asked.len() / 8).enumerate().map(|part| scope.spawn(move || ask(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    })
}

#[test]
fn seal2_a_key_signs_for_as_many_as_are_entitled_also_after_a_restart_and_a_late_joiner() {
    let mut open = Open::new(3, 0, 2);
    let devices: Vec<Device> = (0..5).map(|_| open.device()).collect();
    let mut signed = Vec::new();
    for device in &devices[..2] {
        open.issuer.sign(&mut open.rng, device.blinded()).expect("entitled");
        signed.push(ballot_box::blinded_hash(device.blinded()));
    }
    assert_eq!(open.issuer.sign(&mut open.rng, devices[2].blinded()), Err(Refused::Spent));
    let kept = open.issuer.to_pkcs8();
    let key = RoundKey::from_pkcs8(&kept).expect("what was kept");
    let mut after = Issuer::resume(key, 2, signed);
    assert_eq!(after.sign(&mut open.rng, devices[3].blinded()), Err(Refused::Spent));
    let again = after.sign(&mut open.rng, devices[0].blinded()).expect("the same bytes");
    devices[0].finalise(&again).expect("the same key");
    after.admit();
    after.sign(&mut open.rng, devices[3].blinded()).expect("one more is entitled");
    assert_eq!(after.sign(&mut open.rng, devices[4].blinded()), Err(Refused::Spent));
}

#[test]
fn seal2_bytes_that_are_no_number_below_the_modulus_cost_nothing() {
    let mut open = Open::new(4, 0, 1);
    assert_eq!(open.issuer.sign(&mut open.rng, &[0xff; 256]), Err(Refused::Unreadable));
    assert_eq!(open.issuer.signed(), 0);
    open.token();
}

#[test]
fn seal1_a_signature_fits_its_own_round_and_key_alone() {
    let mut open = Open::new(5, 0, 1);
    let device = open.device();
    let signed = open.issuer.sign(&mut open.rng, device.blinded()).expect("entitled");
    let token = device.finalise(&signed).expect("signed");
    let key = device.one_time_key();
    assert!(open.round.key().verifies(&open.round.message(&key), token.signature()));
    let other_name = Round::new(name(6), open.round.key().clone());
    assert!(!other_name.key().verifies(&other_name.message(&key), token.signature()));
    let other_key = Round::new(name(5), pooled(1).public().clone());
    assert!(!other_key.key().verifies(&open.round.message(&key), token.signature()));
    let other = Issuer::new(pooled(1), 1).sign(&mut open.rng, device.blinded()).expect("a number");
    assert!(device.finalise(&other).is_err(), "signed with another key");
}

#[test]
fn seal1_a_key_has_2048_bits_and_is_odd_and_other_bytes_are_none() {
    let n = *pooled(0).public().modulus();
    assert!(PublicKey::from_modulus(&n).is_ok());
    let mut short = n;
    short[0] &= 0x7f;
    assert!(PublicKey::from_modulus(&short).is_err());
    let mut even = n;
    even[255] &= 0xfe;
    assert!(PublicKey::from_modulus(&even).is_err());
    assert!(RoundKey::from_pkcs8(b"no key").is_err());
    let mut der = pooled(0).to_pkcs8();
    der[300] ^= 1;
    assert!(RoundKey::from_pkcs8(&der).is_err(), "a changed key is refused, not used");
}

#[test]
fn seal3_the_same_seed_gives_the_same_blinded_message_and_another_another() {
    let open = Open::new(7, 0, 1);
    let device = |seed: u8| Device::new(open.round.clone(), &[seed; 32]).expect("invertible");
    assert_eq!(device(1).blinded(), device(1).blinded());
    assert_eq!(device(1).one_time_key(), device(1).one_time_key());
    assert_ne!(device(1).blinded(), device(2).blinded());
    assert_ne!(device(1).one_time_key(), device(2).one_time_key());
    let next = Round::new(name(8), open.round.key().clone());
    let there = Device::new(next, &[1; 32]).expect("invertible");
    assert_ne!(there.one_time_key(), device(1).one_time_key(), "a seed used twice links no two rounds");
}

#[test]
fn seal10_four_words_change_with_key_conference_and_round() {
    let key = pooled(0).public().clone();
    let words = |name: &str, key| Round::new(name.parse().expect("a name"), key).words();
    let ours = words("c0nference000001/0000000000000001", key.clone());
    assert_eq!(ours, words("c0nference000001/0000000000000001", key.clone()));
    assert_ne!(ours, words("c0nference000001/0000000000000002", key.clone()));
    assert_ne!(ours, words("c0nference000002/0000000000000001", key));
    assert_ne!(ours, words("c0nference000001/0000000000000001", pooled(1).public().clone()));
    assert!(ours.iter().all(|word| ballot_box::WORDS.contains(word)));
}

#[test]
fn seal10_words_are_plain_and_differ_in_three_letters() {
    let words = ballot_box::WORDS;
    assert!(words.is_sorted() && words.iter().all(|word| word.bytes().all(|c| c.is_ascii_lowercase())));
    for (n, a) in words.iter().enumerate() {
        for b in &words[n + 1..] {
            assert!(distance(a, b) >= 3, "{a} and {b} may be mistaken for each other");
        }
    }
}

/// Letters to change, add or leave out.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let cost = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = cost.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[test]
fn seal1_a_round_is_named_by_twice_sixteen_characters() {
    for wrong in [
        "",
        "a/b",
        "c0nference000001",
        "c0nference000001/000000000000001",
        "c0nference00000ö/0000000000000001",
    ] {
        assert!(wrong.parse::<ballot_box::RoundName>().is_err(), "{wrong}");
    }
}
