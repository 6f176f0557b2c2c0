//! `GET /sync` and `GET /yjs/<document>`: who may open a socket.

use super::{
    PublicUrl, Tickets,
    connection::{self, Entry},
    handshake,
};
use crate::room::{directory::Directory, pass::Pass};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use protocol::close::Close;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// What every socket needs to know.
#[derive(Debug)]
pub struct Gate {
    /// Finds the room of an attendee.
    pub directory: Arc<Directory>,
    /// Whose Origin is taken.
    pub public_url: PublicUrl,
    /// Open sockets.
    pub tickets: Tickets,
    open: watch::Sender<usize>,
}

/// One open socket, as long as it lives.
pub(super) struct Open(Arc<Gate>);

impl Gate {
    /// A gate nobody has passed yet.
    pub fn new(directory: Arc<Directory>, public_url: PublicUrl) -> Self {
        Self { directory, public_url, tickets: Tickets::default(), open: watch::Sender::new(0) }
    }

    /// Waits until the last socket has closed, at most this long. False: some are still open.
    pub async fn emptied(&self, at_most: Duration) -> bool {
        let mut open = self.open.subscribe();
        tokio::time::timeout(at_most, open.wait_for(|count| *count == 0)).await.is_ok()
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        *self.open.borrow()
    }

    /// Why somebody is not let in: when the service is about to stop nobody is refused for good.
    pub(super) fn refusal(&self, why: Close) -> Close {
        if self.directory.is_ending() { Close::Restart } else { why }
    }

    fn opened(self: &Arc<Self>) -> Open {
        self.open.send_modify(|count| *count += 1);
        metrics::gauge!("flipchart_sockets").increment(1);
        Open(self.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|count| *count -= 1);
        metrics::gauge!("flipchart_sockets").decrement(1);
    }
}

/// The request comes from another site's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongOrigin;

/// Where a browser says which site a request comes from, it has to be ours, letter by letter (SPEC HTTP2).
pub fn check_origin(headers: &HeaderMap, public_url: &PublicUrl) -> Result<(), WrongOrigin> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let is_ours = match (origins.next(), origins.next()) {
        (None, _) => true,
        (Some(origin), None) => origin.as_bytes() == public_url.origin().as_bytes(),
        (Some(_), Some(_)) => false,
    };
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    let is_from_here = matches!(site, None | Some(b"same-origin" | b"none"));
    if is_ours && is_from_here { Ok(()) } else { Err(WrongOrigin) }
}

/// A program that is no browser sends no Origin; then it must not carry a browser's cookie either.
fn may_open(headers: &HeaderMap, public_url: &PublicUrl) -> Result<(), WrongOrigin> {
    check_origin(headers, public_url)?;
    if headers.contains_key(header::ORIGIN) || !headers.contains_key(header::COOKIE) {
        Ok(())
    } else {
        Err(WrongOrigin)
    }
}

/// Opens a socket for many documents. Its first Auth frame has to bring a ticket.
pub async fn upgrade(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    open(gate, request, Entry::Ticket)
}

/// Opens a socket for one document by a pass, in `?pass=` or as a subprotocol `pass.…`. Where there is none, or none
/// that is any good, the socket learns it by a close code: browsers tell their pages nothing about a status.
pub async fn upgrade_single(
    State(gate): State<Arc<Gate>>,
    Path((conference, document)): Path<(String, String)>,
    request: Request,
) -> Response {
    let pass = pass_in_query(request.uri()).or_else(|| pass_in_protocols(request.headers()));
    let pass = pass.and_then(|text| text.parse::<Pass>().ok());
    let document = format!("{conference}/{document}").parse().ok();
    let protocol = protocols(request.headers()).next().and_then(|name| HeaderValue::from_str(name).ok());
    let mut response = open(gate, request, Entry::Pass(pass, document));
    if response.status() == StatusCode::SWITCHING_PROTOCOLS
        && let Some(protocol) = protocol
    {
        // A browser that offers subprotocols takes an answer that names one of them only.
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    response
}

/// Letters of a pass need no escaping.
fn pass_in_query(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("pass="))
}

