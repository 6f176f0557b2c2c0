//! Steps of a test run: what passed, what failed, what took long.

use anyhow::{Result, bail};
use std::{
    fmt::Write,
    time::{Duration, Instant},
};

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Passed,
    Failed(String),
    Skipped(String),
}

#[derive(Debug)]
struct Step {
    name: String,
    time: Duration,
    end: End,
}

/// A run. Later steps go on after a failure, so that one run tells everything.
#[derive(Debug)]
pub struct Steps {
    done: Vec<Step>,
    /// Under CI nothing may be left out.
    strict: bool,
}

impl Steps {
    /// With `strict`, a skipped step counts as failed.
    pub fn new(strict: bool) -> Self {
        Self { done: Vec::new(), strict }
    }

    /// Runs one step and says how it went. True if it passed.
    pub fn run(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> bool {
        println!("\n== {name}");
        let started = Instant::now();
        let end = match step() {
            Ok(()) => End::Passed,
            Err(error) => End::Failed(format!("{error:#}")),
        };
        self.add(name, started.elapsed(), end)
    }

    /// Leaves a step out, with the reason.
    pub fn skip(&mut self, name: &str, why: &str) {
        println!("\n== {name}");
        self.add(name, Duration::ZERO, End::Skipped(why.to_owned()));
    }

    fn add(&mut self, name: &str, time: Duration, end: End) -> bool {
        let seconds = time.as_secs_f64();
        match &end {
            End::Passed => println!("-- passed in {seconds:.1} s: {name}"),
            End::Failed(why) => {
                let first = why.lines().next().unwrap_or_default();
                println!("-- FAILED after {seconds:.1} s: {name}: {first}");
            }
            End::Skipped(why) => println!("-- SKIPPED: {name}: {why}"),
        }
        let passed = end == End::Passed;
        self.done.push(Step { name: name.to_owned(), time, end });
        passed
    }

    /// The last words of the run.
    fn summary(&self) -> String {
        let mut text = String::from("\nSlowest steps\n");
        let mut slowest: Vec<&Step> = self.done.iter().collect();
        slowest.sort_by_key(|step| std::cmp::Reverse(step.time));
        for step in slowest.iter().take(10) {
            writeln!(text, "{:>8.1} s  {}", step.time.as_secs_f64(), step.name).expect("a String takes all");
        }
        let all: Duration = self.done.iter().map(|step| step.time).sum();
        writeln!(text, "{:>8.1} s  together", all.as_secs_f64()).expect("a String takes all");
        for step in &self.done {
            match &step.end {
                End::Failed(why) => writeln!(text, "failed: {}: {why}", step.name),
                End::Skipped(why) => writeln!(text, "skipped: {}: {why}", step.name),
                End::Passed => Ok(()),
            }
            .expect("a String takes all");
        }
        let passed = self.done.iter().filter(|step| step.end == End::Passed).count();
        write!(text, "\n{passed} passed, {} failed", self.failures()).expect("a String takes all");
        text
    }

    fn failures(&self) -> usize {
        let counts = |step: &&Step| match step.end {
            End::Passed => false,
            End::Failed(_) => true,
            End::Skipped(_) => self.strict,
        };
        self.done.iter().filter(counts).count()
    }

    /// Prints the times, what failed and the count.
    ///
    /// # Errors
    /// A step failed.
    pub fn finish(&self) -> Result<()> {
        println!("{}", self.summary());
        match self.failures() {
            0 => Ok(()),
            failures => bail!("{failures} of {} steps failed", self.done.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    fn steps(strict: bool) -> Steps {
        let mut steps = Steps::new(strict);
        assert!(steps.run("one", || Ok(())));
        steps.skip("two", "no browser");
        steps
    }

    #[test]
    fn the_last_line_counts_the_steps() {
        assert_eq!(steps(false).summary().lines().last(), Some("1 passed, 0 failed"));
        assert!(steps(false).finish().is_ok());
    }

    #[test]
    fn a_skipped_step_is_a_failure_under_ci() {
        let steps = steps(true);
        assert_eq!(steps.summary().lines().last(), Some("1 passed, 1 failed"));
        assert!(steps.finish().is_err());
        assert!(steps.summary().contains("skipped: two: no browser"));
    }

    #[test]
    fn a_failure_is_told_and_later_steps_run() {
        let mut steps = steps(false);
        assert!(!steps.run("three", || Err(anyhow!("why"))));
        assert!(steps.run("four", || Ok(())));
        assert_eq!(steps.summary().lines().last(), Some("2 passed, 1 failed"));
        assert!(steps.summary().contains("failed: three: why"));
        assert!(steps.finish().is_err());
    }
}
