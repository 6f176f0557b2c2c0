//! Looking again and again whether a disk that refused takes what it did not take.

use crate::store::Store;
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Beside what was refused, which is written twice: in the log, then in the database.
const BESIDE: usize = 64 * 1024;

/// A disk that refused.
#[derive(Debug)]
pub(super) struct Holding {
    bytes: usize,
    next: Instant,
    looking: JoinSet<bool>,
}

impl Holding {
    /// It did not take so many bytes.
    pub(super) fn of(refused: usize) -> Self {
        Self { bytes: 2 * refused + BESIDE, next: Instant::now() + LOOK_EVERY, looking: JoinSet::new() }
    }

    /// Returns when it would take them now. Cancel safe.
    pub(super) async fn over(&mut self, store: &Arc<dyn Store>) {
        loop {
            if self.looking.is_empty() {
                sleep_until(self.next).await;
                let (store, bytes) = (store.clone(), self.bytes);
                self.looking.spawn_blocking(move || store.takes(bytes));
            }
            let takes = self.looking.join_next().await;
            self.next = Instant::now() + LOOK_EVERY;
            if matches!(takes, Some(Ok(true))) {
                return;
            }
        }
    }
}

/// Waits until the disk takes again; for ever when it has refused nothing. Cancel safe.
pub(super) async fn looked(holding: &mut Option<Holding>, store: &Arc<dyn Store>) {
    match holding {
        Some(holding) => holding.over(store).await,
        None => std::future::pending().await,
    }
}
