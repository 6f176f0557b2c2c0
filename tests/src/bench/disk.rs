//! What a server's data takes on the disk.

use anyhow::Result;
use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

/// Not waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(300);

/// Bytes of all files in a folder when none has been written for so long.
pub fn at_rest(folder: &Path, quiet: Duration) -> Result<u64> {
    let began = Instant::now();
    let mut last = (written(folder)?, Instant::now());
    while last.1.elapsed() < quiet && began.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(200));
        let now = written(folder)?;
        if now != last.0 {
            last = (now, Instant::now());
        }
    }
    Ok(last.0.bytes)
}

/// What a folder's files take, and when one was last written: a log that begins again from its start grows by nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Written {
    bytes: u64,
    last: Option<SystemTime>,
}

fn written(folder: &Path) -> Result<Written> {
    let mut whole = Written::default();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        let one = if about.is_dir() {
            written(&entry.path())?
        } else {
            Written { bytes: about.len(), last: Some(about.modified()?) }
        };
        whole = Written { bytes: whole.bytes + one.bytes, last: whole.last.max(one.last) };
    }
    Ok(whole)
}
