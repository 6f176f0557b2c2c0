//! Every room of this process, and the addresses under which the edge finds them.

use super::{
    actor::{Actor, INBOX, Message},
    commands,
    core::{self, Core},
    handle::RoomHandle,
    watchdog::Watchdog,
};
use crate::{
    meeting::{
        addresses::Addresses,
        attendee::Attendee,
        codewords::RoomCode,
        conference::{Answered, Child, Conference, Millis},
        framework::Frameworks,
        in_hand::InHand,
    },
    store::{Health, Store},
};
use dashmap::{DashMap, Entry};
use futures_util::future::join_all;
use protocol::{
    api::{FrameworkSummary, NewConference},
    command::{Focus, Outcome},
    id::{AttendeeId, ConferenceId},
    people::Role,
};
use rand::{Rng, rngs::StdRng};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::mpsc, time::timeout};

/// Milliseconds since 1970, from outside.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;
/// A fresh source of randomness, from outside.
pub type Seeds = Arc<dyn Fn() -> StdRng + Send + Sync>;

/// What a room has around it.
pub(super) struct Surroundings {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Clock,
    pub(super) rng: Seeds,
    pub(super) watchdog: Arc<Watchdog>,
    /// Weak: a room lasts no longer than its directory.
    rooms: Weak<DashMap<ConferenceId, Slot>>,
    attendees: DashMap<AttendeeId, ConferenceId>,
    codes: DashMap<String, ConferenceId>,
    opened: DashMap<ConferenceId, Opened>,
}

/// What the directory knows of a conference without asking its room.
#[derive(Clone, Copy)]
struct Opened {
    practice: bool,
    request: [u8; 32],
}

impl Surroundings {
    /// Takes a room's addresses over.
    pub(super) fn publish(&self, addresses: Addresses) {
        let Addresses { id, practice, request, attendees, code, is_open } = addresses;
        self.opened.entry(id).or_insert(Opened { practice, request });
        for attendee in attendees {
            self.attendees.entry(attendee).or_insert(id);
        }
        if is_open {
            self.codes.entry(code).or_insert(id);
        } else {
            self.codes.remove_if(&code, |_, of| *of == id);
        }
    }

    /// Leaves a room to the store. False where somebody has a handle or a socket of it, or is about to be heard: handles are
    /// copies of the directory's own, whose place is locked meanwhile.
    pub(super) fn lays_down(&self, id: ConferenceId, inbox: &mpsc::Receiver<Message>) -> bool {
        let Some(rooms) = self.rooms.upgrade() else { return false };
        let Some(mut slot) = rooms.get_mut(&id) else { return false };
        let is_alone =
            matches!(*slot, Slot::Awake(_)) && inbox.sender_strong_count() == 1 && inbox.is_empty();
        if is_alone {
            *slot = Slot::Asleep;
        }
        is_alone
    }

    /// A conference that was never kept.
    fn forget(&self, id: ConferenceId) {
        self.opened.remove(&id);
        self.attendees.retain(|_, of| *of != id);
        self.codes.retain(|_, of| *of != id);
    }
}

/// A request to open a conference, as it is told from another.
fn hash_of(new: &NewConference) -> [u8; 32] {
    Sha256::digest(serde_json::to_vec(new).expect("plain values can be written")).into()
}

/// A place in the directory.
enum Slot {
    /// Being made; nobody can use it yet and nobody makes it twice.
    Opening,
    /// In the store, until somebody needs it.
    Asleep,
    /// Live, or on its way to be.
    Awake(RoomHandle),
}

/// Why a conference was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateError {
    /// What to write instead.
    #[error("{0}")]
    BadInput(String),
    /// Another conference has this id.
    #[error("a conference with this id exists already; make a new one")]
    Exists,
    /// Nothing can be kept at the moment.
    #[error("nothing can be saved at the moment; try again")]
    NotSaved,
}

/// All rooms.
pub struct Directory {
    around: Arc<Surroundings>,
    rooms: Arc<DashMap<ConferenceId, Slot>>,
    frameworks: Frameworks,
    ending: AtomicBool,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").field("rooms", &self.rooms.len()).finish_non_exhaustive()
    }
}

impl Directory {
    /// Learns by what every conference of the store is found. Its room is loaded when somebody first needs it. One that
    /// is damaged is logged and left alone; the others run. Waits for the disk.
    ///
    /// # Errors
    /// When the store cannot be read at the moment: a conference that was passed over would be gone until the next start.
    pub fn open(
        store: Arc<dyn Store>,
        frameworks: Frameworks,
        clock: Clock,
        rng: Seeds,
        watchdog: Arc<Watchdog>,
    ) -> anyhow::Result<Self> {
        let (attendees, codes, opened) = (DashMap::new(), DashMap::new(), DashMap::new());
        let all = Arc::new(DashMap::new());
        let rooms = Arc::downgrade(&all);
        let around = Arc::new(Surroundings { store, clock, rng, watchdog, rooms, attendees, codes, opened });
        let directory = Self { around, rooms: all, frameworks, ending: AtomicBool::new(false) };
        for id in directory.around.store.conferences()? {
            match core::addresses(directory.around.store.as_ref(), id) {
                Ok(addresses) => {
                    directory.around.publish(addresses);
                    directory.rooms.insert(id, Slot::Asleep);
                }
                Err(error) if error.may_pass() => return Err(error.into()),
                Err(error) => {
                    tracing::error!(conference = %id, %error, "a conference cannot be opened and is left alone");
                }
            }
        }
        Ok(directory)
    }

