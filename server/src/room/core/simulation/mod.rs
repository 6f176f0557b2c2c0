//! Whole conferences from one number: devices that type, drop and come back, commands, a disk that refuses and a
//! service that dies. The promises are held against every effect (`tests::house`), the rest against the end.
//!
//! `SIM_SEED=n` replays one conference, `SIM_SEEDS=n` runs so many from 1 on.

mod acts;
mod desk;
mod people;
mod single;
mod wall;
mod witnesses;

use super::tests::{
    device,
    house::{House, conference, id},
    who_may::{OF_ROUNDS, names_of_all_commands},
};
use crate::{meeting::attendee::Entrance, room::audit};
use protocol::{
    command::{Command, Offered, Outcome},
    id::OfferId,
    people::Role,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

/// In the ordinary test run.
const SEEDS: u64 = 300;
/// Acts of one conference.
const ACTS: usize = 140;

/// In every conference: those whom an act names.
const ALWAYS: [Role; 6] =
    [Role::Chair, Role::SocialWorker, Role::Parent, Role::Police, Role::Observer, Role::Wall];

/// How often each other role is there, in percent: 6 to 22 people at the start, 8 on average.
const SOMETIMES: u32 = 12;

/// What the conferences of an ordinary run carry out between them beside every command there is: an act that never
/// succeeds tests nothing.
const CARRIED_OUT: [&str; 13] = [
    "edit",
    "take-pen by its holder",
    "offer of note",
    "offer of row",
    "offer of change",
    "accept of note",
    "accept of row",
    "accept of change",
    "take-off of note",
    "take-off of row",
    "take-off of offer",
    "take-off of field",
    "reword with strikes",
];

/// Those who go and come back.
const GOERS: [Role; 3] = [Role::Parent, Role::Police, Role::Observer];

type Log = Arc<Mutex<Vec<String>>>;

struct Simulation {
    house: House,
    rng: StdRng,
    /// Roles of those who were here from the start, one person each.
    people: Vec<Role>,
    log: Log,
    /// Acts of the set-up.
    before: usize,
    /// Every request ever sent, so that it can be sent again.
    requests: Vec<(usize, protocol::command::Request)>,
    words: u32,
    /// What was written while somebody was out and has not been opened to them (P5).
    missed: BTreeMap<Role, BTreeSet<String>>,
    /// A client of one document, in some conferences.
    stock: Option<single::Stock>,
    /// What every edit carries, and what of it may be gone.
    witnesses: witnesses::Witnesses,
    /// What no wall may show.
    kept_back: wall::KeptBack,
    /// Loads of the room so far: a load may take back that somebody went.
    loads: u32,
    /// Loads that a disk has caused which refused.
    reloads: u32,
}

impl Simulation {
    fn note(&self, what: impl Into<String>) {
        self.log.lock().expect("no test panics while it holds the log").push(what.into());
    }

    fn any(&mut self, below: usize) -> usize {
        self.rng.random_range(0..below)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn run(&mut self) {
        for _ in 0..ACTS {
            let out = self.out();
            self.act();
            if self.chance(15) {
                self.stock();
            }
            self.stock_reads();
            self.loaded(out);
            self.walls_show_what_they_may();
        }
        self.end();
    }

    /// Names of what was carried out, and of what kind it was.
    fn carried_out(&self) -> BTreeSet<String> {
        let state = self.house.durable.state.as_ref().expect("a conference is there");
        let done = self.requests.iter().filter(|(n, request)| {
            let by = self.house.devices[*n].attendee;
            matches!(state.answered.get(request.id, by), Some(Outcome::Done { .. }))
        });
        let kinds = done.filter_map(|(n, request)| {
            let role = self.house.core.conference().people.get(&self.house.devices[*n].attendee)?.person.role;
            Some(match &request.command {
                Command::TakePen { .. } if !role.leads() => "take-pen by its holder".to_owned(),
                Command::Offer { what, .. } => format!("offer of {}", kind(what)),
                Command::Accept { offer, .. } => format!("accept of {}", kind(self.offered(*offer)?)),
                Command::TakeOff { what } => format!("take-off of {}", kind(what)),
                Command::Reword { strikes: Some(_), .. } => "reword with strikes".to_owned(),
                _ => return None,
            })
        });
        let names =
            self.house.durable.audit.iter().flat_map(|page| &page.lines).map(|line| line.what.clone());
        names.chain(kinds).collect()
    }

    fn offered(&self, offer: OfferId) -> Option<&Offered> {
        self.requests.iter().find_map(|(_, request)| match &request.command {
            Command::Offer { offer: this, what, .. } if *this == offer => Some(what),
            _ => None,
        })
    }

    fn out(&self) -> [bool; GOERS.len()] {
        GOERS.map(|role| self.house.core.conference().here(id(role)).is_none())
    }

    /// After a load the room may be as it was before somebody went: then they never were out.
    fn loaded(&mut self, out: [bool; GOERS.len()]) {
        self.come_up();
        if std::mem::replace(&mut self.loads, self.house.loads) == self.house.loads {
            return;
        }
        for (role, out) in GOERS.into_iter().zip(out) {
            let never_went =
                self.house.core.conference().people.get(&id(role)).is_some_and(|who| who.absence.is_none());
            if (out || never_went) && self.house.core.conference().here(id(role)).is_some() {
                self.missed.remove(&role);
            }
        }
    }

    /// Words of somebody who was off the line, or slow, are written when they come up: whoever is back by then misses none.
    fn come_up(&mut self) {
        for (words, here) in std::mem::take(&mut self.house.came) {
            for (_, missed) in self.missed.iter_mut().filter(|(role, _)| here.contains(&id(**role))) {
                missed.retain(|one| words.iter().all(|n| *one != format!("words {n};")));
            }
        }
    }

    /// P5, by other means than the room's: no frame to somebody holds words of the time when they were out.
    fn nothing_missed_was_sent(&self) {
        for (role, missed) in &self.missed {
            for device in self.house.devices.iter().filter(|device| device.attendee == id(*role)) {
                for words in missed {
                    assert!(!device.has_seen(words), "P5: “{words}” reached {role:?}");
                }
            }
        }
    }

    /// Everything calms down, and what was promised is there.
    fn end(&mut self) {
        self.note("end");
        let out = self.out();
        if self.house.store.has_failed() {
            self.crash();
        }
        self.house.store.recover();
        if self.house.core.holds() {
            self.goes_on();
        }
        self.house.settle();
        self.loaded(out);
        if self.house.core.conference().paused {
            self.chair(Some(Command::Resume));
            self.house.settle();
            assert!(!self.house.core.conference().paused, "the screens stay paused");
        }
        let house = &mut self.house;
        // Also without coming back: what was sent was all that was needed.
        house.all_up_to_date();
        for n in 0..house.devices.len() {
            house.cut(n);
        }
        house.settle();
        house.relink();
        house.settle();
        house.everybody_has_come_back();
        house.all_in_step();
        self.stock_in_step();
        let house = &mut self.house;
        house.no_acknowledged_edit_is_missing();
        self.no_acknowledged_word_is_missing();
        self.come_up();
        self.walls_show_what_they_may();
        self.nothing_missed_was_sent();
        let house = &mut self.house;
        assert!(audit::verify(&house.durable.audit), "the audit's chain is broken");
        house.every_edit_is_in_the_audit();
        let acts = house.durable.audit.iter().flat_map(|page| &page.lines);
        let carried_out = acts.filter(|line| line.what != "edit").count();
        let state = house.durable.state.as_ref().expect("a conference is there");
        let mut answered: Vec<_> = self
            .requests
            .iter()
            .filter(|(n, request)| {
                let by = house.devices[*n].attendee;
                matches!(state.answered.get(request.id, by), Some(Outcome::Done { .. }))
            })
            .map(|(_, request)| request.id)
            .collect();
        answered.sort();
        answered.dedup();
        assert_eq!(carried_out, answered.len() + self.before, "a command had no effect, or two");
        for page in &house.durable.audit {
            let bytes = crate::room::log::write(page);
            assert!(!device::contains(&bytes, "Name of"), "a name stands in the audit");
        }
    }
}

/// Plays the conference of a seed; its acts stand in the log. The answer names what was carried out.
fn play(seed: u64, log: &Log) -> BTreeSet<String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut people = ALWAYS.to_vec();
    people.extend(
        Role::EVERY.into_iter().filter(|role| !ALWAYS.contains(role) && rng.random_range(0..100) < SOMETIMES),
    );
    let mut conference = conference(&people);
    for who in conference.people.values_mut() {
        who.way_in = Some(Entrance { secret_hash: [1; 32], pin: "argon".into(), wrong: 0 });
    }
    // Late enough that the clock can be put back.
    let mut house = House::begin_at(seed, conference, 1_000_000_000);
    for role in [Role::SocialWorker, Role::Parent] {
        if rng.random_range(0..2) == 0 {
            house.done(Role::Chair, protocol::command::Command::GivePen { attendee: id(role) });
        }
    }
    // Three in four are under way: before that nothing can be offered.
    if rng.random_range(0..4) != 0 {
        let phase = ["mapping", "the-plan"][rng.random_range(0..2)].to_owned();
        house.done(Role::Chair, protocol::command::Command::Convene);
        house.done(Role::Chair, protocol::command::Command::OpenPhase { phase });
    }
    let before = house.durable.audit.iter().flat_map(|page| &page.lines).count();
    let log = Arc::clone(log);
    let mut simulation = Simulation {
        house,
        rng,
        people,
        log,
        before,
        requests: Vec::new(),
        words: 0,
        missed: BTreeMap::new(),
        stock: None,
        witnesses: witnesses::Witnesses::default(),
        kept_back: wall::KeptBack::default(),
        loads: 0,
        reloads: 0,
    };
    simulation.run();
    simulation.carried_out()
}

/// The kind of what is offered or taken off, as it is called on the wire.
fn kind(what: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(what).expect("it can be written");
    value["kind"].as_str().expect("it has a kind").to_owned()
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

#[test]
fn sync1_whatever_happens_what_was_shown_or_acknowledged_is_on_the_disk() {
    let seeds: Vec<u64> = match number("SIM_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("SIM_SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failed = Mutex::new(None);
    let carried_out = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let log = Log::default();
                    if let Ok(whats) = catch_unwind(AssertUnwindSafe(|| play(*seed, &log))) {
                        carried_out.lock().expect("held for a moment").extend(whats);
                    } else {
                        next.store(seeds.len(), std::sync::atomic::Ordering::Relaxed);
                        let log = log.lock().map(|log| log.join("\n  ")).unwrap_or_default();
                        failed.lock().expect("held for a moment").get_or_insert((*seed, log));
                        return;
                    }
                }
            });
        }
    });
    if let Some((seed, log)) = failed.into_inner().expect("threads have ended") {
        panic!(
            "seed {seed} fails; what happened:\n  {log}\nreplay: SIM_SEED={seed} cargo test -p server --lib simulation"
        );
    }
    if seeds.len() >= usize::try_from(SEEDS).expect("a few hundred") {
        let done = carried_out.into_inner().expect("threads have ended");
        let commands = names_of_all_commands();
        let all = commands.iter().map(String::as_str).chain(CARRIED_OUT);
        // Rounds have a simulation of their own (`rounds/whatever.rs`).
        let never: Vec<_> = all.filter(|what| !done.contains(*what) && !OF_ROUNDS.contains(what)).collect();
        assert!(never.is_empty(), "in {} conferences nobody came to: {never:?}", seeds.len());
    }
}

#[test]
fn sync1_whatever_happens_happens_again_with_the_same_seed() {
    for seed in [1, 2, 33] {
        let [first, second] = [(), ()].map(|()| {
            let log = Log::default();
            play(seed, &log);
            std::mem::take(&mut *log.lock().expect("the conference has ended"))
        });
        assert!(first.len() > ACTS / 2);
        assert_eq!(first, second, "seed {seed}");
    }
}
