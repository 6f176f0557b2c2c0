//! Sealed scale notes: nobody can tell who wrote which.
//!
//! A round has a signing key ([`RoundKey`]). The [`Issuer`] signs blinded messages with it, one for each person that is
//! entitled, and cannot read what it signs. The [`BallotBox`] takes ballots that carry such a signature, from anybody,
//! holds them in memory until the round closes, and gives a [`Reveal`]. `protocol/SPEC.md` numbers the rules (SEAL);
//! `docs/sealed-notes.md` explains them.
//!
//! Layer 0. The crate is built without the standard library, so it has no clock, no socket, no file and no log to name;
//! it depends on nothing that could name a person. Randomness is an argument.
//!
//! A ballot is bytes and nothing beside them:
//! ```
//! fn take(ballots: &mut ballot_box::BallotBox, body: &[u8]) {
//!     ballots.cast(body);
//! }
//! ```
//! An address does not go in with it:
//! ```compile_fail
//! fn take(ballots: &mut ballot_box::BallotBox, body: &[u8], from: std::net::IpAddr) {
//!     ballots.cast(body, from);
//! }
//! ```
//! The one who casts learns nothing, so an answer cannot depend on it:
//! ```compile_fail
//! fn take(ballots: &mut ballot_box::BallotBox, body: &[u8]) -> bool {
//!     ballots.cast(body)
//! }
//! ```
//! No attendee can be named here or by whoever has this crate alone:
//! ```compile_fail
//! fn take(ballots: &mut ballot_box::BallotBox, body: &[u8], by: protocol::id::AttendeeId) {
//!     ballots.cast(body);
//! }
//! ```
//! A round is an open box or a reveal, never both: what closes takes the box.
//! ```
//! fn close(ballots: ballot_box::BallotBox) -> ballot_box::Reveal {
//!     ballots.reveal(ballot_box::Minimum::default())
//! }
//! ```
//! ```compile_fail
//! fn close(mut ballots: ballot_box::BallotBox, late: &[u8]) -> ballot_box::Reveal {
//!     let reveal = ballots.reveal(ballot_box::Minimum::default());
//!     ballots.cast(late);
//!     reveal
//! }
//! ```
//! What lies in a box cannot be read or printed while it is open:
//! ```compile_fail
//! fn peek(ballots: &ballot_box::BallotBox) -> String {
//!     format!("{:?}", ballots.notes)
//! }
//! ```
#![no_std]

extern crate alloc;

mod ballot;
mod box_of_ballots;
pub mod device;
mod issuer;
mod key;
mod reveal;
mod round;
mod stack;
mod words;

pub use ballot::{Answer, BALLOT_BYTES, NOTHING, NotAnAnswer};
pub use box_of_ballots::{BallotBox, Epoch};
pub use issuer::{BlindedHash, Issuer, Refused, blinded_hash};
pub use key::{KEY_BYTES, NotAKey, PublicKey, RoundKey};
pub use reveal::{Band, Minimum, MinimumTooLow, Reveal, Shown, Tally, may_show_again};
pub use round::{MESSAGE_BYTES, NAME_CHARS, NotARoundName, Round, RoundName};
pub use rsa::rand_core::CryptoRng;
pub use stack::wiped;
pub use words::WORDS;
