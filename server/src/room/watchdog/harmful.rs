//! Updates that do harm, in a real room (SPEC SCAN11, SCAN12).

use super::*;
use crate::{
    document::{
        planted::{LEFT_ASIDE, NEVER_ENDS, PANICS, PANICS_BEFORE},
        replica::Replica,
    },
    meeting::{attendee::TokenHash, framework::Frameworks},
    room::{
        core::{
            ConnId, Core,
            tests::{
                device::{Device, Said, read},
                house::{conference, conference_id, id, note},
            },
        },
        directory::{Clock, Directory, Seeds},
        handle::{Connection, RoomHandle},
        outbox::{Outbox, OutboxReader, Outgoing},
        waking::tests::synced,
    },
    store::sim::SimStore,
};
use metrics_prometheus::Recorder;
use prometheus::{Registry, TextEncoder};
use protocol::{
    close::Close,
    document::{Access, Audience, DocumentName, Kind},
    people::{Role, Standing},
};
use rand::{SeedableRng as _, rngs::StdRng};
use std::{os::unix::process::ExitStatusExt as _, process::Command};

const BOARD: Kind = Kind::Board(Audience::All);
const HARM: &str = "words that do harm";

/// An update that meets this fault. The same bytes each time.
fn harm(fault: u64) -> Vec<u8> {
    Replica::new(fault).write_note(note(9), "worried", HARM)
}

/// A room in which a chair and a co-chair are, and its disk.
async fn room(watchdog: Arc<Watchdog>) -> (Arc<SimStore>, Directory, RoomHandle) {
    let store = Arc::new(SimStore::new());
    let (clock, seeds): (Clock, Seeds) = (Arc::new(|| 1_000), Arc::new(|| StdRng::seed_from_u64(7)));
    let directory = Directory::open(store.clone(), Frameworks::shipped(), clock, seeds, watchdog).unwrap();
    let mut everybody = conference(&[Role::Chair, Role::CoChair]);
    for (n, who) in everybody.people.values_mut().enumerate() {
        who.standing = Standing::Here;
        who.open_device(TokenHash([n as u8; 32]), false, 1_000);
    }
    let core = Core::begin(everybody, StdRng::seed_from_u64(8));
    let room = synced(&store, directory.open_with(conference_id(), core)).await.unwrap();
    (store, directory, room)
}

/// Somebody who writes, and their socket.
struct Pen {
    device: Device,
    line: Option<(Connection, OutboxReader)>,
}

impl Pen {
    fn of(role: Role, n: u8) -> Self {
        let first_client = 1_000_000 * u64::from(n + 1);
        Self { device: Device::new(id(role), 0, TokenHash([n; 32]), first_client), line: None }
    }

    /// Comes, or comes back with what they have.
    async fn link(&mut self, room: &RoomHandle) {
        let device = &mut self.device;
        device.cut();
        (device.conn, device.closed) = (Some(ConnId(0)), None);
        for kind in [Kind::Stage, Kind::Seat(device.attendee), BOARD] {
            device.open(DocumentName::new(conference_id(), kind));
        }
        let (outbox, reader) = Outbox::new();
        let line = room.connect(device.attendee, device.n, outbox).await.unwrap().expect("they are here");
        self.line = Some((line, reader));
    }

    /// Sends what waits and takes what comes, until this holds.
    async fn until(&mut self, holds: impl Fn(&Device) -> bool) {
        let device = &mut self.device;
        let (line, reader) = self.line.as_ref().expect("they came");
        loop {
            while let Some(message) = device.up.pop_front() {
                if let Some(wait) = line.send(message) {
                    wait.await;
                }
            }
            if holds(device) {
                return;
            }
            assert_eq!(device.closed, None, "they were sent away");
            let bytes = match reader.next().await {
                Outgoing::Bytes(bytes) => bytes,
                Outgoing::Close(why, bytes) => {
                    device.closed = Some(why);
                    bytes
                }
                Outgoing::CaughtUp => continue,
            };
            for frame in frames(&bytes.concat()) {
                device.take(frame);
            }
        }
    }

    /// Is sent away.
    async fn ended(&mut self) -> Close {
        self.until(|device| device.closed.is_some()).await;
        self.device.closed.expect("it was waited for")
    }

    /// Writes a line, which is acknowledged.
    async fn types(&mut self, n: u8, words: &str) {
        self.until(|device| device.copy(BOARD).access == Some(Access::Write)).await;
        let before = self.refusals();
        self.device.edit(BOARD, |copy| Some(copy.write_note(note(n), "worried", words)));
        assert!(!self.device.is_saved(), "{words}");
        self.until(Device::is_saved).await;
        assert_eq!(self.refusals(), before, "{words}");
    }

    async fn reads(&mut self, n: u8, words: &str) {
        let note = note(n);
        let has = |device: &Device| device.copy(BOARD).replica.words_of(note.as_str());
        self.until(|device| has(device).is_some()).await;
        assert_eq!(has(&self.device).as_deref(), Some(words));
    }

    /// Edits that were not taken so far.
    fn refusals(&self) -> usize {
        self.device.seen.iter().filter(|frame| read(frame).1 == Said::Status(false)).count()
    }
}

