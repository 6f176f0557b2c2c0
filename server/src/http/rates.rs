//! How often in a minute one address may try the door, and one device may command.

use protocol::id::AttendeeId;
use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const MINUTE: Duration = Duration::from_secs(60);
/// Addresses or devices remembered at once; beyond, those seen longest ago are forgotten first.
const REMEMBERED: usize = 10_000;

/// Whose tries are counted together.
pub(super) trait Source: Copy + Eq + Hash {
    /// As whom this one counts.
    fn counted(self) -> Self {
        self
    }
}

impl Source for AttendeeId {}
impl Source for (AttendeeId, u32) {}

/// One IPv6 customer has at least 2⁶⁴ addresses: they count as one.
impl Source for IpAddr {
    fn counted(self) -> Self {
        match self.to_canonical() {
            IpAddr::V4(ip) => IpAddr::V4(ip),
            IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() >> 64 << 64).into()),
        }
    }
}

/// Tries of each source in the running minute. Forgotten after it; never logged.
#[derive(Debug)]
pub(super) struct Rates<K> {
    allowed: u32,
    tries: Mutex<HashMap<K, (Instant, u32)>>,
}

impl<K: Source> Rates<K> {
    /// So many in a minute.
    pub(super) fn of(allowed: u32) -> Self {
        Self { allowed, tries: Mutex::default() }
    }

    /// Counts a try. False: wait a minute.
    pub(super) fn try_once(&self, from: K, now: Instant) -> bool {
        let from = from.counted();
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if !tries.contains_key(&from) && tries.len() >= REMEMBERED {
            tries.retain(|_, (began, _)| now.duration_since(*began) < MINUTE);
            if tries.len() >= REMEMBERED {
                let oldest = tries.iter().min_by_key(|(_, (began, _))| *began).map(|(source, _)| *source);
                oldest.map(|source| tries.remove(&source));
            }
        }
        let (began, count) = tries.entry(from).or_insert((now, 0));
        if now.duration_since(*began) >= MINUTE {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= self.allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::limits::ENTRIES_PER_MINUTE;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn lim7_an_address_waits_a_minute_after_its_tries_and_others_do_not() {
        let (rates, now) = (Rates::of(ENTRIES_PER_MINUTE), Instant::now());
        for _ in 0..ENTRIES_PER_MINUTE {
            assert!(rates.try_once(ip("192.0.2.1"), now));
        }
        assert!(!rates.try_once(ip("192.0.2.1"), now + MINUTE - Duration::from_millis(1)));
        assert!(!rates.try_once(ip("::ffff:192.0.2.1"), now));
        assert!(rates.try_once(ip("192.0.2.2"), now));
        assert!(rates.try_once(ip("192.0.2.1"), now + MINUTE));
    }

    #[test]
    fn lim7_the_addresses_of_one_network_count_as_one() {
        let (rates, now) = (Rates::of(ENTRIES_PER_MINUTE), Instant::now());
        for low in 0..ENTRIES_PER_MINUTE {
            assert!(rates.try_once(ip(&format!("2001:db8::{low:x}")), now));
        }
        assert!(!rates.try_once(ip("2001:db8::ffff:1"), now));
        assert!(rates.try_once(ip("2001:db8:0:1::1"), now));
    }

    #[test]
    fn lim7_what_is_remembered_is_bounded() {
        let (rates, now) = (Rates::of(ENTRIES_PER_MINUTE), Instant::now());
        for number in 0..REMEMBERED as u32 + 3 {
            assert!(rates.try_once(IpAddr::V4(number.into()), now));
        }
        assert_eq!(rates.tries.lock().expect("unpoisoned").len(), REMEMBERED);
    }
}
