//! DOC: what documents hold and who seeds them. What applying an update does beside it (SYNC7, SCAN11).

use super::{
    house::{House, id, note},
    parts::{comes_back, goes, house},
};
use crate::{
    document::{Document, replica::Replica},
    room::{core::Inbound, projection},
};
use protocol::{
    close::Close,
    command::Command,
    document::{Audience, Kind, SCHEMA},
    id::ConferenceId,
    known::Judgement,
    people::Role,
    scan::{Roots, ScanError, scan_stored, scan_update},
};
use serde_json::{Value, json};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);

fn meta(house: &House, kind: Kind) -> Value {
    json!(house.core.documents[&kind].document.map("meta"))
}

#[test]
fn doc2_what_the_server_writes_is_flat_and_plain_and_says_which_change_touched_it_last() {
    let mut house = house();
    let written: Vec<Kind> = projection::kinds(house.core.conference())
        .into_iter()
        .filter(|kind| kind.is_server_written())
        .collect();
    for kind in &written {
        let live = &house.core.documents[kind];
        if live.seq == 0 {
            assert!(Replica::of(&live.document.state()).values().is_empty(), "{kind}");
            continue;
        }
        assert_eq!(meta(&house, *kind), json!({ "schema": SCHEMA, "seq": live.seq }), "{kind}");
        let copy = Replica::of(&live.document.state());
        for root in copy.values().into_keys() {
            // Shared types below a root would be no plain values, and would be left out here.
            let plain: Vec<String> = live.document.map(root).into_keys().collect();
            assert_eq!(plain, copy.keys(root), "{root} of {kind}");
        }
    }
    let before: Vec<Value> = written.iter().map(|kind| meta(&house, *kind)).collect();
    house.done(Role::Chair, Command::Recording { kept: Some("on the office's own server".into()) });
    let changed: Vec<Kind> = written
        .iter()
        .zip(before)
        .filter(|(kind, was)| meta(&house, **kind) != *was)
        .map(|(kind, _)| *kind)
        .collect();
    assert_eq!(changed, [Kind::Stage], "what did not change keeps its number");
}

#[test]
fn doc3_the_server_alone_seeds_and_no_client_makes_a_root() {
    let house = house();
    let fields: Vec<String> = house.core.documents[&PLAN].document.fields().into_keys().collect();
    let mut framework: Vec<String> =
        house.core.conference().framework().plan.fields.iter().map(|field| field.key.clone()).collect();
    framework.sort();
    assert_eq!(fields, framework, "every field is there before anybody writes in it");
    for kind in projection::kinds(house.core.conference()) {
        for root in ["notes", "rows", "fields", "meta", "records", "offered", "seat", "of-my-own"] {
            let update = Replica::new(77).put(root, "key", "value");
            let scanned = scan_update(&update, Roots::Only(kind.client_roots()));
            let may = match kind {
                Kind::Board(_) => root == "notes",
                Kind::Plan(_) => root == "rows" || root == "fields",
                _ => false,
            };
            assert_eq!(scanned.err(), (!may).then_some(ScanError::Root), "{root} in {kind}");
        }
    }
}

#[test]
fn doc6_a_part_has_a_board_a_plan_and_a_record_and_of_the_fields_those_that_were_written_in() {
    let mut house = house();
    goes(&mut house, Role::Parent);
    house.device(Role::Chair).edit(PLAN, |copy| copy.write_field("contingency", "he goes to his aunt"));
    house.settle();
    comes_back(&mut house, id(Role::Parent));
    let part = Audience::Part(1);
    let of_the_part: Vec<Kind> = projection::kinds(house.core.conference())
        .into_iter()
        .filter(|kind| kind.to_string().ends_with(".part-1"))
        .collect();
    assert_eq!(of_the_part, [Kind::Record(part), Kind::Board(part), Kind::Plan(part)]);
    let fields: Vec<String> = house.core.documents[&Kind::Plan(part)].document.fields().into_keys().collect();
    assert_eq!(fields, ["contingency"]);
    // The names of audiences are those, and no other.
    let conference = ConferenceId::from_random([1; 10]);
    for (name, is_one) in [("part-12", true), ("part-13", false), ("part-0", false), ("everybody", false)] {
        let name = format!("{conference}/board.{name}");
        assert_eq!(name.parse::<protocol::document::DocumentName>().is_ok(), is_one, "{name}");
    }
}

#[test]
fn sync7_the_loser_of_two_writes_to_one_key_is_known_to_be_deleted() {
    let (one, other) = (Replica::new(11), Replica::new(12));
    let line = one.write_note(note(1), "worried", "He is late");
    other.apply(&line).expect("it fits");
    let key = note(1).to_string();
    let both = [one.set(&key, "section", "worried"), other.set(&key, "section", "working-well")];
    let mut document = Document::empty(1);
    let mut judged = Vec::new();
    for update in [Some(line)].into_iter().chain(both.clone()) {
        let update = update.expect("the line is there");
        let touched = scan_stored(&update).expect("a client's own update");
        judged.push(document.judge(&touched));
        document.apply(&update, &touched).expect("it fits");
    }
    assert!(judged.iter().all(|judged| matches!(judged, Judgement::News { .. })));
    // A client that has both says that one of them is gone: this document knew.
    for update in both.into_iter().flatten() {
        one.apply(&update).expect("it fits");
    }
    let whole = scan_stored(&one.state()).expect("a client's own state");
    assert!(!whole.deletes.is_empty());
    assert_eq!(document.judge(&whole), Judgement::Nothing);
}

#[test]
fn scan11_what_passes_and_breaks_the_document_is_not_kept_and_ends_its_sender_while_others_come_back() {
    let mut house = house();
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "a line")));
    house.settle();
    let (conn, document) = (house.bare(Role::SocialWorker), house.name(BOARD));
    let wire = protocol::wire::Wire::Named(document.to_string());
    house.receive(conn, Inbound::Open { document, wire });
    house.settle();
    // Of what the scanner read nothing is wrong; yrs does not take the bytes.
    let update = Replica::new(77).write_note(note(2), "worried", "what breaks it");
    let touched = scan_update(&update, Roots::Any).expect("a client's own update");
    let cut = update[..update.len() - 3].to_vec();
    house.receive(conn, Inbound::Update { document, update: cut, touched, answers: false });
    assert_eq!(house.bare[&conn].1, Some(Close::BadFrame));
    assert_eq!(Close::BadFrame.code().0, 4400);
    assert_eq!(house.reloads, 1, "the room is loaded from what is kept");
    assert!(house.devices.iter().all(|device| device.conn.is_none()), "everybody comes back");
    house.relink();
    house.settle();
    assert!(!house.is_stored("what breaks it"));
    assert!(house.device(Role::Parent).has_seen("a line"));
    house.all_in_step();
}
