//! What goes wrong in a request: one body for people and programs, the cause in the log alone.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::api::{ApiError as Body, ErrorCode};

/// A request that was not carried out.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    /// Written to the log once, when the answer is made. Names no person and quotes nobody.
    cause: Option<String>,
}

impl ApiError {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), cause: None }
    }

    /// Unknown link, wrong PIN, locked, not admitted, ejected: the same words for all (P3).
    pub fn no_way_in() -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::NoWayIn, "Please phone the number on your letter.")
    }

    /// This browser has no session for the attendee it names.
    pub fn no_session() -> Self {
        let message = "This device is not signed in here. Open your personal link again.";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::NoSession, message)
    }

    /// The body could not be read, or does not fit together.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadInput, message)
    }

    /// The body is longer than any request needs.
    pub fn too_large() -> Self {
        let message = "This is too long. Send less at once.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadInput, message)
    }

    /// The request comes from another site's page, or from no page of ours.
    pub fn wrong_origin() -> Self {
        let message =
            "This request did not come from the flipchart's own page. Open the flipchart at its own address.";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::WrongOrigin, message)
    }

    /// No such address.
    pub fn not_there() -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotThere, "There is nothing at this address.")
    }

    /// Too many tries from one address, or too much waits already.
    pub fn too_many() -> Self {
        let message = "Too many tries from here. Wait a minute, then try again.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooMany, message)
    }

    /// The store takes nothing now. Nothing was changed.
    pub fn not_saved() -> Self {
        let message = "Nothing can be saved at the moment, and nothing was changed. Try again in a minute.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::NotSaved, message)
    }

    /// The conference is being read again. Nothing was changed.
    pub fn no_answer() -> Self {
        let message = "This conference is being opened again. Try again in a moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::NotSaved, message)
    }

    /// Whether it may go better in a moment.
    pub fn may_pass(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// A fault of the service.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let message = "Something went wrong in the flipchart. Try again; if it stays, tell whoever runs it.";
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Some(cause) = self.cause {
            tracing::error!(%cause, "request failed");
        }
        let mut response =
            (self.status, Json(Body { code: self.code, message: self.message })).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
        }
        response
    }
}
