//! Many sockets at once: a service that stops lets them go one after the other, and one whose network was cut for a
//! moment takes them all back.

use anyhow::{Context, Result, bail, ensure};
use flipchart_tests::{
    Attendee, Conference, DEADLINE, Requests, Service, Start, read_server_frame, wait_for, write_client_frame,
};
use futures_util::{
    SinkExt as _, StreamExt as _,
    future::{join_all, try_join_all},
};
use protocol::{
    api::{Door, Enter, Pass},
    document::{Audience, DocumentName, Kind},
    frame::{ClientMessage, ServerMessage},
    limits::{FAREWELL_EVERY, FAREWELL_MOST, SOCKETS},
    people::Role,
};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest as _, handshake::client::generate_key},
};

const BOARD: Kind = Kind::Board(Audience::All);
/// What a person bears between a key and the letter on another screen, on a busy machine.
const BEARABLE: Duration = Duration::from_secs(2);
/// Everybody is back by then, on a busy machine.
const BACK: Duration = Duration::from_secs(20);
/// After so many storms the memory that they take at their height has been seen.
const STORMS: usize = 9;
/// The service weighs two PINs at a time.
const AT_ONCE: usize = 8;

type Raw = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A service that learns from its proxy where everybody comes from, as behind the proxy of a council.
async fn behind_a_proxy() -> Result<Service> {
    Start::new(&["--trust-proxy", "127.0.0.1"])?.run().await
}

/// Devices of a conference, each of another person and from an address of its own.
async fn devices(room: &Conference) -> Result<Vec<Attendee>> {
    let mut devices = Vec::new();
    for some in room.people().chunks(AT_ONCE) {
        let entering = some.iter().map(async |one| {
            let device = Attendee::outside(room.origin(), one.attendee);
            let body = Enter { attendee: one.attendee, secret: one.secret.clone(), pin: one.pin.clone() };
            let from = format!("2001:db8:{}::1", &one.secret[..4]);
            let answer =
                device.requests.post_with("/api/enter", &[("x-forwarded-for", &from)], &body).await?;
            answer.json::<Door>().context("the door stays shut")?;
            anyhow::Ok(device)
        });
        devices.extend(try_join_all(entering).await?);
    }
    Ok(devices)
}

/// A desk and as many others of the leading side as fill so many sockets.
async fn full(service: &Service, sockets: usize) -> Result<(DocumentName, Vec<Attendee>)> {
    let mut roles = vec![Role::CoChair; sockets.div_ceil(SOCKETS)];
    roles[0] = Role::Chair;
    let room = Conference::open(service, &roles).await?;
    Ok((DocumentName::new(room.id, BOARD), devices(&room).await?))
}

/// Comes with a fresh ticket and stays when it has all of the board.
async fn sit(device: &Attendee, board: DocumentName) -> Result<Raw> {
    let ticket = match device.fresh_ticket().await {
        Ok(ticket) => ticket,
        // The line of its last request may have been closed at this very moment; a page asks again (SPEC HTTP14).
        Err(_) => device.fresh_ticket().await?,
    };
    let origin = device.requests.origin();
    let mut request = format!("{}/sync", origin.replacen("http", "ws", 1)).into_client_request()?;
    request.headers_mut().insert("origin", origin.parse()?);
    let mut socket = connect_async(request).await?.0;
    let name = board.to_string();
    let say = |message| Message::Binary(write_client_frame(&name, &message).into());
    socket.feed(say(ClientMessage::Auth { token: &ticket, version: Some("4.8.0") })).await?;
    socket.feed(say(ClientMessage::Step1(&[0]))).await?;
    socket.flush().await?;
    while let Some(message) = socket.next().await {
        match message? {
            Message::Binary(bytes) => match read_server_frame(&bytes)?.1 {
                ServerMessage::Step2(_) => return Ok(socket),
                ServerMessage::Denied(why) => bail!("refused: {why}"),
                _ => {}
            },
            Message::Close(close) => bail!("closed: {close:?}"),
            _ => {}
        }
    }
    bail!("it ended without a word")
}

