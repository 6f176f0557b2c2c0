//! Rows and snapshots in the two tables of the database: which batches a commit keeps, and when traces of what was
//! deleted go. What a batch writes is in `tables/writes.rs`.

mod writes;

use writes::Checked;
pub(super) use writes::row_numbers;

use super::{
    Batch, StoreError, Write,
    keys::KeyRing,
    sealing::NoRandomness,
    writer::{Backend, Tidy},
};
use protocol::id::ConferenceId;
use rusqlite::{Connection, ErrorCode, params};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Written since the last checkpoint before the next is due: the write-ahead log stays about this long.
const CHECKPOINT_BYTES: usize = 4 * 1024 * 1024;

/// Free pages that are kept for what comes next.
const FREE_PAGES: u32 = 8;
/// Free pages that are given back at once: some milliseconds, in which nothing is saved.
const SLICE_PAGES: u32 = 256;

pub(super) const TABLES: [&str; 2] = [r#""row""#, "snapshot"];

/// What a commit writes beside its rows: pages that changed in a few bytes.
const COMMIT_OVERHEAD: usize = 16 * 1024;

pub(super) struct Tables {
    connection: Connection,
    keys: Arc<KeyRing>,
    authority: String,
    since_checkpoint: usize,
    /// Deleted bytes may still be in the write-ahead log: another program was reading when it was to be cut.
    uncut: bool,
    /// Traces of deleted rows may still be in the database.
    unswept: bool,
    /// The process before this one was not closed, and may have left such traces: they go when nobody writes for long.
    inherited: bool,
    /// The last number that was kept of each document, as far as it has been asked for. Only this thread writes.
    last: HashMap<(ConferenceId, String), Option<u64>>,
}

/// Why a batch is not kept.
enum Refused {
    /// Only this one.
    Alone(StoreError),
    /// The whole commit.
    All(StoreError),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::All(sqlite_error(&error))
    }
}

impl From<NoRandomness> for Refused {
    fn from(error: NoRandomness) -> Self {
        Self::All(StoreError::Unavailable(error.to_string()))
    }
}

/// To whoever writes, a failed sync or a damaged file is final: what the disk holds is unknown, and syncing again would
/// only seem to succeed. Everything else may pass.
fn sqlite_error(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Failed(error.to_string())
        }
        _ => StoreError::Unavailable(error.to_string()),
    }
}

impl Backend for Tables {
    fn commit(&mut self, batches: &[Batch]) -> Vec<Result<(), StoreError>> {
        let outcomes = match self.transact(batches) {
            Ok(outcomes) => outcomes,
            Err(why) => {
                self.last.clear();
                // A transaction that could not be rolled back would swallow the next one.
                let stuck = !self.connection.is_autocommit()
                    && self.connection.execute_batch("ROLLBACK").is_err()
                    && !self.connection.is_autocommit();
                let why = if stuck { StoreError::Failed(why.to_string()) } else { why };
                return batches.iter().map(|_| Err(why.clone())).collect();
            }
        };
        let mut writes = batches.iter().flat_map(|batch| &batch.writes);
        if !writes.any(|write| matches!(write, Write::Destroy { .. })) {
            return outcomes;
        }
        match self.sweep() {
            Ok(()) => outcomes,
            Err(why @ StoreError::Failed(_)) => batches.iter().map(|_| Err(why.clone())).collect(),
            // All is kept, and nobody may be told otherwise. The traces go at the next pause (SPEC STO7).
            Err(why) => {
                tracing::warn!(%why, "what was taken off is gone, and sealed traces of it are in the file until there is room to rewrite it");
                outcomes
            }
        }
    }

    fn erase(&mut self, conference: ConferenceId) -> Result<(), StoreError> {
        self.last.retain(|(of, _), _| *of != conference);
        let deleted = self.delete_conference(conference);
        if deleted.is_err() && !self.connection.is_autocommit() {
            self.connection
                .execute_batch("ROLLBACK")
                .map_err(|error| StoreError::Failed(error.to_string()))?;
        }
        deleted?;
        self.clear()
    }

    fn settled(&mut self) -> Result<(), StoreError> {
        if self.since_checkpoint > CHECKPOINT_BYTES { self.checkpoint().map(drop) } else { Ok(()) }
    }

