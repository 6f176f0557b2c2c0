//! A disk without a clock or a thread, for simulations: nothing is synced until it is told to, and it can fail, tear
//! and lose what was not synced.

use super::{
    Batch, Done, Each, Health, Kept, Store, StoreError,
    queue::{Job, Queue},
    shelf::Shelf,
};
use protocol::id::ConferenceId;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
struct Disk {
    shelf: Shelf,
    queue: Queue,
    next_failure: Option<StoreError>,
    /// The last batch was refused for want of room.
    refused: bool,
    /// There is no room for what was refused.
    full: bool,
    /// Bytes that were asked about last.
    asked: usize,
    /// A sync failed, which ended the process. Whether this batch is there nobody knows until the next start.
    unknown: Option<Batch>,
}

/// The simulated store. The same calls with the same seeds end in the same bytes.
#[derive(Default)]
pub struct SimStore(Mutex<Disk>);

impl std::fmt::Debug for SimStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SimStore")
    }
}

impl SimStore {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Syncs the oldest batch that waits, or refuses it, and says so to whoever submitted it. False: nothing waited, or
    /// the process has ended.
    pub fn sync_next(&self) -> bool {
        let mut disk = self.lock();
        if disk.unknown.is_some() {
            return false;
        }
        let Some(job) = disk.queue.take_one() else { return false };
        match job {
            Job::Commit(batch, done) => {
                let outcome = match disk.next_failure.take() {
                    Some(StoreError::Failed(_)) => {
                        disk.unknown = Some(batch);
                        return false;
                    }
                    Some(why) => Err(why),
                    None => disk.shelf.keep(&batch),
                };
                disk.refused = matches!(outcome, Err(StoreError::Unavailable(_)));
                if let Err(why) = &outcome {
                    disk.queue.fence(batch.conference, why);
                }
                drop(disk);
                done(outcome);
            }
            Job::Refuse(_, why, done) => {
                drop(disk);
                done(Err(why));
            }
            Job::Erase(..) => unreachable!("a simulated conference is erased at once"),
        }
        true
    }

    /// Syncs until nothing waits, what callbacks submit included. The number of batches that were synced or refused.
    pub fn sync_all(&self) -> usize {
        let mut synced = 0;
        while self.sync_next() {
            synced += 1;
        }
        synced
    }

    /// Batches that wait.
    pub fn waiting(&self) -> usize {
        self.lock().queue.len()
    }

    /// The next batch to be synced fails with this. [`StoreError::Failed`] ends the process: until a crash nothing is
    /// synced any more, and nobody is answered.
    pub fn fail_next(&self, why: StoreError) {
        self.lock().next_failure = Some(why);
    }

    /// Whether a sync failed, which ended the process.
    pub fn has_failed(&self) -> bool {
        self.lock().unknown.is_some()
    }

    /// Whether there is no room for what was refused, though there may be for less.
    #[cfg(test)]
    pub fn fill(&self, full: bool) {
        self.lock().full = full;
    }

    /// For how many bytes room was looked for last.
    #[cfg(test)]
    pub fn asked(&self) -> usize {
        self.lock().asked
    }

    /// What was to fail next does not.
    #[cfg(test)]
    pub fn recover(&self) {
        self.lock().next_failure = None;
    }

    /// The power goes and comes back. Of the batches that were not synced the oldest few may have reached the disk whole,
    /// as many as the seed says. One that was torn is not there, nor are those behind it: SQLite's log carries a checksum
    /// over all before each page and is read up to the first commit that does not add up (shown with SQLite itself by
    /// `sto1_a_torn_log_loses_only_its_tail`). Where a sync had failed, that batch alone is there or not: those behind it
    /// were never begun. Nobody hears of any of them.
    pub fn crash(&self, seed: u64) {
        let mut disk = self.lock();
        let jobs = std::mem::take(&mut disk.queue).take(usize::MAX, usize::MAX);
        disk.next_failure = None;
        let mut dice = SmallRng::seed_from_u64(seed);
        let mut survivors = dice.random_range(0..=jobs.len());
        if let Some(batch) = disk.unknown.take() {
            survivors = 0;
            if dice.random() {
                // What the rules refuse would have failed anyway.
                let _ = disk.shelf.keep(&batch);
            }
        }
        let mut lost = Vec::new();
        for (place, job) in jobs.into_iter().enumerate() {
            if let Job::Commit(batch, done) = job {
                lost.push(done);
                // A batch that the rules refuse would have failed: it is as torn as one that never arrived.
                if place < survivors && disk.shelf.keep(&batch).is_err() {
                    break;
                }
            }
        }
        drop(disk);
        drop(lost);
    }
}

