//! SYNC15: words that come too late for their line, because the desk has taken it from the board meanwhile.

use super::{
    device::{Said, contains, read},
    house::{House, id, note},
    parts,
};
use crate::{
    document::replica::Replica,
    room::core::{Inbound, Lull},
};
use protocol::{
    command::{Command, Refusal},
    document::{Audience, Kind},
    id::{HeldId, RecordId},
    limits::{VACATED_RUNS, WORDS_BYTES},
    people::Role,
};
use serde_json::json;

const BOARD: Kind = Kind::Board(Audience::All);
/// Who types, with a pen and without a desk.
const PEN: Role = Role::SocialWorker;

fn held() -> HeldId {
    HeldId::from_random([1; 10])
}

/// The social worker has a pen; the chair's line stands.
fn house() -> House {
    let mut house = House::with(15, &[Role::Chair, Role::BusinessSupport, PEN, Role::Parent, Role::Wall]);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::GivePen { attendee: id(PEN) });
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "The belt")));
    house.settle();
    house
}

/// On its way, or waiting for a line.
fn types(house: &mut House, at: u32, words: &str) {
    house.device(PEN).edit(BOARD, |copy| copy.type_in(note(1).as_str(), at, words));
}

fn hold(house: &mut House) {
    house.done(Role::Chair, Command::Hold { note: note(1), held: held() });
}

/// Words on the desk of business support.
fn on_the_desk(house: &mut House) -> Vec<String> {
    let desk = json!(house.device(Role::BusinessSupport).copy(Kind::Desk).replica.values());
    let lines = desk["held"].as_object().cloned().unwrap_or_default();
    let words = |line: &serde_json::Value| line["words"].as_str().expect("words").to_owned();
    let mut words: Vec<String> = lines.values().map(words).collect();
    words.sort();
    words
}

/// All that goes up before a device asks for the board.
fn goes_up_to_its_question(house: &mut House, n: usize) {
    let asks = |house: &House| {
        let next = house.devices[n].up.front();
        matches!(next, Some(Inbound::Step1 { document, .. }) if document.kind == BOARD)
    };
    while !asks(house) {
        assert!(house.up(n), "it never asks");
    }
}

fn comes_back(house: &mut House) {
    house.relink();
    house.settle();
}

#[test]
fn sync15_what_is_typed_in_a_line_while_the_desk_takes_it_is_on_the_desk_when_it_is_saved() {
    let mut house = house();
    house.now += 60_000;
    types(&mut house, 8, " left");
    types(&mut house, 13, " a mark 🧸");
    hold(&mut house);
    assert!(house.devices[house.of(PEN)].copy(BOARD).statuses.iter().all(|saved| *saved));
    assert_eq!(on_the_desk(&mut house), ["The belt left a mark 🧸"]);
    assert_eq!(house.core.conference().held[&held()].time, house.now, "these are words of now (P5)");
    house.all_in_step();
    house.restart();
    comes_back(&mut house);
    assert_eq!(on_the_desk(&mut house), ["The belt left a mark 🧸"]);
}

#[test]
fn sync15_p2_no_letter_of_it_goes_to_anybody_else_or_stands_in_the_log_of_the_board() {
    let mut house = house();
    types(&mut house, 8, " left a welt");
    hold(&mut house);
    for role in [PEN, Role::Parent, Role::Wall] {
        assert!(house.device(role).has_seen("The belt") && !house.device(role).has_seen("welt"), "{role:?}");
    }
    let document = &house.core.documents[&BOARD].document;
    assert!(!contains(&document.state(), "welt"));
    let board = house.kept().into_iter().find(|kept| kept.document == "board.all").expect("it is kept");
    let rows = || board.rows.iter().map(|row| &row.bytes);
    assert!(rows().any(|row| contains(row, "The belt")), "this is where it would stand");
    assert!(!rows().any(|row| contains(row, "welt")));
}

