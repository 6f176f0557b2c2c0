//! Two worlds (SEAL13): the same conference twice, with the numbers permuted among the people. Whoever holds every file,
//! key, log line, measure and backup of both cannot tell which is which.

mod leavings;
mod masks;
mod pages;

use crate::sealed::{Room, SCALING, counted, is, says, seed};
use anyhow::{Context as _, Result, bail, ensure};
use ballot_box::{Answer, device::Token};
use flipchart_tests::{Attendee, Start, wait_for};
use leavings::Leavings;
use protocol::{
    command::{Command, Outcome, Request},
    document::Kind,
    id::{CommandId, RoundId},
    rounds::RoundState,
};
use std::{fs, path::Path};

/// What somebody hands in, one after the other: the last counts.
type Tries = &'static [Option<u8>];

/// A world is what each person hands in.
type World = [Tries; SCALING.len()];
const ONE: World = [&[Some(10), Some(5)], &[Some(3)], &[Some(9)], &[Some(3)], &[None], &[Some(7)]];
/// The same, from other people.
const OTHER: World = [&[Some(9)], &[None], &[Some(7)], &[Some(10), Some(5)], &[Some(3)], &[Some(3)]];
/// Other numbers.
const THIRD: World = [&[Some(10), Some(5)], &[Some(3)], &[Some(9)], &[Some(3)], &[None], &[Some(8)]];

/// What was left when all notes were in, when the round was closed, and when the numbers had been shown.
struct Left([Leavings; 3]);

/// Both worlds are one until the first note is handed in: every key, session, id and signature is the same, drawn once.
struct Begun {
    room: Room,
    round: RoundId,
    tokens: Vec<Token>,
    start: Start,
}

impl Begun {
    async fn new() -> Result<Self> {
        let start = Start::new(&["--log-format=json"])?.with("RUST_LOG", "info,flipchart=trace,server=trace");
        let temporary = start.folder().join("temporary");
        fs::create_dir(&temporary)?;
        let [temporary, data] = [temporary, start.folder().join("data")];
        let temporary = temporary.to_str().context("a plain path")?;
        let start = start.with("TMPDIR", temporary).with("SQLITE_TMPDIR", temporary).in_folder(data);
        let mut service = start.run().await?;
        let room = Room::open(&service).await?;
        let round = room.begins().await?;
        let mut tokens = Vec::new();
        for (n, who) in room.scaling.iter().enumerate() {
            tokens.push(room.token(who, round, seed(n)).await?);
        }
        service.tell_to_stop()?;
        ensure!(service.ended().await? == Some(0), "{}", service.said());
        Ok(Self { room, round, tokens, start: service.how() })
    }

    async fn goes_on(&mut self, world: World) -> Result<Left> {
        let folder = self.start.folder().join("world");
        copy(self.start.data(), &folder)?;
        let service = self.start.clone().in_folder(folder.clone()).run().await?;
        wait_for("the disk to be measured", async || service.said().contains("the disk").then_some(()))
            .await?;
        // What the room writes as it wakes is a commit of its own: an answer comes when that is kept.
        let asked = Command::AskNote { round: self.round, blinded: String::new() };
        ensure!(matches!(self.room.chair.command(asked).await?, Outcome::Refused { .. }), "the chair scales");
        for n in 0..=SCALING.len() {
            self.comes(n).await?;
        }
        is(&self.room.chair, self.round, RoundState::Open).await?;
        begins_anew(&folder).await?;
        for (token, tries) in self.tokens.iter().zip(world) {
            for (seq, answer) in (0..).zip(tries) {
                let answer = answer.map_or(Answer::NOTHING, says);
                self.room.casts(self.round, &token.ballot(seq, answer)).await?;
            }
        }
        counted(&self.room.chair, SCALING.len() as u32).await?;
        let temporary = self.start.folder().join("temporary");
        let left = async |nth| Leavings::of(&service, self.room.room.id, &temporary, nth).await;
        let all_in = left(1).await?;
        does(&self.room.chair, 1, Command::CloseRound { round: self.round }).await?;
        is(&self.room.chair, self.round, RoundState::Closed).await?;
        let closed = left(2).await?;
        does(&self.room.chair, 2, Command::RevealRound { round: self.round }).await?;
        is(&self.room.chair, self.round, RoundState::Revealed).await?;
        let shown = left(3).await?;
        drop(service);
        fs::remove_dir_all(&folder)?;
        Ok(Left([all_in, closed, shown]))
    }

    /// The chair is back, or one of the others. The desk says so before the next one comes, so that what is kept of it is
    /// one commit for each in every world.
    async fn comes(&mut self, n: usize) -> Result<()> {
        let one = match n {
            0 => &mut self.room.chair,
            n => &mut self.room.scaling[n - 1],
        };
        one.forget();
        one.connect().await?;
        one.open_all().await?;
        let id = one.id.to_string();
        let linked = || {
            self.room.chair.read(Kind::Desk, |desk| desk.json("people")[&id]["devices"][0]["linked"] == true)
        };
        wait_for("the desk to say who is back", async || linked().is_ok_and(|linked| linked).then_some(()))
            .await
    }
}

/// Cuts SQLite's log: how often it began anew while people came back depends on how fast this machine is. From here on
/// all that is written is in it.
async fn begins_anew(data: &Path) -> Result<()> {
    let database = rusqlite::Connection::open(data.join("flipchart.db"))?;
    let cut = || database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    wait_for("the log to be cut", async || (cut().ok()? == 0).then_some(())).await
}

fn same(moment: usize, one: &Leavings, other: &Leavings) -> Result<()> {
    match one.differ(other) {
        None => Ok(()),
        Some(how) => bail!("moment {moment}: {how}\nThis alone may differ:\n{}", masks::in_words()),
    }
}

/// A command under an id that is the same in every world.
async fn does(chair: &Attendee, n: u8, command: Command) -> Result<()> {
    match chair.request(&Request { id: CommandId::from_random([n; 10]), command }).await? {
        Outcome::Done { .. } => Ok(()),
        other => bail!("{other:?}"),
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let (path, to) = (entry?.path(), to.to_owned());
        let to = to.join(path.file_name().context("a name")?);
        if path.is_dir() {
            copy(&path, &to)?;
            fs::set_permissions(&to, fs::metadata(&path)?.permissions())?;
        } else {
            fs::copy(&path, &to)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    Ok(())
}

#[tokio::test]
async fn seal13_with_the_numbers_permuted_files_log_measures_and_backups_are_the_same() -> Result<()> {
    let mut begun = Begun::new().await?;
    let Left(one) = begun.goes_on(ONE).await?;
    let Left(other) = begun.goes_on(OTHER).await?;
    for token in &begun.tokens {
        let ballot = token.ballot(0, Answer::NOTHING);
        for part in [&ballot[17..49], &ballot[54..310]] {
            let said = one.iter().any(|left| left.say(&hex::encode(part)));
            ensure!(!said, "a part of a note is kept");
        }
    }
    for (n, (one, other)) in one.iter().zip(&other).enumerate() {
        same(n, one, other)?;
    }
    // Other numbers are told apart, and not before they are shown.
    let Left(third) = begun.goes_on(THIRD).await?;
    for n in 0..2 {
        same(n, &one[n], &third[n])?;
    }
    ensure!(one[2].differ(&third[2]).is_some() && one[2].say("[3,3,5,7,9]"), "the numbers are not kept");
    Ok(())
}
