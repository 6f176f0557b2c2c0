//! When the writer commits, and what it says of it.

use super::*;
use crate::store::{
    Write,
    contract::{append, conference},
    queue::QUEUE_BYTES,
};
use std::sync::mpsc::{Receiver, Sender, channel};

/// A disk that says when each commit began and how much it held, and ends it when it is told to.
struct Held {
    began: Sender<(Instant, usize)>,
    go: Receiver<()>,
    outcomes: Vec<Result<(), StoreError>>,
}

impl Backend for Held {
    fn commit(&mut self, batches: &[Batch]) -> Vec<Result<(), StoreError>> {
        self.began.send((Instant::now(), batches.len())).unwrap();
        // Nobody holds it any more: it goes on.
        let _ = self.go.recv();
        let outcome = self.outcomes.pop().unwrap_or(Ok(()));
        batches.iter().map(|_| outcome.clone()).collect()
    }
    fn erase(&mut self, _: ConferenceId) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A writer, its commits as they begin, and what lets them end one by one; dropped, it lets all of them end.
fn writer(every: Duration, outcome: Option<StoreError>) -> (Writer, Receiver<(Instant, usize)>, Sender<()>) {
    let ((began, commits), (end, go)) = (channel(), channel());
    let outcomes = outcome.map(Err).into_iter().collect();
    let disk = Held { began, go, outcomes };
    let writer = Writer::start(
        move || Some(disk),
        every,
        Crowd::default(),
        Lulls::default(),
        |why| panic!("the process ends: {why}"),
    );
    (writer.unwrap(), commits, end)
}

/// A disk that does everything but one thing.
struct Fails(&'static str);

impl Fails {
    fn at(&self, what: &str) -> Result<(), StoreError> {
        assert_ne!(self.0, "panic", "a fault of the store");
        if self.0 == what { Err(StoreError::Failed(what.into())) } else { Ok(()) }
    }
}

impl Backend for Fails {
    fn commit(&mut self, batches: &[Batch]) -> Vec<Result<(), StoreError>> {
        batches.iter().map(|_| self.at("commit")).collect()
    }
    fn erase(&mut self, _: ConferenceId) -> Result<(), StoreError> {
        self.at("erase")
    }
    fn settled(&mut self) -> Result<(), StoreError> {
        self.at("settled")
    }
    fn pause(&mut self) -> Result<Tidy, StoreError> {
        self.at("pause").map(|()| Tidy::Rest)
    }
    fn rest(&mut self) -> Result<Tidy, StoreError> {
        self.at("rest").map(|()| Tidy::Done)
    }
}

fn submit(writer: &Writer, n: u64) -> Receiver<Result<(), StoreError>> {
    let (answer, heard) = channel();
    let batch = Batch { conference: conference(n as u8), writes: vec![append("board.all", n, n)] };
    writer.submit(batch, Box::new(move |outcome| answer.send(outcome).unwrap()));
    heard
}

#[test]
fn sto2_what_comes_while_a_commit_runs_goes_into_the_next_one() {
    let (writer, commits, end) = writer(Duration::ZERO, None);
    let first = submit(&writer, 1);
    assert_eq!(commits.recv().unwrap().1, 1);
    let others: Vec<_> = (2..=40).map(|n| submit(&writer, n)).collect();
    drop(end);
    assert_eq!(commits.recv().unwrap().1, 39);
    for heard in others.iter().chain([&first]) {
        heard.recv().unwrap().unwrap();
    }
}

#[test]
fn sto2_a_batch_takes_more_until_its_commit_begins() {
    let (writer, commits, end) = writer(Duration::ZERO, None);
    let more = |n: u64, from| {
        let writes = vec![append("board.all", from, from)];
        writer.join(Batch { conference: conference(n as u8), writes })
    };
    let first = submit(&writer, 1);
    assert_eq!(commits.recv().unwrap().1, 1);
    assert!(more(1, 2).is_err(), "its commit has begun");
    let second = submit(&writer, 2);
    (3..50).for_each(|from| more(2, from).unwrap());
    drop(end);
    assert_eq!(commits.recv().unwrap().1, 1, "all that came meanwhile is one batch");
    assert!(first.recv().unwrap().is_ok() && second.recv().unwrap().is_ok());
    assert!(more(2, 50).is_err());
}

#[test]
fn sto4_what_comes_behind_a_batch_for_which_there_was_no_place_is_not_kept_without_it() {
    let (writer, commits, end) = writer(Duration::ZERO, None);
    let large = |from, bytes| {
        let row = crate::store::Row { from, to: from, bytes: vec![0; bytes] };
        Batch { conference: conference(1), writes: vec![Write::Append { document: "board.all".into(), row }] }
    };
    let told = |batch| {
        let (answer, heard) = channel();
        writer.submit(batch, Box::new(move |outcome| answer.send(outcome).unwrap()));
        heard
    };
    let first = submit(&writer, 2);
    commits.recv().unwrap();
    let heard = [told(large(1, 8)), told(large(2, QUEUE_BYTES)), told(large(3, 8))];
    assert!(writer.join(large(4, 8)).is_err());
    drop(end);
    let outcomes = heard.map(|heard| heard.recv().unwrap());
    assert!(first.recv().unwrap().is_ok());
    assert!(matches!(outcomes, [Ok(()), Err(StoreError::Unavailable(_)), Err(StoreError::Unavailable(_))]));
}

#[test]
fn sto2_a_lone_batch_does_not_wait() {
    let (writer, commits, end) = writer(Duration::from_secs(3_600), None);
    drop(end);
    submit(&writer, 1).recv().unwrap().unwrap();
    assert_eq!(commits.recv().unwrap().1, 1);
}

#[test]
fn sto2_commits_keep_their_distance() {
    let every = Duration::from_millis(40);
    let (writer, commits, end) = writer(every, None);
    drop(end);
    let asked = Instant::now();
    for n in 0..4 {
        submit(&writer, u64::from(n)).recv().unwrap().unwrap();
        // A thread that is late begins one later, and none sooner.
        assert!(commits.recv().unwrap().0 - asked >= every * n, "commit {n}");
    }
}

#[test]
fn sto2_commits_of_a_crowd_keep_a_greater_distance_and_come_closer_again_after_it() {
    let every = Duration::from_secs(1);
    let (writer, commits, end) = writer(every, None);
    drop(end);
    let commit = |upto| {
        let mut row = append("board.all", 1, 1);
        let Write::Append { row: numbers, .. } = &mut row else { panic!("a row") };
        numbers.to = upto;
        let (answer, heard) = channel();
        let batch = Batch { conference: conference(9), writes: vec![row] };
        writer.submit(batch, Box::new(move |outcome| answer.send(outcome).unwrap()));
        heard.recv().unwrap().unwrap();
        commits.recv().unwrap().0
    };
    let asked = Instant::now();
    // Whoever wakes the runtime's threads less often for it goes by this.
    let until = |here| {
        while writer.shared.crowd.is_here() != here {
            assert!(asked.elapsed() < every * 20, "a crowd is here: {here}");
            thread::yield_now();
        }
    };
    let [first, second] = [commit(1), commit(100)];
    until(true);
    let [third, fourth] = [commit(1), commit(1)];
    until(false);
    assert!(second - first < every * 4, "{:?}", second - first);
    assert!(third - asked >= every * (1 + 4), "{:?}", third - asked);
    assert!(fourth - third < every * 4, "{:?}", fourth - third);
}

#[test]
fn sto9_what_is_done_before_the_first_write_waits_for_it_or_for_a_pause() {
    let begun = |pause: Duration, write: bool| {
        let (began, begins) = channel();
        let begin = move || {
            began.send(()).unwrap();
            None::<Held>
        };
        let lulls = Lulls { pause, ..Lulls::default() };
        let writer =
            Writer::start(begin, Duration::ZERO, Crowd::default(), lulls, |why| panic!("{why}")).unwrap();
        if write {
            submit(&writer, 1);
        }
        begins.recv_timeout(Duration::from_millis(100))
    };
    assert!(begun(Duration::from_secs(60), false).is_err(), "nobody writes");
    assert!(begun(Duration::from_secs(60), true).is_ok(), "somebody writes");
    assert!(begun(Duration::from_millis(1), false).is_ok(), "a pause");
}

#[test]
fn sto2_whoever_waits_for_a_commit_is_told_at_once_by_the_runtime_on_which_the_store_was_opened() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (writer, commits, end) = {
        let _entered = runtime.enter();
        writer(Duration::ZERO, None)
    };
    let told = Arc::new(Mutex::new(Vec::new()));
    let submit = |n| {
        let (told, batch) =
            (Arc::clone(&told), Batch { conference: conference(n), writes: vec![append("board.all", 1, 1)] });
        let here = move |outcome| told.lock().unwrap().push((n, tokio::task::id(), outcome));
        writer.submit(batch, Box::new(here));
    };
    (1..=3).for_each(submit);
    let firsts = commits.recv().unwrap().1;
    (4..=6).for_each(submit);
    drop(end);
    // All is written.
    drop(writer);
    assert!(told.lock().unwrap().is_empty(), "the runtime has not run");
    runtime.block_on(tokio::task::yield_now());
    let told = told.lock().unwrap();
    let tasks: Vec<_> = told.chunk_by(|one, next| one.1 == next.1).map(<[_]>::len).collect();
    assert!(told.iter().map(|(n, ..)| *n).eq(1..=6) && told.iter().all(|(.., outcome)| outcome.is_ok()));
    assert_eq!(tasks.iter().sum::<usize>(), 6);
    assert_eq!((tasks[0], tasks.len() <= 3), (firsts, true), "{tasks:?}: one task for a commit");
}

#[test]
fn sto2_a_commit_is_bounded() {
    let (writer, commits, end) = writer(Duration::ZERO, None);
    submit(&writer, 1);
    commits.recv().unwrap();
    let waiting: Vec<_> = (1..=COMMIT_WRITES as u64 + 5).map(|n| submit(&writer, n)).collect();
    drop(end);
    assert_eq!(commits.recv().unwrap().1, COMMIT_WRITES);
    assert_eq!(commits.recv().unwrap().1, 5);
    assert!(waiting.iter().all(|heard| heard.recv().unwrap().is_ok()));
}

#[test]
fn sto4_whatever_fails_first_ends_the_process_and_whoever_waits_then_is_not_answered() {
    for fails in ["commit", "erase", "settled", "pause", "rest", "panic"] {
        let (told, ended) = channel();
        let lulls = Lulls { pause: Duration::from_millis(1), rest: Duration::from_millis(1) };
        let failed = move |why: &StoreError| told.send(why.to_string()).unwrap();
        let writer =
            Writer::start(move || Some(Fails(fails)), Duration::ZERO, Crowd::default(), lulls, failed)
                .unwrap();
        let (answer, heard) = channel();
        let submit = |n: u64| {
            let (answer, batch) = (answer.clone(), Batch { conference: conference(1), writes: Vec::new() });
            // The test may have ended.
            writer.submit(batch, Box::new(move |outcome| drop(answer.send((n, outcome)))));
        };
        if fails == "erase" {
            assert!(writer.erase(conference(1)).is_err());
        } else if !matches!(fails, "pause" | "rest") {
            submit(1);
        }
        // Nobody writes, reads or asks any more: it ends by itself.
        let why = ended.recv().unwrap();
        assert!(why.contains(if fails == "panic" { "panicked" } else { fails }), "{why}");
        submit(2);
        drop(writer);
        // What had been synced before was answered.
        let answers: Vec<u64> = heard.try_iter().map(|(n, outcome)| outcome.map(|()| n).unwrap()).collect();
        assert_eq!(answers, if fails == "settled" { vec![1] } else { vec![] }, "{fails}");
        assert!(ended.recv().is_err(), "it ends once");
    }
}

#[test]
fn sto4_a_full_disk_is_told_from_one_that_keeps() {
    let full = StoreError::Unavailable("full".into());
    let (writer, _commits, end) = writer(Duration::ZERO, Some(full));
    drop(end);
    assert!(submit(&writer, 1).recv().unwrap().is_err());
    assert_eq!(writer.health(), Health::Refuses);
    assert!(submit(&writer, 2).recv().unwrap().is_ok());
    assert_eq!(writer.health(), Health::Keeps);
}

#[test]
fn sto4_a_panicking_listener_does_not_end_the_saving() {
    let (writer, _commits, end) = writer(Duration::ZERO, None);
    drop(end);
    let batch = Batch { conference: conference(1), writes: Vec::new() };
    writer.submit(batch, Box::new(|_| panic!("a room's own fault")));
    submit(&writer, 2).recv().unwrap().unwrap();
}

#[test]
fn sto1_closing_writes_what_waits() {
    let (writer, _commits, end) = writer(Duration::ZERO, None);
    let waiting: Vec<_> = (1..=3).map(|n| submit(&writer, n)).collect();
    drop((end, writer));
    assert!(waiting.iter().all(|heard| heard.try_recv().is_ok_and(|outcome| outcome.is_ok())));
}
