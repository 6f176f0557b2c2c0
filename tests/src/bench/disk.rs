//! What the disk under the data needs to keep a page, measured beside the run: the floor under every durable latency.

use anyhow::Result;
use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
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

/// Bytes of all files in a folder when they have not changed for so long.
pub fn at_rest(folder: &Path, quiet: Duration) -> Result<u64> {
    let began = Instant::now();
    let mut last = (bytes(folder)?, Instant::now());
    while last.1.elapsed() < quiet && began.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(200));
        let now = bytes(folder)?;
        if now != last.0 {
            last = (now, Instant::now());
        }
    }
    Ok(last.0)
}

/// Bytes of all files in a folder.
pub fn bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        sum += if about.is_dir() { bytes(&entry.path())? } else { about.len() };
    }
    Ok(sum)
}
