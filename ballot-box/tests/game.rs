//! The attacker game (SEAL13). Whoever has every byte that was left, the list of who signed in, and the seconds at which
//! people tapped in the room, names who gave the lowest note. It must do no better than chance, and must find each leak
//! that is planted, or it shows nothing.
//!
//! 200 rounds here, and 100 for each leak; `GAME_ROUNDS=3000` plays the large form.

#[path = "game/attacker.rs"]
mod attacker;
#[path = "game/play.rs"]
mod play;
mod rounds;
#[path = "game/site.rs"]
mod site;
#[path = "game/traces.rs"]
mod traces;

use play::{CHANCE, bound, rounds, success};
use site::play_on_crate;
use traces::Leak;

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
