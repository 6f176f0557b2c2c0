//! The handshake that turns a request into a WebSocket (RFC 6455, 4.2). No extension is ever negotiated, so nothing that
//! a client sends is unpacked to more than it is.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// Base64 of the 16 bytes that a client draws.
const KEY_LETTERS: usize = 24;

/// The request asks for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAWebSocket;

impl IntoResponse for NotAWebSocket {
    fn into_response(self) -> Response {
        let headers = [(header::UPGRADE, "websocket"), (header::SEC_WEBSOCKET_VERSION, "13")];
        (StatusCode::UPGRADE_REQUIRED, headers, "This address speaks WebSocket only.\n").into_response()
    }
}

/// Answers the handshake. The second value gives the line once the answer has gone out.
pub(super) fn accept(request: &mut Request) -> Result<(Response, OnUpgrade), NotAWebSocket> {
    let key = key_of(request.method(), request.headers()).ok_or(NotAWebSocket)?;
    let accept = HeaderValue::try_from(derive_accept_key(key)).map_err(|_| NotAWebSocket)?;
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(NotAWebSocket)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok((response, upgrade))
}

fn key_of<'a>(method: &Method, headers: &'a HeaderMap) -> Option<&'a [u8]> {
    let says = |name: HeaderName, word: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|one| one.trim().eq_ignore_ascii_case(word))
    };
    let asks = *method == Method::GET
        && says(header::CONNECTION, "upgrade")
        && says(header::UPGRADE, "websocket")
        && says(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?.as_bytes();
    (asks && key.len() == KEY_LETTERS).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn frame2_a_handshake_is_read_as_browsers_write_it() {
        let browser = headers(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", KEY),
            ("sec-websocket-extensions", "permessage-deflate"),
        ]);
        assert_eq!(key_of(&Method::GET, &browser), Some(KEY.as_bytes()));
        assert_eq!(key_of(&Method::POST, &browser), None);
        for missing in ["connection", "upgrade", "sec-websocket-version", "sec-websocket-key"] {
            let mut less = browser.clone();
            less.remove(missing);
            assert_eq!(key_of(&Method::GET, &less), None, "{missing}");
        }
    }
}
