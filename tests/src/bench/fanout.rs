//! Open loop: every edit has its time, whatever the service does; latency counts from that time.

use super::{
    client::LARGEST,
    histogram::Histogram,
    peer::Server,
    process::{Cores, Process, cpu_of},
    seat::{Heard, Seat, hear},
    typing::{Typing, brings},
};
use anyhow::{Context, Result};
use mio::{Events, Interest, Poll, Token};
use std::time::{Duration, Instant};

/// How many people sit in how many rooms, and how many of them type in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Rooms, each with one document.
    pub rooms: usize,
    /// Sockets in each.
    pub people: usize,
    /// Of these, how many type.
    pub writers: usize,
}

impl Shape {
    /// Deliveries that one edit makes: to everybody else in the room.
    pub fn deliveries(self) -> usize {
        self.people - 1
    }

    /// All who type.
    pub fn all_writers(self) -> usize {
        self.rooms * self.writers
    }
}

/// How fast, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Deliveries in a second, all rooms together.
    pub deliveries: f64,
    /// Not measured, at the beginning.
    pub warm: Duration,
    /// Measured.
    pub measured: Duration,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Deliveries that came within the measured time.
    pub delivered: u64,
    /// Deliveries that never came, of the whole run.
    pub lost: u64,
    /// Sockets that the service closed, and how the first ended.
    pub closed: (usize, Option<String>),
    /// CPU of the service within the measured time.
    pub cpu: Duration,
    /// The measured time.
    pub wall: Duration,
    /// From the scheduled time to the arrival, of edits scheduled in the measured time.
    pub latency: Histogram,
    /// Share of the measured time in which the load itself had something to do.
    pub busy: f64,
    /// Share of the two cores' measured time that neither the service nor the load used, but somebody else did.
    pub disturbed: f64,
    /// How late the load began to send an edit, at worst, in the measured time.
    pub late: Duration,
}

impl Outcome {
    /// Microseconds of the service's CPU for one delivery.
    pub fn cpu_per_delivery(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.delivered.max(1) as f64
    }

    /// Deliveries in a second.
    pub fn rate(&self) -> f64 {
        self.delivered as f64 / self.wall.as_secs_f64()
    }
}

/// A reader and what has reached them.
struct Place {
    seat: Seat,
    room: usize,
    /// Next clock of each writer of the room.
    next: Vec<u32>,
    /// Which writer of the room this is.
    own: Option<usize>,
    is_open: bool,
    /// Updates that were answered as kept.
    acknowledged: u32,
}

/// People who have taken their seats, and the keystrokes they are going to make.
pub struct Load {
    shape: Shape,
    places: Vec<Place>,
    typing: Vec<Typing>,
    poll: Poll,
    scratch: Vec<u8>,
}

/// CPU that was used until a moment.
struct Used {
    server: Duration,
    load: Duration,
    cores: Duration,
}

impl Used {
    fn now(process: &Process, cores: Option<Cores>) -> Result<Self> {
        let cores = cores.map_or(Ok(Duration::ZERO), Cores::used)?;
        Ok(Self { server: process.cpu()?, load: cpu_of("self")?, cores })
    }

    /// What neither server nor load used since.
    fn others(&self, before: &Self) -> Duration {
        let ours = (self.server - before.server) + (self.load - before.load);
        (self.cores - before.cores).saturating_sub(ours)
    }
}

/// What is counted while messages come in.
struct Counts {
    start: Instant,
    /// Nanoseconds between two edits of the whole load.
    step: f64,
    from: u64,
    to: u64,
    now: u64,
    delivered: u64,
    latency: Histogram,
}

impl Load {
    /// Seats everybody; writers come first in each room. Another salt makes other writers.
    pub fn new(server: &Server<'_>, shape: Shape, salt: u32) -> Result<Self> {
        let poll = Poll::new()?;
        let (mut places, mut typing) = (Vec::new(), Vec::new());
        for room in 0..shape.rooms {
            for person in 0..shape.people {
                let mut seat =
                    server.seat(room, person).with_context(|| format!("room {room}, person {person}"))?;
                poll.registry().register(
                    seat.client.stream(),
                    Token(places.len()),
                    Interest::READABLE | Interest::WRITABLE,
                )?;
                let own = (person < shape.writers).then_some(person);
                if own.is_some() {
                    typing.push(Typing::of(salt + (room * shape.writers + person) as u32));
                }
                places.push(Place { seat, room, next: Vec::new(), own, is_open: true, acknowledged: 0 });
            }
        }
        for place in &mut places {
            place.next = writers(&typing, shape, place.room).iter().map(|typing| typing.first).collect();
        }
        let mut load = Self { shape, places, typing, poll, scratch: vec![0; LARGEST] };
        load.begin()?;
        Ok(load)
    }

    /// Everybody goes back to what they wrote, again and again.
    pub fn revise(&mut self) {
        self.typing.iter_mut().for_each(Typing::revise);
    }

