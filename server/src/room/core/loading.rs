//! Loading a room from what was kept.

use super::{
    Core, Live,
    rounds::{self, STORED},
    storing::{ADDRESSES, AUDIT, FRAMEWORK, STATE},
};
use crate::{
    document::{Document, DocumentError},
    meeting::{
        addresses::Addresses,
        conference::{Conference, Millis},
    },
    room::{
        audit::{self, Audit},
        log::{self, Binding, Bindings, Entry, Snapshot},
        projection,
    },
    store::{Each, Kept, Store, StoreError},
};
use metrics::counter;
use protocol::{
    document::{DocumentName, Kind},
    framework::Framework,
    id::{AttendeeId, ConferenceId},
    people::{Role, Standing},
};
use rand::rngs::StdRng;
use std::collections::{BTreeMap, VecDeque};

/// What a load needs besides the stored rows.
#[derive(Debug)]
pub struct Loaded {
    /// Documents as kept, each with its own fate.
    pub kept: Vec<Each>,
    /// Source of ids.
    pub rng: StdRng,
    /// The store has just refused something.
    pub quiet: bool,
    /// Now.
    pub now: Millis,
}

/// Why a room could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// No state was kept: the conference was never begun.
    #[error("nothing was kept of this conference")]
    Nothing,
    /// The stored state does not read as one.
    #[error("the stored state of this conference cannot be read; restore it from a backup")]
    State(#[source] serde_json::Error),
    /// The store does not give it now. Nothing is known to be damaged.
    #[error("the store cannot be read at the moment: {0}")]
    NotNow(String),
    /// The store could not open it. Says no name of a document: it may hold the id of a person, which stands in no log.
    #[error(
        "the stored bytes of a document cannot be opened; restore them from a backup with `flipchart restore`"
    )]
    Store(#[source] StoreError),
    /// A row does not read as one.
    #[error(transparent)]
    Row(#[from] log::Unreadable),
    /// A document does not read as one.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A fault of ours.
    #[error(
        "reading this conference came upon a fault of the service; report it with the lines before this one"
    )]
    Fault,
}

impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => Self::NotNow(why),
            other => Self::Store(other),
        }
    }
}

impl LoadError {
    /// Whether it may go better in a moment.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::NotNow(_))
    }
}

/// By what a stored conference is found, without loading its room.
///
/// # Errors
/// [`LoadError`]: what was kept does not make a conference.
pub fn addresses(store: &dyn Store, id: ConferenceId) -> Result<Addresses, LoadError> {
    let kept = store.look_at(id, ADDRESSES).map(Option::unwrap_or_default);
    if let Some(addresses) = readable(kept)?.ok().and_then(|kept| read_addresses(&kept)) {
        return Ok(addresses);
    }
    // What is damaged there stands in the state as well.
    let state = store.look_at(id, STATE)?.and_then(|kept| kept.snapshot).ok_or(LoadError::Nothing)?;
    Addresses::read(&state.1).map_err(LoadError::State)
}

/// Whether what was kept under a name reads as what it is called: the audit's chain is unbroken, yrs takes a document.
pub fn reads(kept: &Kept) -> bool {
    let state = || kept.snapshot.as_ref().map_or(&[][..], |(_, bytes)| bytes);
    match kept.document.as_str() {
        STATE => serde_json::from_slice::<Conference>(state()).is_ok(),
        FRAMEWORK => serde_json::from_slice::<Framework>(state()).is_ok(),
        ADDRESSES => read_addresses(kept).is_some(),
        AUDIT => matches!(read_audit(kept), (pages, true) if audit::verify(&pages)),
        round if round.starts_with(STORED) => rounds::read(kept).is_some(),
        _ => restore(1, 1, kept).is_ok(),
    }
}

