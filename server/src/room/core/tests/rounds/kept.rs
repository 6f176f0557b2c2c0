//! What the disk holds of a round, and what a restart makes of it.

use super::*;
use crate::{room::core::reads, store::Write};

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
    for mut kept in house.kept().into_iter().filter(|kept| kept.document.starts_with("round.")) {
        assert!(reads(&kept));
        kept.rows.last_mut().expect("whose note was signed").bytes.pop();
        assert!(!reads(&kept), "STO11: verify reads it");
        kept.rows.clear();
        kept.snapshot.as_mut().expect("a key").1.pop();
        assert!(!reads(&kept), "STO11: verify reads it");
    }
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

#[test]
fn seal14_what_holds_the_key_on_its_way_to_the_disk_is_wiped_from_memory() {
    fn wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
    let mut house = house();
    house.done(Role::Chair, open(1));
    for round in std::mem::take(&mut house.keys) {
        house.core.key_made(round, key());
    }
    let batch = house.core.take_batch().expect("the key is to be kept");
    let held = batch.writes.iter().find_map(|write| match write {
        Write::Snapshot { document, state, .. } if document.starts_with("round.") => Some(state),
        _ => None,
    });
    let held = held.expect("the key is in it");
    wiped(held);
    assert!(RoundKey::from_pkcs8(held).is_ok());
}
