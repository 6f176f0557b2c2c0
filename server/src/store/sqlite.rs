//! Conferences in one SQLite file.

pub use super::writer::Lulls;
use super::{
    Batch, Done, Each, Health, Kept, Store, StoreError,
    crowd::Crowd,
    files,
    keys::{self, KeyError, KeyFile, KeyRing},
    migrations::{self, Found, SHAPE},
    reading::{owners_of_rows, read_each, read_one},
    tables::Tables,
    writer::{Writer, end_process},
};
use protocol::{id::ConferenceId, limits::COMMIT_EVERY};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, sync_channel},
    },
    time::{Duration, Instant},
};

/// Another program may hold the database this long before writes are refused: a copy of a large file takes seconds.
pub const PATIENCE: Duration = Duration::from_secs(35);

/// Writes of the start-up measurement; the middle one counts.
const MEASURED_SYNCS: usize = 7;

/// Where everything lies.
#[derive(Debug, Clone)]
pub struct Location {
    /// The data folder: `flipchart.db`, its log, the lock file, and `keys/conferences.keys`.
    pub data: PathBuf,
    /// The server's key. Never directly in the data folder, where every copy of the database takes it along.
    pub server_key: PathBuf,
    /// Whose conferences these are: part of every table's key.
    pub authority: String,
    /// How long a lock of another program is waited for; [`PATIENCE`] unless a test is in a hurry.
    pub patience: Duration,
    /// When it is tidied; [`Lulls::default`] unless a test is in a hurry.
    pub lulls: Lulls,
    /// Whoever wants to know that much comes at once keeps a clone.
    pub crowd: Crowd,
}

impl Location {
    /// The usual places beneath a data folder.
    pub fn beneath(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            server_key: data.join("keys").join("server.key"),
            authority: "local".into(),
            patience: PATIENCE,
            lulls: Lulls::default(),
            crowd: Crowd::default(),
        }
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.data.join("flipchart.db")
    }

    /// The file of wrapped keys.
    pub fn wrapped_keys(&self) -> PathBuf {
        self.data.join("keys").join("conferences.keys")
    }
}

/// The store does not open. Nothing has been changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Made by a later version.
    #[error(
        "{path} was made by a newer flipchart (format {found}, this one knows {known}); \
         install that version or restore a backup",
        path = path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its format.
        found: i32,
        /// The newest this program reads.
        known: i32,
    },
    /// Another program's file, or none of SQLite's.
    #[error("{0} is not a flipchart database; move it away, or restore a backup with `flipchart restore`")]
    NotOurs(PathBuf),
    /// The file's structure is broken.
    #[error(
        "{path} is damaged ({what}); keep a copy of it and restore a backup with `flipchart restore`",
        path = path.display()
    )]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What the check found first.
        what: String,
    },
    /// A server runs on this folder.
    #[error("another flipchart server uses {0}; stop it first, or give this one another --data folder")]
    InUse(PathBuf),
    /// There are keys of conferences and no database.
    #[error(
        "{0} is missing though there are keys of conferences; put it back or restore a backup with `flipchart restore`"
    )]
    NoDatabase(PathBuf),
    /// Keys that cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// SQLite refused.
    #[error("{path}: {source}", path = path.display())]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// What it said.
        source: rusqlite::Error,
    },
}

/// The store that keeps conferences on disk.
#[derive(Debug)]
pub struct SqliteStore {
    location: Location,
    keys: Arc<KeyRing>,
    reader: Mutex<Connection>,
    checked: Mutex<Receiver<Result<(), OpenError>>>,
    unreadable: Vec<String>,
    // Fields are dropped in order: the writer ends before the lock is let go.
    writer: Writer,
    _lock: Lock,
}

/// That nobody else opens the folder. Given back in so many words: a process that is being started by another thread has
/// a copy of the file, and the lock with it, until it runs.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Where the system refuses, the lock goes with the file.
        let _ = self.0.unlock();
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> OpenError + '_ {
    |source| OpenError::Io { path: path.to_owned(), source }
}

fn said(path: &Path) -> impl Fn(rusqlite::Error) -> OpenError + '_ {
    |source| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs(path.to_owned()),
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            OpenError::Damaged { path: path.to_owned(), what: source.to_string() }
        }
        _ => OpenError::Sqlite { path: path.to_owned(), source },
    }
}

