//! Each socket is an open file, and a system gives a process only so many.

use crate::floods::{BEARABLE, slowest_letter};
use anyhow::{Context as _, Result, ensure};
use flipchart_tests::{Conference, Service, Start};
use protocol::people::Role;
use std::time::Duration;
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::timeout};

/// More connections than files that the service may open until it asks for more.
const MANY: usize = 400;
/// A connection that asks nothing ends then (SPEC LIM8).
const HEAD_DEADLINE: Duration = Duration::from_secs(15);
/// Open files of a service that has hardly any left for others.
const FEW: usize = 64;

async fn connections(service: &Service, many: usize) -> Result<Vec<TcpStream>> {
    let address = service.origin().replacen("http://", "", 1);
    let mut open = Vec::with_capacity(many);
    for _ in 0..many {
        open.push(TcpStream::connect(&address).await?);
    }
    Ok(open)
}

#[tokio::test]
async fn lim17_the_service_opens_as_many_files_as_the_system_lets_it() -> Result<()> {
    let service = Start::new(&[])?.after("ulimit -Sn 256").run().await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let crowd = connections(&service, MANY).await?;
    // Whoever comes behind them is let in, and not when those who never ask are sent away.
    let chair = timeout(HEAD_DEADLINE / 2, room.chair()).await.context("nobody gets in")??;
    let parent = room.bring(Role::Parent, &chair).await?;
    let slowest = slowest_letter(&chair, &parent, 5).await?;
    ensure!(slowest < BEARABLE, "a letter took {slowest:?}");
    drop(crowd);
    Ok(())
}

#[tokio::test]
async fn lim17_where_no_file_is_left_those_who_are_here_write_on_and_others_come_when_some_have_gone()
-> Result<()> {
    let service = Start::new(&[])?.after(&format!("ulimit -n {FEW}")).run().await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::Observer]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let mut crowd = connections(&service, FEW).await?;
    // The system took it, the service cannot: it is neither answered nor ended.
    let mut last = crowd.pop().expect("many came");
    let heard = timeout(Duration::from_millis(500), last.read_u8()).await;
    ensure!(heard.is_err(), "it was heard: {heard:?}");
    let slowest = slowest_letter(&chair, &parent, 20).await?;
    ensure!(slowest < BEARABLE, "a letter took {slowest:?}");
    drop((crowd, last));
    let late = room.bring(Role::Observer, &chair).await?;
    late.reads("w19 ").await?;
    ensure!(!service.said().contains("fault of the service"), "{}", service.said());
    Ok(())
}
