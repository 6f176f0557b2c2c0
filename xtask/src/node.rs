//! Node and its packages: always from the lock file, never running a package's own scripts.

use crate::{cargo, workspace};
use anyhow::{Result, anyhow, bail};
use std::{path::Path, process::Command};

/// The oldest Node that the web app's build runs on.
const OLDEST: (u32, u32) = (20, 19);

/// Looks for Node.
///
/// # Errors
/// There is none, or it is too old; the message says what to install.
pub fn look() -> Result<()> {
    let told = Command::new("node").arg("--version").output();
    let told = told.map_err(|_| anyhow!("Node is not on this machine; {}", advice()))?;
    let version = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    match read(&version) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => bail!("Node {version} is too old; {}", advice()),
    }
}

fn advice() -> String {
    let (major, minor) = OLDEST;
    format!(
        "install Node {major}.{minor} or newer (nodejs.org, or your system's packages) and run this again"
    )
}

/// `v20.19.2` → (20, 19).
fn read(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs a folder's packages if its lock file is newer than what is installed.
///
/// # Errors
/// The folder has no lock file, or npm fails.
pub fn install(folder: &str) -> Result<()> {
    let at = workspace::root().join(folder);
    let lock = at.join("package-lock.json");
    if !lock.is_file() {
        bail!("{folder}/package-lock.json is missing");
    }
    if is_newer(&lock, &at.join("node_modules/.package-lock.json")) {
        cargo::finish(npm(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    time(file) > time(than)
}

/// The files of tests in a folder, in order of their names.
pub fn test_files(folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(workspace::root().join(folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    names.sort();
    names
}

/// npm in a folder of the workspace.
pub fn npm(folder: &str) -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(workspace::root().join(folder));
    npm
}

/// A folder's script of that name, if its package.json has one.
pub fn has_script(folder: &str, script: &str) -> bool {
    let text =
        std::fs::read_to_string(workspace::root().join(folder).join("package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    package["scripts"][script].is_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read() {
        assert_eq!(read("v20.19.2"), Some((20, 19)));
        assert_eq!(read("v9.1"), Some((9, 1)));
        assert_eq!(read("20.19.2"), None);
        assert!(read("v20.9.0").is_some_and(|found| found < OLDEST));
        assert!(read("v22.0.0").is_some_and(|found| found > OLDEST));
    }

    #[test]
    fn what_is_not_installed_is_older() {
        let here = workspace::root().join("Cargo.toml");
        assert!(is_newer(&here, Path::new("nowhere")));
        assert!(!is_newer(Path::new("nowhere"), &here));
        assert!(!is_newer(&here, &here));
    }
}
