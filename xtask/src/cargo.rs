//! Cargo, called from inside a command of ours.

use crate::{reasons::Reasons, workspace};
use anyhow::{Context, Result, bail};
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
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

/// A binary as `cargo build` leaves it.
pub fn binary(name: &str) -> PathBuf {
    target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A binary as `cargo build --release` leaves it.
pub fn released(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Runs a program to its end, with its output on ours.
///
/// # Errors
/// It cannot be started, or it says that it failed.
pub fn finish(command: &mut Command) -> Result<()> {
    let name = name(command.get_program());
    let status: ExitStatus = command.status().with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// How long the end of an output is waited for: a process that was left behind may hold it open for ever.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs tests to their end, with their output on ours.
///
/// # Errors
/// They cannot be started, or one failed; the message has what the output said about it.
pub fn test(command: &mut Command) -> Result<()> {
    let name = name(command.get_program());
    let (output, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut running = command.spawn().with_context(|| format!("cannot start {name}"))?;
    // Lets go of our own ends of the pipe, or its end would never come.
    command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("{line}");
            if tell.send(line).is_err() {
                break;
            }
        }
    });
    let status = running.wait()?;
    let mut reasons = Reasons::default();
    while let Ok(line) = told.recv_timeout(LAST_WORDS) {
        reasons.read(&line);
    }
    std::io::stdout().flush()?;
    if !status.success() {
        bail!("{name} failed ({status})\n{}", reasons.told());
    }
    Ok(())
}

fn name(program: &OsStr) -> String {
    Path::new(program).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
