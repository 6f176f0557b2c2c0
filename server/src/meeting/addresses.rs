//! By what a conference is found while its room sleeps: what links, sessions, codes and repeats of its opening need.

use super::conference::Conference;
use protocol::id::{AttendeeId, ConferenceId};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::collections::BTreeMap;

/// Addresses of one conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// Whose.
    pub id: ConferenceId,
    /// P25.
    pub practice: bool,
    /// SHA-256 of the request that opened it.
    pub request: [u8; 32],
    /// Its people, and the ids under which some of them knocked.
    pub attendees: Vec<AttendeeId>,
    /// What people in the room type.
    pub code: String,
    /// Whether they still may.
    pub is_open: bool,
}

/// The same within a stored state; the rest of it is passed over.
#[derive(Deserialize)]
struct Stored {
    id: ConferenceId,
    practice: bool,
    request: [u8; 32],
    people: BTreeMap<AttendeeId, IgnoredAny>,
    #[serde(default)]
    in_hand: Knocked,
    code: String,
    closed: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Knocked {
    became: BTreeMap<AttendeeId, IgnoredAny>,
}

impl Addresses {
    /// Of a live conference.
    pub fn of(conference: &Conference) -> Self {
        let Conference { id, practice, request, people, in_hand, code, closed, .. } = conference;
        Self {
            id: *id,
            practice: *practice,
            request: *request,
            attendees: people.keys().chain(in_hand.became.keys()).copied().collect(),
            code: code.clone(),
            is_open: !closed,
        }
    }

    /// Out of a stored state, which takes longer the more has been said.
    ///
    /// # Errors
    /// When it does not read as one.
    pub fn read(state: &[u8]) -> serde_json::Result<Self> {
        let Stored { id, practice, request, people, in_hand, code, closed } = serde_json::from_slice(state)?;
        Ok(Self {
            id,
            practice,
            request,
            attendees: people.into_keys().chain(in_hand.became.into_keys()).collect(),
            code,
            is_open: !closed,
        })
    }
}
