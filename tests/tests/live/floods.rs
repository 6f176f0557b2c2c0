//! Sockets and connections that only cost: each ends by itself, and whoever writes notices nothing.

use crate::attack::{Attack, Reply};
use anyhow::{Context, Result, ensure};
use flipchart_tests::{Attendee, Conference, Replica, Service, draw, write_client_frame};
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    document::{Audience, DocumentName, Kind},
    frame::ClientMessage,
    limits::{ALONE_BYTES, AUTH_DEADLINE, LARGE_AT_ONCE, SAID_FOR_GOOD},
    people::Role,
};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        client::IntoClientRequest as _,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

const BOARD: Kind = Kind::Board(Audience::All);
/// What a person bears between a key and the letter on another screen, on a busy machine.
pub(crate) const BEARABLE: Duration = Duration::from_secs(2);
/// A head has to be here by then (SPEC LIM8), and a little more for a busy machine.
const HEAD: Duration = Duration::from_secs(20);

/// Twice what a socket may send within 10 s (SPEC LIM5).
const FLOOD: usize = 400;

type Raw = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn raw(service: &Service) -> Result<Raw> {
    let mut request = format!("{}/sync", service.origin().replacen("http", "ws", 1)).into_client_request()?;
    request.headers_mut().insert("origin", service.origin().parse()?);
    Ok(connect_async(request).await?.0)
}

/// The code with which the service ends a socket.
async fn code_of(socket: &mut Raw, within: Duration) -> Result<u16> {
    let code = async {
        while let Some(message) = socket.next().await {
            if let Ok(Message::Close(Some(close))) = message {
                return Ok(u16::from(close.code));
            }
        }
        anyhow::bail!("it ended without a word")
    };
    timeout(within, code).await.context("it never ended")?
}

/// Letter by letter, while something else goes on: the longest time until another screen showed it.
pub(crate) async fn slowest_letter(pen: &Attendee, reader: &Attendee, letters: usize) -> Result<Duration> {
    let line = pen.type_note("worried", "begin ").await?;
    let mut slowest = Duration::ZERO;
    for n in 0..letters {
        let word = format!("w{n} ");
        let began = Instant::now();
        pen.type_into(line, &word).await?;
        reader.reads(&word).await?;
        slowest = slowest.max(began.elapsed());
        sleep(Duration::from_millis(20)).await;
    }
    Ok(slowest)
}

#[tokio::test]
async fn lim5_a_flood_of_pings_and_of_empty_messages_ends_its_own_socket_alone() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let floods = async {
        for message in [Message::Ping(Vec::new().into()), Message::Binary(Vec::new().into())] {
            let mut socket = raw(&service).await?;
            for _ in 0..FLOOD {
                if socket.feed(message.clone()).await.is_err() {
                    break;
                }
            }
            let _ = socket.flush().await;
            assert_eq!(code_of(&mut socket, AUTH_DEADLINE).await?, 4408, "{message:?}");
        }
        anyhow::Ok(())
    };
    let (slowest, flooded) = tokio::join!(slowest_letter(&chair, &parent, 40), floods);
    flooded?;
    let slowest = slowest?;
    ensure!(slowest < BEARABLE, "a letter took {slowest:?}");
    Ok(())
}

