//! `POST /api/walls` and `POST /api/walls/claim`: a screen shows a code and asks until a chair has typed it.

use super::{
    Service,
    error::ApiError,
    guard::{Input, Visitor},
    pairings::Claimed,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use protocol::api::{Claim, Door, Pairing};
use std::{sync::Arc, time::Instant};

/// A new code for the screen that asks.
pub(super) async fn ask(
    State(service): State<Arc<Service>>,
    Visitor(from): Visitor,
) -> Result<Json<Pairing>, ApiError> {
    let now = Instant::now();
    if !service.entries.try_once(from, now) {
        return Err(ApiError::too_many());
    }
    let pairing = service.pairings.ask(now).map_err(ApiError::internal)?;
    pairing.map(Json).ok_or_else(ApiError::too_many)
}

/// 204 while nobody has typed the code. Not counted: a secret of 256 bits cannot be tried out.
pub(super) async fn claim(
    State(service): State<Arc<Service>>,
    Input(Claim { secret }): Input<Claim>,
) -> Result<Response, ApiError> {
    let (attendee, cookie, token) = match service.pairings.claim(&secret, Instant::now()) {
        Claimed::Unknown => return Err(ApiError::no_way_in()),
        Claimed::NotYet => return Ok(StatusCode::NO_CONTENT.into_response()),
        Claimed::Paired { attendee, cookie, token } => (attendee, cookie, token),
    };
    let room = service.gate.directory.room_of(attendee).ok_or_else(ApiError::no_way_in)?;
    let session = room.session(attendee, token).await.map_err(|_| ApiError::no_answer())?;
    let session = session.ok_or_else(ApiError::no_way_in)?;
    let door = Door { attendee, page: session.page, standing: session.standing };
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(door)).into_response())
}
