//! A conference's live side. `core` decides; everything else here is what it decides with, or the shell around it.

pub mod audit;
pub mod commands;
pub mod core;
pub mod log;
pub mod outbox;
pub mod projection;
pub mod rights;
