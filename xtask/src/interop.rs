//! Tests with stock Yjs clients: Node's own runner, each client in a process of its own. Python is for pycrdt alone, and
//! its packages stay under the target folder.

use crate::{cargo, workspace};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where these tests are.
pub const FOLDER: &str = "tests/interop";

/// Files with a client in Python.
const WITH_PYTHON: [&str; 3] = ["closing.test.mjs", "pycrdt.test.mjs", "together.test.mjs"];

/// Whether a file of tests runs a client in Python.
pub fn needs_python(file: &str) -> bool {
    WITH_PYTHON.contains(&file)
}

/// Looks for Python.
///
/// # Errors
/// There is none, or it cannot make a folder of packages of its own; the message says what to install.
pub fn look_for_python() -> Result<()> {
    let told = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
    if !told.is_ok_and(|told| told.status.success()) {
        bail!(
            "no Python 3 with venv; install it (`sudo apt-get install python3-venv`, or your system's package)"
        );
    }
    Ok(())
}

/// Installs the packages that `requirements.txt` names, if they are not the installed ones. Answers their Python.
///
/// # Errors
/// Python or pip fails.
pub fn install_python() -> Result<PathBuf> {
    let asked = fs::read_to_string(workspace::root().join(FOLDER).join("requirements.txt"))
        .context("tests/interop/requirements.txt cannot be read")?;
    let folder = cargo::target().join("interop-python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == asked) {
        return Ok(python);
    }
    cargo::finish(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
    ]);
    pip.arg("--requirement").arg(workspace::root().join(FOLDER).join("requirements.txt"));
    cargo::finish(&mut pip)?;
    fs::write(&installed, asked)?;
    Ok(python)
}

/// Runs one file of tests against the built service.
///
/// # Errors
/// A test failed.
pub fn run(file: &str, python: Option<&Path>) -> Result<()> {
    cargo::test(&mut command(file, python, &cargo::binary("flipchart")))
}

/// All kinds of clients in one document, once for each seed from 1 on, against the released service.
///
/// # Errors
/// Copies differ at the end; the name of the test tells the seed, which `INTEROP_SEED` plays again.
pub fn together(seeds: u32) -> Result<()> {
    look_for_python()?;
    let python = install_python()?;
    let mut node = command("together.test.mjs", Some(&python), &cargo::released("flipchart"));
    cargo::test(node.env("INTEROP_SEEDS", seeds.to_string()))
}

fn command(file: &str, python: Option<&Path>, service: &Path) -> Command {
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", file])
        .current_dir(workspace::root().join(FOLDER))
        .env("FLIPCHART_BINARY", service);
    if let Some(python) = python {
        node.env("PYTHON_OF_TESTS", python);
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node;

    #[test]
    fn every_file_that_needs_python_is_there() {
        let files = node::test_files(FOLDER);
        assert!(WITH_PYTHON.iter().all(|file| files.iter().any(|there| there == file)), "{files:?}");
    }
}
