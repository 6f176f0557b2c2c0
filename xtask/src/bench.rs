//! `cargo xtask bench`: the service beside its peers, each from its own registry.
//!
//! What is installed and measured lies in `target/bench`; nothing of it is in git but the lock files of `tests/bench`.

use crate::{cargo, node, workspace};
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where the peers are described.
const PEERS: &str = "tests/bench";
/// y-sweet's npm package fetches its program from elsewhere; the one on crates.io is built.
const Y_SWEET: &str = "=0.9.1";

/// Builds the service as released, installs the peers, runs the load.
///
/// # Errors
/// The service or the load does not build, or a run fails. A peer that cannot be installed is a gap in the table.
pub fn run(more: &[String]) -> Result<()> {
    let folder = build()?;
    for (name, installed) in [
        ("the peers that run in Node", in_node(&folder)),
        ("yrs-axum", yrs_axum(&folder)),
        ("y-sweet", y_sweet(&folder)),
    ] {
        if let Err(why) = installed {
            println!("{name}: not installed, so not measured: {why:#}");
        }
    }
    load(&folder, more)
}

/// SIGKILL in the middle of typing, so many times: nothing that somebody saw or was told is saved may be gone.
///
/// # Errors
/// Something is.
pub fn kills(count: u32) -> Result<()> {
    let count = count.to_string();
    let more = ["--only", "kills", "--peers", "ours", "--kills", &count, "--repetitions", "1"];
    load(&build()?, &more.map(str::to_owned))
}

fn build() -> Result<PathBuf> {
    let folder = cargo::target().join("bench");
    std::fs::create_dir_all(&folder)?;
    cargo::finish(&mut cargo::command(&["build", "--release", "--package", "server", "--bin", "flipchart"]))
        .context("the service was not built")?;
    cargo::finish(&mut cargo::command(&["build", "--release", "--package", "flipchart-tests", "--bins"]))
        .context("the load was not built")?;
    Ok(folder)
}

fn load(folder: &Path, more: &[String]) -> Result<()> {
    let mut bench = Command::new(cargo::released("bench"));
    bench.arg("--folder").arg(folder).args(more).env("FLIPCHART_BINARY", cargo::released("flipchart"));
    cargo::finish(&mut bench)
}

/// y-websocket's server, LevelDB, Hocuspocus and its SQLite extension.
fn in_node(folder: &Path) -> Result<()> {
    node::look()?;
    let into = folder.join("peers");
    std::fs::create_dir_all(&into)?;
    let from = workspace::root().join(PEERS).join("peers");
    for entry in std::fs::read_dir(&from)? {
        let file = entry?.path();
        let copy = into.join(file.file_name().context("a file has a name")?);
        // A lock file that is copied again is newer than what it has installed.
        if std::fs::read(&file)? != std::fs::read(&copy).unwrap_or_default() {
            std::fs::copy(&file, &copy)?;
        }
    }
    if !node::is_newer(&into.join("package-lock.json"), &into.join("node_modules/.package-lock.json")) {
        return Ok(());
    }
    // Their stores are native: unlike in the product's own folders, the packages' build scripts have to run.
    let mut npm = node::npm(PEERS);
    npm.current_dir(&into).args(["ci", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]);
    if let Some(headers) = node::headers() {
        npm.env("npm_config_nodedir", headers);
    }
    cargo::finish(&mut npm)
}

fn yrs_axum(folder: &Path) -> Result<()> {
    let mut build = cargo::command(&["build", "--release", "--locked", "--manifest-path"]);
    build.arg(workspace::root().join(PEERS).join("yrs-axum/Cargo.toml"));
    cargo::finish(build.arg("--target-dir").arg(folder.join("yrs-axum")))
}

fn y_sweet(folder: &Path) -> Result<()> {
    let root = folder.join("y-sweet");
    if root.join("bin").exists() {
        return Ok(());
    }
    let mut install = cargo::command(&["install", "y-sweet", "--locked", "--version", Y_SWEET, "--root"]);
    cargo::finish(install.arg(&root).arg("--target-dir").arg(folder.join("y-sweet-target")))
}
