//! The log and the measures: what happened, how often, how long it took. No name, no id, no address of a person, no word
//! of a conference.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_prometheus::Recorder;
use prometheus::{Histogram, HistogramOpts, Registry};
use std::{io, panic, str::FromStr, time::Duration};
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

/// Bounds of a commit's time in seconds: from a disk that lies about syncing to one that is in trouble.
const COMMIT_SECONDS: [f64; 10] = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.1, 0.5, 2.0];

/// Starts the measures, which can be read from what is answered.
///
/// # Errors
/// When they have been started before.
pub fn measure() -> anyhow::Result<Registry> {
    let measures = Registry::new();
    let commits = HistogramOpts::new("flipchart_commit_seconds", "from a commit's begin to its sync");
    let commits = Histogram::with_opts(commits.buckets(COMMIT_SECONDS.to_vec()))?;
    let recorder = Recorder::builder().with_registry(&measures).try_with_metric(commits)?.build();
    metrics::set_global_recorder(recorder).map_err(|_| anyhow::anyhow!("the service measures already"))?;
    describe_gauge!("flipchart_fsync_seconds", Unit::Seconds, "a sync of the disk, measured at the start");
    describe_counter!("flipchart_batches_total", "batches of rooms, by how the store answered");
    describe_gauge!("flipchart_sockets", "sockets that are open");
    describe_gauge!("flipchart_rooms", "conferences that are loaded");
    describe_histogram!(
        "flipchart_load_seconds",
        Unit::Seconds,
        "from a room's first need to its being there"
    );
    describe_counter!("flipchart_messages_total", "messages of clients, by what they were");
    describe_counter!("flipchart_deliveries_total", "messages handed to sockets");
    describe_counter!("flipchart_closes_total", "sockets that the service closed, by code");
    describe_counter!("flipchart_refused_total", "edits that were not taken, by the reason");
    describe_counter!("flipchart_behind_total", "readers whose backlog went over its bound");
    describe_counter!("flipchart_reloads_total", "rooms that were loaded anew from the store");
    describe_counter!(
        "flipchart_commands_total",
        "commands, by what they were and whether they were carried out"
    );
    Ok(measures)
}

/// A disk slower than this makes typing feel slow: a word is on other screens after one to two syncs.
const SLOW_SYNC: Duration = Duration::from_millis(20);

/// Says how long the disk takes to make a change durable, and warns where that is long.
pub fn note_sync_time(measured: io::Result<Duration>) {
    match measured {
        Ok(time) => {
            gauge!("flipchart_fsync_seconds").set(time);
            let ms = time.as_millis();
            if time < SLOW_SYNC {
                tracing::info!(ms, "the disk makes a change durable");
            } else {
                tracing::warn!(
                    ms,
                    "the disk is slow: words reach other screens late; keep the data on a local disk"
                );
            }
        }
        Err(error) => tracing::warn!(%error, "how fast the disk is could not be measured"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn said_of(measured: io::Result<Duration>) -> String {
        let lines = Lines::default();
        let to = lines.clone();
        let log = fmt().with_ansi(false).with_writer(move || to.clone()).finish();
        tracing::subscriber::with_default(log, || note_sync_time(measured));
        String::from_utf8(lines.0.lock().expect("nobody panics").clone()).expect("text")
    }

    #[test]
    fn sto17_a_disk_that_takes_20_ms_or_more_to_sync_is_warned_about_with_what_to_do() {
        let below = said_of(Ok(Duration::from_micros(19_999)));
        assert!(below.contains("INFO") && !below.contains("WARN") && below.contains("ms=19"), "{below}");
        let slow = said_of(Ok(Duration::from_millis(20)));
        assert!(
            slow.contains("WARN") && slow.contains("ms=20") && slow.contains("keep the data on a local disk")
        );
        let unknown = said_of(Err(io::Error::other("no room")));
        assert!(unknown.contains("WARN") && unknown.contains("could not be measured"), "{unknown}");
    }
}
