//! All that may differ between two worlds in which the same numbers came from other people.

use serde_json::Value;
use std::ops::Range;

/// Where something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The 32 bytes that SQLite's write-ahead log begins with.
    WalHeader,
    /// The 24 bytes before each page in it.
    WalFrame,
    /// SQLite's index of that log, the file that ends in `-shm`.
    WalIndex,
    /// A sealed column of a row, wherever its page lies.
    Sealed,
    /// What is left on a page between rows, and behind the end of a sealed column on a page that holds nothing else.
    Remains,
    /// The state of the conference, opened.
    State,
    /// The values of a document, opened.
    Document,
    /// A page of the audit, opened.
    Audit,
    /// A line of the service's log.
    Line,
    /// What `/metrics` says.
    Measures,
    /// What says what a backup holds.
    Manifest,
}

/// What of it.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// These bytes.
    Bytes(Range<usize>),
    /// All of it. Its length is compared.
    All,
    /// The value at this path; `*` is any key or place.
    Value(&'static str),
    /// The whole line, if the value at this path is this.
    If(&'static str, &'static str),
    /// Whatever begins with this name.
    Named(&'static str),
}

/// Something that may differ, and why no number can be told from it.
pub(super) struct Mask(Of, What, &'static str);

/// The whole list. Whatever is not in it is the same byte for byte, and everything has the same length, the same number
/// and the same order.
const MASKS: [Mask; 23] = [
    Mask(
        Of::WalHeader,
        What::Bytes(12..16),
        "clock: how often the log began anew, as it does after a commit that came to rest",
    ),
    Mask(Of::WalHeader, What::Bytes(16..24), "salts that SQLite draws whenever it begins its log anew"),
    Mask(Of::WalHeader, What::Bytes(24..32), "a checksum over the salts"),
    Mask(Of::WalFrame, What::Bytes(8..16), "the salts again"),
    Mask(Of::WalFrame, What::Bytes(16..24), "a checksum over salts and sealed bytes"),
    Mask(
        Of::WalIndex,
        What::All,
        "salts and checksums of the log, and in which frame a page is, which the log says too",
    ),
    Mask(
        Of::Sealed,
        What::All,
        "nonce, tag, and what a nonce turns the rest into; opened below, and compared there",
    ),
    Mask(
        Of::Remains,
        What::All,
        "copies of rows that SQLite left when it moved them: sealed columns, under other nonces",
    ),
    Mask(Of::State, What::Value("rounds.all.*.revealed.at"), "clock: when the chair showed the numbers"),
    Mask(Of::Document, What::Value("rounds.*.revealed.at"), "clock: the same"),
    Mask(
        Of::Audit,
        What::Value("steps.*.time"),
        "clock: when the chair closed the round and showed the numbers",
    ),
    Mask(Of::Audit, What::Value("head"), "a hash over those times"),
    Mask(Of::Line, What::Value("timestamp"), "clock"),
    Mask(Of::Line, What::Value("fields.ms"), "clock: how long a request took"),
    Mask(Of::Line, What::Value("fields.seconds"), "clock: how long a socket was open"),
    Mask(Of::Line, What::If("fields.route", "/healthz"), "the test asks until the service is there"),
    // One of the two at each start.
    Mask(
        Of::Line,
        What::If("fields.message", "the disk makes a change durable"),
        "clock: the disk, at the start",
    ),
    Mask(
        Of::Line,
        What::If(
            "fields.message",
            "the disk is slow: words reach other screens late; keep the data on a local disk",
        ),
        "clock: the same, where it is slow",
    ),
    Mask(Of::Measures, What::Named("flipchart_fsync_seconds"), "clock: the disk, at the start"),
    Mask(Of::Measures, What::Named("flipchart_commit_seconds"), "clock: the disk"),
    Mask(Of::Measures, What::Named("flipchart_load_seconds"), "clock: reading the disk"),
    Mask(
        Of::Measures,
        What::Named("flipchart_deliveries_total"),
        "clock: how many are in is told every so often",
    ),
    Mask(Of::Manifest, What::Value("files.flipchart.db"), "a hash over sealed bytes"),
];

/// The list in words, for whoever reads that two worlds differ.
pub(super) fn in_words() -> String {
    MASKS.iter().map(|Mask(of, what, why)| format!("{of:?} {what:?}: {why}\n")).collect()
}

fn of(what: Of) -> impl Iterator<Item = &'static What> {
    MASKS.iter().filter(move |mask| mask.0 == what).map(|mask| &mask.1)
}

/// Bytes with what may differ wiped.
pub(super) fn wipe(what: Of, bytes: &mut [u8]) {
    for mask in of(what) {
        match mask {
            What::All => bytes.fill(0),
            What::Bytes(range) => bytes[range.clone()].fill(0),
            _ => unreachable!("a mask of values over bytes"),
        }
    }
}

/// A value with what may differ taken out; none if the whole of it may.
pub(super) fn without(what: Of, mut value: Value) -> Option<Value> {
    for mask in of(what) {
        match mask {
            What::Value(path) => visit(&mut value, path, &mut |found| *found = "*".into()),
            What::If(path, is) => {
                let mut found = false;
                visit(&mut value, path, &mut |value| found |= value == is);
                if found {
                    return None;
                }
            }
            _ => unreachable!("a mask of bytes over values"),
        }
    }
    Some(value)
}

/// Measures without those that may differ, sorted: each process draws an order in which it says them.
pub(super) fn measures(text: &str) -> Vec<String> {
    let masked = |line: &&str| {
        let name = line.trim_start_matches("# HELP ").trim_start_matches("# TYPE ");
        of(Of::Measures).any(|mask| matches!(mask, What::Named(begin) if name.starts_with(begin)))
    };
    let mut lines: Vec<String> = text.lines().filter(|line| !masked(line)).map(str::to_owned).collect();
    lines.sort();
    lines
}

fn visit(value: &mut Value, path: &str, act: &mut dyn FnMut(&mut Value)) {
    let (key, rest) = match path.split_once('.') {
        // A key may hold a point itself.
        Some(_) if value.get(path).is_some() => (path, None),
        Some((key, rest)) => (key, Some(rest)),
        None => (path, None),
    };
    let mut on = |value: &mut Value| match rest {
        Some(rest) => visit(value, rest, act),
        None if value.is_null() => {}
        None => act(value),
    };
    match value {
        Value::Object(entries) if key == "*" => entries.values_mut().for_each(on),
        Value::Array(values) if key == "*" => values.iter_mut().for_each(on),
        Value::Object(entries) => {
            if let Some(value) = entries.get_mut(key) {
                on(value);
            }
        }
        _ => {}
    }
}
