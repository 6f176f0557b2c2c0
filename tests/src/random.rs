//! Ids and secrets as a browser draws them.

use protocol::id;
use sha2::{Digest, Sha256};

/// An id that a client may draw.
pub trait Draw {
    /// The id spelled by these bytes.
    fn of(bytes: [u8; 10]) -> Self;
}

macro_rules! draws {
    ($($name:ident)*) => {$(
        impl Draw for id::$name {
            fn of(bytes: [u8; 10]) -> Self {
                Self::from_random(bytes)
            }
        }
    )*};
}

draws!(ConferenceId AttendeeId ChildId NoteId RowId RecordId OfferId HeldId CommandId RoundId TopicId);

/// A fresh id.
pub fn draw<T: Draw>() -> T {
    T::of(bytes())
}

/// A secret of 256 bits for a personal link: its 64 hex digits, and the hash that the service is told.
pub fn secret() -> (String, String) {
    let secret = bytes::<32>();
    (hex::encode(secret), hex::encode(Sha256::digest(secret)))
}

/// A client id of a document: 32 bits, as Yjs draws them.
pub(crate) fn client() -> u64 {
    u64::from(u32::from_le_bytes(bytes()))
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_and_its_hash_have_64_digits() {
        let (secret, hash) = secret();
        assert_eq!((secret.len(), hash.len()), (64, 64));
        assert_ne!(secret, hash);
        assert_ne!(draw::<id::NoteId>(), draw::<id::NoteId>());
    }
}
