//! Keys: the server's own in its file, and one per conference, wrapped by it, in `conferences.keys`.
//!
//! The wrapped keys are a file of their own because forgetting a key is what erases a conference: backups of the rows
//! live long, backups of this file need not.

use super::{
    StoreError, files,
    sealing::{Place, SEALING_VERSION, SealingKey},
};
use protocol::id::ConferenceId;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

/// Form of `conferences.keys`.
const FORM: u32 = 1;

/// Keys that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is a database and no key to read it with.
    #[error(
        "{0} is missing, and without it the database beside it cannot be read; put it back from the keys backup \
         (`flipchart restore`), or say where it is"
    )]
    Missing(PathBuf),
    /// Others on this machine may read or change the key.
    #[error("{path} can be read or changed by others (mode {mode:03o}); run `chmod 600 {path}`", path = path.display())]
    Open {
        /// The key's file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The key lies where every copy of the database takes it along.
    #[error(
        "{0} lies beside the database, so that a copy of one is a copy of both; move it to another folder"
    )]
    BesideTheDatabase(PathBuf),
    /// Not 64 hexadecimal digits, or not a file of keys.
    #[error("{0} is not a key file of the flipchart; restore it from the keys backup")]
    NotAKeyFile(PathBuf),
    /// Written by a later version.
    #[error(
        "{path} was made by a newer flipchart (form {form}, this one knows {FORM}); install that version or restore a backup",
        path = path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its form.
        form: u32,
    },
    /// None of the wrapped keys opens.
    #[error(
        "the server's key does not open {0}: it is another server's key; restore both from one keys backup"
    )]
    OtherKey(PathBuf),
    /// The system gave no random bytes.
    #[error(transparent)]
    NoRandomness(#[from] super::sealing::NoRandomness),
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeyError + '_ {
    |source| KeyError::Io { path: path.to_owned(), source }
}

/// Makes the server's key. Only at the very first start.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn make_server_key(path: &Path) -> Result<SealingKey, KeyError> {
    let key = SealingKey::draw()?;
    if let Some(folder) = path.parent() {
        files::make_directory(folder).map_err(at(folder))?;
    }
    let text = Zeroizing::new(format!("{}\n", *key.to_hex()));
    files::write_new(path, text.as_bytes(), 0o400).map_err(at(path))?;
    Ok(key)
}

/// Reads the server's key.
///
/// # Errors
/// When it is missing, is no key, or others may read it.
pub fn read_server_key(path: &Path) -> Result<SealingKey, KeyError> {
    let mode = match fs::metadata(path) {
        Ok(metadata) => metadata.mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(KeyError::Missing(path.to_owned()));
        }
        Err(error) => return Err(at(path)(error)),
    };
    // A group may read it: that is how systemd hands out credentials. It may not change it.
    if mode & 0o027 != 0 {
        return Err(KeyError::Open { path: path.to_owned(), mode });
    }
    let text = Zeroizing::new(fs::read(path).map_err(at(path))?);
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim_ascii(), &mut *bytes)
        .map_err(|_| KeyError::NotAKeyFile(path.to_owned()))?;
    Ok(SealingKey::from_bytes(&bytes))
}

/// A conference of an authority, as the file writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Entry {
    authority: String,
    conference: ConferenceId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wrapped {
    #[serde(flatten)]
    entry: Entry,
    version: u32,
    key: String,
}

/// `conferences.keys` as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeyFile {
    form: u32,
    keys: Vec<Wrapped>,
    erased: BTreeSet<Entry>,
}

impl KeyFile {
    pub(super) fn empty() -> Self {
        Self { form: FORM, keys: Vec::new(), erased: BTreeSet::new() }
    }

    /// None: there is no such file yet.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, KeyError> {
        #[derive(Deserialize)]
        struct Form {
            form: u32,
        }
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(path)(error)),
        };
        let not_a_key_file = |_| KeyError::NotAKeyFile(path.to_owned());
        let Form { form } = serde_json::from_slice(&text).map_err(not_a_key_file)?;
        if form > FORM {
            return Err(KeyError::Newer { path: path.to_owned(), form });
        }
        serde_json::from_slice(&text).map(Some).map_err(not_a_key_file)
    }

    fn text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("ids and texts are JSON");
        text.push(b'\n');
        text
    }

    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        files::replace(path, &self.text(), 0o600)
    }

    /// Forgets every key that the other file says was erased, and remembers that it was.
    pub(super) fn honour(&mut self, other: &KeyFile) {
        self.erased.extend(other.erased.iter().cloned());
        self.keys.retain(|wrapped| !self.erased.contains(&wrapped.entry));
    }

    pub(super) fn is_used(&self) -> bool {
        !self.keys.is_empty() || !self.erased.is_empty()
    }

    pub(super) fn erased(&self) -> impl Iterator<Item = (&str, ConferenceId)> {
        self.erased.iter().map(|entry| (entry.authority.as_str(), entry.conference))
    }
}

struct Ring {
    file: KeyFile,
    keys: BTreeMap<ConferenceId, Arc<SealingKey>>,
}

/// The open data keys of one authority's conferences, and their file.
pub struct KeyRing {
    path: PathBuf,
    authority: String,
    server: SealingKey,
    /// Held while the file is written, so that two changes cannot overtake one another.
    writing: Mutex<()>,
    ring: Mutex<Ring>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("path", &self.path).finish_non_exhaustive()
    }
}

