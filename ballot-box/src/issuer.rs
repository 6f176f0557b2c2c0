//! Signing blind, a bounded number of times.

use crate::{CryptoRng, KEY_BYTES, PublicKey, RoundKey};
use alloc::{collections::BTreeSet, vec::Vec};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// SHA-256 of a blinded message: what is kept to know it again. The message itself is not kept.
pub type BlindedHash = [u8; 32];

/// The hash by which a blinded message is known again.
pub fn blinded_hash(blinded: &[u8; KEY_BYTES]) -> BlindedHash {
    Sha256::digest(blinded).into()
}

/// Why nothing was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// As many have been signed as people are entitled.
    #[error("this round has given a note to everybody who is entitled")]
    Spent,
    /// The bytes are no number below the modulus.
    #[error("this is no blinded message of this round; open the page again")]
    Unreadable,
}

/// The key of an open round and what it has signed. Who asked is the caller's to know: it lets each person ask with one
/// [`BlindedHash`] only. Whatever the caller does, a key signs no more messages than people are entitled.
#[derive(Debug)]
pub struct Issuer {
    key: RoundKey,
    entitled: usize,
    signed: BTreeSet<BlindedHash>,
}

impl Issuer {
    /// An issuer that has signed nothing.
    pub fn new(key: RoundKey, entitled: usize) -> Self {
        Self::resume(key, entitled, [])
    }

    /// An issuer after a restart. `signed` are the hashes that the caller kept.
    pub fn resume(key: RoundKey, entitled: usize, signed: impl IntoIterator<Item = BlindedHash>) -> Self {
        Self { key, entitled, signed: signed.into_iter().collect() }
    }

    /// What everybody has of the key.
    pub fn public(&self) -> &PublicKey {
        self.key.public()
    }

    /// The secret key as PKCS#8, to be wrapped and kept until the round closes.
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.key.to_pkcs8()
    }

    /// How many different messages were signed.
    pub fn signed(&self) -> usize {
        self.signed.len()
    }

    /// One more person is entitled.
    pub fn admit(&mut self) {
        self.entitled += 1;
    }

    /// Signs `blinded`. The same bytes have the same answer however often they come, and count once.
    ///
    /// # Errors
    /// See [`Refused`]; nothing has changed then.
    pub fn sign<R: CryptoRng + ?Sized>(
        &mut self,
        rng: &mut R,
        blinded: &[u8; KEY_BYTES],
    ) -> Result<[u8; KEY_BYTES], Refused> {
        let hash = blinded_hash(blinded);
        if !self.signed.contains(&hash) && self.signed.len() >= self.entitled {
            return Err(Refused::Spent);
        }
        let signature = self.key.sign(rng, blinded).ok_or(Refused::Unreadable)?;
        self.signed.insert(hash);
        Ok(signature)
    }
}
