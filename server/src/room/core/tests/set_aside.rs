//! STO12: a document whose stored bytes are damaged keeps nobody from the rest. LIM2: a full document takes deletes.

use super::house::{House, conference_id, id, note};
use crate::{
    room::core::{Core, LoadError, Loaded, Lull, addresses, reads},
    store::{Batch, Kept, Store as _, StoreError, Write, sim::SimStore},
};
use protocol::{
    command::{Command, Refusal},
    document::{Audience, Kind},
    limits::DOCUMENT_BYTES,
    people::Role,
};
use rand::{SeedableRng as _, rngs::StdRng};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);
const STAGE: Kind = Kind::Stage;

fn three() -> House {
    let mut house = House::with(1, &[Role::Chair, Role::SocialWorker, Role::Parent, Role::Wall]);
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(1), "worried", "the belt")));
    house.settle();
    house.done(Role::Chair, Command::Pause);
    house.done(Role::Chair, Command::Resume);
    house
}

fn damaged(document: &str) -> Result<Kept, StoreError> {
    Err(StoreError::Damaged { document: document.to_owned() })
}

#[test]
fn sto15_by_what_a_conference_is_found_is_kept_when_it_changes_and_read_alone() {
    let mut house = three();
    let upto = |house: &House| {
        let kept = house.kept().into_iter().find(|kept| kept.document == "addresses").expect("it is kept");
        kept.snapshot.expect("as a state").0
    };
    let before = upto(&house);
    house.done(Role::Chair, Command::Pause);
    assert_eq!(upto(&house), before, "the same people, the same code");
    house.done(Role::Chair, Command::Close);
    assert!(upto(&house) > before);
    // A store that has nothing but this.
    let (alone, without) = (SimStore::new(), SimStore::new());
    for store in [&alone, &without] {
        store.create(conference_id()).expect("a key");
    }
    for kept in house.kept() {
        let (upto, state) = match kept.snapshot {
            Some((upto, state)) if matches!(kept.document.as_str(), "addresses" | "meeting") => {
                (upto, state.into())
            }
            _ => continue,
        };
        let store = if kept.document == "addresses" { &alone } else { &without };
        let writes = vec![Write::Snapshot { document: kept.document, upto, state }];
        store.submit(
            Batch { conference: conference_id(), writes },
            Box::new(|kept| kept.expect("it is kept")),
        );
        store.sync_all();
    }
    let found = addresses(&alone, conference_id()).expect("it is found");
    assert!(!found.is_open && found.attendees.contains(&id(Role::Parent)));
    // Damaged, it is read from the state, as if it had never been kept (STO12).
    assert_eq!(addresses(&without, conference_id()).expect("it is found"), found);
}

#[test]
fn sto12_a_damaged_board_is_set_aside_and_everything_else_goes_on() {
    let mut house = three();
    house.restart_with(|document| (document == "board.all").then(|| damaged(document)));
    house.relink();
    house.settle();
    assert!(house.core.documents[&STAGE].document.map("stage")["set_aside"] == true);
    for role in [Role::Chair, Role::Parent, Role::Wall] {
        let seat = &house.core.documents[&Kind::Seat(id(role))].document;
        let named = seat.map("documents");
        assert!(named.keys().any(|name| name.ends_with("plan.all")), "{role:?}");
        assert!(!named.keys().any(|name| name.ends_with("board.all")), "{role:?}");
    }
    // Nobody writes over what may still be restored, by no way.
    assert!(!house.core.documents.contains_key(&BOARD));
    let quote = Command::Quote {
        record: protocol::id::RecordId::from_random([1; 10]),
        note: note(2),
        section: "views".into(),
        order: "b00".into(),
        words: "I want to see Dad.".into(),
        speaker: "Kacper".into(),
        replaces: None,
        was: None,
    };
    assert_eq!(house.refused(Role::Chair, quote), Refusal::NotNow);
    house.done(Role::Chair, Command::Pause);
    house.done(Role::Chair, Command::Resume);
    house.done(Role::Parent, Command::Leave);
    assert!(!house.core.documents.contains_key(&BOARD) && house.core.documents.contains_key(&PLAN));
    assert!(house.is_stored("the belt"), "the rows are as they were");

    // Restored, it is read again.
    house.restart();
    house.relink();
    house.settle();
    assert!(house.core.documents[&STAGE].document.map("stage")["set_aside"] == false);
    assert!(house.device(Role::Wall).has_seen("the belt"));
    house.all_in_step();
}

#[test]
fn sto12_sto13_a_damaged_audit_keeps_nobody_from_writing() {
    let mut house = three();
    house.restart_with(|document| (document == "audit").then(|| damaged(document)));
    house.relink();
    house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(2), "worried", "and later")));
    house.done(Role::Chair, Command::Pause);
    house.done(Role::Chair, Command::Resume);
    assert!(house.is_stored("and later"));
    house.all_in_step();
}

