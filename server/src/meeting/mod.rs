//! Plain values of a meeting: no I/O but reading a council's own framework files, no CRDT, no task. Everything above
//! reads and writes these.

pub mod addresses;
pub mod attendee;
pub mod codewords;
pub mod conference;
pub mod framework;
pub mod in_hand;
pub mod practice;
pub mod round;
pub mod sheet;
pub mod vacated;
