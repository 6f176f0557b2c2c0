//! Copies that can be read again: rows in one archive, keys in another, each with a manifest; and proof that they can.
//!
//! Whoever holds only one archive holds nothing. Keep them apart, and the keys not for long: a conference that is
//! erased today can be read with a keys archive of yesterday.

use super::{
    Kept, files,
    keys::{self, KeyError, KeyFile, KeyRing},
    migrations::{self, Found, SHAPE},
    reading::{owners_of_rows, read_each},
    sqlite::{Location, OpenError, SqliteStore, bare},
};
use protocol::id::ConferenceId;
use rusqlite::{Connection, backup::Backup};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Form of `manifest.json`.
const FORM: u32 = 1;
const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "flipchart.db";
const WRAPPED: &str = "conferences.keys";
const SERVER_KEY: &str = "server.key";

/// No backup, or none that can be restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something is there already.
    #[error("{0} is not empty; choose another folder, nothing is overwritten")]
    NotEmpty(PathBuf),
    /// Not a finished archive of this kind.
    #[error("{path} is no finished {what} archive (its manifest.json is missing or wrong); use another backup", path = path.display())]
    NotAnArchive {
        /// The folder.
        path: PathBuf,
        /// `data` or `keys`.
        what: &'static str,
    },
    /// A file is not what was backed up.
    #[error("{0} is not the file that was backed up (its SHA-256 differs); use another backup")]
    Changed(PathBuf),
    /// The archive was made by a later version.
    #[error(
        "{path} was made by a newer flipchart ({made_by}); install that version to restore it",
        path = path.display()
    )]
    Newer {
        /// The archive.
        path: PathBuf,
        /// The version that made it.
        made_by: String,
    },
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Keys that cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database could not be copied or read.
    #[error("the database could not be copied or read: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    |source| BackupError::Io { path: path.to_owned(), source }
}

/// What an archive holds; written last, so that an archive with a manifest is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of this file.
    pub form: u32,
    /// `data` or `keys`.
    pub archive: String,
    /// The version of flipchart that made it.
    pub made_by: String,
    /// Format of the database.
    pub format: i32,
    /// SHA-256 of each file, in hexadecimal.
    pub files: BTreeMap<String, String>,
}

/// What was backed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// The archive of rows.
    pub data: PathBuf,
    /// The archive of keys, the server's included. To be kept elsewhere.
    pub keys: PathBuf,
    /// Bytes of the database.
    pub bytes: u64,
}

/// What `verify` found. Counts are of what could be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Conferences with a key.
    pub conferences: usize,
    /// Documents that opened.
    pub documents: usize,
    /// Their rows.
    pub rows: usize,
    /// Their snapshots.
    pub snapshots: usize,
    /// Documents that did not open, or do not read.
    pub damaged: Vec<(ConferenceId, String)>,
    /// Conferences with rows or a wrapped key that no key opens, though they were not erased.
    pub unreadable: Vec<String>,
    /// What is wrong with the structure of the database file.
    pub structure: Vec<String>,
}

impl VerifyReport {
    /// Everything that was kept can be read.
    pub fn is_whole(&self) -> bool {
        self.damaged.is_empty() && self.unreadable.is_empty() && self.structure.is_empty()
    }
}

/// Whether what opened reads as what it is called. The store never reads it itself.
pub type Reads = fn(&Kept) -> bool;

/// Copies rows and keys to `<to>/data` and `<to>/keys`, also while a server runs.
///
/// # Errors
/// When `to` is not empty or something cannot be read or written; what was written has no manifest then.
pub fn backup(location: &Location, to: &Path) -> Result<BackupReport, BackupError> {
    make_empty(to)?;
    let (data, keys) = (to.join("data"), to.join("keys"));
    make_empty(&data)?;
    make_empty(&keys)?;
    let copy = data.join(DATABASE);
    let format = copy_database(location, &copy)?;
    // Keys after rows: each conference in the copy had its key before its first row.
    copy_file(&location.wrapped_keys(), &keys.join(WRAPPED), 0o600)?;
    keys::read_server_key(&location.server_key)?;
    copy_file(&location.server_key, &keys.join(SERVER_KEY), 0o400)?;
    write_manifest(&keys, "keys", format, &[WRAPPED, SERVER_KEY])?;
    write_manifest(&data, "data", format, &[DATABASE])?;
    let bytes = fs::metadata(&copy).map_err(at(&copy))?.len();
    Ok(BackupReport { data, keys, bytes })
}

/// Makes a data folder from both archives. Conferences that were erased stay erased: those on the list in the keys
/// archive, and those on the lists in `also_erased`, which are later `conferences.keys` files if there are any left.
///
/// # Errors
/// When an archive is not whole or newer, or the folder to restore to is not empty.
pub fn restore(
    data: &Path,
    keys: &Path,
    to: &Location,
    also_erased: &[PathBuf],
    reads: Reads,
) -> Result<VerifyReport, BackupError> {
    check_archive(data, "data", &[DATABASE])?;
    check_archive(keys, "keys", &[WRAPPED, SERVER_KEY])?;
    let not_keys = || BackupError::NotAnArchive { path: keys.to_owned(), what: "keys" };
    let mut wrapped = KeyFile::read(&keys.join(WRAPPED))?.ok_or_else(not_keys)?;
    for path in also_erased {
        let later = KeyFile::read(path)?.ok_or_else(|| KeyError::Missing(path.clone()))?;
        wrapped.honour(&later);
    }
    make_empty(&to.data)?;
    for path in [to.wrapped_keys(), to.server_key.clone()] {
        let folder = path.parent().unwrap_or(Path::new("."));
        files::make_directory(folder).map_err(at(folder))?;
    }
    copy_file(&keys.join(SERVER_KEY), &to.server_key, 0o400)?;
    wrapped.write(&to.wrapped_keys()).map_err(at(&to.wrapped_keys()))?;
    copy_file(&data.join(DATABASE), &to.database(), 0o600)?;
    // Opening brings the file to this version's format and deletes the rows of erased conferences.
    SqliteStore::open(to.clone())?.checked()?;
    verify(to, reads)
}

