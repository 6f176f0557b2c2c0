//! The real binary with a real file, as attendees and whoever runs it meet it.

mod attack;
mod back;
mod ballots;
mod canary;
mod copies;
mod crowd;
mod damage;
mod descriptors;
mod disk;
mod failing;
mod floods;
mod forms;
mod habits;
mod harm;
mod hostile;
mod kills;
mod letters;
mod locked;
mod logs;
mod memory;
mod process;
mod readers;
mod refusals;
mod rights;
mod sealed;
mod soak;
#[path = "../../../protocol/tests/vectors/mod.rs"]
mod vectors;
mod worlds;
