//! SIGKILL in the middle of typing: what somebody had seen, or was told is saved, and is gone afterwards.

use super::{
    documents::{Arrived, restart},
    fanout::{Load, Shape},
    peer::Server,
};
use anyhow::Result;
use std::time::Duration;

/// Edits in a second.
const RATE: f64 = 200.0;
const SHAPE: Shape = Shape { rooms: 1, people: 10, writers: 4 };

/// What a kill cost.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Lost {
    /// Edits that somebody else had seen.
    pub seen: u64,
    /// Edits that their author was told are saved.
    pub acknowledged: u64,
    /// Edits that somebody else had seen before the kill, lost or not.
    pub of: u64,
}

/// One trial; the server it ends with is the one it began with, started again.
pub fn trial<'a>(mut server: Server<'a>, number: u32) -> Result<(Server<'a>, Lost)> {
    let mut load = Load::new(&server, SHAPE, 1_000 * (number + 1))?;
    // Kills fall anywhere within a commit, a debounce or a checkpoint.
    let stop = Duration::from_millis(1_000 + u64::from(number).wrapping_mul(0x9e37_79b9) % 2_000);
    load.run_until_killed(RATE, stop, &mut server.process)?;
    let promised = load.promised();
    drop(load);
    let seen: Vec<(u32, u32)> = promised.iter().map(|writer| (writer.client, writer.seen)).collect();
    let restarted = restart(server, &seen)?;
    let mut seat = restarted.server.seat(0, 8)?;
    let mut kept = Arrived::nothing(
        &promised.iter().map(|writer| (writer.client, writer.acknowledged)).collect::<Vec<_>>(),
    );
    seat.ask()?;
    kept.take(&seat.complete()?);
    let of = seen.iter().map(|(_, end)| u64::from(*end)).sum();
    Ok((restarted.server, Lost { seen: restarted.lost, acknowledged: kept.lacks(), of }))
}
