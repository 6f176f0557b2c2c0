//! Bytes of the stored files that are not what was written: never words, and never unnoticed.

mod store_common;

#[path = "store_common/filled.rs"]
mod filled;

use filled::{database, filled};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use server::store::{
    Kept, Store,
    backup::verify,
    sqlite::{Location, Lulls, SqliteStore},
};
use std::{env, fs, time::Duration};
use store_common::{append, conference, open, row, save};

/// The large form says how many.
fn how_many(variable: &str, here: usize) -> usize {
    env::var(variable).map_or(here, |count| count.parse().unwrap())
}

#[test]
fn sto6_flipped_bits_never_pass_for_words() {
    let (_folder, data) = filled();
    let whole = fs::read(database(&data)).unwrap();
    let expected: Vec<Vec<Kept>> = [1, 2].map(|n| open(&data).load(conference(n)).unwrap()).to_vec();
    let mut random = SmallRng::seed_from_u64(5);
    let mut noticed = 0;
    for _ in 0..how_many("FLIPCHART_STORE_FLIPS", 1_000) {
        let mut bytes = whole.clone();
        let (at, bit) = (random.random_range(0..bytes.len()), random.random_range(0..8));
        bytes[at] ^= 1 << bit;
        fs::write(database(&data), &bytes).unwrap();
        for log in ["flipchart.db-wal", "flipchart.db-shm"] {
            fs::remove_file(data.join(log)).ok();
        }
        // Nobody writes here: the check of the file is not to be waited for.
        let lulls = Lulls { pause: Duration::ZERO, ..Lulls::default() };
        let Ok(store) = SqliteStore::open(Location { lulls, ..Location::beneath(&data) }) else {
            noticed += 1;
            continue;
        };
        let mut seen = store.unreadable().len();
        let mut cut_short = Vec::new();
        for (n, expected) in [1, 2].into_iter().zip(&expected) {
            let Ok(found) = store.load_each(conference(n)) else {
                seen += 1;
                continue;
            };
            for (name, kept) in found {
                match kept {
                    Ok(kept) if expected.contains(&kept) => {}
                    // Its last rows may have got another name, or no place in the file any more.
                    Ok(kept) => {
                        let whole = expected.iter().find(|whole| whole.document == name);
                        let whole = whole.unwrap_or_else(|| panic!("{name}: byte {at} bit {bit}"));
                        assert_eq!(kept.snapshot, whole.snapshot, "{name}: byte {at} bit {bit}");
                        assert!(whole.rows.starts_with(&kept.rows), "{name}: byte {at} bit {bit}");
                        cut_short.push(name);
                    }
                    Err(_) => seen += 1,
                }
            }
        }
        seen += usize::from(store.checked().is_err());
        if !cut_short.is_empty() && seen == 0 {
            // The key of a last row: a start does not look at the order of every row, `verify` does.
            let report = verify(&Location::beneath(&data), |_| true).unwrap();
            assert!(!report.is_whole(), "{cut_short:?}: byte {at} bit {bit}, and nobody is told");
            seen += 1;
        }
        noticed += seen;
    }
    assert!(noticed > 0, "no flip hit anything");
}

#[test]
fn sto1_a_torn_log_loses_only_its_tail() {
    let (_folder, data) = filled();
    // The log is moved into the database by nobody meanwhile.
    let lulls = Lulls { pause: Duration::MAX, rest: Duration::MAX };
    let store = SqliteStore::open(Location { lulls, ..Location::beneath(&data) }).unwrap();
    for n in 5..=14 {
        let writes = vec![append("board.all", n, &[n as u8; 700]), append("record.all", n, b"same batch")];
        save(&store, conference(1), writes).unwrap();
    }
    let (rows, log) = (fs::read(database(&data)).unwrap(), fs::read(data.join("flipchart.db-wal")).unwrap());
    drop(store);
    assert!(log.len() > 40_000, "nothing had been moved out of the log");
    let mut seen = Vec::new();
    for cut in (0..=log.len()).step_by(log.len() / how_many("FLIPCHART_STORE_TORN", 24)) {
        fs::write(database(&data), &rows).unwrap();
        fs::remove_file(data.join("flipchart.db-shm")).ok();
        fs::write(data.join("flipchart.db-wal"), &log[..cut]).unwrap();
        let kept = open(&data).load(conference(1)).unwrap();
        let (board, record) = (kept[0].rows.len(), kept[2].rows.len());
        assert_eq!(board, record, "a batch is whole");
        assert!(kept[0].rows[4..].iter().all(|found| *found == row(found.from, &[found.from as u8; 700])));
        seen.push(board);
    }
    assert!(seen.is_sorted() && seen.first() == Some(&4) && seen.last() >= Some(&13), "{seen:?}");
}
