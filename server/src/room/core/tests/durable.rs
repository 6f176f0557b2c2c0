//! What the disk holds, read again by other means than the room's: the measure for every promise.

use crate::{
    document::Document,
    meeting::conference::Conference,
    room::{
        audit,
        log::{self, Entry, Snapshot},
    },
    store::{Kept, Write},
};
use protocol::{
    document::DocumentName,
    known::Judgement,
    scan::{Touched, scan_stored},
};
use std::collections::BTreeMap;

#[derive(Default)]
pub(crate) struct Durable {
    documents: BTreeMap<String, Document>,
    pub(crate) state: Option<Conference>,
    pub(crate) audit: Vec<audit::Page>,
}

impl Durable {
    /// Everything that is kept.
    pub(crate) fn of(kept: &[Kept]) -> Self {
        let mut durable = Self::default();
        for kept in kept {
            if let Some((upto, state)) = &kept.snapshot {
                let document = kept.document.clone();
                durable.keep(&Write::Snapshot { document, upto: *upto, state: state.clone().into() });
            }
            for row in &kept.rows {
                durable.keep(&Write::Append { document: kept.document.clone(), row: row.clone() });
            }
        }
        durable
    }

    /// A write has been synced.
    pub(crate) fn keep(&mut self, write: &Write) {
        match write {
            Write::Snapshot { document, state, .. } => match document.as_str() {
                "meeting" => self.state = Some(serde_json::from_slice(state).expect("the state reads")),
                "framework" | "addresses" => {}
                round if round.starts_with("round.") => {}
                _ => {
                    let snapshot: Snapshot = log::read(state).expect("a snapshot reads");
                    self.apply(document, &snapshot.state);
                }
            },
            Write::Append { document, row } if document == "audit" => {
                self.audit.extend(log::read_row::<audit::Page>(&row.bytes).expect("pages read"));
            }
            Write::Append { document, .. } if document.starts_with("round.") => {}
            Write::Append { document, row } => {
                for entry in log::read_row::<Entry>(&row.bytes).expect("a row reads") {
                    if !entry.update.is_empty() {
                        self.apply(document, &entry.update);
                    }
                }
            }
            Write::Destroy { document } => drop(self.documents.remove(document)),
        }
    }

    fn apply(&mut self, document: &str, update: &[u8]) {
        let touched = scan_stored(update).expect("stored updates pass the scanner");
        let live = self.documents.entry(document.to_owned()).or_insert_with(|| Document::empty(1));
        live.apply(update, &touched).expect("stored updates apply");
    }

    fn stored(name: DocumentName) -> String {
        name.to_string().split_once('/').expect("a name has a conference").1.to_owned()
    }

    /// Whether everything that an update touches is on the disk.
    pub(crate) fn holds(&self, name: DocumentName, touched: &Touched) -> bool {
        match self.documents.get(&Self::stored(name)) {
            Some(document) => document.judge(touched) == Judgement::Nothing,
            None => touched.blocks.is_empty() && touched.deletes.is_empty(),
        }
    }
}
