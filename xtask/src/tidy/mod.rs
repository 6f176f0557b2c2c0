//! Rules of the source that no compiler checks: layers, words, sizes, what may not stand in the web app.

mod layers;
mod rules;
mod source;
mod template;
mod web;
mod words;

use crate::workspace::{self, File};
use anyhow::{Result, bail};
use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Printed.
    Warning,
    /// Printed, and the command fails.
    Error,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub weight: Weight,
    /// File, with a line from 1 if it is about one.
    pub place: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl Finding {
    fn error(file: &File, line: usize, what: impl Into<String>) -> Self {
        Self { weight: Weight::Error, place: format!("{}:{line}", file.path), what: what.into() }
    }

    fn warning(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Warning => "warning",
            Weight::Error => "error",
        };
        write!(f, "{weight}: {}: {}", self.place, self.what)
    }
}

/// Folders and files that are read; whatever a build writes is left out.
const READ: [&str; 15] = [
    "protocol",
    "ballot-box",
    "server",
    "papers",
    "tests",
    "xtask",
    "web",
    "docs",
    ".ci",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.toml",
    "clippy.toml",
    "deny.toml",
];

/// Everything that is wrong with these files.
fn findings(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        layers::judge(file, &mut found);
        web::judge(file, &mut found);
        words::judge(file, &mut found);
    }
    rules::judge(files, &mut found);
    rules::judge_features(files, &mut found);
    found.sort_by(|a, b| (a.weight, &a.place).cmp(&(b.weight, &b.place)));
    found
}

/// Prints what is wrong.
///
/// # Errors
/// Something is wrong enough.
pub fn run() -> Result<()> {
    let found = findings(&workspace::files(&READ, &[]));
    for finding in &found {
        println!("{finding}");
    }
    let errors = found.iter().filter(|finding| finding.weight == Weight::Error).count();
    if errors > 0 {
        bail!("tidy found {errors} errors");
    }
    Ok(())
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}
