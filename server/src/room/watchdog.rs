//! Ends the process when taking one update in does not end, and remembers updates that did harm: one that did it twice
//! is not taken a third time (SPEC SCAN12).
//!
//! The scanner lets nothing through that is known to hang or break yrs. This is for what nobody knows yet. A thread that
//! is stuck in a library cannot be ended from outside, and the rooms beside it would lose a worker for ever; after a new
//! start everything that was acknowledged is there, and other devices come back by themselves.

use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs::OpenOptions,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

/// Between two looks.
const TICK: Duration = Duration::from_millis(250);
/// Looks at one and the same update before it is given up: 2 s (design 5). Looks are counted, not time, so that a
/// machine which slept finds nothing to blame.
const LOOKS: u32 = 8;
/// An unoptimised build takes about ten times as long for the same.
const LOOKS_OF_BUILD: u32 = if cfg!(debug_assertions) { 10 * LOOKS } else { LOOKS };
/// So often an update may do harm.
const HARMS: u32 = 2;
/// Lines that the list may have: a list that grows beyond is somebody's attempt to fill the disk.
const LISTED: usize = 10_000;

type Hash = [u8; 32];

/// What a room takes in at the moment.
#[derive(Debug, Default)]
pub(super) struct Watched(Mutex<Now>);

#[derive(Debug, Default)]
struct Now {
    /// Counts what was taken in.
    turn: u64,
    is_busy: bool,
    update: Vec<u8>,
}

impl Watched {
    /// An update is being taken in.
    pub(super) fn begins(&self, update: &[u8]) {
        let mut now = lock(&self.0);
        now.turn += 1;
        now.is_busy = true;
        now.update.clear();
        now.update.extend_from_slice(update);
    }

    /// It has been, whatever came of it.
    pub(super) fn ended(&self) {
        lock(&self.0).is_busy = false;
    }

    /// The update that was taken in last.
    fn last(&self) -> Hash {
        hash_of(&lock(&self.0).update)
    }

    fn busy_with(&self) -> Option<u64> {
        let now = lock(&self.0);
        now.is_busy.then_some(now.turn)
    }
}

/// Watches over all rooms.
#[derive(Debug)]
pub struct Watchdog {
    /// One line for each harm that an update did: its SHA-256.
    file: Option<PathBuf>,
    harms: Mutex<HashMap<Hash, u32>>,
    rooms: Mutex<Vec<Weak<Watched>>>,
}

impl Watchdog {
    /// Remembers in `harmful-updates` in this folder.
    ///
    /// # Errors
    /// The list is there and cannot be read, or no thread starts.
    pub fn start(folder: &Path) -> io::Result<Arc<Self>> {
        Self::start_with(folder, LOOKS_OF_BUILD)
    }

    fn start_with(folder: &Path, looks: u32) -> io::Result<Arc<Self>> {
        let file = folder.join("harmful-updates");
        let listed = match std::fs::read_to_string(&file) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut harms = HashMap::new();
        for line in listed.lines().take(LISTED) {
            let mut hash = [0; 32];
            if hex::decode_to_slice(line, &mut hash).is_ok() {
                *harms.entry(hash).or_default() += 1;
            }
        }
        let watchdog = Arc::new(Self { file: Some(file), harms: Mutex::new(harms), rooms: Mutex::default() });
        let watching = watchdog.clone();
        std::thread::Builder::new().name("watchdog".into()).spawn(move || watching.run(looks))?;
        Ok(watchdog)
    }

    /// Remembers nothing beyond this process and ends nothing.
    pub fn asleep() -> Arc<Self> {
        Arc::new(Self { file: None, harms: Mutex::default(), rooms: Mutex::default() })
    }

    /// A room to watch over, as long as it lives.
    pub(super) fn watch(&self) -> Arc<Watched> {
        let watched = Arc::new(Watched::default());
        let mut rooms = lock(&self.rooms);
        rooms.retain(|room| room.strong_count() > 0);
        rooms.push(Arc::downgrade(&watched));
        watched
    }

