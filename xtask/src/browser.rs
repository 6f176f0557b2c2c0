//! The browser tests: Node's own runner, one Chromium of the system.

use crate::{cargo, workspace};
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where the browser tests are.
pub const FOLDER: &str = "tests/browser";

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Finds Chromium, or installs it from the system's packages where that is possible.
///
/// # Errors
/// There is none and it may not be installed; the message says how to get one.
pub fn find() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if named.is_file() {
            return Ok(named);
        }
        bail!("CHROMIUM names {}, and there is no such file", named.display());
    }
    if let Some(found) = on_path() {
        return Ok(found);
    }
    if may_install() {
        println!("Chromium is missing; installing it from the system's packages");
        let apt = |arguments: &[&str]| {
            cargo::finish(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update", "--quiet"])?;
        apt(&["install", "--quiet", "--yes", "--no-install-recommends", "chromium"])?;
        return on_path().context("the package `chromium` was installed and brought no browser");
    }
    bail!(
        "no Chromium; install it (`sudo apt-get install chromium`, or your system's package), \
         or name one with CHROMIUM=/path/to/chromium"
    )
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|file| file.is_file())
}

/// Root on a system with apt-get.
fn may_install() -> bool {
    let told = Command::new("id").arg("-u").output();
    let is_root = told.is_ok_and(|told| told.stdout.trim_ascii() == b"0");
    is_root && Path::new("/usr/bin/apt-get").is_file()
}

/// Runs one file of tests against the built service.
///
/// # Errors
/// A test failed.
pub fn run(file: &str, chromium: &Path) -> Result<()> {
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", file])
        .current_dir(workspace::root().join(FOLDER))
        .env("FLIPCHART_BINARY", cargo::binary("flipchart"))
        .env("HOLD_DATABASE", cargo::binary("hold-database"))
        .env("CHROMIUM", chromium);
    cargo::test(&mut node)
}
