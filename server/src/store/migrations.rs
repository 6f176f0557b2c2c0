//! Shapes of the database file, forwards only. A copy of a file of each shape is kept in `server/tests/store_files`.

use rusqlite::Connection;

/// `PRAGMA application_id` of our files: "flip".
pub(super) const APPLICATION: i32 = 0x666c_6970;

/// What makes shape n+1 of shape n. A released one is never changed.
const STEPS: &[&str] = &[r#"
    CREATE TABLE "row" (
        authority TEXT NOT NULL, conference TEXT NOT NULL, document TEXT NOT NULL,
        from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, after_seq INTEGER, version INTEGER NOT NULL, sealed BLOB NOT NULL,
        PRIMARY KEY (authority, conference, document, from_seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE snapshot (
        authority TEXT NOT NULL, conference TEXT NOT NULL, document TEXT NOT NULL,
        upto INTEGER NOT NULL, version INTEGER NOT NULL, sealed BLOB NOT NULL,
        PRIMARY KEY (authority, conference, document, upto)
    ) STRICT, WITHOUT ROWID;
"#];

/// The shape this program writes.
pub(super) const SHAPE: i32 = STEPS.len() as i32;

/// What a file is before it has been touched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Empty, or of this or an earlier shape.
    Ours(i32),
    /// Of a later shape.
    Newer(i32),
    /// Another program's database.
    Foreign,
}

pub(super) fn look(connection: &Connection) -> rusqlite::Result<Found> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let (application, shape) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, shape) {
        (0, 0) if tables == 0 => Found::Ours(0),
        (APPLICATION, shape) if shape > SHAPE => Found::Newer(shape),
        (APPLICATION, shape) if shape > 0 => Found::Ours(shape),
        _ => Found::Foreign,
    })
}

/// Brings a file from its shape to ours, all steps or none.
pub(super) fn migrate(connection: &mut Connection, from: i32) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for step in STEPS.iter().skip(usize::try_from(from).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", SHAPE)?;
    transaction.commit()
}
