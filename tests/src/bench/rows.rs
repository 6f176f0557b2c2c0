//! The rows of the table: which peers, in which order, what is kept of each.

use super::{
    aims,
    commits::Commits,
    converge, disk, documents,
    fanout::{Load, Outcome, Pace, Shape},
    figures::{Figure, Figures},
    house::House,
    idle, kills,
    peer::{Peer, Places, Server},
};
use anyhow::{Context, Result};
use protocol::limits::{REST, SOCKETS};
use std::{
    cell::{OnceCell, RefCell},
    time::{Duration, Instant},
};

/// A part of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Row {
    /// CPU per delivery and latency at fixed rates
    Fanout,
    /// Most deliveries a second with p99 within 100 ms and no loss
    Most,
    /// Memory of idle connections
    Idle,
    /// A long document: taken in, joined, read after a restart
    Join,
    /// 260,000 keystrokes of one pen beside its 20,000: CPU
    Linear,
    /// 260,000 keystrokes by ten authors who revise: CPU and bytes on disk
    History,
    /// Edits lost by SIGKILL
    Kills,
    /// Eight clients with random edits and lost connections
    Converge,
}

/// How much is done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Parts.
    pub rows: Vec<Row>,
    /// Servers.
    pub peers: Vec<Peer>,
    /// Repetitions, interleaved.
    pub repetitions: usize,
    /// Measured time of a run at a fixed rate.
    pub measured: Duration,
    /// Nothing begins after this.
    pub until: Instant,
    /// Kills of each server.
    pub kills: u32,
    /// Seeds of random edits.
    pub seeds: u64,
}

/// The room of a child protection conference: ten people, four with a pen.
const ROOMS: Shape = Shape { rooms: 20, people: 10, writers: 4 };
/// For the highest rate everybody types: one socket of ours is read 500 times a second at most.
const EVERYBODY: Shape = Shape { rooms: 20, people: 10, writers: 10 };
/// A server has written down what it was going to when its files have not changed for so long.
const SOON: Duration = Duration::from_secs(3);
const WARM: Duration = Duration::from_secs(1);
const KEYSTROKES: usize = 20_000;
const HISTORY: usize = 260_000;
/// Conferences as large as they may be, for many idle sockets.
const IDLE_ROOMS: (usize, usize) = (9, 79);

/// Everything a bench needs.
pub struct Bench<'a> {
    plan: Plan,
    places: &'a Places,
    rooms: OnceCell<House>,
    idle_rooms: OnceCell<House>,
    figures: RefCell<Figures>,
}

impl<'a> Bench<'a> {
    /// Nothing measured yet.
    pub fn new(plan: Plan, places: &'a Places) -> Self {
        Self {
            plan,
            places,
            rooms: OnceCell::new(),
            idle_rooms: OnceCell::new(),
            figures: RefCell::default(),
        }
    }

    /// All repetitions of all rows; what fails is noted and the rest goes on.
    pub fn run(self) -> Result<Figures> {
        if self.plan.peers.contains(&Peer::Ours) {
            // On all cores, before anything is pinned.
            let template = self.places.folder.join("rooms");
            let _ = self.rooms.set(House::prepare(&template, ROOMS.rooms, ROOMS.people, ROOMS.people)?);
            if self.plan.rows.contains(&Row::Idle) {
                let template = self.places.folder.join("idle-rooms");
                let _ = self.idle_rooms.set(House::prepare(&template, IDLE_ROOMS.0, IDLE_ROOMS.1, 0)?);
            }
        }
        if let Some(cores) = self.places.cores {
            cores.pin_load()?;
        }
        for repetition in 0..self.plan.repetitions {
            println!("repetition {} of {}", repetition + 1, self.plan.repetitions);
            for row in self.plan.rows.clone() {
                for peer in self.plan.peers.clone() {
                    self.cell(row, peer, repetition);
                }
            }
        }
        Ok(self.figures.into_inner())
    }