#[test]
fn sync15_whoever_was_off_the_line_brings_the_words_of_that_time_in_their_order() {
    let mut house = house();
    let pen = house.of(PEN);
    house.cut(pen);
    types(&mut house, 8, " left mark");
    types(&mut house, 13, " a");
    types(&mut house, 20, "ed");
    house.device(PEN).edit(BOARD, |copy| copy.rub_out(note(1).as_str(), 20, 2));
    types(&mut house, 20, "s");
    types(&mut house, 20, "s, two 🧸");
    hold(&mut house);
    comes_back(&mut house);
    assert_eq!(on_the_desk(&mut house), ["The belt left a marks, two 🧸s"]);
    house.cut(pen);
    comes_back(&mut house);
    assert_eq!(on_the_desk(&mut house), ["The belt left a marks, two 🧸s"], "each letter once");
    house.all_in_step();
}

#[test]
fn sync15_letters_that_their_own_edit_rubs_out_do_not_come() {
    let mut house = house();
    house.device(PEN).edit(BOARD, |copy| copy.mistype(note(1).as_str(), 8, " left a mark", 5));
    let sent = &house.device(PEN).copy(BOARD).ledger.back().expect("it is on its way").update;
    assert!(contains(sent, " left"), "the letters are in it");
    hold(&mut house);
    assert_eq!(on_the_desk(&mut house), ["The belt a mark"]);
}

#[test]
fn sync15_a_document_that_has_forgotten_the_text_does_not_lose_them() {
    let mut house = house();
    let pen = house.of(PEN);
    types(&mut house, 8, " left");
    house.settle();
    house.cut(pen);
    types(&mut house, 13, " a mark");
    hold(&mut house);
    house.core.rest(Lull::Rest);
    house.settle();
    let board = house.kept().into_iter().find(|kept| kept.document == "board.all").expect("it is kept");
    assert!(board.snapshot.is_some() && board.rows.is_empty(), "it is read from a snapshot");
    house.restart();
    comes_back(&mut house);
    assert_eq!(on_the_desk(&mut house), ["The belt left a mark"]);
}

#[test]
fn sync15_after_the_release_they_open_one_line_of_their_own() {
    let mut house = house();
    let pen = house.of(PEN);
    house.cut(pen);
    types(&mut house, 8, " left a mark");
    hold(&mut house);
    house.done(Role::Chair, Command::Release { held: held(), note: note(2), order: "b01".into() });
    house.link(pen);
    // One more letter, before they know that the line is gone.
    while house.devices[pen].copy(BOARD).access.is_none() {
        house.up(pen);
        house.sync();
        house.down(pen);
    }
    types(&mut house, 20, "!");
    house.settle();
    assert_eq!(on_the_desk(&mut house), [" left a mark!"]);
    let (own, line) = house.core.conference().held.iter().next().expect("it is there");
    let (own, section) = (*own, line.section.clone());
    assert_eq!((section.as_str(), line.from), ("worried", Some((Audience::All, note(1)))));
    house.done(Role::Chair, Command::DropHeld { held: own });
    assert_eq!(on_the_desk(&mut house), Vec::<String>::new());
    assert!(house.core.conference().in_hand.vacated.is_empty(), "the board is another edition");
    let stands = house.device(Role::Parent).copy(BOARD).replica.words_of(note(2).as_str());
    assert_eq!(stands.as_deref(), Some("The belt"));
}

#[test]
fn sync15_p5_words_that_come_while_somebody_is_out_are_not_theirs_when_the_line_is_shown() {
    for released in [false, true] {
        let mut house = parts::house();
        parts::write(&mut house, 1, "The belt");
        let pen = house.of(PEN);
        house.cut(pen);
        types(&mut house, 8, " left a welt");
        hold(&mut house);
        if released {
            house.done(Role::Chair, Command::Release { held: held(), note: note(2), order: "b01".into() });
        }
        parts::goes(&mut house, Role::Parent);
        comes_back(&mut house);
        let n = parts::comes_back(&mut house, id(Role::Parent));
        let (line, note) = (*house.core.conference().held.keys().next().expect("it is there"), note(3));
        house.done(Role::Chair, Command::Release { held: line, note, order: "b02".into() });
        assert!(house.device(Role::Relative).has_seen(" left a welt"));
        assert!(!house.devices[n].has_seen("welt"));
        house.all_in_step();
    }
}

