//! A conference on a simulated disk with devices in it. Every effect is held against the promises as it comes out.

use super::{
    device::{Device, Noticed, Sent, contains},
    durable::Durable,
    promises::OnAWall,
};
use crate::{
    meeting::{
        attendee::{Attendee, TokenHash},
        conference::{Answered, Child, Conference, Millis},
        framework::Frameworks,
    },
    room::{
        core::{AskId, ConnId, Core, Inbound, Session},
        projection,
    },
    store::{Batch, Kept, Store, StoreError, Write, sim::SimStore},
};
use protocol::{
    close::Close,
    command::{Focus, Outcome, Person, Screen},
    document::{DocumentName, Kind},
    framework::Framework,
    id::{AttendeeId, ChildId, CommandId, ConferenceId, NoteId, RoundId},
    people::{Place, Role, Standing},
    scan::Touched,
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex},
};

type Told = Arc<Mutex<VecDeque<Result<(), StoreError>>>>;

pub(crate) struct House {
    pub(crate) core: Core,
    pub(crate) store: SimStore,
    pub(crate) now: Millis,
    pub(crate) devices: Vec<Device>,
    pub(crate) answers: BTreeMap<AskId, Outcome>,
    pub(crate) entered: BTreeMap<AskId, Option<Session>>,
    /// Questions that wait, and the command behind each.
    pub(super) asked: BTreeMap<AskId, Option<(AttendeeId, CommandId)>>,
    pub(crate) durable: Durable,
    /// Updates that a device was told are saved.
    pub(crate) acknowledged: Vec<(DocumentName, Touched)>,
    /// As they were sent.
    pub(crate) acknowledged_updates: Vec<(DocumentName, Vec<u8>)>,
    pub(super) told: Told,
    pub(super) flying: VecDeque<Vec<Write>>,
    pub(super) next_ask: u64,
    pub(super) next_client: u64,
    pub(super) rng: StdRng,
    pub(crate) reloads: u32,
    /// How often the room was loaded, for whatever reason.
    pub(crate) loads: u32,
    /// What came to walls and nobody has looked at yet.
    pub(crate) on_walls: Vec<OnAWall>,
    /// Rounds that wait for their key.
    pub(crate) keys: Vec<RoundId>,
    /// What sockets of the room as it was before it was read again have still to say, and that they go (none).
    pub(super) late: VecDeque<(ConnId, Option<Inbound>)>,
    /// Words of edits that the room has taken: their numbers, and who was here then.
    pub(crate) came: Vec<(BTreeSet<u32>, BTreeSet<AttendeeId>)>,
    /// Words that the room has, and had when it was loaded.
    pub(super) arrived: BTreeSet<u32>,
    /// Sockets that are no device's: what came to them, and how they ended.
    pub(crate) bare: BTreeMap<ConnId, (Vec<Vec<u8>>, Option<Close>)>,
}

/// The attendee of a role, one of each.
pub(crate) fn id(role: Role) -> AttendeeId {
    AttendeeId::from_random([role as u8 + 1; 10])
}

pub(crate) fn note(n: u8) -> NoteId {
    NoteId::from_random([n; 10])
}

pub(crate) fn conference_id() -> ConferenceId {
    ConferenceId::from_random([7; 10])
}

fn framework() -> Framework {
    let mut framework = Frameworks::shipped().get("lbh").expect("it ships").as_ref().clone();
    // Words that nothing here looks at: every change of the state compares the whole of the stage.
    framework
        .phases
        .retain(|phase| ["reading-time", "convene", "mapping", "the-plan"].contains(&phase.key.as_str()));
    for phase in &mut framework.phases {
        phase.asks.clear();
        phase.prompts.clear();
    }
    framework.papers.clear();
    framework.deadlines.clear();
    framework
}

/// A conference before its first minute, with these people expected.
pub(crate) fn conference(roles: &[Role]) -> Conference {
    let framework = framework();
    let people = roles.iter().enumerate().map(|(n, role)| {
        let person = Person {
            name: format!("Name of {role:?}"),
            role: *role,
            words: String::new(),
            agency: None,
            place: Place::Room,
        };
        (id(*role), Attendee::invited(person, n as u32, None))
    });
    Conference {
        id: conference_id(),
        phase: framework.phases[0].key.clone(),
        title: "Initial conference".into(),
        starts: "2026-12-14T10:00".into(),
        children: vec![Child {
            id: ChildId::from_random([1; 10]),
            first_name: "Kacper".into(),
            name: "Kacper Nowicki".into(),
        }],
        people: people.collect(),
        framework: Some(std::sync::Arc::new(framework)),
        screen: Screen { height_mm: 685, distance_mm: 5_000 },
        mirrored: false,
        practice: false,
        code: "code".into(),
        convened: None,
        paused: false,
        closed: false,
        focus: Focus { section: "join".into(), page: 1, follows: true },
        prompt: None,
        recording: None,
        editions: BTreeMap::new(),
        parts: BTreeMap::new(),
        parted: BTreeMap::new(),
        offers: BTreeMap::new(),
        held: BTreeMap::new(),
        records: BTreeMap::new(),
        wrote: BTreeMap::new(),
        in_hand: Default::default(),
        answers: BTreeMap::new(),
        rounds: Default::default(),
        request: [0; 32],
        answered: Answered::default(),
        set_aside: Default::default(),
    }
}