impl Core {
    /// Brings a room back. A document that cannot be read does not keep the others from being read (SPEC STO12).
    ///
    /// # Errors
    /// [`LoadError`]: what was kept does not make a conference.
    pub fn load(id: ConferenceId, loaded: Loaded) -> Result<Self, LoadError> {
        let mut state = None;
        let (mut framework, mut addresses) = (None, None);
        // None: what the audit holds cannot be known.
        let (mut audit, mut audited) = (Audit::begin(), Some(0));
        let mut seq = 0;
        let (mut rest, mut rounds) = (Vec::new(), BTreeMap::new());
        for (document, kept) in loaded.kept {
            if let Ok(kept) = &kept {
                seq = seq.max(kept.upto());
            }
            match document.as_str() {
                STATE => state = kept?.snapshot.map(|(_, bytes)| bytes),
                ADDRESSES => addresses = readable(kept)?.ok().and_then(|kept| read_addresses(&kept)),
                FRAMEWORK => framework = kept?.snapshot.map(|(_, bytes)| bytes),
                AUDIT => {
                    // A chain that is broken stays so: `verify` names it. It does not keep people from meeting.
                    (audit, audited) = match &readable(kept)? {
                        Ok(kept) => {
                            let (pages, whole) = read_audit(kept);
                            (Audit::after(&pages, whole, kept.rows.len()), Some(kept.upto()))
                        }
                        Err(_) => (Audit::after(&[], false, 0), None),
                    };
                }
                other => match other.strip_prefix(STORED).map(str::parse) {
                    Some(Ok(round)) => drop(rounds.insert(round, readable(kept)?)),
                    _ => rest.push((document, kept)),
                },
            }
        }
        let (Some(state), Some(framework)) = (state, framework) else { return Err(LoadError::Nothing) };
        let mut conference: Conference = serde_json::from_slice(&state).map_err(LoadError::State)?;
        conference.framework = Some(serde_json::from_slice(&framework).map_err(LoadError::State)?);
        let mut core = Self::with(conference, loaded.rng, seq);
        core.audit = audit;
        core.addresses = addresses;
        core.quiet = loaded.quiet;
        let mut edits = Vec::new();
        for (document, kept) in rest {
            let Ok(name) = format!("{id}/{document}").parse::<DocumentName>() else { continue };
            if projection::name_of(&core.conference, name.kind) == name {
                let client = core.draw_client();
                match readable(kept)?.and_then(|kept| restore(client, name.edition, &kept)) {
                    Ok((live, written)) => {
                        edits.extend(
                            written.into_iter().map(|(seq, author)| (seq, author, name.kind.to_string())),
                        );
                        core.documents.insert(name.kind, live);
                    }
                    Err(error) => core.cannot_read(name, &error),
                }
            }
        }
        if let Some(audited) = audited {
            core.audit_again(edits, audited, loaded.now);
        }
        core.miss_walls(loaded.now);
        core.all_had_everything();
        core.bring_rounds(rounds, loaded.now);
        // What the state says now may differ from what was written by an older build or before presence was known.
        if !core.quiet {
            core.write_projections(projection::kinds(&core.conference));
        }
        Ok(core)
    }

    /// Edits after the last page of the audit: the rows say who wrote them.
    fn audit_again(&mut self, mut edits: Vec<(u64, AttendeeId, String)>, audited: u64, now: Millis) {
        edits.retain(|(seq, _, _)| *seq > audited);
        edits.sort_unstable();
        for (seq, who, document) in edits {
            let (role, document) = (self.role(who), Some(document));
            let what = audit::EDIT.to_owned();
            self.audit.append(audit::Line { seq, upto: seq, time: now, who, role, what, document });
        }
    }

    /// A document's stored bytes are damaged, or yrs cannot take them. What the server writes it writes again from the
    /// state, under the next edition; what people wrote is set aside as it is, for whoever restores it.
    fn cannot_read(&mut self, name: DocumentName, error: &LoadError) {
        // A seat's name holds the id of a person, which stands in no log.
        let kind = name.kind.to_string();
        let document = kind.split_once('.').map_or(kind.as_str(), |(kind, _)| kind);
        let conference = name.conference;
        tracing::error!(%conference, document, %error, "a document cannot be read and is set aside; restore it from a backup with `flipchart restore`");
        counter!("flipchart_set_aside_total").increment(1);
        if name.kind.is_server_written() {
            self.conference.editions.insert(name.kind.to_string(), name.edition + 1);
            self.seq += 1;
            self.state_changed = true;
        } else {
            self.conference.set_aside.insert(name.kind);
        }
    }

