//! Documents open on one socket, and the exact strings by which its client knows them.

use protocol::{document::DocumentName, id::ConferenceId};

/// Documents on one socket. A desk opens about ten.
pub const DOCUMENTS: usize = 64;
/// What a stock client may put behind a name: `\0` and its own id of the attachment.
const SUFFIX_BYTES: usize = 64;

/// Names of one connection. Small enough to be searched in order.
#[derive(Debug, Default)]
pub struct Names {
    open: Vec<(Box<str>, DocumentName)>,
}

/// Why a document is denied on this socket. The client reads one answer for all: it learns nothing about what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied;

impl Names {
    /// Opens a document under the string its client uses. Opening it again under the same string changes nothing;
    /// under a second one it is denied, because each answer goes out once.
    pub fn open(&mut self, wire: &str, conference: ConferenceId) -> Result<DocumentName, Denied> {
        let (plain, suffix) = wire.split_once('\0').unwrap_or((wire, ""));
        if suffix.len() > SUFFIX_BYTES {
            return Err(Denied);
        }
        let document: DocumentName = plain.parse().map_err(|_| Denied)?;
        if document.conference != conference {
            return Err(Denied);
        }
        match self.open.iter().find(|(_, open)| *open == document) {
            Some((known, _)) if **known == *wire => return Ok(document),
            Some(_) => return Err(Denied),
            None if self.open.len() >= DOCUMENTS => return Err(Denied),
            None => self.open.push((wire.into(), document)),
        }
        Ok(document)
    }

    /// The document a client means.
    pub fn find(&self, wire: &str) -> Option<DocumentName> {
        self.open.iter().find(|(known, _)| **known == *wire).map(|(_, document)| *document)
    }

    /// The client has closed it.
    pub fn close(&mut self, wire: &str) -> Option<DocumentName> {
        let place = self.open.iter().position(|(known, _)| **known == *wire)?;
        Some(self.open.swap_remove(place).1)
    }

    /// Any open document's string, for a frame that says nothing but "still here".
    pub fn any(&self) -> Option<&str> {
        self.open.first().map(|(wire, _)| &**wire)
    }

    /// A frame from the room with the name its client waits for. Room frames carry plain names.
    pub fn address(&self, frame: Vec<u8>) -> Vec<u8> {
        let Some((name, body)) = split_name(&frame) else { return frame };
        let suffixed = |wire: &str| {
            wire.len() > name.len() && wire.starts_with(name) && wire.as_bytes()[name.len()] == 0
        };
        match self.open.iter().find(|(wire, _)| suffixed(wire)) {
            None => frame,
            Some((wire, _)) => {
                let mut addressed = Vec::with_capacity(wire.len() + body.len() + 2);
                let mut length = wire.len();
                while length > 127 {
                    addressed.push(length as u8 | 128);
                    length >>= 7;
                }
                addressed.push(length as u8);
                addressed.extend_from_slice(wire.as_bytes());
                addressed.extend_from_slice(body);
                addressed
            }
        }
    }
}

/// Name and body of a complete frame: a length in groups of seven bits, the name, the rest.
fn split_name(frame: &[u8]) -> Option<(&str, &[u8])> {
    let (mut length, mut place) = (0_usize, 0);
    loop {
        let byte = *frame.get(place)?;
        length |= usize::from(byte & 127) << (7 * place);
        place += 1;
        if byte < 128 {
            break;
        }
        if place > 2 {
            return None;
        }
    }
    let name = frame.get(place..place + length)?;
    Some((std::str::from_utf8(name).ok()?, &frame[place + length..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        document::{Audience, Kind},
        frame::{ServerMessage, write_server_frame},
    };

    fn conference() -> ConferenceId {
        ConferenceId::from_random([7; 10])
    }

    #[test]
    fn sync2_a_suffixed_name_is_answered_with_the_same_string() {
        let mut names = Names::default();
        let board = DocumentName::new(conference(), Kind::Board(Audience::All));
        let wire = format!("{board}\0{}", "s".repeat(40));
        assert_eq!(names.open(&wire, conference()), Ok(board));
        let message = ServerMessage::SyncStatus(true);
        let addressed = names.address(write_server_frame(&board.to_string(), &message));
        assert_eq!(addressed, write_server_frame(&wire, &message));
        let edition = board.next_edition().to_string();
        let other = write_server_frame(&edition, &message);
        assert_eq!(names.address(other.clone()), other);
    }

    #[test]
    fn sync2_a_long_suffixed_name_keeps_its_frame_whole() {
        let mut names = Names::default();
        let seat =
            DocumentName::new(conference(), Kind::Seat(protocol::id::AttendeeId::from_random([3; 10])));
        let wire = format!("{seat}\0{}", "s".repeat(SUFFIX_BYTES));
        assert!(wire.len() < 128);
        let seat = DocumentName { edition: 4_000_000_000, ..seat };
        let long = format!("{seat}\0{}", "s".repeat(SUFFIX_BYTES));
        assert_eq!(names.open(&long, conference()), Ok(seat));
        let message = ServerMessage::Update(&[1, 2, 3]);
        assert_eq!(
            names.address(write_server_frame(&seat.to_string(), &message)),
            write_server_frame(&long, &message)
        );
    }

    #[test]
    fn sync2_a_plain_name_passes_unchanged() {
        let mut names = Names::default();
        let stage = DocumentName::new(conference(), Kind::Stage);
        names.open(&stage.to_string(), conference()).expect("open");
        let frame = write_server_frame(&stage.to_string(), &ServerMessage::Update(&[0, 0]));
        assert_eq!(names.address(frame.clone()), frame);
    }

    #[test]
    fn right1_names_of_other_conferences_and_no_names_are_denied_alike() {
        let mut names = Names::default();
        let other = DocumentName::new(ConferenceId::from_random([8; 10]), Kind::Stage).to_string();
        let long =
            format!("{}\0{}", DocumentName::new(conference(), Kind::Stage), "s".repeat(SUFFIX_BYTES + 1));
        for wire in [other.as_str(), "", "stage", "\0", long.as_str()] {
            assert_eq!(names.open(wire, conference()), Err(Denied), "{wire:?}");
            assert_eq!(names.find(wire), None);
        }
    }

    #[test]
    fn lim3_a_document_has_one_string_at_a_time_and_a_socket_a_bounded_number() {
        let mut names = Names::default();
        let stage = DocumentName::new(conference(), Kind::Stage);
        let plain = stage.to_string();
        assert_eq!(names.open(&plain, conference()), Ok(stage));
        assert_eq!(names.open(&plain, conference()), Ok(stage));
        assert_eq!(names.open(&format!("{plain}\0a"), conference()), Err(Denied));
        assert_eq!(names.close(&plain), Some(stage));
        assert_eq!(names.find(&plain), None);
        assert_eq!(names.open(&format!("{plain}\0a"), conference()), Ok(stage));
        for edition in 2..=DOCUMENTS as u32 {
            assert!(names.open(&DocumentName { edition, ..stage }.to_string(), conference()).is_ok());
        }
        let beyond = DocumentName { edition: DOCUMENTS as u32 + 1, ..stage };
        assert_eq!(names.open(&beyond.to_string(), conference()), Err(Denied));
    }
}