    /// Whether anything can be kept at the moment.
    pub fn health(&self) -> Health {
        self.around.store.health()
    }

    /// By this directory's clock.
    pub(super) fn now(&self) -> Millis {
        (self.around.clock)()
    }

    fn run(&self, core: Core) -> RoomHandle {
        let (inbox, messages) = mpsc::channel(INBOX);
        let id = core.conference().id;
        let handle = RoomHandle::new(id, inbox);
        self.around.publish(Addresses::of(core.conference()));
        tokio::spawn(Actor::new(core, self.around.clone(), messages).run());
        self.rooms.insert(id, Slot::Awake(handle.clone()));
        handle
    }

    /// A room that loads itself while whoever needs it waits at its inbox.
    fn wake(&self, id: ConferenceId) -> RoomHandle {
        let (inbox, messages) = mpsc::channel(INBOX);
        tokio::spawn(Actor::wake(id, self.around.clone(), messages));
        RoomHandle::new(id, inbox)
    }

    /// Opens a conference. `pins` holds the Argon2id of each way in. The same request twice opens one.
    ///
    /// # Errors
    /// [`CreateError`].
    pub async fn create(
        &self,
        new: NewConference,
        pins: HashMap<AttendeeId, String>,
    ) -> Result<RoomHandle, CreateError> {
        let id = new.conference;
        if let Some(opened) = self.around.opened.get(&id)
            && opened.request != hash_of(&new)
        {
            return Err(CreateError::Exists);
        }
        let mut rng = (self.around.rng)();
        let conference = self.begin(new, pins, &mut rng)?;
        self.open_with(id, Core::begin(conference, rng)).await
    }

    pub(super) async fn open_with(&self, id: ConferenceId, core: Core) -> Result<RoomHandle, CreateError> {
        let is_new = match self.rooms.entry(id) {
            Entry::Occupied(_) => false,
            Entry::Vacant(slot) => {
                slot.insert(Slot::Opening);
                true
            }
        };
        if !is_new {
            // The first request may still wait for the disk.
            let handle = self.room(id).ok_or(CreateError::NotSaved)?;
            return match handle.settle().await {
                Outcome::Done { .. } => Ok(handle),
                _ => Err(CreateError::NotSaved),
            };
        }
        let store = self.around.store.clone();
        let made = tokio::task::spawn_blocking(move || store.create(id)).await;
        if !matches!(made, Ok(Ok(()))) {
            self.rooms.remove(&id);
            return Err(CreateError::NotSaved);
        }
        let handle = self.run(core);
        match handle.settle().await {
            Outcome::Done { .. } => Ok(handle),
            _ => {
                // Nothing of it was kept: the room ends when its last handle is dropped.
                self.rooms.remove(&id);
                self.around.forget(id);
                Err(CreateError::NotSaved)
            }
        }
    }

    /// True where the conferences of this service are for practice; there is no service with both (P25).
    pub fn is_practice(&self) -> bool {
        self.around.opened.iter().any(|opened| opened.practice)
    }

