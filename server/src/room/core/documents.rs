//! The room's documents: projecting the state into them, edits of commands, take off.

use super::{Core, Later, Live};
use crate::{
    document::{Document, Line},
    meeting::sheet::{Note, PlanRow},
    room::{
        commands::{Edit, Sheets},
        log::{Binding, Bindings, Entry},
        projection,
    },
};
use protocol::{
    document::{Audience, Kind, SCHEMA},
    id::{AttendeeId, NoteId, RowId},
    scan::Span,
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// State vector of an empty document.
pub(super) const NOTHING: [u8; 1] = [0];

/// Why a document is gone, for its clients: words of it were taken off, or somebody is back and some of its lines stand
/// elsewhere now. Whoever only reads lets it go at once, a pen with the next edition (SPEC SYNC14).
const TAKEN_OFF: &str = "moved";
const PARTED: &str = "parted";

/// Lines and rows as the live documents hold them.
pub(super) struct LiveSheets<'a>(pub(super) &'a BTreeMap<Kind, Live>);

impl Sheets for LiveSheets<'_> {
    fn note(&self, id: NoteId) -> Option<(Audience, Note)> {
        self.0.iter().find_map(|(kind, live)| match kind {
            Kind::Board(audience) => Some((*audience, live.document.note(id)?)),
            _ => None,
        })
    }

    fn row(&self, id: RowId) -> Option<(Audience, PlanRow)> {
        self.0.iter().find_map(|(kind, live)| match kind {
            Kind::Plan(audience) => {
                Some((*audience, live.document.rows().into_iter().find(|row| row.id == id)?))
            }
            _ => None,
        })
    }

    fn takes_words(&self, id: RowId, column: &str) -> bool {
        let mut plans = self.0.iter().filter(|(kind, _)| matches!(kind, Kind::Plan(_)));
        plans.any(|(_, live)| live.document.takes_words(id, column))
    }

    fn notes(&self, audience: Audience) -> Vec<Note> {
        self.0.get(&Kind::Board(audience)).map(|live| live.document.notes()).unwrap_or_default()
    }

    fn rows(&self, audience: Audience) -> Vec<PlanRow> {
        self.0.get(&Kind::Plan(audience)).map(|live| live.document.rows()).unwrap_or_default()
    }

    fn fields(&self, audience: Audience) -> BTreeMap<String, String> {
        self.0.get(&Kind::Plan(audience)).map(|live| live.document.fields()).unwrap_or_default()
    }

    fn text_of(&self, id: NoteId) -> Option<Vec<Span>> {
        self.0.values().find_map(|live| live.document.text_of(id))
    }

    fn writers_of_note(&self, id: NoteId) -> Option<BTreeSet<Option<AttendeeId>>> {
        let boards = self.0.iter().filter(|(kind, _)| matches!(kind, Kind::Board(_)));
        boards.into_iter().find_map(|(_, live)| Some(live.owners(live.document.writers_of_note(id)?)))
    }

    fn writers_of_row(&self, id: RowId) -> Option<BTreeSet<Option<AttendeeId>>> {
        let plans = self.0.iter().filter(|(kind, _)| matches!(kind, Kind::Plan(_)));
        plans.into_iter().find_map(|(_, live)| Some(live.owners(live.document.writers_of_row(id)?)))
    }
}

impl Live {
    /// A new document in which the server writes under a fresh client id.
    pub(super) fn new(client: u64, edition: u32) -> Self {
        Self {
            document: Document::empty(client),
            edition,
            begun: 0,
            bindings: Bindings::from([(client, Binding { owner: None, refused: false })]),
            unbound: vec![client],
            announced: BTreeMap::new(),
            seq: 0,
            pending: Vec::new(),
            rows: 0,
            tail: 0,
            updates: 0,
            shown: NOTHING.to_vec(),
            taken: VecDeque::new(),
            whole: None,
            bytes: 0,
            measured: 0,
            measured_at: 0,
            awareness: BTreeMap::new(),
        }
    }

    /// The whole document as one update, encoded once for all who ask until it changes.
    pub(super) fn whole(&mut self) -> Arc<[u8]> {
        match &self.whole {
            Some((seq, state)) if *seq == self.seq => state.clone(),
            _ => {
                let state: Arc<[u8]> = self.document.state().into();
                self.whole = Some((self.seq, state.clone()));
                state
            }
        }
    }

    /// To whom client ids belong.
    fn owners(&self, clients: BTreeSet<u64>) -> BTreeSet<Option<AttendeeId>> {
        clients.iter().map(|client| self.bindings.get(client).and_then(|binding| binding.owner)).collect()
    }

