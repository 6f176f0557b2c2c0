//! Floods of ballots: anybody may send one, and an honest note comes in all the same (SPEC SEAL18).

use crate::{
    floods::{BEARABLE, slowest_letter},
    sealed::{Room, SCALING, counted, says, seed},
};
use anyhow::{Context as _, Result, ensure};
use ballot_box::BALLOT_BYTES;
use flipchart_tests::{Requests, Service, Start, draw, wait_for};
use protocol::{id::RoundId, people::Role, rounds::Numbers};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::{
    collections::BTreeMap,
    mem::take,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Connections of the flood: many times what a room lets in at once.
const CONNECTIONS: usize = 100;
/// Ballots after which the flood ends: other tests run on this machine.
const FLOOD: u64 = 4_000;

/// What stands before a ballot of a page of ours.
fn head(room: &Room, origin: &str, round: RoundId) -> String {
    let host = origin.trim_start_matches("http://");
    format!(
        "POST /box/{}/{round} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nx-flipchart: 1\r\ncontent-length: {BALLOT_BYTES}\r\n\r\n",
        room.room.id
    )
}

/// Sends one request again and again, and takes each answer.
async fn pours(address: String, request: Arc<Vec<u8>>, answered: Arc<AtomicU64>) -> Result<()> {
    let mut line = TcpStream::connect(address).await?;
    let mut answer = [0; 4096];
    while answered.load(Relaxed) < FLOOD {
        line.write_all(&request).await?;
        let mut got = Vec::new();
        while !got.ends_with(b"\r\n\r\n") {
            let some =
                timeout(Duration::from_secs(60), line.read(&mut answer)).await.context("no answer")??;
            ensure!(some > 0, "the line was cut");
            got.extend_from_slice(&answer[..some]);
        }
        ensure!(got.starts_with(b"HTTP/1.1 204 "), "{}", String::from_utf8_lossy(&got));
        answered.fetch_add(1, Relaxed);
    }
    Ok(())
}

/// What the service measures, but for times and for what the clock brings: the count is told on a tick.
async fn measures(of: &Requests) -> Result<BTreeMap<String, String>> {
    let text = of.get("/metrics").await?.text();
    let line = |line: &str| line.rsplit_once(' ').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let all = text.lines().filter(|line| !line.starts_with('#')).filter_map(line);
    Ok(all.filter(|(name, _)| !name.contains("_seconds") && !name.contains("deliveries")).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seal18_seal5_a_flood_of_ballots_keeps_no_note_out_nobody_waiting_and_leaves_no_trace() -> Result<()>
{
    let service = Start::new(&[])?.with("RUST_LOG", "info,server=trace").run().await?;
    let room = Room::open(&service).await?;
    let parent = room.room.bring(Role::Parent, &room.chair).await?;
    let round = room.begins().await?;
    let mut tokens = Vec::new();
    for (n, who) in room.scaling.iter().enumerate() {
        tokens.push(room.token(who, round, seed(n)).await?);
    }
    // Written as ballots are, with a signature of nobody's: each costs the service as much as a ballot can.
    let mut ballot: [u8; BALLOT_BYTES] = tokens[0].ballot(7, says(0));
    ballot[60] ^= 1;
    let address = service.origin().trim_start_matches("http://").to_owned();
    let head = head(&room, &service.origin(), round);
    let request = Arc::new([head.as_bytes(), &ballot].concat());
    let memory = || -> Result<usize> {
        let about = std::fs::read_to_string(format!("/proc/{}/statm", service.process()))?;
        Ok(about.split(' ').nth(1).context("resident pages")?.parse::<usize>()? * 4096)
    };
    let nobody = Requests::to(room.room.origin());
    let (before, lines, used) = (measures(&nobody).await?, service.said().lines().count(), memory()?);
    let answered = Arc::new(AtomicU64::new(0));
    let flood: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(pours(address.clone(), request.clone(), answered.clone())))
        .collect();
    until(&answered, CONNECTIONS as u64).await?;
    let mut slowest = Duration::ZERO;
    for (n, token) in tokens.iter().enumerate() {
        let began = Instant::now();
        room.casts(round, &token.ballot(0, says([5, 3, 9, 3, 4, 7][n]))).await?;
        slowest = slowest.max(began.elapsed());
    }
    let after = measures(&nobody).await?;
    let letter = slowest_letter(&room.chair, &parent, 10).await?;
    until(&answered, FLOOD).await?;
    let more = memory()?.saturating_sub(used);
    for one in flood {
        one.await??;
    }
    ensure!(slowest < BEARABLE && letter < BEARABLE, "a note took {slowest:?}, a letter {letter:?}");
    ensure!(more < 64 * 1024 * 1024, "{more} bytes more");
    assert_eq!(before, after, "a measure moves when somebody casts");
    counted(&room.chair, SCALING.len() as u32).await?;
    let said = service.said();
    let of_a_ballot =
        said.lines().skip(lines).filter(|line| line.contains("/box") || line.contains("status=204"));
    assert_eq!(of_a_ballot.collect::<Vec<_>>(), Vec::<&str>::new());
    let revealed = room.ends(round).await?;
    assert_eq!(revealed.numbers, Numbers::Each { numbers: vec![3, 3, 4, 5, 7, 9], middle_doubled: 9 });
    Ok(())
}

async fn until(answered: &AtomicU64, so_many: u64) -> Result<()> {
    wait_for("ballots to be answered", async || (answered.load(Relaxed) >= so_many).then_some(())).await
}

/// A frame of HTTP/2 on the first stream: its kind, its flags, what it holds.
fn frame(kind: u8, flags: u8, holds: &[u8]) -> Vec<u8> {
    let [.., a, b, c] = (holds.len() as u32).to_be_bytes();
    [&[a, b, c, kind, flags, 0, 0, 0, 1], holds].concat()
}

/// A header of HTTP/2, spelled out.
fn header(name: &str, value: &str) -> Vec<u8> {
    [&[0, name.len() as u8], name.as_bytes(), &[value.len() as u8], value.as_bytes()].concat()
}

/// The head of a ballot in HTTP/2, and a piece of its body that does not end it.
fn half_in_http2(room: &Room, origin: &str, round: RoundId) -> Vec<u8> {
    let host = origin.trim_start_matches("http://");
    let headers = [
        header(":method", "POST"),
        header(":scheme", "http"),
        header(":authority", host),
        header(":path", &format!("/box/{}/{round}", room.room.id)),
        header("origin", origin),
        header("x-flipchart", "1"),
    ];
    const END_OF_HEADERS: u8 = 4;
    [PREFACE, &frame(1, END_OF_HEADERS, &headers.concat()), &frame(0, 0, &[1; BALLOT_BYTES / 2])].concat()
}

/// HTTP/2 begins with this, and with empty settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// All that comes until the line ends, or an HTTP/2 stream does.
async fn all_that_comes(origin: &str, sent: &[u8]) -> Result<Vec<u8>> {
    let mut line = TcpStream::connect(origin.trim_start_matches("http://")).await?;
    line.write_all(sent).await?;
    let (mut came, mut some) = (Vec::new(), [0; 4096]);
    // A ballot is waited for 15 s, and this machine may be busy.
    let ends = timeout(Duration::from_secs(60), async {
        while let Ok(length @ 1..) = line.read(&mut some).await {
            came.extend_from_slice(&some[..length]);
            if frames(&came).any(|frame| frame.first() == Some(&RESET)) {
                return;
            }
        }
    });
    ends.await.context("the line was not cut")?;
    Ok(came)
}

const RESET: u8 = 3;

/// Frames of HTTP/2 from their kinds on.
fn frames(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let length = usize::from(*bytes.first()?) << 16 | usize::from(*bytes.get(1)?) << 8;
        let length = length | usize::from(*bytes.get(2)?);
        let (frame, rest) = bytes.split_at_checked(9 + length)?;
        bytes = rest;
        Some(&frame[3..])
    })
}

