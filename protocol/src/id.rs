//! Names of things, made only by parsing or by drawing 80 random bits.
//!
//! The text form of an id is 16 characters of Crockford's base 32 in small letters. Two ids are equal exactly
//! when their texts are. An id says nothing about what it names and is never a secret: rights are checked.

use serde::{Deserialize, Serialize};

/// Length of an id in characters: 80 bits, so that two of 2³⁰ ids collide with a chance of 2⁻²¹.
pub const ID_CHARS: usize = 16;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that was read as an id and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id has 16 characters of 0–9 and a–z without i, l, o, u")]
pub struct NotAnId;

fn spell(bytes: [u8; 10]) -> [u8; ID_CHARS] {
    let mut bits: u128 = 0;
    for byte in bytes {
        bits = bits << 8 | u128::from(byte);
    }
    let mut text = [0; ID_CHARS];
    for place in (0..ID_CHARS).rev() {
        text[place] = ALPHABET[(bits & 31) as usize];
        bits >>= 5;
    }
    text
}

fn read(text: &str) -> Result<[u8; ID_CHARS], NotAnId> {
    let bytes: [u8; ID_CHARS] = text.as_bytes().try_into().map_err(|_| NotAnId)?;
    if bytes.iter().all(|byte| ALPHABET.contains(byte)) { Ok(bytes) } else { Err(NotAnId) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
        #[serde(try_from = "String", into = "String")]
        #[ts(type = "string")]
        pub struct $name([u8; ID_CHARS]);

        impl $name {
            /// The id spelled by ten random bytes.
            pub fn from_random(bytes: [u8; 10]) -> Self {
                Self(spell(bytes))
            }

            /// The 16 characters.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).expect("an id is ASCII")
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.as_str())
            }
        }
    )*};
}

ids! {
    /// One meeting about one or more children.
    ConferenceId,
    /// A person's or a wall's place in one conference. The same person in two conferences has two.
    AttendeeId,
    /// A child the conference is about.
    ChildId,
    /// A line on a sheet; key of `notes` in a board document.
    NoteId,
    /// A row of the plan; key of `rows` in a plan document.
    RowId,
    /// A quote or an accepted offered note: words that only the server writes.
    RecordId,
    /// A note, a row or a change that an attendee offered to the chair.
    OfferId,
    /// A line that waits on the desk.
    HeldId,
    /// Made by the client, once per command: a repeat gets the same answer and has no second effect.
    CommandId,
    /// A topic that was parked.
    TopicId,
    /// A round of sealed notes.
    RoundId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = NoteId::from_random([255, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(id.as_str().parse(), Ok(id));
        assert_eq!(id.as_str().len(), ID_CHARS);
    }

    #[test]
    fn other_letters_are_refused() {
        for text in ["", "0123456789abcde", "0123456789abcdeil", "0123456789ABCDEF", "0123456789abcdeü"] {
            assert_eq!(text.parse::<NoteId>(), Err(NotAnId), "{text}");
        }
    }
}
