//! Codes that people read from a letter or a screen and type: the room's code and a wall's pairing code.

use ballot_box::WORDS;
use std::{fmt, str::FromStr};

/// Letters of pairing codes: Crockford's base 32, which has no I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code of a room, `maple-river-47`: two words and two digits, about 22 bits. It lets somebody knock and no more;
/// tries are limited per address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomCode {
    words: [u8; 2],
    number: u8,
}

/// A text that was read as a room code and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has two words and two digits, like maple-river-47; please look at it again")]
pub struct NotARoomCode;

impl RoomCode {
    /// The code that four random bytes choose. The words differ, and the number is 10–99: no zero to be left out when
    /// it is said aloud.
    pub fn from_random(bytes: [u8; 4]) -> Self {
        let [first, second, high, low] = bytes;
        let second = if second == first { second.wrapping_add(1) } else { second };
        let number = 10 + u16::from_be_bytes([high, low]) % 90;
        Self { words: [first, second], number: number as u8 }
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.words.map(|n| WORDS[usize::from(n)]);
        write!(f, "{first}-{second}-{:02}", self.number)
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomCode(…)") // a log must not open a door
    }
}

impl FromStr for RoomCode {
    type Err = NotARoomCode;

    /// Reads what people make of it: "Maple River 47", "maple–river 4 7". The words need a gap between them.
    fn from_str(text: &str) -> Result<Self, NotARoomCode> {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_ascii_lowercase()).filter(|word| !word.is_empty());
        let mut word = || -> Result<u8, NotARoomCode> {
            let n = WORDS.binary_search(&words.next().ok_or(NotARoomCode)?).map_err(|_| NotARoomCode)?;
            u8::try_from(n).map_err(|_| NotARoomCode)
        };
        let found = [word()?, word()?];
        if words.next().is_some() || found[0] == found[1] {
            return Err(NotARoomCode);
        }
        let last_letter = text.rfind(|c: char| c.is_ascii_lowercase()).ok_or(NotARoomCode)?;
        let (before, after) = text.split_at(last_letter + 1);
        let digits: String = after.chars().filter(char::is_ascii_digit).collect();
        let clean = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || is_mark(c);
        if before.contains(|c: char| c.is_ascii_digit()) || digits.len() != 2 || !text.chars().all(clean) {
            return Err(NotARoomCode);
        }
        let number = digits.parse().map_err(|_| NotARoomCode)?;
        if number < 10 { Err(NotARoomCode) } else { Ok(Self { words: found, number }) }
    }
}

/// What a wall shows so that the chair can pair it: 40 random bits, for five minutes, once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairingCode([u8; 8]);

/// A text that was read as a pairing code and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a wall's code has 8 letters and digits, in two groups of four; please look at the wall again")]
pub struct NotAPairingCode;

impl PairingCode {
    /// The code spelled by five random bytes.
    pub fn from_random(bytes: [u8; 5]) -> Self {
        let bits = bytes.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        Self(std::array::from_fn(|n| LETTERS[(bits >> (35 - 5 * n) & 31) as usize]))
    }

    /// The eight characters without a gap, in capitals.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a pairing code is ASCII")
    }
}

impl fmt::Display for PairingCode {
    /// Two groups: `7K3M Q9XP`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.as_str().split_at(4);
        write!(f, "{first} {second}")
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingCode(…)") // a log must not open a door
    }
}

impl FromStr for PairingCode {
    type Err = NotAPairingCode;

    /// Capital or small, with or without gaps; the letter O is read as 0, I and L as 1.
    fn from_str(text: &str) -> Result<Self, NotAPairingCode> {
        let mut letters = [0; 8];
        let mut n = 0;
        for c in text.chars().filter(|c| !c.is_whitespace() && !is_mark(*c)) {
            let letter = match c.to_ascii_uppercase() {
                'O' => b'0',
                'I' | 'L' => b'1',
                c => u8::try_from(c).map_err(|_| NotAPairingCode)?,
            };
            if !LETTERS.contains(&letter) {
                return Err(NotAPairingCode);
            }
            *letters.get_mut(n).ok_or(NotAPairingCode)? = letter;
            n += 1;
        }
        if n == letters.len() { Ok(Self(letters)) } else { Err(NotAPairingCode) }
    }
}

/// Marks that people and their keyboards put between the parts of a code.
fn is_mark(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–' | '—' | '_' | '.' | ',')
}

#[cfg(test)]
mod tests;
