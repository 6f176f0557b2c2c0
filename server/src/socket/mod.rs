//! WebSockets: who may open one, what may come in, in which order things go out.
//!
//! Nothing here decides about a conference. A frame is read, its sizes are checked, it is scanned, and the room is told.

mod connection;
mod farewell;
mod handshake;
mod large;
mod line;
mod link;
mod names;
mod pace;
mod public_url;
mod scanned;
mod tickets;
mod upgrade;

pub use public_url::{NotAPublicUrl, PublicUrl};
pub use tickets::{Holder, Tickets};
pub use upgrade::{Gate, WrongOrigin, check_origin, upgrade, upgrade_single};
