//! The box: ballots of one round, in memory, until it closes.

use crate::{CryptoRng, Minimum, Reveal, Round, ballot::Ballot, reveal, stack::wiped};
use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroize;

/// The random name of a box. When it changes the box is a new one, and whoever cast casts again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Epoch([u8; 16]);

impl Epoch {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Epoch(…)")
    }
}

/// Ballots of one open round. They lie in the order of the hashes of their one-time keys, which says nothing about when
/// they came; how often one was replaced is known by its own device. Erased when the box is dropped.
///
/// Memory that a process keeps can be swapped out and dumped: the service that holds a box forbids both.
pub struct BallotBox {
    round: Round,
    epoch: Epoch,
    entitled: usize,
    notes: Vec<Ballot>,
}

impl BallotBox {
    /// An empty box for as many notes as people are entitled.
    pub fn new<R: CryptoRng + ?Sized>(rng: &mut R, round: Round, entitled: usize) -> Self {
        let mut epoch = [0; 16];
        rng.fill_bytes(&mut epoch);
        // All room at once: a list that grows leaves copies behind in memory that nobody erases.
        Self { round, epoch: Epoch(epoch), entitled, notes: Vec::with_capacity(entitled) }
    }

    /// Which box this is.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The round it belongs to.
    pub fn round(&self) -> &Round {
        &self.round
    }

    /// How many people are entitled.
    pub fn entitled(&self) -> usize {
        self.entitled
    }

    /// How many notes are in. Told to others on a tick and never when one comes (SPEC SEAL9).
    pub fn count(&self) -> usize {
        self.notes.len()
    }

    /// One more person is entitled.
    pub fn admit(&mut self) {
        self.entitled += 1;
        let mut roomier = Vec::with_capacity(self.entitled);
        roomier.extend_from_slice(&self.notes);
        core::mem::replace(&mut self.notes, roomier).zeroize();
    }

    /// Takes a body. One that is no ballot of this round, or is older than what its device cast before, changes nothing;
    /// whoever sent it is told the same as everybody.
    pub fn cast(&mut self, body: &[u8]) {
        wiped(|| self.take(body));
    }

    fn take(&mut self, body: &[u8]) {
        let Some(ballot) = Ballot::read(&self.round, body) else { return };
        match self.notes.binary_search_by(|note| note.name.cmp(&ballot.name)) {
            Ok(place) if ballot.seq > self.notes[place].seq => self.notes[place] = ballot,
            Err(place) if self.notes.len() < self.entitled => self.notes.insert(place, ballot),
            _ => {}
        }
    }

    /// Closes the box and tells what may be told of it. The box is gone.
    pub fn reveal(self, minimum: Minimum) -> Reveal {
        reveal::of(&self.notes, self.entitled, minimum)
    }
}

impl Drop for BallotBox {
    fn drop(&mut self) {
        self.notes.zeroize();
    }
}

impl fmt::Debug for BallotBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BallotBox(…)")
    }
}
