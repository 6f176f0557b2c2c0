//! What every store must do. One suite, run for each of them.

use super::{
    Batch, Kept, Row, Store, StoreError, Write,
    memory::MemoryStore,
    sim::SimStore,
    sqlite::{Location, SqliteStore},
};
use protocol::id::ConferenceId;
use std::sync::mpsc::{Receiver, channel};

/// A store under test and how it is brought to sync and to come back from its disk.
pub(crate) trait Subject: Sized {
    fn new() -> Self;
    fn store(&self) -> &dyn Store;
    fn sync(&self) {}
    fn reopen(self) -> Self {
        self
    }
}

struct Memory(MemoryStore);

impl Subject for Memory {
    fn new() -> Self {
        Self(MemoryStore::open().unwrap())
    }
    fn store(&self) -> &dyn Store {
        &self.0
    }
}

struct Sim(SimStore);

impl Subject for Sim {
    fn new() -> Self {
        Self(SimStore::new())
    }
    fn store(&self) -> &dyn Store {
        &self.0
    }
    fn sync(&self) {
        self.0.sync_all();
    }
    fn reopen(self) -> Self {
        self.0.crash(1);
        self
    }
}

struct Sqlite(Option<SqliteStore>, tempfile::TempDir);

impl Subject for Sqlite {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self(Some(SqliteStore::open(Location::beneath(&folder.path().join("data"))).unwrap()), folder)
    }
    fn store(&self) -> &dyn Store {
        self.0.as_ref().unwrap()
    }
    fn reopen(mut self) -> Self {
        self.0.take();
        self.0 = Some(SqliteStore::open(Location::beneath(&self.1.path().join("data"))).unwrap());
        self
    }
}

pub(super) fn conference(n: u8) -> ConferenceId {
    ConferenceId::from_random([n; 10])
}

pub(super) fn row(from: u64, to: u64) -> Row {
    Row { from, to, bytes: format!("words {from} to {to}").into_bytes() }
}

pub(super) fn append(document: &str, from: u64, to: u64) -> Write {
    Write::Append { document: document.into(), row: row(from, to) }
}

pub(super) fn snapshot(document: &str, upto: u64) -> Write {
    Write::Snapshot {
        document: document.into(),
        upto,
        state: format!("state up to {upto}").into_bytes().into(),
    }
}

pub(super) fn destroy(document: &str) -> Write {
    Write::Destroy { document: document.into() }
}

pub(super) fn submit(
    store: &dyn Store,
    conference: ConferenceId,
    writes: Vec<Write>,
) -> Receiver<Result<(), StoreError>> {
    let (answer, heard) = channel();
    store.submit(Batch { conference, writes }, Box::new(move |outcome| answer.send(outcome).unwrap()));
    heard
}

fn save<S: Subject>(subject: &S, conference: ConferenceId, writes: Vec<Write>) -> Result<(), StoreError> {
    let heard = submit(subject.store(), conference, writes);
    subject.sync();
    heard.recv().unwrap()
}

fn documents(kept: &[Kept]) -> Vec<&str> {
    kept.iter().map(|kept| kept.document.as_str()).collect()
}

fn with_conferences<S: Subject>(count: u8) -> S {
    let subject = S::new();
    for n in 1..=count {
        subject.store().create(conference(n)).unwrap();
    }
    subject
}

pub(crate) fn sto1_rows_come_back_in_order<S: Subject>() {
    let subject: S = with_conferences(1);
    for n in [1, 2, 3, 300, 301] {
        save(&subject, conference(1), vec![append("board.all", n * 10, n * 10 + 4)]).unwrap();
    }
    let kept = subject.reopen().store().load(conference(1)).unwrap();
    let rows = [10, 20, 30, 3000, 3010].map(|from| row(from, from + 4)).to_vec();
    assert_eq!(kept, [Kept { document: "board.all".into(), snapshot: None, rows }]);
}

pub(crate) fn sto1_a_saved_batch_is_there_after_reopening<S: Subject>() {
    let mut subject: S = with_conferences(1);
    for n in 1..=5 {
        save(&subject, conference(1), vec![append("board.all", n, n), append("record.all", n, n)]).unwrap();
        subject = subject.reopen();
        let kept = subject.store().load(conference(1)).unwrap();
        assert_eq!(kept.iter().map(|kept| kept.rows.len() as u64).collect::<Vec<_>>(), [n, n]);
    }
}

