//! Every byte that is kept is sealed here: XChaCha20-Poly1305 under a key of its conference, bound to its place.
//!
//! Sealed bytes are nonce (24, random) ‖ ciphertext ‖ tag (16). Moved to another place, or changed by one bit, they
//! do not open.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How rows are sealed and bound to their place; part of what is bound.
pub const SEALING_VERSION: u32 = 1;

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// Sealed bytes do not open: another key, another place, or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "sealed bytes do not open: they are damaged, moved, or sealed with another key; restore them from a backup"
)]
pub struct NotSealedHere;

/// The system gave no random bytes. Nothing is sealed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes; nothing can be sealed")]
pub struct NoRandomness;

/// Where sealed bytes lie. Opening them anywhere else fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The council's id.
    pub authority: &'a str,
    /// Which table or file.
    pub table: &'a str,
    /// Which conference.
    pub conference: &'a str,
    /// Which document of it; empty for its key.
    pub document: &'a str,
    /// Numbers of the room's count: from and to of a row, the last of a snapshot.
    pub numbers: &'a [u64],
    /// [`SEALING_VERSION`] of the time.
    pub version: u32,
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places have the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(160);
        for part in ["flipchart", self.authority, self.table, self.conference, self.document] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes.extend_from_slice(&(self.numbers.len() as u64).to_le_bytes());
        for number in self.numbers {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes
    }
}

/// 256 random bits that seal and open. Wiped from memory when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SealingKey(pub(super) [u8; 32]);

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey")
    }
}

impl SealingKey {
    /// Draws a new one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn draw() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        let key = Self(bytes);
        bytes.zeroize();
        Ok(key)
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    /// The key as 64 hexadecimal digits, for its file.
    pub(super) fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0))
    }

    /// Seals `bytes` for one place.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, place: &Place<'_>, bytes: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| NoRandomness)?;
        let payload = Payload { msg: bytes, aad: &place.bytes() };
        // The cipher refuses only messages of more than 256 GiB.
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| NoRandomness)?;
        let mut whole = Vec::with_capacity(NONCE_BYTES + sealed.len());
        whole.extend_from_slice(&nonce);
        whole.extend_from_slice(&sealed);
        Ok(whole)
    }

    /// Opens what was sealed with this key for this place.
    ///
    /// # Errors
    /// When a bit, the place or the key is another.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, NotSealedHere> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(NotSealedHere)?;
        if rest.len() < TAG_BYTES {
            return Err(NotSealedHere);
        }
        let payload = Payload { msg: rest, aad: &place.bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| NotSealedHere)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HERE: Place<'static> = Place {
        authority: "a",
        table: "row",
        conference: "0123456789abcdef",
        document: "board.all",
        numbers: &[3, 5],
        version: 1,
    };

    proptest! {
        #[test]
        fn sto6_sealed_bytes_open_in_their_place(bytes: Vec<u8>, key: [u8; 32]) {
            let key = SealingKey::from_bytes(&key);
            let sealed = key.seal(&HERE, &bytes).unwrap();
            prop_assert_eq!(key.open(&HERE, &sealed), Ok(bytes));
        }

        #[test]
        fn sto6_one_changed_bit_is_noticed(bytes: Vec<u8>, at: prop::sample::Index, bit in 0..8u8) {
            let key = SealingKey::from_bytes(&[7; 32]);
            let mut sealed = key.seal(&HERE, &bytes).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(key.open(&HERE, &sealed), Err(NotSealedHere));
        }
    }

    #[test]
    fn sto6_no_other_place_opens_them() {
        let key = SealingKey::draw().unwrap();
        let sealed = key.seal(&HERE, b"words").unwrap();
        let others = [
            Place { authority: "b", ..HERE },
            Place { table: "snapshot", ..HERE },
            Place { conference: "0123456789abcdeg", ..HERE },
            Place { document: "board.family", ..HERE },
            Place { numbers: &[3, 6], ..HERE },
            Place { numbers: &[4, 5], ..HERE },
            Place { numbers: &[3], ..HERE },
            Place { version: 2, ..HERE },
            // Parts run together the same way.
            Place { authority: "ar", table: "ow", ..HERE },
        ];
        for other in others {
            assert_eq!(key.open(&other, &sealed), Err(NotSealedHere), "{other:?}");
        }
        assert_eq!(SealingKey::draw().unwrap().open(&HERE, &sealed), Err(NotSealedHere));
    }

    #[test]
    fn sto6_cut_bytes_are_noticed() {
        let key = SealingKey::draw().unwrap();
        let sealed = key.seal(&HERE, b"words").unwrap();
        for length in 0..sealed.len() {
            assert_eq!(key.open(&HERE, &sealed[..length]), Err(NotSealedHere), "{length}");
        }
    }

    #[test]
    fn sto6_the_same_words_are_never_sealed_alike() {
        let key = SealingKey::draw().unwrap();
        assert_ne!(key.seal(&HERE, b"words").unwrap(), key.seal(&HERE, b"words").unwrap());
    }

    #[test]
    fn sto6_a_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", SealingKey::from_bytes(&[0xab; 32])), "SealingKey");
    }
}
