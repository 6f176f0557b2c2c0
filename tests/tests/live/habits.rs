//! Habits of a socket, and a conference from its door to its first line.

use anyhow::Result;
use flipchart_tests::{Attendee, Conference, Saved, Service, draw, open_with, read_server_frame, wait_for};
use protocol::{
    command::Command,
    document::{Access, Audience, DocumentName, Kind},
    frame::{ClientMessage, ServerMessage},
    limits::HEARTBEAT,
    people::Role,
};
use std::time::{Duration, Instant};

const BOARD: Kind = Kind::Board(Audience::All);

#[tokio::test]
async fn sync1_sync2_what_one_pen_types_all_read_and_the_author_is_told_that_it_is_saved() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::SocialWorker, Role::Parent]).await?;
    let chair = room.chair().await?;
    let worker = room.bring(Role::SocialWorker, &chair).await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    chair.does(Command::GivePen { attendee: worker.id }).await?;
    let line = chair.type_note("worried", "Three bruises").await?;
    worker.reads("Three bruises").await?;
    worker.type_into(line, ", seen at PE").await?;
    parent.reads("Three bruises, seen at PE").await?;
    chair.saved().await?;
    worker.saved().await?;
    assert_eq!(parent.read(BOARD, |board| board.saved())?, Saved::All);
    for one in [&chair, &worker, &parent] {
        assert_eq!(one.surprises(), Vec::<String>::new());
    }
    Ok(())
}

#[tokio::test]
async fn lim9_a_quiet_socket_gets_a_data_frame_within_ten_seconds_and_again() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let chair = room.chair().await?;
    let (began, deadline) = (Instant::now(), HEARTBEAT + Duration::from_millis(500));
    let beats = |count: usize| {
        move |seen: &flipchart_tests::Seen| {
            let is_beat =
                |frame: &&Vec<u8>| matches!(read_server_frame(frame), Ok((_, ServerMessage::Awareness([0]))));
            seen.frames.iter().filter(is_beat).count() >= count
        }
    };
    chair.wait_until("a sign of life", beats(1)).await?;
    assert!(began.elapsed() <= deadline, "after {:?}", began.elapsed());
    let first = Instant::now();
    chair.wait_until("another", beats(2)).await?;
    assert!(first.elapsed() <= deadline, "after {:?}", first.elapsed());
    Ok(())
}

#[tokio::test]
async fn close5_who_stops_the_service_tells_everybody_to_come_back_and_it_ends_well() -> Result<()> {
    let mut service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let mut chair = room.chair().await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    chair.type_note("worried", "typed just before the end").await?;
    service.tell_to_stop()?;
    for one in [&chair, &parent] {
        assert_eq!(one.ended().await?.0, 1012);
    }
    assert_eq!(service.ended().await?, Some(0), "{}", service.said());
    let _service = service.restart().await?;
    for one in [&mut chair, &mut parent] {
        one.connect().await?;
        one.open_all().await?;
    }
    parent.reads("typed just before the end").await?;
    chair.saved().await
}

