//! The core by its rules: every test's name begins with the rule that it proves.

pub(in crate::room) mod device;
pub(in crate::room::core) mod durable;
pub(in crate::room) mod house;
pub(in crate::room::core) mod promises;
pub(in crate::room::core) mod who_may;

mod arrivals;
mod asking;
mod client_ids;
mod commands;
mod documents;
mod features;
mod fresh_token;
mod held_lines;
mod holding;
mod in_hand;
mod late;
mod limits;
mod names;
mod out;
mod own_words;
mod parts;
mod pause;
mod people;
mod presence;
mod record_lines;
mod restarts;
mod resting;
pub(super) mod rights;
mod rounds;
mod set_aside;
mod single;
mod sync;
mod take_off;
mod unfit;