#[tokio::test]
async fn seal5_a_ballot_that_never_comes_whole_has_no_answer() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Room::open(&service).await?;
    let round = room.begins().await?;
    let origin = service.origin();
    let half = [head(&room, &origin, round).as_bytes(), &[1; BALLOT_BYTES / 2]].concat();
    let in_http2 = half_in_http2(&room, &origin, round);
    let whole = [head(&room, &origin, round).as_bytes(), &[1; BALLOT_BYTES]].concat();
    let (left, in_http2, whole) = tokio::join!(
        all_that_comes(&origin, &half),
        all_that_comes(&origin, &in_http2),
        // What is whole has its answer, before the line is cut for having nothing more to say.
        all_that_comes(&origin, &whole)
    );
    ensure!(left?.is_empty(), "half a ballot has an answer");
    ensure!(whole?.starts_with(b"HTTP/1.1 204 "), "a whole one has none");
    let in_http2 = in_http2?;
    let kinds: Vec<u8> = frames(&in_http2).filter_map(|frame| frame.first().copied()).collect();
    const HEADERS: u8 = 1;
    ensure!(kinds.contains(&RESET) && !kinds.contains(&HEADERS), "frames of kinds {kinds:?}");
    Ok(())
}

#[tokio::test]
async fn seal18_a_connection_carries_one_request_at_a_time_in_http2_as_well() -> Result<()> {
    let service = Service::start(&[]).await?;
    let mut line = TcpStream::connect(service.origin().trim_start_matches("http://")).await?;
    line.write_all(PREFACE).await?;
    let mut head = [0; 9];
    timeout(Duration::from_secs(60), line.read_exact(&mut head)).await.context("no answer")??;
    if head.starts_with(b"HTTP/1.1 ") {
        return Ok(());
    }
    ensure!(head[..2] == [0, 0] && head[3] == 4, "no settings: {head:?}");
    let mut settings = vec![0; usize::from(head[2])];
    line.read_exact(&mut settings).await?;
    // SETTINGS_MAX_CONCURRENT_STREAMS has the number 3.
    let streams = settings.chunks(6).find(|setting| setting[..2] == [0, 3]).context("no bound")?;
    ensure!(streams[2..] == [0, 0, 0, 1], "{streams:?}");
    Ok(())
}

