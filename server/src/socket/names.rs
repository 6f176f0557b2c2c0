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
        // A document that was rebuilt is gone for good (P4): its old name must not use up a place until the client says
        // goodbye to it, or a desk that takes many lines off could open nothing any more.
        self.open.retain(|(_, open)| open.kind != document.kind || open.edition >= document.edition);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        document::{Audience, Kind},
        id::AttendeeId,
    };

    fn conference() -> ConferenceId {
        ConferenceId::from_random([7; 10])
    }

    #[test]
    fn sync2_a_suffixed_name_means_the_document_before_its_suffix() {
        let mut names = Names::default();
        let board = DocumentName::new(conference(), Kind::Board(Audience::All));
        let wire = format!("{board}\0{}", "s".repeat(SUFFIX_BYTES));
        assert_eq!(names.open(&wire, conference()), Ok(board));
        assert_eq!(names.find(&wire), Some(board));
        assert_eq!(names.find(&board.to_string()), None);
        assert_eq!(names.any(), Some(wire.as_str()));
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
        let seat = |number: u8| {
            DocumentName::new(conference(), Kind::Seat(AttendeeId::from_random([number; 10]))).to_string()
        };
        for number in 2..=DOCUMENTS as u8 {
            assert!(names.open(&seat(number), conference()).is_ok());
        }
        assert_eq!(names.open(&seat(DOCUMENTS as u8 + 1), conference()), Err(Denied));
    }

    #[test]
    fn lim3_a_rebuilt_document_takes_the_place_of_its_older_edition() {
        let mut names = Names::default();
        let board = DocumentName::new(conference(), Kind::Board(Audience::All));
        assert_eq!(names.open(&board.to_string(), conference()), Ok(board));
        for edition in 2..3 * DOCUMENTS as u32 {
            let next = DocumentName { edition, ..board };
            assert_eq!(names.open(&next.to_string(), conference()), Ok(next));
        }
        assert_eq!(names.find(&board.to_string()), None);
        assert_eq!(names.open.len(), 1);
    }
}
