//! What holds for every request: where it may come from, what every answer says to browsers, what the log learns.

use super::{Service, error::ApiError};
use crate::socket::{PublicUrl, check_origin};
use axum::{
    body::Bytes,
    extract::{ConnectInfo, FromRequest, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

/// A request's body: a conference with 80 people takes about 30 KiB.
pub(super) const BODY_BYTES: usize = 64 * 1024;
/// A body that has not come by then is not waited for.
const BODY_DEADLINE: Duration = Duration::from_secs(15);
/// Header that a page of another site cannot send without asking first.
const OURS: &str = "x-flipchart";

/// `Content-Security-Policy` of everything (design 9).
pub fn content_security_policy(public_url: &PublicUrl) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {}; img-src 'self'; font-src 'self'; \
         worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types svelte-trusted-html worker-url",
        public_url.socket_origin()
    )
}

/// Headers of every answer.
#[derive(Debug, Clone)]
pub(super) struct EveryAnswer(Vec<(HeaderName, HeaderValue)>);

impl EveryAnswer {
    pub(super) fn new(public_url: &PublicUrl) -> Self {
        let csp = content_security_policy(public_url);
        let mut headers: Vec<(HeaderName, HeaderValue)> = [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("x-robots-tag", "noindex, nofollow"),
            (
                "permissions-policy",
                "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=(), payment=(), usb=(), \
                 browsing-topics=(), screen-wake-lock=(self)",
            ),
        ]
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .into();
        let csp = HeaderValue::from_str(&csp).expect("a public address has letters of a host alone");
        headers.push((header::CONTENT_SECURITY_POLICY, csp));
        if public_url.is_https() {
            let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
            headers.push((header::STRICT_TRANSPORT_SECURITY, two_years));
        }
        Self(headers)
    }
}

/// Puts the headers on; an answer that does not say how long it keeps is not kept.
pub(super) async fn dress(State(every): State<EveryAnswer>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in every.0 {
        headers.insert(name, value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// One line per request: method, route (never the address itself), status, time.
pub(super) async fn record(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let began = Instant::now();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    tracing::info!(%method, route, status = response.status().as_u16(), ms = began.elapsed().as_millis(), "request");
    response
}

/// Whatever changes something comes from our own page and says so; where it comes without TLS past the proxy, it is
/// refused like everything else.
pub(super) async fn only_ours(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    if !service.proxies.may_speak(peer(&request)) {
        let message = "Open the flipchart at its public address: this one is for its proxy alone.\n";
        return (StatusCode::MISDIRECTED_REQUEST, message).into_response();
    }
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_ours = request.headers().get(OURS).is_some_and(|value| value.as_bytes() == b"1");
    if !is_reading && (!is_ours || check_origin(request.headers(), &service.gate.public_url).is_err()) {
        return ApiError::wrong_origin().into_response();
    }
    next.run(request).await
}

/// Whether a program on this machine asks for itself: what a proxy passes on has come from elsewhere.
pub(super) fn is_from_this_machine(request: &Request) -> bool {
    let is_passed_on = request.headers().contains_key("x-forwarded-for")
        || request.headers().contains_key(header::FORWARDED)
        || request.headers().contains_key(header::VIA);
    peer(request).is_some_and(|address| address.is_loopback()) && !is_passed_on
}

fn peer(request: &Request) -> Option<IpAddr> {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip().to_canonical())
}

/// Reverse proxies of this service.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Whose `X-Forwarded-For` is believed.
    pub trusted: Vec<IpAddr>,
    /// Whether anybody else is refused: without TLS of our own on a public address.
    pub nobody_else: bool,
}

impl Proxies {
    fn is_trusted(&self, peer: IpAddr) -> bool {
        self.trusted.iter().any(|proxy| proxy.to_canonical() == peer)
    }

    fn may_speak(&self, peer: Option<IpAddr>) -> bool {
        !self.nobody_else || peer.is_some_and(|peer| self.is_trusted(peer) || peer.is_loopback())
    }

    /// The address a request counts for: behind a trusted proxy the last one it has written down, which is the only
    /// one that a visitor cannot make up.
    fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.is_trusted(peer) {
            return peer;
        }
        let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
        let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
        last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer)
    }
}

/// Where a request comes from, for the limits at the door.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visitor(pub IpAddr);

impl axum::extract::FromRequestParts<Arc<Service>> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        let peer = peer.map_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), |ip| ip.to_canonical());
        Ok(Self(service.proxies.visitor(peer, &parts.headers)))
    }
}

/// A JSON body of one shape. Says where it cannot be read, never what stood there.
pub(super) struct Input<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if kind.split(';').next().unwrap_or_default().trim() != "application/json" {
            return Err(ApiError::bad_input("Send JSON, with the header Content-Type: application/json."));
        }
        let bytes = tokio::time::timeout(BODY_DEADLINE, Bytes::from_request(request, state));
        let bytes = match bytes.await {
            Err(_) => return Err(ApiError::bad_input("The request did not arrive whole. Send it again.")),
            Ok(Err(refused)) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(ApiError::too_large());
            }
            Ok(Err(_)) => {
                return Err(ApiError::bad_input("The request did not arrive whole. Send it again."));
            }
            Ok(Ok(bytes)) => bytes,
        };
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            ApiError::bad_input(format!(
                "The request has another shape than this address takes (line {line}, column {column})."
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http7_the_content_policy_reads_as_designed() {
        let url: PublicUrl = "https://flip.example".parse().expect("an address");
        assert_eq!(
            content_security_policy(&url),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' wss://flip.example; \
             img-src 'self'; font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html worker-url"
        );
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn lim7_only_a_trusted_proxy_says_who_the_visitor_is_and_only_its_last_word_counts() {
        let proxies = Proxies { trusted: vec![ip("10.0.0.1")], nobody_else: false };
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.2.3.4, 198.51.100.7"));
        assert_eq!(proxies.visitor(ip("10.0.0.1"), &headers), ip("198.51.100.7"));
        assert_eq!(proxies.visitor(ip("203.0.113.5"), &headers), ip("203.0.113.5"));
        headers.append("x-forwarded-for", HeaderValue::from_static("2001:db8::9"));
        assert_eq!(proxies.visitor(ip("10.0.0.1"), &headers), ip("2001:db8::9"));
        headers.append("x-forwarded-for", HeaderValue::from_static("unknown"));
        assert_eq!(proxies.visitor(ip("10.0.0.1"), &headers), ip("10.0.0.1"));
    }

    #[test]
    fn http8_without_tls_on_a_public_address_only_the_proxy_is_answered() {
        let proxies = Proxies { trusted: vec![ip("10.0.0.1")], nobody_else: true };
        for (peer, may) in [("10.0.0.1", true), ("127.0.0.1", true), ("10.0.0.2", false)] {
            assert_eq!(proxies.may_speak(Some(ip(peer))), may, "{peer}");
        }
        assert!(!proxies.may_speak(None));
        assert!(Proxies::default().may_speak(Some(ip("203.0.113.5"))));
    }
}
