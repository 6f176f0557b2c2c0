//! Promise 1: nobody but its author sees a word that a power cut can take back.

use anyhow::Result;
use flipchart_tests::{Attendee, Conference, Link, Service, draw, wait_for};
use protocol::{
    command::{Command, Outcome, Request},
    document::{Audience, Kind},
    id::NoteId,
    people::{Role, Standing},
};
use std::collections::BTreeMap;

const BOARD: Kind = Kind::Board(Audience::All);

fn words_of(one: &Attendee) -> Result<BTreeMap<NoteId, String>> {
    let lines = one.read(BOARD, |board| board.lines())?;
    Ok(lines.into_iter().map(|(id, (_, words))| (id, words)).collect())
}

/// All links, once the last one of two practice conferences has been read: an empty line stands behind them.
async fn practice_links(service: &Service) -> Result<Vec<Link>> {
    wait_for("the practice links", async || {
        let said = service.said();
        let (before, last) = said.rsplit_once("Practice conference, ")?;
        (before.contains("Practice conference, ") && last.contains("\n\n")).then(|| service.links())
    })
    .await
}

#[tokio::test]
async fn sto1_sync1_kills_take_no_word_that_anybody_had_seen_or_been_told_is_saved() -> Result<()> {
    let mut service = Service::start(&["--practice"]).await?;
    let links = practice_links(&service).await?;
    assert!(links.len() > 10, "one link for each role of two practice conferences: {}", links.len());
    let roles = [Role::Chair, Role::CoChair, Role::SocialWorker, Role::Parent];
    let room = Conference::open(&service, &roles).await?;
    let mut chair = room.chair().await?;
    let mut co_chair = room.bring(Role::CoChair, &chair).await?;
    let mut worker = room.bring(Role::SocialWorker, &chair).await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    chair.does(Command::GivePen { attendee: worker.id }).await?;
    let mut lines = Vec::new();
    for pen in [&chair, &co_chair, &worker] {
        lines.push(pen.type_note("worried", "begin ").await?);
        pen.saved().await?;
    }
    for kill in 0..3 {
        // Three pens type letter by letter, some of it without a connection, while the service dies.
        for (pen, line) in [&chair, &co_chair, &worker].into_iter().zip(&lines) {
            pen.type_into(*line, &format!("round {kill} one two three ")).await?;
        }
        parent.reads(&format!("round {kill} one")).await?;
        for (pen, line) in [&chair, &co_chair, &worker].into_iter().zip(&lines) {
            pen.type_into(*line, "four five six seven eight nine ten ").await?;
        }
        service.kill()?;
        for one in [&chair, &co_chair, &worker, &parent] {
            one.ended().await?;
        }
        let (seen, mine) = (words_of(&parent)?, words_of(&chair)?);
        chair.type_into(lines[0], "typed while nobody answers ").await?;
        service = service.restart().await?;

        // Before any author is back: what others had seen is there.
        parent.forget();
        parent.connect().await?;
        parent.open_all().await?;
        for (id, words) in words_of(&parent)? {
            assert!(words.len() >= seen.get(&id).map_or(0, String::len), "kill {kill}: {words:?}");
        }
        for (id, words) in &seen {
            parent
                .wait_until("the words seen before", |now| {
                    now.replicas
                        .values()
                        .filter_map(|copy| copy.words(*id))
                        .any(|now| now.starts_with(words.as_str()))
                })
                .await?;
        }
        // Authors come back and bring what was not acknowledged.
        for pen in [&mut chair, &mut co_chair, &mut worker] {
            pen.connect().await?;
            pen.open_all().await?;
            pen.saved().await?;
        }
        parent.reads("typed while nobody answers").await?;
        for (pen, line) in [&chair, &co_chair, &worker].into_iter().zip(&lines) {
            let whole = pen.read(BOARD, |board| board.words(*line))?.expect("an own line");
            parent.reads(&whole).await?;
            assert_eq!(whole.matches("ten ").count(), kill + 1, "{whole}");
        }
        assert!(words_of(&chair)?[&lines[0]].len() > mine[&lines[0]].len());
        assert_eq!(practice_links(&service).await?, links, "practice links changed with a restart");
    }
    for one in [&chair, &co_chair, &worker, &parent] {
        assert_eq!(one.surprises(), Vec::<String>::new());
    }
    Ok(())
}