impl SqliteStore {
    /// Opens the store; makes folder, keys and database at the very first start. Waits for the disk. The structure of
    /// the whole file is checked while the first ones read: see [`SqliteStore::checked`].
    ///
    /// # Errors
    /// When something is missing, in use, newer, damaged or readable by others. Nothing is changed then.
    pub fn open(location: Location) -> Result<Self, OpenError> {
        files::make_directory(&location.data).map_err(at(&location.data))?;
        let lock = lock(&location.data)?;
        let keys = Arc::new(open_keys(&location)?);
        let path = location.database();
        let unclosed = fs::metadata(path.with_extension("db-wal")).is_ok_and(|log| log.len() > 0);
        let connection = open_database(&path, location.patience)?;
        let reader = connect(&path, location.patience).map_err(said(&path))?;
        let owners = owners_of_rows(&reader).map_err(said(&path))?;
        let strays = owners.into_iter().filter(|(authority, conference)| !keys.knows(authority, conference));
        let unreadable: Vec<String> = strays.map(|(_, conference)| conference).collect();
        if !unreadable.is_empty() {
            tracing::error!(count = unreadable.len(), "rows that no key opens; run `flipchart verify`");
        }
        let (tell, checked) = sync_channel(1);
        let tables = Tables::new(connection, Arc::clone(&keys), location.authority.clone(), unclosed);
        let begin = move || {
            let (tables, outcome) = match begin(tables, &path) {
                Ok(tables) => (Some(tables), Ok(())),
                Err(error) => (None, Err(error)),
            };
            // Whoever opened the store may not want to know.
            let _ = tell.send(outcome);
            tables
        };
        let writer = Writer::start(begin, COMMIT_EVERY, location.crowd.clone(), location.lulls, end_process);
        let writer = writer.map_err(at(&location.data))?;
        let (reader, checked) = (Mutex::new(reader), Mutex::new(checked));
        Ok(Self { location, keys, reader, checked, unreadable, writer, _lock: lock })
    }

    /// Waits until the structure of the whole file has been checked, which takes as long as the file is large. Until
    /// then nothing is written; if it is broken nothing ever is, and nobody who waits for a batch is answered (SPEC
    /// STO9). To be asked once.
    ///
    /// # Errors
    /// [`OpenError::Damaged`]; the file is as it was.
    pub fn checked(&self) -> Result<(), OpenError> {
        let checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked.recv().unwrap_or(Ok(()))
    }

    /// How long this disk takes to make 4 KiB durable: the middle one of several tries. Waits for the disk.
    ///
    /// # Errors
    /// When the data folder takes nothing.
    pub fn measure_sync(&self) -> io::Result<Duration> {
        measure_sync(&self.location.data)
    }

    /// Conferences with rows that no key opens though they were not erased, as the rows name them: a key was lost or
    /// a name is damaged. They are left out of [`Store::conferences`].
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }
}

fn lock(data: &Path) -> Result<Lock, OpenError> {
    let path = data.join("flipchart.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(at(&path)(error)),
    }
}

/// A key is made only where nothing has been kept yet: a new one could read nothing of it.
fn open_keys(location: &Location) -> Result<KeyRing, OpenError> {
    let Location { data, server_key, authority, .. } = location;
    if server_key.parent().is_some_and(|folder| same(folder, data)) {
        return Err(KeyError::BesideTheDatabase(server_key.clone()).into());
    }
    let wrapped = location.wrapped_keys();
    if let Some(folder) = wrapped.parent() {
        files::make_directory(folder).map_err(at(folder))?;
    }
    let file = KeyFile::read(&wrapped)?;
    let database = location.database();
    let has_rows = fs::metadata(&database).is_ok_and(|metadata| metadata.len() > 0);
    if !has_rows && file.as_ref().is_some_and(KeyFile::is_used) {
        return Err(OpenError::NoDatabase(database));
    }
    let server = match keys::read_server_key(server_key) {
        Err(KeyError::Missing(_)) if !has_rows && file.is_none() => keys::make_server_key(server_key)?,
        other => other?,
    };
    if file.is_none() {
        if has_rows {
            return Err(KeyError::Missing(wrapped).into());
        }
        KeyFile::empty().write(&wrapped).map_err(at(&wrapped))?;
    }
    Ok(KeyRing::open(&wrapped, server, authority)?)
}

fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn open_database(path: &Path, patience: Duration) -> Result<Connection, OpenError> {
    if !path.exists() {
        files::write_new(path, b"", 0o600).map_err(at(path))?;
    }
    let said = said(path);
    let connection = bare(path, patience).map_err(&said)?;
    let shape = match migrations::look(&connection).map_err(&said)? {
        Found::Ours(shape) => shape,
        Found::Newer(found) => {
            return Err(OpenError::Newer { path: path.to_owned(), found, known: SHAPE });
        }
        Found::Foreign => return Err(OpenError::NotOurs(path.to_owned())),
    };
    if shape == 0 {
        // Can be chosen before the first page only: the file gets shorter at rest (SPEC STO14).
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(&said)?;
    }
    let mut connection = promising(connection).map_err(&said)?;
    if shape < SHAPE {
        check(&connection, path)?;
        migrations::migrate(&mut connection, shape).map_err(&said)?;
    }
    Ok(connection)
}

/// What is done before anything else is written.
fn begin(mut tables: Tables, path: &Path) -> Result<Tables, OpenError> {
    check(tables.connection(), path)?;
    tables.finish_erasing().map_err(said(path))?;
    Ok(tables)
}

/// The structure of the whole file.
fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(said(path))?;
    if found == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: path.to_owned(), what: found }) }
}

/// A connection that changes nothing by being opened.
pub(super) fn bare(path: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(patience)?;
    // The writer cuts the log itself, and not after a failure.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// A connection with the settings that the promises rest on.
fn connect(path: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    promising(bare(path, patience)?)
}

fn promising(connection: Connection) -> rusqlite::Result<Connection> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update_and_check(None, "secure_delete", "ON", |row| row.get::<_, i64>(0))?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |row| row.get::<_, i64>(0))?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    Ok(connection)
}

fn measure_sync(data: &Path) -> io::Result<Duration> {
    let path = data.join("flipchart.measure");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&path)?;
    let mut times = Vec::with_capacity(MEASURED_SYNCS);
    for _ in 0..MEASURED_SYNCS {
        let began = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    fs::remove_file(&path)?;
    times.sort();
    Ok(times[MEASURED_SYNCS / 2])
}

/// Writes so many bytes beside the database, as durably as there, and takes them away.
fn try_to_write(data: &Path, bytes: usize) -> io::Result<()> {
    let path = data.join("flipchart.try");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&path)?;
    let written = file.write_all(&vec![0; bytes]).and_then(|()| file.sync_data());
    fs::remove_file(&path)?;
    written
}

/// Whether no other program holds the database. Waits for none.
fn is_free(connection: &Connection, patience: Duration) -> bool {
    let free = connection
        .busy_timeout(Duration::ZERO)
        .and_then(|()| connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK"));
    connection.busy_timeout(patience).and(free).is_ok()
}

impl Store for SqliteStore {
    fn create(&self, conference: ConferenceId) -> Result<(), StoreError> {
        self.keys.create(conference)
    }

    fn submit(&self, batch: Batch, done: Done) {
        self.writer.submit(batch, done);
    }

    fn join(&self, batch: Batch) -> Result<(), Batch> {
        self.writer.join(batch)
    }

    fn conferences(&self) -> Result<Vec<ConferenceId>, StoreError> {
        Ok(self.keys.conferences())
    }

    fn load_each(&self, conference: ConferenceId) -> Result<Vec<Each>, StoreError> {
        let fence = self.writer.fence_of(conference);
        let key = self.keys.get(conference).ok_or(StoreError::NoKey)?;
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = read_each(&mut reader, &self.location.authority, conference, &key)?;
        drop(reader);
        self.writer.lift(conference, fence);
        Ok(kept)
    }

    fn look_at(&self, conference: ConferenceId, document: &str) -> Result<Option<Kept>, StoreError> {
        let key = self.keys.get(conference).ok_or(StoreError::NoKey)?;
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        read_one(&mut reader, &self.location.authority, conference, document, &key)
    }

    fn health(&self) -> Health {
        self.writer.health()
    }

    fn takes(&self, bytes: usize) -> bool {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        try_to_write(&self.location.data, bytes).is_ok() && is_free(&reader, self.location.patience)
    }

    fn erase(&self, conference: ConferenceId) -> Result<(), StoreError> {
        self.keys.forget(conference)?;
        self.writer.erase(conference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sto10_a_folder_that_was_let_go_is_free_though_a_process_in_the_making_has_a_copy_of_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let open = || SqliteStore::open(Location::beneath(&folder.path().join("data")));
        let store = open().unwrap();
        let _copy = store._lock.0.try_clone().unwrap();
        assert!(matches!(open(), Err(OpenError::InUse(_))));
        drop(store);
        open().unwrap();
    }
}