impl House {
    /// These people are here, each with one device whose documents are open and in step.
    pub(crate) fn with(seed: u64, roles: &[Role]) -> Self {
        Self::begin(seed, conference(roles))
    }

    pub(crate) fn begin(seed: u64, conference: Conference) -> Self {
        Self::begin_at(seed, conference, 0)
    }

    /// Their sessions begin at this moment.
    pub(crate) fn begin_at(seed: u64, mut conference: Conference, now: Millis) -> Self {
        let mut devices = Vec::new();
        for (n, (attendee, who)) in conference.people.iter_mut().enumerate() {
            let token = TokenHash([n as u8; 32]);
            who.standing = Standing::Here;
            let device = who.open_device(token, false, now);
            // Yjs draws ids of 32 bits, pycrdt of 53.
            let beyond = if n % 2 == 1 { 1 << 52 } else { 0 };
            devices.push(Device::new(*attendee, device, token, beyond + 1_000_000 * (n as u64 + 1)));
        }
        let next_client = 1_000_000 * (devices.len() as u64 + 1);
        let store = SimStore::new();
        store.create(conference.id).expect("a new conference");
        let mut rng = StdRng::seed_from_u64(seed);
        let core = Core::begin(conference, StdRng::seed_from_u64(rng.next_u64()));
        let mut house = Self {
            core,
            store,
            now: now + 1_000,
            devices,
            answers: BTreeMap::new(),
            entered: BTreeMap::new(),
            asked: BTreeMap::new(),
            durable: Durable::default(),
            acknowledged: Vec::new(),
            acknowledged_updates: Vec::new(),
            told: Told::default(),
            flying: VecDeque::new(),
            next_ask: 0,
            next_client,
            rng,
            reloads: 0,
            loads: 0,
            on_walls: Vec::new(),
            keys: Vec::new(),
            late: VecDeque::new(),
            came: Vec::new(),
            arrived: BTreeSet::new(),
            bare: BTreeMap::new(),
        };
        house.sync();
        for n in 0..house.devices.len() {
            house.link(n);
        }
        house.settle();
        house
    }

    /// The device of a role, by its place.
    pub(crate) fn of(&self, role: Role) -> usize {
        self.devices.iter().position(|device| device.attendee == id(role)).expect("they have a device")
    }

    /// Who has the device of this place.
    pub(crate) fn role_of(&self, n: usize) -> Option<Role> {
        Some(self.core.conference().people.get(&self.devices[n].attendee)?.person.role)
    }

    pub(crate) fn device(&mut self, role: Role) -> &mut Device {
        let n = self.of(role);
        &mut self.devices[n]
    }

    pub(crate) fn name(&self, kind: Kind) -> DocumentName {
        projection::name_of(self.core.conference(), kind)
    }

    /// A socket for a device; true if the room takes it.
    pub(crate) fn link(&mut self, n: usize) -> bool {
        let device = &self.devices[n];
        assert!(device.conn.is_none());
        let (attendee, number) = (device.attendee, device.n);
        let conn = self.core.connect(attendee, number, self.now).map(|(conn, _)| conn);
        self.devices[n].conn = conn;
        self.devices[n].closed = None;
        self.effects();
        if conn.is_none() {
            return false;
        }
        let mut names: Vec<DocumentName> = self.devices[n].copies.values().map(|copy| copy.name).collect();
        names.extend([self.name(Kind::Stage), self.name(Kind::Seat(attendee))]);
        names.sort_by_key(|name| name.kind);
        names.dedup_by_key(|name| name.kind);
        // A device knows names from its seat, and a seat says what is durable.
        let known = self.durable.state.clone();
        for name in names {
            let name = known.as_ref().map_or(name, |state| projection::name_of(state, name.kind));
            self.devices[n].open(name);
        }
        true
    }

    /// A socket of a role's device whose frames are kept as they come.
    pub(crate) fn bare(&mut self, role: Role) -> ConnId {
        let n = self.of(role);
        let (attendee, device) = (self.devices[n].attendee, self.devices[n].n);
        let (conn, _) = self.core.connect(attendee, device, self.now).expect("it is here");
        self.bare.insert(conn, (Vec::new(), None));
        self.effects();
        conn
    }

    /// The line is cut.
    pub(crate) fn cut(&mut self, n: usize) {
        if let Some(conn) = self.devices[n].conn {
            self.devices[n].cut();
            self.core.disconnect(conn, self.now);
            self.effects();
        }
    }

