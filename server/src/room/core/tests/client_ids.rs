//! SYNC5: a client id belongs to whoever showed it first.

use super::{
    house::note,
    sync::{BOARD, two, write, write_number},
};
use crate::{document::replica::Replica, room::core::Inbound};
use protocol::{command::Command, people::Role};

#[test]
fn sync5_words_under_the_client_id_of_somebody_else_are_refused() {
    let mut house = two();
    write(&mut house, Role::Chair, 1, "the belt");
    house.settle();
    let forger = Replica::new(house.device(Role::Chair).copy(BOARD).replica.client);
    forger.apply(&house.device(Role::Chair).copy(BOARD).replica.state()).unwrap();
    let forged = forger.write_note(note(2), "worried", "forged");
    house.device(Role::SocialWorker).send(BOARD, forged);
    house.settle();
    assert!(!house.device(Role::Chair).has_seen("forged") && !house.is_stored("forged"));
    // The forger's own rights to write are not touched, nor are the chair's.
    write(&mut house, Role::Chair, 3, "goes on");
    write(&mut house, Role::SocialWorker, 4, "with a fresh copy");
    house.settle();
    assert!(house.is_stored("goes on") && house.is_stored("with a fresh copy"));
    house.all_in_step();
}

#[test]
fn sync5_sync9_words_under_an_id_of_the_server_are_refused_after_every_load() {
    let mut house = two();
    let mut ids = Vec::new();
    for load in 0..4u8 {
        // The server writes in the board as a client of its own.
        house.done(Role::Chair, quote(load));
        ids.push(house.core.documents[&BOARD].document.client());
        house.restart();
        house.relink();
        house.settle();
    }
    assert_eq!(
        ids.iter().collect::<std::collections::BTreeSet<_>>().len(),
        ids.len(),
        "an id was used twice"
    );
    for client in ids {
        let forger = Replica::new(client);
        forger.apply(&house.core.documents[&BOARD].document.state()).unwrap();
        let forged = forger.write_note(note(200), "worried", "forged");
        house.device(Role::Chair).send(BOARD, forged);
        house.settle();
        assert!(!house.is_stored("forged"));
    }
}

fn quote(n: u8) -> Command {
    Command::Quote {
        record: protocol::id::RecordId::from_random([n; 10]),
        note: note(100 + n),
        section: "views".into(),
        order: "b00".into(),
        words: format!("I want that {n}"),
        speaker: "Kacper".into(),
        replaces: None,
        was: None,
    }
}

#[test]
fn sync5_an_id_that_a_writer_announced_cannot_be_taken_by_a_reader() {
    let mut house = two();
    let client = house.device(Role::SocialWorker).copy(BOARD).replica.client;
    let state = Some(format!(r#"{{"writing":"{}"}}"#, note(1)));
    let entries = vec![protocol::scan::AwarenessEntry { client, clock: 1, state }];
    let document = house.name(BOARD);
    house.device(Role::SocialWorker).up.push_back(Inbound::Awareness { document, entries });
    house.deliver();
    let squatter = Replica::new(client);
    let squat = squatter.write_note(note(9), "worried", "squat");
    house.device(Role::Parent).send(BOARD, squat);
    house.settle();
    write(&mut house, Role::SocialWorker, 1, "mine");
    house.settle();
    assert!(house.is_stored("mine") && !house.is_stored("squat"));
}

/// Collected blocks from the first clock on: all that an id could write, taken by somebody else (security: F12).
fn squat(client: u64) -> Vec<u8> {
    let mut bytes = vec![1, 1];
    write_number(&mut bytes, client);
    bytes.extend([0, 0]);
    write_number(&mut bytes, 1_000);
    bytes.push(0);
    bytes
}

#[test]
fn sync5_no_pen_takes_the_clocks_of_an_id_that_is_announced_or_bound() {
    for bound in [false, true] {
        for collected in [false, true] {
            let mut house = two();
            let client = house.device(Role::SocialWorker).copy(BOARD).replica.client;
            if bound {
                write(&mut house, Role::SocialWorker, 7, "before");
                house.settle();
            } else {
                let state = Some(format!(r#"{{"writing":"{}"}}"#, note(1)));
                let entries = vec![protocol::scan::AwarenessEntry { client, clock: 1, state }];
                let document = house.name(BOARD);
                house.device(Role::SocialWorker).up.push_back(Inbound::Awareness { document, entries });
                house.deliver();
            }
            // The chair holds a pen as well: it is not for want of rights that this is refused.
            let forged = if collected {
                squat(client)
            } else {
                let forger = Replica::new(client);
                forger.apply(&house.core.documents[&BOARD].document.state()).unwrap();
                forger.write_note(note(9), "worried", "squat")
            };
            house.device(Role::Chair).send(BOARD, forged);
            house.settle();
            let held = house.core.documents[&BOARD].document.clock(client);
            write(&mut house, Role::SocialWorker, 1, "mine");
            write(&mut house, Role::Chair, 2, "with a fresh copy");
            house.settle();
            for words in ["mine", "with a fresh copy"] {
                assert!(house.is_stored(words), "{words}: bound {bound}, collected {collected}");
            }
            assert!(
                !house.is_stored("squat") && held < 1_000,
                "bound {bound}, collected {collected}: {held}"
            );
            house.all_in_step();
        }
    }
}