    /// A conference as it is before its first minute.
    pub(super) fn begin(
        &self,
        new: NewConference,
        mut pins: HashMap<AttendeeId, String>,
        rng: &mut StdRng,
    ) -> Result<Conference, CreateError> {
        let bad = |why: &str| CreateError::BadInput(why.to_owned());
        let request = hash_of(&new);
        let others = || self.around.opened.iter().filter(|opened| *opened.key() != new.conference);
        // P25: where one conference is practice all are, and practice never comes to stand beside real data.
        let practice = new.practice || others().any(|opened| opened.practice);
        if practice && others().any(|opened| !opened.practice) {
            return Err(bad(
                "This service holds real conferences. Practise on another one: start it with `--data` and a new folder.",
            ));
        }
        let Some(framework) = self.frameworks.get(&new.framework) else {
            return Err(bad("This framework is not installed here. Choose one from the list."));
        };
        if new.starts.parse::<jiff::civil::DateTime>().is_err() {
            return Err(bad("The start could not be read. Write it like 2026-12-14T10:00."));
        }
        let mut children = Vec::new();
        for child in &new.children {
            let first_name = commands::short(&child.first_name).map_err(|refused| bad(refused.why))?;
            let name = commands::short(&child.name).map_err(|refused| bad(refused.why))?;
            children.push(Child { id: child.child, first_name, name });
        }
        if children.is_empty() {
            return Err(bad("A conference is about a child. Name at least one."));
        }
        let mut people = BTreeMap::new();
        for (n, one) in new.people.iter().enumerate() {
            let person = commands::people::person(&one.person).map_err(|refused| bad(refused.why))?;
            let way_in = one.way_in.as_ref();
            let way_in = way_in
                .map(|way_in| commands::people::entrance(way_in, pins.remove(&one.attendee)))
                .transpose()
                .map_err(|refused| bad(refused.why))?;
            people.insert(one.attendee, Attendee::invited(person, n as u32, way_in));
        }
        if people.len() != new.people.len() || people.len() > protocol::limits::ATTENDEES {
            return Err(bad("The list of people holds somebody twice, or is too long."));
        }
        if people.values().filter(|who| who.person.role == Role::Chair).count() != 1 {
            return Err(bad("A conference has exactly one chair. Name one."));
        }
        let phase = framework.phases.first().map(|phase| phase.key.clone()).unwrap_or_default();
        let code = self.free_code(rng);
        Ok(Conference {
            id: new.conference,
            framework: Some(framework.clone()),
            title: commands::short(&new.title).map_err(|refused| bad(refused.why))?,
            starts: new.starts,
            children,
            people,
            screen: new.screen,
            mirrored: new.mirrored,
            practice,
            request,
            code,
            phase,
            convened: None,
            paused: false,
            closed: false,
            focus: Focus { section: "join".to_owned(), page: 1, follows: true },
            prompt: None,
            recording: None,
            editions: BTreeMap::new(),
            parts: BTreeMap::new(),
            parted: BTreeMap::new(),
            offers: BTreeMap::new(),
            held: BTreeMap::new(),
            records: BTreeMap::new(),
            wrote: BTreeMap::new(),
            in_hand: InHand { hidden_places: new.hidden_places.into_iter().collect(), ..InHand::default() },
            answers: BTreeMap::new(),
            rounds: Default::default(),
            set_aside: Default::default(),
            answered: Answered::default(),
        })
    }

    /// A room code that no open conference has.
    fn free_code(&self, rng: &mut StdRng) -> String {
        loop {
            let mut bytes = [0; 4];
            rng.fill_bytes(&mut bytes);
            let code = RoomCode::from_random(bytes).to_string();
            if !self.around.codes.contains_key(&code) {
                return code;
            }
        }
    }

    /// The room of an attendee.
    pub fn room_of(&self, attendee: AttendeeId) -> Option<RoomHandle> {
        let id = *self.around.attendees.get(&attendee)?;
        self.room(id)
    }

    /// The room that people enter with this code.
    pub fn room_of_code(&self, code: &str) -> Option<RoomHandle> {
        let code = code.parse::<RoomCode>().ok()?.to_string();
        let id = *self.around.codes.get(&code)?;
        self.room(id)
    }

    /// One room; it wakes if it sleeps.
    pub fn room(&self, id: ConferenceId) -> Option<RoomHandle> {
        let mut slot = self.rooms.get_mut(&id)?;
        match slot.value() {
            Slot::Opening => None,
            Slot::Awake(handle) => Some(handle.clone()),
            Slot::Asleep => {
                let handle = self.wake(id);
                *slot = Slot::Awake(handle.clone());
                Some(handle)
            }
        }
    }

    /// Whether there is such a conference, live or asleep.
    pub(super) fn has(&self, id: ConferenceId) -> bool {
        self.rooms.contains_key(&id)
    }

    /// Whether a room is in memory.
    #[cfg(test)]
    pub(super) fn is_awake(&self, id: ConferenceId) -> bool {
        matches!(self.rooms.get(&id).as_deref(), Some(Slot::Awake(_)))
    }

    /// Frameworks that a conference can be opened with.
    pub fn frameworks(&self) -> Vec<FrameworkSummary> {
        self.frameworks.summaries()
    }

    /// Whether the service is about to stop: whoever finds no room now comes back to the next one.
    pub fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    /// Ends every room, all at the same time: its sockets are told to come back one after the other within `spread`, and
    /// what it has taken is durable. False where that took longer than `at_most`: what was not acknowledged by then is with
    /// those who wrote it (SPEC CLOSE5).
    pub async fn drain(&self, spread: Duration, at_most: Duration) -> bool {
        self.ending.store(true, Ordering::Relaxed);
        let handles: Vec<RoomHandle> = self
            .rooms
            .iter()
            .filter_map(|slot| match slot.value() {
                Slot::Awake(handle) => Some(handle.clone()),
                Slot::Opening | Slot::Asleep => None,
            })
            .collect();
        timeout(at_most, join_all(handles.iter().map(|handle| handle.drain(spread)))).await.is_ok()
    }
}
