//! Rust and the browser agree byte for byte (`protocol/vectors/sealed.json`). Half of the file was made here and half by
//! `web/src/scale/vectors.test.ts`; both read both. `WRITE_VECTORS=1` writes this side's half anew.

mod rounds;

use ballot_box::{
    Answer, BallotBox, Issuer, Minimum, Round, RoundKey, RoundName, Tally, WORDS,
    device::{Device, check},
};
use serde::{Deserialize, Serialize};
use std::path::Path;

#[derive(Serialize, Deserialize)]
struct File {
    about: String,
    words: Vec<String>,
    rust: Vector,
    browser: Option<Vector>,
}

/// A whole round; bytes as hex.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    conference: String,
    round: String,
    /// The secret key as PKCS#8: of a test, and of nothing else.
    pkcs8: String,
    modulus: String,
    binding: String,
    code: Vec<String>,
    entitled: usize,
    devices: Vec<Cast>,
    numbers: Vec<u8>,
    middle_doubled: u8,
    without_number: usize,
    bundle: Vec<Shown>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Cast {
    seed: String,
    one_time_key: String,
    message: String,
    blinded: String,
    signed: String,
    signature: String,
    seq: u32,
    answer: Option<u8>,
    ballot: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Shown {
    answer: Option<u8>,
    one_time_key: String,
    signature: String,
}

/// What is said, in the order in which it is cast.
const SAID: [Option<u8>; 8] = [Some(6), None, Some(3), Some(10), Some(0), Some(6), Some(4), Some(7)];

/// Plays a round from what was chosen for it: names, key, seeds and answers.
fn play(conference: &str, round: &str, pkcs8: &[u8], chosen: &[(String, u32, Option<u8>)]) -> Vector {
    let name: RoundName = format!("{conference}/{round}").parse().expect("a name");
    let key = RoundKey::from_pkcs8(pkcs8).expect("a key");
    let of = Round::new(name, key.public().clone());
    let mut rng = rounds::rng(1);
    let entitled = chosen.len() + 1;
    let mut issuer = Issuer::new(key, entitled);
    let mut ballots = BallotBox::new(&mut rng, of.clone(), entitled);
    let mut devices = Vec::new();
    for (seed, seq, answer) in chosen {
        let bytes: [u8; 32] = hex::decode(seed).expect("hex").try_into().expect("32 bytes");
        let device = Device::new(of.clone(), &bytes).expect("invertible");
        let signed = issuer.sign(&mut rng, device.blinded()).expect("entitled");
        let token = device.finalise(&signed).expect("signed");
        let said = answer.map_or(Answer::NOTHING, rounds::says);
        let ballot = token.ballot(*seq, said);
        ballots.cast(&ballot);
        devices.push(Cast {
            seed: seed.clone(),
            one_time_key: hex::encode(device.one_time_key()),
            message: hex::encode(of.message(&device.one_time_key())),
            blinded: hex::encode(device.blinded()),
            signed: hex::encode(signed),
            signature: hex::encode(token.signature()),
            seq: *seq,
            answer: *answer,
            ballot: hex::encode(ballot),
        });
    }
    assert_eq!(ballots.count(), chosen.len(), "each ballot was taken");
    let reveal = ballots.reveal(Minimum::default());
    let Tally::Each { numbers, middle_doubled } = reveal.tally else { panic!("more than five") };
    assert_eq!(check(&of, entitled, &numbers, &reveal.bundle), Ok(()));
    let shown = |shown: &ballot_box::Shown| Shown {
        answer: shown.answer.and_then(Answer::number),
        one_time_key: hex::encode(shown.one_time_key),
        signature: hex::encode(shown.signature),
    };
    Vector {
        conference: conference.to_owned(),
        round: round.to_owned(),
        pkcs8: hex::encode(pkcs8),
        modulus: hex::encode(of.key().modulus()),
        binding: hex::encode(of.binding()),
        code: of.words().map(str::to_owned).into(),
        entitled,
        devices,
        numbers,
        middle_doubled,
        without_number: reveal.without_number,
        bundle: reveal.bundle.iter().map(shown).collect(),
    }
}

fn replay(vector: &Vector) -> Vector {
    let chosen: Vec<_> =
        vector.devices.iter().map(|cast| (cast.seed.clone(), cast.seq, cast.answer)).collect();
    let pkcs8 = hex::decode(&vector.pkcs8).expect("hex");
    play(&vector.conference, &vector.round, &pkcs8, &chosen)
}

#[test]
fn seal1_seal3_seal4_seal10_rust_and_browser_agree() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/vectors/sealed.json");
    let read = || -> Option<File> { serde_json::from_str(&std::fs::read_to_string(&path).ok()?).ok() };
    if std::env::var_os("WRITE_VECTORS").is_some() {
        let chosen: Vec<_> = SAID
            .iter()
            .enumerate()
            .map(|(n, said)| (hex::encode([n as u8 + 1; 32]), n as u32 % 3, *said))
            .collect();
        let key = rounds::pooled(7).to_pkcs8();
        let file = File {
            about: "Sealed notes: two whole rounds, one made by ballot-box and one by web/src/scale. Hex."
                .to_owned(),
            words: WORDS.map(str::to_owned).into(),
            rust: play("c0nference0ru5t1", "r0und0000000ru5t", &key, &chosen),
            browser: read().and_then(|file| file.browser),
        };
        let text = serde_json::to_string_pretty(&file).expect("plain values") + "\n";
        std::fs::write(&path, text).expect("a file of ours");
    }
    let file = read().expect("protocol/vectors/sealed.json");
    assert_eq!(file.words, WORDS);
    let browser = file.browser.expect("the browser's half");
    for vector in [&file.rust, &browser] {
        assert_eq!(&replay(vector), vector);
    }
}
