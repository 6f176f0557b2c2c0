//! Measures the service beside its peers; started by `cargo xtask bench`, which installs them.
//!
//! Open loop: every edit has its time, and latency counts from it. Edits are real updates in the shape of a board. The
//! server has one core and the load another. What is measured is what ships: the load stays within the limits of the
//! service by taking more rooms and more people, never by a special path.

mod aims;
mod client;
mod commits;
mod converge;
mod disk;
mod documents;
mod fanout;
mod figures;
mod histogram;
mod house;
mod idle;
mod kills;
mod peer;
mod process;
mod rows;
mod seat;
mod typing;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use peer::{Peer, Places};
use process::Cores;
use rows::{Bench, Plan, Row};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Measures the service beside its peers.
#[derive(Debug, Parser)]
struct Cli {
    /// Folder of the installed peers, their data and the results
    #[arg(long)]
    folder: PathBuf,
    /// Only these parts
    #[arg(long, value_delimiter = ',')]
    only: Vec<Row>,
    /// Only these servers
    #[arg(long, value_delimiter = ',')]
    peers: Vec<Peer>,
    /// Measured seconds of a run at a fixed rate
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Repetitions of what is measured by time
    #[arg(long, default_value_t = 3)]
    repetitions: usize,
    /// Kills of each server
    #[arg(long, default_value_t = 10)]
    kills: u32,
    /// Seeds of random edits
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// After this many minutes nothing new begins
    #[arg(long, default_value_t = 180)]
    minutes: u64,
    /// File of all measured numbers [default: results.json in the folder]
    #[arg(long)]
    out: Option<PathBuf>,
}

fn all<T: ValueEnum + Clone>(some: Vec<T>) -> Vec<T> {
    if some.is_empty() { T::value_variants().to_vec() } else { some }
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    std::fs::create_dir_all(&cli.folder)?;
    let cores = Cores::find();
    let files = process::open_files();
    match cores {
        Some(_) => println!("the server has one core, the load another; {files} open files each"),
        None => println!(
            "one core only: server and load share it, and the numbers say little; {files} open files"
        ),
    }
    let places = Places { scripts: cli.folder.join("peers"), folder: cli.folder.clone(), cores };
    let plan = Plan {
        rows: all(cli.only),
        peers: all(cli.peers),
        repetitions: cli.repetitions,
        measured: Duration::from_secs_f64(cli.seconds),
        until: Instant::now() + Duration::from_secs(60 * cli.minutes),
        kills: cli.kills,
        seeds: cli.seeds,
    };
    let figures = Bench::new(plan, &places).run()?;
    let out = cli.out.unwrap_or_else(|| cli.folder.join("results.json"));
    let text = serde_json::to_string_pretty(&figures)?;
    std::fs::write(&out, text).with_context(|| format!("{} cannot be written", out.display()))?;
    println!("\n{}\n{}\nall numbers: {}", figures.table(), aims::told(&figures), out.display());
    let broken = figures.broken();
    anyhow::ensure!(broken.is_empty(), "a promise is broken: {}", broken.join("; "));
    Ok(())
}
