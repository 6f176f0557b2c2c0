//! A document as the server holds it, beside what is known of it.

use protocol::known::{Judgement, Known};
use protocol::scan::{Span, Touched, scan_stored};
use std::io::Write as _;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};
use yrs::types::ToJson;
use yrs::updates::decoder::Decode;
use yrs::{Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update, WriteTxn};

/// The update that is being applied, and since when.
static APPLYING: Mutex<Option<(Instant, String)>> = Mutex::new(None);

/// Ends the process, with the input printed, when one update takes longer than the server would wait for it.
///
/// A fault that ends the process itself leaves the input in the file that `FUZZ_LAST` names.
pub fn watch(seed: u64, state: &[u8], update: &[u8], updates: &[String]) {
    static DOG: Once = Once::new();
    DOG.call_once(|| {
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(Duration::from_millis(200));
                if let Some((since, input)) = &*APPLYING.lock().expect("the watched input")
                    && since.elapsed() > Duration::from_secs(4)
                {
                    // A test's own printing is kept back, and would end with the process.
                    drop(writeln!(std::io::stderr(), "one update hangs: {input}"));
                    std::process::exit(1);
                }
            }
        });
    });
    let input = format!("seed {seed}\nstate {}\nupdate {}", hex::encode(state), hex::encode(update));
    if let Ok(path) = std::env::var("FUZZ_LAST") {
        let last = serde_json::json!({ "seed": seed, "updates": updates }).to_string();
        std::fs::write(path, last).expect("FUZZ_LAST");
    }
    *APPLYING.lock().expect("the watched input") = Some((Instant::now(), input));
}

/// Nothing is being applied any more.
pub fn unwatch() {
    *APPLYING.lock().expect("the watched input") = None;
}

const ROOTS: [&str; 3] = ["notes", "rows", "fields"];

pub struct Server {
    doc: Doc,
    pub known: Known,
}

impl Default for Server {
    fn default() -> Self {
        Self { doc: document(), known: Known::default() }
    }
}

fn document() -> Doc {
    Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..Options::default() })
}

fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

fn clocks(doc: &Doc) -> Vec<(u64, u32)> {
    let vector = doc.transact().state_vector();
    let mut clocks: Vec<_> = vector.iter().map(|(client, clock)| (client.get(), *clock)).collect();
    clocks.sort_unstable();
    clocks
}

/// What the document says, for whoever compares it with what yjs reads.
fn values(doc: &Doc) -> serde_json::Value {
    let roots = ROOTS.map(|name| doc.get_or_insert_map(name));
    let txn = doc.transact();
    roots.iter().map(|root| serde_json::to_value(root.to_json(&txn)).expect("plain values")).collect()
}

/// What the document says, key by key. The letters of a text are sorted: their order is the writer's own affair where
/// they name neighbours that never stood side by side (SPEC SCAN14).
fn content(doc: &Doc) -> String {
    let roots = ROOTS.map(|name| doc.get_or_insert_map(name));
    let txn = doc.transact();
    roots.map(|root| root.to_json(&txn).to_string_sorted()).join("\n")
}

/// Text in which an object's keys are in order.
trait Sorted {
    fn to_string_sorted(&self) -> String;
}

impl Sorted for yrs::Any {
    fn to_string_sorted(&self) -> String {
        match self {
            Self::Map(map) => {
                let mut keys: Vec<_> =
                    map.iter().map(|(key, value)| format!("{key:?}:{}", value.to_string_sorted())).collect();
                keys.sort_unstable();
                format!("{{{}}}", keys.join(","))
            }
            Self::Array(values) => {
                let values: Vec<_> = values.iter().map(Sorted::to_string_sorted).collect();
                format!("[{}]", values.join(","))
            }
            Self::String(text) => {
                let mut letters: Vec<char> = text.chars().collect();
                letters.sort_unstable();
                format!("{letters:?}")
            }
            other => format!("{other:?}"),
        }
    }
}

impl Server {
    pub fn clone_state(&self) -> Vec<u8> {
        state(&self.doc)
    }

    /// Writes what was applied and the words it led to, where somebody asked for it.
    pub fn record(&self, updates: &[String]) {
        let Ok(path) = std::env::var("FUZZ_RECORD") else { return };
        let clocks = clocks(&self.doc);
        let state = hex::encode(state(&self.doc));
        let values = values(&self.doc);
        let line =
            serde_json::json!({ "updates": updates, "clocks": clocks, "state": state, "values": values });
        let mut file = std::fs::File::options().create(true).append(true).open(path).expect("FUZZ_RECORD");
        writeln!(file, "{line}").expect("FUZZ_RECORD");
    }

    pub fn written(&self) -> Vec<(u64, u32)> {
        clocks(&self.doc)
    }

    /// Applies an update that was judged as news, and checks everything the room relies on.
    pub fn take(&mut self, update: &[u8], touched: &Touched) -> Result<(), String> {
        let decoded = Update::decode_v1(update).map_err(|error| format!("does not decode: {error}"))?;
        let mut deleted = Vec::new();
        {
            let mut txn = self.doc.transact_mut();
            txn.apply_update(decoded).map_err(|error| format!("does not apply: {error}"))?;
            for (client, ranges) in txn.delete_set().iter() {
                deleted.extend(ranges.iter().map(|range| Span {
                    client: client.get(),
                    start: range.start,
                    end: range.end,
                }));
            }
            if txn.has_missing_updates() || txn.prune_pending().is_some() {
                return Err("left something pending".to_owned());
            }
        }
        self.known.absorb(touched);
        self.known.absorb_deleted(deleted);
        for (client, clock) in clocks(&self.doc) {
            if self.known.clock(client) != clock {
                return Err(format!("client {client}: yrs at {clock}, known {}", self.known.clock(client)));
            }
        }
        if self.known.judge(touched) != Judgement::Nothing {
            return Err("is news twice".to_owned());
        }
        let stored = state(&self.doc);
        let again = document();
        let decoded =
            Update::decode_v1(&stored).map_err(|error| format!("its state does not decode: {error}"))?;
        again
            .transact_mut()
            .apply_update(decoded)
            .map_err(|error| format!("its state does not apply: {error}"))?;
        if clocks(&again) != clocks(&self.doc) {
            return Err("another state vector after a restart".to_owned());
        }
        if content(&again) != content(&self.doc) {
            return Err(format!("other words after a restart\n{}\n{}", content(&self.doc), content(&again)));
        }
        let whole = scan_stored(&stored).map_err(|error| format!("its state is not scanned: {error}"))?;
        if self.known.judge(&whole) != Judgement::Nothing {
            return Err(format!("its own state is {:?}", self.known.judge(&whole)));
        }
        Ok(())
    }
}
