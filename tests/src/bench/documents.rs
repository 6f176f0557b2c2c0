//! One long document: taken in, joined, and read again after a restart.

use super::{
    peer::Server,
    seat::{Heard, Seat, hear},
    typing::{Typing, brings},
};
use anyhow::{Result, bail, ensure};
use std::time::{Duration, Instant};

/// Frames handed to the system at once: a page of typing.
const AT_ONCE: usize = 64;
/// Joins one after the other.
const JOINS: usize = 100;
/// Joins at one time.
const CROWD: usize = 50;
/// How long a server may take to show a whole document after its start.
const RESTART: Duration = Duration::from_secs(10);

/// What taking in a document cost.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// CPU of the server until it had answered for the last keystroke.
    pub cpu: Duration,
    /// Time from the first keystroke to that answer.
    pub wall: Duration,
}

/// The first room's document as it has to be.
#[derive(Debug)]
pub struct Document {
    /// Each writer with the clock behind their last keystroke.
    pub writers: Vec<(u32, u32)>,
}

impl Document {
    /// Keystrokes that an answer lacks.
    pub fn lacks(&self, update: &[u8]) -> u64 {
        let mut ends: Vec<u32> = vec![0; self.writers.len()];
        brings(update, |client, _, end| {
            if let Some(writer) = self.writers.iter().position(|(known, _)| *known == client) {
                ends[writer] = ends[writer].max(end);
            }
        });
        self.writers.iter().zip(ends).map(|((_, end), has)| u64::from(end.saturating_sub(has))).sum()
    }
}

/// One writer types as fast as the server takes it.
pub fn take_in(server: &Server<'_>, keystrokes: usize) -> Result<(Taken, Document)> {
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
    let mut scratch = vec![0; 8 << 20];
    let (before, began) = (server.process.cpu()?, Instant::now());
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
    // Messages are taken in order: an answer to this has all of them in it.
    seat.ask()?;
    let all = seat.complete()?;
    let (wall, after) = (began.elapsed(), server.process.cpu()?);
    let document = Document { writers: vec![(typing.client, typing.first + keystrokes as u32)] };
    ensure!(document.lacks(&all) == 0, "{} keystrokes are not in the answer", document.lacks(&all));
    Ok((Taken { cpu: after.saturating_sub(before), wall }, document))
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
    let mut scratch = vec![0; 8 << 20];
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

/// From the start of the process to the first join, and how many keystrokes that join lacked.
pub fn restart<'a>(server: Server<'a>, document: &Document) -> Result<(Server<'a>, Duration, u64)> {
    let began = Instant::now();
    let server = server.killed_and_started()?;
    while std::net::TcpStream::connect(server.address()).is_err() {
        ensure!(began.elapsed() < RESTART, "it does not listen");
        std::thread::yield_now();
    }
    let ticket = server.ticket(0, 9)?;
    let mut seat = server.knock(0, &ticket)?;
    let lacks = document.lacks(&seat.complete()?);
    Ok((server, began.elapsed(), lacks))
}

/// Bytes of the server's memory for each of so many idle sockets, each with one document open.
pub fn idle(server: &Server<'_>, sockets: usize) -> Result<f64> {
    let before = server.process.memory()?;
    let mut scratch = vec![0; 1 << 20];
    let mut seats: Vec<Seat> = Vec::with_capacity(sockets);
    let mut heard = Instant::now();
    let mut hear_all = |seats: &mut Vec<Seat>| -> Result<()> {
        for seat in seats {
            seat.client.read(&mut scratch, |_| {})?;
            ensure!(seat.client.closed.is_none(), "an idle socket was closed: {:?}", seat.client.closed);
        }
        Ok(())
    };
    for number in 0..sockets {
        let (room, person) = server.nth_place(number);
        seats.push(server.seat(room, person)?);
        // Pings want an answer.
        if heard.elapsed() > Duration::from_secs(2) {
            hear_all(&mut seats)?;
            heard = Instant::now();
        }
    }
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(500));
        hear_all(&mut seats)?;
    }
    Ok(server.process.memory()?.saturating_sub(before) as f64 / sockets as f64)
}
