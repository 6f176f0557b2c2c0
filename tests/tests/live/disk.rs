//! A disk that takes nothing more, and one that fails: authors keep their words.

use anyhow::{Context, Result, ensure};
use flipchart_tests::{Conference, Requests, Saved, Seen, Start, wait_for};
use protocol::{
    command::{Command as Ask, Outcome, Refusal},
    document::{Audience, Kind},
    people::Role,
    rounds::Told,
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
async fn sto4_sto16_on_a_full_disk_everybody_reads_authors_keep_their_words_and_all_goes_on_when_there_is_room()
-> Result<()> {
    if !may_mount() {
        let is_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        ensure!(!is_ci, "under CI nothing is left out: let this account mount a small disk (unshare -rm)");
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
    let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::SocialWorker]).await?;
    let mut chair = room.chair().await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    // Somebody who was here before and comes back while the disk is full.
    let mut late = room.bring(Role::SocialWorker, &chair).await?;
    late.forget();
    let line = chair.type_note("worried", "before").await?;
    chair.saved().await?;
    // Seen from outside the service's own view.
    let inside = PathBuf::from(format!("/proc/{}/root{}", service.process(), disk.display()));
    let ballast = inside.join("ballast");
    let full = fs::write(&ballast, vec![0; MEBIBYTES as usize * 1024 * 1024]);
    assert!(full.is_err(), "the small disk took more than it has");
    chair.type_note("worried", &"much ".repeat(8 * 1024)).await?;
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

fn told(seen: &Seen, takes: bool) -> bool {
    let words = serde_json::to_string(&Told::Disk { takes }).expect("plain values can be written");
    seen.told.contains(&words)
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