    /// No wall has a link yet: those that were away are away since then, the others from now on, until they are back
    /// (P13).
    fn miss_walls(&mut self, now: Millis) {
        let told = self.documents.get(&Kind::Desk).map(|desk| desk.document.map("walls")).unwrap_or_default();
        for (id, who) in &self.conference.people {
            if who.person.role == Role::Wall && who.standing == Standing::Here {
                let since = told.get(id.as_str()).and_then(|wall| wall["away_since"].as_u64());
                self.presence.away_since.insert(*id, since.unwrap_or(now));
            }
        }
    }
}

/// The pages of the audit that read, and whether these are all.
fn read_audit(kept: &Kept) -> (Vec<audit::Page>, bool) {
    let whole = kept.snapshot.iter().map(|(_, bytes)| log::read(bytes).map(|page| vec![page]));
    let read: Vec<Result<Vec<_>, _>> =
        whole.chain(kept.rows.iter().map(|row| log::read_row(&row.bytes))).collect();
    let all = read.iter().all(Result::is_ok);
    (read.into_iter().flatten().flatten().collect(), all)
}

fn read_addresses(kept: &Kept) -> Option<Addresses> {
    log::read(&kept.snapshot.as_ref()?.1).ok()
}

/// A document, or that it is damaged. Where the store could not be read at all – the disk refuses, another program holds
/// it – nothing is known to be damaged, and the load is tried again.
fn readable(kept: Result<Kept, StoreError>) -> Result<Result<Kept, LoadError>, LoadError> {
    match kept {
        Ok(kept) => Ok(Ok(kept)),
        Err(damaged @ StoreError::Damaged { .. }) => Ok(Err(damaged.into())),
        Err(error) => Err(error.into()),
    }
}

/// The document, and who wrote which number of it since its snapshot.
type Restored = (Live, Vec<(u64, AttendeeId)>);

fn restore(client: u64, edition: u32, kept: &Kept) -> Result<Restored, LoadError> {
    let mut written = Vec::new();
    let mut bindings = Bindings::new();
    let mut updates: Vec<Vec<u8>> = Vec::new();
    let mut seq = 0;
    if let Some((upto, bytes)) = &kept.snapshot {
        let snapshot: Snapshot = log::read(bytes)?;
        bindings = snapshot.bindings;
        updates.push(snapshot.state);
        seq = *upto;
    }
    for row in &kept.rows {
        for entry in log::read_row::<Entry>(&row.bytes)? {
            log::bind(&mut bindings, &entry);
            seq = entry.seq;
            written.extend(entry.author.filter(|_| !entry.update.is_empty()).map(|author| (seq, author)));
            if !entry.update.is_empty() {
                updates.push(entry.update);
            }
        }
    }
    let bytes = updates.iter().map(Vec::len).sum();
    let document = Document::restore(client, updates.iter().map(Vec::as_slice))?;
    bindings.insert(client, Binding { owner: None, refused: false });
    let live = Live {
        shown: document.state_vector(),
        taken: VecDeque::new(),
        whole: None,
        document,
        edition,
        begun: 0,
        bindings,
        unbound: vec![client],
        announced: BTreeMap::new(),
        seq,
        pending: Vec::new(),
        rows: kept.rows.len() as u64,
        tail: kept.rows.iter().map(|row| row.bytes.len()).sum(),
        updates: updates.len() as u64 - u64::from(kept.snapshot.is_some()),
        bytes,
        measured: 0,
        measured_at: 0,
        awareness: BTreeMap::new(),
    };
    Ok((live, written))
}
