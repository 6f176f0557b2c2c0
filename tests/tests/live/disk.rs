//! A disk that takes nothing more, and one that fails: authors keep their words.

use anyhow::{Context, Result, ensure};
use flipchart_tests::{Conference, Requests, Saved, Seen, Service, Start, wait_for};
use protocol::{
    command::{Command as Ask, Outcome, Refusal, TakeOff},
    document::{Audience, Kind},
    people::Role,
    rounds::Told,
};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

const BOARD: Kind = Kind::Board(Audience::All);
/// Room for a start and the first minutes.
const MEBIBYTES: u32 = 3;

/// Whether this account may have a small disk of its own, which only it sees.
fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

/// A service whose data lie on a disk of this size, which it alone sees, and that disk as it is seen from here. None
/// where this account may not have one. `settings` are words of the shell; `$disk` is the disk.
async fn on_a_small_disk(mebibytes: u32, settings: &str) -> Result<Option<(Service, PathBuf)>> {
    if !may_mount() {
        let is_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        ensure!(!is_ci, "under CI nothing is left out: let this account mount a small disk (unshare -rm)");
        // Past the test runner, which shows nothing of a test that passes.
        let notice = "NOT TESTED HERE: a full disk. This account may not mount a small one (unshare -rm)";
        writeln!(io::stderr(), "{notice}")?;
        return Ok(None);
    }
    let start = Start::new(&[])?;
    let disk = start.folder().join("disk");
    fs::create_dir(&disk)?;
    let mount = format!(
        "disk={disk}; {settings}\n\
         [ -n \"$FLIPCHART_INSIDE\" ] || FLIPCHART_INSIDE=1 exec unshare -rm sh -c 'mount -t tmpfs -o size={mebibytes}m tmpfs {disk} \
         && exec \"$0\" \"$@\"' \"$0\" \"$@\"",
        disk = disk.display()
    );
    let service = start.in_folder(disk.join("data")).after(&mount).run().await?;
    let inside = PathBuf::from(format!("/proc/{}/root{}", service.process(), disk.display()));
    Ok(Some((service, inside)))
}

#[tokio::test]
async fn sto4_sto16_on_a_full_disk_everybody_reads_authors_keep_their_words_and_all_goes_on_when_there_is_room()
-> Result<()> {
    let Some((service, inside)) = on_a_small_disk(MEBIBYTES, "").await? else { return Ok(()) };
    let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::SocialWorker]).await?;
    let mut chair = room.chair().await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    // Somebody who was here before and comes back while the disk is full.
    let mut late = room.bring(Role::SocialWorker, &chair).await?;
    late.forget();
    let line = chair.type_note("worried", "before").await?;
    chair.saved().await?;
    let ballast = inside.join("ballast");
    let full = fs::write(&ballast, vec![0; MEBIBYTES as usize * 1024 * 1024]);
    assert!(full.is_err(), "the small disk took more than it has");
    // What the log has room for already is taken.
    let mut more = 0;
    while chair.closed().is_none() && more < 200 {
        more += 1;
        chair.type_note("worried", &"much ".repeat(8 * 1024)).await?;
        chair.see("an answer or the end", answered).await?;
    }
    chair.type_into(line, ", typed on a full disk").await?;
    for one in [&chair, &parent] {
        assert_eq!(one.ended().await?.0, 1012, "the room is rebuilt");
    }
    let ready = Requests::to(&service.origin()).get("/readyz").await?;
    assert_eq!(ready.status, 503, "a full disk is said to whoever runs the service");
    assert!(ready.text().contains("Make room"), "{}", ready.text());

    // STO16: everybody comes back, late readers too, and reads on.
    for one in [&mut chair, &mut parent, &mut late] {
        wait_for("the room", async || one.connect().await.ok()).await?;
        one.open_all().await?;
        one.reads("before").await?;
        one.wait_until("to be told", |seen| told(seen, false)).await?;
    }
    // Nothing that is tried now closes anybody, and nothing is acknowledged.
    chair.type_into(line, ", and on").await?;
    let asked = chair.command(Ask::Convene).await?;
    assert!(matches!(asked, Outcome::Refused { code: Refusal::NotSaved, .. }), "{asked:?}");
    let again = room.enter(Role::Parent).await;
    assert!(again.is_err_and(|why| format!("{why:#}").contains("503")), "a new session is not kept");
    parent.open(Kind::Stage).await?.map_err(anyhow::Error::msg)?;
    assert!(matches!(chair.read(BOARD, |board| board.saved())?, Saved::NotYet(_)));
    assert!(!parent.ever_received("typed on a full disk") && !late.ever_received("typed on a full disk"));
    assert_eq!((chair.closed(), parent.closed(), late.closed()), (None, None, None));

    // It goes on by itself: whoever wrote is asked to come back with it, and nobody else is closed.
    fs::remove_file(&ballast).context("the ballast stays")?;
    assert_eq!(chair.ended().await?.0, 1012);
    chair.connect().await?;
    chair.saved().await?;
    for one in [&parent, &late] {
        one.reads("before, typed on a full disk, and on").await?;
        one.wait_until("to be told", |seen| told(seen, true)).await?;
        assert_eq!(one.closed(), None);
    }
    chair.does(Ask::Convene).await?;
    assert_eq!(Requests::to(&service.origin()).get("/readyz").await?.status, 200);
    let measures = Requests::to(&service.origin()).get("/metrics").await?.text();
    assert!(measures.contains("flipchart_reloads_total 1\n"), "{measures}");
    Ok(())
}

