//! How much comes to be kept at once, and how far apart commits are for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// So many changes in a commit put the next one off by another distance: at the 4 ms of [`protocol::limits::COMMIT_EVERY`],
/// each by 0.2 ms. Each commit costs each reader of its changes a write and the disk a sync, and nobody sees a sixtieth of a
/// second.
const SHARE: u32 = 20;
/// At most so many distances lie between two commits.
const MOST: u32 = 4;

/// Whether commits keep their greatest distance: whatever comes then waits for one that is some way off. One for each store;
/// clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Crowd(Arc<AtomicBool>);

impl Crowd {
    /// True from a commit that carried a crowd's changes until one that did not, or until nothing waits.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// How long after a commit of so many changes began the next one may: the more it carried, the later (SPEC STO2).
    pub(super) fn keep_apart(&self, every: Duration, changes: u64) -> Duration {
        let carried = u32::try_from(changes).unwrap_or(u32::MAX).min(SHARE * (MOST - 1));
        self.0.store(carried == SHARE * (MOST - 1), Ordering::Relaxed);
        every + every * carried / SHARE
    }

    /// Nothing waits.
    pub(super) fn has_gone(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::limits::COMMIT_EVERY;

    #[test]
    fn sto2_the_more_a_commit_carried_the_later_the_next_begins_up_to_four_times() {
        let after = |changes| Crowd::default().keep_apart(COMMIT_EVERY, changes);
        assert_eq!(after(1), Duration::from_micros(4_200));
        assert_eq!(after(5), Duration::from_millis(5));
        assert_eq!([60, 61, u64::MAX].map(after), [Duration::from_millis(16); 3]);
    }

    #[test]
    fn sto2_a_crowd_is_here_where_commits_keep_their_greatest_distance() {
        let crowd = Crowd::default();
        let after = |changes| {
            crowd.keep_apart(COMMIT_EVERY, changes);
            crowd.clone().is_here()
        };
        assert!(!crowd.is_here());
        assert_eq!([59, 60, 59, 60].map(after), [false, true, false, true]);
        crowd.has_gone();
        assert!(!crowd.is_here());
    }
}