impl Store for SimStore {
    fn create(&self, conference: ConferenceId) -> Result<(), StoreError> {
        self.lock().shelf.create(conference)
    }

    fn submit(&self, batch: Batch, done: Done) {
        self.lock().queue.push(batch, done);
    }

    fn join(&self, batch: Batch) -> Result<(), Batch> {
        self.lock().queue.join(batch)
    }

    fn conferences(&self) -> Result<Vec<ConferenceId>, StoreError> {
        Ok(self.lock().shelf.conferences())
    }

    fn load_each(&self, conference: ConferenceId) -> Result<Vec<Each>, StoreError> {
        let mut disk = self.lock();
        let fence = disk.queue.fence_of(conference);
        let kept = disk.shelf.load(conference)?;
        disk.queue.lift(conference, fence);
        Ok(kept.into_iter().map(|kept| (kept.document.clone(), Ok(kept))).collect())
    }

    fn look_at(&self, conference: ConferenceId, document: &str) -> Result<Option<Kept>, StoreError> {
        self.lock().shelf.look_at(conference, document)
    }

    fn health(&self) -> Health {
        if self.lock().refused { Health::Refuses } else { Health::Keeps }
    }

    fn takes(&self, bytes: usize) -> bool {
        let mut disk = self.lock();
        disk.asked = bytes;
        !disk.full
    }

    fn erase(&self, conference: ConferenceId) -> Result<(), StoreError> {
        self.lock().shelf.erase(conference);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract::{append, conference, row, submit};

    fn filled() -> SimStore {
        let store = SimStore::new();
        store.create(conference(1)).unwrap();
        let heard = submit(&store, conference(1), vec![append("board.all", 1, 1)]);
        assert_eq!(store.sync_all(), 1);
        heard.recv().unwrap().unwrap();
        store
    }

    fn rows(store: &SimStore) -> Vec<super::super::Row> {
        store.load(conference(1)).unwrap().remove(0).rows
    }

    #[test]
    fn sto1_a_crash_keeps_what_was_synced_and_some_of_the_rest_in_order() {
        let mut ends = std::collections::BTreeSet::new();
        for seed in 0..64 {
            let store = filled();
            let heard: Vec<_> =
                (2..=6).map(|n| submit(&store, conference(1), vec![append("board.all", n, n)])).collect();
            store.crash(seed);
            let kept = rows(&store);
            assert_eq!(kept, (1..=kept.len() as u64).map(|n| row(n, n)).collect::<Vec<_>>());
            assert!(heard.iter().all(|heard| heard.recv().is_err()), "nobody is told of what was not synced");
            assert_eq!(store.waiting(), 0);
            ends.insert(kept.len());
        }
        assert_eq!(ends.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn sto1_the_same_seed_is_the_same_crash() {
        let after = |seed| {
            let store = filled();
            for n in 2..=9 {
                submit(&store, conference(1), vec![append("board.all", n, n)]);
            }
            store.crash(seed);
            rows(&store)
        };
        assert!((0..20).all(|seed| after(seed) == after(seed)));
    }

    #[test]
    fn sto4_a_full_disk_passes_and_after_a_failed_sync_nobody_is_answered_until_a_crash() {
        let mut ends = std::collections::BTreeSet::new();
        for seed in 0..16 {
            let store = filled();
            let attempt = |n| {
                let heard = submit(&store, conference(1), vec![append("board.all", n, n)]);
                store.sync_all();
                heard
            };
            store.fail_next(StoreError::Unavailable("full".into()));
            assert!(matches!(attempt(2).recv().unwrap(), Err(StoreError::Unavailable(_))));
            assert_eq!(rows(&store), [row(1, 1)]);
            attempt(2).recv().unwrap().unwrap();
            store.fail_next(StoreError::Failed("fsync".into()));
            let heard = [attempt(3), attempt(4)];
            assert!(store.has_failed());
            store.crash(seed);
            assert!(heard.iter().all(|heard| heard.recv().is_err()), "somebody was answered");
            let kept = rows(&store);
            assert!(kept.len() <= 3, "what waited behind it was never begun: {kept:?}");
            ends.insert(kept.len());
            attempt(4).recv().unwrap().unwrap();
        }
        assert_eq!(ends.into_iter().collect::<Vec<_>>(), [2, 3]);
    }
}