/// Bytes that are free on a disk.
fn free(disk: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(disk)?;
    Ok(disk.f_bavail * disk.f_frsize)
}

#[tokio::test]
async fn sto7_words_are_taken_off_on_a_disk_too_full_to_rewrite_the_file_and_everybody_types_on() -> Result<()>
{
    // Less is free than the database takes; then more, and the copy that SQLite makes first leaves too little of it.
    let cases = [
        ("", 1, "less is free on the disk than the database takes"),
        ("export SQLITE_TMPDIR=$disk", 3, "database or disk is full"),
    ];
    for (settings, halves, why) in cases {
        let Some((service, disk)) = on_a_small_disk(24, settings).await? else { return Ok(()) };
        let bytes = |name: &str| Ok::<_, std::io::Error>(fs::metadata(disk.join("data").join(name))?.len());
        let room = Conference::open(&service, &[Role::Chair]).await?;
        let chair = room.chair().await?;
        let large = "words ".repeat(8 * 1024);
        for n in 0..40 {
            chair.type_note("worried", &format!("{n} {large}")).await?;
            chair.saved().await?;
        }
        let gone = [chair.type_row(&[("task", "once")]).await?, chair.type_row(&[("task", "twice")]).await?];
        chair.saved().await?;
        let take_off = async |row| chair.does(Ask::TakeOff { what: TakeOff::Row { row } }).await;
        take_off(gone[0]).await?;
        wait_for("a short log", async || (bytes("flipchart.db-wal").ok()? < 100_000).then_some(())).await?;
        let (database, was_free) = (bytes("flipchart.db")?, free(&disk)?);
        ensure!(was_free > 2 * database, "this test needs a larger disk: {was_free} are free of {database}");
        let ballast = was_free - database / 2 * halves;
        fs::write(disk.join("ballast"), vec![0; usize::try_from(ballast)?])?;
        take_off(gone[1]).await?;
        let (log, left) = (bytes("flipchart.db-wal")?, free(&disk)?);
        assert!(
            log < database / 4,
            "{settings}: {log} of the log hold a copy of {database} that was not finished"
        );
        assert!(left > database / 4 * halves, "{settings}: {left} are left of {database}");
        let said = async || service.said().contains(why).then_some(());
        wait_for("why the file is not rewritten", said).await.with_context(|| service.said())?;
        // Everybody types on, well beyond what had been given to the log.
        for n in 0..8 {
            chair.type_note("worried", &format!("on {n} {large}")).await?;
            chair.saved().await?;
        }
        assert_eq!(chair.closed(), None);
        assert_eq!(Requests::to(&service.origin()).get("/readyz").await?.status, 200);
    }
    Ok(())
}

fn told(seen: &Seen, takes: bool) -> bool {
    let words = serde_json::to_string(&Told::Disk { takes }).expect("plain values can be written");
    seen.told.contains(&words)
}

/// All that was written is kept, or the socket has ended.
fn answered(seen: &Seen) -> Option<()> {
    let is_saved = seen.replicas.values().all(|copy| copy.saved() == Saved::All);
    (is_saved || seen.closed.is_some()).then_some(())
}

#[tokio::test]
async fn sto4_a_disk_that_fails_ends_the_service_and_no_acknowledged_word_is_lost() -> Result<()> {
    // A file may grow to two MiB; what is written beyond fails, as on a broken disk.
    let limited = Start::new(&[])?;
    let service = limited.clone().after("trap '' XFSZ; ulimit -f 4096").run().await?;
    let mut service = service;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let mut chair = room.chair().await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    let mut written = 0;
    while chair.closed().is_none() && written < 200 {
        written += 1;
        chair.type_note("worried", &format!("{written}: {}", "words ".repeat(8 * 1024))).await?;
        chair.see("an answer or the end", answered).await?;
        if chair.closed().is_none() {
            // What leaves the service later than its answer may not leave it at all.
            parent.reads(&format!("{written}: ")).await?;
        }
    }
    assert_eq!(service.ended().await?, Some(70), "{}", service.said());
    // Its last line is read a moment after its end.
    let told = async || service.said().contains("Check the disk").then_some(());
    wait_for("what to do, on its last line", told).await.with_context(|| service.said())?;
    parent.ended().await?;
    let seen = parent.read(BOARD, |board| board.lines())?;
    assert!(seen.len() + 1 >= written, "{} of {written}", seen.len());
    let how = service.how();
    drop(service);
    let _service = how.after("ulimit -f unlimited").run().await?;
    parent.forget();
    parent.connect().await?;
    parent.open_all().await?;
    let kept = parent.read(BOARD, |board| board.lines())?;
    assert!(seen.iter().all(|(id, line)| kept.get(id) == Some(line)), "a word that others had seen is gone");
    chair.connect().await?;
    chair.saved().await?;
    parent.reads(&format!("{written}: ")).await
}
