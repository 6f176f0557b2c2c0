//! Whose letters stand in a line: client ids of what is shown of it now. The room knows to whom they are bound.

use super::Document;
use protocol::{
    id::{NoteId, RowId},
    limits::WORDS_BYTES,
};
use std::collections::BTreeSet;
use yrs::{Assoc, ClientID, IndexedSequence, Map, MapRef, Out, ReadTxn, Text, TextRef, Transact};

impl Document {
    /// Who wrote the letters of a line. None where no such line is written here, or where it is longer than
    /// [`WORDS_BYTES`]: each letter costs a walk through the line.
    pub fn writers_of_note(&self, id: NoteId) -> Option<BTreeSet<u64>> {
        let txn = self.doc.transact();
        match line(&txn, "notes", id.as_str())?.get(&txn, "text")? {
            Out::YText(text) => clients(&txn, &text),
            _ => None,
        }
    }

    /// The same for all cells of a row.
    pub fn writers_of_row(&self, id: RowId) -> Option<BTreeSet<u64>> {
        let txn = self.doc.transact();
        let Out::YMap(cells) = line(&txn, "rows", id.as_str())?.get(&txn, "cells")? else { return None };
        let mut all = BTreeSet::new();
        for (_, cell) in cells.iter(&txn) {
            let Out::YText(text) = cell else { return None };
            all.extend(clients(&txn, &text)?);
        }
        Some(all)
    }
}

fn line(txn: &impl ReadTxn, root: &str, id: &str) -> Option<MapRef> {
    match txn.get_map(root)?.get(txn, id)? {
        Out::YMap(map) => Some(map),
        _ => None,
    }
}

fn clients(txn: &impl ReadTxn, text: &TextRef) -> Option<BTreeSet<u64>> {
    let length = text.len(txn);
    if length as usize > WORDS_BYTES {
        return None;
    }
    let clients: Vec<u64> = letters(txn, text).map(|(client, _)| client.get()).collect();
    (clients.len() == length as usize).then(|| clients.into_iter().collect())
}

/// Ids of the letters that stand in a text, up to [`WORDS_BYTES`] of them.
pub(super) fn letters(txn: &impl ReadTxn, text: &TextRef) -> impl Iterator<Item = (ClientID, u32)> {
    (0..text.len(txn).min(WORDS_BYTES as u32)).filter_map(move |place| {
        text.sticky_index(txn, place, Assoc::After)?.id().map(|id| (id.client, id.clock))
    })
}
