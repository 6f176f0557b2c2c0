//! HTTP: every address of the service on one screen.

mod app;
mod attendees;
mod ballots;
mod conferences;
mod cookies;
mod enter;
mod error;
mod guard;
mod health;
mod pairings;
mod pins;
mod qr;
mod rates;
mod walls;

use crate::socket::{self, Gate};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};
use pairings::Pairings;
use pins::Pins;
use prometheus::Registry;
use protocol::{
    id::AttendeeId,
    limits::{COMMANDS_PER_MINUTE, DESTROYED_PER_MINUTE, ENTRIES_PER_MINUTE},
};
use rates::Rates;
use std::{net::IpAddr, sync::Arc};

pub use conferences::SetUpKey;
pub use error::ApiError;
pub use guard::{Proxies, content_security_policy};

/// What requests share.
#[derive(Debug)]
pub struct Service {
    gate: Arc<Gate>,
    set_up_key: SetUpKey,
    proxies: Proxies,
    pins: Pins,
    pairings: Pairings,
    entries: Rates<IpAddr>,
    commands: Rates<(AttendeeId, u32)>,
    destroying: Rates<AttendeeId>,
    measures: Registry,
}

impl Service {
    /// Fails only where the system has no randomness.
    pub fn new(
        gate: Arc<Gate>,
        set_up_key: SetUpKey,
        proxies: Proxies,
        measures: Registry,
    ) -> Result<Self, ApiError> {
        let (pins, pairings) = (Pins::new()?, Pairings::default());
        let (entries, commands, destroying) =
            (Rates::of(ENTRIES_PER_MINUTE), Rates::of(COMMANDS_PER_MINUTE), Rates::of(DESTROYED_PER_MINUTE));
        Ok(Self { gate, set_up_key, proxies, pins, pairings, entries, commands, destroying, measures })
    }

    /// PHC string of a PIN, for conferences that are opened at start and not by a request.
    pub async fn hash_pin(&self, pin: &str) -> Result<String, ApiError> {
        self.pins.hash(pin).await
    }
}

/// All routes.
pub fn routes(service: Arc<Service>) -> Router {
    let every_answer = guard::EveryAnswer::new(&service.gate.public_url);
    let pages = [
        "/",
        "/join",
        "/set-up",
        "/gone",
        "/desk/{attendee}",
        "/meet/{attendee}",
        "/wall",
        "/wall/{attendee}",
    ];
    let api = Router::new()
        .route("/conferences", post(conferences::create))
        .route("/frameworks", get(conferences::frameworks))
        .route("/enter", post(enter::enter))
        .route("/knock", post(enter::knock))
        .route("/attendees/{attendee}", get(attendees::door))
        .route("/attendees/{attendee}/ticket", post(attendees::ticket))
        .route("/attendees/{attendee}/pass", post(attendees::pass))
        .route("/attendees/{attendee}/commands", post(attendees::commands))
        .route("/walls", post(walls::ask))
        .route("/walls/claim", post(walls::claim))
        .route("/qr/{code}", get(qr::show));
    let sockets = Router::new()
        .route("/sync", any(socket::upgrade))
        .route("/yjs/{conference}/{document}", any(socket::upgrade_single));
    pages
        .into_iter()
        .fold(Router::new(), |router, page| router.route(page, get(app::page)))
        .nest("/api", api)
        .merge(sockets.with_state(service.gate.clone()))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::measures))
        .fallback(app::file)
        .layer(DefaultBodyLimit::max(guard::BODY_BYTES))
        .layer(from_fn_with_state(service.clone(), guard::only_ours))
        .layer(from_fn(guard::record))
        // Behind what writes a line for each request: nothing is written down of a ballot (SPEC SEAL5).
        .merge(ballots::routes(&service))
        .layer(from_fn_with_state(every_answer, guard::dress))
        .with_state(service)
}
