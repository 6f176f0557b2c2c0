//! The service's process, as the system sees it.

use anyhow::{Context as _, Result};
use flipchart_tests::Service;
use std::{fs, time::Duration};
use tokio::time::sleep;

/// A tick of the processor clock is 10 ms: nothing runs any more if so much passes without one.
const SETTLED: Duration = Duration::from_millis(40);

pub(crate) struct Process(u32);

impl Process {
    pub(crate) fn of(service: &Service) -> Self {
        Self(service.process())
    }

    fn about(&self, what: &str) -> Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{what}", self.0))?)
    }

    /// Processor time of all its threads.
    pub(crate) fn used(&self) -> Result<Duration> {
        let stat = self.about("stat")?;
        let fields = stat.rsplit(')').next().context("its name")?.split_whitespace().skip(11).take(2);
        let ticks: u64 = fields.map(|ticks| ticks.parse::<u64>().unwrap_or(0)).sum();
        Ok(Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second()))
    }

    /// Waits until it does nothing any more.
    pub(crate) async fn settles(&self) -> Result<()> {
        loop {
            let used = self.used()?;
            sleep(SETTLED).await;
            if self.used()? == used {
                return Ok(());
            }
        }
    }

    fn bytes(&self, field: &str) -> Result<usize> {
        let status = self.about("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).context("no such field")?;
        Ok(line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<usize>()? << 10)
    }

    /// Bytes of memory now; the peak is counted from here.
    pub(crate) fn memory(&self) -> Result<usize> {
        fs::write(format!("/proc/{}/clear_refs", self.0), "5")?;
        self.bytes("VmRSS")
    }

    /// How many files it has open, sockets among them.
    pub(crate) fn files(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.0))?.count())
    }

    pub(crate) fn peak(&self) -> Result<usize> {
        self.bytes("VmHWM")
    }
}
