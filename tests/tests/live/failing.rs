//! A disk that fails once (EIO), and works again the next time it is asked; and one that lists its syncs.

use anyhow::{Context, Result, ensure};
use flipchart_tests::{Attendee, Conference, Requests, Saved, Service, Start, wait_for};
use protocol::{
    document::{Audience, Kind},
    id::NoteId,
    people::Role,
};
use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const BOARD: Kind = Kind::Board(Audience::All);

/// A disk that fails on order: a library that stands between the service and the system.
struct Disk {
    order: PathBuf,
    library: PathBuf,
}

impl Disk {
    /// Built by the C compiler that builds the service's database.
    fn in_folder(folder: &Path) -> Result<Self> {
        let (source, library) = (folder.join("disk.c"), folder.join("disk.so"));
        fs::write(&source, include_str!("../../disk.c"))?;
        let built =
            Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).status();
        ensure!(built.context("no C compiler `cc`")?.success(), "disk.c does not build");
        Ok(Self { order: folder.join("fails"), library })
    }

    /// With this disk beneath it.
    fn beneath(&self, start: Start) -> Result<Start> {
        let path = |path: &Path| path.to_str().map(str::to_owned).context("a plain path");
        Ok(start.with("LD_PRELOAD", &path(&self.library)?).with("DISK_FAILS", &path(&self.order)?))
    }

    /// The next such call fails.
    fn fails(&self, order: &str) -> Result<()> {
        let beside = self.order.with_extension("new");
        fs::write(&beside, order)?;
        Ok(fs::rename(beside, &self.order)?)
    }

    /// Has room again.
    fn works(&self) -> Result<()> {
        Ok(fs::remove_file(&self.order)?)
    }

    async fn has_failed(&self) -> Result<()> {
        wait_for("the disk to fail", async || (!self.order.exists()).then_some(())).await
    }
}

/// Whether everything is acknowledged, or the line ends before that.
async fn is_saved(who: &Attendee) -> Result<bool> {
    let saved = who.see("an answer or the end", |seen| {
        let is_saved = seen.replicas.values().all(|copy| copy.saved() == Saved::All);
        (is_saved || seen.closed.is_some()).then_some(is_saved)
    });
    saved.await
}

/// Types numbers into a line until nobody answers: the last that was acknowledged.
async fn types(who: &Attendee, line: NoteId, kept: &Cell<usize>) -> Result<()> {
    for word in 1.. {
        who.edit(BOARD, |board| board.type_into(line, &format!("{word} "))).await?;
        if !is_saved(who).await? {
            break;
        }
        kept.set(word);
    }
    Ok(())
}

/// How often a file whose name ends like this was synced, by the list of a disk.
fn syncs(list: &Path, end: &str) -> usize {
    fs::read_to_string(list).unwrap_or_default().lines().filter(|path| path.ends_with(end)).count()
}

#[tokio::test]
async fn sto1_no_letter_is_acknowledged_before_a_sync_that_came_after_it() -> Result<()> {
    const LETTERS: usize = 40;
    let start = Start::new(&[])?;
    let disk = Disk::in_folder(start.folder())?;
    let list = start.folder().join("synced");
    let start = start.clone().in_folder(start.folder().join("data"));
    let start = disk.beneath(start)?.with("DISK_SYNCED", list.to_str().context("a plain path")?);
    let service = start.run().await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let chair = room.chair().await?;
    let line = chair.type_note("worried", "").await?;
    chair.saved().await?;
    // A kill takes nothing that the system has: without power only what was synced is there.
    for letter in 1..=LETTERS {
        let before = syncs(&list, "/flipchart.db-wal");
        chair.edit(BOARD, |board| board.type_into(line, "x")).await?;
        chair.saved().await?;
        let synced = syncs(&list, "/flipchart.db-wal") - before;
        ensure!(synced > 0, "letter {letter} of {LETTERS} was acknowledged, and the log was not synced");
    }
    Ok(())
}

