//! `POST /api/conferences` and `GET /api/frameworks`: set-up.

use super::{
    Service,
    error::ApiError,
    guard::{Input, Visitor},
    pins::is_pin,
};
use crate::room::directory::CreateError;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use protocol::{
    api::{FrameworkSummary, NewConference},
    limits::ATTENDEES,
};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::Arc, time::Instant};
use subtle::ConstantTimeEq;

/// Hash of the key that set-up has to show.
#[derive(Debug, Clone, Copy)]
pub struct SetUpKey([u8; 32]);

impl SetUpKey {
    /// Of the key in `set-up.key`: 64 hex digits.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    fn opens_with(&self, headers: &HeaderMap) -> bool {
        let shown =
            headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        shown.is_some_and(|key| bool::from(Sha256::digest(key).as_slice().ct_eq(&self.0)))
    }
}

/// Whoever holds the set-up key opens a conference. Repeating the same body changes nothing.
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    Visitor(from): Visitor,
    headers: HeaderMap,
    body: Result<Input<NewConference>, ApiError>,
) -> Result<StatusCode, ApiError> {
    if !service.entries.try_once(from, Instant::now()) {
        return Err(ApiError::too_many());
    }
    if !service.set_up_key.opens_with(&headers) {
        return Err(ApiError::no_way_in());
    }
    let Input(new) = body?;
    if new.people.len() > ATTENDEES {
        return Err(ApiError::bad_input(format!("A conference has at most {ATTENDEES} people.")));
    }
    let ways_in = || new.people.iter().filter_map(|person| Some((person.attendee, person.way_in.as_ref()?)));
    if !ways_in().all(|(_, way_in)| is_pin(&way_in.pin)) {
        return Err(ApiError::bad_input("A PIN has eight digits."));
    }
    let mut pins = HashMap::new();
    for (attendee, way_in) in ways_in() {
        pins.insert(attendee, service.pins.hash(&way_in.pin).await?);
    }
    match service.gate.directory.create(new, pins).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(CreateError::BadInput(why)) => Err(ApiError::bad_input(why)),
        Err(CreateError::Exists) => Err(ApiError::bad_input(
            "This conference exists already, with other content. Reload the page and start again.",
        )),
        Err(CreateError::NotSaved) => Err(ApiError::not_saved()),
    }
}

/// Every framework that can be chosen. Public: the files are published practice guides.
pub(super) async fn frameworks(State(service): State<Arc<Service>>) -> Json<Vec<FrameworkSummary>> {
    Json(service.gate.directory.frameworks())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn http9_set_up_opens_with_its_whole_key_alone() {
        let key = SetUpKey::of("abc");
        for (value, opens) in [
            ("Bearer abc", true),
            ("Bearer ab", false),
            ("Bearer abcd", false),
            ("abc", false),
            ("Basic abc", false),
        ] {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
            assert_eq!(key.opens_with(&headers), opens, "{value}");
        }
        assert!(!key.opens_with(&HeaderMap::new()));
    }
}