fn pass_in_protocols(headers: &HeaderMap) -> Option<&str> {
    protocols(headers).find_map(|name| name.strip_prefix("pass."))
}

fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim)
}

fn open(gate: Arc<Gate>, mut request: Request, entry: Entry) -> Response {
    if may_open(request.headers(), &gate.public_url).is_err() {
        return StatusCode::FORBIDDEN.into_response();
    }
    match handshake::accept(&mut request) {
        Err(not) => not.into_response(),
        Ok((response, upgrade)) => {
            // From here on the service that stops waits for it.
            let open = gate.opened();
            tokio::spawn(async move {
                let _open = open;
                match upgrade.await {
                    Ok(io) => connection::run(io, gate, entry).await,
                    Err(error) => tracing::debug!(%error, "a socket was gone before it began"),
                }
            });
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let mut headers = HeaderMap::new();
        for (name, value) in pairs.iter().map(pair) {
            headers.append(name, value);
        }
        headers
    }

    fn public_url() -> PublicUrl {
        "https://flip.example".parse().expect("an address")
    }

    #[test]
    fn http2_an_origin_is_ours_letter_by_letter_or_refused() {
        for (origin, is_taken) in [
            ("https://flip.example", true),
            ("https://flip.example:443", false),
            ("https://flip.example.evil", false),
            ("http://flip.example", false),
            ("https://FLIP.example", false),
            ("null", false),
            ("", false),
        ] {
            let taken = check_origin(&headers(&[("origin", origin)]), &public_url()).is_ok();
            assert_eq!(taken, is_taken, "{origin}");
        }
        let two = headers(&[("origin", "https://flip.example"), ("origin", "https://flip.example")]);
        assert_eq!(check_origin(&two, &public_url()), Err(WrongOrigin));
    }

    #[test]
    fn http2_a_request_that_says_it_comes_from_another_site_is_refused_without_an_origin_too() {
        for (site, is_taken) in
            [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)]
        {
            assert_eq!(
                check_origin(&headers(&[("sec-fetch-site", site)]), &public_url()).is_ok(),
                is_taken,
                "{site}"
            );
        }
    }

    #[test]
    fn http3_a_socket_without_an_origin_carries_no_cookie() {
        let cookie = ("cookie", "__Host-s-x=1");
        assert_eq!(may_open(&headers(&[]), &public_url()), Ok(()));
        assert_eq!(may_open(&headers(&[cookie]), &public_url()), Err(WrongOrigin));
        assert_eq!(may_open(&headers(&[cookie, ("origin", "https://flip.example")]), &public_url()), Ok(()));
        assert_eq!(
            may_open(&headers(&[cookie, ("origin", "https://evil.example")]), &public_url()),
            Err(WrongOrigin)
        );
    }

    #[test]
    fn http16_a_pass_is_found_in_the_address_or_among_the_subprotocols() {
        for (uri, found) in [
            ("/yjs/a/b?pass=00ff", Some("00ff")),
            ("/yjs/a/b?x=1&pass=00ff&y", Some("00ff")),
            ("/yjs/a/b?pass=", Some("")),
            ("/yjs/a/b?xpass=1", None),
            ("/yjs/a/b", None),
        ] {
            assert_eq!(pass_in_query(&uri.parse().expect("an address")), found, "{uri}");
        }
        let offered = |line: &'static str| headers(&[("sec-websocket-protocol", line)]);
        assert_eq!(pass_in_protocols(&offered("yjs, pass.00ff")), Some("00ff"));
        assert_eq!(pass_in_protocols(&offered("yjs,pass")), None);
        assert_eq!(pass_in_protocols(&headers(&[])), None);
    }
}