/// The line becomes a quote of "The belt"; `was`: its words as the chair had them.
fn quote(was: Option<&str>) -> Command {
    Command::Quote {
        record: RecordId::from_random([1; 10]),
        note: note(2),
        section: "worried".into(),
        order: "b01".into(),
        words: "The belt".into(),
        speaker: "the mother".into(),
        replaces: Some(note(1)),
        was: was.map(str::to_owned),
    }
}

#[test]
fn sync15_what_is_typed_in_a_line_that_becomes_a_quote_waits_on_the_desk() {
    let mut house = house();
    types(&mut house, 8, " left a mark");
    house.done(Role::Chair, quote(None));
    assert_eq!(on_the_desk(&mut house), [" left a mark"]);
}

#[test]
fn sync15_more_words_than_a_line_takes_are_refused_and_stay_with_whoever_wrote_them() {
    for first in [WORDS_BYTES - "The belt".len(), 1] {
        let mut house = house();
        types(&mut house, 8, &"x".repeat(first));
        types(&mut house, 8, &"y".repeat(WORDS_BYTES + 1 - first));
        hold(&mut house);
        let [line] = &on_the_desk(&mut house)[..] else { panic!("one line") };
        assert_eq!((line.len(), line.contains('y')), (8 + first, false));
        let pen = house.of(PEN);
        assert!(house.devices[pen].is_saved());
        let board = house.name(BOARD);
        let mut seen = house.devices[pen].seen.iter().map(|frame| read(frame));
        assert!(seen.any(|said| said == (board, Said::Status(false))), "it is told");
        let ids = &house.core.documents[&BOARD].bindings;
        assert!(ids.values().any(|binding| binding.owner == Some(id(PEN)) && binding.refused));
    }
}

#[test]
fn sync15_a_text_of_more_pieces_than_are_kept_ends_the_edition() {
    let mut house = house();
    let pen = house.of(PEN);
    house.cut(pen);
    house.device(PEN).edit(BOARD, |copy| Some(copy.write_note(note(2), "worried", "")));
    for _ in 0..VACATED_RUNS {
        for line in [1, 2] {
            house.device(PEN).edit(BOARD, |copy| copy.type_in(note(line).as_str(), 0, "x"));
        }
    }
    comes_back(&mut house);
    let edition = house.name(BOARD).edition;
    types(&mut house, 0, "y");
    hold(&mut house);
    assert_eq!(house.name(BOARD).edition, edition + 1);
    assert!(on_the_desk(&mut house)[0].ends_with("xThe belt"));
    assert!(house.core.conference().in_hand.vacated.is_empty());
    assert!(house.devices[pen].copy(BOARD).replica.words_of(note(2).as_str()).is_some(), "the others stand");
    let saved = house.acknowledged_updates.iter().any(|(_, update)| update.ends_with(b"y\0"));
    assert!(!saved, "nobody was told so");
}

#[test]
fn sync15_an_edit_that_brings_more_pieces_than_are_looked_at_is_refused() {
    for more in [0, 1] {
        let mut house = house();
        let pen = house.of(PEN);
        house.cut(pen);
        // From the last to the first: no two go on from one another.
        for _ in 0..VACATED_RUNS + more {
            types(&mut house, 0, "x");
        }
        hold(&mut house);
        comes_back(&mut house);
        let words = on_the_desk(&mut house).concat();
        assert_eq!(words.matches('x').count(), if more == 0 { VACATED_RUNS } else { 0 });
    }
}

#[test]
fn sync15_p4_a_line_that_is_taken_off_or_deleted_goes_with_what_is_typed_in_it() {
    for deletes in [true, false] {
        let mut house = house();
        types(&mut house, 8, " left a mark");
        let command = Command::TakeOff { what: protocol::command::TakeOff::Note { note: note(1) } };
        match deletes {
            true => {
                let (pen, chair) = (house.of(PEN), house.of(Role::Chair));
                let waits = std::mem::take(&mut house.devices[pen].up);
                house.device(Role::Chair).edit(BOARD, |copy| Some(copy.remove_note(note(1).as_str())));
                while house.up(chair) {}
                house.devices[pen].up.extend(waits);
                house.settle();
            }
            false => house.done(Role::Chair, command),
        }
        assert!(on_the_desk(&mut house).is_empty());
    }
}

