//! One line for every accepted command, and one for every run of edits of one person in one document: who, in which
//! role, what kind, when. Never any content, never a name. Each line carries the hash of the one before, so that a line
//! cannot go unnoticed.
//!
//! A command's line is kept with the command. Runs of edits are kept a few seconds later: until then the document's own
//! rows say who wrote what, and after a crash the lines are made from those.

use crate::meeting::conference::Millis;
use protocol::{id::AttendeeId, people::Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What an edit is called.
pub const EDIT: &str = "edit";
/// Runs of edits are kept after this time at the latest, if anything is written then, in milliseconds: a page for every
/// commit would double what a keystroke costs.
const RUN: Millis = 10_000;
/// And at the latest when there are so many.
const RUNS: usize = 64;

/// One accepted act, or a run of edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The room's number, of the first edit of a run.
    pub seq: u64,
    /// The number of the last.
    pub upto: u64,
    /// When, or when a run began; after a crash, when the room was loaded.
    pub time: Millis,
    /// Who.
    pub who: AttendeeId,
    /// In which role.
    pub role: Role,
    /// Name of the command, or [`EDIT`].
    pub what: String,
    /// Which document, for an edit.
    pub document: Option<String>,
}

/// Lines of one commit with the hash that closes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// In the order of their first numbers.
    pub lines: Vec<Line>,
    /// Hash over the page before and these lines.
    pub head: [u8; 32],
}

impl Page {
    /// The first and the last number that it holds.
    pub fn span(&self) -> (u64, u64) {
        let from = self.lines.iter().map(|line| line.seq).min().unwrap_or(0);
        (from, self.lines.iter().map(|line| line.upto).max().unwrap_or(0))
    }
}

/// The chain as it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    head: [u8; 32],
    lines: Vec<Line>,
    /// Time of the newest line.
    latest: Millis,
}

impl Audit {
    /// Goes on from the last page that was stored.
    pub fn after(head: [u8; 32]) -> Self {
        Self { head, lines: Vec::new(), latest: 0 }
    }

    /// Adds a line.
    pub fn append(&mut self, line: Line) {
        self.latest = line.time;
        if line.what == EDIT {
            let goes_on = |run: &&mut Line| {
                run.what == EDIT
                    && run.who == line.who
                    && run.role == line.role
                    && run.document == line.document
            };
            if let Some(run) = self.lines.iter_mut().find(goes_on) {
                run.upto = line.upto;
                return;
            }
        }
        self.lines.push(line);
    }

    /// Lines since the last page.
    #[cfg(test)]
    pub(super) fn pending(&self) -> &[Line] {
        &self.lines
    }

    /// Closes the lines since the last page; none if there are none that have to be kept now. `all`: rows go that say
    /// the same.
    pub fn take_page(&mut self, all: bool) -> Option<Page> {
        let first = self.lines.first()?;
        let is_due = all
            || self.lines.len() >= RUNS
            || self.latest >= first.time + RUN
            || self.lines.iter().any(|line| line.what != EDIT);
        if !is_due {
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

    fn line(seq: u64, what: &str) -> Line {
        Line {
            seq,
            upto: seq,
            time: 1,
            who: AttendeeId::from_random([1; 10]),
            role: Role::Chair,
            what: what.into(),
            document: Some("board.all".into()),
        }
    }

    #[test]
    fn sto13_a_changed_or_missing_line_breaks_the_chain() {
        let mut audit = Audit::default();
        let pages: Vec<Page> = (0..4)
            .map(|n| {
                audit.append(line(2 * n, EDIT));
                audit.append(line(2 * n + 1, "pause"));
                audit.take_page(false).expect("two lines")
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

    #[test]
    fn sto13_a_run_of_edits_is_one_line_which_waits_for_a_command_or_ten_seconds() {
        let mut audit = Audit::default();
        let other = AttendeeId::from_random([2; 10]);
        for seq in 1..=200 {
            audit.append(line(seq, EDIT));
            audit.append(Line { who: other, ..line(1_000 + seq, EDIT) });
        }
        assert_eq!(audit.take_page(false), None);
        audit.append(Line { time: 1 + RUN, ..line(2_000, EDIT) });
        let page = audit.take_page(false).expect("its time has come");
        let spans: Vec<_> = page.lines.iter().map(|line| (line.who == other, line.seq, line.upto)).collect();
        assert_eq!((spans, page.span()), (vec![(false, 1, 2_000), (true, 1_001, 1_200)], (1, 2_000)));

        audit.append(line(3_000, EDIT));
        assert!(audit.clone().take_page(true).is_some(), "its rows go");
        audit.append(line(3_001, "pause"));
        assert_eq!(audit.take_page(false).expect("a command").lines.len(), 2);
        assert_eq!(audit.take_page(true), None);
    }
}