    fn cell(&self, row: Row, peer: Peer, repetition: usize) {
        let applies = match row {
            Row::Fanout | Row::Most | Row::Idle => true,
            Row::Join | Row::Converge => peer.has_documents(),
            Row::Kills => peer.keeps(),
            Row::Linear | Row::History => peer == Peer::Ours,
        };
        // The same server in memory and with a store differs only in what it keeps.
        let is_twin = matches!(peer, Peer::YWebsocketLevel)
            && matches!(row, Row::Fanout | Row::Most | Row::Idle)
            || matches!(peer, Peer::YWebsocketLevel | Peer::HocuspocusSqlite) && row == Row::Converge;
        if !applies || is_twin {
            return;
        }
        let done = if let Some(why) = self.places.missing(peer) {
            Err(anyhow::anyhow!(why))
        } else if Instant::now() > self.plan.until {
            Err(anyhow::anyhow!("not measured: the time is over"))
        } else {
            match row {
                Row::Fanout => self.fanout(peer, repetition),
                Row::Most => self.most(peer, repetition),
                Row::Idle => self.idle(peer, repetition),
                Row::Join => self.join(peer, repetition),
                Row::Linear => self.linear(peer, repetition),
                Row::History => self.history(peer, repetition),
                Row::Kills => self.kills(peer, repetition),
                Row::Converge => self.converge(peer, repetition),
            }
        };
        if let Err(error) = done {
            let work = match row {
                Row::Fanout => "fan-out",
                Row::Most => "most deliveries",
                Row::Idle => "idle connections",
                Row::Join => "long document",
                Row::Linear => "260,000 keystrokes of one pen",
                Row::History => "260,000 keystrokes by ten authors",
                Row::Kills => "SIGKILL",
                Row::Converge => "random edits",
            };
            let why = format!("{error:#}").lines().next().unwrap_or_default().to_owned();
            self.add(work, "", peer, repetition, None, Some(why));
        }
    }

    fn add(
        &self,
        work: &'static str,
        unit: &'static str,
        peer: Peer,
        repetition: usize,
        value: impl Into<Option<f64>>,
        note: Option<String>,
    ) {
        self.figures.borrow_mut().add(Figure { work, unit, peer, repetition, value: value.into(), note });
    }

    fn fanout(&self, peer: Peer, repetition: usize) -> Result<()> {
        for (deliveries, cpu, p50, p99) in [
            (
                120_000.0,
                "CPU per delivery at 120,000/s",
                "latency at 120,000/s, p50",
                "latency at 120,000/s, p99",
            ),
            (
                10_000.0,
                "CPU per delivery at 10,000/s",
                "latency at 10,000/s, p50",
                "latency at 10,000/s, p99",
            ),
        ] {
            let pace = Pace { deliveries, warm: WARM, measured: self.plan.measured };
            let (outcome, commits) = once(peer, self.places, self.rooms.get(), ROOMS, pace)?;
            let note = shortfall(&outcome, deliveries);
            self.add(cpu, "µs", peer, repetition, outcome.cpu_per_delivery(), note);
            let took = |time: Option<Duration>| time.map_or(0.0, millis);
            let note = commits.mean().map(|mean| {
                format!(
                    "a commit took {:.2} ms, 99 of 100 at most {:.2} ms",
                    millis(mean),
                    took(commits.quantile(0.99))
                )
            });
            self.add(p50, "ms", peer, repetition, millis(outcome.latency.quantile(0.5)), note);
            self.add(p99, "ms", peer, repetition, millis(outcome.latency.quantile(0.99)), None);
            if let Some(allowed) = commits.aims().filter(|_| deliveries < 100_000.0) {
                self.add(aims::P50_ALLOWED, "ms", peer, repetition, millis(allowed.0), None);
                self.add(aims::P99_ALLOWED, "ms", peer, repetition, millis(allowed.1), None);
            }
        }
        Ok(())
    }

    /// Doubles until it fails, then halves the rest four times.
    fn most(&self, peer: Peer, repetition: usize) -> Result<()> {
        const WORK: &str = "most deliveries with p99 ≤ 100 ms and no loss";
        // What one socket of ours may say in a second, with some room.
        let ceiling = if peer == Peer::Ours {
            EVERYBODY.all_writers() as f64 * 490.0 * EVERYBODY.deliveries() as f64
        } else {
            f64::MAX
        };
        let last = self.figures.borrow().median(WORK, peer);
        let (mut passed, mut failed) = (0.0, f64::MAX);
        let mut next: f64 = last.map_or(50_000.0, |last| last * 0.7);
        let mut note = None;
        for _ in 0..MOST_PROBES {
            next = next.min(ceiling);
            let measured = self.plan.measured.min(Duration::from_secs(3));
            let pace = Pace { deliveries: next, warm: WARM, measured };
            let (outcome, _) = once(peer, self.places, self.rooms.get(), EVERYBODY, pace)?;
            let held = outcome.latency.quantile(0.99) <= Duration::from_millis(100)
                && outcome.lost == 0
                && outcome.closed.0 == 0
                && outcome.rate() > next * 0.97;
            if held {
                passed = next;
                if next >= ceiling {
                    note = Some("as much as its sockets may say".to_owned());
                    break;
                }
            } else {
                failed = next;
                note = Some(match &outcome.closed {
                    (_, Some(closed)) => format!("beyond it sockets are closed ({closed})"),
                    _ if outcome.disturbed > DISTURBED => "others used the two cores meanwhile".to_owned(),
                    _ if outcome.lost > 0 => "beyond it deliveries are lost".to_owned(),
                    _ if outcome.busy > 0.97 => "beyond it the load itself is busy all the time".to_owned(),
                    _ => "beyond it p99 is over 100 ms".to_owned(),
                });
            }
            next = match (passed, failed) {
                (passed, failed) if failed == f64::MAX => passed * 2.0,
                (0.0, failed) => failed / 2.0,
                (passed, failed) if failed / passed < 1.08 => break,
                (passed, failed) => (passed * failed).sqrt(),
            };
        }
        self.add(WORK, "deliveries/s", peer, repetition, passed, note);
        Ok(())
    }