    /// Name in the store.
    pub(super) fn stored_name(kind: Kind, edition: u32) -> String {
        if edition == 1 { kind.to_string() } else { format!("{kind}~{edition}") }
    }
}

impl Core {
    /// The live document of a kind, made when it is first needed.
    pub(super) fn live(&mut self, kind: Kind) -> &mut Live {
        if !self.documents.contains_key(&kind) {
            let edition = projection::name_of(&self.conference, kind).edition;
            let live = Live::new(self.draw_client(), edition);
            self.documents.insert(kind, live);
        }
        self.documents.get_mut(&kind).expect("just made")
    }

    /// Writes what the state says into the given server-written documents. Answers those that changed.
    pub(super) fn write_projections(&mut self, kinds: Vec<Kind>) -> Vec<Kind> {
        let mut changed = Vec::new();
        for kind in kinds {
            let Some(maps) = projection::project(&self.conference, &self.presence, kind) else {
                self.seed(kind);
                continue;
            };
            let seq = self.seq + 1;
            let live = self.live(kind);
            let update = live.document.write_maps(maps, || {
                BTreeMap::from([("schema".to_owned(), json!(SCHEMA)), ("seq".to_owned(), json!(seq))])
            });
            if let Some(update) = update {
                self.wrote(kind, update);
                changed.push(kind);
            }
        }
        changed
    }

    /// Fixed fields and the schema number of a document that people write (SPEC DOC3: the server alone seeds).
    fn seed(&mut self, kind: Kind) {
        if self.documents.contains_key(&kind) || self.conference.set_aside.contains(&kind) {
            return;
        }
        self.live(kind);
        // A part gets the fields that somebody wrote in (SPEC DOC6).
        if let Kind::Plan(audience) = kind
            && !matches!(audience, Audience::Part(_))
        {
            let fields: Vec<String> =
                self.conference.framework().plan.fields.iter().map(|field| field.key.clone()).collect();
            for field in fields {
                if let Some(update) = self.live(kind).document.put_field(&field, "") {
                    self.wrote(kind, update);
                }
            }
        }
    }

    /// The server has written an update: number it, log it, show it when it is durable.
    pub(super) fn wrote(&mut self, kind: Kind, update: Vec<u8>) {
        self.accepted(
            kind,
            None,
            Entry { seq: 0, author: None, binds: Vec::new(), refuses: Vec::new(), update },
        );
    }

    /// Numbers and logs an accepted change and queues its fan-out.
    pub(super) fn accepted(&mut self, kind: Kind, from: Option<super::ConnId>, mut entry: Entry) {
        self.seq += 1;
        entry.seq = self.seq;
        let seq = self.seq;
        let live = self.live(kind);
        if entry.author.is_none() {
            // The first row that the server writes after a load binds its new id for all loads to come.
            entry.binds = std::mem::take(&mut live.unbound);
        }
        crate::room::log::bind(&mut live.bindings, &entry);
        live.seq = seq;
        live.bytes += entry.update.len();
        let (edition, update) = (live.edition, entry.update.clone());
        live.pending.push(entry);
        self.unkept += update.len();
        if !update.is_empty() {
            self.later(seq, Later::Fan { kind, edition, from, update: update.into() });
        }
    }

    /// Carries the document changes of a command out.
    pub(super) fn carry_edits(&mut self, edits: &[Edit]) {
        for edit in edits {
            let update = match edit {
                Edit::PutNote(audience, note) => {
                    let kind = Kind::Board(*audience);
                    self.live(kind).document.put_note(note).map(|update| (kind, update))
                }
                Edit::RemoveNote(audience, note) => {
                    let kind = Kind::Board(*audience);
                    self.live(kind).document.remove_note(*note).map(|update| (kind, update))
                }
                Edit::StrikeNote(audience, note) => {
                    let kind = Kind::Board(*audience);
                    self.live(kind).document.strike_note(*note).map(|update| (kind, update))
                }
                Edit::PutRow(audience, row) => {
                    let kind = Kind::Plan(*audience);
                    self.live(kind).document.put_row(row).map(|update| (kind, update))
                }
                Edit::RebuildBoard(audience, without) => {
                    self.rebuild_board(*audience, &[*without], TAKEN_OFF);
                    None
                }
                Edit::PartBoard(audience, without) => {
                    self.rebuild_board(*audience, without, PARTED);
                    None
                }
                Edit::RebuildPlan(audience, without) => {
                    self.rebuild_plan(*audience, &[*without], &[], TAKEN_OFF);
                    None
                }
                Edit::EmptyField(audience, field) => {
                    self.rebuild_plan(*audience, &[], std::slice::from_ref(field), TAKEN_OFF);
                    self.nobody_had(Kind::Plan(*audience), &Line::Field(field.clone()));
                    None
                }
                Edit::PartPlan(audience, without, fields) => {
                    self.rebuild_plan(*audience, without, fields, PARTED);
                    None
                }
                Edit::WriteField(audience, field, words) => {
                    let kind = Kind::Plan(*audience);
                    let document = &mut self.live(kind).document;
                    let update = document.put_field(field, words);
                    update.or_else(|| document.append_field(field, words)).map(|update| (kind, update))
                }
                Edit::PartRecord(audience) => {
                    self.rebuild(Kind::Record(*audience), PARTED);
                    None
                }
                Edit::WriteCell(audience, row, column, words) => {
                    let kind = Kind::Plan(*audience);
                    self.live(kind).document.append_cell(*row, column, words).map(|update| (kind, update))
                }
                Edit::Rebuild(kind) => {
                    self.rebuild(*kind, TAKEN_OFF);
                    None
                }
            };
            if let Some((kind, update)) = update {
                self.wrote(kind, update);
            }
        }
    }

