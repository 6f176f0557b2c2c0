//! A disk that takes nothing more, and one that fails: authors keep their words.

use anyhow::{Context, Result};
use flipchart_tests::{Conference, Requests, Saved, Start, wait_for};
use protocol::{
    document::{Audience, Kind},
    people::Role,
};
use std::{fs, path::PathBuf, process::Command};

const BOARD: Kind = Kind::Board(Audience::All);
/// Room for a start and the first minutes.
const MEBIBYTES: u32 = 3;

/// Whether this account may have a small disk of its own, which only it sees.
fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

#[tokio::test]
async fn sto4_on_a_full_disk_authors_keep_their_words_and_writing_goes_on_when_there_is_room() -> Result<()> {
    if !may_mount() {
        eprintln!("not shown here: this account may not mount a small disk (unshare -rm)");
        return Ok(());
    }
    let start = Start::new(&[])?;
    let disk = start.folder().join("disk");
    fs::create_dir(&disk)?;
    // The folder of the data lies on a disk that this service alone sees.
    let mount = format!(
        "[ -n \"$FLIPCHART_INSIDE\" ] || FLIPCHART_INSIDE=1 exec unshare -rm sh -c 'mount -t tmpfs -o size={MEBIBYTES}m tmpfs {disk} \
         && exec \"$0\" \"$@\"' \"$0\" \"$@\"",
        disk = disk.display()
    );
    let service = start.in_folder(disk.join("data")).after(&mount).run().await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let mut chair = room.chair().await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    let line = chair.type_note("worried", "before").await?;
    chair.saved().await?;
    // Seen from outside the service's own view.
    let inside = PathBuf::from(format!("/proc/{}/root{}", service.process(), disk.display()));
    let ballast = inside.join("ballast");
    let full = fs::write(&ballast, vec![0; MEBIBYTES as usize * 1024 * 1024]);
    assert!(full.is_err(), "the small disk took more than it has");
    chair.type_note("worried", &"much ".repeat(8 * 1024)).await?;
    chair.type_into(line, ", typed on a full disk").await?;
    chair.see("the room to be rebuilt", |seen| seen.closed.clone()).await?;
    assert!(matches!(chair.read(BOARD, |board| board.saved())?, Saved::NotYet(_)));
    let ready = Requests::to(&service.origin()).get("/readyz").await?;
    assert_eq!(ready.status, 503, "a full disk is said to whoever runs the service");
    assert!(ready.text().contains("Make room"), "{}", ready.text());
    assert!(!parent.ever_received("typed on a full disk"));
    fs::remove_file(&ballast).context("the ballast stays")?;
    // Clients come back by themselves until it works.
    wait_for("writing to go on", async || {
        chair.connect().await.ok()?;
        chair.saved().await.ok()
    })
    .await?;
    parent.connect().await?;
    parent.open_all().await?;
    parent.reads("before, typed on a full disk").await?;
    assert_eq!(Requests::to(&service.origin()).get("/readyz").await?.status, 200);
    Ok(())
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
        chair
            .see("an answer or the end", |seen| {
                let is_saved = seen.replicas.values().all(|copy| copy.saved() == Saved::All);
                (is_saved || seen.closed.is_some()).then_some(())
            })
            .await?;
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