    fn pause(&mut self) -> Result<(), StoreError> {
        if self.unswept || self.uncut { self.clear() } else { self.checkpoint().map(drop) }
    }

    fn rest(&mut self) -> Result<Tidy, StoreError> {
        self.pause()?;
        if self.inherited {
            self.sweep()?;
        }
        // While somebody reads, all that is moved makes the log longer.
        if !self.checkpoint()? {
            return Ok(Tidy::Rest);
        }
        let free = self.free_pages()?;
        if free > FREE_PAGES {
            self.give_back((free - FREE_PAGES).min(SLICE_PAGES)).map_err(|error| sqlite_error(&error))?;
            if !self.checkpoint()? {
                return Ok(Tidy::Rest);
            }
            // A file that was not made to be shortened stays as it is.
            let left = self.free_pages()?;
            if left < free && left > FREE_PAGES {
                return Ok(Tidy::More);
            }
        }
        Ok(if self.give_log_back()? { Tidy::Done } else { Tidy::Rest })
    }

    fn close(&mut self) {
        // The log that is left tells the next start of the traces.
        if self.inherited {
            return;
        }
        if let Err(error) = self.clear() {
            tracing::warn!(%error, "the write-ahead log stays until the next start");
        }
    }
}

impl Tables {
    /// `unclosed`: a log was left by the process before this one.
    pub(super) fn new(connection: Connection, keys: Arc<KeyRing>, authority: String, unclosed: bool) -> Self {
        Self {
            connection,
            keys,
            authority,
            since_checkpoint: 0,
            uncut: false,
            unswept: false,
            inherited: unclosed,
            last: HashMap::new(),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Deletes what an erasure that was cut short left behind.
    pub(super) fn finish_erasing(&mut self) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        let mut deleted = 0;
        for conference in self.keys.erased() {
            for table in TABLES {
                let sql = format!("DELETE FROM {table} WHERE authority = ?1 AND conference = ?2");
                deleted += transaction
                    .prepare_cached(&sql)?
                    .execute(params![self.authority, conference.as_str()])?;
            }
        }
        transaction.commit()?;
        self.uncut = deleted > 0;
        Ok(())
    }

    fn transact(&mut self, batches: &[Batch]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        self.say("BEGIN IMMEDIATE")?;
        let mut outcomes: Vec<Result<(), StoreError>> = Vec::with_capacity(batches.len());
        let mut written = 0;
        for (place, batch) in batches.iter().enumerate() {
            let before = batches[..place].iter().zip(&outcomes);
            let behind = before
                .filter(|(other, _)| other.conference == batch.conference)
                .find_map(|(_, o)| o.clone().err());
            if let Some(why) = behind {
                outcomes.push(Err(why));
                continue;
            }
            match self.keep(batch) {
                Ok(bytes) => {
                    written += bytes;
                    outcomes.push(Ok(()));
                }
                Err(Refused::Alone(why)) => outcomes.push(Err(why)),
                Err(Refused::All(why)) => return Err(why),
            }
        }
        self.say("COMMIT")?;
        self.since_checkpoint += written + COMMIT_OVERHEAD;
        Ok(outcomes)
    }

    /// Says one of the few sentences that every commit says: they are read once.
    fn say(&self, sql: &str) -> Result<(), StoreError> {
        let said = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        said.map(drop).map_err(|error| sqlite_error(&error))
    }

    /// The bytes written. Nothing of a batch is written before all of it is known to break no rule; only a snapshot can
    /// still turn out not to be what was written, and then the batch is taken back.
    fn keep(&mut self, batch: &Batch) -> Result<usize, Refused> {
        let key = self.keys.get(batch.conference).ok_or(Refused::Alone(StoreError::NoKey))?;
        let mut last = HashMap::new();
        let checked = self.check(batch, &mut last)?;
        let has_snapshot = checked.iter().any(|write| matches!(write, Checked::Snapshot(..)));
        if has_snapshot {
            self.say("SAVEPOINT batch").map_err(Refused::All)?;
        }
        let written = self.write(&key, batch.conference.as_str(), checked);
        if has_snapshot {
            if matches!(written, Err(Refused::Alone(_))) {
                self.say("ROLLBACK TO batch").map_err(Refused::All)?;
            }
            self.say("RELEASE batch").map_err(Refused::All)?;
        }
        let written = written?;
        for (document, number) in last {
            self.last.insert((batch.conference, document.to_owned()), number);
        }
        Ok(written)
    }

    fn delete_conference(&self, conference: ConferenceId) -> Result<(), StoreError> {
        let delete = || -> rusqlite::Result<()> {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            for table in TABLES {
                let sql = format!("DELETE FROM {table} WHERE authority = ?1 AND conference = ?2");
                self.connection.execute(&sql, params![self.authority, conference.as_str()])?;
            }
            self.connection.execute_batch("COMMIT")
        };
        delete().map_err(|error| sqlite_error(&error))
    }

    /// Rewrites the database without what was deleted. `secure_delete` alone is not enough: SQLite copies rows between
    /// pages while it balances them, and the copies it leaves in the gaps of pages are never wiped.
    fn sweep(&mut self) -> Result<(), StoreError> {
        self.unswept = true;
        self.connection.execute_batch("VACUUM").map_err(|error| sqlite_error(&error))?;
        self.cut_log()?;
        (self.unswept, self.inherited) = (false, false);
        Ok(())
    }

    /// Takes away what is left of what was deleted.
    fn clear(&mut self) -> Result<(), StoreError> {
        if self.unswept || self.inherited { self.sweep() } else { self.cut_log() }
    }

    /// Moves what the log holds into the database and cuts the log, so that nothing deleted is left in either.
    fn cut_log(&mut self) -> Result<(), StoreError> {
        self.uncut = true;
        let busy: i64 = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|error| sqlite_error(&error))?;
        if busy != 0 {
            return Err(StoreError::Unavailable(
                "another program reads the database, so that its log cannot be cut".into(),
            ));
        }
        self.uncut = false;
        self.since_checkpoint = 0;
        Ok(())
    }

