//! One line for every accepted command and edit: who, in which role, what kind, when. Never any content, never a name.
//! Each line carries the hash of the one before, so that a line cannot go unnoticed.

use crate::meeting::conference::Millis;
use protocol::{id::AttendeeId, people::Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One accepted act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The room's number.
    pub seq: u64,
    /// When.
    pub time: Millis,
    /// Who.
    pub who: AttendeeId,
    /// In which role.
    pub role: Role,
    /// Name of the command, or `edit`.
    pub what: String,
    /// Which document, for an edit.
    pub document: Option<String>,
}

/// Lines of one commit with the hash that closes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// In order.
    pub lines: Vec<Line>,
    /// Hash over the page before and these lines.
    pub head: [u8; 32],
}

/// The chain as it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    head: [u8; 32],
    lines: Vec<Line>,
}

impl Audit {
    /// Goes on from the last page that was stored.
    pub fn after(head: [u8; 32]) -> Self {
        Self { head, lines: Vec::new() }
    }

    /// Adds a line.
    pub fn append(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Closes the lines since the last page; none if there are none.
    pub fn take_page(&mut self) -> Option<Page> {
        if self.lines.is_empty() {
            return None;
        }
        let lines = std::mem::take(&mut self.lines);
        self.head = next_head(self.head, &lines);
        Some(Page { lines, head: self.head })
    }
}

/// Whether pages follow each other unbroken from the beginning.
pub fn verify<'a>(pages: impl IntoIterator<Item = &'a Page>) -> bool {
    let mut head = [0; 32];
    pages.into_iter().all(|page| {
        head = next_head(head, &page.lines);
        head == page.head
    })
}

fn next_head(head: [u8; 32], lines: &[Line]) -> [u8; 32] {
    lines.iter().fold(head, |head, line| {
        let mut hash = Sha256::new();
        hash.update(head);
        hash.update(super::log::write(line));
        hash.finalize().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: u64) -> Line {
        Line {
            seq,
            time: 1,
            who: AttendeeId::from_random([1; 10]),
            role: Role::Chair,
            what: "edit".into(),
            document: Some("board.all".into()),
        }
    }

    #[test]
    fn a_changed_or_missing_line_breaks_the_chain() {
        let mut audit = Audit::default();
        let pages: Vec<Page> = (0..4)
            .map(|n| {
                audit.append(line(2 * n));
                audit.append(line(2 * n + 1));
                audit.take_page().expect("two lines")
            })
            .collect();
        assert!(verify(&pages));
        for place in 0..pages.len() {
            let mut changed = pages.clone();
            changed[place].lines[1].time = 2;
            assert!(!verify(&changed));
        }
        assert!(!verify(&pages[1..]));
    }
}
