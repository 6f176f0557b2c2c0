//! Tickets: a session's right to open one socket, so that no cookie and no long secret ever goes through a socket.

use protocol::{
    id::{AttendeeId, ConferenceId},
    limits::TICKET_LIFE,
};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Tickets that may wait for their socket at once: every device of fifty conferences reconnecting after a restart.
const WAITING: usize = 4_000;
/// Tickets of one device that may wait at once (security 4: 20 in a minute); the oldest goes first.
const WAITING_OF_A_DEVICE: usize = 20;

/// Whose socket a ticket opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Whose.
    pub attendee: AttendeeId,
    /// On which of their devices.
    pub device: u32,
    /// Where; documents of other conferences are denied on this socket.
    pub conference: ConferenceId,
}

/// Tickets not yet used. In memory only: after a restart browsers ask for new ones.
#[derive(Debug, Default)]
pub struct Tickets {
    waiting: Mutex<HashMap<[u8; 32], (Holder, Instant)>>,
}

/// What a ticket is kept and compared as.
pub fn hash_of(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket.as_bytes()).into()
}

impl Tickets {
    /// A new ticket: 64 hex digits. None while too many wait; the caller asks again in a moment.
    pub fn issue(&self, holder: Holder, now: Instant) -> Option<String> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).ok()?;
        let ticket = hex::encode(secret);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, (_, until)| *until > now);
        let of_device =
            |holder_of: &Holder| (holder_of.attendee, holder_of.device) == (holder.attendee, holder.device);
        if waiting.values().filter(|(whose, _)| of_device(whose)).count() >= WAITING_OF_A_DEVICE {
            let oldest = waiting
                .iter()
                .filter(|(_, (whose, _))| of_device(whose))
                .min_by_key(|(_, (_, until))| *until);
            let oldest = oldest.map(|(hash, _)| *hash);
            oldest.map(|hash| waiting.remove(&hash));
        }
        if waiting.len() >= WAITING {
            return None;
        }
        waiting.insert(hash_of(&ticket), (holder, now + TICKET_LIFE));
        Some(ticket)
    }

    /// Uses a ticket up. None if it is unknown, used or too old: all alike.
    pub fn redeem(&self, ticket: &str, now: Instant) -> Option<Holder> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (holder, until) = waiting.remove(&hash_of(ticket))?;
        (until > now).then_some(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn holder(number: u8) -> Holder {
        Holder {
            attendee: AttendeeId::from_random([number; 10]),
            device: 1,
            conference: ConferenceId::from_random([9; 10]),
        }
    }

    #[test]
    fn http4_a_ticket_opens_one_socket_once() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let ticket = tickets.issue(holder(1), now).expect("a ticket");
        assert_eq!(ticket.len(), 64);
        assert_eq!(tickets.redeem("0", now), None);
        assert_eq!(tickets.redeem(&ticket, now), Some(holder(1)));
        assert_eq!(tickets.redeem(&ticket, now), None);
    }

    #[test]
    fn http4_a_ticket_ends_after_its_life_and_is_used_up_by_a_late_try() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let late = tickets.issue(holder(1), now).expect("a ticket");
        let timely = tickets.issue(holder(2), now).expect("a ticket");
        assert_eq!(tickets.redeem(&timely, now + TICKET_LIFE - Duration::from_millis(1)), Some(holder(2)));
        assert_eq!(tickets.redeem(&late, now + TICKET_LIFE), None);
        assert_eq!(tickets.redeem(&late, now), None);
    }

    #[test]
    fn lim6_one_device_cannot_use_up_everybodys_tickets() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let other = tickets.issue(holder(2), now).expect("a ticket");
        let mut mine = vec![];
        for tick in 0..WAITING_OF_A_DEVICE as u64 + 5 {
            mine.push(tickets.issue(holder(1), now + Duration::from_millis(tick)).expect("a ticket"));
        }
        let later = now + Duration::from_secs(1);
        let left = mine.iter().filter(|ticket| tickets.redeem(ticket, later).is_some()).count();
        assert_eq!(left, WAITING_OF_A_DEVICE);
        assert_eq!(tickets.redeem(&other, later), Some(holder(2)));
    }

    #[test]
    fn lim6_waiting_tickets_are_bounded_and_old_ones_make_room() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        for device in 0..WAITING as u32 {
            assert!(tickets.issue(Holder { device, ..holder(1) }, now).is_some());
        }
        assert_eq!(tickets.issue(holder(2), now), None);
        assert!(tickets.issue(holder(2), now + TICKET_LIFE).is_some());
    }
}
