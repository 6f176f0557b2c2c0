//! A long day: people write, are cut off and come back, words are taken off, hour after hour. The service keeps its size.

use crate::{floods::BEARABLE, process::Process};
use anyhow::{Context as _, Result, ensure};
use flipchart_tests::{Attendee, Conference, Replica, Saved, Service, wait_for};
use futures_util::future::try_join_all;
use protocol::{
    command::{Command, TakeOff},
    document::{Audience, DocumentName, Kind},
    people::Role,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const BOARD: Kind = Kind::Board(Audience::All);
const ROOMS: usize = 4;
/// Tells the test how long the day is, in seconds.
const SECONDS: &str = "FLIPCHART_SOAK_SECONDS";
const SHORT: u64 = 20;
/// A lap takes no less: its four commands stay below what a device may ask for in a minute (SPEC LIM11).
const LAP: Duration = Duration::from_millis(1_500);
/// What the service takes with a dozen people whose PINs were weighed, two at a time of 19 MiB each.
const MAY_TAKE: usize = 160 << 20;
/// What the system's allocator keeps at hand.
const MAY_GROW: usize = 4 << 20;
/// What a lap of all rooms may leave: the name of each of its eight editions of a board in every seat, and the outcomes of its
/// commands; 35 KiB were measured. A leak of what one letter takes would be 80.
const MAY_STAY: usize = 48 << 10;
/// What stays on the disk of a day on which all words were taken off: the audit, the last rows, and the log's room.
const MAY_LIE: u64 = 16 << 20;

/// One meeting of three, whose board holds nothing for long.
struct Table {
    chair: Attendee,
    worker: Attendee,
    parent: Attendee,
}

impl Table {
    async fn open(service: &Service) -> Result<Self> {
        let room = Conference::open(service, &[Role::Chair, Role::SocialWorker, Role::Parent]).await?;
        let chair = room.chair().await?;
        let worker = room.bring(Role::SocialWorker, &chair).await?;
        let parent = room.bring(Role::Parent, &chair).await?;
        chair.does(Command::GivePen { attendee: worker.id }).await?;
        Ok(Self { chair, worker, parent })
    }

    /// Words on two pens, a pause, a phone that changes networks, a laptop that is loaded again; then all words go. Returns the
    /// longest time from a key to the parent's screen.
    async fn lap(&mut self, lap: usize) -> Result<Duration> {
        let line = self.chair.type_note("worried", "begin ").await?;
        let other = self.worker.type_note("working", "begin ").await?;
        let mut slowest = Duration::ZERO;
        for letter in 0..10 {
            let word = format!("lap {lap} letter {letter} ");
            self.worker.type_into(other, &word).await?;
            let began = Instant::now();
            self.chair.type_into(line, &word).await?;
            self.parent.reads(&word).await?;
            slowest = slowest.max(began.elapsed());
        }
        self.chair.does(Command::Pause).await?;
        self.chair.does(Command::Resume).await?;
        self.worker.strike(other).await?;
        // An edition that moved on while it was opened has answered with its end.
        let is_saved = |copy: &Replica| copy.denied().is_some() || copy.saved() == Saved::All;
        self.worker
            .wait_until("what was written to be saved", |seen| seen.replicas.values().all(is_saved))
            .await?;
        self.parent.connect().await?;
        self.worker.forget();
        self.worker.connect().await?;
        try_join_all([&self.parent, &self.worker].map(Attendee::open_all)).await?;
        for note in [line, other] {
            let next = self.chair.read(BOARD, |board| board.name.next_edition())?;
            self.chair.does(Command::TakeOff { what: TakeOff::Note { note } }).await?;
            try_join_all([&self.chair, &self.worker, &self.parent].map(|one| opens(one, next))).await?;
        }
        Ok(slowest)
    }
}

async fn opens(one: &Attendee, board: DocumentName) -> Result<()> {
    wait_for("the next edition of the board", async || {
        one.open_all().await.ok()?;
        let is_open = one.read(BOARD, |copy| copy.name == board && copy.access().is_some()).ok()?;
        is_open.then_some(())
    })
    .await
}

fn bytes_on_the_disk(service: &Service) -> Result<u64> {
    let mut all = 0;
    for file in std::fs::read_dir(service.data())? {
        all += file?.metadata()?.len();
    }
    Ok(all)
}

#[tokio::test]
async fn however_long_people_write_and_go_and_come_the_service_keeps_its_size() -> Result<()> {
    let seconds = std::env::var(SECONDS).ok().map_or(Ok(SHORT), |seconds| seconds.parse())?;
    let service = Service::start(&[]).await?;
    let process = Process::of(&service);
    let mut tables = try_join_all((0..ROOMS).map(|_| Table::open(&service))).await?;
    let day = Instant::now();
    let (mut memory, mut files) = (Vec::new(), Vec::new());
    while day.elapsed() < Duration::from_secs(seconds) || memory.len() < 8 {
        let (lap, began) = (memory.len(), Instant::now());
        let slowest = try_join_all(tables.iter_mut().map(|table| table.lap(lap))).await?;
        ensure!(slowest.iter().all(|letter| *letter < BEARABLE), "lap {lap}: letters took {slowest:?}");
        memory.push(process.memory()?);
        files.push(process.files()?);
        sleep(LAP.saturating_sub(began.elapsed())).await;
    }
    let quarter = memory.len() / 4;
    let largest = |laps: &[usize]| laps.iter().max().copied().unwrap_or(0);
    let (second, last) = (largest(&memory[quarter..2 * quarter]), largest(&memory[3 * quarter..]));
    println!("{} laps; bytes of memory: {memory:?}; files: {files:?}", memory.len());
    ensure!(memory[0] < MAY_TAKE, "{} bytes of memory at the beginning", memory[0]);
    ensure!(
        last < second + MAY_GROW + MAY_STAY * memory.len() / 2,
        "it grows from {second} to {last} bytes: {memory:?}"
    );
    // In a lap some of the lines that were cut are still being closed: in the end all are.
    let open = largest(&files[..memory.len() / 2]);
    wait_for("the lines that were cut to be closed", async || (process.files().ok()? <= open).then_some(()))
        .await
        .with_context(|| format!("it opens more and more files: {files:?}"))?;
    let lies = bytes_on_the_disk(&service)?;
    ensure!(lies < MAY_LIE, "{lies} bytes lie on the disk of a day that left no words");
    for one in tables.iter().flat_map(|table| [&table.chair, &table.worker, &table.parent]) {
        ensure!(one.surprises().is_empty(), "{:?}", one.surprises());
    }
    Ok(())
}
