//! What the disk holds of a round, and what a restart makes of it.

use super::*;
use crate::{
    document::replica::Replica,
    room::{
        core::tests::device::{self, contains},
        log::{self, Entry},
    },
    store::Kept,
};
use protocol::document::DocumentName;

/// What a round leaves in which the same people do the same at the same times, and write these numbers.
#[derive(PartialEq)]
struct World {
    /// All that is on the disk when the round is closed.
    before: Vec<String>,
    /// All that has come to each device by then.
    came: Vec<Vec<String>>,
    /// All that is on the disk when the numbers are shown.
    after: Vec<String>,
}

/// Every byte that is kept, but for the order in which yrs writes the keys of a plain map: that is drawn by each process.
/// So an update is looked at as its length and the values it leads to.
fn bytes_of(kept: &[Kept]) -> Vec<String> {
    let mut all = Vec::new();
    for kept in kept {
        all.push(format!("{} {:?}", kept.document, kept.snapshot));
        let name: Result<DocumentName, _> = format!("{}/{}", conference_id(), kept.document).parse();
        if name.is_err() {
            all.extend(kept.rows.iter().map(|row| format!("{row:?}")));
            continue;
        }
        let replica = Replica::new(1);
        for row in &kept.rows {
            for Entry { seq, author, binds, refuses, update } in
                log::read::<Vec<Entry>>(&row.bytes).expect("it reads")
            {
                replica.apply(&update).expect("an update");
                let (bytes, values) = (update.len(), json!(replica.values()));
                all.push(format!(
                    "{} {} {seq} {author:?} {binds:?} {refuses:?} {bytes} {values}",
                    row.from, row.to
                ));
            }
        }
    }
    all
}

/// A frame, in the same way.
fn bytes_of_frame(frame: &[u8]) -> String {
    let (name, said) = device::read(frame);
    match said.words() {
        Some(_) => format!("{name} {}", frame.len()),
        None => format!("{name} {said:?}"),
    }
}

fn world(numbers: [u8; 6]) -> World {
    let mut house = house();
    house.opens(1);
    let mut secrets = Vec::new();
    for (place, number) in numbers.into_iter().enumerate() {
        let token = house.token(SCALING[place], 1, place as u8 + 1);
        let ballot = token.ballot(0, says(Some(number)));
        house.casts(&ballot, 1);
        house.later(Timing::REAL.count);
        // One-time key, signature, and the one-time key's own.
        secrets.extend([&ballot[17..49], &ballot[54..310], &ballot[310..374]].map(<[u8]>::to_vec));
    }
    house.closes(1);
    let before = house.kept();
    let came =
        house.devices.iter().map(|device| device.seen.iter().map(|frame| bytes_of_frame(frame)).collect());
    let came = came.collect();
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    let after = house.kept();
    for kept in before.iter().chain(&after) {
        let rows = kept.rows.iter().map(|row| &row.bytes);
        for bytes in rows.chain(kept.snapshot.iter().map(|(_, state)| state)) {
            for secret in &secrets {
                assert!(
                    !bytes.windows(secret.len()).any(|window| window == secret),
                    "a part of a note is kept"
                );
                assert!(!contains(bytes, &hex::encode(secret)), "a part of a note is kept");
            }
        }
    }
    World { before: bytes_of(&before), came, after: bytes_of(&after) }
}

#[test]
fn seal13_with_the_numbers_permuted_among_the_people_the_disk_and_the_lines_hold_the_same() {
    let as_it_is = world([5, 3, 9, 3, 4, 7]);
    let permuted = world([7, 9, 3, 4, 5, 3]);
    assert!(
        as_it_is.before == permuted.before && as_it_is.came == permuted.came,
        "a number is known too early"
    );
    assert!(as_it_is.after == permuted.after, "the disk knows more than the sorted numbers");
    // Other numbers are told apart, and not before they are shown.
    let other = world([5, 3, 9, 3, 4, 8]);
    assert!(as_it_is.before == other.before && as_it_is.came == other.came, "a number is known too early");
    assert!(as_it_is.after != other.after, "the numbers are not kept");
}

#[test]
fn seal2_one_signature_for_each_person_the_same_bytes_the_same_answer_and_nothing_is_remembered() {
    let mut house = house();
    house.opens(1);
    let first = house.ask_note(Role::Police, 1, 1);
    assert!(matches!(first, Outcome::Signed { .. }), "{first:?}");
    let remembered = house.core.conference().answered.clone();
    for _ in 0..20 {
        assert_eq!(house.ask_note(Role::Police, 1, 1), first);
    }
    let Outcome::Refused { code, why } = house.ask_note(Role::Police, 1, 2) else { panic!("a second note") };
    assert_eq!((code, why.as_str()), (Refusal::Already, "Your note is open on your other device."));
    assert_eq!(house.core.conference().answered, remembered, "an answer was remembered");
    house.restart();
    house.relink();
    house.settle();
    assert_eq!(house.ask_note(Role::Police, 1, 1), first, "a restart goes on giving notes out");
    assert!(matches!(house.ask_note(Role::Police, 1, 2), Outcome::Refused { code: Refusal::Already, .. }));
    let Outcome::Signed { signed } = first else { unreachable!() };
    assert!(!house.is_stored(&signed), "an answer is on the disk");
    assert!(!house.told(Role::Police).iter().any(|told| matches!(told, Told::Bundle { .. })));
}