pub(crate) fn sto1_a_batch_is_whole_or_absent<S: Subject>() {
    let subject: S = with_conferences(1);
    save(&subject, conference(1), vec![append("board.all", 1, 5)]).unwrap();
    let overlapping = vec![append("meeting", 6, 6), snapshot("board.all", 5), append("board.all", 5, 6)];
    save(&subject, conference(1), overlapping).unwrap_err();
    let kept = subject.reopen().store().load(conference(1)).unwrap();
    assert_eq!(kept, [Kept { document: "board.all".into(), snapshot: None, rows: vec![row(1, 5)] }]);
}

pub(crate) fn sto1_an_empty_batch_is_answered<S: Subject>() {
    let subject: S = with_conferences(1);
    save(&subject, conference(1), Vec::new()).unwrap();
}

pub(crate) fn sto4_what_is_queued_behind_a_failure_fails<S: Subject>() {
    let subject: S = with_conferences(2);
    save(&subject, conference(1), vec![append("board.all", 1, 5)]).unwrap();
    let overlapping = submit(subject.store(), conference(1), vec![append("board.all", 5, 6)]);
    let behind = submit(subject.store(), conference(1), vec![append("board.all", 7, 7)]);
    let beside = submit(subject.store(), conference(2), vec![append("board.all", 1, 1)]);
    subject.sync();
    overlapping.recv().unwrap().unwrap_err();
    behind.recv().unwrap().unwrap_err();
    beside.recv().unwrap().unwrap();
    // Still so for one that was written before anybody heard of the failure.
    save(&subject, conference(1), vec![append("board.all", 8, 8)]).unwrap_err();
    let kept = subject.store().load(conference(1)).unwrap();
    assert_eq!(kept[0].rows, [row(1, 5)]);
    save(&subject, conference(1), vec![append("board.all", 8, 8)]).unwrap();
    assert_eq!(subject.reopen().store().load(conference(1)).unwrap()[0].rows, [row(1, 5), row(8, 8)]);
}

pub(crate) fn sto5_a_snapshot_takes_the_place_of_its_rows<S: Subject>() {
    let subject: S = with_conferences(1);
    let writes = vec![append("board.all", 1, 2), append("board.all", 3, 4), append("meeting", 3, 3)];
    save(&subject, conference(1), writes).unwrap();
    save(&subject, conference(1), vec![snapshot("board.all", 2)]).unwrap();
    save(&subject, conference(1), vec![append("board.all", 5, 6), snapshot("board.all", 4)]).unwrap();
    let kept = subject.reopen().store().load(conference(1)).unwrap();
    assert_eq!(kept[0].snapshot, Some((4, b"state up to 4".to_vec())));
    assert_eq!(kept[0].rows, [row(5, 6)]);
    assert_eq!((kept[1].snapshot.as_ref(), kept[1].rows.as_slice()), (None, [row(3, 3)].as_slice()));
}

pub(crate) fn sto5_a_row_that_a_snapshot_would_hide_is_refused<S: Subject>() {
    let subject: S = with_conferences(1);
    save(&subject, conference(1), vec![snapshot("board.all", 9)]).unwrap();
    save(&subject, conference(1), vec![append("board.all", 9, 10)]).unwrap_err();
    subject.store().load(conference(1)).unwrap();
    save(&subject, conference(1), vec![append("board.all", 10, 10)]).unwrap();
}

pub(crate) fn sto7_a_destroyed_document_is_gone<S: Subject>() {
    let subject: S = with_conferences(1);
    let writes = vec![snapshot("board.all", 3), append("board.all", 4, 4), append("board.all~2", 4, 4)];
    save(&subject, conference(1), writes).unwrap();
    save(&subject, conference(1), vec![destroy("board.all"), append("board.all~2", 5, 5)]).unwrap();
    let subject = subject.reopen();
    assert_eq!(documents(&subject.store().load(conference(1)).unwrap()), ["board.all~2"]);
    save(&subject, conference(1), vec![destroy("never.there")]).unwrap();
    save(&subject, conference(1), vec![append("board.all", 1, 1)]).unwrap();
}

