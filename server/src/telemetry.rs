//! The log: what happened, how long it took. No name, no address of a person, no word of a conference.

use std::{panic, str::FromStr};
use tracing_subscriber::{EnvFilter, fmt};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts the log on standard error. `RUST_LOG` chooses how much; `info` if it says nothing.
pub fn start(format: LogFormat) {
    let filter = std::env::var("RUST_LOG").ok().and_then(|text| EnvFilter::from_str(&text).ok());
    let lines =
        fmt().with_env_filter(filter.unwrap_or_else(|| EnvFilter::new("info"))).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_target(false).init(),
        LogFormat::Json => lines.json().init(),
    }
    // A panic's message may quote what somebody wrote (yrs does): only its place is logged.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tracing::error!(place = place.as_deref().unwrap_or("unknown"), "panic");
    }));
}
