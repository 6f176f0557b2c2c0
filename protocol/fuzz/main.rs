//! Mutation driver on stable Rust: `FUZZ_SECONDS=60 cargo test -p protocol --test fuzz`.
//!
//! Five targets, each so long: the readers of frames, updates, state vectors and awareness (`readers`), and updates that
//! the scanner and a document's knowledge take, which yrs must then apply whole. Inputs that fail are printed in hex with
//! their seed (`FUZZ_SEED`). `FUZZ_RECORD=file` keeps what was taken, for `protocol/fuzz/against-yjs.mjs`, which reads it
//! with yjs.

#[path = "../tests/vectors/mod.rs"]
mod vectors;

mod apply;
mod draw;
mod readers;

use apply::Server;
use draw::Draw;
use protocol::known::Judgement;
use protocol::scan::scan_update;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use vectors::honest;

fn seconds() -> Duration {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    Duration::from_secs_f64(seconds)
}

fn seed() -> u64 {
    std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(1, |now| now.as_nanos() as u64)
    })
}

#[test]
fn scan9_scan14_what_is_taken_applies_whole_and_survives_its_own_store() {
    let seed = seed();
    println!("seed {seed}");
    let mut draw = Draw::new(seed);
    let sessions = honest();
    let begun = Instant::now();
    let (mut tried, mut taken) = (0u64, 0u64);
    while begun.elapsed() < seconds() {
        let session = &sessions[draw.below(sessions.len())];
        let honest: Vec<Vec<u8>> = session.steps.iter().map(|step| step.bytes()).collect();
        let mut server = Server::default();
        let beginning = draw.below(honest.len());
        for update in &honest[..beginning] {
            let touched = scan_update(update, session.roots()).expect("honest");
            if matches!(server.known.judge(&touched), Judgement::News { .. }) {
                server.take(update, &touched).unwrap_or_else(|fault| panic!("{}: {fault}", session.name));
            }
        }
        let mut updates = vec![hex::encode(server.clone_state())];
        for _ in 0..60 {
            let update = match draw.below(3) {
                0 => {
                    let mut bytes = honest[draw.below(honest.len())].clone();
                    for _ in 0..draw.below(3) {
                        draw.mutate(&mut bytes, &honest);
                    }
                    bytes
                }
                _ => draw.update(&server.written()),
            };
            tried += 1;
            let Ok(touched) = scan_update(&update, session.roots()) else { continue };
            if !matches!(server.known.judge(&touched), Judgement::News { .. }) {
                continue;
            }
            taken += 1;
            updates.push(hex::encode(&update));
            let before = server.clone_state();
            apply::watch(seed, &before, &update, &updates);
            let outcome = catch_unwind(AssertUnwindSafe(|| server.take(&update, &touched)));
            let fault = match outcome {
                Ok(Ok(())) => continue,
                Ok(Err(fault)) => fault,
                Err(_) => "a panic".to_owned(),
            };
            server.record(&updates);
            panic!("seed {seed}: {fault}\nstate {}\nupdate {}", hex::encode(before), hex::encode(&update));
        }
        server.record(&updates);
    }
    apply::unwatch();
    println!("{taken} of {tried} updates taken and applied, seed {seed}");
    assert!(taken > 20, "{taken} of {tried}");
}