    /// Puts every writer's line on the board, and lets what follows from that pass.
    fn begin(&mut self) -> Result<()> {
        for room in 0..self.shape.rooms {
            for writer in 0..self.shape.writers {
                let line = self.typing[room * self.shape.writers + writer].line.clone();
                self.places[room * self.shape.people + writer].seat.say(&line)?;
            }
        }
        let mut counts = Counts::none();
        let until = Instant::now() + Duration::from_millis(500);
        let mut events = Events::with_capacity(1024);
        while Instant::now() < until {
            self.poll.poll(&mut events, Some(Duration::from_millis(10)))?;
            self.take(&events, &mut counts);
        }
        Ok(())
    }

    /// Runs to the end: every edit sent, and everything arrived or given up. What was typed before stays typed.
    pub fn run(&mut self, pace: Pace, process: &Process, cores: Option<Cores>) -> Result<Outcome> {
        let shape = self.shape;
        let edits_per_second = pace.deliveries / shape.deliveries() as f64;
        let whole = pace.warm + pace.measured;
        let rounds = (edits_per_second * whole.as_secs_f64() / shape.all_writers() as f64).ceil() as usize;
        let before = self.typing.first().map_or(0, |typing| typing.typed());
        let frames = self.prepare(before, rounds);
        // From here on, latency counts from the first edit of this run.
        for typing in &mut self.typing {
            typing.first = 4 + before as u32;
        }
        let total = (rounds * shape.all_writers()) as u64;
        let step = 1e9 / edits_per_second;
        let warm = pace.warm.as_nanos() as u64;
        let end = whole.as_nanos() as u64;
        let start = Instant::now();
        let mut counts = Counts { start, step, from: warm, to: end, ..Counts::none() };
        let mut events = Events::with_capacity(4096);
        let (mut next, mut busy, mut late) = (0u64, 0u64, 0u64);
        let mut at_warm = None;
        let mut at_end = None;
        let expected = total * shape.deliveries() as u64;
        let mut given_up = u64::MAX;
        loop {
            let mut now = counts.tick();
            if now >= warm && at_warm.is_none() {
                at_warm = Some((Used::now(process, cores)?, counts.delivered, now));
                busy = 0;
            }
            if now >= end && at_end.is_none() {
                at_end = Some((Used::now(process, cores)?, counts.delivered, now, busy));
                given_up = now + SETTLE.as_nanos() as u64;
            }
            let mut sent = 0;
            while next < total && (next as f64 * step) as u64 <= now && sent < BURST {
                if now >= warm && now < end {
                    late = late.max(now - (next as f64 * step) as u64);
                }
                self.send(&frames, next as usize);
                next += 1;
                sent += 1;
            }
            let wait = if next < total {
                let due = (next as f64 * step) as u64;
                Duration::from_nanos(due.saturating_sub(now)).saturating_sub(Duration::from_micros(900))
            } else {
                Duration::from_millis(5)
            };
            self.poll.poll(&mut events, Some(Duration::from_millis(wait.as_millis() as u64)))?;
            let woke = counts.tick();
            self.take(&events, &mut counts);
            if sent > 0 || !events.is_empty() {
                // A poll that found something took next to no time of its own.
                busy += counts.tick() - if wait.is_zero() { now } else { woke };
            }
            now = counts.now;
            if at_end.is_some() && next == total && (counts.delivered >= expected || now > given_up) {
                break;
            }
            if at_end.is_some() && now > given_up {
                break;
            }
        }
        let (Some(warm), Some(end)) = (at_warm, at_end) else { anyhow::bail!("no measured time") };
        let closed: Vec<&Place> = self.places.iter().filter(|place| !place.is_open).collect();
        let first = closed.iter().find_map(|place| place.seat.client.closed.clone());
        Ok(Outcome {
            delivered: end.1 - warm.1,
            lost: expected.saturating_sub(counts.delivered),
            closed: (closed.len(), first),
            cpu: end.0.server.saturating_sub(warm.0.server),
            disturbed: (end.0.others(&warm.0).as_nanos() as f64) / (2 * (end.2 - warm.2)) as f64,
            wall: Duration::from_nanos(end.2 - warm.2),
            latency: counts.latency,
            busy: end.3 as f64 / (end.2 - warm.2) as f64,
            late: Duration::from_nanos(late),
        })
    }

    /// Types at this rate until the time has come, kills the server, and hears what was on its way.
    pub fn run_until_killed(
        &mut self,
        edits_per_second: f64,
        stop: Duration,
        process: &mut Process,
    ) -> Result<()> {
        let rounds = (edits_per_second * stop.as_secs_f64() / self.typing.len() as f64).ceil() as usize + 1;
        let frames = self.prepare(0, rounds);
        let step = 1e9 / edits_per_second;
        let mut counts = Counts { step, ..Counts::none() };
        let mut events = Events::with_capacity(4096);
        let mut next = 0u64;
        while counts.tick() < stop.as_nanos() as u64 {
            while (next as f64 * step) as u64 <= counts.now {
                self.send(&frames, next as usize);
                next += 1;
            }
            self.poll.poll(&mut events, Some(Duration::from_millis(1)))?;
            self.take(&events, &mut counts);
        }
        process.kill();
        for _ in 0..20 {
            self.poll.poll(&mut events, Some(Duration::from_millis(5)))?;
            self.take(&events, &mut counts);
        }
        Ok(())
    }

