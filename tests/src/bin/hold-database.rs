//! Holds a database's lock until its standard input ends, as another program might. For the browser tests.

use anyhow::{Context, Result};
use rusqlite::Connection;
use std::io::{self, Read};

fn main() -> Result<()> {
    let path = std::env::args_os().nth(1).context("name a database")?;
    let database = Connection::open(path)?;
    database.execute_batch("BEGIN EXCLUSIVE")?;
    println!("held");
    io::stdin().read_to_end(&mut Vec::new())?;
    database.execute_batch("COMMIT")?;
    Ok(())
}
