//! The one thread that writes, and when it commits.

use super::{
    Batch, Done, Health, StoreError,
    queue::{COMMIT_BYTES, COMMIT_WRITES, Fence, Job, Queue},
};
use metrics::{counter, histogram};
use protocol::{
    id::ConferenceId,
    limits::{PAUSE, REST},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::sync_channel,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// A commit that carries more changes than this is one of a crowd that types without a rest: the next one begins
/// [`CROWDED`] times later. Each commit costs every reader of its changes a write, and nobody sees a sixtieth of a second.
const CROWD: u64 = 32;
/// See [`CROWD`].
const CROWDED: u32 = 4;

/// How long nothing has come to be written before what was deleted is tidied away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lulls {
    /// Before the log is moved into the database.
    pub pause: Duration,
    /// Before the file gives its room back.
    pub rest: Duration,
}

impl Default for Lulls {
    /// [`PAUSE`] and [`REST`] (SPEC STO14).
    fn default() -> Self {
        Self { pause: PAUSE, rest: REST }
    }
}

/// Where batches go. Only the writer's thread calls it.
pub(super) trait Backend: Send + 'static {
    /// One outcome per batch, in order. What is `Ok` is there after a power cut.
    fn commit(&mut self, batches: &[Batch]) -> Vec<Result<(), StoreError>>;
    /// Deletes all rows of a conference.
    fn erase(&mut self, conference: ConferenceId) -> Result<(), StoreError>;
    /// Everybody has heard of the last commit.
    fn settled(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    /// Nothing has been written for a pause ([`Lulls`]).
    fn pause(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    /// Nothing has been written for a rest ([`Lulls`]).
    fn rest(&mut self) -> Result<Tidy, StoreError> {
        Ok(Tidy::Done)
    }
    /// The last call.
    fn close(&mut self) {}
}

struct Shared {
    queue: Mutex<(Queue, bool)>,
    changed: Condvar,
    /// The disk refused the last commit.
    refused: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, (Queue, bool)> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handle of the writer's thread. Dropping it writes what waits and ends the thread.
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    /// Starts the thread. It makes its backend first, before anything is written; where there is none nothing ever is,
    /// and nobody who waits is answered. A commit begins no sooner than `every` after the last one began, and in a crowd
    /// four times that (SPEC STO2).
    pub(super) fn start<B: Backend>(
        begin: impl FnOnce() -> Option<B> + Send + 'static,
        every: Duration,
        lulls: Lulls,
    ) -> std::io::Result<Self> {
        let (changed, refused) = (Condvar::new(), AtomicBool::new(false));
        let shared = Arc::new(Shared { queue: Mutex::default(), changed, refused });
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new().name("store".into()).spawn(move || {
            if let Some(backend) = begin() {
                run(backend, &theirs, every, lulls);
            }
        })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(super) fn submit(&self, batch: Batch, done: Done) {
        self.shared.lock().0.push(batch, done);
        self.shared.changed.notify_one();
    }

    /// As [`super::Store::join`].
    pub(super) fn join(&self, batch: Batch) -> Result<(), Batch> {
        self.shared.lock().0.join(batch)
    }

    /// Waits until everything before it has been written and the conference's rows are deleted.
    pub(super) fn erase(&self, conference: ConferenceId) -> Result<(), StoreError> {
        let (reply, answer) = sync_channel(1);
        self.shared.lock().0.push_erase(conference, reply);
        self.shared.changed.notify_one();
        answer.recv().unwrap_or_else(|_| Err(StoreError::Unavailable("the store has been closed".into())))
    }

    /// To be called before a conference is read: its fence, which [`Writer::lift`] needs afterwards.
    pub(super) fn fence_of(&self, conference: ConferenceId) -> Result<Option<Fence>, StoreError> {
        let shared = self.shared.lock();
        match shared.0.failure() {
            Some(why) => Err(why.clone()),
            None => Ok(shared.0.fence_of(conference)),
        }
    }

    /// How the last commit went.
    pub(super) fn health(&self) -> Health {
        if self.shared.lock().0.failure().is_some() {
            Health::Failed
        } else if self.shared.refused.load(Ordering::Relaxed) {
            Health::Refuses
        } else {
            Health::Keeps
        }
    }

    pub(super) fn lift(&self, conference: ConferenceId, fence: Option<Fence>) {
        self.shared.lock().0.lift(conference, fence);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().1 = true;
        self.shared.changed.notify_one();
        let Some(thread) = self.thread.take() else { return };
        // The last handle may go inside a callback, that is, on the writer's own thread.
        if thread.thread().id() != thread::current().id() && thread.join().is_err() {
            tracing::error!("the store's writer panicked");
        }
    }
}

fn run(mut backend: impl Backend, shared: &Shared, every: Duration, lulls: Lulls) {
    let mut began: Option<Instant> = None;
    let mut apart = every;
    let mut tidy = Tidy::Pause;
    while wait_for_work(shared, &mut tidy, &mut backend, lulls) {
        if let Some(rest) = began.and_then(|began| apart.checked_sub(began.elapsed())) {
            thread::sleep(rest);
        }
        began = Some(Instant::now());
        let jobs = shared.lock().0.take(COMMIT_WRITES, COMMIT_BYTES);
        let changes: u64 = jobs.iter().map(Job::changes).sum();
        apart = if changes > CROWD { every * CROWDED } else { every };
        perform(jobs, &mut backend, shared);
        note(backend.settled(), shared);
        tidy = Tidy::Pause;
    }
    // After a failed sync another one would only seem to succeed.
    if shared.lock().0.failure().is_none() {
        backend.close();
    }
}

/// What is done next if nothing comes to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tidy {
    /// What is done in a pause.
    Pause,
    /// What is done at rest, or what could not be done now.
    Rest,
    /// The next slice of what takes long.
    More,
    /// Nothing.
    Done,
}

impl Tidy {
    /// How long nothing may have come before.
    fn after(self, lulls: Lulls) -> Option<Duration> {
        match self {
            Self::Pause => Some(lulls.pause),
            Self::Rest => Some(lulls.rest),
            Self::More => Some(Duration::from_millis(1)),
            Self::Done => None,
        }
    }

    /// Does it; what is to be done after it.
    fn carry_out(self, backend: &mut impl Backend) -> Result<Self, StoreError> {
        Ok(match self {
            Self::Pause => {
                backend.pause()?;
                Self::Rest
            }
            Self::Rest | Self::More => backend.rest()?,
            Self::Done => Self::Done,
        })
    }
}

/// False when the store is closed and nothing waits.
fn wait_for_work(shared: &Shared, tidy: &mut Tidy, backend: &mut impl Backend, lulls: Lulls) -> bool {
    let mut state = shared.lock();
    loop {
        if !state.0.is_empty() {
            return true;
        }
        if state.1 {
            return false;
        }
        // After a failed sync nothing more is written.
        let Some(after) = tidy.after(lulls).filter(|_| state.0.failure().is_none()) else {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let (woken, waited) =
            shared.changed.wait_timeout(state, after).unwrap_or_else(PoisonError::into_inner);
        state = woken;
        if waited.timed_out() && state.0.is_empty() && !state.1 {
            drop(state);
            let next = tidy.carry_out(backend);
            *tidy = *next.as_ref().unwrap_or(&Tidy::Rest);
            note(next.map(drop), shared);
            state = shared.lock();
        }
    }
}

/// After a failure nothing is kept any more. What passes is tried again with the next commit.
fn note(outcome: Result<(), StoreError>, shared: &Shared) {
    let Err(why) = outcome else { return };
    let mut state = shared.lock();
    if matches!(why, StoreError::Failed(_)) && state.0.failure().is_none() {
        tracing::error!(error = %why, "the store failed; nothing more is saved");
        state.0.fail(&why);
    }
}

/// A batch that has been taken, and what came of it.
struct Taken {
    conference: ConferenceId,
    outcome: Option<Result<(), StoreError>>,
    done: Done,
}

fn perform(jobs: Vec<Job>, backend: &mut impl Backend, shared: &Shared) {
    let (mut batches, mut outcomes) = (Vec::new(), Vec::new());
    for job in jobs {
        match job {
            Job::Commit(batch, done) => {
                outcomes.push(Taken { conference: batch.conference, outcome: None, done });
                batches.push(batch);
            }
            Job::Refuse(conference, why, done) => {
                outcomes.push(Taken { conference, outcome: Some(Err(why)), done });
            }
            Job::Erase(conference, reply) => {
                let failure = shared.lock().0.failure().cloned();
                let outcome = failure.map_or_else(|| backend.erase(conference), Err);
                note(outcome.clone(), shared);
                // Whoever asked may have stopped waiting.
                let _ = reply.send(outcome);
            }
        }
    }
    let mut results = commit(batches, backend).into_iter();
    for taken in outcomes.iter_mut().filter(|taken| taken.outcome.is_none()) {
        taken.outcome = results.next();
    }
    settle(&outcomes, shared);
    for Taken { outcome, done, .. } in outcomes {
        let outcome =
            outcome.unwrap_or_else(|| Err(StoreError::Failed("the store lost count of its batches".into())));
        // A room that panics while it hears of its save must not end the saving of others.
        if catch_unwind(AssertUnwindSafe(|| done(outcome))).is_err() {
            tracing::error!("whoever waited for a save panicked");
        }
    }
}

fn commit(batches: Vec<Batch>, backend: &mut impl Backend) -> Vec<Result<(), StoreError>> {
    if batches.is_empty() {
        return Vec::new();
    }
    let began = Instant::now();
    let results = catch_unwind(AssertUnwindSafe(|| backend.commit(&batches))).unwrap_or_else(|_| {
        let why = StoreError::Failed("the store panicked".into());
        batches.iter().map(|_| Err(why.clone())).collect()
    });
    histogram!("flipchart_commit_seconds").record(began.elapsed());
    for result in &results {
        counter!("flipchart_batches_total", "outcome" => outcome(result)).increment(1);
    }
    results
}

fn outcome(result: &Result<(), StoreError>) -> &'static str {
    match result {
        Ok(()) => "kept",
        Err(StoreError::Unavailable(_)) => "unavailable",
        Err(StoreError::Failed(_)) => "failed",
        Err(StoreError::Damaged { .. } | StoreError::NoKey) => "refused",
    }
}

/// Failures shut out what waits behind them before anybody hears of them.
fn settle(outcomes: &[Taken], shared: &Shared) {
    let refused = |taken: &Taken| matches!(taken.outcome, Some(Err(StoreError::Unavailable(_))));
    if !outcomes.is_empty() {
        shared.refused.store(outcomes.iter().any(refused), Ordering::Relaxed);
    }
    let mut state = shared.lock();
    for Taken { conference, outcome, .. } in outcomes {
        let Some(Err(why)) = outcome else { continue };
        if matches!(why, StoreError::Failed(_)) && state.0.failure().is_none() {
            tracing::error!(error = %why, "the store failed; nothing more is saved");
            state.0.fail(why);
        }
        state.0.fence(*conference, why);
    }
}

#[cfg(test)]
mod tests;