#[test]
fn seal2_sync1_a_signature_is_given_out_when_it_is_on_the_disk_that_it_was() {
    let mut house = house();
    house.opens(1);
    let blinded = hex::encode(house.device_of(Role::Police, 1, 1).blinded());
    let ask: AskId =
        house.ask_new(Role::Police, Command::AskNote { round: round(1), blinded: blinded.clone() });
    let again = house.ask_new(Role::Police, Command::AskNote { round: round(1), blinded });
    assert!(!house.answers.contains_key(&ask) && !house.answers.contains_key(&again));
    house.sync();
    assert_eq!(house.answers[&ask], house.answers[&again]);
}

#[test]
fn seal6_seal14_a_restart_in_an_open_round_goes_on_in_a_box_of_another_name_and_devices_hand_in_again() {
    let mut house = house();
    house.opens(1);
    let token = house.token(Role::Police, 1, 3);
    house.casts(&token.ballot(0, says(Some(8))), 1);
    house.later(Timing::REAL.count);
    let (before, notes) = house.counted(Role::Wall);
    assert_eq!(notes, 1);
    house.restart();
    house.relink();
    house.settle();
    assert_eq!(house.state(1), RoundState::Open);
    house.later(Timing::REAL.count);
    let (after, notes) = house.counted(Role::Wall);
    assert_eq!(notes, 0);
    assert_ne!(before, after, "no device would hand in again");
    house.casts(&token.ballot(0, says(Some(8))), 1);
    let other = house.token(Role::School, 1, 6);
    house.casts(&other.ballot(0, says(Some(2))), 1);
    house.later(Timing::REAL.count);
    assert_eq!(house.counted(Role::Wall), (after, 2));
}

#[test]
fn seal6_a_restart_between_closing_and_the_reveal_loses_no_note_whose_device_is_here() {
    let mut house = house();
    house.opens(1);
    let tokens: Vec<_> = (0..6).map(|n| house.token(SCALING[n], 1, n as u8 + 1)).collect();
    house.closes(1);
    for _ in 0..2 {
        house.restart();
        house.relink();
        house.settle();
        assert_eq!(house.state(1), RoundState::Closing, "notes can be handed in again");
        let outcome = house.ask_note(Role::Police, 1, 3);
        assert!(
            matches!(outcome, Outcome::Refused { code: Refusal::NotNow, .. }),
            "the key is gone: {outcome:?}"
        );
        assert_eq!(house.refused(Role::Chair, Command::RevealRound { round: round(1) }), Refusal::NotNow);
    }
    for (n, token) in tokens.iter().enumerate() {
        house.casts(&token.ballot(0, says(Some(n as u8))), 1);
    }
    house.later(Timing::REAL.back);
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    let revealed = house.core.conference().rounds.all[&round(1)].revealed.clone().expect("revealed");
    assert_eq!(revealed.notes, 6);
}

#[test]
fn seal14_the_key_and_who_was_given_a_note_are_on_the_disk_until_closing_and_not_after() {
    let stored = |house: &House| house.kept().iter().any(|kept| kept.document.starts_with("round."));
    let mut house = house();
    house.done(Role::Chair, open(1));
    assert!(!stored(&house));
    house.make_keys();
    house.token(Role::Police, 1, 3);
    assert!(stored(&house));
    house.closes(1);
    assert!(!stored(&house));
    house.done(Role::Chair, Command::VoidRound { round: round(1) });
    house.opens(2);
    assert!(stored(&house));
    house.done(Role::CoChair, Command::VoidRound { round: round(2) });
    assert!(!stored(&house));
    house.opens(3);
    house.done(Role::Chair, Command::Close);
    assert!(!stored(&house));
    assert_eq!(house.state(3), RoundState::Void);
}

#[test]
fn seal14_a_round_whose_key_was_not_kept_is_void() {
    let mut house = house();
    house.done(Role::Chair, open(1));
    house.restart();
    assert_eq!(house.state(1), RoundState::Void, "its key was never made");
    house.relink();
    house.settle();
    assert_eq!(house.shown(Role::Wall, 1)["state"], "void");
    house.opens(2);
    let lost = format!("round.{}", round(2));
    let damaged = |document: &str| {
        let document = document.to_owned();
        (document == lost).then_some(Err(crate::store::StoreError::Damaged { document }))
    };
    house.restart_with(damaged);
    assert_eq!(house.state(2), RoundState::Void);
    house.relink();
    house.settle();
    house.opens(3);
}