#[tokio::test]
async fn sync3_what_is_said_about_a_document_before_its_auth_is_dropped_and_comes_with_step_two() -> Result<()>
{
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let mut chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let board = DocumentName::new(room.id, BOARD);
    // On a fresh socket, edits of the board go out before anything about it has been asked.
    chair.connect_silently().await?;
    chair.type_note("worried", "typed too early").await?;
    let early = chair.read(BOARD, |copy| copy.everything())?;
    chair.say(board, ClientMessage::Update(&early)).await;
    let token = chair.fresh_ticket().await?;
    chair
        .say(DocumentName::new(room.id, Kind::Stage), ClientMessage::Auth { token: &token, version: None })
        .await;
    chair.say(board, ClientMessage::Update(&early)).await;
    chair
        .wait_until("the stage to open", |seen| {
            seen.replicas.iter().any(|(name, copy)| name.kind == Kind::Stage && copy.access().is_some())
        })
        .await?;
    assert!(!parent.ever_received("typed too early"), "an edit was taken before the document was opened");
    chair.say(board, ClientMessage::Auth { token: &token, version: None }).await;
    parent.reads("typed too early").await?;
    chair.saved().await?;
    assert_eq!(chair.surprises(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn close3_a_denied_document_leaves_the_socket_and_its_other_documents_open() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let foreign = DocumentName::new(draw(), Kind::Stage);
    let missing = DocumentName { edition: 7, ..DocumentName::new(room.id, BOARD) };
    let nobody = DocumentName::new(room.id, Kind::Seat(draw()));
    let desk = DocumentName::new(room.id, Kind::Desk);
    let mut said = Vec::new();
    for name in [foreign, missing, nobody, desk] {
        said.push(parent.open_named(name).await?.expect_err("denied"));
    }
    said.dedup();
    assert_eq!(said.len(), 1, "a document that does not exist reads like one that may not be read: {said:?}");
    chair.type_note("worried", "still read").await?;
    parent.reads("still read").await?;
    assert_eq!(parent.closed(), None);
    Ok(())
}

#[tokio::test]
async fn http3_a_socket_opens_from_our_own_page_or_without_a_cookie() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let chair = room.enter(Role::Chair).await?;
    let origin = service.origin();
    let name = format!("__Host-s-{}", chair.id);
    let cookie = format!("{name}={}", chair.requests.cookie(&name).expect("a session"));
    for (headers, status) in [
        (&[][..], 101),
        (&[("origin", origin.as_str())], 101),
        (&[("origin", origin.as_str()), ("cookie", cookie.as_str())], 101),
        (&[("cookie", cookie.as_str())], 403),
        (&[("origin", "https://evil.example"), ("cookie", cookie.as_str())], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
    ] {
        assert_eq!(open_with(&origin, headers).await?, status, "{headers:?}");
    }
    Ok(())
}

#[tokio::test]
async fn http4_close2_a_used_an_unknown_and_an_old_ticket_open_nothing_and_a_new_one_does() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let mut chair = room.chair().await?;
    let used = chair.ticket()?.ticket;
    let old = chair.fresh_ticket().await?;
    // Not before: a ticket lives from its issue on, and the answer with it may come late.
    let issued = Instant::now();
    let stage = DocumentName::new(room.id, Kind::Stage);
    let shut_out = async |token: &str| -> Result<()> {
        let mut other = Attendee::outside(&service.origin(), chair.id);
        other.connect_silently().await?;
        other.say(stage, ClientMessage::Auth { token, version: None }).await;
        assert_eq!(other.ended().await?.0, 4401);
        Ok(())
    };
    shut_out(&used).await?;
    shut_out(&"0".repeat(64)).await?;
    // A socket that says nothing is closed too.
    let mut silent = Attendee::outside(&service.origin(), chair.id);
    silent.connect_silently().await?;
    assert_eq!(silent.ended().await?.0, 4401);
    let at_the_end = protocol::limits::TICKET_LIFE + Duration::from_millis(200);
    tokio::time::sleep(at_the_end.saturating_sub(issued.elapsed())).await;
    shut_out(&old).await?;
    chair.connect().await?;
    chair.open_all().await?;
    Ok(())
}

#[tokio::test]
async fn lim1_close1_close4_a_frame_too_large_or_unreadable_ends_its_own_socket_alone_and_no_word_is_lost()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let mut chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let long = format!("begin {} end of the long words", "x".repeat(300 * 1024));
    chair.type_note("worried", &long).await?;
    assert_eq!(chair.ended().await?.0, 4413);
    assert_eq!(chair.read(BOARD, |board| board.saved())?, Saved::NotYet(1));
    chair.connect().await?;
    chair.saved().await?;
    parent.reads("end of the long words").await?;
    assert_eq!(parent.closed(), None);
    for garbage in [vec![255; 40], vec![0], b"hello".to_vec()] {
        chair.send_raw(garbage).await;
        assert_eq!(chair.ended().await?.0, 4400);
        chair.type_note("worried", "typed while away").await?;
        chair.connect().await?;
        chair.saved().await?;
    }
    parent.reads("typed while away").await?;
    assert_eq!(parent.closed(), None);
    Ok(())
}

#[tokio::test]
async fn lim3_a_desk_that_takes_many_lines_off_can_still_open_what_was_rebuilt() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let chair = room.chair().await?;
    for round in 0..40 {
        let note = chair.type_note("worried", &format!("line {round}")).await?;
        chair.saved().await?;
        chair.does(Command::TakeOff { what: protocol::command::TakeOff::Note { note } }).await?;
        let next = DocumentName { edition: round + 2, ..DocumentName::new(room.id, BOARD) };
        wait_for("the seat to name the board's next edition", async || {
            let named = chair.read(Kind::Seat(chair.id), |seat| seat.json("documents")).ok()?;
            named.get(next.to_string()).map(|_| ())
        })
        .await?;
        chair.open_all().await?;
        assert_eq!(chair.read(BOARD, |board| (board.name, board.access()))?, (next, Some(Access::Write)));
    }
    Ok(())
}