#[tokio::test]
async fn http1_a_command_sent_again_has_one_effect_and_one_answer_also_after_a_kill() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let mut chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let requests: Vec<Request> = [
        Command::Convene,
        Command::WriteHeld { held: draw(), section: "worried".into(), words: "held once".into() },
        Command::GivePen { attendee: parent.id },
        Command::Pause,
    ]
    .map(|command| Request { id: draw(), command })
    .into();
    let mut first = Vec::new();
    for request in &requests {
        let outcome = chair.request(request).await?;
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
        assert_eq!(chair.request(request).await?, outcome);
        first.push(outcome);
    }
    // Another's command under the same id is another command.
    let outcome = parent.request(&requests[0]).await?;
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    let _service = service.restart().await?;
    for (request, outcome) in requests.iter().zip(&first) {
        assert_eq!(&chair.request(request).await?, outcome, "{:?}", request.command);
    }
    chair.connect().await?;
    chair.open_all().await?;
    assert_eq!(chair.read(Kind::Desk, |desk| desk.keys("held").len())?, 1);
    let again = chair.command(Command::Convene).await?;
    let Outcome::Refused { why, .. } = again else { panic!("convened twice: {again:?}") };
    assert_eq!(why, "The conference has been convened already.");
    Ok(())
}

#[tokio::test]
async fn http5_sessions_devices_and_ejections_live_through_a_kill() -> Result<()> {
    let service = Service::start(&[]).await?;
    let roles = [Role::Chair, Role::Parent, Role::Relative];
    let room = Conference::open(&service, &roles).await?;
    let mut chair = room.chair().await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    let relative = room.bring(Role::Relative, &chair).await?;
    // A second device waits; the first stays.
    let mut second = room.enter(Role::Parent).await?;
    assert_eq!(second.door().await?.standing, Standing::Waiting);
    assert_eq!(parent.door().await?.standing, Standing::Here);
    let began = std::time::Instant::now();
    chair.does(Command::Eject { attendee: relative.id }).await?;
    assert_eq!(relative.ended().await?.0, 4403);
    assert!(began.elapsed() < std::time::Duration::from_secs(1), "{:?}", began.elapsed());
    let unknown = Attendee::outside(room.origin(), draw()).try_enter(&"0".repeat(64), "12345678").await?;
    let expected = room.expected(Role::Relative)?;
    let _service = service.restart().await?;
    let again = relative.try_enter(&expected.secret, &expected.pin).await?;
    assert_eq!(
        (again.status, &again.body),
        (403, &unknown.body),
        "an ejected link reads unlike an unknown one"
    );
    assert_eq!(relative.door().await?.standing, Standing::Out);
    assert_eq!(second.door().await?.standing, Standing::Waiting);
    chair.connect().await?;
    chair.open_all().await?;
    let waiting = chair.read(Kind::Desk, |desk| desk.json("people"))?;
    let devices = waiting[parent.id.to_string()]["devices"].clone();
    let n = devices.as_array().into_iter().flatten().find(|one| one["waiting"] == true).expect("it waits");
    let n = n["n"].as_f64().map(|n| n as u32);
    chair.does(Command::Admit { attendee: parent.id, device: n, person: None }).await?;
    second.connect().await?;
    second.open_all().await?;
    parent.connect().await?;
    parent.open_all().await?;
    // Leaving ends this device's session, and the other's page stays.
    let outcome = second.command(Command::Leave).await?;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    assert_eq!(second.ended().await?.0, 4403);
    assert_eq!(second.requests.cookie(&format!("__Host-s-{}", second.id)), None, "the cookie stays");
    assert_eq!(second.ask_for_ticket().await?.status, 401);
    chair.type_note("worried", "the first device reads on").await?;
    parent.reads("the first device reads on").await
}
