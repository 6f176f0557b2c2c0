//! How the service is: for whoever runs it.

use super::{Service, error::ApiError, guard};
use crate::store::Health;
use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use prometheus::TextEncoder;
use std::sync::Arc;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// People can be sent here: what they write can be kept.
pub(super) async fn ready(State(service): State<Arc<Service>>) -> Response {
    let (status, words) = match service.gate.directory.health() {
        Health::Keeps => (StatusCode::OK, "ready\n"),
        Health::Refuses => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The disk takes nothing (full, or locked by another program). Make room; writing goes on by itself.\n",
        ),
    };
    (status, words).into_response()
}

/// The measures, for a Prometheus on this machine. Nobody else is told that they are here.
pub(super) async fn measures(State(service): State<Arc<Service>>, request: Request) -> Response {
    if !guard::is_from_this_machine(&request) {
        return ApiError::not_there().into_response();
    }
    match TextEncoder::new().encode_to_string(&service.measures.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the measures cannot be written down; report it");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