/// Opens and unseals everything that is kept, reads it and counts it. Changes nothing; a server may be running.
///
/// # Errors
/// When the database or the keys cannot be opened at all.
pub fn verify(location: &Location, reads: Reads) -> Result<VerifyReport, BackupError> {
    let mut connection = look(location)?.0;
    let server = keys::read_server_key(&location.server_key)?;
    let mut report = VerifyReport { structure: structure(&connection)?, ..VerifyReport::default() };
    let owners = owners_of_rows(&connection);
    // Keys after rows, as in a backup: a conference may be opened meanwhile, and has its key before its first row.
    let ring = KeyRing::open(&location.wrapped_keys(), server, &location.authority)?;
    let mut unreadable: BTreeSet<String> = ring.locked_out().iter().map(ToString::to_string).collect();
    match owners {
        Ok(owners) => {
            let strays =
                owners.into_iter().filter(|(authority, conference)| !ring.knows(authority, conference));
            unreadable.extend(strays.map(|(_, conference)| conference));
        }
        Err(error) => report.structure.push(error.to_string()),
    }
    report.unreadable = unreadable.into_iter().collect();
    for conference in ring.conferences() {
        report.conferences += 1;
        let Some(key) = ring.get(conference) else { continue };
        match read_each(&mut connection, &location.authority, conference, &key) {
            Ok(documents) => {
                for (name, kept) in documents {
                    match kept {
                        Ok(kept) if reads(&kept) => count(&mut report, &kept),
                        _ => report.damaged.push((conference, name)),
                    }
                }
            }
            Err(_) => report.damaged.push((conference, "every document".into())),
        }
    }
    Ok(report)
}

fn count(report: &mut VerifyReport, kept: &Kept) {
    report.documents += 1;
    report.rows += kept.rows.len();
    report.snapshots += usize::from(kept.snapshot.is_some());
}

fn structure(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let found: Vec<String> = connection
        .prepare("PRAGMA integrity_check(20)")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

/// The database as it is, and its format.
fn look(location: &Location) -> Result<(Connection, i32), BackupError> {
    let path = location.database();
    if !path.is_file() {
        return Err(OpenError::NoDatabase(path).into());
    }
    let not_ours = |_| OpenError::NotOurs(path.clone());
    let connection = bare(&path, location.patience)?;
    match migrations::look(&connection).map_err(not_ours)? {
        Found::Ours(format) => Ok((connection, format)),
        Found::Newer(found) => Err(OpenError::Newer { path, found, known: SHAPE }.into()),
        Found::Foreign => Err(OpenError::NotOurs(path).into()),
    }
}

fn copy_database(location: &Location, copy: &Path) -> Result<i32, BackupError> {
    let (from, format) = look(location)?;
    files::write_new(copy, b"", 0o600).map_err(at(copy))?;
    let mut to = Connection::open(copy)?;
    Backup::new(&from, &mut to)?.run_to_completion(i32::MAX, location.patience / 100, None)?;
    // One file, without a log beside it.
    to.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0))?;
    to.close().map_err(|(_, error)| error)?;
    File::open(copy).and_then(|file| file.sync_all()).map_err(at(copy))?;
    Ok(format)
}

fn copy_file(from: &Path, to: &Path, mode: u32) -> Result<(), BackupError> {
    let bytes = zeroize::Zeroizing::new(fs::read(from).map_err(at(from))?);
    files::write_new(to, &bytes, mode).map_err(at(to))
}

fn make_empty(folder: &Path) -> Result<(), BackupError> {
    files::make_directory(folder).map_err(at(folder))?;
    let mut entries = fs::read_dir(folder).map_err(at(folder))?;
    if entries.next().is_some() { Err(BackupError::NotEmpty(folder.to_owned())) } else { Ok(()) }
}

fn hash(path: &Path) -> Result<String, BackupError> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(at(path))?;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = io::Read::read(&mut file, &mut piece).map_err(at(path))?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&piece[..read]);
    }
}

fn write_manifest(folder: &Path, archive: &str, format: i32, names: &[&str]) -> Result<(), BackupError> {
    let mut hashes = BTreeMap::new();
    for name in names {
        hashes.insert((*name).to_owned(), hash(&folder.join(name))?);
    }
    let made_by = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { form: FORM, archive: archive.to_owned(), made_by, format, files: hashes };
    let text = serde_json::to_vec_pretty(&manifest).expect("texts and numbers are JSON");
    let path = folder.join(MANIFEST);
    files::write_new(&path, &text, 0o600).map_err(at(&path))
}

fn check_archive(folder: &Path, what: &'static str, names: &[&str]) -> Result<(), BackupError> {
    let not_an_archive = || BackupError::NotAnArchive { path: folder.to_owned(), what };
    let text = fs::read(folder.join(MANIFEST)).map_err(|_| not_an_archive())?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| not_an_archive())?;
    if manifest.form > FORM || manifest.format > SHAPE {
        return Err(BackupError::Newer { path: folder.to_owned(), made_by: manifest.made_by });
    }
    if manifest.archive != what {
        return Err(not_an_archive());
    }
    for name in names {
        let expected = manifest.files.get(*name).ok_or_else(not_an_archive)?;
        let path = folder.join(name);
        if !path.is_file() {
            return Err(not_an_archive());
        }
        if hash(&path)? != *expected {
            return Err(BackupError::Changed(path));
        }
    }
    Ok(())
}
