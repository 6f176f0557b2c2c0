//! The service's routes over an empty directory, asked as a browser asks.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use rand::{SeedableRng as _, rngs::StdRng};
use server::{
    http::{Proxies, Service, SetUpKey, routes},
    meeting::framework::Frameworks,
    room::{
        directory::{Clock, Directory},
        watchdog::Watchdog,
    },
    socket::{Gate, PublicUrl},
    store::memory::MemoryStore,
};
use std::sync::Arc;
use tower::ServiceExt as _;

/// Where the service says it is.
pub const ORIGIN: &str = "https://flip.example";
/// Opens set-up.
pub const KEY: &str = "5e7b00005e7b00005e7b00005e7b00005e7b00005e7b00005e7b00005e7b0000";

/// A directory without a conference, which tells the time by this clock (ms).
pub fn directory(clock: Clock) -> Arc<Directory> {
    let store = Arc::new(MemoryStore::open().expect("a thread"));
    let open = Directory::open(
        store,
        Frameworks::shipped(),
        clock,
        Arc::new(|| StdRng::seed_from_u64(7)),
        Watchdog::asleep(),
    );
    Arc::new(open.expect("nothing to read"))
}

/// A service at this address, by this clock (ms).
pub fn service_by(public_url: &str, clock: Clock) -> Router {
    let url: PublicUrl = public_url.parse().expect("an address");
    let gate = Arc::new(Gate::new(directory(clock), url));
    let measures = prometheus::Registry::new();
    routes(Arc::new(Service::new(gate, SetUpKey::of(KEY), Proxies::default(), measures).expect("randomness")))
}

/// What came back.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// 200 …
    pub status: StatusCode,
    /// All of them.
    pub headers: HeaderMap,
    /// As text.
    pub body: String,
}

/// One request with these headers.
pub async fn ask(
    routes: &Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    let response = routes.clone().oneshot(request).await.expect("routes never fail");
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    Answer { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// A POST as our own page sends it.
pub async fn post(routes: &Router, path: &str, body: &str) -> Answer {
    let headers = [("origin", ORIGIN), ("x-flipchart", "1"), ("content-type", "application/json")];
    ask(routes, Method::POST, path, &headers, body).await
}
