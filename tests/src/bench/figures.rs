//! What was measured, as a table for people and a file for programs.

use super::peer::Peer;
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write as _};

/// One measured number.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was done.
    pub work: &'static str,
    /// Unit of the value; smaller is better for all but rates.
    pub unit: &'static str,
    /// By whom.
    pub peer: Peer,
    /// Which repetition, from 0.
    pub repetition: usize,
    /// The number, if there is one.
    pub value: Option<f64>,
    /// What a reader has to know beside it.
    pub note: Option<String>,
}

/// All of a run, in the order in which they came.
#[derive(Debug, Default, Serialize)]
pub struct Figures(Vec<Figure>);

impl Figures {
    /// Keeps a number, and shows it.
    pub fn add(&mut self, figure: Figure) {
        let value = figure.value.map_or("–".into(), shown);
        let note = figure.note.as_deref().map(|note| format!("  ({note})")).unwrap_or_default();
        println!("  {:<52} {:<24} {value} {}{note}", figure.work, figure.peer.name(), figure.unit);
        self.0.push(figure);
    }

    /// The middle of what was measured; None where nothing was.
    pub fn median(&self, work: &str, peer: Peer) -> Option<f64> {
        let of = |figure: &&Figure| figure.work == work && figure.peer == peer;
        let mut values: Vec<f64> = self.0.iter().filter(of).filter_map(|figure| figure.value).collect();
        values.sort_by(f64::total_cmp);
        match values.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(values[odd / 2]),
            even => Some(f64::midpoint(values[even / 2 - 1], values[even / 2])),
        }
    }

    /// What may never be anything but zero for ours, and is not, or could not be shown.
    pub fn broken(&self) -> Vec<String> {
        let is_promise = |figure: &&Figure| {
            figure.peer == Peer::Ours && PROMISES.iter().any(|promise| figure.work.contains(promise))
        };
        let is_broken = |figure: &&Figure| figure.value != Some(0.0);
        let told = |figure: &Figure| {
            let note = figure.note.as_deref().unwrap_or_default();
            format!("{}: {} {note}", figure.work, figure.value.map_or("no number".into(), shown))
        };
        self.0.iter().filter(is_promise).filter(is_broken).map(told).collect()
    }

    /// Works in the order in which they were first measured.
    fn works(&self) -> Vec<(&'static str, &'static str)> {
        let mut works = Vec::new();
        for figure in &self.0 {
            if !works.contains(&(figure.work, figure.unit)) {
                works.push((figure.work, figure.unit));
            }
        }
        works
    }

    /// Medians as Markdown, and how ours compares with the bare relay and with the best of the others.
    pub fn table(&self) -> String {
        let peers: Vec<Peer> = self
            .0
            .iter()
            .map(|figure| figure.peer)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut table = String::from("| work |");
        for peer in &peers {
            let _ = write!(table, " {} |", peer.name());
        }
        table.push_str(" ours ÷ relay | ours ÷ best peer |\n| --- |");
        (0..peers.len() + 2).for_each(|_| table.push_str(" ---: |"));
        table.push('\n');
        for (work, unit) in self.works() {
            let medians: BTreeMap<Peer, f64> =
                peers.iter().filter_map(|peer| Some((*peer, self.median(work, *peer)?))).collect();
            // A part that failed with everybody is in the notes.
            if medians.is_empty() {
                continue;
            }
            let _ = write!(table, "| {work}, {unit} |");
            for peer in &peers {
                let _ = match medians.get(peer) {
                    Some(median) => write!(table, " {} |", shown(*median)),
                    None => write!(table, " – |"),
                };
            }
            let ours = medians.get(&Peer::Ours);
            let is_rate = unit.ends_with("/s");
            let others = medians.iter().filter(|(peer, _)| peer.has_documents() && **peer != Peer::Ours);
            let others = others.map(|(_, value)| *value);
            let best = if is_rate { others.reduce(f64::max) } else { others.reduce(f64::min) };
            for other in [medians.get(&Peer::Relay).copied(), best] {
                let _ = match (ours, other) {
                    (Some(ours), Some(other)) if other > 0.0 => write!(table, " {:.2} |", ours / other),
                    _ => write!(table, " – |"),
                };
            }
            table.push('\n');
        }
        let notes: std::collections::BTreeSet<String> = self
            .0
            .iter()
            .filter_map(|figure| {
                Some(format!("- {}, {}: {}", figure.work, figure.peer.name(), figure.note.as_ref()?))
            })
            .collect();
        if !notes.is_empty() {
            table.push('\n');
            for note in notes {
                let _ = writeln!(table, "{note}");
            }
        }
        table
    }
}

/// Words of the works that promise 0.
const PROMISES: [&str; 2] = ["SIGKILL", "random edits"];

/// Three digits that count.
fn shown(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => {
            let mut digits = format!("{value:.0}");
            let mut at = digits.len();
            while at > 3 {
                at -= 3;
                digits.insert(at, ',');
            }
            digits
        }
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        0.0 => "0".into(),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(peer: Peer, value: Option<f64>) -> Figure {
        Figure { work: "CPU per delivery", unit: "µs", peer, repetition: 0, value, note: None }
    }

    #[test]
    fn the_middle_of_three_and_of_two_is_shown_with_both_ratios() {
        let mut figures = Figures::default();
        for value in [9.0, 2.0, 3.0] {
            figures.add(figure(Peer::Ours, Some(value)));
        }
        figures.add(figure(Peer::Relay, Some(6.0)));
        for value in [1.0, 2.0] {
            figures.add(figure(Peer::YSweet, Some(value)));
        }
        figures.add(figure(Peer::Hocuspocus, None));
        let table = figures.table();
        assert!(table.contains("| CPU per delivery, µs | 3.00 | 6.00 | 1.50 | – | 0.50 | 2.00 |"), "{table}");
    }

    #[test]
    fn a_lost_edit_of_ours_breaks_a_promise_and_so_does_a_trial_that_failed() {
        let mut figures = Figures::default();
        let lost = |peer, value| Figure { work: "edits lost by SIGKILL", ..figure(peer, value) };
        figures.add(lost(Peer::YSweet, Some(3.0)));
        figures.add(lost(Peer::Ours, Some(0.0)));
        figures.add(figure(Peer::Ours, Some(3.0)));
        assert!(figures.broken().is_empty());
        figures.add(lost(Peer::Ours, Some(1.0)));
        figures.add(lost(Peer::Ours, None));
        assert_eq!(figures.broken().len(), 2);
    }

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!(shown(1_234_567.4), "1,234,567");
        assert_eq!(shown(999.9), "1000");
        assert_eq!((shown(0.0).as_str(), shown(0.471).as_str()), ("0", "0.47"));
    }
}
