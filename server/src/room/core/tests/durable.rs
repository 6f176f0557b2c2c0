//! What the disk holds, read again by other means than the room's: the measure for every promise.

use crate::{
    document::Document,
    meeting::conference::Conference,
    room::{
        audit::{self, EDIT, Line},
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
                "audit" => self.keep_audit(log::read(state).expect("a page reads")),
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

    /// STO13: all pages as one say what the pages before it said, which go: every command, and every run within a run
    /// that begins and ends where one did.
    fn keep_audit(&mut self, whole: audit::Page) {
        let is_edit = |line: &&Line| line.what == EDIT;
        let (runs, acts): (Vec<_>, Vec<_>) =
            self.audit.iter().flat_map(|page| &page.lines).partition(is_edit);
        let (now_runs, now_acts): (Vec<_>, Vec<_>) = whole.lines.iter().partition(is_edit);
        if !self.audit.is_empty() {
            assert_eq!(now_acts, acts, "the audit lost a command, or made one");
            let mut placed = 0;
            for now in now_runs {
                let is_part = |run: &&&Line| {
                    (run.who, run.role, &run.document) == (now.who, now.role, &now.document)
                        && (now.seq..=now.upto).contains(&run.seq)
                };
                let parts: Vec<_> = runs.iter().filter(is_part).collect();
                let (first, last) = (parts.first().expect("a run"), parts.last().expect("a run"));
                assert_eq!((now.seq, now.upto, now.time), (first.seq, last.upto, first.time));
                placed += parts.len();
            }
            assert_eq!(placed, runs.len(), "the audit lost a run, or says one twice");
        }
        self.audit = vec![whole];
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
