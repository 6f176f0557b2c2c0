//! The key that opens set-up: drawn once, kept in a file, printed as a link at start.

use std::{
    fs, io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Name of the file in the folder of the keys.
const FILE: &str = "set-up.key";

/// Why there is no key. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NoSetUpKey {
    /// The folder or the file cannot be written or read.
    #[error("{}: {why}; check that the service may write to the folder of the keys (--keys)", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// Other people of this machine can read it.
    #[error("{} can be read by other people of this machine; run: chmod 400 {}", file.display(), file.display())]
    Open {
        /// Which.
        file: PathBuf,
    },
    /// Not 64 hex digits.
    #[error("{} is damaged; delete it and start again: a new key is drawn, and old set-up links end", file.display())]
    Damaged {
        /// Which.
        file: PathBuf,
    },
}

/// Reads the key, or draws 256 bits and keeps them: 64 hex digits. The file is whole or not there.
pub fn read_or_draw(keys: &Path) -> Result<String, NoSetUpKey> {
    let file = keys.join(FILE);
    let failed = |why| NoSetUpKey::File { file: file.clone(), why };
    match fs::read_to_string(&file) {
        Ok(text) => {
            let mode = fs::metadata(&file).map_err(failed)?.permissions().mode();
            let key = text.trim_end();
            let is_key = key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
            match (mode & 0o077, is_key) {
                (0, true) => Ok(key.to_owned()),
                (0, false) => Err(NoSetUpKey::Damaged { file }),
                _ => Err(NoSetUpKey::Open { file }),
            }
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => draw(keys, &file).map_err(failed),
        Err(why) => Err(failed(why)),
    }
}

fn draw(keys: &Path, file: &Path) -> io::Result<String> {
    use io::Write as _;
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(keys)?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(io::Error::from)?;
    let key = hex::encode(secret);
    let fresh = file.with_extension("new");
    let _ = fs::remove_file(&fresh);
    let mut written = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(&fresh)?;
    writeln!(written, "{key}")?;
    written.sync_all()?;
    fs::rename(&fresh, file)?;
    fs::File::open(keys)?.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http9_the_set_up_key_is_drawn_once_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = folder.path().join("data/keys");
        let key = read_or_draw(&keys).expect("a key");
        assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(read_or_draw(&keys).expect("the same key"), key);
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&keys.join(FILE))), (0o700, 0o400));
    }

    #[test]
    fn http9_an_open_a_damaged_and_a_missing_place_of_the_key_say_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE);
        fs::write(&file, "short").expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("set");
        let error = read_or_draw(folder.path()).expect_err("open").to_string();
        assert!(error.contains("chmod 400"), "{error}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
        let error = read_or_draw(folder.path()).expect_err("damaged").to_string();
        assert!(error.contains("delete it"), "{error}");
        let error = read_or_draw(&file).expect_err("no folder").to_string();
        assert!(error.contains("--keys"), "{error}");
    }
}
