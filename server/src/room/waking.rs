//! Rooms that sleep in the store, and how one wakes.

use super::{
    actor::{Actor, Message},
    core::{Core, LoadError, Loaded},
    directory::Surroundings,
};
use crate::store::Health;
use metrics::histogram;
use protocol::id::ConferenceId;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Between two tries to load a room that the store would not give.
const LOAD_EVERY: Duration = Duration::from_millis(500);

impl Actor {
    /// Loads a room that somebody needs and runs it. Whoever comes meanwhile waits at the inbox. One that cannot be read
    /// is left alone: whoever asks it hears what they would hear of a room that does not exist.
    pub(super) async fn wake(
        id: ConferenceId,
        around: Arc<Surroundings>,
        mut inbox: mpsc::Receiver<Message>,
    ) {
        let began = Instant::now();
        let Some((core, health)) = load(&around, id, false, &mut inbox).await else { return };
        histogram!("flipchart_load_seconds").record(began.elapsed());
        let mut room = Self::new(core, around, inbox);
        if health == Health::Refuses {
            room.hold();
        }
        room.run().await;
    }
}

/// Reads a room from the store, however often it has to be asked: whoever comes meanwhile is told to ask again (SPEC
/// STO15). A room that is read `again`, or while the disk refuses, writes nothing by itself: such a one may hold. None: it
/// cannot be read at all, or nobody needs it any more.
pub(super) async fn load(
    around: &Arc<Surroundings>,
    id: ConferenceId,
    again: bool,
    inbox: &mut mpsc::Receiver<Message>,
) -> Option<(Core, Health)> {
    loop {
        let health = around.store.health();
        let quiet = again || health == Health::Refuses;
        match try_to_load(around, id, quiet).await {
            Ok(core) => return Some((core, health)),
            Err(error) if error.may_pass() && !inbox.is_closed() => {
                tracing::error!(conference = %id, %error, "a conference cannot be read from the store; trying again");
                // Nobody waits for a disk that does not answer.
                while inbox.try_recv().is_ok() {}
                tokio::time::sleep(LOAD_EVERY).await;
            }
            Err(error) => {
                tracing::error!(conference = %id, %error, "a conference cannot be opened and is left alone");
                return None;
            }
        }
    }
}

/// Off the async threads.
async fn try_to_load(around: &Arc<Surroundings>, id: ConferenceId, quiet: bool) -> Result<Core, LoadError> {
    let store = around.store.clone();
    let (rng, now) = ((around.rng)(), (around.clock)());
    let loaded = tokio::task::spawn_blocking(move || {
        let kept = store.load_each(id)?;
        Core::load(id, Loaded { kept, rng, quiet, now })
    });
    loaded.await.unwrap_or(Err(LoadError::Fault))
}

#[cfg(test)]
pub(super) mod tests;
