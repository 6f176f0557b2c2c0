//! How long the service's own commits took while it was measured: the floor under every durable latency.

use super::peer::{Peer, Server};
use anyhow::{Context, Result, ensure};
use flipchart_tests::Requests;
use std::time::Duration;

/// A commit begins at least so long after the one before it began (SPEC STO2).
const DISTANCE: Duration = Duration::from_millis(4);

/// Commits since the start of a service, by what `/metrics` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Commits {
    /// How many took at most so many seconds, each bound with those below it.
    within: Vec<(f64, u64)>,
    count: u64,
    seconds: f64,
}

impl Commits {
    /// Of ours, until now; others have none.
    pub fn of(server: &Server<'_>) -> Result<Self> {
        if server.peer != Peer::Ours {
            return Ok(Self::default());
        }
        let requests = Requests::to(&format!("http://{}", server.address()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let answer = runtime.block_on(requests.get("/metrics"))?;
        ensure!(answer.status == 200, "no measures: {}", answer.status);
        Self::read(&answer.text())
    }

    fn read(measures: &str) -> Result<Self> {
        let mut all = Self::default();
        for line in measures.lines() {
            let Some(line) = line.strip_prefix("flipchart_commit_seconds_") else { continue };
            let (name, number) = line.rsplit_once(' ').context("a measure without a number")?;
            match name {
                "count" => all.count = number.parse()?,
                "sum" => all.seconds = number.parse()?,
                bucket => {
                    let bound =
                        bucket.strip_prefix("bucket{le=\"").and_then(|bound| bound.strip_suffix("\"}"));
                    let bound = bound.context("a bucket without a bound")?;
                    // "+Inf" is one as well.
                    all.within.push((bound.parse()?, number.parse()?));
                }
            }
        }
        Ok(all)
    }

    /// Those that came after `before`.
    pub fn since(&self, before: &Self) -> Self {
        let counted =
            |bound: f64| before.within.iter().find(|(other, _)| *other == bound).map_or(0, |(_, n)| *n);
        Self {
            within: self.within.iter().map(|(bound, count)| (*bound, count - counted(*bound))).collect(),
            count: self.count - before.count,
            seconds: self.seconds - before.seconds,
        }
    }

    /// What they took on average; None where there were none.
    pub fn mean(&self) -> Option<Duration> {
        (self.count > 0).then(|| Duration::from_secs_f64(self.seconds / self.count as f64))
    }

    /// What this share of them took at most, as if those between two bounds lay evenly.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let wanted = share * self.count as f64;
        let mut below = (0.0, 0);
        for (bound, count) in &self.within {
            if *count as f64 >= wanted && self.count > 0 {
                let within = (wanted - below.1 as f64) / (count - below.1).max(1) as f64;
                let bound = if bound.is_finite() { *bound } else { below.0 };
                return Some(Duration::from_secs_f64(below.0 + (bound - below.0) * within.clamp(0.0, 1.0)));
            }
            below = (*bound, *count);
        }
        None
    }

    /// What half and 99 of 100 deliveries may take: half a distance, a commit, and 1 ms of the service's own; a distance,
    /// a slow commit, and 3 ms. The distance is the greater of 4 ms and a commit.
    pub fn aims(&self) -> Option<(Duration, Duration)> {
        let (commit, slow) = (self.mean()?, self.quantile(0.99)?);
        let distance = commit.max(DISTANCE);
        Some((distance / 2 + commit + Duration::from_millis(1), distance + slow + Duration::from_millis(3)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(counts: [u64; 3], seconds: f64) -> Commits {
        let [half, one, all] = counts;
        let text = format!(
            "# HELP flipchart_commit_seconds from a commit's begin to its sync\n\
             flipchart_commit_seconds_bucket{{le=\"0.0005\"}} {half}\n\
             flipchart_commit_seconds_bucket{{le=\"0.001\"}} {one}\n\
             flipchart_commit_seconds_bucket{{le=\"+Inf\"}} {all}\n\
             flipchart_commit_seconds_sum {seconds}\nflipchart_commit_seconds_count {all}\nother 7\n"
        );
        Commits::read(&text).unwrap()
    }

    #[test]
    fn commits_of_a_run_are_told_from_those_before_it() {
        let run = said([110, 210, 210], 0.25).since(&said([10, 10, 10], 0.05));
        assert_eq!(run.mean(), Some(Duration::from_millis(1)));
        assert_eq!(run.quantile(0.5), Some(Duration::from_micros(500)));
        assert_eq!(run.quantile(0.75), Some(Duration::from_micros(750)));
        assert_eq!(Commits::default().mean(), None);
        assert_eq!(Commits::default().quantile(0.5), None);
    }

    #[test]
    fn what_a_delivery_may_take_follows_from_the_commits_of_the_run() {
        let quick = said([0, 100, 100], 0.1);
        let aims = quick.aims().unwrap();
        assert_eq!(aims, (Duration::from_millis(4), Duration::from_micros(7_995)));
        // A disk that is slower than the distance.
        let slow = said([0, 0, 100], 1.0).aims().unwrap();
        assert_eq!(slow.0, Duration::from_millis(16));
    }
}
