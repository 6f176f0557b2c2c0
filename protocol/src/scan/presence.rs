//! Awareness: who is writing where.

use super::{ScanError, counted};
use crate::lib0::{Reader, Writer};
use crate::limits::{AWARENESS_BYTES, CLIENTS_PER_UPDATE};
use std::collections::HashSet;

/// Awareness of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwarenessEntry {
    /// Client id of Yjs.
    pub client: u64,
    /// Counts up with every change.
    pub clock: u32,
    /// JSON text of the state; `None` when the client has gone.
    pub state: Option<String>,
}

/// Reads awareness: every client once, each state at most [`AWARENESS_BYTES`] of JSON.
pub fn scan_awareness(bytes: &[u8]) -> Result<Vec<AwarenessEntry>, ScanError> {
    let mut reader = Reader::new(bytes);
    let count = counted(reader.count(3, "awareness entries")?, CLIENTS_PER_UPDATE, "awareness entries")?;
    let mut entries = Vec::with_capacity(count);
    let mut seen = HashSet::with_capacity(count);
    for _ in 0..count {
        let client = reader.number("client")?;
        let clock = reader.number32("awareness clock")?;
        let state = reader.text("awareness state")?;
        if !seen.insert(client) {
            return Err(ScanError::Twice(client));
        }
        if state.len() > AWARENESS_BYTES {
            return Err(ScanError::TooMany { what: "bytes of awareness", limit: AWARENESS_BYTES as u64 });
        }
        if serde_json::from_str::<serde::de::IgnoredAny>(state).is_err() {
            return Err(ScanError::NotJson);
        }
        entries.push(AwarenessEntry { client, clock, state: (state != "null").then(|| state.to_owned()) });
    }
    reader.end("end of awareness")?;
    Ok(entries)
}

/// Writes awareness.
pub fn write_awareness(entries: &[AwarenessEntry]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.number(entries.len() as u64);
    for entry in entries {
        writer.number(entry.client);
        writer.number(entry.clock.into());
        writer.text(entry.state.as_deref().unwrap_or("null"));
    }
    writer.finish()
}
