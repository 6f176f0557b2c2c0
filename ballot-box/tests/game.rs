//! The attacker game (SEAL13). Whoever has every byte that was left, the list of who signed in, and the seconds at which
//! people tapped in the room, names who gave the lowest note. It must do no better than chance, and must find each leak
//! that is planted, or it shows nothing.
//!
//! 200 rounds here, and 100 for each leak; `GAME_ROUNDS=3000` plays the large form.

#[path = "game/attacker.rs"]
mod attacker;
mod rounds;
#[path = "game/site.rs"]
mod site;

use attacker::Attacker;
use rand::{RngExt, rngs::StdRng};
use site::{Leak, People, Site, play_on_crate};

/// People of each round.
const PEOPLE: usize = 6;
/// How often a blind guess names somebody who gave the lowest note: six numbers of eleven, ties included.
const CHANCE: f64 = 0.212;

/// Rounds to play instead of `small`, if somebody says how many.
fn rounds(small: usize) -> usize {
    std::env::var("GAME_ROUNDS").ok().map_or(small, |rounds| rounds.parse().expect("a number of rounds"))
}

/// Chance and four standard deviations: 0.242 at 3,000 rounds.
fn bound(rounds: usize) -> f64 {
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
fn success(site: &mut dyn Site, judged: usize, seed: u64) -> f64 {
    let mut rng = rounds::rng(seed);
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

#[test]
fn seal13_with_every_byte_and_the_tapping_times_the_attacker_does_no_better_than_chance() {
    let rounds = rounds(200);
    let success = success(&mut play_on_crate(None), rounds, 41);
    println!("no leak: {success:.3} of {rounds} rounds, chance {CHANCE}");
    assert!(success <= bound(rounds), "{success:.3} > {:.3}", bound(rounds));
}

#[test]
fn seal13_every_planted_leak_is_found() {
    for leak in Leak::ALL {
        let success = success(&mut play_on_crate(Some(leak)), rounds(100), 42);
        println!("{leak:?}: {success:.3}");
        assert!(success > 0.30, "{leak:?} was not found: {success:.3}; the game shows nothing");
    }
}