/// The middle of many.
fn median<T: Copy + Ord>(mut of: Vec<T>) -> T {
    of.sort_unstable();
    of[of.len() / 2]
}

/// Ballots that count and others, in an order that is drawn, on one line: how long each waits for its answer, in
/// microseconds. Only neighbours are compared: however busy the machine is, it is so for both.
#[tokio::test]
async fn seal5_how_long_an_answer_takes_does_not_tell_whether_a_ballot_counts() -> Result<()> {
    const CASTS: u32 = 10_000;
    const STRETCH: u32 = 200;
    let service = Service::start(&[]).await?;
    let room = Room::open(&service).await?;
    let round = room.begins().await?;
    let token = room.token(&room.scaling[0], round, seed(0)).await?;
    let (here, elsewhere) = (head(&room, &service.origin(), round), head(&room, &service.origin(), draw()));
    let mut line = TcpStream::connect(service.origin().trim_start_matches("http://")).await?;
    line.set_nodelay(true)?;
    let mut answer = [0; 4096];
    // How much longer than a ballot that counts each kind took, and any of them, in each stretch.
    let mut longer = [const { Vec::new() }; 6];
    let (mut counting, mut others) = (Vec::new(), [const { Vec::new() }; 5]);
    let mut rng = StdRng::seed_from_u64(5);
    for n in 0..CASTS {
        // Each with a higher seq, as somebody changes their mind again and again.
        let mut ballot = token.ballot(n, says((n % 11) as u8));
        let kind = Some(rng.random_range(0..2 * others.len())).filter(|kind| *kind < others.len());
        match kind {
            Some(0) => ballot[60] ^= 1,
            Some(1) => ballot[320] ^= 1,
            Some(2) => ballot = [0; BALLOT_BYTES],
            Some(3) => ballot = token.ballot(0, says(0)),
            _ => {}
        }
        let head = if kind == Some(4) { &elsewhere } else { &here };
        let request = [head.as_bytes(), &ballot].concat();
        let began = Instant::now();
        line.write_all(&request).await?;
        let length =
            timeout(Duration::from_secs(60), line.read(&mut answer)).await.context("no answer")??;
        let took = i64::try_from(began.elapsed().as_micros())?;
        ensure!(answer[..length].starts_with(b"HTTP/1.1 204 ") && answer[..length].ends_with(b"\r\n\r\n"));
        kind.map_or(&mut counting, |kind| &mut others[kind]).push(took);
        if n % STRETCH == STRETCH - 1 {
            let counts = median(take(&mut counting));
            let all = others.concat();
            for (longer, took) in longer.iter_mut().zip(others.iter_mut().map(take).chain([all])) {
                longer.push(median(took) - counts);
            }
        }
    }
    counted(&room.chair, 1).await?;
    let kinds = [
        "a wrong signature",
        "a wrong signature of its own",
        "zeros",
        "an older one",
        "another round's",
        "any other",
    ];
    for (kind, longer) in kinds.iter().zip(longer) {
        let longer = median(longer);
        println!("{kind}: {longer} µs longer than one that counts");
        ensure!(longer.abs() < 1_000, "{kind}: {longer} µs longer than one that counts");
    }
    Ok(())
}