#[tokio::test]
async fn lim5_close6_a_flood_from_somebody_who_was_let_in_is_read_no_further_and_ends_its_own_socket_alone()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::CoChair]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let board = parent.read(BOARD, |copy| copy.name)?;
    let asked = serde_json::json!({ "documents": [board] });
    let pass = co_chair.requests.post(&format!("/api/attendees/{}/pass", co_chair.id), &asked).await?;
    let pass = pass.json::<protocol::api::Pass>()?.pass;
    let (service, co_chair, pass) = (&service, &co_chair, &pass);
    let flood = |message: Message, is_named: bool| async move {
        let mut attack = match is_named {
            true => Attack::by_ticket(service, co_chair, board).await?,
            false => Attack::by_pass(service, pass, board).await?,
        };
        let began = Instant::now();
        for _ in 0..FLOOD {
            attack.socket.feed(message.clone()).await?;
        }
        attack.socket.flush().await?;
        // What it says now is heard no more.
        let late = Replica::new(board).add_note(draw(), "worried", "behind the flood");
        attack.say(&ClientMessage::Update(&late)).await?;
        let reply = attack.reply().await?;
        ensure!(reply == Reply::Closed(4408), "{message:?}: {reply:?}");
        let after = began.elapsed();
        ensure!(after >= SAID_FOR_GOOD, "{message:?}: told after {after:?}");
        anyhow::Ok(())
    };
    let (ping, empty) = (Message::Ping(Vec::new().into()), Message::Binary(Vec::new().into()));
    let floods = futures_util::future::try_join_all([
        flood(ping.clone(), true),
        flood(ping, false),
        flood(empty.clone(), true),
        flood(empty, false),
    ]);
    let (slowest, flooded) = tokio::join!(slowest_letter(&chair, &parent, 100), floods);
    flooded?;
    let slowest = slowest?;
    ensure!(slowest < BEARABLE, "a letter took {slowest:?}");
    let is_heard =
        chair.read(BOARD, |copy| copy.lines().values().any(|(_, line)| line == "behind the flood"))?;
    ensure!(!is_heard, "it was read on");
    Ok(())
}

#[tokio::test]
async fn lim5_before_anybody_is_let_in_pieces_without_end_end_by_the_deadline() -> Result<()> {
    let service = Service::start(&[]).await?;
    let mut socket = raw(&service).await?;
    let piece = |code, is_last| Message::Frame(Frame::message(vec![0_u8; 1], OpCode::Data(code), is_last));
    socket.feed(piece(Data::Binary, false)).await?;
    let began = Instant::now();
    let endless = async {
        loop {
            if socket.send(piece(Data::Continue, false)).await.is_err() {
                break;
            }
            sleep(Duration::from_micros(200)).await;
        }
    };
    let _ = timeout(AUTH_DEADLINE + Duration::from_secs(10), endless).await;
    let lasted = began.elapsed();
    ensure!(lasted < AUTH_DEADLINE + Duration::from_secs(8), "it lasted {lasted:?}");
    Ok(())
}

#[tokio::test]
async fn lim5_of_somebody_who_was_let_in_a_thousand_pieces_are_taken_and_pieces_that_carry_nothing_end_the_socket()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::CoChair]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let board = parent.read(BOARD, |copy| copy.name)?;

    let mut pieces = Attack::by_ticket(&service, &co_chair, board).await?;
    let words = format!("in a thousand pieces {}", "x".repeat(1_000));
    let update = Replica::new(board).add_note(draw(), "worried", &words);
    let message = write_client_frame(&board.to_string(), &ClientMessage::Update(&update));
    let mut code = Data::Binary;
    for (n, byte) in message.iter().enumerate() {
        let frame = Frame::message(vec![*byte], OpCode::Data(code), n + 1 == message.len());
        pieces.socket.send(Message::Frame(frame)).await?;
        code = Data::Continue;
    }
    ensure!(message.len() > 1_000);
    ensure!(pieces.reply().await? == Reply::Status(true));
    parent.reads(&words).await?;

    // Continuations that carry nothing: with an end after 4,000, and without one.
    let nothing = [0x00, 0x80, 0, 0, 0, 0].repeat(4_000);
    let (begin, end) = ([0x02, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0]);
    let mut ended = Attack::by_ticket(&service, &co_chair, board).await?;
    let with_end = [&begin[..], &nothing, &end].concat();
    ended.socket.get_mut().write_all(&with_end).await?;
    let mut endless = Attack::by_ticket(&service, &co_chair, board).await?;
    let without_end = async {
        endless.socket.get_mut().write_all(&begin).await?;
        // 9.1 MB: a little more than is read of one message.
        for _ in 0..380 {
            endless.socket.get_mut().write_all(&nothing).await?;
        }
        anyhow::Ok(())
    };
    let (slowest, sent) = tokio::join!(slowest_letter(&chair, &parent, 40), without_end);
    sent?;
    let slowest = slowest?;
    ensure!(slowest < BEARABLE, "a letter took {slowest:?}");
    for socket in [&mut ended, &mut endless] {
        let reply = socket.reply().await?;
        ensure!(reply == Reply::Closed(4408), "{reply:?}");
    }
    Ok(())
}

