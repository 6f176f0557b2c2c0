//! Screens that show a code and wait for a chair to type it.

use super::cookies::Token;
use crate::meeting::{attendee::TokenHash, codewords::PairingCode};
use protocol::{
    api::Pairing,
    id::{AttendeeId, CommandId},
    limits::PAIRING_LIFE,
};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Screens that may wait at once: more walls than a council has rooms.
const WAITING: usize = 2_000;
/// Who has a code in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A command that names it is on its way through a room.
    Taken(CommandId),
    Paired(AttendeeId),
}

struct Waiting {
    secret: [u8; 32],
    token: Token,
    until: Instant,
    state: State,
}

/// Codes on walls. In memory only: after a restart a wall asks for a new one.
#[derive(Default)]
pub(super) struct Pairings {
    waiting: Mutex<HashMap<PairingCode, Waiting>>,
}

impl std::fmt::Debug for Pairings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pairings")
    }
}

/// How far a screen has come.
pub(super) enum Claimed {
    /// No such secret, or too old.
    Unknown,
    /// Nobody has typed the code yet.
    NotYet,
    /// It is this wall now, with this session.
    Paired { attendee: AttendeeId, cookie: axum::http::HeaderValue, token: TokenHash },
}

fn secret_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl Pairings {
    /// A new code for a screen. None while too many wait.
    pub(super) fn ask(&self, now: Instant) -> Result<Option<Pairing>, getrandom::Error> {
        let (mut letters, mut secret) = ([0; 5], [0; 32]);
        getrandom::fill(&mut letters)?;
        getrandom::fill(&mut secret)?;
        let code = PairingCode::from_random(letters);
        let pairing = Pairing { code: code.as_str().to_owned(), secret: hex::encode(secret) };
        let token = Token::draw()?;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, screen| screen.until > now);
        if waiting.len() >= WAITING || waiting.contains_key(&code) {
            return Ok(None);
        }
        let secret = secret_hash(&pairing.secret);
        waiting.insert(code, Waiting { secret, token, until: now + PAIRING_LIFE, state: State::Open });
        Ok(Some(pairing))
    }

    /// A command names this code: the session the wall will have. None: unknown, too old, or used by another command.
    /// The same command may come again.
    pub(super) fn take(&self, code: &str, command: CommandId, now: Instant) -> Option<TokenHash> {
        let code: PairingCode = code.parse().ok()?;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let screen = waiting.get_mut(&code).filter(|screen| screen.until > now)?;
        match screen.state {
            State::Open => screen.state = State::Taken(command),
            State::Taken(by) if by == command => {}
            State::Taken(_) | State::Paired(_) => return None,
        }
        Some(screen.token.hash())
    }

    /// The command was carried out (the wall's id) or refused (none: the code can be typed again).
    pub(super) fn settle(&self, code: &str, command: CommandId, wall: Option<AttendeeId>) {
        let Ok(code) = code.parse::<PairingCode>() else { return };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(screen) = waiting.get_mut(&code).filter(|screen| screen.state == State::Taken(command)) {
            screen.state = wall.map_or(State::Open, State::Paired);
        }
    }

    /// A screen asks with its secret. The answer may get lost: it can ask again as long as its code would live.
    pub(super) fn claim(&self, secret: &str, now: Instant) -> Claimed {
        let hash = secret_hash(secret);
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.values().find(|screen| screen.secret == hash && screen.until > now) {
            None => Claimed::Unknown,
            Some(Waiting { state: State::Paired(attendee), token, .. }) => {
                Claimed::Paired { attendee: *attendee, cookie: token.cookie(*attendee), token: token.hash() }
            }
            Some(_) => Claimed::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn command(number: u8) -> CommandId {
        CommandId::from_random([number; 10])
    }

    fn wall(number: u8) -> AttendeeId {
        AttendeeId::from_random([number; 10])
    }

    fn screen(pairings: &Pairings, now: Instant) -> Pairing {
        pairings.ask(now).expect("randomness").expect("a place")
    }

    #[test]
    fn http6_a_wall_gets_its_session_once_the_chair_has_typed_its_code() {
        let (pairings, now) = (Pairings::default(), Instant::now());
        let (first, second) = (screen(&pairings, now), screen(&pairings, now));
        assert_eq!(first.code.len(), 8);
        assert!(matches!(pairings.claim(&first.secret, now), Claimed::NotYet));
        let typed = format!("{} {}", &first.code[..4].to_lowercase(), &first.code[4..]);
        let token = pairings.take(&typed, command(1), now).expect("the code");
        pairings.settle(&typed, command(1), Some(wall(1)));
        let Claimed::Paired { attendee, token: given, .. } = pairings.claim(&first.secret, now) else {
            panic!("paired")
        };
        assert_eq!((attendee, given), (wall(1), token));
        assert!(matches!(pairings.claim(&second.secret, now), Claimed::NotYet));
        assert!(matches!(pairings.claim(&"0".repeat(64), now), Claimed::Unknown));
    }

    #[test]
    fn http6_a_code_is_used_once_and_a_repeat_of_the_same_command_is_the_same_use() {
        let (pairings, now) = (Pairings::default(), Instant::now());
        let shown = screen(&pairings, now);
        let token = pairings.take(&shown.code, command(1), now);
        assert!(token.is_some());
        assert_eq!(pairings.take(&shown.code, command(1), now), token);
        assert_eq!(pairings.take(&shown.code, command(2), now), None);
        pairings.settle(&shown.code, command(2), Some(wall(2)));
        assert!(matches!(pairings.claim(&shown.secret, now), Claimed::NotYet));
        pairings.settle(&shown.code, command(1), None);
        assert_eq!(pairings.take(&shown.code, command(2), now), token);
        pairings.settle(&shown.code, command(2), Some(wall(2)));
        assert_eq!(pairings.take(&shown.code, command(2), now), None);
    }

    #[test]
    fn http6_a_code_and_its_secret_end_after_five_minutes() {
        let (pairings, now) = (Pairings::default(), Instant::now());
        let shown = screen(&pairings, now);
        let last = now + PAIRING_LIFE - Duration::from_millis(1);
        assert!(pairings.take(&shown.code, command(1), last).is_some());
        pairings.settle(&shown.code, command(1), Some(wall(1)));
        assert!(matches!(pairings.claim(&shown.secret, last), Claimed::Paired { .. }));
        assert!(matches!(pairings.claim(&shown.secret, now + PAIRING_LIFE), Claimed::Unknown));
        let late = screen(&pairings, now);
        assert_eq!(pairings.take(&late.code, command(2), now + PAIRING_LIFE), None);
    }

    #[test]
    fn lim6_waiting_screens_are_bounded_and_old_ones_make_room() {
        let (pairings, now) = (Pairings::default(), Instant::now());
        for _ in 0..WAITING {
            screen(&pairings, now);
        }
        assert!(pairings.ask(now).expect("randomness").is_none());
        assert!(pairings.ask(now + PAIRING_LIFE).expect("randomness").is_some());
    }
}
