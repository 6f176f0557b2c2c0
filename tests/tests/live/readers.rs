//! Readers who take nothing, and lines that are dead without anybody saying so: each costs its bound, and ends.

use crate::{
    floods::{BEARABLE, slowest_letter},
    process::Process,
};
use anyhow::{Context as _, Result, bail, ensure};
use flipchart_tests::{
    Attendee, Conference, DEADLINE, Replica, Requests, Service, read_server_frame, wait_for,
    write_client_frame,
};
use futures_util::{SinkExt as _, StreamExt as _, future::try_join_all};
use protocol::{
    command::Command,
    document::{Audience, Kind},
    frame::{ClientMessage, ServerMessage},
    limits::{SILENCE, WRITE_STALL},
    people::Role,
    scan::{AwarenessEntry, write_awareness},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

const BOARD: Kind = Kind::Board(Audience::All);
/// Edits of 200 KB: 7 MB in all, more than every buffer on the way holds.
const EDITS: usize = 35;
/// Who take nothing. Each names the document in its own way, so that what waits for one is not what waits for another.
const DEAF: usize = 14;
/// The document, its log on the way, and for each reader twice what may wait: in the room and in the socket. About 33 MiB are
/// used; all that was written would be 74 MiB.
const MORE_MEMORY: usize = 48 << 20;

/// A measure of the service, 0 where nothing has been counted.
async fn measure(service: &Service, name: &str) -> Option<u64> {
    let text = Requests::to(&service.origin()).get("/metrics").await.ok()?.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(Some(0), |number| number.parse().ok())
}

/// A socket of this attendee that is let in, asks for the board, and takes what comes into a small buffer. `n` is the
/// client's own number of its attachment.
async fn reader(service: &Service, who: &Attendee, n: usize) -> Result<WebSocketStream<TcpStream>> {
    let board = who.read(BOARD, |copy| copy.name)?;
    let line = TcpSocket::new_v4()?;
    line.set_recv_buffer_size(4_096)?;
    let line = line.connect(service.origin().trim_start_matches("http://").parse()?).await?;
    let name = format!("{board}\0{n}");
    let mut socket = open(line, service, who, &name).await?;
    let asks = write_client_frame(&name, &ClientMessage::Step1(&[0]));
    socket.send(Message::Binary(asks.into())).await?;
    Ok(socket)
}

/// Opens a document on a line.
async fn open(
    line: TcpStream,
    service: &Service,
    who: &Attendee,
    name: &str,
) -> Result<WebSocketStream<TcpStream>> {
    let mut request = format!("{}/sync", service.origin().replacen("http", "ws", 1)).into_client_request()?;
    request.headers_mut().insert("origin", service.origin().parse()?);
    let (mut socket, _) = client_async(request, line).await?;
    let ticket = who.fresh_ticket().await?;
    let auth = ClientMessage::Auth { token: &ticket, version: Some("4.8.0") };
    socket.send(Message::Binary(write_client_frame(name, &auth).into())).await?;
    let first = timeout(DEADLINE, socket.next()).await?.context("it is let in")??;
    ensure!(matches!(first, Message::Binary(_)), "{first:?}");
    Ok(socket)
}

#[tokio::test]
async fn lim4_a_reader_who_takes_nothing_falls_behind_and_is_closed_and_one_who_reads_on_gets_one_difference()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::CoChair]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let board = parent.read(BOARD, |copy| copy.name)?;
    let deaf = try_join_all((0..DEAF).map(|n| reader(&service, &parent, n))).await?;
    let mut late = reader(&service, &parent, DEAF).await?;
    let process = Process::of(&service);
    let before = process.memory()?;
    for n in 0..EDITS {
        co_chair.type_note("worried", &format!("{n} {}", "much ".repeat(40_000))).await?;
        co_chair.saved().await?;
    }
    // Each is behind once: nothing more of others' edits waits for it, however much is written.
    let behind =
        async || (measure(&service, "flipchart_behind_total").await? == DEAF as u64 + 1).then_some(());
    wait_for("all to be behind", behind).await?;
    let slowest = slowest_letter(&chair, &parent, 10).await?;
    ensure!(slowest < BEARABLE, "a letter took {slowest:?}");
    let more = process.peak()?.saturating_sub(before);
    ensure!(more < MORE_MEMORY, "{more} bytes more");

    // One reads on: what waited comes as it was, the rest at once.
    let copy = Replica::new(board);
    let whole = chair.read(BOARD, |board| board.lines())?;
    let (mut messages, mut others) = (0, 0);
    while copy.lines() != whole {
        let message = timeout(DEADLINE, late.next()).await?.context("it was closed")??;
        let Message::Binary(bytes) = message else { continue };
        match read_server_frame(&bytes)?.1 {
            ServerMessage::Update(update) | ServerMessage::Step2(update) => {
                copy.apply(update)?;
                messages += 1;
            }
            _ => others += 1,
        }
        ensure!(others < 100, "only signs of life come");
    }
    ensure!(messages < EDITS, "{messages} messages for {EDITS} edits and some letters");
    // What is written now comes as it is shown again.
    chair.type_note("worried", "read in time").await?;
    let next = async {
        while let Some(Ok(Message::Binary(bytes))) = late.next().await {
            if let ServerMessage::Update(update) = read_server_frame(&bytes)?.1 {
                copy.apply(update)?;
                if copy.lines().values().any(|(_, line)| line == "read in time") {
                    return Ok(());
                }
            }
        }
        bail!("it was closed")
    };
    timeout(DEADLINE, next).await??;

    // The others are told to come back: a stall is looked for with each sign of life, and a close waits for 3 s.
    let closed = async {
        while measure(&service, "flipchart_closes_total{code=\"1013\"}").await != Some(DEAF as u64) {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(WRITE_STALL + Duration::from_secs(15), closed).await.context("a deaf reader is still open")?;
    drop(deaf);
    Ok(())
}

#[tokio::test]
async fn right6_who_is_sent_out_is_cut_off_at_once_also_when_the_line_is_full() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::CoChair]).await?;
    let chair = room.chair().await?;
    let mut parent = room.bring(Role::Parent, &chair).await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let mut deaf = reader(&service, &parent, 0).await?;
    parent.forget();
    // No longer than needed: whoever takes nothing for a while is told to come back.
    let is_behind = async || measure(&service, "flipchart_behind_total").await == Some(1);
    for n in 0..EDITS {
        if is_behind().await {
            break;
        }
        co_chair.type_note("worried", &format!("{n} {}", "much ".repeat(40_000))).await?;
        co_chair.saved().await?;
    }
    ensure!(is_behind().await, "its line took all");
    chair.command(Command::Eject { attendee: parent.id }).await?;
    let closes = |code: u16| format!("flipchart_closes_total{{code=\"{code}\"}}");
    let is_out = async || (measure(&service, &closes(4403)).await == Some(1)).then_some(());
    wait_for("the deaf reader to be cut off", is_out).await?;
    assert_eq!(measure(&service, &closes(1013)).await, Some(0));
    let end = async { while let Some(Ok(_)) = deaf.next().await {} };
    timeout(DEADLINE, end).await.context("its line is still open")
}

