//! Damaged bytes on the disk: one document is set aside, everything else goes on, and a backup brings it back.

use anyhow::{Context, Result, ensure};
use flipchart_tests::{Conference, Service, read_server_frame, wait_for};
use protocol::{
    command::Command,
    document::{Audience, Kind},
    frame::{ClientMessage, ServerMessage},
    people::Role,
};
use sha2::{Digest as _, Sha256};
use yrs::{Doc, Map as _, Transact as _};

const BOARD: Kind = Kind::Board(Audience::All);

#[tokio::test]
async fn sto12_a_damaged_sheet_keeps_nobody_from_the_meeting_or_from_another_one() -> Result<()> {
    let mut service = Service::start(&[]).await?;
    let start = service.how();
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let other = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let (mut chair, mut next_door) = (room.chair().await?, other.chair().await?);
    let mut parent = room.bring(Role::Parent, &chair).await?;
    for (one, words) in [(&chair, "the belt"), (&next_door, "next door")] {
        one.type_note("worried", words).await?;
        one.saved().await?;
    }
    parent.reads("the belt").await?;
    service.tell_to_stop()?;
    ensure!(service.ended().await? == Some(0));

    let database = rusqlite::Connection::open(start.data().join("flipchart.db"))?;
    let id = chair.conference()?;
    let mut garbled = 0;
    for table in ["\"row\"", "snapshot"] {
        let of = "WHERE conference = ?1 AND document = 'board.all'";
        let zeros = format!("UPDATE {table} SET sealed = zeroblob(length(sealed)) {of}");
        garbled += database.execute(&zeros, [id.to_string()])?;
    }
    ensure!(garbled > 0, "there is nothing to damage");
    let kept = "SELECT (SELECT count(*) FROM \"row\" WHERE conference = ?1 AND document = 'board.all')
        + (SELECT count(*) FROM snapshot WHERE conference = ?1 AND document = 'board.all')";
    let count = || database.query_row(kept, [id.to_string()], |row| row.get::<_, i64>(0));
    let before = count()?;

    let _service = start.run().await?;
    for one in [&mut chair, &mut parent, &mut next_door] {
        one.forget();
        one.connect().await?;
        one.open_all().await?;
    }
    next_door.reads("next door").await?;
    for one in [&chair, &parent] {
        assert!(one.open(BOARD).await?.is_err(), "a damaged board is opened");
    }
    chair.does(Command::Pause).await?;
    chair.does(Command::Resume).await?;
    chair.type_row(&[("outcome", "Mr Kowalski moves out")]).await.context("the plan goes on")?;
    chair.saved().await?;
    wait_for("the row", async || parent.ever_received("Mr Kowalski moves out").then_some(())).await?;
    assert_eq!(count()?, before, "somebody wrote over what may be restored");
    Ok(())
}

/// A line in an empty board by client 7: struct, map `notes`, one key.
fn harmful() -> Vec<u8> {
    let doc = Doc::with_client_id(7);
    let notes = doc.get_or_insert_map("notes");
    let mut edit = doc.transact_mut();
    notes.insert(&mut edit, "aaaaaaaaaaaaaaaa", "harm");
    edit.encode_update_v1()
}

#[tokio::test]
async fn scan12_scan15_an_update_that_did_harm_twice_is_not_taken_and_everybody_runs_on() -> Result<()> {
    let mut service = Service::start(&[]).await?;
    let start = service.how();
    service.tell_to_stop()?;
    ensure!(service.ended().await? == Some(0));
    let noted = format!("{}\n", hex::encode(Sha256::digest(harmful())));
    std::fs::write(start.data().join("harmful-updates"), noted.repeat(2))?;

    let service = start.run().await?;
    let room = Conference::open(&service, &[Role::Chair, Role::CoChair]).await?;
    let (chair, mut other) = (room.chair().await?, room.chair().await?);
    other.connect().await?;
    other.open_all().await?;
    let board = chair.read(BOARD, |board| board.name)?;
    chair.say(board, ClientMessage::Update(&harmful())).await;
    let is_refusal =
        |frame: &Vec<u8>| matches!(read_server_frame(frame), Ok((_, ServerMessage::SyncStatus(false))));
    chair.wait_until("the refusal", |seen| seen.frames.iter().any(is_refusal)).await?;
    let line = other.type_note("worried", "we go on").await?;
    other.saved().await?;
    assert!(other.read(BOARD, |board| board.words(line))?.is_some());
    chair.reads("we go on").await?;
    assert_eq!(chair.closed(), None, "a stock client would come back with it");
    Ok(())
}
