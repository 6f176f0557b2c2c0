//! A pass: opens sockets of some documents for one device, as often as it likes, for as long as its session lives.
//!
//! It is sealed with what the room keeps of the session, so nothing is stored for it: it goes when the session goes
//! (left, sent out, part ended, 12 h), and it is as good after a restart as before. Stock clients reuse their address.

use crate::meeting::attendee::TokenHash;
use hmac::{Hmac, KeyInit, Mac};
use protocol::{
    document::{DocumentName, Kind},
    id::{AttendeeId, ID_CHARS},
};
use sha2::Sha256;
use std::str::FromStr;

/// Documents of one pass: those of one desk.
pub const DOCUMENTS: usize = 16;
/// Length of the seal.
const SEAL_BYTES: usize = 32;
/// A longer text is no pass: seal, attendee and 16 kinds of at most 32 letters.
const TEXT_CHARS: usize = 2 * (SEAL_BYTES + ID_CHARS + DOCUMENTS * 32);
/// Keeps this use of a session apart from any other.
const PURPOSE: &[u8] = b"flipchart pass 1";

/// What a client shows. Its seal has to be checked against the sessions of the attendee it names.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    attendee: AttendeeId,
    kinds: Vec<Kind>,
    seal: [u8; SEAL_BYTES],
}

/// Never the seal: what is printed may be logged.
impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pass").field(&self.attendee).field(&self.kinds).finish()
    }
}

/// Not the text of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a pass")]
pub struct NotAPass;

impl Pass {
    /// A pass of the session with this token.
    pub fn of(attendee: AttendeeId, token: TokenHash, kinds: Vec<Kind>) -> Self {
        let seal = sealing(attendee, token, &kinds).finalize().into_bytes().into();
        Self { attendee, kinds, seal }
    }

    /// Whose it says it is.
    pub fn attendee(&self) -> AttendeeId {
        self.attendee
    }

    /// Whether it was made of this session. Takes the same time whatever is wrong.
    pub fn is_of(&self, token: TokenHash) -> bool {
        sealing(self.attendee, token, &self.kinds).verify_slice(&self.seal).is_ok()
    }

    /// Whether it is for this document, in any of its editions.
    pub fn opens(&self, document: DocumentName) -> bool {
        self.kinds.contains(&document.kind)
    }

    /// The text that goes into an address: hex digits.
    pub fn text(&self) -> String {
        let seal = self.seal.as_slice();
        hex::encode([seal, self.attendee.as_str().as_bytes(), spelled(&self.kinds).as_bytes()].concat())
    }
}

impl FromStr for Pass {
    type Err = NotAPass;

    fn from_str(text: &str) -> Result<Self, NotAPass> {
        if text.len() > TEXT_CHARS {
            return Err(NotAPass);
        }
        let bytes = hex::decode(text).map_err(|_| NotAPass)?;
        let (seal, rest) = bytes.split_first_chunk().ok_or(NotAPass)?;
        let (attendee, kinds) = rest.split_at_checked(ID_CHARS).ok_or(NotAPass)?;
        let read = |bytes| std::str::from_utf8(bytes).map_err(|_| NotAPass);
        let attendee = read(attendee)?.parse().map_err(|_| NotAPass)?;
        let kinds: Result<Vec<Kind>, _> = read(kinds)?.split(' ').map(str::parse).collect();
        Ok(Self { attendee, kinds: kinds.map_err(|_| NotAPass)?, seal: *seal })
    }
}

fn spelled(kinds: &[Kind]) -> String {
    kinds.iter().map(Kind::to_string).collect::<Vec<_>>().join(" ")
}

fn sealing(attendee: AttendeeId, token: TokenHash, kinds: &[Kind]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&token.0).expect("HMAC takes a key of any length");
    mac.update(PURPOSE);
    mac.update(attendee.as_str().as_bytes());
    mac.update(spelled(kinds).as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{document::Audience, id::ConferenceId};

    const BOARD: Kind = Kind::Board(Audience::All);
    const TOKEN: TokenHash = TokenHash([7; 32]);

    fn attendee(number: u8) -> AttendeeId {
        AttendeeId::from_random([number; 10])
    }

    #[test]
    fn http16_a_pass_survives_its_text_and_is_of_one_session_and_its_documents() {
        let pass = Pass::of(attendee(1), TOKEN, vec![BOARD, Kind::Stage]);
        let shown: Pass = pass.text().parse().expect("a pass");
        assert_eq!(shown, pass);
        assert_eq!(shown.attendee(), attendee(1));
        assert!(shown.is_of(TOKEN));
        assert!(!shown.is_of(TokenHash([8; 32])));
        let board = DocumentName::new(ConferenceId::from_random([1; 10]), BOARD);
        assert!(shown.opens(board) && shown.opens(board.next_edition()));
        assert!(!shown.opens(DocumentName { kind: Kind::Desk, ..board }));
        assert!(pass.text().bytes().all(|letter| letter.is_ascii_hexdigit()));
    }

    #[test]
    fn http16_a_pass_that_was_changed_is_of_no_session() {
        let pass = Pass::of(attendee(1), TOKEN, vec![BOARD]);
        for other in [
            Pass { attendee: attendee(2), ..pass.clone() },
            Pass { kinds: vec![Kind::Desk], ..pass.clone() },
            Pass { kinds: vec![BOARD, Kind::Desk], ..pass.clone() },
            Pass { seal: [0; 32], ..pass.clone() },
        ] {
            let shown: Pass = other.text().parse().expect("it reads as one");
            assert!(!shown.is_of(TOKEN), "{shown:?}");
        }
    }

    #[test]
    fn http16_other_texts_are_no_pass() {
        let good = Pass::of(attendee(1), TOKEN, vec![BOARD]).text();
        let (short, long) = (&good[..good.len() - 1], "00".repeat(TEXT_CHARS));
        for text in ["", "pass", "00", &"00".repeat(32), short, &good[..96], &long, &good.replace('6', "z")] {
            assert_eq!(text.parse::<Pass>(), Err(NotAPass), "{text}");
        }
    }
}
