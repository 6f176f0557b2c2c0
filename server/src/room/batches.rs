//! Batches of a room that are on their way to the store: one may be committed while the next one waits.

use super::core::Core;
use crate::store::{Store, StoreError};
use std::{collections::VecDeque, mem::take};
use tokio::sync::oneshot;

/// With so many on their way the disk is stuck: what comes then waits in the room and goes as one. One is committed, one
/// waits, and one may have been answered meanwhile.
const FLYING: usize = 4;

/// What the store will answer, in order, with the bytes of each.
#[derive(Debug, Default)]
pub(super) struct Batches {
    flying: VecDeque<(oneshot::Receiver<Result<(), StoreError>>, usize)>,
    refused: usize,
    /// The last answer was that the disk takes nothing.
    unavailable: bool,
}

impl Batches {
    /// Hands over what there is to keep: with the batch that waits for its commit, or as the next one (SPEC STO2).
    pub(super) fn hand_over(&mut self, core: &mut Core, store: &dyn Store) {
        if self.flying.len() >= FLYING {
            return;
        }
        let Some(batch) = core.take_batch() else { return };
        let bytes = batch.bytes();
        match store.join(batch) {
            Ok(()) => {
                core.joined();
                if let Some((_, before)) = self.flying.back_mut() {
                    *before += bytes;
                }
            }
            Err(batch) => {
                let (done, stored) = oneshot::channel();
                store.submit(batch, Box::new(move |result| drop(done.send(result))));
                self.flying.push_back((stored, bytes));
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.flying.is_empty()
    }

    /// Waits for the next answer; for ever when nothing is on its way. Cancel safe.
    pub(super) async fn answered(&mut self) -> Result<(), StoreError> {
        let Some((next, bytes)) = self.flying.front_mut() else { return std::future::pending().await };
        let (stored, bytes) = (next.await, *bytes);
        self.flying.pop_front();
        let stored =
            stored.unwrap_or_else(|_| Err(StoreError::Unavailable("the store gave no answer".to_owned())));
        self.unavailable = matches!(stored, Err(StoreError::Unavailable(_)));
        if stored.is_err() {
            self.refused = bytes + self.flying.iter().map(|(_, bytes)| bytes).sum::<usize>();
        }
        stored
    }

    /// Bytes of what the store refused last.
    pub(super) fn refused(&self) -> usize {
        self.refused
    }

    /// Whether the disk took nothing of this room the last time, whatever it has taken of others since.
    pub(super) fn unavailable(&self) -> bool {
        self.unavailable
    }

    /// Waits until all have ended, however.
    pub(super) async fn ended(&mut self) {
        for (stored, _) in take(&mut self.flying) {
            let _ = stored.await;
        }
    }
}