pub(crate) fn sto3_conferences_never_mix<S: Subject>() {
    let subject: S = with_conferences(3);
    save(&subject, conference(1), vec![append("board.all", 1, 1)]).unwrap();
    save(&subject, conference(2), vec![append("board.all", 2, 2), append("meeting", 3, 3)]).unwrap();
    save(&subject, conference(1), vec![snapshot("board.all", 1), destroy("meeting")]).unwrap();
    let subject = subject.reopen();
    let kept = subject.store().load(conference(2)).unwrap();
    assert_eq!(documents(&kept), ["board.all", "meeting"]);
    assert_eq!(kept[0].rows, [row(2, 2)]);
    assert_eq!(subject.store().load(conference(3)).unwrap(), []);
}

pub(crate) fn sto3_documents_come_in_order_of_their_names<S: Subject>() {
    let subject: S = with_conferences(1);
    let writes = ["record.all", "board.all~2", "board.all", "stage"].map(|name| append(name, 1, 1)).to_vec();
    save(&subject, conference(1), writes).unwrap();
    save(&subject, conference(1), vec![snapshot("meeting", 1), snapshot("stage", 1)]).unwrap();
    let kept = subject.store().load(conference(1)).unwrap();
    assert_eq!(documents(&kept), ["board.all", "board.all~2", "meeting", "record.all", "stage"]);
}

pub(crate) fn sto8_creating_twice_changes_nothing<S: Subject>() {
    let subject: S = with_conferences(1);
    save(&subject, conference(1), vec![append("board.all", 1, 1)]).unwrap();
    subject.store().create(conference(1)).unwrap();
    let subject = subject.reopen();
    subject.store().create(conference(1)).unwrap();
    assert_eq!(subject.store().load(conference(1)).unwrap()[0].rows, [row(1, 1)]);
}

pub(crate) fn sto8_without_a_key_nothing_is_kept_or_read<S: Subject>() {
    let subject: S = with_conferences(1);
    assert!(matches!(save(&subject, conference(2), vec![append("board.all", 1, 1)]), Err(StoreError::NoKey)));
    assert!(matches!(subject.store().load(conference(2)), Err(StoreError::NoKey)));
    // Its creation comes too late for what failed, and in time for what follows.
    subject.store().create(conference(2)).unwrap();
    assert_eq!(subject.store().load(conference(2)).unwrap(), []);
    save(&subject, conference(2), vec![append("board.all", 2, 2)]).unwrap();
}

pub(crate) fn sto8_an_erased_conference_stays_erased<S: Subject>() {
    let subject: S = with_conferences(3);
    save(&subject, conference(2), vec![append("board.all", 1, 1)]).unwrap();
    save(&subject, conference(3), vec![append("board.all", 1, 1)]).unwrap();
    assert_eq!(subject.store().conferences().unwrap(), [1, 2, 3].map(conference));
    subject.store().erase(conference(2)).unwrap();
    let subject = subject.reopen();
    assert_eq!(subject.store().conferences().unwrap(), [1, 3].map(conference));
    assert!(matches!(subject.store().load(conference(2)), Err(StoreError::NoKey)));
    assert!(matches!(subject.store().create(conference(2)), Err(StoreError::NoKey)));
    assert!(matches!(save(&subject, conference(2), vec![append("board.all", 2, 2)]), Err(StoreError::NoKey)));
    subject.store().erase(conference(2)).unwrap();
    assert_eq!(subject.store().load(conference(3)).unwrap()[0].rows, [row(1, 1)]);
}

pub(crate) fn sto1_answers_come_in_order_and_each_once<S: Subject>() {
    let subject: S = with_conferences(1);
    let (answer, heard) = channel();
    for n in 1..=200_u64 {
        let answer = answer.clone();
        let batch = Batch { conference: conference(1), writes: vec![append("board.all", n, n)] };
        subject.store().submit(batch, Box::new(move |outcome| answer.send((n, outcome.is_ok())).unwrap()));
    }
    drop(answer);
    subject.sync();
    assert_eq!(heard.iter().collect::<Vec<_>>(), (1..=200).map(|n| (n, true)).collect::<Vec<_>>());
    assert_eq!(subject.reopen().store().load(conference(1)).unwrap()[0].rows.len(), 200);
}

