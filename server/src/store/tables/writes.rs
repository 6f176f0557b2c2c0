//! What a batch writes: held against the numbers that are kept, sealed, and put into the two tables.

use super::{Refused, TABLES, Tables};
use crate::store::{
    Batch, Row, StoreError, Write,
    sealing::{Place, SEALING_VERSION, SealingKey},
    shelf::out_of_order,
};
use protocol::id::ConferenceId;
use rusqlite::params;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// A write of which is known that it breaks no rule.
pub(super) enum Checked<'a> {
    /// A row, and the number that was kept of its document before it.
    Append(&'a str, &'a Row, Option<u64>),
    Snapshot(&'a str, u64, &'a [u8]),
    Destroy(&'a str),
}

/// What a row is bound to: its numbers, and the last number that was kept of its document before it.
pub(in crate::store) fn row_numbers(from: u64, to: u64, after: Option<u64>) -> Vec<u64> {
    [from, to].into_iter().chain(after).collect()
}

fn count(number: u64) -> Result<i64, Refused> {
    i64::try_from(number).map_err(|_| {
        Refused::Alone(StoreError::Unavailable(format!("{number} is no number of a room's count")))
    })
}

impl Tables {
    /// Holds every write against the numbers that are kept. `last` gets what they will be.
    pub(super) fn check<'a>(
        &self,
        batch: &'a Batch,
        last: &mut HashMap<&'a str, Option<u64>>,
    ) -> Result<Vec<Checked<'a>>, Refused> {
        let mut checked = Vec::with_capacity(batch.writes.len());
        for write in &batch.writes {
            let (Write::Append { document, .. }
            | Write::Snapshot { document, .. }
            | Write::Destroy { document }) = write;
            let before = match last.get(document.as_str()) {
                Some(before) => *before,
                None => self.last_of(batch.conference, document)?,
            };
            let after = match write {
                Write::Append { row, .. } => {
                    count(row.to)?;
                    if row.from > row.to || before.is_some_and(|before| row.from <= before) {
                        let why = out_of_order(document, row, before.unwrap_or(0));
                        return Err(Refused::Alone(why));
                    }
                    checked.push(Checked::Append(document, row, before));
                    Some(row.to)
                }
                Write::Snapshot { upto, state, .. } => {
                    count(*upto)?;
                    checked.push(Checked::Snapshot(document, *upto, state));
                    before.max(Some(*upto))
                }
                Write::Destroy { .. } => {
                    checked.push(Checked::Destroy(document));
                    None
                }
            };
            last.insert(document, after);
        }
        Ok(checked)
    }

    /// The last number that is kept of a document.
    fn last_of(&self, conference: ConferenceId, document: &str) -> Result<Option<u64>, Refused> {
        if let Some(last) = self.last.get(&(conference, document.to_owned())) {
            return Ok(*last);
        }
        let last: Option<i64> = self
            .connection
            .prepare_cached(
                r#"SELECT max(last) FROM (
                    SELECT * FROM (SELECT to_seq AS last FROM "row" WHERE authority = ?1 AND conference = ?2
                        AND document = ?3 ORDER BY from_seq DESC LIMIT 1)
                    UNION ALL
                    SELECT max(upto) FROM snapshot WHERE authority = ?1 AND conference = ?2 AND document = ?3)"#,
            )?
            .query_row(params![self.authority, conference.as_str(), document], |found| found.get(0))?;
        Ok(last.map(i64::cast_unsigned))
    }

    pub(super) fn write(
        &self,
        key: &SealingKey,
        conference: &str,
        checked: Vec<Checked<'_>>,
    ) -> Result<usize, Refused> {
        let mut written = 0;
        for write in checked {
            written += match write {
                Checked::Append(document, row, after) => {
                    self.append(key, conference, document, row, after)?
                }
                Checked::Snapshot(document, upto, state) => {
                    self.snapshot(key, conference, document, upto, state)?
                }
                Checked::Destroy(document) => {
                    for table in TABLES {
                        let sql = format!(
                            "DELETE FROM {table} WHERE authority = ?1 AND conference = ?2 AND document = ?3"
                        );
                        self.connection.prepare_cached(&sql)?.execute(params![
                            self.authority,
                            conference,
                            document
                        ])?;
                    }
                    0
                }
            };
        }
        Ok(written)
    }

    fn append(
        &self,
        key: &SealingKey,
        conference: &str,
        document: &str,
        row: &Row,
        after: Option<u64>,
    ) -> Result<usize, Refused> {
        let numbers = row_numbers(row.from, row.to, after);
        let place = self.place("row", conference, document, &numbers);
        let sealed = key.seal(&place, &row.bytes)?;
        self.connection
            .prepare_cached(r#"INSERT INTO "row" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"#)?
            .execute(params![
                self.authority,
                conference,
                document,
                count(row.from)?,
                count(row.to)?,
                after.map(count).transpose()?,
                SEALING_VERSION,
                sealed
            ])?;
        Ok(sealed.len())
    }

    /// Older rows and snapshots go only when the new one has been read back and opened.
    fn snapshot(
        &self,
        key: &SealingKey,
        conference: &str,
        document: &str,
        upto: u64,
        state: &[u8],
    ) -> Result<usize, Refused> {
        let number = count(upto)?;
        let numbers = [upto];
        let place = self.place("snapshot", conference, document, &numbers);
        let sealed = key.seal(&place, state)?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO snapshot VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![self.authority, conference, document, number, SEALING_VERSION, sealed])?;
        let read: Vec<u8> = self
            .connection
            .prepare_cached(
                "SELECT sealed FROM snapshot WHERE authority = ?1 AND conference = ?2 AND document = ?3 AND upto = ?4",
            )?
            .query_row(params![self.authority, conference, document, number], |found| found.get(0))?;
        let opened = key.open(&place, &read).ok().map(Zeroizing::new);
        if opened.as_deref().map(Vec::as_slice) != Some(state) {
            return Err(Refused::Alone(StoreError::Damaged { document: document.to_owned() }));
        }
        for sql in [
            r#"DELETE FROM "row" WHERE authority = ?1 AND conference = ?2 AND document = ?3 AND to_seq <= ?4"#,
            "DELETE FROM snapshot WHERE authority = ?1 AND conference = ?2 AND document = ?3 AND upto < ?4",
        ] {
            self.connection.prepare_cached(sql)?.execute(params![
                self.authority,
                conference,
                document,
                number
            ])?;
        }
        Ok(sealed.len())
    }

    fn place<'a>(
        &'a self,
        table: &'a str,
        conference: &'a str,
        document: &'a str,
        numbers: &'a [u64],
    ) -> Place<'a> {
        Place { authority: &self.authority, table, conference, document, numbers, version: SEALING_VERSION }
    }
}
