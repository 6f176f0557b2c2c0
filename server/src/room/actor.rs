//! The task around a room's core: takes messages one by one, hands batches to the store, writes to outboxes. It alone
//! holds the core.

use super::{
    batches::Batches,
    commands::{Edit, Prepared},
    core::{AskId, ConnId, Core, Effect, Inbound, Lull, Session, WayInCheck, not_saved},
    directory::Surroundings,
    farewell::Farewell,
    handle::{Ballot, NotSaved, Turn},
    holding::{Holding, looked},
    outbox::Outbox,
    packing::Packing,
    pass::Pass,
    waking::load,
    watchdog::Watched,
};
use crate::{
    meeting::{addresses::Addresses, attendee::TokenHash, conference::Record},
    store::Health,
};
use ballot_box::{RoundKey, wiped};
use metrics::{counter, gauge};
use protocol::{
    close::Close,
    command::{Outcome, Request},
    id::{AttendeeId, RecordId, RoundId},
    limits::{PAUSE, REST, SLEEP},
    people::Place,
};
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{self, Interval, MissedTickBehavior, interval, sleep_until},
};

/// Messages that may wait for a room. When it is full a socket stops reading, which is how rates are limited.
pub(super) const INBOX: usize = 512;
/// Messages taken before the store and the outboxes get their turn again.
const TURN: usize = 64;
/// How often a room with a round looks at the clock.
const TICK: Duration = Duration::from_secs(1);

/// What a handle asks of the room.
pub(super) enum Message {
    WayIn(AttendeeId, oneshot::Sender<Option<WayInCheck>>),
    Enter(AttendeeId, Option<TokenHash>, oneshot::Sender<Result<Option<Session>, NotSaved>>),
    Knock(AttendeeId, String, Place, TokenHash, oneshot::Sender<Result<Option<Session>, NotSaved>>),
    Session(AttendeeId, TokenHash, oneshot::Sender<Option<Session>>),
    Passed(Pass, oneshot::Sender<Option<Session>>),
    Command((AttendeeId, u32), Request, Prepared, oneshot::Sender<Outcome>),
    Connect((AttendeeId, u32), Outbox, oneshot::Sender<Option<(ConnId, Duration)>>),
    /// What a socket says, and its part of the bytes that may wait (SPEC LIM14).
    Receive(ConnId, Inbound, Option<Turn>),
    /// A ballot, from nobody: nothing that says who, from where or when comes with it (SPEC SEAL5).
    Cast(RoundId, Ballot, Turn),
    Disconnect(ConnId),
    /// Puts words of a practice scenario on the sheets.
    Fill(Vec<Edit>, Vec<(RecordId, Record)>, oneshot::Sender<Outcome>),
    /// Answers when everything so far is durable.
    Settle(oneshot::Sender<Outcome>),
    /// Every socket is told to come back, one after the other within this time; then everything is made durable and the
    /// task ends.
    Drain(Duration, oneshot::Sender<()>),
}

enum Asked {
    Outcome(oneshot::Sender<Outcome>),
    Session(oneshot::Sender<Result<Option<Session>, NotSaved>>),
}

pub(super) struct Actor {
    core: Core,
    around: Arc<Surroundings>,
    inbox: mpsc::Receiver<Message>,
    outboxes: HashMap<ConnId, Outbox>,
    packing: Packing,
    asked: HashMap<AskId, Asked>,
    next_ask: u64,
    batches: Batches,
    /// Keys of rounds that are being made. Nothing of them or of what they are drawn from may stay on a thread's stack.
    keys: JoinSet<(RoundId, Box<RoundKey>)>,
    ticks: Interval,
    draining: Option<Farewell>,
    /// The disk refused, and is looked at.
    holding: Option<Holding>,
    /// When something was written last.
    written: Instant,
    /// When somebody asked it for something last.
    used: time::Instant,
    watched: Arc<Watched>,
    /// The core may be half-changed: nothing is read from it any more.
    panicked: bool,
}

