//! What travels between a browser and the live flipchart: ids, limits, frames, the scanner and commands.
//!
//! Layer 0: no async, no I/O, no yrs. Everything that a client sends is read here and nowhere else. `SPEC.md` beside
//! this crate numbers the rules; tests quote them.

pub mod api;
pub mod close;
pub mod command;
pub mod document;
pub mod frame;
pub mod framework;
pub mod id;
pub mod known;
pub mod lib0;
pub mod limits;
pub mod message;
pub mod operands;
pub mod outcome;
pub mod people;
pub mod rounds;
pub mod scan;
pub mod wire;
pub mod yjs;
