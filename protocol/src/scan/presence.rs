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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(client: u64, state: &str) -> AwarenessEntry {
        AwarenessEntry { client, clock: 1, state: Some(state.to_owned()) }
    }

    fn scan(entries: &[AwarenessEntry]) -> Result<Vec<AwarenessEntry>, ScanError> {
        scan_awareness(&write_awareness(entries))
    }

    #[test]
    fn pres1_awareness_keeps_to_the_bounds_of_the_scanner_and_names_each_client_once() {
        let full: Vec<_> = (1..=CLIENTS_PER_UPDATE).map(|client| entry(client, "{}")).collect();
        assert_eq!(scan(&full).as_deref(), Ok(full.as_slice()));
        let one_more = [full, vec![entry(0, "{}")]].concat();
        assert!(matches!(scan(&one_more), Err(ScanError::TooMany { .. })));
        let long = |bytes: usize| entry(1, &format!("\"{}\"", "x".repeat(bytes - 2)));
        assert!(scan(&[long(AWARENESS_BYTES)]).is_ok());
        assert!(matches!(scan(&[long(AWARENESS_BYTES + 1)]), Err(ScanError::TooMany { .. })));
        assert_eq!(scan(&[entry(7, "{}"), entry(7, "{}")]), Err(ScanError::Twice(7)));
        // Numbers in their shortest form, a count that the bytes can hold, nothing after the end.
        let good = write_awareness(&[entry(1, "{}")]);
        for bad in [
            [&[0x81, 0x00][..], &good[1..]].concat(),
            [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &good[1..]].concat(),
            [&good[..], &[0]].concat(),
            good[..good.len() - 1].to_vec(),
        ] {
            assert!(
                matches!(scan_awareness(&bad), Err(ScanError::Bytes(_) | ScanError::TooMany { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn pres2_a_state_is_json_and_null_means_gone() {
        let gone = AwarenessEntry { client: 1, clock: 2, state: None };
        assert_eq!(scan(std::slice::from_ref(&gone)), Ok(vec![gone]));
        assert_eq!(scan(&[entry(1, "writing")]), Err(ScanError::NotJson));
    }
}
