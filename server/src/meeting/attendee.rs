//! Somebody of a conference, or a wall: how far they are, their way in and their devices.

use super::conference::Millis;
use protocol::{
    command::{Ask, Person, Screen},
    document::Audience,
    limits::SESSION_LIFE,
    people::{Page, Role, Standing},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// SHA-256 of a session's token (the ASCII of its 64 hex digits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenHash(pub [u8; 32]);

/// A person or a wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// Who it is.
    pub person: Person,
    /// What they were called before their name was corrected, newest last (SPEC PART5).
    #[serde(default)]
    pub former_names: Vec<String>,
    /// Place in the order of set-up and of coming.
    pub n: u32,
    /// How far they are.
    pub standing: Standing,
    /// Was given a pen. The chair needs none.
    pub pen: bool,
    /// Personal link.
    pub way_in: Option<Entrance>,
    /// Devices with a session.
    pub devices: Vec<Device>,
    /// Number of the next device.
    pub next_device: u32,
    /// Quiet signals, with the time they were given.
    pub asks: BTreeMap<Ask, Millis>,
    /// Size of the screen, for a wall.
    pub screen: Option<Screen>,
    /// A desk has said that they do not sit in the room: by its own act, never by theirs. A wall of the room goes by this
    /// alone (SPEC PART2).
    #[serde(default)]
    pub away: bool,
    /// The last time they were out after they had been here (P5).
    #[serde(default)]
    pub absence: Option<Absence>,
    /// Audiences of a role of theirs in which something was written meanwhile: not theirs any more.
    #[serde(default)]
    pub barred: BTreeSet<Audience>,
}

/// Somebody was here and went: their part ended, they left, or they were sent out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// When they went.
    pub from: Millis,
    /// When they were let in again; none = still out.
    pub until: Option<Millis>,
    /// Digests of what they could read when they went, by line; emptied when they are back.
    pub seen: BTreeMap<String, String>,
    /// The chair has said what is opened to them.
    pub answered: bool,
}

/// A personal link and its PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    /// SHA-256 of the secret's 64 hex digits' bytes (32 bytes).
    pub secret_hash: [u8; 32],
    /// Argon2id, PHC string.
    pub pin: String,
    /// Wrong tries since the link was made.
    pub wrong: u32,
}

/// One device of an attendee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Counts up per attendee.
    pub n: u32,
    /// Its session.
    pub token: TokenHash,
    /// Waits in the lobby.
    pub waiting: bool,
    /// When the session began; it ends after `limits::SESSION_LIFE`.
    pub since: Millis,
}

impl Device {
    /// When its session's time is up.
    pub fn ends(&self) -> Millis {
        self.since + SESSION_LIFE.as_millis() as u64
    }

    /// Its session's time is up.
    pub fn is_over(&self, now: Millis) -> bool {
        now >= self.ends()
    }
}

impl Attendee {
    /// Somebody expected.
    pub fn invited(person: Person, n: u32, way_in: Option<Entrance>) -> Self {
        Self {
            person,
            former_names: Vec::new(),
            n,
            standing: Standing::Invited,
            pen: false,
            way_in,
            devices: Vec::new(),
            next_device: 0,
            asks: BTreeMap::new(),
            screen: None,
            away: false,
            absence: None,
            barred: BTreeSet::new(),
        }
    }

    /// May write on the board now: the chair always, others with a pen (P22).
    pub fn writes(&self) -> bool {
        self.standing == Standing::Here && (self.person.role.leads() || self.pen)
    }

    /// Their name from now on. The ones before are remembered, up to a number that no honest correction reaches.
    pub fn rename(&mut self, name: String) {
        const NAMES: usize = 16;
        let before = std::mem::replace(&mut self.person.name, name);
        if !self.former_names.contains(&before) && self.former_names.len() < NAMES {
            self.former_names.push(before);
        }
    }

    /// Opens a device with a session and answers its number.
    pub fn open_device(&mut self, token: TokenHash, waiting: bool, now: Millis) -> u32 {
        let n = self.next_device;
        self.next_device += 1;
        self.devices.push(Device { n, token, waiting, since: now });
        n
    }

    /// The screen of this person's devices.
    pub fn page(&self) -> Page {
        match self.person.role {
            Role::Wall => Page::Wall,
            role if role.has_desk() => Page::Desk,
            _ => Page::Meet,
        }
    }

    /// Goes: no pen and no signal is left. A session stays only to read what has ended (P5); whoever was sent
    /// out, or still waited at the door, reads like somebody unknown (P3).
    pub fn goes(&mut self, standing: Standing) {
        self.standing = standing;
        self.devices.retain(|one| matches!(standing, Standing::PartEnded | Standing::Closed) && !one.waiting);
        self.pen = false;
        self.asks.clear();
    }
}