    /// Whether an update did harm so often that it is not taken any more.
    pub(super) fn shuns(&self, update: &[u8]) -> bool {
        let harms = lock(&self.harms);
        !harms.is_empty() && harms.get(&hash_of(update)).is_some_and(|times| *times >= HARMS)
    }

    /// What a room took in last has done harm.
    pub(super) fn blame(&self, watched: &Watched) {
        let hash = watched.last();
        let mut harms = lock(&self.harms);
        if harms.len() >= LISTED && !harms.contains_key(&hash) {
            return;
        }
        let times = harms.entry(hash).or_default();
        *times += 1;
        tracing::error!(
            update = hex::encode(hash),
            times,
            "an update did harm; report it with the lines before this one"
        );
        if let Some(file) = &self.file
            && let Err(error) = note(file, hash)
        {
            tracing::error!(%error, "the list of harmful updates cannot be written");
        }
    }

    fn run(&self, most: u32) {
        let mut seen: HashMap<usize, (u64, u32)> = HashMap::new();
        loop {
            std::thread::sleep(TICK);
            let rooms: Vec<Arc<Watched>> = lock(&self.rooms).iter().filter_map(Weak::upgrade).collect();
            let mut now = HashMap::new();
            for room in &rooms {
                let Some(turn) = room.busy_with() else { continue };
                let place = Arc::as_ptr(room).addr();
                let looks = match seen.get(&place) {
                    Some((before, looks)) if *before == turn => looks + 1,
                    _ => 1,
                };
                if looks >= most {
                    self.blame(room);
                    tracing::error!(
                        "taking one update in does not end; the service ends. Start it again: nothing that was saved is lost"
                    );
                    std::process::abort();
                }
                now.insert(place, (turn, looks));
            }
            seen = now;
        }
    }
}

fn note(file: &Path, hash: Hash) -> io::Result<()> {
    let mut list = OpenOptions::new().create(true).append(true).open(file)?;
    list.write_all(format!("{}\n", hex::encode(hash)).as_bytes())?;
    list.sync_all()
}

fn hash_of(update: &[u8]) -> Hash {
    Sha256::digest(update).into()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod harmful;

#[cfg(test)]
mod tests {
    use super::*;
    use std::{os::unix::process::ExitStatusExt as _, process::Command};

    const FOLDER: &str = "FLIPCHART_TEST_WATCHDOG";
    pub(super) const ABORTED: i32 = 6;

    /// Runs in a process of its own, for the test below.
    #[test]
    #[ignore = "a child process"]
    fn child_that_never_ends() {
        let folder = std::env::var(FOLDER).expect("the parent says where");
        let watchdog = Watchdog::start_with(Path::new(&folder), LOOKS).expect("a thread");
        let (quick, stuck) = (watchdog.watch(), watchdog.watch());
        stuck.begins(b"round and round");
        for n in 0_u64.. {
            quick.begins(&n.to_le_bytes());
            std::thread::sleep(Duration::from_millis(5));
            quick.ended();
        }
    }

    #[test]
    fn scan12_an_update_that_does_not_end_ends_the_process_and_is_not_taken_a_third_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let shuns = |update: &[u8]| Watchdog::start(folder.path()).expect("a thread").shuns(update);
        for time in 0..2 {
            assert!(!shuns(b"round and round"), "{time}");
            let mut child = Command::new(std::env::current_exe().expect("this test"));
            child.args(["--ignored", "--exact", "room::watchdog::tests::child_that_never_ends"]);
            let ended = child.env(FOLDER, folder.path()).output().expect("it runs");
            assert_eq!(ended.status.signal(), Some(ABORTED), "{ended:?}");
        }
        assert!(shuns(b"round and round"));
        assert!(!shuns(b"something else"));
    }

    #[test]
    fn scan12_a_damaged_list_blames_nobody_who_is_not_on_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let hash = hex::encode(hash_of(b"harm"));
        let list = format!("{hash}\nno hash\n{}\n{hash}\n", &hash[..40]);
        std::fs::write(folder.path().join("harmful-updates"), list).expect("it is written");
        let watchdog = Watchdog::start(folder.path()).expect("a thread");
        assert!(watchdog.shuns(b"harm") && !watchdog.shuns(b""));
    }
}
