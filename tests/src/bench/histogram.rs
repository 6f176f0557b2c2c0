//! Times by their frequency, in steps of under two per cent.

use std::time::Duration;

/// Steps in each doubling.
const STEPS: u64 = 64;

/// Counts of times, from a microsecond to an hour.
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; 28 * STEPS as usize], total: 0 }
    }
}

/// Below [`STEPS`] µs each µs has its place; above, each doubling has [`STEPS`] places.
fn place(micros: u64) -> usize {
    if micros < STEPS {
        return micros as usize;
    }
    let doublings = u64::from(micros.ilog2() - STEPS.ilog2());
    ((doublings + 1) * STEPS + (micros >> doublings) - STEPS) as usize
}

fn upper_end(place: usize) -> u64 {
    let place = place as u64;
    if place < STEPS {
        return place;
    }
    let (doublings, step) = (place / STEPS - 1, place % STEPS);
    ((step + STEPS + 1) << doublings) - 1
}

impl Histogram {
    /// Counts one time.
    pub fn add(&mut self, micros: u64) {
        let last = self.counts.len() - 1;
        self.counts[place(micros).min(last)] += 1;
        self.total += 1;
    }

    /// The time that this share of all did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = (self.total as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted.max(1) {
                return Duration::from_micros(upper_end(place));
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_lies_in_its_place() {
        for micros in (0..5_000).chain([65_535, 65_536, 1 << 20, (1 << 30) + 7]) {
            let end = upper_end(place(micros));
            assert!(end >= micros && end as f64 <= micros as f64 * 1.02 + 1.0, "{micros}: {end}");
        }
    }

    #[test]
    fn a_quantile_is_the_time_that_its_share_did_not_exceed() {
        let mut times = Histogram::default();
        (1..=100).for_each(|micros| times.add(micros));
        assert_eq!(times.quantile(0.5), Duration::from_micros(50));
        assert_eq!(times.quantile(1.0).as_micros() / 2, 50);
        assert_eq!(Histogram::default().quantile(0.99), Duration::ZERO);
    }
}