/// Which sync fails: that of a commit, or that with which the log is moved into the database when nobody writes.
const SYNCS: [&str; 2] = ["sync store flipchart.db-wal", "sync store flipchart.db"];

#[tokio::test]
async fn sto4_one_failed_sync_ends_the_service_by_itself_and_nothing_is_acknowledged_though_the_next_would_succeed()
-> Result<()> {
    for order in SYNCS {
        let start = Start::new(&[])?;
        let disk = Disk::in_folder(start.folder())?;
        let start = start.clone().in_folder(start.folder().join("data"));
        let mut service = disk.beneath(start)?.run().await?;
        let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
        let other = Conference::open(&service, &[Role::Chair]).await?;
        let (mut chair, mut next_door) = (room.chair().await?, other.chair().await?);
        let mut parent = room.bring(Role::Parent, &chair).await?;
        let (line, numbers) =
            (chair.type_note("worried", "before").await?, next_door.type_note("worried", "").await?);
        chair.saved().await?;
        next_door.saved().await?;
        parent.reads("before").await?;

        let (kept, of_commit) = (Cell::new(0), order == SYNCS[0]);
        if of_commit {
            // Next door is typed all the time, so that a commit would go on after the one that fails.
            disk.fails(order)?;
            let fails = async {
                disk.has_failed().await?;
                chair.type_into(line, ", after").await
            };
            let (typed, failed) = tokio::join!(types(&next_door, numbers, &kept), fails);
            typed.and(failed).context(order)?;
        } else {
            // These are the last words of all: then everybody only reads.
            disk.fails(order)?;
            chair.edit(BOARD, |board| board.type_into(line, ", after")).await?;
        }
        ensure!(service.ended().await? == Some(70), "{order}: {}", service.said());
        chair.ended().await?;
        parent.ended().await?;
        let shown = parent.read(BOARD, |board| board.words(line))?.context("the line is gone")?;
        if of_commit {
            ensure!(matches!(chair.read(BOARD, |board| board.saved())?, Saved::NotYet(_)), "{order}: saved");
            ensure!(shown == "before", "{order}: {shown} was shown");
        }
        let told = async || service.said().contains("Check the disk").then_some(());
        wait_for("what to do, on its last line", told).await.with_context(|| service.said())?;

        // The disk works again: all that was acknowledged is there, and the rest comes from its authors.
        let how = service.how();
        drop(service);
        let _service = how.run().await?;
        for one in [&mut parent, &mut next_door] {
            one.forget();
            one.connect().await?;
            one.open_all().await?;
        }
        parent.reads(&shown).await?;
        let words = next_door.read(BOARD, |board| board.words(numbers))?.context("a line is gone")?;
        let count = words.split_terminator(' ').count();
        ensure!(count >= kept.get(), "{order}: {} were acknowledged, {count} are there", kept.get());
        chair.connect().await?;
        chair.saved().await?;
        parent.reads("before, after").await?;
    }
    Ok(())
}

/// A service that was started anew: one room sleeps, the one next door is written in.
struct Asleep {
    disk: Disk,
    service: Service,
    /// Of the room that sleeps.
    chair: Attendee,
    next_door: Attendee,
    /// What the chair wrote before.
    line: NoteId,
}

async fn asleep(words: &str) -> Result<Asleep> {
    let start = Start::new(&[])?;
    let disk = Disk::in_folder(start.folder())?;
    let start = disk.beneath(start.clone().in_folder(start.folder().join("data")))?;
    let mut service = start.run().await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let other = Conference::open(&service, &[Role::Chair]).await?;
    let (chair, mut next_door) = (room.chair().await?, other.chair().await?);
    let line = chair.type_note("worried", words).await?;
    chair.saved().await?;
    service.tell_to_stop()?;
    ensure!(service.ended().await? == Some(0), "{}", service.said());
    let service = service.how().run().await?;
    next_door.forget();
    next_door.connect().await?;
    next_door.open_all().await?;
    // Nothing is written before the whole file has been looked at once.
    next_door.type_note("worried", "next door").await?;
    next_door.saved().await?;
    Ok(Asleep { disk, service, chair, next_door, line })
}

