//! The scanner: reads an update, a state vector or awareness and says what it touches, before anything else sees it.
//!
//! Nothing here recurses, and nothing is allocated by a declared count. The rules are SPEC SCAN1–SCAN8 and PRES1–PRES2.
//! What only a document's history can tell is judged by [`crate::known::Known`].

mod order;
mod presence;
mod update;
mod value;

pub use presence::{AwarenessEntry, scan_awareness, write_awareness};
pub(crate) use update::hash;
pub use update::{read_letters, scan_stored, scan_update};

use crate::lib0::{DecodeError, Reader};
use crate::limits::CLOCK_END;
use std::collections::HashSet;

/// Clients in one state vector or in one delete set: everybody who ever wrote in the document, one for each page
/// that they opened.
pub const CLIENTS_EVER: u64 = 4_096;
/// Ranges in one delete set. A step 2 carries all deletes of the document; half an hour of correcting makes about 500.
pub const DELETES_PER_UPDATE: u64 = 65_536;

/// A run of clocks `start..end` of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Client id of Yjs.
    pub client: u64,
    /// First clock.
    pub start: u32,
    /// One past the last clock.
    pub end: u32,
}

/// Where a created type hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// Directly in a root type.
    Root,
    /// In the type with this (client, clock).
    Of(u64, u32),
    /// Where the block with this (client, clock) is: the update names a neighbour and no parent.
    Beside(u64, u32),
}

/// A shared type that the update creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewType {
    /// Its client.
    pub client: u64,
    /// Its clock.
    pub clock: u32,
    /// Where it hangs.
    pub parent: Parent,
}

/// The three shared types of our documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeKind {
    /// `Y.Array`.
    Array,
    /// `Y.Map`.
    Map,
    /// `Y.Text`.
    Text,
}

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Nothing any more, and its place is forgotten.
    Collected,
    /// Nothing any more.
    Deleted,
    /// Text of a `Y.Text`.
    Words,
    /// Plain values.
    Values,
    /// A shared type.
    Type(TypeKind),
}

/// The parent that a block without neighbours names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// A root type, by the hash of its name.
    Root(u64),
    /// The type with this (client, clock).
    Of(u64, u32),
}

/// One block of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The clocks it covers.
    pub span: Span,
    /// The block it was written after.
    pub left: Option<(u64, u32)>,
    /// The block it was written before.
    pub right: Option<(u64, u32)>,
    /// Its parent, where it names no neighbour.
    pub inside: Option<Inside>,
    /// Hash of its key in a map, where it names its parent.
    pub key: Option<u64>,
    /// What it holds.
    pub holds: Holds,
    /// True where it is several values of which the update itself deletes every one.
    pub deleted: bool,
}

/// What an update touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Clocks it brings, one span for each client.
    pub blocks: Vec<Span>,
    /// Clocks it deletes, in the order of the bytes, each client's ascending.
    pub deletes: Vec<Span>,
    /// Highest clock of each client that it builds on or deletes and does not bring itself.
    pub needs: Vec<(u64, u32)>,
    /// Shared types it creates.
    pub types: Vec<NewType>,
    /// Its blocks, each after those it builds on.
    pub placed: Vec<Block>,
    /// Clocks of the second halves of its letters that take two UTF-16 units (an emoji), each client's ascending.
    pub halves: Vec<(u64, u32)>,
}

impl Touched {
    /// What all this takes in memory: for an update of many small blocks many times its own length.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.blocks)
            + size_of_val(&*self.deletes)
            + size_of_val(&*self.needs)
            + size_of_val(&*self.types)
            + size_of_val(&*self.placed)
            + size_of_val(&*self.halves)
    }
}

/// Root types an update may write into directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roots {
    /// Any.
    Any,
    /// These, and all of them are maps.
    Only(&'static [&'static str]),
}

