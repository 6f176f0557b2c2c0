//! One line for every accepted command, and one for every run of edits of one person in one document: who, in which
//! role, what kind, when. Never any content, never a name. Each line carries the hash of the one before, so that a line
//! cannot go unnoticed.
//!
//! A command's line is kept with the command. Runs of edits are kept a few seconds later: until then the document's own
//! rows say who wrote what, and after a crash the lines are made from those. Many pages become one when the room rests, or
//! before they are too many to load: what repeats in their lines is kept once.

mod packed;

use self::packed::Packed;
use crate::meeting::conference::Millis;
use protocol::{id::AttendeeId, limits::ROWS_PER_SNAPSHOT, people::Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What an edit is called.
pub const EDIT: &str = "edit";
/// Runs of edits are kept after this time at the latest, if anything is written then, in milliseconds: a page for every
/// commit would double what a keystroke costs.
const RUN: Millis = 10_000;
/// And at the latest when there are so many.
const RUNS: usize = 64;
/// All pages become one at rest when they hold no more lines than this for each page since: a page that lies alone
/// takes about 200 B more on the disk, a line in the one about 10.
const LINES_PER_PAGE: u64 = 64;

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

/// Lines of one commit, or all until then, with the hash that closes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Packed", try_from = "Packed")]
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
    /// All lines of all pages, runs that go on as one; none where what was kept does not read or follow. It stays as it
    /// is then.
    book: Option<Packed>,
    /// Pages since all were last kept as one.
    pages: u64,
}

impl Audit {
    /// An audit that has no line yet.
    pub fn begin() -> Self {
        Self { book: Some(Packed::default()), ..Self::default() }
    }

    /// Goes on after the pages that were stored, of which the newest `rows` lie alone. Where one of them does not read
    /// (not `whole`) or the chain is broken, what is there is added to and never written over.
    pub fn after(pages: &[Page], whole: bool, rows: usize) -> Self {
        let head = pages.last().map_or([0; 32], |page| page.head);
        let book = (whole && verify(pages)).then(|| {
            let mut book = Packed::default();
            pages.iter().flat_map(|page| &page.lines).for_each(|line| book.go_on(line));
            book
        });
        Self { head, book, pages: rows as u64, ..Self::default() }
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
            || self.latest.abs_diff(first.time) >= RUN
            || self.lines.iter().any(|line| line.what != EDIT);
        if !is_due {
            return None;
        }
        let lines = std::mem::take(&mut self.lines);
        self.head = next_head(self.head, &lines);
        if let Some(book) = &mut self.book {
            lines.iter().for_each(|line| book.go_on(line));
        }
        self.pages += 1;
        Some(Page { lines, head: self.head })
    }

    /// Whether there are lines since the last page.
    pub fn has_open_page(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether there are so many pages that keeping all as one is worth it: for whoever loads them, and at rest, where
    /// that is little to write, for the disk as well.
    pub fn is_long(&self, at_rest: bool) -> bool {
        self.book.as_ref().is_some_and(|book| {
            self.pages >= ROWS_PER_SNAPSHOT
                || at_rest && self.pages > 1 && book.len() as u64 <= self.pages * LINES_PER_PAGE
        })
    }

    /// All pages as one, from which the chain goes on, and the last number that it holds.
    pub fn take_book(&mut self) -> Option<(u64, Page)> {
        let book = self.book.as_ref()?;
        let mut page = Page::try_from(book.clone()).expect("it names the acts it was made of");
        self.head = next_head([0; 32], &page.lines);
        self.pages = 0;
        page.head = self.head;
        Some((book.upto(), page))
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

    #[test]
    fn sto13_pages_become_one_from_which_the_chain_goes_on() {
        let mut audit = Audit::begin();
        for seq in 0..6 {
            audit.append(line(seq, if seq < 3 { EDIT } else { "pause" }));
            assert!(audit.take_page(true).is_some());
        }
        assert!(audit.is_long(true) && !audit.is_long(false));
        let (upto, whole) = audit.take_book().expect("it reads");
        let spans: Vec<_> = whole.lines.iter().map(|line| (line.seq, line.upto)).collect();
        assert_eq!((upto, spans), (5, vec![(0, 2), (3, 3), (4, 4), (5, 5)]));
        assert!(verify([&whole]));
        assert!(!audit.is_long(true), "there is nothing left to do");

        let mut after = Audit::after(std::slice::from_ref(&whole), true, 0);
        for one in [&mut audit, &mut after] {
            one.append(line(6, "resume"));
        }
        let next = after.take_page(false).expect("a command");
        assert_eq!(audit.take_page(false).as_ref(), Some(&next));
        assert!(verify([&whole, &next]));
        assert!(!audit.is_long(true), "one page alone is not worth it");
    }

    #[test]
    fn sto13_an_audit_that_cannot_be_read_is_added_to_and_never_written_over() {
        let mut begun = Audit::begin();
        let mut pages = Vec::new();
        for seq in 0..3 {
            begun.append(line(seq, "pause"));
            pages.extend(begun.take_page(false));
        }
        let broken = [pages[0].clone(), pages[2].clone()];
        for mut audit in [Audit::after(&pages, false, 3), Audit::after(&broken, true, 2)] {
            for seq in 3..2 * ROWS_PER_SNAPSHOT {
                audit.append(line(seq, "pause"));
                let page = audit.take_page(false).expect("a command");
                assert!(seq > 3 || page.head == next_head(pages[2].head, &page.lines), "it goes on");
            }
            assert!(!audit.is_long(true) && audit.take_book().is_none());
        }
    }

    #[test]
    fn sto13_sto14_pages_of_a_long_meeting_become_one_while_it_runs_and_a_few_at_rest_do_not() {
        let mut audit = Audit::begin();
        for seq in 1..=ROWS_PER_SNAPSHOT {
            assert!(!audit.is_long(false));
            audit.append(line(seq, "pause"));
            assert!(audit.take_page(false).is_some());
        }
        assert!(audit.is_long(false));
        audit.take_book().expect("it reads");
        for seq in 0..3 {
            audit.append(line(1_000 + seq, "pause"));
            assert!(audit.take_page(false).is_some());
        }
        assert!(!audit.is_long(true), "three pages are not worth writing 500 lines again");
    }
}
