//! The web app, inside the binary. Its page is never kept by browsers; its parts are named by their content and are.

use super::{Service, error::ApiError};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// One file of the built app.
struct File {
    /// Without a leading slash: `assets/index-4f3a.js`.
    path: &'static str,
    kind: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
}

mod built {
    use super::File;
    include!(concat!(env!("OUT_DIR"), "/web_app.rs"));
}

/// Which build of service and app this is; in every ticket, so that an older app reloads (design 10).
pub(super) const BUILD: &str = built::BUILD;

/// Shown when the server was built without the app.
const NO_APP: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Flipchart</title>\
<h1>The web app is not in this build</h1><p>Run <code>cargo xtask serve</code>: it builds the app and then this service.</p></html>\n";

fn find(path: &str) -> Option<&'static File> {
    let place = built::FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    Some(&built::FILES[place])
}

/// The app's page, on every address that is a screen. Where all conferences are for practice it says so before anybody
/// has come in (P25).
pub(super) async fn page(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    match find("index.html") {
        Some(file) if service.gate.directory.is_practice() => {
            let page = String::from_utf8_lossy(file.plain).replacen("<html ", "<html data-practice ", 1);
            let never = [(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, "no-store")];
            (never, page).into_response()
        }
        Some(file) => {
            let mut response = send(file, &headers);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        None => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NO_APP).into_response(),
    }
}

/// Everything else that the app consists of, or nothing.
pub(super) async fn file(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let found = find(path).filter(|file| file.path != "index.html");
    match found {
        Some(file) if matches!(*request.method(), Method::GET | Method::HEAD) => {
            send(file, request.headers())
        }
        _ => ApiError::not_there().into_response(),
    }
}

fn send(file: &'static File, headers: &HeaderMap) -> Response {
    // Names below assets/ hold a hash of the content (Vite): what is kept under one never changes.
    let keep =
        if file.path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [
        (header::CONTENT_TYPE, file.kind),
        (header::ETAG, file.etag),
        (header::CACHE_CONTROL, keep),
        (header::VARY, "accept-encoding"),
    ];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == file.etag)) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    match file.gzip.filter(|_| takes_gzip(headers)) {
        Some(gzip) => (common, [(header::CONTENT_ENCODING, "gzip")], gzip).into_response(),
        None => (common, file.plain).into_response(),
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = matches!(weight.trim().trim_start_matches("q="), "0" | "0.0" | "0.00" | "0.000");
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCRIPT: File = File {
        path: "assets/a-1.js",
        kind: "text/javascript",
        etag: "\"e\"",
        plain: b"plain",
        gzip: Some(b"packed"),
    };

    fn ask(pairs: &[(header::HeaderName, &'static str)]) -> Response {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        send(&SCRIPT, &headers.collect())
    }

    #[test]
    fn http11_parts_named_by_their_content_are_kept_and_asked_for_once() {
        let response = ask(&[]);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(ask(&[(header::IF_NONE_MATCH, "\"x\", W/\"e\"")]).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask(&[(header::IF_NONE_MATCH, "\"x\"")]).status(), StatusCode::OK);
    }

    #[test]
    fn http11_a_packed_part_goes_to_those_who_take_it_alone() {
        for (accepted, is_packed) in [
            ("gzip, br", true),
            ("br;q=1, GZIP;q=0.5", true),
            ("br", false),
            ("gzip;q=0", false),
            ("", false),
        ] {
            let response = ask(&[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(response.headers().contains_key(header::CONTENT_ENCODING), is_packed, "{accepted}");
        }
    }

    #[test]
    fn http11_the_list_of_files_is_sorted_so_that_each_is_found() {
        assert!(built::FILES.is_sorted_by_key(|file| file.path));
        assert!(built::FILES.iter().all(|file| find(file.path).is_some_and(|found| found.path == file.path)));
        assert!(BUILD.starts_with(env!("CARGO_PKG_VERSION")));
    }
}