#[test]
fn sto11_sto13_what_a_room_keeps_reads_and_nothing_else_does() {
    let mut house = three();
    let whole = house.kept();
    house.core.rest(Lull::Rest);
    house.settle();
    let cut = house.kept();
    for kept in whole.iter().chain(&cut) {
        assert!(reads(kept), "{}", kept.document);
        let mut other = kept.clone();
        match (other.snapshot.as_mut(), other.rows.last_mut()) {
            (_, Some(row)) => drop(row.bytes.pop()),
            (Some((_, state)), None) => drop(state.pop()),
            _ => unreachable!("something is kept"),
        }
        assert!(!reads(&other), "{}, changed", kept.document);
    }
}

#[test]
fn sto13_a_chain_that_is_broken_stays_so_and_is_not_written_over() {
    let mut house = three();
    let mut broken = house.kept().into_iter().find(|kept| kept.document == "audit").expect("an audit");
    broken.rows.remove(0);
    house.restart_with(|document| (document == "audit").then(|| Ok(broken.clone())));
    house.relink();
    house.done(Role::Chair, Command::Pause);
    house.done(Role::Chair, Command::Resume);
    house.core.rest(Lull::Rest);
    house.settle();
    let mut audit = house.kept().into_iter().find(|kept| kept.document == "audit").expect("an audit");
    assert!(reads(&audit) && audit.snapshot.is_none() && audit.rows.len() >= 4, "{audit:?}");
    audit.rows.remove(0);
    assert!(!reads(&audit), "each page opens and reads, and one is not there");
}

#[test]
fn sto4_sto12_a_store_that_cannot_be_read_now_sets_nothing_aside() {
    let house = three();
    let busy = |kept: Kept| (kept.document.clone(), Err(StoreError::Unavailable("locked".into())));
    let whole = |kept: Kept| (kept.document.clone(), Ok(kept));
    for refused in ["board.all", "stage", "audit", "meeting"] {
        let kept = house.kept().into_iter();
        let kept = kept.map(|kept| if kept.document == refused { busy(kept) } else { whole(kept) }).collect();
        let loaded = Loaded { kept, rng: StdRng::seed_from_u64(1), quiet: true, now: house.now };
        assert!(matches!(Core::load(conference_id(), loaded), Err(LoadError::NotNow(_))), "{refused}");
    }
}

#[test]
fn sto12_what_the_server_writes_it_writes_again_under_the_next_edition() {
    let mut house = three();
    let seat = Kind::Seat(id(Role::Parent));
    let before: Vec<_> = [STAGE, Kind::Desk, seat].map(|kind| house.name(kind)).into();
    let names = before.clone();
    house.restart_with(move |document| {
        names
            .iter()
            .any(|name| name.to_string().ends_with(&format!("/{document}")))
            .then(|| damaged(document))
    });
    for old in &before {
        assert_eq!(house.name(old.kind), old.next_edition());
    }
    house.relink();
    house.settle();
    house.all_in_step();
    assert!(house.device(Role::Parent).has_seen("the belt"));
    // The new editions are kept.
    house.restart();
    for old in &before {
        assert_eq!(house.name(old.kind), old.next_edition());
    }
}

#[test]
fn sto12_a_document_that_yrs_cannot_take_is_set_aside_too() {
    let mut house = three();
    house.restart_with(|document| {
        (document == "board.all").then(|| {
            let rows = vec![crate::store::Row { from: 1, to: 1, bytes: b"no row".to_vec() }];
            Ok(Kept { document: document.to_owned(), snapshot: None, rows })
        })
    });
    house.relink();
    house.settle();
    assert!(house.core.conference().set_aside.contains(&BOARD));
    assert!(!house.core.conference().set_aside.contains(&PLAN));
}

#[test]
fn lim2_a_full_document_takes_deletes_and_then_words_again() {
    let mut house = three();
    let part = "word ".repeat(40_000);
    let mut written = 2;
    while house.core.documents[&BOARD].bytes + part.len() + 1_000 < DOCUMENT_BYTES {
        let words = part.clone();
        house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(written), "worried", &words)));
        house.settle();
        written += 1;
    }
    let full = |house: &mut House, n: u8| {
        let words = part.clone();
        house.device(Role::Chair).edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", &words)));
        house.settle();
        !house.core.documents[&BOARD].document.notes().iter().any(|one| one.id == note(n))
    };
    // A device of its own, because one whose words were refused writes no more.
    assert!(full(&mut house, 200), "it takes more than it may");
    let chair = house.of(Role::Chair);
    house.cut(chair);
    house.devices[chair].copies.clear();
    house.link(chair);
    house.settle();
    house.now += 10_000;
    for n in 2..6 {
        house.device(Role::Chair).edit(BOARD, |copy| Some(copy.remove_note(note(n).as_str())));
        house.settle();
    }
    assert!(!full(&mut house, 201), "it has room again");
}
