//! Batches of a room that are on their way to the store: one may be committed while the next one waits.

use super::core::Core;
use crate::store::{Store, StoreError};
use std::{collections::VecDeque, mem::take};
use tokio::sync::oneshot;

/// With so many on their way the disk is stuck: what comes then waits in the room and goes as one. One is committed, one
/// waits, and one may have been answered meanwhile.
const FLYING: usize = 4;

/// What the store will answer, in order.
#[derive(Debug, Default)]
pub(super) struct Batches(VecDeque<oneshot::Receiver<Result<(), StoreError>>>);

impl Batches {
    /// Hands over what there is to keep: with the batch that waits for its commit, or as the next one (SPEC STO2).
    pub(super) fn hand_over(&mut self, core: &mut Core, store: &dyn Store) {
        if self.0.len() >= FLYING {
            return;
        }
        let Some(batch) = core.take_batch() else { return };
        match store.join(batch) {
            Ok(()) => core.joined(),
            Err(batch) => {
                let (done, stored) = oneshot::channel();
                store.submit(batch, Box::new(move |result| drop(done.send(result))));
                self.0.push_back(stored);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits for the next answer; for ever when nothing is on its way. Cancel safe.
    pub(super) async fn answered(&mut self) -> Result<(), StoreError> {
        let Some(next) = self.0.front_mut() else { return std::future::pending().await };
        let stored = next.await;
        self.0.pop_front();
        stored.unwrap_or_else(|_| Err(StoreError::Unavailable("the store gave no answer".to_owned())))
    }

    /// Waits until all have ended, however.
    pub(super) async fn ended(&mut self) {
        for stored in take(&mut self.0) {
            let _ = stored.await;
        }
    }
}