    fn rebuild_board(&mut self, audience: Audience, without: &[NoteId], why: &str) {
        let kind = Kind::Board(audience);
        let notes = self.live(kind).document.notes();
        self.rebuild(kind, why);
        for note in notes.iter().filter(|note| !without.contains(&note.id)) {
            if let Some(update) = self.live(kind).document.put_note(note) {
                self.wrote(kind, update);
            }
        }
    }

    /// `emptied` are fields whose words stand elsewhere now, or nowhere.
    fn rebuild_plan(&mut self, audience: Audience, without: &[RowId], emptied: &[String], why: &str) {
        let kind = Kind::Plan(audience);
        let document = &self.live(kind).document;
        let (rows, fields) = (document.rows(), document.fields());
        self.rebuild(kind, why);
        for row in rows.iter().filter(|row| !without.contains(&row.id)) {
            if let Some(update) = self.live(kind).document.put_row(row) {
                self.wrote(kind, update);
            }
        }
        for (field, words) in &fields {
            let words = if emptied.contains(field) { "" } else { words };
            if let Some(update) = self.live(kind).document.put_field(field, words) {
                self.wrote(kind, update);
            }
        }
    }

    /// The next edition is written by the server: who wrote the lines of this one is kept beside it, so that they stay
    /// their authors' own (P4).
    fn remember_writers(&mut self, kind: Kind) {
        let Some(live) = self.documents.get(&kind) else { return };
        let (notes, rows) = (live.document.notes(), live.document.rows());
        let written = match kind {
            Kind::Board(_) => notes
                .iter()
                .filter_map(|note| {
                    Some((note.id.to_string(), live.owners(live.document.writers_of_note(note.id)?)))
                })
                .collect::<Vec<_>>(),
            Kind::Plan(_) => rows
                .iter()
                .filter_map(|row| {
                    Some((row.id.to_string(), live.owners(live.document.writers_of_row(row.id)?)))
                })
                .collect(),
            _ => return,
        };
        for (line, mut owners) in written {
            if let Some(before) = self.conference.wrote.get(&line)
                && owners.remove(&None)
            {
                owners.extend(before);
            }
            self.conference.wrote.insert(line, owners);
        }
    }

    /// Begins the next edition of a document, empty, and destroys the one before with everything of it that waits to
    /// be shown (P4). A projection fills itself; whoever has the old one open is told that it is gone.
    fn rebuild(&mut self, kind: Kind, why: &str) {
        self.remember_writers(kind);
        self.conference.in_hand.vacated.retain(|text| text.board() != Some(kind));
        self.edition_ends(kind);
        let old = projection::name_of(&self.conference, kind).edition;
        self.destroyed.insert(Live::stored_name(kind, old));
        self.conference.editions.insert(kind.to_string(), old + 1);
        let live = Live { begun: self.seq + 1, ..Live::new(self.draw_client(), old + 1) };
        let before = self.documents.insert(kind, live);
        self.shut(kind, why);
        // Whoever sends a copy of the old edition under the new name would bring the words back: every id of it is
        // refused from the first row on.
        let refuses: Vec<u64> = before.map(|live| live.bindings.into_keys().collect()).unwrap_or_default();
        if !kind.is_server_written() && !refuses.is_empty() {
            let entry = Entry { seq: 0, author: None, binds: Vec::new(), refuses, update: Vec::new() };
            self.accepted(kind, None, entry);
        }
    }
}
