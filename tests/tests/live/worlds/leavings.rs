//! All that a service has left at one moment: files, log lines, measures, and what a backup made now opens to.

use super::{
    masks::{Of, measures, wipe, without},
    pages,
};
use anyhow::{Context as _, Result, ensure};
use flipchart_tests::{Requests, Service, wait_for};
use protocol::id::ConferenceId;
use serde_json::{Value, json};
use server::{
    room::{
        audit::Page,
        core::reads,
        log::{Entry, Snapshot, read, read_row},
    },
    store::{
        Kept, Store as _,
        backup::restore,
        sqlite::{Location, SqliteStore},
    },
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use yrs::{
    Doc, Map as _, ReadTxn as _, Transact as _, Update, types::ToJson as _, updates::decoder::Decode as _,
};

/// By what it is, with what may differ taken out.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Leavings {
    /// Bytes of each file, by its place, its backup's too.
    files: BTreeMap<String, Vec<u8>>,
    /// What was sealed, one line for each row and snapshot with its length, in the order of the table.
    opened: Vec<String>,
    log: Vec<String>,
    measures: Vec<String>,
}

impl Leavings {
    /// Of a service that has come to rest. `temporary` is where it may put files that it needs for a while; it is the
    /// `nth` time that it is looked at.
    pub(super) async fn of(
        service: &Service,
        conference: ConferenceId,
        temporary: &Path,
        nth: usize,
    ) -> Result<Self> {
        rests(service.data()).await?;
        let measures = measures(&Requests::to(&service.origin()).get("/metrics").await?.text());
        // What it has said has come when the line has come that was said last.
        let all = async || Some(service.said()).filter(|said| said.matches(r#""/metrics""#).count() == nth);
        let log = lines(&wait_for("the log", all).await?)?;
        let mut files = BTreeMap::new();
        gather(service.data(), "data", &mut files)?;
        gather(temporary, "temporary", &mut files)?;
        let copies = tempfile::TempDir::new()?;
        let backup = copies.path().join("backup");
        let (code, said) = service.how().task(&format!("backup {}", backup.display())).await?;
        ensure!(code == Some(0), "{said}");
        gather(&backup, "backup", &mut files)?;
        let opened = open(&backup, &Location::beneath(&copies.path().join("opened")), conference)?;
        Ok(Self { files, opened, log, measures })
    }

    /// Whether an opened row says this.
    pub(super) fn say(&self, words: &str) -> bool {
        self.opened.iter().any(|line| line.contains(words))
    }

    /// Where two worlds differ; none where they do not.
    pub(super) fn differ(&self, other: &Self) -> Option<String> {
        let names = |leavings: &Self| leavings.files.keys().cloned().collect::<Vec<_>>();
        if names(self) != names(other) {
            return Some(format!("files: {:?} and {:?}", names(self), names(other)));
        }
        let lists =
            [(&self.opened, &other.opened), (&self.log, &other.log), (&self.measures, &other.measures)];
        for (one, other) in lists {
            let pair = one.iter().zip(other).find(|(one, other)| one != other);
            if one != other {
                return Some(format!("{} and {} lines: {pair:#?}", one.len(), other.len()));
            }
        }
        for (name, bytes) in &self.files {
            let others = &other.files[name];
            let place = bytes.iter().zip(others).position(|(one, other)| one != other);
            if bytes.len() != others.len() || place.is_some() {
                return Some(format!(
                    "{name}: {} and {} bytes, first at {place:?}",
                    bytes.len(),
                    others.len()
                ));
            }
        }
        None
    }
}

/// Waits until the writer has moved all of its log into the database: then it does nothing more until the next commit,
/// and how often it began the log anew does not depend on how fast this machine is.
async fn rests(data: &Path) -> Result<()> {
    wait_for("the writer to rest", async || {
        let Ok(index) = fs::read(data.join("flipchart.db-shm")) else { return Some(()) };
        let number = |at: usize| Some(u32::from_ne_bytes(index.get(at..at + 4)?.try_into().ok()?));
        // `mxFrame` of the header, and how many of them are in the database.
        (number(16)? == number(96)?).then_some(())
    })
    .await
}

/// Every file below a folder, with what may differ wiped.
fn gather(folder: &Path, name: &str, into: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        let name = format!("{name}/{}", path.file_name().context("a name")?.to_string_lossy());
        if path.is_dir() {
            gather(&path, &name, into)?;
            continue;
        }
        let mut bytes = fs::read(&path)?;
        let bytes = match path.extension().and_then(|end| end.to_str()) {
            Some("db") => pages::database(&bytes)?,
            Some("db-wal") => pages::log(&fs::read(path.with_extension("db"))?, &bytes).context("the log")?,
            Some("db-shm") => {
                wipe(Of::WalIndex, &mut bytes);
                bytes
            }
            Some("json") => {
                let manifest = without(Of::Manifest, serde_json::from_slice(&bytes)?);
                manifest.context("a manifest is compared")?.to_string().into_bytes()
            }
            _ => bytes,
        };
        into.insert(name, bytes);
    }
    Ok(())
}

fn lines(said: &str) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for line in said.lines() {
        match serde_json::from_str(line) {
            Ok(value) => lines.extend(without(Of::Line, value).map(|line| line.to_string())),
            // What is printed for whoever started it.
            Err(_) => lines.push(line.to_owned()),
        }
    }
    Ok(lines)
}

