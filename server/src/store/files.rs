//! Small files that are there whole or as they were before, also after a power cut.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Makes a directory and those above it; new ones can be entered by nobody else.
pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    above.map_or(Ok(()), make_directory)?;
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Makes the names in a directory durable.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

/// A new file whose bytes are durable, but not yet its name.
fn write_synced(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes a file that must not exist yet and makes it durable.
pub(super) fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    write_synced(path, bytes, mode)?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Puts new bytes in the place of a file: written beside it, synced, renamed, the directory synced.
pub(super) fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_synced(&beside, bytes, mode)?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// As [`replace`]; afterwards the old bytes are overwritten where they lay. Some disks keep them all the same.
pub(super) fn replace_and_wipe(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut old = OpenOptions::new().write(true).open(path)?;
    let length = old.metadata()?.len();
    replace(path, bytes, mode)?;
    old.seek(SeekFrom::Start(0))?;
    io::copy(&mut io::repeat(0).take(length), &mut old)?;
    old.sync_all()
}
