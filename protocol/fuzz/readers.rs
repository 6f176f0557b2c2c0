//! The readers of what a client sends: no bytes make one panic, hang or pass on what it did not check.

use super::{
    draw::Draw,
    seconds, seed,
    vectors::{self, honest, hostile},
};
use protocol::{
    frame::{ClientFrame, ClientMessage, read_client_frame},
    scan::{
        Holds, Roots, read_letters, scan_awareness, scan_state_vector, scan_stored, scan_update,
        write_awareness,
    },
    yjs::read_yjs_message,
};
use std::{
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// No reader works longer on one input (the issue of the sync engine).
const LONGEST: Duration = Duration::from_millis(100);

/// Inputs that are worth changing, of one kind.
fn corpus(kind: &str) -> Vec<Vec<u8>> {
    let hostile = hostile();
    let hostile = hostile.iter().filter(|vector| vector.kind == kind).map(|vector| vector.bytes());
    let mut corpus: Vec<Vec<u8>> = hostile.filter(|bytes| bytes.len() < 4096).collect();
    for session in honest() {
        match kind {
            "update" => {
                corpus.extend(session.steps.iter().map(|step| step.bytes()));
                corpus.push(session.state());
            }
            "state vector" => corpus.push(session.vector()),
            _ => {}
        }
    }
    if kind == "awareness" {
        let lone = [1, 7, 1, 2, b'{', b'}'];
        corpus.extend([lone.to_vec(), [&[2][..], &lone[1..], &[9, 3, 4], b"null"].concat()]);
    }
    if kind == "frame" {
        for frames in [include_str!("../vectors/frames.json"), include_str!("../vectors/yjs.json")] {
            let frames: serde_json::Value = serde_json::from_str(frames).expect("vectors");
            for frame in ["client", "refused"].iter().filter_map(|part| frames[part].as_array()).flatten() {
                corpus.push(vectors::bytes(frame["hex"].as_str().expect("hex")));
            }
        }
    }
    corpus
}

/// What is being read, and since when.
type Reading = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Ends the process, with the input printed, when one is read for so long that it will not end.
fn watch(kind: &str) -> Reading {
    let (reading, kind) = (Reading::default(), kind.to_owned());
    let watched = Arc::downgrade(&reading);
    std::thread::spawn(move || {
        while let Some(reading) = watched.upgrade() {
            if let Some((since, bytes)) = &*reading.lock().expect("the watched input")
                && since.elapsed() > 100 * LONGEST
            {
                // A test's own printing is kept back, and would end with the process.
                drop(writeln!(std::io::stderr(), "reading does not end: {kind} {}", hex::encode(bytes)));
                std::process::exit(1);
            }
            drop(reading);
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    reading
}

/// Reads changed inputs of a kind for as long as is asked.
fn drive(kind: &str, read: impl Fn(&[u8])) {
    let corpus = corpus(kind);
    let seed = seed();
    let mut draw = Draw::new(seed);
    let begun = Instant::now();
    let reading = watch(kind);
    let mut runs = 0u64;
    while begun.elapsed() < seconds() {
        let mut bytes = corpus[draw.below(corpus.len())].clone();
        for _ in 0..=draw.below(4) {
            draw.mutate(&mut bytes, &corpus);
        }
        *reading.lock().expect("the watched input") = Some((Instant::now(), bytes.clone()));
        let took = || {
            let begun = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(|| read(&bytes)));
            assert!(outcome.is_ok(), "seed {seed}: {}", hex::encode(&bytes));
            begun.elapsed()
        };
        // The fastest of three: other work on this machine is not the reader's.
        if took() > LONGEST && took().min(took()) > LONGEST {
            panic!("seed {seed}: takes longer than {LONGEST:?}: {}", hex::encode(&bytes));
        }
        runs += 1;
    }
    *reading.lock().expect("the watched input") = None;
    println!("{kind}: {runs} inputs read, seed {seed}");
    assert!(runs > 100);
}

fn awareness(bytes: &[u8]) {
    if let Ok(entries) = scan_awareness(bytes) {
        let again = scan_awareness(&write_awareness(&entries));
        assert_eq!(again.as_ref(), Ok(&entries), "awareness written again");
    }
}

fn update(bytes: &[u8]) {
    let taken = scan_update(bytes, Roots::Any);
    let narrow = scan_update(bytes, Roots::Only(&["notes"]));
    assert!(taken.is_ok() || narrow.is_err(), "fewer roots take more");
    let stored = scan_stored(bytes);
    // Its letters are as many as it said.
    if let Ok(touched) = stored {
        let letters = read_letters(bytes, |_, _| true).expect("it was scanned");
        let words = touched.placed.iter().filter(|block| block.holds == Holds::Words);
        let units: usize = words.map(|block| (block.span.end - block.span.start) as usize).sum();
        assert_eq!(letters.values().map(|letter| letter.len_utf16()).sum::<usize>(), units, "letters");
    }
}

/// What the frame carries is read on, as the service does.
fn message(message: ClientMessage<'_>) {
    match message {
        ClientMessage::Step1(bytes) => drop(scan_state_vector(bytes)),
        ClientMessage::Step2(bytes) | ClientMessage::Update(bytes) => update(bytes),
        ClientMessage::Awareness(bytes) => awareness(bytes),
        _ => {}
    }
}

#[test]
fn scan1_no_bytes_of_a_frame_make_its_reader_panic_or_hang() {
    drive("frame", |bytes| {
        if let Ok(ClientFrame::Document { message: said, .. }) = read_client_frame(bytes) {
            message(said);
        }
        if let Ok(said) = read_yjs_message(bytes) {
            message(said);
        }
    });
}

#[test]
fn scan1_no_bytes_of_an_update_make_the_scanner_panic_or_hang() {
    drive("update", update);
}

#[test]
fn scan1_no_bytes_of_a_state_vector_make_the_scanner_panic_or_hang() {
    drive("state vector", |bytes| drop(scan_state_vector(bytes)));
}

#[test]
fn scan1_no_bytes_of_awareness_make_the_scanner_panic_or_hang() {
    drive("awareness", awareness);
}