    /// Each writer with the clock behind the last keystroke that somebody else has seen, and behind the last that was
    /// acknowledged to them. Of the first room.
    pub fn promised(&self) -> Vec<Promised> {
        let seen = |writer: usize| {
            let others = self.places[..self.shape.people].iter().filter(|place| place.own != Some(writer));
            others.map(|place| place.next[writer]).max().unwrap_or(0)
        };
        let promised = |(writer, typing): (usize, &Typing)| Promised {
            client: typing.client,
            seen: seen(writer),
            // The empty step 2 and the line are answered before the keystrokes; the line stands for four clocks.
            acknowledged: match self.places[writer].acknowledged {
                0..2 => 0,
                more => more - 2 + 4,
            },
        };
        self.typing[..self.shape.writers].iter().enumerate().map(promised).collect()
    }

    /// Frames of each writer, masked, one behind the other.
    fn prepare(&mut self, before: usize, rounds: usize) -> Vec<Prepared> {
        let shape = self.shape;
        self.typing
            .iter_mut()
            .enumerate()
            .map(|(number, typing)| {
                typing.until(before + rounds);
                let place = number / shape.writers * shape.people + number % shape.writers;
                let mut prepared = Prepared { place, bytes: Vec::new(), ends: vec![0] };
                for keystroke in before..before + rounds {
                    self.places[place].seat.write_update(&mut prepared.bytes, typing.keystroke(keystroke));
                    prepared.ends.push(prepared.bytes.len());
                }
                prepared
            })
            .collect()
    }

    fn send(&mut self, frames: &[Prepared], number: usize) {
        let prepared = &frames[number % frames.len()];
        let round = number / frames.len();
        let place = &mut self.places[prepared.place];
        let frame = &prepared.bytes[prepared.ends[round]..prepared.ends[round + 1]];
        if place.is_open && place.seat.client.send(frame).is_err() {
            place.is_open = false;
        }
    }

    fn take(&mut self, events: &Events, counts: &mut Counts) {
        for event in events {
            let place = &mut self.places[event.token().0];
            if !place.is_open {
                continue;
            }
            if event.is_writable() && place.seat.client.waits() > 0 && place.seat.client.flush().is_err() {
                place.is_open = false;
            }
            if !event.is_readable() {
                continue;
            }
            let typing = writers(&self.typing, self.shape, place.room);
            let (next, own, room, acknowledged) =
                (&mut place.next, place.own, place.room, &mut place.acknowledged);
            let prefix = place.seat.prefix();
            counts.tick();
            let first_writer = room * self.shape.writers;
            let all = self.typing.len();
            let heard = place.seat.client.read(&mut self.scratch, |message| match hear(&prefix, message) {
                Heard::Update(update) => brings(update, |client, start, end| {
                    let Some(writer) = typing.iter().position(|typing| typing.client == client) else {
                        return;
                    };
                    if own == Some(writer) || end <= next[writer] || start > next[writer] {
                        return;
                    }
                    for clock in next[writer]..end {
                        if clock >= typing[writer].first {
                            let round = (clock - typing[writer].first) as usize;
                            counts.arrived((round * all + first_writer + writer) as f64);
                        }
                    }
                    next[writer] = end;
                }),
                Heard::Status(true) => *acknowledged += 1,
                _ => {}
            });
            if heard.is_err() || place.seat.client.closed.is_some() {
                place.is_open = false;
            }
        }
    }
}

/// What a writer and the others were told before the server was killed, as clocks.
#[derive(Debug, Clone, Copy)]
pub struct Promised {
    /// The writer.
    pub client: u32,
    /// Behind the last that somebody else has seen.
    pub seen: u32,
    /// Behind the last that was called saved.
    pub acknowledged: u32,
}

/// Edits sent before the load looks at what has come in.
const BURST: usize = 64;
/// How long deliveries may still come after the last edit.
const SETTLE: Duration = Duration::from_secs(3);

struct Prepared {
    place: usize,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

fn writers(typing: &[Typing], shape: Shape, room: usize) -> &[Typing] {
    &typing[room * shape.writers..(room + 1) * shape.writers]
}

impl Counts {
    fn none() -> Self {
        Self {
            start: Instant::now(),
            step: 0.0,
            from: u64::MAX,
            to: 0,
            now: 0,
            delivered: 0,
            latency: Histogram::default(),
        }
    }

    fn tick(&mut self) -> u64 {
        self.now = self.start.elapsed().as_nanos() as u64;
        self.now
    }

    fn arrived(&mut self, number: f64) {
        self.delivered += 1;
        let scheduled = (number * self.step) as u64;
        if (self.from..self.to).contains(&scheduled) {
            self.latency.add(self.now.saturating_sub(scheduled) / 1_000);
        }
    }
}