fn place<'a>(authority: &'a str, conference: &'a ConferenceId, version: u32) -> Place<'a> {
    Place { authority, table: "key", conference: conference.as_str(), document: "", numbers: &[], version }
}

impl KeyRing {
    /// Opens the file of wrapped keys; a missing one is empty.
    ///
    /// # Errors
    /// When it is no key file, is newer, or was wrapped by another server's key.
    pub fn open(path: &Path, server: SealingKey, authority: &str) -> Result<Self, KeyError> {
        let file = KeyFile::read(path)?.unwrap_or_else(KeyFile::empty);
        let mut keys = BTreeMap::new();
        for Wrapped { entry, version, key } in file.keys.iter().filter(|key| key.entry.authority == authority)
        {
            match unwrap(&server, entry, *version, key) {
                Some(key) => {
                    keys.insert(entry.conference, Arc::new(key));
                }
                None => {
                    tracing::error!(conference = %entry.conference, "its key does not open; restore it from a backup")
                }
            }
        }
        if keys.is_empty() && file.keys.iter().any(|key| key.entry.authority == authority) {
            return Err(KeyError::OtherKey(path.to_owned()));
        }
        let ring = Mutex::new(Ring { file, keys });
        Ok(Self {
            path: path.to_owned(),
            authority: authority.to_owned(),
            server,
            writing: Mutex::new(()),
            ring,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of a conference that has one.
    pub fn get(&self, conference: ConferenceId) -> Option<Arc<SealingKey>> {
        self.lock().keys.get(&conference).cloned()
    }

    /// Every conference with a key, in order of ids.
    pub fn conferences(&self) -> Vec<ConferenceId> {
        self.lock().keys.keys().copied().collect()
    }

    /// Every conference that was erased.
    pub fn erased(&self) -> Vec<ConferenceId> {
        let ring = self.lock();
        ring.file.erased().filter(|(authority, _)| *authority == self.authority).map(|(_, id)| id).collect()
    }

    /// Is this the name of a conference that has a key that opens, or of one that was erased?
    pub(super) fn knows(&self, authority: &str, conference: &str) -> bool {
        let ring = self.lock();
        let has_key = ring.keys.keys().any(|id| id.as_str() == conference) && authority == self.authority;
        let is_other =
            |entry: &Entry| entry.authority == authority && entry.conference.as_str() == conference;
        let elsewhere = authority != self.authority && ring.file.keys.iter().any(|key| is_other(&key.entry));
        has_key || elsewhere || ring.file.erased.iter().any(is_other)
    }

    /// Conferences whose wrapped key does not open: set aside until restored.
    pub fn locked_out(&self) -> Vec<ConferenceId> {
        let ring = self.lock();
        let ours = ring.file.keys.iter().filter(|key| key.entry.authority == self.authority);
        ours.map(|key| key.entry.conference).filter(|id| !ring.keys.contains_key(id)).collect()
    }

    /// Draws a key and makes it durable. One that is there stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NoKey`] for a conference that was erased, [`StoreError::Unavailable`] when it cannot be written.
    pub fn create(&self, conference: ConferenceId) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.get(conference).is_some() {
            return Ok(());
        }
        let entry = Entry { authority: self.authority.clone(), conference };
        let mut file = self.lock().file.clone();
        if file.erased.contains(&entry) || file.keys.iter().any(|key| key.entry == entry) {
            return Err(StoreError::NoKey);
        }
        let unavailable = |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
        let key = SealingKey::draw().map_err(|error| unavailable(&error))?;
        let wrapped = self
            .server
            .seal(&place(&entry.authority, &conference, SEALING_VERSION), &key.0)
            .map_err(|error| unavailable(&error))?;
        file.keys.push(Wrapped { entry, version: SEALING_VERSION, key: hex::encode(wrapped) });
        file.write(&self.path).map_err(|error| unavailable(&error))?;
        let mut ring = self.lock();
        ring.file = file;
        ring.keys.insert(conference, Arc::new(key));
        Ok(())
    }

    /// Forgets a conference's key for good and remembers that it was erased.
    ///
    /// # Errors
    /// When the file cannot be written; the key is then still there.
    pub fn forget(&self, conference: ConferenceId) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = Entry { authority: self.authority.clone(), conference };
        let mut file = self.lock().file.clone();
        if !file.erased.insert(entry.clone()) {
            return Ok(());
        }
        let had = file.keys.len();
        file.keys.retain(|key| key.entry != entry);
        let written = if file.keys.len() < had {
            files::replace_and_wipe(&self.path, &file.text(), 0o600)
        } else {
            file.write(&self.path)
        };
        written.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let mut ring = self.lock();
        ring.file = file;
        ring.keys.remove(&conference);
        Ok(())
    }
}

fn unwrap(server: &SealingKey, entry: &Entry, version: u32, key: &str) -> Option<SealingKey> {
    let sealed = hex::decode(key).ok()?;
    let bytes =
        Zeroizing::new(server.open(&place(&entry.authority, &entry.conference, version), &sealed).ok()?);
    let bytes: &[u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(SealingKey::from_bytes(bytes))
}
