//! `cargo xtask serve`: from a fresh checkout to two practice conferences in the browser.

use crate::{cargo, node};
use anyhow::{Context, Result};

/// Builds the web app, builds the service with the app inside, and becomes the service.
///
/// The service is built in the `dev` profile: its dependencies are optimised there too (Cargo.toml), so it starts after
/// a third of the time of a release build and is fast enough for a rehearsal.
///
/// # Errors
/// Node is missing or too old, or a build fails.
pub fn run(more: &[String]) -> Result<()> {
    node::look()?;
    node::install("web")?;
    cargo::finish(node::npm("web").args(["run", "build"])).context("the web app was not built")?;
    cargo::finish(&mut cargo::command(&["build", "--package", "server", "--bin", "flipchart"]))
        .context("the service was not built")?;
    let mut serve = cargo::command(&["run", "--quiet", "--package", "server", "--bin", "flipchart", "--"]);
    serve.args(["serve", "--practice", "--data", "./data"]).args(more);
    become_it(serve)
}

/// Ctrl-C then reaches the service alone, which ends its rooms in order.
#[cfg(unix)]
fn become_it(mut serve: std::process::Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(serve.exec()).context("cannot start cargo")
}

#[cfg(not(unix))]
fn become_it(mut serve: std::process::Command) -> Result<()> {
    cargo::finish(&mut serve)
}