    /// Pages that hold nothing any more.
    fn free_pages(&self) -> Result<u32, StoreError> {
        let free = self.connection.query_row("PRAGMA freelist_count", [], |row| row.get(0));
        free.map_err(|error| sqlite_error(&error))
    }

    /// Cuts so many pages off the end of the file. SQLite cuts off one with every row that it answers.
    fn give_back(&self, pages: u32) -> rusqlite::Result<()> {
        let mut cut = self.connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
        let mut rows = cut.query([])?;
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// Gives the room of the write-ahead log back. Waits for nobody: false while somebody reads the database.
    fn give_log_back(&mut self) -> Result<bool, StoreError> {
        let cut = || -> rusqlite::Result<i64> {
            let patience: u32 = self.connection.query_row("PRAGMA busy_timeout", [], |row| row.get(0))?;
            self.connection.busy_timeout(Duration::ZERO)?;
            let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
            self.connection.busy_timeout(Duration::from_millis(patience.into()))?;
            busy
        };
        cut().map(|busy| busy == 0).map_err(|error| sqlite_error(&error))
    }

    /// Moves what the log holds into the database, as far as nobody reads what was there before: whether all of it.
    fn checkpoint(&mut self) -> Result<bool, StoreError> {
        self.since_checkpoint = 0;
        let moved = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        });
        moved.map(|(log, moved)| log == moved).map_err(|error| sqlite_error(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Row,
        contract::{append, conference},
        migrations,
        sealing::SealingKey,
    };

    /// Tables in a file that may not grow beyond this many pages: a disk that is full.
    fn tables(folder: &tempfile::TempDir, pages: u32) -> Tables {
        let mut connection = Connection::open(folder.path().join("flipchart.db")).unwrap();
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        migrations::migrate(&mut connection, 0).unwrap();
        limit(&connection, pages);
        let keys =
            KeyRing::open(&folder.path().join("conferences.keys"), SealingKey::draw().unwrap(), "local");
        let keys = Arc::new(keys.unwrap());
        keys.create(conference(1)).unwrap();
        keys.create(conference(2)).unwrap();
        Tables::new(connection, keys, "local".into(), false)
    }

    fn limit(connection: &Connection, pages: u32) {
        connection
            .pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))
            .unwrap();
    }

    fn batch(n: u8, number: u64, bytes: usize) -> Batch {
        let row = Row { from: number, to: number, bytes: vec![n; bytes] };
        Batch { conference: conference(n), writes: vec![Write::Append { document: "board.all".into(), row }] }
    }

    fn count_rows(tables: &Tables) -> i64 {
        tables.connection.query_row(r#"SELECT count(*) FROM "row""#, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn sto4_a_full_disk_refuses_the_whole_commit_and_recovers_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = tables(&folder, 20);
        assert!(tables.commit(&[batch(1, 1, 100)])[0].is_ok());
        let outcomes = tables.commit(&[batch(1, 2, 100), batch(2, 1, 200_000)]);
        for outcome in &outcomes {
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        }
        assert_eq!((outcomes.len(), count_rows(&tables)), (2, 1));
        limit(&tables.connection, 1000);
        assert!(tables.commit(&[batch(1, 2, 100), batch(2, 1, 200_000)]).iter().all(Result::is_ok));
        assert_eq!(count_rows(&tables), 3);
    }

    #[test]
    fn sto14_at_rest_the_room_of_what_was_trimmed_is_given_back_and_no_reader_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = tables(&folder, 100_000);
        let bytes = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
        for number in 1..=2_000 {
            assert!(tables.commit(&[batch(1, number, 3_000)])[0].is_ok());
        }
        let state = vec![7; 100_000].into();
        let writes = vec![Write::Snapshot { document: "board.all".into(), upto: 2_000, state }];
        assert!(tables.commit(&[Batch { conference: conference(1), writes }])[0].is_ok());
        tables.pause().unwrap();
        assert!(bytes("flipchart.db") > 6_000_000, "the rows were there");
        let reader = Connection::open(folder.path().join("flipchart.db")).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM \"row\"").unwrap();
        let (began, log) = (std::time::Instant::now(), bytes("flipchart.db-wal"));
        assert_eq!((tables.rest().unwrap(), tables.rest().unwrap()), (Tidy::Rest, Tidy::Rest));
        assert!(began.elapsed() < Duration::from_secs(3), "somebody who reads was waited for");
        assert!(bytes("flipchart.db-wal") > 0, "it is still read");
        assert!(bytes("flipchart.db-wal") < log + 2_000_000, "it grows by a slice, and by no more");
        reader.execute_batch("COMMIT").unwrap();
        let mut slices = 1;
        while tables.rest().unwrap() == Tidy::More {
            slices += 1;
        }
        assert!(slices > 3 && slices < 20, "{slices} slices");
        assert_eq!(count_rows(&tables), 0);
        assert_eq!(tables.free_pages().unwrap(), FREE_PAGES);
        assert_eq!(bytes("flipchart.db-wal"), 0);
        assert!(bytes("flipchart.db") < 500_000, "{} bytes are left", bytes("flipchart.db"));
        assert_eq!(tables.rest().unwrap(), Tidy::Done);
        assert!(tables.commit(&[batch(1, 2_001, 100)])[0].is_ok());
    }

    #[test]
    fn sto4_a_batch_that_breaks_a_rule_does_not_harm_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = tables(&folder, 1000);
        let backwards = Batch {
            conference: conference(1),
            writes: vec![append("meeting", 1, 1), append("board.all", 5, 4)],
        };
        let outcomes = tables.commit(&[backwards, batch(2, 1, 10), batch(1, 7, 10)]);
        assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(count_rows(&tables), 1);
    }

    #[test]
    fn sto4_a_failing_disk_is_final_and_a_full_or_locked_one_is_not() {
        use rusqlite::ffi::{self, Error};
        let kind = |code| sqlite_error(&rusqlite::Error::SqliteFailure(Error::new(code), None));
        let failing = [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_DIR_FSYNC];
        for code in failing.into_iter().chain([ffi::SQLITE_CORRUPT]) {
            assert!(matches!(kind(code), StoreError::Failed(_)), "{code}");
        }
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_BUSY, ffi::SQLITE_READONLY, ffi::SQLITE_NOMEM] {
            assert!(matches!(kind(code), StoreError::Unavailable(_)), "{code}");
        }
    }
}