/// Whether a batch still waits when the next one comes is the store's; that nothing is lost, doubled or out of order is
/// the same either way.
pub(crate) fn sto2_what_is_added_to_a_batch_stands_behind_it<S: Subject>() {
    let subject: S = with_conferences(2);
    let (mut heard, mut added) = (Vec::new(), 0);
    for n in 1..=200 {
        let writes = vec![append("board.all", n, n), append("record.all", n, n), snapshot("meeting", n)];
        match subject.store().join(Batch { conference: conference(1), writes }) {
            Ok(()) => added += 1,
            Err(batch) => heard.push(submit(subject.store(), conference(1), batch.writes)),
        }
    }
    let other = Batch { conference: conference(2), writes: vec![append("board.all", 1, 1)] };
    assert_eq!(subject.store().join(other.clone()), Err(other), "another conference's batch is not added to");
    subject.sync();
    assert!(heard.iter().all(|heard| heard.recv().unwrap().is_ok()));
    assert!(added > 0, "some found one that waited");
    let kept = subject.reopen().store().load(conference(1)).unwrap();
    assert_eq!(kept[1].snapshot, Some((200, b"state up to 200".to_vec())));
    for kept in [&kept[0], &kept[2]] {
        assert_eq!(kept.rows.len(), heard.len(), "a commit makes one row");
        assert_eq!((kept.rows[0].from, kept.rows.last().unwrap().to), (1, 200));
        let words: Vec<u8> = (1..=200).flat_map(|n| row(n, n).bytes).collect();
        assert_eq!(kept.rows.iter().flat_map(|row| row.bytes.clone()).collect::<Vec<u8>>(), words);
    }
}

#[test]
fn sto2_what_a_state_holds_is_not_written_before_it() {
    let batch = |writes| Batch { conference: conference(1), writes };
    let row = |from, to| append("board.all", from, to);
    let mut one = batch(vec![row(1, 1), destroy("board.all"), row(2, 2), append("record.all", 1, 2)]);
    one.extend(batch(vec![row(3, 3), snapshot("board.all", 3)]));
    one.extend(batch(vec![row(4, 4), snapshot("meeting", 4)]));
    one.extend(batch(vec![snapshot("meeting", 5), snapshot("board.all", 5), row(6, 6)]));
    let kept = [append("record.all", 1, 2), snapshot("meeting", 5), snapshot("board.all", 5), row(6, 6)];
    assert_eq!(one.writes, [vec![row(1, 1), destroy("board.all")], kept.to_vec()].concat());
}

pub(crate) fn sto4_what_is_added_to_a_batch_fails_with_it<S: Subject>() {
    let subject: S = with_conferences(1);
    save(&subject, conference(1), vec![append("board.all", 1, 5)]).unwrap();
    let overlapping = submit(subject.store(), conference(1), vec![append("board.all", 5, 6)]);
    let behind = Batch { conference: conference(1), writes: vec![append("record.all", 7, 7)] };
    let behind =
        subject.store().join(behind).err().map(|batch| submit(subject.store(), conference(1), batch.writes));
    subject.sync();
    overlapping.recv().unwrap().unwrap_err();
    assert!(behind.is_none_or(|behind| behind.recv().unwrap().is_err()));
    let refused = Batch { conference: conference(1), writes: vec![append("board.all", 8, 8)] };
    assert!(subject.store().join(refused).is_err(), "nothing is added to what was refused");
    let kept = subject.reopen().store().load(conference(1)).unwrap();
    assert_eq!(kept, [Kept { document: "board.all".into(), snapshot: None, rows: vec![row(1, 5)] }]);
}

macro_rules! contract {
    ($($rule:ident)*) => {
        mod memory { $(#[test] fn $rule() { super::$rule::<super::Memory>() })* }
        mod sim { $(#[test] fn $rule() { super::$rule::<super::Sim>() })* }
        mod sqlite { $(#[test] fn $rule() { super::$rule::<super::Sqlite>() })* }
    };
}

contract! {
    sto1_rows_come_back_in_order
    sto1_a_saved_batch_is_there_after_reopening
    sto1_a_batch_is_whole_or_absent
    sto1_an_empty_batch_is_answered
    sto1_answers_come_in_order_and_each_once
    sto2_what_is_added_to_a_batch_stands_behind_it
    sto3_conferences_never_mix
    sto3_documents_come_in_order_of_their_names
    sto4_what_is_queued_behind_a_failure_fails
    sto4_what_is_added_to_a_batch_fails_with_it
    sto5_a_snapshot_takes_the_place_of_its_rows
    sto5_a_row_that_a_snapshot_would_hide_is_refused
    sto7_a_destroyed_document_is_gone
    sto8_creating_twice_changes_nothing
    sto8_without_a_key_nothing_is_kept_or_read
    sto8_an_erased_conference_stays_erased
}
