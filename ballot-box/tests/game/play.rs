//! How the game is played and judged.

use super::{
    attacker::Attacker,
    traces::{People, Site},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// How often a blind guess names somebody who gave the lowest note: six numbers of eleven, ties included.
pub const CHANCE: f64 = 0.212;

/// Rounds to play instead of `small`, if somebody says how many.
pub fn rounds(small: usize) -> usize {
    std::env::var("GAME_ROUNDS").ok().map_or(small, |rounds| rounds.parse().expect("a number of rounds"))
}

/// Chance and four standard deviations: 0.242 at 3,000 rounds.
pub fn bound(rounds: usize) -> f64 {
    CHANCE + 4.0 * (CHANCE * (1.0 - CHANCE) / rounds as f64).sqrt()
}

/// Draws what people say and when they tap: within half a minute, as people do who were asked together.
fn people(rng: &mut StdRng) -> People {
    let numbers = std::array::from_fn(|_| rng.random_range(0..=10));
    let taps = std::array::from_fn(|_| rng.random_range(0.0..30.0));
    People { numbers, taps }
}

/// Plays all rounds on a site: the attacker practises on a third as many of its own, with the answers at hand, takes what served
/// it best, and is judged by how often it is right afterwards.
pub fn success(site: &mut dyn Site, judged: usize, seed: u64) -> f64 {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut attacker = Attacker::default();
    for _ in 0..judged / 3 {
        let people = people(&mut rng);
        let traces = site.play(&people);
        attacker.practise(&people.taps, &traces, &people.numbers);
    }
    let right = (0..judged).filter(|_| {
        let people = people(&mut rng);
        let traces = site.play(&people);
        let named = attacker.name(&people.taps, &traces);
        people.numbers[named] == *people.numbers.iter().min().expect("six people")
    });
    right.count() as f64 / judged as f64
}

/// Keys to draw from: 50 in the large form.
pub fn pool() -> usize {
    if rounds(0) >= 3_000 { 50 } else { 4 }
}