/// Every device with as many sockets as it may have.
async fn all_sit(devices: &[Attendee], board: DocumentName) -> Result<Vec<Raw>> {
    try_join_all(devices.iter().flat_map(|device| (0..SOCKETS).map(move |_| sit(device, board)))).await
}

/// With which code a socket ends, and when.
async fn end_of(mut socket: Raw) -> Result<(u16, Instant)> {
    while let Some(message) = socket.next().await {
        if let Message::Close(Some(close)) = message? {
            return Ok((close.code.into(), Instant::now()));
        }
    }
    bail!("it ended without a word")
}

/// A measure of the service as it is now; none before there was anything to measure.
async fn measure(service: &Service, name: &str) -> Result<Option<u64>> {
    let measures = Requests::to(&service.origin()).get("/metrics").await?.text();
    let said = measures.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(said.map(str::parse).transpose()?)
}

#[tokio::test]
async fn sto15_a_start_loads_no_room_and_many_who_come_at_once_load_theirs_once() -> Result<()> {
    let service = Service::start(&[]).await?;
    let mut chairs = Vec::new();
    for _ in 0..3 {
        let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
        let chair = room.chair().await?;
        chair.type_note("worried", "kept").await?;
        chair.saved().await?;
        chairs.push(chair);
    }
    let service = service.restart().await?;
    assert_eq!(measure(&service, "flipchart_rooms").await?.unwrap_or(0), 0);
    let first = &mut chairs[0];
    try_join_all((0..12).map(|_| first.fresh_ticket())).await?;
    first.forget();
    first.connect().await?;
    first.open_all().await?;
    first.reads("kept").await?;
    assert_eq!(measure(&service, "flipchart_rooms").await?, Some(1));
    assert_eq!(measure(&service, "flipchart_load_seconds_count").await?, Some(1));
    let other = &mut chairs[2];
    other.forget();
    other.connect().await?;
    other.open_all().await?;
    other.reads("kept").await?;
    assert_eq!(measure(&service, "flipchart_rooms").await?, Some(2));
    Ok(())
}

#[tokio::test]
async fn close5_a_service_that_stops_lets_sockets_go_one_after_the_other_and_loses_nothing() -> Result<()> {
    let mut service = behind_a_proxy().await?;
    let start = service.how();
    let (board, mut devices) = full(&service, 97).await?;
    let mut author = devices.pop().context("one more than has sockets")?;
    let sockets = all_sit(&devices, board).await?;
    assert_eq!(sockets.len(), 96);
    let spread = FAREWELL_EVERY * u32::try_from(sockets.len())?;
    author.connect().await?;
    author.open_all().await?;
    author.type_note("worried", "kept to the end").await?;
    author.saved().await?;

    let ends: Vec<_> = sockets.into_iter().map(|socket| tokio::spawn(end_of(socket))).collect();
    let began = Instant::now();
    service.tell_to_stop()?;
    let ends = timeout(DEADLINE, join_all(ends)).await.context("some sockets were never told")?;
    let ends: Vec<(u16, Instant)> = ends.into_iter().map(|end| anyhow::Ok(end??)).collect::<Result<_>>()?;
    ensure!(ends.iter().all(|(code, _)| *code == 1012), "{ends:?}");
    let mut moments: Vec<Instant> = ends.into_iter().map(|(_, moment)| moment).collect();
    moments.sort();
    let after = |n: usize| moments[n] - began;
    ensure!(after(72) - after(24) > spread / 4, "half of them within {:?}", after(72) - after(24));
    ensure!(after(95) < FAREWELL_MOST + BEARABLE, "the last one was told after {:?}", after(95));
    assert_eq!(service.ended().await?, Some(0));

    let _service = start.run().await?;
    let mut reader = devices.swap_remove(0);
    reader.connect().await?;
    reader.open_all().await?;
    reader.reads("kept to the end").await
}

