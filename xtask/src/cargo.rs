//! Cargo, called from inside a command of ours.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::{
    path::PathBuf,
    process::{Command, ExitStatus},
};

/// The cargo that runs us, in the workspace's root.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(workspace::root());
    command
}

/// Where builds go.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), PathBuf::from)
}

/// The service's binary as `cargo build -p server` leaves it.
pub fn binary() -> PathBuf {
    target().join("debug").join(format!("flipchart{}", std::env::consts::EXE_SUFFIX))
}

/// Runs a program to its end, with its output on ours.
///
/// # Errors
/// It cannot be started, or it says that it failed.
pub fn finish(command: &mut Command) -> Result<()> {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let status: ExitStatus = command.status().with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}