/// Frames of whole messages, none of which is longer than 64 KiB.
fn frames(mut messages: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let [_, length, after @ ..] = messages {
        let (length, after) = match (length, after) {
            (126, [high, low, after @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), after),
            (..126, _) => (usize::from(*length), after),
            _ => panic!("a longer message"),
        };
        frames.push(after[..length].to_vec());
        messages = &after[length..];
    }
    frames
}

fn listed(folder: &Path) -> Vec<String> {
    let list = std::fs::read_to_string(folder.join("harmful-updates")).unwrap_or_default();
    list.lines().map(str::to_owned).collect()
}

/// What is listed of an update that did harm so often.
fn harms(fault: u64, times: usize) -> Vec<String> {
    vec![hex::encode(hash_of(&harm(fault))); times]
}

#[tokio::test]
async fn scan11_scan12_what_did_harm_twice_is_not_taken_a_third_time_and_the_room_and_its_words_go_on() {
    for fault in [PANICS, LEFT_ASIDE, PANICS_BEFORE] {
        let measures = Registry::new();
        let recorder = Recorder::builder().with_registry(&measures).build();
        let _measured = metrics::set_default_local_recorder(&recorder);
        let folder = tempfile::tempdir().expect("a folder");
        let watchdog = Watchdog::start(folder.path()).expect("a thread");
        let (store, _directory, room) = room(watchdog).await;
        let played = async {
            let (mut author, mut other) = (Pen::of(Role::Chair, 0), Pen::of(Role::CoChair, 1));
            author.link(&room).await;
            other.link(&room).await;
            author.types(1, "typed before it").await;
            other.reads(1, "typed before it").await;
            for (n, words) in [(2, "after the first time"), (3, "after the second time")] {
                author.device.send(BOARD, harm(fault));
                assert_eq!(author.ended().await, Close::BadFrame);
                assert_eq!(other.ended().await, Close::Rebuilt);
                assert_eq!(listed(folder.path()), harms(fault, usize::from(n) - 1));
                author.link(&room).await;
                other.link(&room).await;
                other.types(n, words).await;
                author.reads(n, words).await;
            }
            // Now it is answered like any other that is not taken, and nobody is sent away.
            author.device.send(BOARD, harm(fault));
            author.until(Device::is_saved).await;
            assert_eq!(author.refusals(), 1);
            other.types(4, "read on").await;
            author.reads(4, "read on").await;
            author.types(5, "with a fresh copy").await;
            other.reads(5, "with a fresh copy").await;
            assert_eq!(listed(folder.path()), harms(fault, 2));
            // Whoever comes now reads all that was acknowledged.
            let mut late = Pen::of(Role::CoChair, 2);
            late.link(&room).await;
            late.reads(5, "with a fresh copy").await;
            late.reads(1, "typed before it").await;
            late.reads(3, "after the second time").await;
            for one in [&author, &other, &late] {
                assert!(!one.device.has_seen(HARM), "it was passed on");
            }
        };
        synced(&store, played).await;
        let measured = TextEncoder::new().encode_to_string(&measures.gather()).expect("text");
        for count in ["flipchart_refused_total{why=\"harmful\"} 1\n", "flipchart_reloads_total 2\n"] {
            assert!(measured.contains(count), "{count}{measured}");
        }
    }
}

const FOLDER: &str = "FLIPCHART_TEST_HARMFUL";

/// Runs in a process of its own, for the test below.
#[tokio::test]
#[ignore = "a child process"]
async fn child_that_takes_it_in() {
    let folder = std::env::var(FOLDER).expect("the parent says where");
    let watchdog = Watchdog::start_with(Path::new(&folder), LOOKS).expect("a thread");
    let (store, _directory, room) = room(watchdog).await;
    let played = async {
        let mut author = Pen::of(Role::Chair, 0);
        author.link(&room).await;
        author.types(1, "typed before it").await;
        author.device.send(BOARD, harm(NEVER_ENDS));
        author.until(Device::is_saved).await;
        assert_eq!(author.refusals(), 1);
        author.types(2, "with a fresh copy").await;
        // What has been taken in is not watched any more, however long nothing comes.
        tokio::time::sleep(TICK * (LOOKS + 4)).await;
    };
    synced(&store, played).await;
}

#[test]
fn scan12_a_room_in_which_taking_an_update_in_does_not_end_ends_the_process_and_does_not_take_it_a_third_time()
 {
    let folder = tempfile::tempdir().expect("a folder");
    for time in 1..=3 {
        let mut child = Command::new(std::env::current_exe().expect("this test"));
        child.args(["--ignored", "--exact", "room::watchdog::harmful::child_that_takes_it_in"]);
        let ended = child.env(FOLDER, folder.path()).output().expect("it runs");
        match time {
            1 | 2 => assert_eq!(ended.status.signal(), Some(tests::ABORTED), "{time}: {ended:?}"),
            _ => assert!(ended.status.success(), "{ended:?}"),
        }
        assert_eq!(listed(folder.path()), harms(NEVER_ENDS, time.min(2)));
    }
}