impl Actor {
    pub(super) fn new(core: Core, around: Arc<Surroundings>, inbox: mpsc::Receiver<Message>) -> Self {
        let watched = around.watchdog.watch();
        gauge!("flipchart_rooms").increment(1);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            core,
            around,
            watched,
            inbox,
            outboxes: HashMap::new(),
            packing: Packing::default(),
            asked: HashMap::new(),
            next_ask: 0,
            batches: Batches::default(),
            keys: JoinSet::new(),
            ticks,
            draining: None,
            holding: None,
            written: Instant::now(),
            used: time::Instant::now(),
            panicked: false,
        }
    }

    pub(super) async fn run(mut self) {
        self.publish();
        loop {
            if self.panicked || self.settle_effects() {
                if !self.reload().await {
                    return;
                }
                continue;
            }
            self.guarded(None, |actor| actor.batches.hand_over(&mut actor.core, actor.around.store.as_ref()));
            if self.panicked {
                continue;
            }
            if self.takes_nothing_new() && !self.core.is_unsettled() {
                self.part();
                return;
            }
            let lull = self.lull();
            tokio::select! {
                biased;
                stored = self.batches.answered() => {
                    self.guarded(None, |actor| actor.core.stored(stored));
                    self.written = Instant::now();
                }
                () = until(lull.map(|(due, _)| due)) => {
                    self.guarded(None, |actor| actor.core.rest(lull.map_or(Lull::Pause, |(_, lull)| lull)));
                }
                Some(Ok((round, key))) = self.keys.join_next(), if self.draining.is_none() => {
                    self.guarded(None, |actor| actor.core.key_made(round, *key));
                }
                () = looked(&mut self.holding, &self.around.store), if self.draining.is_none() => {
                    self.holding = None;
                    let now = (self.around.clock)();
                    self.guarded(None, |actor| actor.core.go_on(now));
                }
                _ = self.ticks.tick(), if self.core.has_rounds() && !self.core.holds() && self.draining.is_none() => {
                    let now = (self.around.clock)();
                    self.guarded(None, |actor| actor.core.tick(now));
                }
                () = until(self.draining.as_ref().and_then(Farewell::next)) => self.say_farewell(),
                message = self.inbox.recv(), if !self.takes_nothing_new() && !self.core.is_full() => {
                    let Some(message) = message else { return };
                    self.used = time::Instant::now();
                    self.take_guarded(message);
                    for _ in 1..TURN {
                        if self.panicked || self.takes_nothing_new() || self.core.is_full() {
                            break;
                        }
                        match self.inbox.try_recv() {
                            Ok(message) => self.take_guarded(message),
                            Err(_) => break,
                        }
                    }
                }
                () = sleep_until(self.used + SLEEP), if self.may_sleep() => {
                    if self.around.lays_down(self.core.conference().id, &self.inbox) {
                        return;
                    }
                    self.used = time::Instant::now();
                }
            }
        }
    }

    /// Whether all there is to know of this room is in the store.
    fn may_sleep(&self) -> bool {
        self.outboxes.is_empty()
            && self.keys.is_empty()
            && self.holding.is_none()
            && self.draining.is_none()
            && self.lull().is_none()
            && !self.core.has_rounds()
            && !self.core.is_unsettled()
    }

    /// A room whose sockets have all been told to come back takes no new work, or it would never be done.
    fn takes_nothing_new(&self) -> bool {
        self.draining.as_ref().is_some_and(|farewell| farewell.next().is_none())
    }

    fn say_farewell(&mut self) {
        for conn in self.draining.as_mut().map(Farewell::due).unwrap_or_default() {
            if let Some(outbox) = self.outboxes.get(&conn) {
                outbox.close(Close::Restart);
            }
        }
        if self.takes_nothing_new() {
            self.core.rest(Lull::Rest);
        }
    }

    /// When logs are next worth cutting, if nothing is written until then.
    fn lull(&self) -> Option<(Instant, Lull)> {
        if !self.batches.is_empty() || self.draining.is_some() {
            return None;
        }
        let after = |time: Duration, lull| self.core.has_log_for(lull).then_some((self.written + time, lull));
        after(PAUSE, Lull::Pause).or_else(|| after(REST, Lull::Rest))
    }

    fn ask(&mut self, asked: Asked) -> AskId {
        self.next_ask += 1;
        let ask = AskId(self.next_ask);
        self.asked.insert(ask, asked);
        ask
    }

    fn take_guarded(&mut self, message: Message) {
        let from = match &message {
            Message::Receive(conn, ..) => Some(*conn),
            _ => None,
        };
        if let Message::Receive(conn, Inbound::Update { document, update, .. }, _) = &message {
            if self.around.watchdog.shuns(update) {
                counter!("flipchart_refused_total", "why" => "harmful").increment(1);
                let refused = Message::Receive(*conn, Inbound::Refused { document: *document }, None);
                return self.guarded(from, |actor| actor.take(refused));
            }
            let was_sound = !self.core.is_broken();
            self.watched.begins(update);
            self.guarded(from, |actor| actor.take(message));
            self.watched.ended();
            if self.panicked || (was_sound && self.core.is_broken()) {
                self.around.watchdog.blame(&self.watched);
            }
            return;
        }
        self.guarded(from, |actor| actor.take(message));
    }

    /// A fault of ours, or of yrs in reading, must not end the room for good: it is loaded anew from what is kept.
    /// Whoever sent what led to it is sent away for good.
    fn guarded(&mut self, from: Option<ConnId>, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return;
        }
        tracing::error!("a room came upon a fault of the service; report it with the lines before this one");
        self.panicked = true;
        if let Some(outbox) = from.and_then(|conn| self.outboxes.get(&conn)) {
            outbox.close(Close::BadFrame);
        }
    }

    fn take(&mut self, message: Message) {
        let now = (self.around.clock)();
        match message {
            Message::WayIn(attendee, reply) => {
                let _ = reply.send(self.core.way_in(attendee));
            }
            Message::Session(attendee, token, reply) => {
                let _ = reply.send(self.core.session(attendee, token, now));
            }
            Message::Passed(pass, reply) => {
                let _ = reply.send(self.core.passed(&pass, now));
            }
            Message::Enter(_, _, reply) | Message::Knock(_, _, _, _, reply) if self.core.holds() => {
                let _ = reply.send(Err(NotSaved));
            }
            Message::Enter(attendee, token, reply) => {
                let ask = self.ask(Asked::Session(reply));
                self.core.enter(ask, attendee, token, now);
            }
            Message::Knock(attendee, name, place, token, reply) => {
                let ask = self.ask(Asked::Session(reply));
                self.core.knock(ask, attendee, &name, place, token, now);
                self.publish();
            }
            Message::Command(by, request, prepared, reply) => {
                let ask = self.ask(Asked::Outcome(reply));
                self.core.command(ask, by, &request, prepared, now);
                self.publish();
            }
            Message::Connect((attendee, device), outbox, reply) => {
                let connected = self.core.connect(attendee, device, now);
                if let Some((conn, _)) = connected {
                    if self.draining.is_some() {
                        outbox.close(Close::Restart);
                    }
                    self.outboxes.insert(conn, outbox);
                }
                let connected = connected.map(|(conn, left)| (conn, Duration::from_millis(left)));
                if let Err(Some((conn, _))) = reply.send(connected) {
                    self.gone(conn);
                }
            }
            Message::Receive(conn, inbound, _turn) => self.core.receive(conn, inbound, now),
            Message::Cast(round, ballot, _turn) => self.core.cast(round, &ballot[..]),
            Message::Disconnect(conn) => self.gone(conn),
            Message::Fill(edits, records, reply) => {
                let ask = self.ask(Asked::Outcome(reply));
                self.core.fill(ask, &edits, records);
            }
            Message::Settle(reply) => {
                let ask = self.ask(Asked::Outcome(reply));
                self.core.settle(ask);
            }
            Message::Drain(spread, reply) => {
                self.core.rest(Lull::Rest);
                let there = self.outboxes.keys().copied().collect();
                self.draining = Some(Farewell::begin(there, spread, &mut (self.around.rng)(), reply));
            }
        }
    }

    fn gone(&mut self, conn: ConnId) {
        self.outboxes.remove(&conn);
        self.core.disconnect(conn, (self.around.clock)());
    }

    /// Carries effects out. True if the room must be loaded anew.
    fn settle_effects(&mut self) -> bool {
        let mut reload = false;
        for effect in self.core.take_effects() {
            match effect {
                Effect::Send(conn, frame) => self.packing.one(conn, frame),
                Effect::Fan { to, except, frame } => self.packing.many(&to, except, frame),
                Effect::Close(conn, close) => {
                    self.send();
                    if let Some(outbox) = self.outboxes.get(&conn) {
                        outbox.close(close);
                    }
                }
                Effect::Answer(ask, outcome) => {
                    if let Some(Asked::Outcome(reply)) = self.asked.remove(&ask) {
                        let _ = reply.send(outcome);
                    }
                }
                Effect::Entered(ask, session) => {
                    if let Some(Asked::Session(reply)) = self.asked.remove(&ask) {
                        let _ = reply.send(Ok(session));
                    }
                }
                Effect::MakeKey(round) => {
                    let rng = self.around.rng.clone();
                    let make = move || (round, Box::new(RoundKey::generate(&mut rng())));
                    self.keys.spawn_blocking(move || wiped(make));
                }
                Effect::Reload => reload = true,
            }
        }
        self.send();
        reload
    }

    /// Hands what this turn says to the outboxes.
    fn send(&mut self) {
        for conn in self.packing.send(&self.outboxes) {
            counter!("flipchart_behind_total").increment(1);
            self.core.fell_behind(conn);
        }
    }

    /// Nothing that was not kept is true any more: everybody who waits is told so, sockets come back, and the room is
    /// read again from the store. False when nobody needs the room any more, or it cannot be read.
    async fn reload(&mut self) -> bool {
        tracing::warn!("a room is loaded anew from the store");
        counter!("flipchart_reloads_total").increment(1);
        for (_, asked) in self.asked.drain() {
            match asked {
                Asked::Outcome(reply) => drop(reply.send(not_saved())),
                Asked::Session(reply) => drop(reply.send(Err(NotSaved))),
            }
        }
        for (_, outbox) in self.outboxes.drain() {
            outbox.close(Close::Rebuilt);
        }
        // Batches that are still on their way must have ended before the rows are read.
        self.batches.ended().await;
        // Rounds whose keys these would have been are void.
        self.keys = JoinSet::new();
        // A room that ends has told everybody to come back: to the next start.
        if self.draining.is_some() {
            return false;
        }
        let id = self.core.conference().id;
        let Some((mut core, health)) = load(&self.around, id, true, &mut self.inbox).await else {
            return false;
        };
        core.takes_the_place_of(&self.core);
        self.core = core;
        self.panicked = false;
        self.holding = None;
        // Of others the disk may have taken something since, for which there was room.
        if health == Health::Refuses || self.batches.unavailable() {
            self.hold();
        }
        true
    }

    /// A room that has just been loaded, and has written nothing, takes nothing while the disk refuses.
    pub(super) fn hold(&mut self) {
        self.core.hold();
        self.holding = Some(Holding::of(self.batches.refused()));
    }

    /// Lets the directory find this room by its people and its code.
    fn publish(&self) {
        self.around.publish(Addresses::of(self.core.conference()));
    }

    fn part(mut self) {
        for (_, outbox) in self.outboxes.drain() {
            outbox.close(Close::Restart);
        }
        if let Some(farewell) = self.draining.take() {
            farewell.over();
        }
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        gauge!("flipchart_rooms").decrement(1);
    }
}

/// Waits for a moment; for ever when there is none.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
