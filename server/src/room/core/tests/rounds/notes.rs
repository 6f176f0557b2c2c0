//! Notes on their way from devices to the numbers on the wall.

use super::*;
use crate::room::log::{self, Entry};
use protocol::scan::{Holds, scan_stored};

#[test]
fn f93_f94_f103_a_round_goes_from_the_question_to_sorted_numbers_that_every_device_can_check() {
    let mut house = house();
    house.opens(1);
    let shown = house.shown(Role::Wall, 1);
    assert_eq!(shown["question"], "Where would you rate things for Kacper on a scale of 0 to 10?");
    assert_eq!((&shown["entitled"], &shown["state"]), (&json!(6), &json!("open")));
    assert_eq!(shown["timing"], json!({ "jitter": 20_000, "drain": 25_000, "count": 5_000, "back": 25_000 }));
    for (place, role) in SCALING.into_iter().enumerate() {
        let token = house.token(role, 1, place as u8 + 1);
        house.casts(&token.ballot(0, says(Some([5, 3, 9, 3, 4, 7][place]))), 1);
    }
    house.later(Timing::REAL.count);
    assert_eq!(house.counted(Role::Parent).1, 6);
    for role in [Role::Chair, Role::Wall, Role::School] {
        let shown = house.shown(role, 1);
        assert!(shown["revealed"].is_null(), "a number before the reveal: {shown}");
    }
    house.closes(1);
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    let shown = house.shown(Role::Wall, 1);
    let numbers = json!({ "is": "each", "numbers": [3, 3, 4, 5, 7, 9], "middle_doubled": 9 });
    assert_eq!(shown["revealed"]["numbers"], numbers);
    let round_of = house.device_of(Role::School, 1, 6);
    let bundle = house.told(Role::School).into_iter().find_map(|told| match told {
        Told::Bundle { notes, .. } => Some(notes),
        Told::Count { .. } | Told::Disk { .. } => None,
    });
    let bundle: Vec<ballot_box::Shown> = bundle
        .expect("all notes")
        .iter()
        .map(|note| ballot_box::Shown {
            answer: note.answer.map(|answer| Answer::try_from(answer).expect("an answer")),
            one_time_key: hex::decode(&note.key).expect("hex").try_into().expect("32 bytes"),
            signature: hex::decode(&note.signature).expect("hex").try_into().expect("256 bytes"),
        })
        .collect();
    let mut modulus = [0; 256];
    hex::decode_to_slice(shown["key"].as_str().expect("a key"), &mut modulus).expect("hex");
    let name = format!("{}/{}", conference_id(), round(1)).parse().expect("a name");
    let of = Round::new(name, PublicKey::from_modulus(&modulus).expect("a key"));
    assert_eq!(device::check(&of, 6, &[3, 3, 4, 5, 7, 9], &bundle), Ok(()));
    let own = bundle.iter().find(|note| note.one_time_key == round_of.one_time_key()).expect("the own note");
    assert_eq!(own.answer.and_then(Answer::number), Some(7));
    house.restart();
    house.relink();
    house.settle();
    assert_eq!(house.shown(Role::Wall, 1)["revealed"]["numbers"], numbers, "kept with the record");
}

#[test]
fn seal7_seal8_what_is_told_follows_the_number_of_notes_with_a_number() {
    let none = None;
    let cases = [
        (vec![Some(1), Some(2), Some(3), none, none, none], Numbers::TooFew, 3),
        (
            vec![Some(1), Some(4), Some(5), Some(9), none, none],
            Numbers::Bands { counts: [1, 2, 1], middle: [Third::Middle, Third::Middle] },
            2,
        ),
        (
            vec![Some(1), Some(4), Some(5), Some(9), Some(9)],
            Numbers::Each { numbers: vec![1, 4, 5, 9, 9], middle_doubled: 10 },
            0,
        ),
    ];
    for (numbers, told, without) in cases {
        let mut house = house();
        house.plays(1, &numbers);
        let revealed = house.core.conference().rounds.all[&round(1)].revealed.clone().expect("revealed");
        assert_eq!((revealed.numbers, revealed.without_number), (told, without));
        assert_eq!(revealed.notes as usize, numbers.len());
        assert_eq!(house.shown(Role::Wall, 1)["entitled"], 6, "one did not take part");
    }
}