#[tokio::test]
async fn close5_who_wakes_a_room_while_the_service_stops_is_told_to_come_back() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let chair = room.chair().await?;
    let board = DocumentName::new(room.id, BOARD).to_string();
    let asked = serde_json::json!({ "documents": [board] });
    let pass = chair.requests.post(&format!("/api/attendees/{}/pass", chair.id), &asked).await?;
    let pass = pass.json::<Pass>()?.pass;
    let mut service = service.restart().await?;
    let host = service.origin().trim_start_matches("http://").to_owned();
    let mut line = TcpStream::connect(&host).await?;
    let ours = format!(":{:04X}", line.local_addr()?.port());
    line.write_all(b"GET ").await?;
    // By the system's list of lines: it was taken, and what was said is read.
    let is_heard = || {
        let lines = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).any(|fields| {
            let is = |n: usize, so: &dyn Fn(&str) -> bool| fields.get(n).is_some_and(|field| so(field));
            is(2, &|far| far.ends_with(&ours))
                && is(4, &|queues| queues.ends_with(":00000000"))
                && is(9, &|n| n != "0")
        })
    };
    wait_for("the line", async || is_heard().then_some(())).await?;
    service.tell_to_stop()?;
    wait_for("the stop", async || service.said().contains("stopping").then_some(())).await?;
    let rest = format!(
        "/yjs/{board}?pass={pass} HTTP/1.1\r\nhost: {host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: {}\r\n\r\n",
        generate_key()
    );
    line.write_all(rest.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(line.read_u8().await.context("it is not heard")?);
    }
    let socket = WebSocketStream::from_raw_socket(
        MaybeTlsStream::Plain(line),
        tungstenite::protocol::Role::Client,
        None,
    )
    .await;
    let (code, _) = timeout(BEARABLE, end_of(socket)).await.context("it is told nothing")??;
    assert_eq!(code, 1012);
    assert_eq!(service.ended().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn lim7_a_thousand_sockets_that_were_cut_at_once_come_back_and_nobody_else_notices() -> Result<()> {
    const ROOMS: usize = 4;
    const IN_EACH: usize = 256;
    let service = behind_a_proxy().await?;
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(full(&service, IN_EACH).await?);
    }
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let pen = room.chair().await?;
    let reader = room.bring(Role::Parent, &pen).await?;
    let line = pen.type_note("worried", "begin ").await?;
    let memory = || -> Result<usize> {
        let about = std::fs::read_to_string(format!("/proc/{}/statm", service.process()))?;
        Ok(about.split(' ').nth(1).context("resident pages")?.parse::<usize>()? * 4096)
    };
    let come = async || {
        let all = try_join_all(rooms.iter().map(|(board, devices)| all_sit(devices, *board)));
        timeout(BACK, all).await.context("they never came back")?
    };
    let mut sockets = come().await?;
    let mut rest: Vec<usize> = Vec::new();
    // What a storm takes at its height stays with the process, and on a busy machine a later one may be higher: a leak is
    // what goes on growing.
    let still_grows =
        |rest: &[usize]| rest.last_chunk().is_none_or(|[first, _, last]| *last >= *first + (4 << 20));
    while still_grows(&rest) {
        ensure!(rest.len() < STORMS, "storms leave something behind: {rest:?}");
        let is_over = AtomicBool::new(false);
        let storm = async {
            drop(std::mem::take(&mut sockets));
            let back = come().await;
            is_over.store(true, Ordering::Relaxed);
            back
        };
        let letters = async {
            let mut times = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let word = format!("w{} ", times.len());
                let began = Instant::now();
                pen.type_into(line, &word).await?;
                reader.reads(&word).await?;
                times.push(began.elapsed());
            }
            anyhow::Ok(times)
        };
        let (back, times) = tokio::join!(storm, letters);
        sockets = back?;
        assert_eq!(sockets.iter().map(Vec::len).sum::<usize>(), ROOMS * IN_EACH);
        let mut times = times?;
        times.sort();
        let p99 = times[times.len() * 99 / 100];
        ensure!(p99 < BEARABLE, "of {} letters one in a hundred took {p99:?}", times.len());
        rest.push(memory()?);
    }
    drop(sockets);
    let requests = Requests::to(&service.origin());
    wait_for("the end of the last socket", async || {
        let measures = requests.get("/metrics").await.ok()?.text();
        measures.lines().any(|line| line == "flipchart_sockets 2").then_some(())
    })
    .await
}