/// Why an update, state vector or awareness was refused. No stock client that works sends such; what becomes of its sender
/// is SPEC SCAN15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// The bytes cannot be read.
    #[error(transparent)]
    Bytes(#[from] DecodeError),
    /// More than the service takes at once.
    #[error("more than {limit} {what} at once")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A client has two sections.
    #[error("client {0} is there twice")]
    Twice(u64),
    /// A section, block or range without length.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A clock beyond [`CLOCK_END`].
    #[error("client {client} would reach clock {end}")]
    Clock {
        /// Whose clock.
        client: u64,
        /// Where it would end.
        end: u64,
    },
    /// A kind of content our documents do not have.
    #[error("content of kind {0} is not taken")]
    Content(u8),
    /// A shared type our documents do not have.
    #[error("a shared type of kind {0} is not taken")]
    Type(u64),
    /// A plain value that is nested too deeply or is of a kind JSON does not have.
    #[error("a value is not taken: {0}")]
    Value(&'static str),
    /// A key that is too long.
    #[error("a key of {0} bytes is too long")]
    Key(usize),
    /// A root type that this document does not have, or a list inside one that is a map.
    #[error("this document has no such root type, or it is no list")]
    Root,
    /// A block builds on one that its client wrote later.
    #[error("client {client} builds on its own clock {clock}, which it has not written yet")]
    Forward {
        /// Whose block.
        client: u64,
        /// The clock it names.
        clock: u32,
    },
    /// A block that names one neighbour for both sides: every reader would put it elsewhere.
    #[error("client {client} writes before and after the same clock {clock}")]
    Between {
        /// The neighbour's client.
        client: u64,
        /// The neighbour's clock.
        clock: u32,
    },
    /// Blocks that wait for each other.
    #[error("blocks build on each other in a circle")]
    Circle,
    /// Ranges of deletes that are not ascending.
    #[error("deletes of client {0} are out of order")]
    Deletes(u64),
    /// An awareness state that is no JSON.
    #[error("an awareness state is no JSON")]
    NotJson,
}

impl ScanError {
    /// Number of the rule in SPEC that was broken.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Bytes(_) => "SCAN1",
            Self::TooMany { .. } | Self::Twice(_) => "SCAN2",
            Self::Empty(_) | Self::Clock { .. } => "SCAN3",
            Self::Content(_) | Self::Type(_) => "SCAN4",
            Self::Value(_) | Self::Key(_) => "SCAN5",
            Self::Root => "SCAN6",
            Self::Forward { .. } | Self::Between { .. } | Self::Circle => "SCAN7",
            Self::Deletes(_) => "SCAN8",
            Self::NotJson => "PRES2",
        }
    }
}

/// Reads a state vector: (client, clock) pairs, each client once.
pub fn scan_state_vector(bytes: &[u8]) -> Result<Vec<(u64, u32)>, ScanError> {
    let mut reader = Reader::new(bytes);
    let count = counted(reader.count(2, "clients of the state vector")?, CLIENTS_EVER, "clients")?;
    let mut pairs = Vec::with_capacity(count);
    let mut seen = HashSet::with_capacity(count);
    for _ in 0..count {
        let client = reader.number("client")?;
        let clock = reader.number("clock")?;
        if !seen.insert(client) {
            return Err(ScanError::Twice(client));
        }
        pairs.push((client, clock_end(client, clock)?));
    }
    reader.end("end of the state vector")?;
    Ok(pairs)
}

/// A count that keeps to its limit. It has been compared with the bytes left before.
fn counted(count: u64, limit: u64, what: &'static str) -> Result<usize, ScanError> {
    if count > limit { Err(ScanError::TooMany { what, limit }) } else { Ok(count as usize) }
}

/// A clock that keeps to [`CLOCK_END`] and therefore fits.
fn clock_end(client: u64, end: u64) -> Result<u32, ScanError> {
    if end > CLOCK_END { Err(ScanError::Clock { client, end }) } else { Ok(end as u32) }
}
