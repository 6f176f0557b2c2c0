//! One long document: taken in, joined, and read again after a restart.

use super::{
    client::LARGEST,
    peer::Server,
    seat::{Heard, Seat, hear},
    typing::{Typing, brings},
};
use anyhow::{Result, bail, ensure};
use std::time::{Duration, Instant};

/// Frames handed to the system at once: a page of typing.
const AT_ONCE: usize = 64;
/// After this an answer is asked for again, and after that the document is given up.
const AGAIN: Duration = Duration::from_secs(10);
const TAKEN: Duration = Duration::from_secs(90);
/// Keystrokes that a server takes from one socket in a second, at least; what the system holds of them is in nobody's hands.
const SLOWEST: f64 = 400.0;
/// Joins one after the other.
const JOINS: usize = 100;
/// Joins at one time.
const CROWD: usize = 50;
/// How long a server may take to show a whole document after its start.
const RESTART: Duration = Duration::from_secs(10);

/// The first room's document as it has to be.
#[derive(Debug)]
pub struct Document {
    /// Each writer with the clock behind their last keystroke.
    pub writers: Vec<(u32, u32)>,
    /// CPU of the server until it had answered for the last keystroke.
    pub cpu: Duration,
    /// Its author's socket stays open: some servers forget a document that nobody has open.
    _author: Seat,
}

/// What has come of the writers' keystrokes.
#[derive(Debug)]
pub struct Arrived(Vec<(u32, u32, u32)>);

impl Arrived {
    /// Nothing yet.
    pub fn nothing(writers: &[(u32, u32)]) -> Self {
        Self(writers.iter().map(|(client, end)| (*client, *end, 0)).collect())
    }

    /// Takes an update.
    pub fn take(&mut self, update: &[u8]) {
        brings(update, |client, _, end| {
            if let Some((_, _, has)) = self.0.iter_mut().find(|(known, _, _)| *known == client) {
                *has = end.max(*has);
            }
        });
    }

    /// Clocks that are missing.
    pub fn lacks(&self) -> u64 {
        self.0.iter().map(|(_, end, has)| u64::from(end.saturating_sub(*has))).sum()
    }
}

impl Document {
    /// Clocks that an answer lacks.
    pub fn lacks(&self, update: &[u8]) -> u64 {
        let mut arrived = Arrived::nothing(&self.writers);
        arrived.take(update);
        arrived.lacks()
    }
}

/// One writer types as fast as the server takes it.
pub fn take_in(server: &Server<'_>, keystrokes: usize) -> Result<Document> {
    let mut typing = Typing::of(90_000);
    typing.until(keystrokes);
    let mut seat = server.seat(0, 0)?;
    seat.say(&typing.line)?;
    seat.ask()?;
    seat.complete()?;
    let mut frames = Vec::new();
    let mut ends = vec![0];
    for keystroke in 0..keystrokes {
        seat.write_update(&mut frames, typing.keystroke(keystroke));
        ends.push(frames.len());
    }
    let mut scratch = vec![0; LARGEST];
    let before = server.process.cpu()?;
    let mut sent = 0;
    while sent < keystrokes || seat.client.waits() > 0 {
        if seat.client.waits() > 0 {
            seat.client.flush()?;
        } else {
            let next = (sent + AT_ONCE).min(keystrokes);
            seat.client.send(&frames[ends[sent]..ends[next]])?;
            sent = next;
        }
        seat.client.read(&mut scratch, |_| {})?;
        if let Some(closed) = &seat.client.closed {
            bail!("closed while typing: {closed}");
        }
        if seat.client.waits() > 0 {
            std::thread::yield_now();
        }
    }
    // Messages are taken in order: an answer to this has all of them in it. Some servers skip messages for a reader
    // who has many waiting; they are asked again.
    let began = Instant::now();
    let taken = TAKEN + Duration::from_secs_f64(keystrokes as f64 / SLOWEST);
    let all = loop {
        seat.ask()?;
        match seat.complete_within(AGAIN)? {
            Some(all) => break all,
            None => ensure!(began.elapsed() < taken, "no answer to the last keystroke within {taken:?}"),
        }
    };
    let cpu = server.process.cpu()?.saturating_sub(before);
    let writers = vec![(typing.client, typing.first + keystrokes as u32)];
    let document = Document { writers, cpu, _author: seat };
    ensure!(document.lacks(&all) == 0, "{} keystrokes are not in the answer", document.lacks(&all));
    Ok(document)
}