#[tokio::test]
async fn sto15_a_room_whose_bytes_the_disk_does_not_give_keeps_nobody_from_another_and_is_there_when_it_does()
-> Result<()> {
    // More than one page: they are read when the room wakes, and not before.
    let much = format!("{} end", "much ".repeat(8 * 1024));
    for order in ["read others flipchart.db", "lost others flipchart.db"] {
        let Asleep { disk, service, mut chair, next_door, .. } = asleep(&much).await?;
        disk.fails(order)?;
        chair.forget();
        let told = chair.ask_for_ticket().await?.status;
        if order.starts_with("lost") {
            // However often they ask: nobody is told that they are out.
            for _ in 0..3 {
                ensure!(chair.ask_for_ticket().await?.status == 503, "{}", service.said());
            }
            ensure!(told == 503, "{told}: {}", service.said());
        } else {
            // A read that failed once is nobody's matter.
            disk.has_failed().await?;
            ensure!(told == 200, "{told}: {}", service.said());
        }
        next_door.type_note("worried", "we go on").await?;
        next_door.saved().await?;
        let ready = Requests::to(&service.origin()).get("/readyz").await?;
        ensure!(ready.status == 200, "{}", service.said());
        if order.starts_with("lost") {
            disk.works()?;
        }
        wait_for("the room", async || chair.connect().await.ok()).await?;
        chair.open_all().await?;
        // Nothing of it was taken for damaged.
        chair.reads(" end").await.with_context(|| service.said())?;
    }
    Ok(())
}

#[tokio::test]
async fn sto16_a_room_that_wakes_on_a_full_disk_is_read_and_goes_on_by_itself() -> Result<()> {
    let Asleep { disk, service, mut chair, mut next_door, line } = asleep("before").await?;
    disk.fails("full all flipchart.")?;
    next_door.type_note("worried", "too much").await?;
    ensure!(next_door.ended().await?.0 == 1012);

    chair.forget();
    chair.connect().await?;
    chair.open_all().await?;
    chair.reads("before").await?;
    chair
        .wait_until("to be told", |seen| seen.told.iter().any(|told| told.contains("\"takes\":false")))
        .await?;
    ensure!(chair.closed().is_none(), "{:?}", chair.closed());
    chair.type_into(line, ", on a full disk").await?;
    let measures = Requests::to(&service.origin()).get("/metrics").await?.text();
    ensure!(measures.contains("flipchart_reloads_total 1\n"), "the disk was asked again: {measures}");
    disk.works()?;
    ensure!(chair.ended().await?.0 == 1012);
    for one in [&mut chair, &mut next_door] {
        one.connect().await?;
        // Each room goes on by itself: next door may still hold.
        while !is_saved(one).await? {
            one.connect().await?;
        }
    }
    ensure!(chair.surprises().is_empty(), "{:?}", chair.surprises());
    chair.reads("before, on a full disk").await
}

#[tokio::test]
async fn sto8_a_conference_is_opened_only_when_its_key_and_the_name_of_the_file_are_on_the_disk() -> Result<()>
{
    for order in ["sync others conferences.new", "sync others data/keys"] {
        let start = Start::new(&[])?;
        let disk = Disk::in_folder(start.folder())?;
        let start = start.clone().in_folder(start.folder().join("data"));
        let service = disk.beneath(start)?.run().await?;
        disk.fails(order)?;
        let refused = Conference::open(&service, &[Role::Chair]).await;
        ensure!(refused.is_err() && !disk.order.exists(), "{order}: opened without");
        let room = Conference::open(&service, &[Role::Chair]).await.context("once the disk works")?;
        let mut chair = room.chair().await?;
        chair.type_note("worried", "before").await?;
        chair.saved().await?;
        let how = service.how();
        drop(service);
        let _service = how.run().await?;
        chair.forget();
        chair.connect().await?;
        chair.open_all().await?;
        chair.reads("before").await?;
    }
    Ok(())
}
