//! A conference's live side. `core` decides; everything else here is what it decides with, or the shell around it.
//! The edge uses `directory` and `handle`.

mod actor;
pub mod audit;
mod batches;
pub mod commands;
pub mod core;
pub mod directory;
mod farewell;
pub mod handle;
mod holding;
pub mod log;
pub mod outbox;
mod packing;
pub mod pass;
pub mod practice;
pub mod projection;
pub mod rights;
mod waking;
pub mod watchdog;
