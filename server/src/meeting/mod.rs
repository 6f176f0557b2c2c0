//! Plain values of a meeting: no I/O, no CRDT, no task. Everything above reads and writes these.

pub mod conference;
pub mod sheet;