#[test]
fn seal7_the_numbers_come_into_the_document_in_one_change_of_the_servers() {
    let mut house = house();
    house.opens(1);
    for (place, role) in SCALING.into_iter().enumerate() {
        let token = house.token(role, 1, place as u8 + 1);
        house.casts(&token.ballot(0, says(Some([5, 3, 9, 3, 4, 7][place]))), 1);
    }
    house.closes(1);
    let changes = |house: &House| {
        let kept = house.kept().into_iter().find(|kept| kept.document == "proceedings.all");
        let rows = kept.expect("it is kept").rows;
        rows.iter().flat_map(|row| log::read_row::<Entry>(&row.bytes).expect("it reads")).collect::<Vec<_>>()
    };
    let before = changes(&house);
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    let after = changes(&house);
    let [reveal] = &after[before.len()..] else { panic!("{} changes", after.len() - before.len()) };
    assert_eq!((reveal.author, &reveal.binds), (None, &Vec::new()));
    let touched = scan_stored(&reveal.update).expect("it reads");
    assert_eq!(touched.blocks.len(), 1, "one client wrote it, the server");
    let values = touched.placed.iter().filter(|block| block.holds == Holds::Values);
    // The round, and the number of the change.
    assert_eq!((touched.placed.len(), values.count()), (2, 2), "a number has a place of its own");
}

#[test]
fn seal9_the_count_is_told_on_a_tick_with_the_epoch_and_never_when_a_note_comes() {
    let mut house = house();
    house.opens(1);
    let tokens = [1, 2].map(|n: u8| house.token(SCALING[usize::from(n)], 1, n));
    house.later(Timing::REAL.count);
    let (epoch, notes) = house.counted(Role::Wall);
    assert_eq!((epoch.len(), notes), (32, 0));
    let told = house.told(Role::Wall).len();
    for token in &tokens {
        house.casts(&token.ballot(0, says(Some(3))), 1);
        house.casts(&token.ballot(1, says(Some(4))), 1);
        house.settle();
    }
    house.later(Timing::REAL.count - 1);
    assert_eq!(house.told(Role::Wall).len(), told, "told before its time");
    house.later(1);
    assert_eq!(house.counted(Role::Wall), (epoch, 2));
    assert_eq!(house.told(Role::Wall).len(), told + 1);
    assert!(!house.is_stored("\"epoch\""), "a count is on the disk");
}

#[test]
fn p6_what_is_told_of_a_round_does_not_reach_a_paused_screen() {
    let mut house = house();
    house.opens(1);
    house.closes(1);
    house.done(Role::Chair, Command::Pause);
    let told = house.told(Role::Wall).len();
    house.later(Timing::REAL.count);
    assert_eq!(house.told(Role::Wall).len(), told);
    assert_eq!(house.refused(Role::Chair, Command::RevealRound { round: round(1) }), Refusal::NotNow);
    house.done(Role::Chair, Command::Resume);
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    assert!(house.told(Role::Wall).iter().any(|told| matches!(told, Told::Bundle { .. })));
}

#[test]
fn seal5_what_comes_when_nothing_is_taken_changes_nothing() {
    let mut house = house();
    house.opens(1);
    let token = house.token(Role::Police, 1, 3);
    house.casts(&token.ballot(0, says(Some(8))), 2);
    house.casts(&[7; BALLOT_BYTES], 1);
    house.closes(1);
    house.casts(&token.ballot(0, says(Some(8))), 1);
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    house.casts(&token.ballot(1, says(Some(9))), 1);
    let revealed = house.core.conference().rounds.all[&round(1)].revealed.clone().expect("revealed");
    assert_eq!(revealed.notes, 0);
}
