//! Rooms that sleep in the store, and how one wakes.

use super::{
    actor::{Actor, Message, RELOAD_EVERY},
    core::{Core, LoadError, Loaded},
    directory::Surroundings,
};
use crate::store::Health;
use metrics::histogram;
use protocol::id::ConferenceId;
use std::{sync::Arc, time::Instant};
use tokio::sync::mpsc;

impl Actor {
    /// Loads a room that somebody needs and runs it. Whoever comes meanwhile waits at the inbox. One that cannot be read
    /// is left alone: whoever asks it hears what they would hear of a room that does not exist.
    pub(super) async fn wake(
        id: ConferenceId,
        around: Arc<Surroundings>,
        mut inbox: mpsc::Receiver<Message>,
    ) {
        let began = Instant::now();
        let core = loop {
            let refuses = around.store.health() == Health::Refuses;
            match load(&around, id, refuses).await {
                Ok(core) => break core,
                Err(error) if error.may_pass() && !inbox.is_closed() => {
                    tracing::error!(conference = %id, %error, "a conference cannot be read from the store; trying again");
                    // Nobody waits for a disk that does not answer: they ask again.
                    while inbox.try_recv().is_ok() {}
                    tokio::time::sleep(RELOAD_EVERY).await;
                }
                Err(error) => {
                    tracing::error!(conference = %id, %error, "a conference cannot be opened and is left alone");
                    return;
                }
            }
        };
        histogram!("flipchart_load_seconds").record(began.elapsed());
        let mut room = Self::new(core, around, inbox);
        room.hold_if_refused();
        room.run().await;
    }
}

/// Reads a room from the store, off the async threads.
pub(super) async fn load(
    around: &Arc<Surroundings>,
    id: ConferenceId,
    quiet: bool,
) -> Result<Core, LoadError> {
    let store = around.store.clone();
    let (rng, now) = ((around.rng)(), (around.clock)());
    let loaded = tokio::task::spawn_blocking(move || {
        let kept = store.load_each(id)?;
        Core::load(id, Loaded { kept, rng, quiet, now })
    });
    loaded.await.unwrap_or(Err(LoadError::Fault))
}
