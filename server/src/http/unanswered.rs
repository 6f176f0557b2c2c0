//! Requests that get no answer: the connection ends, in HTTP/2 the stream.

use axum::{
    Router, ServiceExt,
    body::Body,
    extract::{Request, connect_info::IntoMakeServiceWithConnectInfo},
    response::{IntoResponse, Response},
};
use std::{convert::Infallible, net::SocketAddr};
use tower::util::MapResult;

/// Routes of which some do not answer.
pub type Answers = MapResult<Router, fn(Result<Response, Infallible>) -> Result<Response, Unanswered>>;

/// What was sent never came whole, and whoever sends it is to hear nothing.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the request never came whole")]
pub struct Unanswered;

impl From<Infallible> for Unanswered {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Routes cannot fail, so that it leaves them as an answer with this mark.
impl IntoResponse for Unanswered {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// The routes for each connection, with the address of whoever is at its other end.
pub fn of(routes: Router) -> IntoMakeServiceWithConnectInfo<Answers, SocketAddr> {
    // A service that fails makes the web server cut the line without a byte.
    let answers: Answers = MapResult::new(routes, |done| {
        let response = done?;
        match response.extensions().get::<Unanswered>() {
            Some(unanswered) => Err(*unanswered),
            None => Ok(response),
        }
    });
    ServiceExt::<Request>::into_make_service_with_connect_info(answers)
}
