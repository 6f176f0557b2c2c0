//! How traces of what was deleted leave the database file and its log, and how both become short again (SPEC STO7, STO14).
//! Nobody is waited for: the thread that does it saves the words of all.

use super::{CHECKPOINT_BYTES, StoreError, Tables, sqlite_error};
use crate::store::{migrations::SHAPE, writer::Tidy};
use rustix::fs::statvfs;
use std::time::Duration;

/// Free pages that are kept for what comes next.
pub(super) const FREE_PAGES: u32 = 8;
/// Free pages that are given back at once: some milliseconds, in which nothing is saved.
const SLICE_PAGES: u32 = 256;
/// What the log holds beside each page.
const FRAME_HEADER: u64 = 24;

/// When the database is next rewritten without traces of deleted rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sweep {
    /// There are none in it.
    Needless,
    /// After the next commit or at the next pause: somebody reads it now.
    Soon,
    /// At rest: the disk has no room for it now, or the process before this one left them.
    AtRest,
}

impl Tables {
    /// Does what only tidies. Locks of others are not waited for.
    pub(super) fn impatiently<T>(
        &mut self,
        tidy: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let patience: Result<u32, _> = self.connection.query_row("PRAGMA busy_timeout", [], |row| row.get(0));
        let patience = patience.map_err(|error| sqlite_error(&error))?;
        let wait = |tables: &Self, at_most| {
            tables.connection.busy_timeout(at_most).map_err(|error| sqlite_error(&error))
        };
        wait(self, Duration::ZERO)?;
        let done = tidy(self);
        wait(self, Duration::from_millis(patience.into())).and(done)
    }

    /// Takes away what is left of what was deleted, if that is due and can be done: false while somebody reads.
    pub(super) fn clear(&mut self) -> Result<bool, StoreError> {
        match self.sweep {
            Sweep::Soon => self.sweep(),
            _ if self.uncut => self.cut_log(),
            _ => Ok(true),
        }
    }

    /// Makes the file and its log as short as they can be, a slice at a time, and rewrites the file if that is due.
    pub(super) fn shorten(&mut self) -> Result<Tidy, StoreError> {
        let done = self.shorten_file();
        if matches!(done, Ok(Tidy::More) | Err(StoreError::Failed(_))) {
            return done;
        }
        // Also where the disk had no room: what was tried lies in the log.
        let is_cut = self.cut_log()?;
        done.map(|done| if is_cut { done } else { Tidy::Rest })
    }

    fn shorten_file(&mut self) -> Result<Tidy, StoreError> {
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
        let swept = self.sweep == Sweep::Needless || self.sweep()?;
        Ok(if swept { Tidy::Done } else { Tidy::Rest })
    }

    /// Rewrites the database without what was deleted. `secure_delete` alone is not enough: SQLite copies rows between
    /// pages while it balances them, and the copies it leaves in the gaps of pages are never wiped. False while somebody
    /// reads, for whose sake what was there before has to stay in the log.
    ///
    /// # Errors
    /// Where the disk has no room for the copy, all of it is free again, and the next try is at rest.
    pub(super) fn sweep(&mut self) -> Result<bool, StoreError> {
        self.sweep = Sweep::AtRest;
        if !self.has_room_for_a_copy()? {
            return Err(StoreError::Unavailable("less is free on the disk than the database takes".into()));
        }
        // The copy is written to the log. With nothing else in it, it can be cut also when the copy fails.
        if !self.cut_log()? {
            self.sweep = Sweep::Soon;
            return Ok(false);
        }
        if let Err(why) = self.connection.execute_batch("VACUUM") {
            return match self.cut_log() {
                Err(failed @ StoreError::Failed(_)) => Err(failed),
                _ => Err(sqlite_error(&why)),
            };
        }
        self.sweep = Sweep::Needless;
        self.cut_log()
    }

    /// Whether the log could take the whole database. Where the file system does not say, it is tried.
    fn has_room_for_a_copy(&self) -> Result<bool, StoreError> {
        let number = |pragma| self.connection.query_row(pragma, [], |row| row.get::<_, u32>(0));
        let size = number("PRAGMA page_count").and_then(|pages| Ok((pages, number("PRAGMA page_size")?)));
        let (pages, bytes) = size.map_err(|error| sqlite_error(&error))?;
        let Some(disk) = self.connection.path().and_then(|path| statvfs(path).ok()) else { return Ok(true) };
        Ok(disk.f_blocks == 0
            || disk.f_bavail.saturating_mul(disk.f_frsize)
                >= u64::from(pages) * (u64::from(bytes) + FRAME_HEADER))
    }

    /// Moves what the log holds into the database and cuts the log, so that nothing deleted is left in it: false while
    /// somebody reads. As long as there are traces in the database, a log that is not empty tells the next start of them.
    pub(super) fn cut_log(&mut self) -> Result<bool, StoreError> {
        self.uncut = true;
        let busy: i64 = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|error| sqlite_error(&error))?;
        if busy != 0 {
            return Ok(false);
        }
        self.uncut = false;
        self.since_checkpoint = 0;
        if self.sweep != Sweep::Needless {
            // Says what it says already: one page is written.
            let said = self.connection.pragma_update(None, "user_version", SHAPE);
            said.map_err(|error| sqlite_error(&error))?;
        }
        Ok(true)
    }

    /// Moves what the log holds into the database when it has become long.
    pub(super) fn keep_log_short(&mut self) -> Result<(), StoreError> {
        if self.since_checkpoint > CHECKPOINT_BYTES { self.checkpoint().map(drop) } else { Ok(()) }
    }

    /// Pages that hold nothing any more.
    pub(super) fn free_pages(&self) -> Result<u32, StoreError> {
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

    /// Moves what the log holds into the database, as far as nobody reads what was there before: whether all of it.
    pub(super) fn checkpoint(&mut self) -> Result<bool, StoreError> {
        self.since_checkpoint = 0;
        let moved = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        });
        moved.map(|(log, moved)| log == moved).map_err(|error| sqlite_error(&error))
    }
}
