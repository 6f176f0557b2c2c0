//! `POST /box/<conference>/<round>`: a ballot, from nobody (SPEC SEAL5).
//!
//! A branch of its own: no line in the log, no span, no measure, no limit by address. Whoever sends one gets the same
//! answer, whatever it was. A request that says who sends it is refused before its body is read. What anybody may send
//! is bounded by what it costs (SPEC SEAL18): so many bytes, one at a time on a connection, few at a time in a room, and
//! a signature is checked only for a round that takes notes.

use super::{Service, guard};
use crate::room::handle::Ballot;
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn_with_state,
    routing::post,
};
use ballot_box::BALLOT_BYTES;
use protocol::id::{ConferenceId, RoundId};
use std::{sync::Arc, time::Duration};
use zeroize::Zeroizing;

/// A body that has not come by then is not waited for.
const DEADLINE: Duration = Duration::from_secs(15);

/// The box's own branch.
pub(super) fn routes(service: &Arc<Service>) -> Router<Arc<Service>> {
    Router::new()
        .route("/box/{conference}/{round}", post(cast))
        .layer(from_fn_with_state(service.clone(), guard::only_ours))
}

async fn cast(
    State(service): State<Arc<Service>>,
    Path((conference, round)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> StatusCode {
    if headers.contains_key(header::COOKIE) || headers.contains_key(header::AUTHORIZATION) {
        return StatusCode::BAD_REQUEST;
    }
    // It never came, whatever it was to be: a device that was told 204 would not send it again.
    let Ok(ballot) = tokio::time::timeout(DEADLINE, whole(request.into_body())).await else {
        return StatusCode::REQUEST_TIMEOUT;
    };
    let place = conference.parse::<ConferenceId>().ok().zip(round.parse::<RoundId>().ok());
    if let (Some(ballot), Some((conference, round))) = (ballot, place)
        && let Some(room) = service.gate.directory.room(conference)
    {
        room.cast(round, ballot).await;
    }
    StatusCode::NO_CONTENT
}

/// A body of the length that every ballot has. Nothing longer is read to its end.
async fn whole(body: Body) -> Option<Ballot> {
    let bytes = axum::body::to_bytes(body, BALLOT_BYTES).await.ok()?;
    let bytes = <&[u8; BALLOT_BYTES]>::try_from(&bytes[..]).ok()?;
    // Straight to where it is wiped: a copy on the stack would stay there.
    let mut ballot = Ballot::new(Zeroizing::new([0; BALLOT_BYTES]));
    ballot.copy_from_slice(bytes);
    Some(ballot)
}