#[test]
fn sync8_sync15_no_edit_comes_before_the_step_2_so_that_none_takes_letters_that_were_not_asked_for() {
    let mut house = house();
    let pen = house.of(PEN);
    house.cut(pen);
    types(&mut house, 8, " left a mark");
    hold(&mut house);
    // They are let in; their question is still on its way when somebody else writes, in whose message all deletes are.
    house.link(pen);
    goes_up_to_its_question(&mut house, pen);
    let meanwhile = |copy: &Replica| {
        let first = copy.write_note(note(3), "worried", "meanwhile");
        copy.apply(&first).ok()?;
        Some(copy.diff(&[0]))
    };
    house.device(Role::Chair).edit(BOARD, meanwhile);
    house.settle_all_but(pen);
    while house.down(pen) {}
    assert!(!house.devices[pen].has_seen("meanwhile"), "they were not asked yet what they have");
    house.settle();
    assert!(house.devices[pen].has_seen("meanwhile"));
    assert_eq!(on_the_desk(&mut house), ["The belt left a mark"]);
    house.all_in_step();
}

#[test]
fn sync8_sync11_sync15_the_end_of_a_pause_takes_no_letters_that_were_not_asked_for() {
    let mut house = house();
    let pen = house.of(PEN);
    house.cut(pen);
    types(&mut house, 8, " left a mark");
    house.done(Role::Chair, Command::Pause);
    hold(&mut house);
    // They are let in; their question is still on its way when the pause ends.
    house.link(pen);
    goes_up_to_its_question(&mut house, pen);
    house.ask_new(Role::Chair, Command::Resume);
    house.settle_all_but(pen);
    while house.down(pen) {}
    let board = house.devices[pen].copy(BOARD);
    assert!(board.replica.words_of(note(1).as_str()).is_some(), "they were not asked yet what they have");
    house.settle();
    assert_eq!(on_the_desk(&mut house), ["The belt left a mark"]);
    house.all_in_step();
}

#[test]
fn sync15_a_quote_takes_the_place_of_no_line_that_reads_otherwise_than_its_author_had_it() {
    let mut house = house();
    types(&mut house, 8, " left");
    house.settle();
    assert_eq!(house.refused(Role::Chair, quote(Some("The belt"))), Refusal::NotNow);
    for role in [Role::Chair, PEN, Role::Wall] {
        let stands = house.device(role).copy(BOARD).replica.words_of(note(1).as_str());
        assert_eq!(stands.as_deref(), Some("The belt left"), "{role:?}");
    }
    assert!(house.core.conference().records.is_empty());
    // What comes after the command goes where it always went.
    types(&mut house, 13, " a mark");
    house.done(Role::Chair, quote(Some("The belt left")));
    assert_eq!(on_the_desk(&mut house), [" a mark"]);
    house.all_in_step();
}

#[test]
fn sync15_a_held_line_is_not_rewritten_over_words_that_its_author_has_not_read() {
    let mut house = house();
    types(&mut house, 8, " left");
    hold(&mut house);
    let rewrite =
        |was: &str| Command::RewriteHeld { held: held(), words: "His belt".into(), was: Some(was.into()) };
    assert_eq!(house.refused(Role::Chair, rewrite("The belt")), Refusal::NotNow);
    assert_eq!(on_the_desk(&mut house), ["The belt left"]);
    house.done(Role::Chair, rewrite("The belt left"));
    assert_eq!(on_the_desk(&mut house), ["His belt"]);
}

#[test]
fn sync15_a_client_that_does_not_say_what_it_had_is_understood() {
    let sent = json!({ "do": "rewrite-held", "held": held(), "words": "His belt" });
    let command: Command = serde_json::from_value(sent.clone()).expect("as clients sent it before");
    assert_eq!(command, Command::RewriteHeld { held: held(), words: "His belt".into(), was: None });
    assert_eq!(json!(command), sent);
    let mut house = house();
    types(&mut house, 8, " left");
    hold(&mut house);
    house.done(Role::Chair, command);
    assert_eq!(on_the_desk(&mut house), ["His belt"]);
}
