//! The one thread that writes, and when it commits.

use super::{
    Batch, Done, Health, StoreError,
    crowd::Crowd,
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
use tokio::runtime::Handle;

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

/// The exit code of a service whose store has failed: `EX_SOFTWARE` of sysexits.h, so that whoever runs it starts it anew.
const FAILED: i32 = 70;

/// Ends the process, the one way in which it ends for its disk's sake: what is on the disk is unknown, and syncing again
/// would only seem to succeed. Nobody who waits is answered (SPEC STO4).
pub(super) fn end_process(why: &StoreError) {
    tracing::error!(
        error = %why,
        "the store failed: what is on the disk is unknown; the service ends. Check the disk, then start it again"
    );
    std::process::exit(FAILED);
}

/// Where batches go. Only the writer's thread calls it. After [`StoreError::Failed`], whatever it is the answer to, it
/// is not called again.
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
    fn pause(&mut self) -> Result<Tidy, StoreError> {
        Ok(Tidy::Rest)
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
    closed: Condvar,
    /// The disk refused the last commit.
    refused: AtomicBool,
    crowd: Crowd,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, (Queue, bool)> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something has come to be written, at most so long, and not for a store that is being closed.
    fn await_first(&self, most: Duration) {
        let has_none = |state: &mut (Queue, bool)| state.0.is_empty() && !state.1;
        drop(self.changed.wait_timeout_while(self.lock(), most, has_none));
    }

    /// Waits, whatever comes to be written, but not for a store that is being closed.
    fn keep_distance(&self, rest: Duration) {
        let is_open = |state: &mut (Queue, bool)| !state.1;
        drop(self.closed.wait_timeout_while(self.lock(), rest, is_open));
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
    /// Starts the thread. It makes its backend before it writes for the first time, or when nothing has come for a pause:
    /// whoever reads first has the machine. Where there is none nothing is ever written, and nobody who waits is answered.
    /// A commit begins no sooner than `every` after the last one began, and the later the more that one carried ([`Crowd`]). Whatever
    /// fails first – a commit, a checkpoint when nobody writes, the thread itself – is said to `failed`, and to nobody else:
    /// it is [`end_process`] but in tests.
    pub(super) fn start<B: Backend>(
        begin: impl FnOnce() -> Option<B> + Send + 'static,
        every: Duration,
        crowd: Crowd,
        lulls: Lulls,
        failed: impl FnOnce(&StoreError) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (changed, closed, refused) = (Condvar::new(), Condvar::new(), AtomicBool::new(false));
        let shared = Arc::new(Shared { queue: Mutex::default(), changed, closed, refused, crowd });
        let theirs = Arc::clone(&shared);
        let teller = Teller(Handle::try_current().ok());
        let thread = thread::Builder::new().name("store".into()).spawn(move || {
            let work = || {
                theirs.await_first(lulls.pause);
                begin().map_or(Ok(()), |backend| run(backend, &theirs, &teller, every, lulls))
            };
            let panicked = |_| Err(StoreError::Failed("the store panicked".into()));
            if let Err(why) = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(panicked) {
                failed(&why);
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
    pub(super) fn fence_of(&self, conference: ConferenceId) -> Option<Fence> {
        self.shared.lock().0.fence_of(conference)
    }

    /// How the last commit went.
    pub(super) fn health(&self) -> Health {
        if self.shared.refused.load(Ordering::Relaxed) { Health::Refuses } else { Health::Keeps }
    }

    pub(super) fn lift(&self, conference: ConferenceId, fence: Option<Fence>) {
        self.shared.lock().0.lift(conference, fence);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().1 = true;
        self.shared.changed.notify_one();
        self.shared.closed.notify_one();
        let Some(thread) = self.thread.take() else { return };
        // The last handle may go inside a callback, that is, on the writer's own thread.
        if thread.thread().id() != thread::current().id() && thread.join().is_err() {
            tracing::error!("the store's writer panicked");
        }
    }
}

/// Returns when the store is closed, or has failed.
fn run(
    mut backend: impl Backend,
    shared: &Shared,
    teller: &Teller,
    every: Duration,
    lulls: Lulls,
) -> Result<(), StoreError> {
    let mut tidy = Tidy::Pause;
    while wait_for_work(shared, &mut tidy, &mut backend, lulls)? {
        let began = Instant::now();
        let jobs = shared.lock().0.take(COMMIT_WRITES, COMMIT_BYTES);
        let changes: u64 = jobs.iter().map(Job::changes).sum();
        teller.tell(perform(jobs, &mut backend, shared)?);
        unless_failed(backend.settled())?;
        tidy = Tidy::Pause;
        // Nothing may be begun before, so nothing that comes wakes this thread.
        shared.keep_distance(shared.crowd.keep_apart(every, changes).saturating_sub(began.elapsed()));
    }
    backend.close();
    Ok(())
}

/// What passes is tried again with the next commit, or at the next rest.
fn unless_failed<T>(outcome: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match outcome {
        Err(why @ StoreError::Failed(_)) => Err(why),
        outcome => Ok(outcome.ok()),
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
            Self::Pause => backend.pause()?,
            Self::Rest | Self::More => backend.rest()?,
            Self::Done => Self::Done,
        })
    }
}

/// False when the store is closed and nothing waits.
fn wait_for_work(
    shared: &Shared,
    tidy: &mut Tidy,
    backend: &mut impl Backend,
    lulls: Lulls,
) -> Result<bool, StoreError> {
    let mut state = shared.lock();
    loop {
        if !state.0.is_empty() {
            return Ok(true);
        }
        if state.1 {
            return Ok(false);
        }
        shared.crowd.has_gone();
        let Some(after) = tidy.after(lulls) else {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let (woken, waited) =
            shared.changed.wait_timeout(state, after).unwrap_or_else(PoisonError::into_inner);
        state = woken;
        if waited.timed_out() && state.0.is_empty() && !state.1 {
            drop(state);
            *tidy = unless_failed(tidy.carry_out(backend))?.unwrap_or(Tidy::Rest);
            state = shared.lock();
        }
    }
}

/// A batch that has been taken, and what came of it.
struct Taken {
    conference: ConferenceId,
    outcome: Option<Result<(), StoreError>>,
    done: Done,
}

impl Taken {
    fn tell(self) {
        let lost = || Err(StoreError::Failed("the store lost count of its batches".into()));
        let (outcome, done) = (self.outcome.unwrap_or_else(lost), self.done);
        // A room that panics while it hears of its save must not end the saving of others.
        if catch_unwind(AssertUnwindSafe(|| done(outcome))).is_err() {
            tracing::error!("whoever waited for a save panicked");
        }
    }
}

/// Who tells those who wait for a commit: a task of the runtime on which the store was opened, if there is one. All of a
/// commit are told at once there; told from the writer's thread, the first of them would be awake before the second is
/// told, and on one core takes it from the writer.
struct Teller(Option<Handle>);

impl Teller {
    fn tell(&self, all: Vec<Taken>) {
        let told = move || all.into_iter().for_each(Taken::tell);
        match &self.0 {
            Some(runtime) => drop(runtime.spawn(async move { told() })),
            None => told(),
        }
    }
}

/// Who is to be told of it. After a failure nobody is answered, whatever became of their own batch.
fn perform(jobs: Vec<Job>, backend: &mut impl Backend, shared: &Shared) -> Result<Vec<Taken>, StoreError> {
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
                let outcome = backend.erase(conference);
                unless_failed(outcome.clone())?;
                // Whoever asked may have stopped waiting.
                let _ = reply.send(outcome);
            }
        }
    }
    let results = commit(batches, backend);
    results.iter().cloned().try_for_each(|result| unless_failed(result).map(drop))?;
    let mut results = results.into_iter();
    for taken in outcomes.iter_mut().filter(|taken| taken.outcome.is_none()) {
        taken.outcome = results.next();
    }
    settle(&outcomes, shared);
    Ok(outcomes)
}

fn commit(batches: Vec<Batch>, backend: &mut impl Backend) -> Vec<Result<(), StoreError>> {
    if batches.is_empty() {
        return Vec::new();
    }
    let began = Instant::now();
    let results = backend.commit(&batches);
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

/// A refusal shuts out what waits behind it before anybody hears of it.
fn settle(outcomes: &[Taken], shared: &Shared) {
    let refused = |taken: &Taken| matches!(taken.outcome, Some(Err(StoreError::Unavailable(_))));
    if !outcomes.is_empty() {
        shared.refused.store(outcomes.iter().any(refused), Ordering::Relaxed);
    }
    let mut state = shared.lock();
    for Taken { conference, outcome, .. } in outcomes {
        if let Some(Err(why)) = outcome {
            state.0.fence(*conference, why);
        }
    }
}

#[cfg(test)]
mod tests;