#[tokio::test]
async fn lim9_a_line_that_is_dead_without_a_word_ends_and_presence_goes_with_it() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::CoChair]).await?;
    let chair = room.chair().await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let board = chair.read(BOARD, |copy| copy.name)?;
    let note = co_chair.type_note("worried", "a line").await?;
    let opened = async || measure(&service, "flipchart_sockets").await;
    ensure!(opened().await == Some(2));

    // A proxy that goes silent: both ends of the line stay open, and nothing passes any more.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let at = listener.local_addr()?;
    let silence = Arc::new(Notify::new());
    let (to, falls_silent) = (service.origin().trim_start_matches("http://").to_owned(), silence.clone());
    let proxy = tokio::spawn(async move {
        let (mut near, _) = listener.accept().await?;
        let mut far = TcpStream::connect(to).await?;
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => {}
            () = falls_silent.notified() => {}
        }
        anyhow::Ok((near, far))
    });
    let mut socket = open(TcpStream::connect(at).await?, &service, &co_chair, &board.to_string()).await?;
    let state = Some(format!(r#"{{"writing":"{note}"}}"#));
    let says = write_awareness(&[AwarenessEntry { client: 77, clock: 1, state }]);
    let says = write_client_frame(&board.to_string(), &ClientMessage::Awareness(&says));
    socket.send(Message::Binary(says.into())).await?;
    let is_there = move |seen: &flipchart_tests::Seen| {
        seen.awareness.get(&board).and_then(|known| known.get(&77)).is_some_and(|one| one.state.is_some())
    };
    chair.wait_until("who writes there", is_there).await?;
    ensure!(opened().await == Some(3));
    silence.notify_one();
    let (near, far) = proxy.await??;
    let began = Instant::now();

    let gone = async {
        while opened().await != Some(2) {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(SILENCE + Duration::from_secs(5), gone).await.context("a dead line is still open")?;
    ensure!(began.elapsed() > SILENCE - Duration::from_secs(10), "it was given no time to sleep");
    chair.wait_until("its presence to go", |seen| !is_there(seen)).await?;
    drop((near, far, socket));
    // Whoever is alive notices nothing.
    co_chair.type_into(note, " goes on").await?;
    chair.reads("a line goes on").await
}
