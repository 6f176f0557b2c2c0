//! Plain values of a meeting: what a framework says, what a practice conference holds, how codes are spoken. Nothing
//! here waits, reads a clock or knows a document.

pub mod codewords;
pub mod framework;
pub mod practice;
