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
    store::{Store, memory::MemoryStore},
};
use std::sync::Arc;
use tower::ServiceExt as _;

/// Where the service says it is.
pub const ORIGIN: &str = "https://flip.example";
/// Opens set-up.
pub const KEY: &str = "5e7b00005e7b00005e7b00005e7b00005e7b00005e7b00005e7b00005e7b0000";

/// A service at this address with the conferences of this store, or none, by this clock (ms). An error where they are
/// not read.
pub fn service_by(public_url: &str, store: Option<Arc<dyn Store>>, clock: Clock) -> anyhow::Result<Router> {
    let store = store.unwrap_or_else(|| Arc::new(MemoryStore::open().expect("a thread")));
    let seeds = Arc::new(|| StdRng::seed_from_u64(7));
    let directory = Directory::open(store, Frameworks::shipped(), clock, seeds, Watchdog::asleep())?;
    let url: PublicUrl = public_url.parse().expect("an address");
    let gate = Arc::new(Gate::new(Arc::new(directory), url));
    let measures = prometheus::Registry::new();
    let service = Service::new(gate, SetUpKey::of(KEY), Proxies::default(), measures).expect("randomness");
    Ok(routes(Arc::new(service)))
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
