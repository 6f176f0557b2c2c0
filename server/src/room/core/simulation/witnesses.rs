//! Every edit of a simulated conference carries a letter that no other has, its *witness*: it cannot be parted by what
//! others type, and is found again wherever the words go – under the next edition, in a part, on the desk.
//!
//! An acknowledged witness stands until somebody deletes it, takes it off, or writes other words in its place: all else
//! that makes it vanish is a loss, whatever state vectors say.

use super::Simulation;
use crate::room::core::{Core, tests::device::Device};
use protocol::{
    command::{Command, Request, TakeOff},
    document::Kind,
};
use std::collections::{BTreeMap, BTreeSet};

/// Unicode's private use area: one UTF-16 unit each.
const FIRST: u32 = 0xe000;
const LAST: u32 = 0xf8ff;

/// Which witnesses may be gone.
#[derive(Debug, Default)]
pub(super) struct Witnesses {
    /// The line in which each was typed.
    lines: BTreeMap<char, String>,
    /// Deleted by somebody who saw it, or by a command that takes words away.
    gone: BTreeSet<char>,
    /// Lines that somebody deleted: what others typed in them meanwhile goes with them.
    deleted: BTreeSet<String>,
}

/// The witness of the nth words.
pub(super) fn witness(n: u32) -> char {
    char::from_u32(FIRST + n).filter(|_| FIRST + n <= LAST).expect("a conference has fewer words")
}

/// Witnesses in a text, also as Rust writes them for whoever looks for faults.
pub(super) fn among(text: &str) -> BTreeSet<char> {
    let escaped = text.split("\\u{").skip(1).filter_map(|rest| rest.split('}').next());
    let escaped = escaped.filter_map(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
    text.chars().chain(escaped).filter(|letter| (FIRST..=LAST).contains(&u32::from(*letter))).collect()
}

/// Witnesses that an update types: behind the words that they belong to, for its numbers hold any three bytes now and then.
fn typed_in(update: &[u8]) -> BTreeSet<char> {
    let text = String::from_utf8_lossy(update);
    text.split("; ")
        .skip(1)
        .filter_map(|rest| among(rest.get(..rest.chars().next()?.len_utf8())?).pop_first())
        .collect()
}

/// Witnesses that the room holds.
fn held_by(core: &Core) -> BTreeSet<char> {
    let conference = core.conference();
    let mut all = among(&format!("{:?}{:?}", conference.held, conference.records));
    for live in core.documents.iter().filter(|(kind, _)| !kind.is_server_written()).map(|(_, live)| live) {
        let document = &live.document;
        all.extend(among(&format!("{:?}{:?}{:?}", document.notes(), document.rows(), document.fields())));
    }
    all
}

fn shown_by(device: &Device, kind: Kind) -> BTreeSet<char> {
    device.copies.get(&kind).map(|copy| among(&format!("{:?}", copy.replica.values()))).unwrap_or_default()
}

/// Witnesses in what a command is there to take away, or to put other words in the place of; nothing beside it may go.
fn taken_by(core: &Core, command: &Command) -> BTreeSet<char> {
    let documents = || core.documents.values().map(|live| &live.document);
    let row = |id| documents().flat_map(|of| of.rows()).filter(|row| row.id == id).collect::<Vec<_>>();
    let text = match command {
        Command::TakeOff { what: TakeOff::Note { note } } => {
            format!("{:?}", documents().filter_map(|of| of.note(*note)).collect::<Vec<_>>())
        }
        Command::TakeOff { what: TakeOff::Row { row: id } } => format!("{:?}", row(*id)),
        Command::TakeOff { what: TakeOff::Field { field, .. } } => {
            format!("{:?}", documents().filter_map(|of| of.fields().remove(field)).collect::<Vec<_>>())
        }
        Command::TakeOff { what: TakeOff::Offer { offer } } => {
            let became = core.conference().offers.get(offer).and_then(|offer| offer.row);
            format!("{:?}", became.map(row))
        }
        Command::DropHeld { held } | Command::RewriteHeld { held, .. } => {
            format!("{:?}", core.conference().held.get(held))
        }
        _ => String::new(),
    };
    among(&text)
}

impl Simulation {
    /// A device edits a copy.
    pub(super) fn edits(&mut self, n: usize, kind: Kind, edit: impl FnOnce(&mut Device)) {
        let device = &mut self.house.devices[n];
        let before = shown_by(device, kind);
        edit(device);
        self.witnesses.gone.extend(before.difference(&shown_by(device, kind)));
    }

    pub(super) fn witness_typed_in(&mut self, line: &str) {
        self.witnesses.lines.insert(witness(self.words), line.to_owned());
    }

    pub(super) fn line_deleted(&mut self, line: &str) {
        self.witnesses.deleted.insert(line.to_owned());
    }

    /// A command is carried out: what vanishes by it, vanishes because it may. A line that it takes off is deleted to whoever
    /// types in it at that moment, as by another pen; of one that the desk holds they reach the desk (SPEC SYNC15).
    pub(super) fn carries_out(&mut self, n: usize, request: &Request) {
        if let Command::TakeOff { what: TakeOff::Note { note } } = &request.command {
            self.line_deleted(note.as_str());
        }
        let before = held_by(&self.house.core);
        let taken = taken_by(&self.house.core, &request.command);
        let loads = self.house.loads;
        self.house.ask(n, request);
        if self.house.loads != loads {
            return;
        }
        let after = held_by(&self.house.core);
        let lost: Vec<char> = before.difference(&after).copied().collect();
        assert!(
            lost.iter().all(|one| taken.contains(one)),
            "words beside it are gone by {:?}: {lost:?}",
            request.command
        );
        self.witnesses.gone.extend(lost);
    }

    /// What was acknowledged in any edition stands, or somebody took it away.
    pub(super) fn no_acknowledged_word_is_missing(&self) {
        let stand = held_by(&self.house.core);
        let Witnesses { lines, gone, deleted } = &self.witnesses;
        for (name, update) in &self.house.acknowledged_updates {
            for one in typed_in(update) {
                let with_its_line = lines.get(&one).is_some_and(|line| deleted.contains(line));
                assert!(
                    stand.contains(&one) || gone.contains(&one) || with_its_line || !lines.contains_key(&one),
                    "acknowledged words {} of {name} are gone, and nobody took them away",
                    u32::from(one) - FIRST
                );
            }
        }
    }
}