/// Times of joining, one after the other.
pub fn joins(server: &Server<'_>, document: &Document) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for number in 0..JOINS {
        let ticket = server.ticket(0, number % 10)?;
        let began = Instant::now();
        let mut seat = server.knock(0, &ticket)?;
        let all = seat.complete()?;
        times.push(began.elapsed());
        ensure!(document.lacks(&all) == 0, "a join without {} keystrokes", document.lacks(&all));
    }
    times.sort();
    Ok(times)
}

/// Time until the last of a crowd has everything.
pub fn crowd(server: &Server<'_>, document: &Document) -> Result<Duration> {
    let tickets: Vec<String> =
        (0..CROWD).map(|number| server.ticket(0, number % 10)).collect::<Result<_>>()?;
    let mut scratch = vec![0; LARGEST];
    let began = Instant::now();
    let mut waiting: Vec<Seat> =
        tickets.iter().map(|ticket| server.knock(0, ticket)).collect::<Result<_>>()?;
    // Those who have everything stay.
    let mut done = Vec::new();
    while !waiting.is_empty() {
        let mut number = 0;
        while number < waiting.len() {
            let seat = &mut waiting[number];
            let prefix = seat.prefix();
            let mut lacks = None;
            seat.client.read(&mut scratch, |message| {
                if let Heard::Step2(update) = hear(&prefix, message) {
                    lacks = Some(document.lacks(update));
                }
            })?;
            match (lacks, &seat.client.closed) {
                (Some(0), _) => done.push(waiting.swap_remove(number)),
                (Some(lacks), _) => bail!("a join without {lacks} keystrokes"),
                (None, Some(closed)) => bail!("closed: {closed}"),
                (None, None) => number += 1,
            }
        }
        ensure!(began.elapsed() < Duration::from_secs(60), "{} never joined", waiting.len());
    }
    Ok(began.elapsed())
}

/// A server that was killed and has started again.
#[derive(Debug)]
pub struct Restarted<'a> {
    /// The server.
    pub server: Server<'a>,
    /// From the start of the process to the first copy that has everything.
    pub time: Duration,
    /// Keystrokes that the first answer lacked.
    pub lacked: u64,
    /// Keystrokes that never came.
    pub lost: u64,
}

/// Kills the server, starts it and joins.
pub fn restart<'a>(server: Server<'a>, writers: &[(u32, u32)]) -> Result<Restarted<'a>> {
    let began = Instant::now();
    let server = server.killed_and_started()?;
    while std::net::TcpStream::connect(server.address()).is_err() {
        ensure!(began.elapsed() < RESTART, "it does not listen");
        std::thread::yield_now();
    }
    let ticket = server.ticket(0, 9)?;
    let mut seat = server.knock(0, &ticket)?;
    let mut arrived = Arrived::nothing(writers);
    arrived.take(&seat.complete()?);
    let lacked = arrived.lacks();
    let prefix = seat.prefix();
    // Some answer before they have read their store, and bring the rest as an update.
    let mut scratch = vec![0; LARGEST];
    while arrived.lacks() > 0 && began.elapsed() < RESTART {
        seat.client.read(&mut scratch, |message| {
            if let Heard::Update(update) | Heard::Step2(update) = hear(&prefix, message) {
                arrived.take(update);
            }
        })?;
    }
    Ok(Restarted { server, time: began.elapsed(), lacked, lost: arrived.lacks() })
}
