//! What waits to be written, in order, and who may not write before loading again.

use super::{Batch, Done, StoreError, Write};
use protocol::id::ConferenceId;
use std::{
    collections::{HashMap, VecDeque},
    sync::mpsc::SyncSender,
};

/// Writes in one commit: what 2 cores seal and insert in about the time of one sync.
pub(super) const COMMIT_WRITES: usize = 2_000;
/// Bytes in one commit; one larger batch is taken alone.
pub(super) const COMMIT_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that may wait: eight documents of the largest size. With more waiting the disk is stuck, not slow.
pub(super) const QUEUE_BYTES: usize = 64 * 1024 * 1024;
/// What a write costs beside its bytes, so that many small ones are bounded as well.
const WRITE_OVERHEAD: usize = 128;

/// One thing to do, in its turn.
pub(super) enum Job {
    /// Keep this.
    Commit(Batch, Done),
    /// Say so, in its turn: it was refused when it came, or one before it failed.
    Refuse(ConferenceId, StoreError, Done),
    /// Delete all rows of a conference whose key has been forgotten.
    Erase(ConferenceId, SyncSender<Result<(), StoreError>>),
}

impl Job {
    /// About how many changes it carries: numbers of its rooms' counts.
    pub(super) fn changes(&self) -> u64 {
        let Self::Commit(batch, _) = self else { return 0 };
        let numbers = |write: &Write| match write {
            Write::Append { row, .. } => row.to.saturating_sub(row.from) + 1,
            Write::Snapshot { .. } | Write::Destroy { .. } => 0,
        };
        batch.writes.iter().map(numbers).fold(0, u64::saturating_add)
    }
}

/// A conference that failed to write, and which failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence(u64);

#[derive(Default)]
pub(super) struct Queue {
    jobs: VecDeque<Job>,
    /// Jobs that have been taken since the beginning.
    taken: u64,
    /// The last batch of each conference that waits, counted from the beginning.
    newest: HashMap<ConferenceId, u64>,
    bytes: usize,
    fenced: HashMap<ConferenceId, (Fence, StoreError)>,
    fences: u64,
}

fn weight(batch: &Batch) -> usize {
    batch.bytes() + batch.writes.len() * WRITE_OVERHEAD
}

impl Queue {
    /// Adds a batch at the end, or its refusal.
    pub(super) fn push(&mut self, batch: Batch, done: Done) {
        let mut refusal = self.fenced.get(&batch.conference).map(|(_, why)| why.clone());
        if refusal.is_none() && self.bytes > 0 && self.bytes + weight(&batch) > QUEUE_BYTES {
            let why = StoreError::Unavailable("too much waits to be written; is the disk stuck?".into());
            // What comes behind a refused batch must not be kept without it.
            self.shut_out(batch.conference, &why);
            refusal = Some(why);
        }
        match refusal {
            Some(why) => {
                self.newest.remove(&batch.conference);
                self.jobs.push_back(Job::Refuse(batch.conference, why, done));
            }
            None => {
                self.bytes += weight(&batch);
                self.newest.insert(batch.conference, self.taken + self.jobs.len() as u64);
                self.jobs.push_back(Job::Commit(batch, done));
            }
        }
    }

    /// Adds to the last batch of this conference that waits. Refused where there is none, and where a commit or the
    /// queue would become too large.
    pub(super) fn join(&mut self, batch: Batch) -> Result<(), Batch> {
        let more = weight(&batch);
        let newest = self.newest.get(&batch.conference).map(|place| (place - self.taken) as usize);
        match newest.and_then(|place| self.jobs.get_mut(place)) {
            Some(Job::Commit(waits, _))
                if self.bytes + more <= QUEUE_BYTES && weight(waits) + more <= COMMIT_BYTES =>
            {
                let before = weight(waits);
                waits.extend(batch);
                self.bytes = self.bytes - before + weight(waits);
                Ok(())
            }
            _ => Err(batch),
        }
    }

    /// Adds the erasing of a conference at the end.
    pub(super) fn push_erase(&mut self, conference: ConferenceId, reply: SyncSender<Result<(), StoreError>>) {
        self.newest.remove(&conference);
        self.jobs.push_back(Job::Erase(conference, reply));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// The next jobs that belong into one commit; an erasure comes alone.
    pub(super) fn take(&mut self, most_writes: usize, most_bytes: usize) -> Vec<Job> {
        let (mut taken, mut writes, mut bytes) = (Vec::new(), 0, 0);
        while let Some(job) = self.jobs.front() {
            match job {
                Job::Erase(..) if !taken.is_empty() => break,
                Job::Commit(batch, _) => {
                    writes += batch.writes.len();
                    bytes += weight(batch);
                    if !taken.is_empty() && (writes > most_writes || bytes > most_bytes) {
                        break;
                    }
                }
                Job::Refuse(..) | Job::Erase(..) => {}
            }
            let job = self.take_one().expect("the front was there");
            let alone = matches!(job, Job::Erase(..));
            taken.push(job);
            if alone {
                break;
            }
        }
        taken
    }

    /// The next job alone.
    pub(super) fn take_one(&mut self) -> Option<Job> {
        let job = self.jobs.pop_front()?;
        if let Job::Commit(batch, _) = &job {
            self.bytes -= weight(batch);
        }
        if let Job::Commit(Batch { conference, .. }, _) | Job::Refuse(conference, ..) = &job
            && self.newest.get(conference) == Some(&self.taken)
        {
            self.newest.remove(conference);
        }
        self.taken += 1;
        Some(job)
    }

    /// A batch of this conference failed: what waits of it fails too, and what comes until it is loaded again.
    pub(super) fn fence(&mut self, conference: ConferenceId, why: &StoreError) {
        self.shut_out(conference, why);
        for job in std::mem::take(&mut self.jobs) {
            self.jobs.push_back(match job {
                Job::Commit(batch, done) if batch.conference == conference => {
                    self.bytes -= weight(&batch);
                    Job::Refuse(conference, why.clone(), done)
                }
                other => other,
            });
        }
    }

    fn shut_out(&mut self, conference: ConferenceId, why: &StoreError) {
        self.fences += 1;
        self.fenced.insert(conference, (Fence(self.fences), why.clone()));
    }

    /// The fence of a conference, to be lifted when it has been read.
    pub(super) fn fence_of(&self, conference: ConferenceId) -> Option<Fence> {
        self.fenced.get(&conference).map(|(fence, _)| *fence)
    }

    /// The conference was read as it is kept and may write again, unless it failed anew since.
    pub(super) fn lift(&mut self, conference: ConferenceId, fence: Option<Fence>) {
        if fence.is_some() && self.fence_of(conference) == fence {
            self.fenced.remove(&conference);
        }
    }
}
