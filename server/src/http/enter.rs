//! `POST /api/enter` and `POST /api/knock`: the two ways in. A try that fails looks, weighs and takes the same whatever
//! was wrong with it (P3).

use super::{
    Service,
    cookies::Token,
    error::ApiError,
    guard::{Input, Visitor},
};
use crate::{meeting::codewords::RoomCode, room::core::Session};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{AppendHeaders, IntoResponse},
};
use protocol::{
    api::{Door, Enter, Knock},
    id::AttendeeId,
    limits::NAME_BYTES,
};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use subtle::ConstantTimeEq;
use tokio::time::{Instant, sleep_until};

/// Failures are answered at whole multiples of this after they came, so that a counted try (which is written to disk)
/// takes as long as one that is not.
const STEP: Duration = Duration::from_millis(250);

/// A door with the session that belongs to it.
pub(super) type Entered = (AppendHeaders<[(header::HeaderName, HeaderValue); 1]>, Json<Door>);

async fn refused(began: Instant) -> ApiError {
    let steps = began.elapsed().as_millis() / STEP.as_millis() + 1;
    sleep_until(began + STEP * u32::try_from(steps).unwrap_or(u32::MAX)).await;
    ApiError::no_way_in()
}

fn entered(token: &Token, session: Session) -> Entered {
    let Session { attendee, page, standing, .. } = session;
    let door = Door { attendee, page, standing };
    (AppendHeaders([(header::SET_COOKIE, token.cookie(door.attendee))]), Json(door))
}

/// A personal link with its PIN.
pub(super) async fn enter(
    State(service): State<Arc<Service>>,
    Visitor(from): Visitor,
    Input(body): Input<Enter>,
) -> Result<impl IntoResponse, ApiError> {
    let began = Instant::now();
    if !service.entries.try_once(from, began.into_std()) {
        return Err(ApiError::too_many());
    }
    let room = service.gate.directory.room_of(body.attendee);
    let check = match &room {
        Some(room) => room.way_in(body.attendee).await.map_err(|_| ApiError::no_answer())?,
        None => None,
    };
    let (kept, is_locked) = check.as_ref().map_or(([0; 32], true), |check| (check.secret_hash, check.locked));
    let shown: [u8; 32] = Sha256::digest(secret_of(&body.secret)).into();
    let is_secret = bool::from(shown.ct_eq(&kept)) && check.is_some();
    let is_pin = service.pins.is_right(&body.pin, check.as_ref().map(|check| check.pin.as_str())).await?;
    let Some(room) = room.filter(|_| is_secret && !is_locked) else { return Err(refused(began).await) };
    // Only a try with the whole link counts: attendees read each other's ids, and must not lock each other out.
    if !is_pin {
        room.enter(body.attendee, None).await.map_err(|_| ApiError::not_saved())?;
        return Err(refused(began).await);
    }
    let token = Token::draw().map_err(ApiError::internal)?;
    match room.enter(body.attendee, Some(token.hash())).await {
        Ok(Some(session)) => Ok(entered(&token, session)),
        Ok(None) => Err(refused(began).await),
        Err(_) => Err(ApiError::not_saved()),
    }
}

/// The 256 bits a link's 64 hex digits stand for; anything else fits no link.
fn secret_of(text: &str) -> Vec<u8> {
    let is_plain = text.len() == 64 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    is_plain.then(|| hex::decode(text).ok()).flatten().unwrap_or_default()
}

/// The room's code and a name of one's own: waits in the lobby.
pub(super) async fn knock(
    State(service): State<Arc<Service>>,
    Visitor(from): Visitor,
    Input(body): Input<Knock>,
) -> Result<impl IntoResponse, ApiError> {
    let began = Instant::now();
    if !service.entries.try_once(from, began.into_std()) {
        return Err(ApiError::too_many());
    }
    let name = body.name.trim();
    if name.is_empty() || name.len() > NAME_BYTES || name.chars().any(char::is_control) {
        return Err(ApiError::bad_input("Type the name you would like to be called by, in one line."));
    }
    let code = body.code.parse::<RoomCode>().ok();
    let room = code.and_then(|code| service.gate.directory.room_of_code(&code.to_string()));
    let Some(room) = room else { return Err(refused(began).await) };
    let mut id = [0; 10];
    getrandom::fill(&mut id).map_err(ApiError::internal)?;
    let token = Token::draw().map_err(ApiError::internal)?;
    match room.knock(AttendeeId::from_random(id), name.to_owned(), body.place, token.hash()).await {
        Ok(Some(session)) => Ok(entered(&token, session)),
        Ok(None) => Err(refused(began).await),
        Err(_) => Err(ApiError::not_saved()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn p3_failures_are_answered_at_whole_steps_whatever_they_cost() {
        for (work, answered) in [(0, 250), (40, 250), (249, 250), (260, 500), (700, 750)] {
            let began = Instant::now();
            tokio::time::advance(Duration::from_millis(work)).await;
            refused(began).await;
            assert_eq!(began.elapsed().as_millis().div_ceil(10) * 10, answered, "{work} ms of work");
        }
    }

    #[test]
    fn http9_a_secret_is_64_small_hex_digits() {
        assert_eq!(secret_of(&"0a".repeat(32)), vec![10; 32]);
        for text in ["", "0a", &"0A".repeat(32), &"0g".repeat(32), &"0a".repeat(33)] {
            assert_eq!(secret_of(text), Vec::<u8>::new(), "{text}");
        }
    }
}