    fn idle(&self, peer: Peer, repetition: usize) -> Result<()> {
        for (sockets, work) in [
            (1_000, "memory of one of 1,000 idle connections"),
            (10_000, "memory of one of 10,000 idle connections"),
        ] {
            let server = Server::fresh(peer, self.places, self.idle_rooms.get())?;
            let bytes = idle::idle(&server, sockets, IDLE_ROOMS.1 * SOCKETS)?;
            self.add(work, "KiB", peer, repetition, bytes / 1024.0, None);
        }
        Ok(())
    }

    fn join(&self, peer: Peer, repetition: usize) -> Result<()> {
        let server = Server::fresh(peer, self.places, self.rooms.get())?;
        let document = documents::take_in(&server, KEYSTROKES)?;
        self.add("taking in 20,000 keystrokes, CPU", "s", peer, repetition, document.cpu.as_secs_f64(), None);
        let times = documents::joins(&server, &document)?;
        self.add(
            "join of 20,000 keystrokes, p50",
            "ms",
            peer,
            repetition,
            millis(times[times.len() / 2]),
            None,
        );
        let crowd = documents::crowd(&server, &document)?;
        self.add("50 joins at once, the last", "ms", peer, repetition, millis(crowd), None);
        if peer.keeps() {
            // A store that writes now and then gets its time: this row is about reading.
            std::thread::sleep(peer.writes_within());
            let again = documents::restart(server, &document.writers)?;
            let note = match (again.lacked, again.lost) {
                (_, lost @ 1..) => Some(format!("{lost} keystrokes never came")),
                (lacked @ 1.., 0) => Some(format!("the first answer lacked {lacked} keystrokes")),
                (0, 0) => None,
            };
            self.add("restart to first complete join", "ms", peer, repetition, millis(again.time), note);
        }
        Ok(())
    }

    /// As fast as a socket may speak, as the long document is taken in.
    fn linear(&self, peer: Peer, repetition: usize) -> Result<()> {
        let mut cpu = [0.0; 2];
        for (keystrokes, cpu) in [KEYSTROKES, HISTORY].into_iter().zip(&mut cpu) {
            let server = Server::fresh(peer, self.places, self.rooms.get())?;
            *cpu = documents::take_in(&server, keystrokes)?.cpu.as_secs_f64();
        }
        let note = Some(format!("{:.2} s and {:.2} s", cpu[0], cpu[1]));
        self.add("260,000 keystrokes ÷ 20,000, CPU", "times", peer, repetition, cpu[1] / cpu[0], note);
        Ok(())
    }

    fn history(&self, peer: Peer, repetition: usize) -> Result<()> {
        const SHAPE: Shape = Shape { rooms: 1, people: 10, writers: 10 };
        const EDITS: f64 = 4_500.0;
        // Rooms and the store tidy up one after the other, each when nothing has been written for so long.
        let rest = if peer == Peer::Ours { REST + SOON } else { SOON };
        for (keystrokes, work) in [
            (KEYSTROKES, "20,000 keystrokes by ten authors, CPU"),
            (HISTORY, "260,000 keystrokes by ten authors, CPU"),
        ] {
            let server = Server::fresh(peer, self.places, self.rooms.get())?;
            let before = if keystrokes == HISTORY { disk::at_rest(&server.data, rest)? } else { 0 };
            let mut load = Load::new(&server, SHAPE, 0)?;
            load.revise();
            let measured = Duration::from_secs_f64(keystrokes as f64 / EDITS);
            let pace = Pace { deliveries: EDITS * SHAPE.deliveries() as f64, warm: Duration::ZERO, measured };
            let outcome = load.run(pace, &server.process, self.places.cores)?;
            let note = (outcome.lost > 0 || outcome.closed.0 > 0).then(|| format!("{outcome:?}"));
            self.add(work, "s", peer, repetition, outcome.cpu.as_secs_f64(), note);
            if keystrokes == HISTORY {
                drop(load);
                let kept = disk::at_rest(&server.data, rest)?.saturating_sub(before);
                let mut seat = server.seat(0, 0)?;
                seat.ask()?;
                let state = seat.complete()?.len();
                let note = format!("{kept} bytes for a state of {state}");
                let ratio = kept as f64 / state as f64;
                self.add("bytes on disk ÷ bytes of the state", "times", peer, repetition, ratio, Some(note));
            }
        }
        Ok(())
    }

