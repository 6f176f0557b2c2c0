//! How long a letter takes from one who types to one who reads, beside whatever somebody else does to the service.

use anyhow::Result;
use flipchart_tests::{Attendee, Conference};
use protocol::{
    document::{Audience, Kind},
    id::NoteId,
    people::Role,
};
use std::time::{Duration, Instant};

const BOARD: Kind = Kind::Board(Audience::All);
/// Beside a vector a letter of another room takes what it takes in the same minute beside nothing – twice, so that a machine
/// that is busy throughout judges by its own measure – and a slice of the scheduler, for which two processors are shared with
/// the vector.
const A_SLICE: Duration = Duration::from_millis(10);
/// Letters that are compared with one another, of about 500: an outlier of the machine is in one window of several.
const WINDOW: usize = 87;

/// A pen and a reader who measure how long a letter takes from one to the other.
pub(crate) struct Letters {
    pub(crate) pen: Attendee,
    pub(crate) reader: Attendee,
    pub(crate) line: NoteId,
    typed: usize,
    times: Vec<Duration>,
}

impl Letters {
    pub(crate) async fn begin(room: &Conference) -> Result<Self> {
        let pen = room.chair().await?;
        let reader = room.bring(Role::Parent, &pen).await?;
        let line = pen.type_note("worried", "").await?;
        Ok(Self { pen, reader, line, typed: 0, times: Vec::new() })
    }

    pub(crate) async fn type_some(&mut self, letters: usize) -> Result<()> {
        for _ in 0..letters {
            let began = Instant::now();
            self.pen.type_into(self.line, "x").await?;
            self.typed += 1;
            let (line, typed) = (self.line, self.typed);
            let is_shown = move |seen: &flipchart_tests::Seen| {
                let board = seen.replicas.values().find(|copy| copy.name.kind == BOARD);
                board.and_then(|board| board.words(line)).is_some_and(|words| words.len() == typed)
            };
            self.reader.wait_until("a letter", is_shown).await?;
            self.times.push(began.elapsed());
        }
        Ok(())
    }

    pub(crate) fn take(&mut self) -> Vec<Duration> {
        std::mem::take(&mut self.times)
    }
}

pub(crate) fn p99(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

/// The middle one of the windows' 99th percentiles.
pub(crate) fn middle_p99(times: &[Duration]) -> Duration {
    let mut windows: Vec<Duration> = times.chunks(WINDOW).map(p99).collect();
    windows.sort_unstable();
    windows[windows.len() / 2]
}

/// How long a letter may take beside something, by what it takes beside nothing.
pub(crate) fn allowed(quiet: Duration) -> Duration {
    2 * quiet + A_SLICE
}

/// How long letters of another room take.
#[derive(Default)]
pub(crate) struct Times {
    pub(crate) quiet: Vec<Duration>,
    pub(crate) beside: Vec<Duration>,
}