#[tokio::test]
async fn lim8_close2_heads_that_come_byte_by_byte_and_sockets_that_say_nothing_end_by_themselves()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let address = service.origin().trim_start_matches("http://").to_owned();
    let slow = (0..200).map(|_| {
        let address = address.clone();
        tokio::spawn(async move {
            let mut line = TcpStream::connect(&address).await?;
            let began = Instant::now();
            for byte in "GET /healthz HTTP/1.1\r\nx-slow: ".bytes().chain(std::iter::repeat(b'a')) {
                if line.write_all(&[byte]).await.is_err() {
                    break;
                }
                // The other side may have said goodbye.
                if let Ok(Ok(0)) = timeout(Duration::from_millis(500), line.read(&mut [0; 64])).await {
                    break;
                }
                ensure!(began.elapsed() < HEAD, "a slow head is still waited for");
            }
            anyhow::Ok(())
        })
    });
    let slow: Vec<_> = slow.collect();
    let silent = (0..50).map(|_| raw(&service));
    for socket in futures_util::future::join_all(silent).await {
        let mut socket = socket?;
        assert_eq!(code_of(&mut socket, AUTH_DEADLINE + Duration::from_secs(5)).await?, 4401);
    }
    let slowest = slowest_letter(&chair, &parent, 40).await?;
    ensure!(slowest < BEARABLE, "a letter took {slowest:?}");
    for one in slow {
        one.await??;
    }
    Ok(())
}

/// A message of a pen that takes so many bytes, in two pieces of a frame each.
fn in_halves(board: DocumentName, words: &str) -> [Frame; 2] {
    let update = Replica::new(board).add_note(draw(), "worried", words);
    let mut begin = write_client_frame(&board.to_string(), &ClientMessage::Update(&update));
    let rest = begin.split_off(ALONE_BYTES + begin.len() / 4);
    [
        Frame::message(begin, OpCode::Data(Data::Binary), false),
        Frame::message(rest, OpCode::Data(Data::Continue), true),
    ]
}

#[tokio::test]
async fn lim16_of_one_attendee_few_large_messages_come_at_a_time_and_nobody_else_waits() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::CoChair]).await?;
    let chair = room.chair().await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let board = chair.read(BOARD, |copy| copy.name)?;
    let page = "x".repeat(150_000);

    // Each has begun to come when its socket has said that it hears.
    let mut begun = Vec::new();
    for _ in 0..LARGE_AT_ONCE {
        let [begin, rest] = in_halves(board, &page);
        let mut socket = Attack::by_ticket(&service, &co_chair, board).await?;
        socket.socket.send(Message::Frame(begin)).await?;
        socket.socket.send(Message::Ping(Vec::new().into())).await?;
        while !matches!(socket.socket.next().await.context("it ended")??, Message::Pong(_)) {}
        begun.push((socket, rest));
    }
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let mut socket = Attack::by_ticket(&service, &co_chair, board).await?;
        for frame in in_halves(board, &format!("it waits {page}")) {
            socket.socket.send(Message::Frame(frame)).await?;
        }
        waiting.push(socket);
    }
    // Small ones of the same attendee and large ones of others do not.
    let mut small = Attack::by_ticket(&service, &co_chair, board).await?;
    small.say(&ClientMessage::Update(&Replica::new(board).add_note(draw(), "worried", "small"))).await?;
    ensure!(small.reply().await? == Reply::Status(true));
    let mut others = Attack::by_ticket(&service, &chair, board).await?;
    for frame in in_halves(board, &page) {
        others.socket.send(Message::Frame(frame)).await?;
    }
    ensure!(others.reply().await? == Reply::Status(true));
    ensure!(chair.reads("small").await.is_ok());
    ensure!(!chair.read(BOARD, |copy| copy.text().contains("it waits"))?, "a fifth one was read");

    // A message that ends, and a socket that goes in the middle of one, leave their places.
    drop(begun.pop());
    for (socket, rest) in &mut begun {
        socket.socket.send(Message::Frame(rest.clone())).await?;
        ensure!(socket.reply().await? == Reply::Status(true));
    }
    for socket in &mut waiting {
        ensure!(socket.reply().await? == Reply::Status(true));
    }
    chair.reads("it waits").await
}