/// Opens a backup with its own keys.
fn open(backup: &Path, to: &Location, conference: ConferenceId) -> Result<Vec<String>> {
    let report = restore(&backup.join("data"), &backup.join("keys"), to, &[], reads)?;
    ensure!(report.is_whole(), "{report:?}");
    let store = SqliteStore::open(to.clone())?;
    store.checked()?;
    let mut lines = Vec::new();
    for kept in store.load(conference)? {
        read_one(&kept, &mut lines).with_context(|| kept.document.clone())?;
    }
    Ok(lines)
}

/// One document as it is kept. An update is looked at as its length and the values that it leads to: the number under which
/// the server writes is drawn by each process, and times stand in it.
fn read_one(kept: &Kept, lines: &mut Vec<String>) -> Result<()> {
    let name = &kept.document;
    if let "meeting" | "framework" = name.as_str() {
        let (upto, state) = kept.snapshot.as_ref().context("there is a state")?;
        let value = without(Of::State, serde_json::from_slice(state)?);
        lines.push(format!("{name} {upto} {} {}", state.len(), json!(value)));
        return Ok(());
    }
    if name == "audit" {
        if let Some((upto, state)) = &kept.snapshot {
            let page = without(Of::Audit, json!(read::<Page>(state)?));
            lines.push(format!("{name} {upto} {} {}", state.len(), json!(page)));
        }
        for row in &kept.rows {
            for page in read_row::<Page>(&row.bytes)? {
                let page = without(Of::Audit, json!(page));
                lines.push(format!("{name} {} {} {} {}", row.from, row.to, row.bytes.len(), json!(page)));
            }
        }
        return Ok(());
    }
    if name == "addresses" || name.starts_with("round.") {
        lines.push(format!("{kept:?}"));
        return Ok(());
    }
    let doc = Doc::new();
    if let Some((upto, bytes)) = &kept.snapshot {
        let snapshot: Snapshot = read(bytes)?;
        let owners: Vec<_> = snapshot.bindings.values().collect();
        let values = values(&doc, &snapshot.state)?;
        lines.push(format!("{name} {upto} {} {owners:?} {values}", bytes.len()));
    }
    for row in &kept.rows {
        lines.push(format!("{name} {} {} {}", row.from, row.to, row.bytes.len()));
        for Entry { seq, author, binds, refuses, update } in read_row::<Entry>(&row.bytes)? {
            let (binds, refuses, bytes) = (binds.len(), refuses.len(), update.len());
            let values = values(&doc, &update)?;
            lines.push(format!("  {seq} {author:?} {binds} {refuses} {bytes} {values}"));
        }
    }
    Ok(())
}

/// What a document says after an update.
fn values(doc: &Doc, update: &[u8]) -> Result<Value> {
    if !update.is_empty() {
        doc.transact_mut().apply_update(Update::decode_v1(update)?)?;
    }
    let roots: Vec<String> = doc.transact().root_refs().map(|(name, _)| name.to_owned()).collect();
    let read = |name: String| -> Result<(String, Value)> {
        let map = doc.get_or_insert_map(name.as_str());
        let transaction = doc.transact();
        ensure!(map.len(&transaction) > 0 || transaction.root_refs().count() > 0);
        let value = serde_json::to_value(map.to_json(&transaction))?;
        Ok((name, value))
    };
    let all: BTreeMap<String, Value> = roots.into_iter().map(read).collect::<Result<_>>()?;
    Ok(json!(without(Of::Document, json!(all))))
}
