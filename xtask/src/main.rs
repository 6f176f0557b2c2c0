//! Commands of the project.

mod codegen;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Commands of the live flipchart's workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the web app's types from the protocol.
    Codegen {
        /// Writes nothing; fails if the file would change.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Codegen { check } => codegen::run(check),
    }
}
