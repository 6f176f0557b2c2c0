//! Commands of the project.

mod bench;
mod browser;
mod cargo;
mod codegen;
mod interop;
mod node;
mod reasons;
mod serve;
mod steps;
mod test;
mod tidy;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Commands of the live flipchart's workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds everything and runs two practice conferences on http://127.0.0.1:8080, kept under ./data.
    Serve {
        /// Passed on to `flipchart serve`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Runs every check and test, or one part of them.
    Test {
        /// One part; none = all.
        #[arg(value_enum)]
        part: Option<test::Part>,
    },
    /// The large forms of what `test` runs small: 50,000 simulated conferences, 200 kills, 10 minutes of mutated input.
    Prove {
        /// Simulated conferences, each from a seed of its own.
        #[arg(long, default_value_t = 50_000)]
        seeds: u64,
        /// Seconds of mutated input.
        #[arg(long, default_value_t = 600)]
        seconds: u64,
    },
    /// Feeds mutated updates and frames to the readers; a failing input is printed with its seed.
    Fuzz {
        /// How long.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Measures the service beside its peers, which it installs from their registries: a table and target/bench/results.json.
    Bench {
        /// Passed on to the load: --only, --peers, --seconds, --repetitions, --minutes … (`-- --help` names all).
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Writes the web app's types from the protocol.
    Codegen {
        /// Writes nothing; fails if the file would change.
        #[arg(long)]
        check: bool,
    },
    /// Judges layers, words, sizes and what may not stand in the web app.
    Tidy,
}

fn run() -> Result<()> {
    match Arguments::parse().command {
        Command::Serve { more } => serve::run(&more),
        Command::Test { part } => test::run(part),
        Command::Prove { seeds, seconds } => test::prove(seeds, seconds),
        Command::Fuzz { seconds } => test::fuzz(seconds),
        Command::Bench { more } => bench::run(&more),
        Command::Codegen { check } => codegen::run(check),
        Command::Tidy => tidy::run(),
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
