//! The real binary with a real file, as attendees and whoever runs it meet it.

mod back;
mod ballots;
mod copies;
mod crowd;
mod damage;
mod disk;
mod failing;
mod floods;
mod habits;
mod harm;
mod kills;
mod locked;
mod logs;
mod memory;
mod refusals;
mod rights;
mod sealed;
mod worlds;
