//! What the service sets out to reach on two cores, and whether a run showed it.

use super::{figures::Figures, peer::Peer};
use std::fmt::Write as _;

/// What a median of ours is held against.
enum Aim {
    /// A number of its own.
    AtMost(f64),
    AtLeast(f64),
    /// So many times what the bare relay takes in the same run.
    OfRelay(f64),
    /// What was worked out in the same run.
    AtMostWhat(&'static str),
}

/// What commits allow half of the deliveries, worked out in each run.
pub const P50_ALLOWED: &str = "commits of the run allow, p50";
/// What commits allow 99 of 100 deliveries, worked out in each run.
pub const P99_ALLOWED: &str = "commits of the run allow, p99";

const AIMS: [(&str, Aim); 16] = [
    ("CPU per delivery at 120,000/s", Aim::OfRelay(0.7)),
    ("CPU per delivery at 10,000/s", Aim::OfRelay(1.6)),
    ("latency at 10,000/s, p50", Aim::AtMostWhat(P50_ALLOWED)),
    ("latency at 10,000/s, p99", Aim::AtMostWhat(P99_ALLOWED)),
    ("most deliveries with p99 ≤ 100 ms and no loss", Aim::AtLeast(700_000.0)),
    ("memory of one of 1,000 idle connections", Aim::AtMost(8.0)),
    ("memory of one of 10,000 idle connections", Aim::AtMost(8.0)),
    ("taking in 20,000 keystrokes, CPU", Aim::AtMost(0.3)),
    ("join of 20,000 keystrokes, p50", Aim::AtMost(0.7)),
    ("50 joins at once, the last", Aim::AtMost(15.0)),
    ("restart to first complete join", Aim::AtMost(20.0)),
    ("260,000 keystrokes ÷ 20,000, CPU", Aim::AtMost(14.0)),
    ("bytes on disk ÷ bytes of the state", Aim::AtMost(1.2)),
    ("edits lost by SIGKILL that others had seen", Aim::AtMost(0.0)),
    ("edits lost by SIGKILL that were acknowledged", Aim::AtMost(0.0)),
    ("seeds of random edits that do not converge", Aim::AtMost(0.0)),
];

/// Each aim that the run measured, beside what came of it.
pub fn told(figures: &Figures) -> String {
    let mut told = String::from("| aim | | ours | |\n| --- | ---: | ---: | --- |\n");
    for (work, aim) in &AIMS {
        let Some(ours) = figures.median(work, Peer::Ours) else { continue };
        let bound = match aim {
            Aim::AtMost(bound) | Aim::AtLeast(bound) => Some(*bound),
            Aim::OfRelay(times) => figures.median(work, Peer::Relay).map(|relay| relay * times),
            Aim::AtMostWhat(allowed) => figures.median(allowed, Peer::Ours),
        };
        let Some(bound) = bound else { continue };
        let (than, is_met) = match aim {
            Aim::AtLeast(_) => ("≥", ours >= bound),
            _ => ("≤", ours <= bound),
        };
        let verdict = if is_met { "met" } else { "missed" };
        let _ = writeln!(told, "| {work} | {than} {bound:.2} | {ours:.2} | {verdict} |");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Figure;

    #[test]
    fn what_was_measured_is_held_against_its_aim_and_the_rest_is_left_out() {
        let mut figures = Figures::default();
        let mut add = |work, peer, value| {
            figures.add(Figure { work, unit: "", peer, repetition: 0, value: Some(value), note: None });
        };
        add("CPU per delivery at 10,000/s", Peer::Ours, 9.7);
        add("CPU per delivery at 10,000/s", Peer::Relay, 6.0);
        add("CPU per delivery at 120,000/s", Peer::Ours, 2.0);
        add("most deliveries with p99 ≤ 100 ms and no loss", Peer::Ours, 800_000.0);
        add("latency at 10,000/s, p50", Peer::Ours, 3.0);
        add(P50_ALLOWED, Peer::Ours, 3.4);
        let told = told(&figures);
        assert!(told.contains("| CPU per delivery at 10,000/s | ≤ 9.60 | 9.70 | missed |"), "{told}");
        assert!(told.contains("no loss | ≥ 700000.00 | 800000.00 | met |"), "{told}");
        assert!(told.contains("| latency at 10,000/s, p50 | ≤ 3.40 | 3.00 | met |"), "{told}");
        assert!(!told.contains("120,000"), "nothing to hold it against: {told}");
    }
}
