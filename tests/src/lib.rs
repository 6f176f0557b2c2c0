//! Black-box tests: the real binary with a real file, and attendees who know of the service only what a browser knows.
//!
//! An [`Attendee`] is a stock client in Rust: it enters by its link, sends commands, opens documents over one socket
//! and keeps a ledger of what has been saved. A [`Service`] can be killed and started again on the same data.
//! Everything waits for a condition with a deadline, nothing for a time.

mod attendee;
mod deadline;
mod forced;
mod frame;
mod ledger;
mod links;
mod practice;
mod random;
mod replica;
mod requests;
mod service;
mod socket;
mod writing;

pub use attendee::Attendee;
pub use deadline::{DEADLINE, wait_for};
pub use forced::Forced;
pub use frame::{read_server_frame, write_client_frame};
pub use ledger::{Ledger, Saved};
pub use links::Link;
pub use practice::{Conference, Expected};
pub use random::{Draw, draw, secret};
pub use replica::{Opening, Replica};
pub use requests::{Answer, Requests};
pub use service::{Service, Start};
pub use socket::{Seen, open_with};
