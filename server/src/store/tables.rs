//! Rows and snapshots in the two tables of the database: which batches a commit keeps, and when traces of what was
//! deleted go. What a batch writes is in `tables/writes.rs`, how traces go in `tables/tidy.rs`.

mod tidy;
mod writes;

use tidy::Sweep;
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
use std::{collections::HashMap, sync::Arc};

/// Written since the last checkpoint before the next is due: the write-ahead log stays about this long.
const CHECKPOINT_BYTES: usize = 4 * 1024 * 1024;

pub(super) const TABLES: [&str; 2] = [r#""row""#, "snapshot"];

/// What a commit writes beside its rows: pages that changed in a few bytes.
const COMMIT_OVERHEAD: usize = 16 * 1024;

pub(super) struct Tables {
    connection: Connection,
    keys: Arc<KeyRing>,
    authority: String,
    since_checkpoint: usize,
    /// Deleted bytes may still be in the write-ahead log, or a copy of the database that was not finished: somebody was
    /// reading when it was to be cut, or the process before this one was not closed.
    uncut: bool,
    /// Whether traces of deleted rows may still be in the database, and when they go.
    sweep: Sweep,
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
        self.sweep = Sweep::Soon;
        match self.tidied(Self::sweep) {
            Ok(()) => outcomes,
            Err(why) => batches.iter().map(|_| Err(why.clone())).collect(),
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
        self.uncut = true;
        self.tidied(Self::clear)
    }

    fn settled(&mut self) -> Result<(), StoreError> {
        if self.uncut || self.sweep == Sweep::Soon {
            self.impatiently(Self::clear)?;
        }
        self.keep_log_short()
    }

    fn pause(&mut self) -> Result<Tidy, StoreError> {
        self.impatiently(|tables| {
            let is_clear = tables.clear()?;
            tables.checkpoint()?;
            Ok(if is_clear { Tidy::Rest } else { Tidy::Pause })
        })
    }

    fn rest(&mut self) -> Result<Tidy, StoreError> {
        self.impatiently(Self::shorten)
    }

    fn close(&mut self) {
        // The log that is left tells the next start of the traces.
        if self.sweep != Sweep::Needless {
            return;
        }
        match self.impatiently(Self::cut_log) {
            Ok(true) => {}
            Ok(false) => tracing::warn!("somebody reads the database: its log stays until the next start"),
            Err(error) => tracing::warn!(%error, "the write-ahead log stays until the next start"),
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
            uncut: unclosed,
            sweep: if unclosed { Sweep::AtRest } else { Sweep::Needless },
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
        self.uncut |= deleted > 0;
        Ok(())
    }

    /// Takes traces of what was deleted away, after all is kept: nobody may be told otherwise. What cannot go now goes
    /// later (SPEC STO7).
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn tidied(&mut self, tidy: fn(&mut Self) -> Result<bool, StoreError>) -> Result<(), StoreError> {
        match self.impatiently(tidy) {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                "what was taken off is gone, and sealed traces of it are in the files while somebody reads the database"
            ),
            Err(why @ StoreError::Failed(_)) => return Err(why),
            Err(why) => tracing::warn!(
                %why,
                "what was taken off is gone, and sealed traces of it are in the file until there is room to rewrite it"
            ),
        }
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
}

#[cfg(test)]
mod tests;