    /// One message goes up. False: none waited.
    pub(crate) fn up(&mut self, n: usize) -> bool {
        let device = &mut self.devices[n];
        let (Some(conn), Some(message)) = (device.conn, device.up.pop_front()) else { return false };
        self.receive(conn, message);
        true
    }

    /// The next thing that comes of a socket of the room as it was before. False: nothing waited.
    pub(crate) fn late(&mut self) -> bool {
        let Some((conn, said)) = self.late.pop_front() else { return false };
        match said {
            Some(message) => self.core.receive(conn, message, self.now),
            None => self.core.disconnect(conn, self.now),
        }
        self.effects();
        true
    }

    /// What waits for this device is over the bound of its outbox.
    pub(crate) fn fall_behind(&mut self, n: usize) {
        if let Some(conn) = self.devices[n].conn {
            self.devices[n].behind = true;
            self.core.fell_behind(conn);
        }
    }

    /// One frame comes down. False: none waited.
    pub(crate) fn down(&mut self, n: usize) -> bool {
        let Some(frame) = self.devices[n].down.pop_front() else {
            if let (Some(conn), true) = (self.devices[n].conn, self.devices[n].behind) {
                self.devices[n].behind = false;
                self.core.receive(conn, Inbound::CaughtUp, self.now);
                self.effects();
                return true;
            }
            if self.devices[n].closed.is_some() && self.devices[n].conn.is_some() {
                self.cut(n);
                return true;
            }
            return false;
        };
        if let Noticed::Saved(name, sent) = self.devices[n].take(frame) {
            let Sent { touched, update } = *sent;
            assert!(
                self.durable.holds(name, &touched) || self.name(name.kind) != name,
                "promise 1: {name} said saved before the disk had it"
            );
            if !touched.blocks.is_empty() || !touched.deletes.is_empty() {
                self.acknowledged.push((name, touched));
                self.acknowledged_updates.push((name, update));
            }
        }
        true
    }

    /// Messages and frames go to and fro until none is left; the disk stands still.
    pub(crate) fn deliver(&mut self) {
        loop {
            let mut moved = false;
            for n in 0..self.devices.len() {
                while self.up(n) {
                    moved = true;
                }
                while self.down(n) {
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// Hands the next batch to the store, if there is one: added to the one that waits, or behind it.
    pub(crate) fn submit(&mut self) -> Option<Batch> {
        if self.store.has_failed() {
            return None;
        }
        let batch = self.core.take_batch()?;
        if self.rng.random_bool(0.5) && self.store.join(batch.clone()).is_ok() {
            self.core.joined();
            self.flying.back_mut().expect("one waits").extend(batch.writes.clone());
            return Some(batch);
        }
        self.flying.push_back(batch.writes.clone());
        let told = Arc::clone(&self.told);
        self.store.submit(batch.clone(), Box::new(move |result| told.lock().unwrap().push_back(result)));
        Some(batch)
    }

    /// The store syncs what it has; the room hears of it. False: nothing waited.
    pub(crate) fn sync(&mut self) -> bool {
        self.submit();
        self.commit()
    }

    /// The same for what the store was given already.
    pub(crate) fn commit(&mut self) -> bool {
        self.store.sync_next();
        let Some(result) = self.told.lock().unwrap().pop_front() else { return false };
        let writes = self.flying.pop_front().expect("one batch was on its way");
        if result.is_ok() {
            for write in &writes {
                self.durable.keep(write);
            }
        }
        self.core.stored(result);
        self.effects();
        true
    }

    /// Until nothing is on its way any more.
    pub(crate) fn settle(&mut self) {
        loop {
            self.deliver();
            if !self.sync()
                && self.devices.iter().all(|device| device.up.is_empty() && device.down.is_empty())
            {
                return;
            }
        }
    }

    /// As `settle`, but nothing comes down to one device.
    pub(crate) fn settle_all_but(&mut self, n: usize) {
        loop {
            for other in (0..self.devices.len()).filter(|other| *other != n) {
                while self.up(other) || self.down(other) {}
            }
            if !self.sync() {
                return;
            }
        }
    }

    /// Everything on the store, as rows.
    pub(crate) fn kept(&self) -> Vec<Kept> {
        self.store.load(conference_id()).expect("it is there")
    }

    /// Whether any stored byte holds these words.
    pub(crate) fn is_stored(&self, words: &str) -> bool {
        self.kept().iter().any(|kept| {
            kept.snapshot.as_ref().is_some_and(|(_, state)| contains(state, words))
                || kept.rows.iter().any(|row| contains(&row.bytes, words))
        })
    }

    pub(crate) fn relink(&mut self) {
        for n in 0..self.devices.len() {
            if self.devices[n].conn.is_none() {
                self.link(n);
            }
        }
    }

    pub(crate) fn fresh_client(&mut self) -> u64 {
        self.next_client += 1;
        self.next_client
    }
}
