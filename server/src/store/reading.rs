//! How documents come out of the database: each opened on its own, so that damage stays where it is.

use super::{
    Each, Kept, Row, StoreError,
    sealing::{Place, SealingKey},
    tables::{TABLES, row_numbers},
};
use protocol::id::ConferenceId;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use std::{collections::BTreeSet, fs::File, io};

/// All documents of a conference, as they were at one moment, in order of their names.
pub(super) fn read_each(
    connection: &mut Connection,
    authority: &str,
    conference: ConferenceId,
    key: &SealingKey,
) -> Result<Vec<Each>, StoreError> {
    let is_damaged = |read: &Result<Vec<Each>, StoreError>| match read {
        Ok(each) => each.iter().any(|(_, kept)| is_damage(kept)),
        whole => is_damage(whole),
    };
    let read = |connection: &mut Connection| try_to_read_each(connection, authority, conference, key);
    let each = surely(connection, read, is_damaged)?;
    for (name, _) in each.iter().filter(|(_, kept)| is_damage(kept)) {
        // What follows the kind may be the id of a person.
        let kind = name.split_once('.').map_or(name.as_str(), |(kind, _)| kind);
        tracing::error!(%conference, document = kind, "stored bytes are damaged; the document is set aside");
    }
    Ok(each)
}

fn is_damage<T>(read: &Result<T, StoreError>) -> bool {
    matches!(read, Err(StoreError::Damaged { .. }))
}

/// SQLite calls bytes damaged that the disk did not give (it makes `SQLITE_CORRUPT` of EIO). So before that is believed
/// the files are read from end to end, and then SQLite is asked once more: a read that fails is no damage, and may pass.
fn surely<T>(
    connection: &mut Connection,
    read: impl Fn(&mut Connection) -> Result<T, StoreError>,
    is_damaged: impl Fn(&Result<T, StoreError>) -> bool,
) -> Result<T, StoreError> {
    let first = read(connection);
    if !is_damaged(&first) {
        return first;
    }
    let database = connection.path().unwrap_or_default();
    for path in [database.to_owned(), format!("{database}-wal")] {
        match File::open(&path).and_then(|mut file| io::copy(&mut file, &mut io::sink())) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::Unavailable(format!("the database cannot be read: {error}")));
            }
            _ => {}
        }
    }
    read(connection)
}

fn try_to_read_each(
    connection: &mut Connection,
    authority: &str,
    conference: ConferenceId,
    key: &SealingKey,
) -> Result<Vec<Each>, StoreError> {
    let damaged = |error: &rusqlite::Error| damage(error, conference.as_str());
    let transaction = connection.transaction().map_err(|error| damaged(&error))?;
    let reader = Reader { connection: &transaction, authority, conference, key };
    let names = reader.names().map_err(|error| damaged(&error))?;
    let read = |name: String| {
        // What is listed and not there: its name was damaged where it is listed.
        let kept = reader.read(&name).and_then(|kept| match kept.is_empty() {
            true => Err(StoreError::Damaged { document: name.clone() }),
            false => Ok(kept),
        });
        (name, kept)
    };
    Ok(names.into_iter().map(read).collect())
}

/// One document; none when nothing was kept of it.
pub(super) fn read_one(
    connection: &mut Connection,
    authority: &str,
    conference: ConferenceId,
    document: &str,
    key: &SealingKey,
) -> Result<Option<Kept>, StoreError> {
    let read = |connection: &mut Connection| {
        let transaction = connection.transaction().map_err(|error| damage(&error, conference.as_str()))?;
        Reader { connection: &transaction, authority, conference, key }.read(document)
    };
    let kept = surely(connection, read, is_damage)?;
    Ok((!kept.is_empty()).then_some(kept))
}

/// Authority and conference of every row: who has none of our keys is damaged, or lost its key. Goes from one to the
/// next, so that a start takes as long as there are conferences, not as long as there are rows.
pub(super) fn owners_of_rows(connection: &Connection) -> rusqlite::Result<BTreeSet<(String, String)>> {
    let mut owners = BTreeSet::new();
    for table in TABLES {
        let mut next = connection.prepare(&format!(
            "SELECT authority, conference FROM {table} WHERE (authority, conference) > (?1, ?2)
                ORDER BY authority, conference LIMIT 1"
        ))?;
        let mut last = (String::new(), String::new());
        while let Some(owner) =
            next.query_row(params![last.0, last.1], |row| Ok((row.get(0)?, row.get(1)?))).optional()?
        {
            last = owner;
            owners.insert(last.clone());
        }
    }
    Ok(owners)
}