    fn kills(&self, peer: Peer, repetition: usize) -> Result<()> {
        let mut server = Server::fresh(peer, self.places, self.rooms.get())?;
        let mut all = kills::Lost::default();
        let mut worst = 0;
        for number in 0..self.plan.kills {
            let (again, lost) = kills::trial(server, number)?;
            server = again;
            all.seen += lost.seen;
            all.acknowledged += lost.acknowledged;
            all.of += lost.of;
            worst = worst.max(lost.seen);
        }
        let note = format!("of {} in {} kills; at worst {worst} in one", all.of, self.plan.kills);
        self.add(
            "edits lost by SIGKILL that others had seen",
            "edits",
            peer,
            repetition,
            all.seen as f64,
            Some(note),
        );
        if peer.acknowledges() {
            let lost = all.acknowledged as f64;
            self.add("edits lost by SIGKILL that were acknowledged", "edits", peer, repetition, lost, None);
        }
        Ok(())
    }

    fn converge(&self, peer: Peer, repetition: usize) -> Result<()> {
        let server = Server::fresh(peer, self.places, self.rooms.get())?;
        let mut failures = Vec::new();
        for seed in 0..self.plan.seeds {
            // Each room has its own ten people.
            let room = seed as usize % ROOMS.rooms;
            if let Err(error) = converge::play(&server, seed, room) {
                failures.push(format!("{error:#}").lines().next().unwrap_or_default().to_owned());
            }
        }
        let note = failures.first().cloned();
        let value = failures.len() as f64;
        self.add("seeds of random edits that do not converge", "seeds", peer, repetition, value, note);
        Ok(())
    }
}

/// Probes of one search.
const MOST_PROBES: usize = 9;

/// One run on a fresh server, and the commits of it. Where others use the machine at the same time, it is repeated, and the least disturbed
/// counts.
fn once(
    peer: Peer,
    places: &Places,
    house: Option<&House>,
    shape: Shape,
    pace: Pace,
) -> Result<(Outcome, Commits)> {
    let mut best: Option<(Outcome, Commits)> = None;
    for _ in 0..ATTEMPTS {
        let server = Server::fresh(peer, places, house)?;
        let mut load = Load::new(&server, shape, 0)?;
        let before = Commits::of(&server)?;
        let outcome = load.run(pace, &server.process, places.cores).context("the run at a fixed rate")?;
        let is_quiet = outcome.disturbed < DISTURBED;
        if best.as_ref().is_none_or(|(best, _)| outcome.disturbed < best.disturbed) {
            best = Some((outcome, Commits::of(&server)?.since(&before)));
        }
        if is_quiet {
            break;
        }
    }
    best.context("no run")
}

/// Runs of one cell, at most.
const ATTEMPTS: usize = 3;
/// Share of the two cores' time that others may use during a run.
const DISTURBED: f64 = 0.06;

/// What went wrong at a fixed rate.
fn shortfall(outcome: &Outcome, deliveries: f64) -> Option<String> {
    if let (count @ 1.., how) = &outcome.closed {
        return Some(format!("{count} sockets were closed: {}", how.as_deref().unwrap_or("without a word")));
    }
    if outcome.lost > 0 {
        return Some(format!("{} deliveries never came", outcome.lost));
    }
    if outcome.disturbed > DISTURBED {
        return Some(format!("others used {:.0} % of the two cores meanwhile", outcome.disturbed * 100.0));
    }
    if outcome.late > Duration::from_millis(50) {
        return Some(format!("the load was up to {} ms late", outcome.late.as_millis()));
    }
    (outcome.rate() < deliveries * 0.99).then(|| format!("saturated at {:.0}/s", outcome.rate()))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
