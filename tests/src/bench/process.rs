//! The service under measurement as a process: where it runs, what it has used.

use anyhow::{Context, Result, bail};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// One core for the service, another for the load.
#[derive(Debug, Clone, Copy)]
pub struct Cores {
    server: usize,
    load: usize,
}

impl Cores {
    /// The first two cores that this process may use. None: there is one only, and nothing is pinned.
    pub fn find() -> Option<Self> {
        let may = sched_getaffinity(None).ok()?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|core| may.is_set(*core));
        Some(Self { server: cores.next()?, load: cores.next()? })
    }

    /// Time in which anybody used the two cores so far.
    pub fn used(self) -> Result<Duration> {
        let text = std::fs::read_to_string("/proc/stat")?;
        let mut ticks = 0;
        for core in [self.server, self.load] {
            let name = format!("cpu{core} ");
            let line = text.lines().find_map(|line| line.strip_prefix(&name)).context("no such core")?;
            let fields: Vec<u64> = line.split_whitespace().filter_map(|field| field.parse().ok()).collect();
            // All but the idle time and the time spent waiting for the disk.
            ticks += fields.iter().take(8).sum::<u64>() - fields[3] - fields[4];
        }
        Ok(Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second()))
    }

    /// The load's core for this thread.
    pub fn pin_load(self) -> Result<()> {
        pin(self.load)
    }
}

fn pin(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).context("the core cannot be chosen")
}

/// A process that is killed when it is dropped.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts it on the service's core. A child inherits the core of the thread that starts it.
    pub fn start(command: &mut Command, cores: Option<Cores>) -> Result<Self> {
        if let Some(cores) = cores {
            pin(cores.server)?;
        }
        let child = command.stdin(Stdio::null()).spawn();
        if let Some(cores) = cores {
            cores.pin_load()?;
        }
        Ok(Self(child.with_context(|| format!("cannot start {:?}", command.get_program()))?))
    }

    /// Waits until something accepts connections there.
    pub fn wait_for_port(&mut self, port: u16) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = self.0.try_wait()? {
                bail!("it ended ({status}) before it listened");
            }
            if Instant::now() > until {
                bail!("nothing listens on port {port}");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// SIGKILL; nothing is flushed.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// User and system time of all its threads so far, in steps of 10 ms.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(&self.0.id().to_string())
    }

    /// Its resident memory in bytes.
    pub fn memory(&self) -> Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// User and system time of a process (`self` for this one).
pub fn cpu_of(process: &str) -> Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets may hold spaces; counted from behind it, utime is field 12 and stime field 13.
    let (_, rest) = text.rsplit_once(')').context("no name in stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second()))
}

/// A port that nobody listens on now.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Lets this process and those it starts open as many files as the system allows: the number.
pub fn open_files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
