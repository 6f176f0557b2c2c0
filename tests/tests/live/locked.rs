//! Another program holds the database: authors keep their words, and writing goes on by itself.

use anyhow::Result;
use flipchart_tests::{Conference, Saved, Service};
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
