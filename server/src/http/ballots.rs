//! `POST /box/<conference>/<round>`: a ballot, from nobody (SPEC SEAL5).
//!
//! A branch of its own: no line in the log, no span, no measure, no limit by address. Whoever sends one gets the same
//! answer, whatever it was; what never comes whole has none. A request that says who sends it is refused before its body
//! is read. What anybody may send is bounded by what it costs (SPEC SEAL18): so many bytes, one at a time on a connection,
//! few at a time in a room, and a signature is checked only for a round that takes notes.

use super::{Service, guard, unanswered::Unanswered};
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
use futures_util::TryStreamExt as _;
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
) -> Result<StatusCode, Unanswered> {
    if headers.contains_key(header::COOKIE) || headers.contains_key(header::AUTHORIZATION) {
        return Ok(StatusCode::BAD_REQUEST);
    }
    // A device that is told what all are told would take its note for handed in, and another answer would be a second one.
    let ballot =
        tokio::time::timeout(DEADLINE, whole(request.into_body())).await.map_err(|_| Unanswered)??;
    let place = conference.parse::<ConferenceId>().ok().zip(round.parse::<RoundId>().ok());
    if let (Some(ballot), Some((conference, round))) = (ballot, place)
        && let Some(room) = service.gate.directory.room(conference)
    {
        room.cast(round, ballot).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A body of the length that every ballot has; none if it has another. Nothing longer is read to its end.
async fn whole(body: Body) -> Result<Option<Ballot>, Unanswered> {
    // Straight to where it is wiped: a copy on the stack would stay there.
    let mut ballot = Ballot::new(Zeroizing::new([0; BALLOT_BYTES]));
    let (mut pieces, mut read) = (body.into_data_stream(), 0);
    while let Some(piece) = pieces.try_next().await.map_err(|_| Unanswered)? {
        let Some(place) = ballot.get_mut(read..read + piece.len()) else { return Ok(None) };
        place.copy_from_slice(&piece);
        read += piece.len();
    }
    Ok((read == BALLOT_BYTES).then_some(ballot))
}
