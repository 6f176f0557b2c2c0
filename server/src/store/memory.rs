//! Keeps nothing beyond the process: for tests and trials where the disk is not the question.

use super::{
    Batch, Done, Each, Health, Kept, Store, StoreError,
    crowd::Crowd,
    shelf::Shelf,
    writer::{Backend, Lulls, Writer, end_process},
};
use protocol::id::ConferenceId;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Conferences in memory, written by a thread of its own as in the real store.
#[derive(Debug)]
pub struct MemoryStore {
    shelf: Arc<Mutex<Shelf>>,
    writer: Writer,
}

impl MemoryStore {
    /// An empty one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open() -> std::io::Result<Self> {
        let shelf = Arc::<Mutex<Shelf>>::default();
        let theirs = OnShelf(Arc::clone(&shelf));
        let writer =
            Writer::start(|| Some(theirs), Duration::ZERO, Crowd::default(), Lulls::default(), end_process)?;
        Ok(Self { shelf, writer })
    }
}

fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

struct OnShelf(Arc<Mutex<Shelf>>);

impl Backend for OnShelf {
    fn commit(&mut self, batches: &[Batch]) -> Vec<Result<(), StoreError>> {
        let mut shelf = lock(&self.0);
        let mut failed: Vec<(ConferenceId, StoreError)> = Vec::new();
        let keep = |batch: &Batch| {
            if let Some((_, why)) = failed.iter().find(|(conference, _)| *conference == batch.conference) {
                return Err(why.clone());
            }
            shelf.keep(batch).inspect_err(|why| failed.push((batch.conference, why.clone())))
        };
        batches.iter().map(keep).collect()
    }

    fn erase(&mut self, conference: ConferenceId) -> Result<(), StoreError> {
        lock(&self.0).erase(conference);
        Ok(())
    }
}

impl Store for MemoryStore {
    fn create(&self, conference: ConferenceId) -> Result<(), StoreError> {
        lock(&self.shelf).create(conference)
    }

    fn submit(&self, batch: Batch, done: Done) {
        self.writer.submit(batch, done);
    }

    fn join(&self, batch: Batch) -> Result<(), Batch> {
        self.writer.join(batch)
    }

    fn conferences(&self) -> Result<Vec<ConferenceId>, StoreError> {
        Ok(lock(&self.shelf).conferences())
    }

    fn load_each(&self, conference: ConferenceId) -> Result<Vec<Each>, StoreError> {
        let fence = self.writer.fence_of(conference);
        let kept = lock(&self.shelf).load(conference)?;
        self.writer.lift(conference, fence);
        Ok(kept.into_iter().map(|kept| (kept.document.clone(), Ok(kept))).collect())
    }

    fn look_at(&self, conference: ConferenceId, document: &str) -> Result<Option<Kept>, StoreError> {
        lock(&self.shelf).look_at(conference, document)
    }

    fn health(&self) -> Health {
        self.writer.health()
    }

    fn takes(&self, _bytes: usize) -> bool {
        true
    }

    fn erase(&self, conference: ConferenceId) -> Result<(), StoreError> {
        lock(&self.shelf).erase(conference);
        self.writer.erase(conference)
    }
}
