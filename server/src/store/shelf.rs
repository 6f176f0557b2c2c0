//! Documents kept in memory by the rules of the store: what `memory` and `sim` hold, and what a file is compared with.

use super::{Batch, Kept, Row, StoreError, Write};
use protocol::id::ConferenceId;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    conferences: BTreeMap<ConferenceId, BTreeMap<String, Kept>>,
    erased: BTreeSet<ConferenceId>,
}

/// A batch that does not continue what is kept. It would be lost behind a snapshot or overlap a row.
pub(super) fn out_of_order(document: &str, row: &Row, last: u64) -> StoreError {
    let Row { from, to, .. } = row;
    StoreError::Unavailable(format!(
        "row {from}–{to} of {document} does not follow {last}; load the conference again"
    ))
}

impl Shelf {
    pub(super) fn create(&mut self, conference: ConferenceId) -> Result<(), StoreError> {
        if self.erased.contains(&conference) {
            return Err(StoreError::NoKey);
        }
        self.conferences.entry(conference).or_default();
        Ok(())
    }

    pub(super) fn erase(&mut self, conference: ConferenceId) {
        self.conferences.remove(&conference);
        self.erased.insert(conference);
    }

    pub(super) fn conferences(&self) -> Vec<ConferenceId> {
        self.conferences.keys().copied().collect()
    }

    pub(super) fn load(&self, conference: ConferenceId) -> Result<Vec<Kept>, StoreError> {
        let documents = self.conferences.get(&conference).ok_or(StoreError::NoKey)?;
        Ok(documents.values().cloned().collect())
    }

    pub(super) fn look_at(
        &self,
        conference: ConferenceId,
        document: &str,
    ) -> Result<Option<Kept>, StoreError> {
        let documents = self.conferences.get(&conference).ok_or(StoreError::NoKey)?;
        Ok(documents.get(document).cloned())
    }

    /// Keeps a whole batch or nothing of it.
    pub(super) fn keep(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let documents = self.conferences.get_mut(&batch.conference).ok_or(StoreError::NoKey)?;
        check(documents, &batch.writes)?;
        batch.writes.iter().for_each(|write| apply(documents, write));
        Ok(())
    }
}

fn check(documents: &BTreeMap<String, Kept>, writes: &[Write]) -> Result<(), StoreError> {
    let mut last_of: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    for write in writes {
        let (Write::Append { document, .. } | Write::Snapshot { document, .. } | Write::Destroy { document }) =
            write;
        let last = last_of.entry(document).or_insert_with(|| documents.get(document).and_then(last_number));
        match write {
            Write::Append { row, .. } => {
                if row.from > row.to || last.is_some_and(|last| row.from <= last) {
                    return Err(out_of_order(document, row, last.unwrap_or(0)));
                }
                *last = Some(row.to);
            }
            Write::Snapshot { upto, .. } => *last = (*last).max(Some(*upto)),
            Write::Destroy { .. } => *last = None,
        }
    }
    Ok(())
}

fn apply(documents: &mut BTreeMap<String, Kept>, write: &Write) {
    let (Write::Append { document, .. } | Write::Snapshot { document, .. } | Write::Destroy { document }) =
        write;
    if let Write::Destroy { .. } = write {
        documents.remove(document);
        return;
    }
    let empty = || Kept { document: document.clone(), snapshot: None, rows: Vec::new() };
    let kept = documents.entry(document.clone()).or_insert_with(empty);
    match write {
        Write::Append { row, .. } => kept.rows.push(row.clone()),
        Write::Snapshot { upto, state, .. } => {
            kept.rows.retain(|row| row.to > *upto);
            if kept.snapshot.as_ref().is_none_or(|(newest, _)| newest <= upto) {
                kept.snapshot = Some((*upto, state.to_vec()));
            }
        }
        Write::Destroy { .. } => {}
    }
}

fn last_number(kept: &Kept) -> Option<u64> {
    let snapshot = kept.snapshot.as_ref().map(|(upto, _)| *upto);
    kept.rows.last().map(|row| row.to).max(snapshot)
}
