//! What the disk under the data needs to keep a page, measured beside the run: the floor under every durable latency.

use anyhow::Result;
use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant, SystemTime},
};

const PAGE: usize = 4096;
const PAGES: usize = 60;

/// Middle and last of 60 syncs, each after one more page.
pub fn commit_times(folder: &Path) -> Result<(Duration, Duration)> {
    let place = folder.join("commit-times");
    let mut file = File::create(&place)?;
    let mut times = Vec::new();
    for _ in 0..PAGES {
        let began = Instant::now();
        file.write_all(&[1; PAGE])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    std::fs::remove_file(&place)?;
    times.sort();
    Ok((times[PAGES / 2], times[PAGES - 1]))
}

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
