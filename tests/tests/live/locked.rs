//! Another program holds the database: authors keep their words, and writing goes on by itself.

use anyhow::Result;
use flipchart_tests::{Conference, Saved, Service, wait_for};
use protocol::{
    document::{Audience, Kind},
    people::Role,
};
use rusqlite::Connection;
use std::time::Duration;

const BOARD: Kind = Kind::Board(Audience::All);
/// Less than the service waits for a lock.
const HELD: Duration = Duration::from_secs(4);

#[tokio::test]
async fn sto4_while_another_program_holds_the_database_words_wait_and_then_go_on_by_themselves() -> Result<()>
{
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let line = chair.type_note("worried", "before").await?;
    chair.saved().await?;
    parent.reads("before").await?;
    let other = Connection::open(service.data().join("flipchart.db"))?;
    other.execute_batch("BEGIN EXCLUSIVE")?;
    chair.type_into(line, ", typed while it was held").await?;
    tokio::time::sleep(HELD).await;
    assert!(matches!(chair.read(BOARD, |board| board.saved())?, Saved::NotYet(_)), "called saved and is not");
    assert!(!parent.ever_received("typed while it was held"), "shown and not on the disk");
    other.execute_batch("COMMIT")?;
    chair.saved().await?;
    parent.reads("before, typed while it was held").await?;
    assert_eq!((chair.closed(), parent.closed()), (None, None));
    Ok(())
}

#[tokio::test]
async fn close5_a_commit_that_another_program_holds_up_does_not_keep_the_service_from_ending() -> Result<()> {
    let mut service = Service::start(&[]).await?;
    let start = service.how();
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let mut chair = room.chair().await?;
    let line = chair.type_note("worried", "before").await?;
    chair.saved().await?;
    let other = Connection::open(service.data().join("flipchart.db"))?;
    other.execute_batch("BEGIN EXCLUSIVE")?;
    chair.type_into(line, ", typed while it was held").await?;
    service.tell_to_stop()?;
    // The store would wait for the lock longer than this does.
    assert_eq!(service.ended().await?, Some(0));
    assert!(service.said().contains("the disk is left in the middle of a commit"), "{}", service.said());
    assert_eq!(chair.ended().await?.0, 1012);
    assert!(matches!(chair.read(BOARD, |board| board.saved())?, Saved::NotYet(_)), "called saved and is not");
    other.execute_batch("COMMIT")?;

    let _service = start.run().await?;
    wait_for("the room", async || chair.connect().await.ok()).await?;
    chair.open_all().await?;
    chair.saved().await?;
    chair.reads("before, typed while it was held").await
}