/// Bytes that SQLite cannot follow are damaged; anything else is the disk's, and may pass: after a failed read, other than
/// after a failed sync, the same bytes can be asked for again.
fn damage(error: &rusqlite::Error, document: &str) -> StoreError {
    match (error, error.sqlite_error_code()) {
        (_, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) => {
            StoreError::Damaged { document: document.to_owned() }
        }
        (_, Some(_)) => StoreError::Unavailable(error.to_string()),
        // A column of another type than it was written with.
        _ => StoreError::Damaged { document: document.to_owned() },
    }
}

/// Every row says what was kept before it: one that is missing between others, or the snapshot, is noticed.
fn follows(after: Option<u64>, row_before: Option<u64>, snapshot: Option<u64>) -> bool {
    match (after, row_before) {
        (after, Some(before)) => after == Some(before),
        (Some(after), None) => snapshot.is_some_and(|upto| after <= upto),
        (None, None) => true,
    }
}

struct Reader<'a> {
    connection: &'a Connection,
    authority: &'a str,
    conference: ConferenceId,
    key: &'a SealingKey,
}

impl Reader<'_> {
    fn names(&self) -> rusqlite::Result<Vec<String>> {
        self.connection
            .prepare_cached(
                r#"SELECT document FROM "row" WHERE authority = ?1 AND conference = ?2
                    UNION SELECT document FROM snapshot WHERE authority = ?1 AND conference = ?2 ORDER BY document"#,
            )?
            .query_map(params![self.authority, self.conference.as_str()], |found| found.get(0))?
            .collect()
    }

    fn read(&self, document: &str) -> Result<Kept, StoreError> {
        let snapshot = self.snapshot(document)?;
        let rows = self.rows(document, snapshot.as_ref().map(|(upto, _)| *upto))?;
        Ok(Kept { document: document.to_owned(), snapshot, rows })
    }

    fn snapshot(&self, document: &str) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let found: Vec<(i64, u32, Vec<u8>)> = self
            .collect(
                "SELECT upto, version, sealed FROM snapshot WHERE authority = ?1 AND conference = ?2 AND document = ?3
                    ORDER BY upto DESC LIMIT 1",
                document,
                |found| Ok((found.get(0)?, found.get(1)?, found.get(2)?)),
            )
            .map_err(|error| damage(&error, document))?;
        let open = |(upto, version, sealed): (i64, u32, Vec<u8>)| {
            let upto = upto.cast_unsigned();
            Ok((upto, self.open("snapshot", document, &[upto], version, &sealed)?))
        };
        found.into_iter().next().map(open).transpose()
    }

    fn rows(&self, document: &str, upto: Option<u64>) -> Result<Vec<Row>, StoreError> {
        type Found = (i64, i64, Option<i64>, u32, Vec<u8>);
        let found: Vec<Found> = self
            .collect(
                r#"SELECT from_seq, to_seq, after_seq, version, sealed FROM "row"
                    WHERE authority = ?1 AND conference = ?2 AND document = ?3 ORDER BY from_seq"#,
                document,
                |found| Ok((found.get(0)?, found.get(1)?, found.get(2)?, found.get(3)?, found.get(4)?)),
            )
            .map_err(|error| damage(&error, document))?;
        let mut rows: Vec<Row> = Vec::with_capacity(found.len());
        for (from, to, after, version, sealed) in found {
            let (from, to, after) = (from.cast_unsigned(), to.cast_unsigned(), after.map(i64::cast_unsigned));
            if !follows(after, rows.last().map(|row| row.to), upto) {
                return Err(StoreError::Damaged { document: document.to_owned() });
            }
            let bytes = self.open("row", document, &row_numbers(from, to, after), version, &sealed)?;
            rows.push(Row { from, to, bytes });
        }
        rows.retain(|row| upto.is_none_or(|upto| row.to > upto));
        Ok(rows)
    }

    fn collect<T>(
        &self,
        sql: &str,
        document: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.connection
            .prepare_cached(sql)?
            .query_map(params![self.authority, self.conference.as_str(), document], read)?
            .collect()
    }

    fn open(
        &self,
        table: &str,
        document: &str,
        numbers: &[u64],
        version: u32,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let conference = self.conference.as_str();
        let place = Place { authority: self.authority, table, conference, document, numbers, version };
        self.key.open(&place, sealed).map_err(|_| StoreError::Damaged { document: document.to_owned() })
    }
}
