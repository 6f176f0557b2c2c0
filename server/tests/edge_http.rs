//! What holds for every request, whatever conferences there are.

mod edge_common;

use axum::http::{Method, StatusCode};
use edge_common::{KEY, ORIGIN, ask, post, service_by};
use protocol::{
    api::{ApiError, Claim, Door, Enter, ErrorCode, Knock, Pairing},
    id::AttendeeId,
    limits::ENTRIES_PER_MINUTE,
    people::{Page, Place, Standing},
};

/// A service whose clock stands still.
fn service(public_url: &str) -> axum::Router {
    service_by(public_url, None, std::sync::Arc::new(|| 1_000)).expect("nothing to read")
}

fn attendee(number: u8) -> AttendeeId {
    AttendeeId::from_random([number; 10])
}

fn code(body: &str) -> ErrorCode {
    serde_json::from_str::<ApiError>(body).expect(body).code
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}

/// The product keeps no sound and writes no transcript: no page may even ask for the microphone.
#[tokio::test]
async fn f152_no_page_may_listen() {
    let routes = service(ORIGIN);
    for path in ["/", "/join", "/desk/x", "/meet/x", "/wall", "/set-up", "/gone"] {
        let answer = ask(&routes, Method::GET, path, &[], "").await;
        let policy = answer.headers["permissions-policy"].to_str().expect("it is text");
        assert!(
            policy.contains("microphone=()") && policy.contains("display-capture=()"),
            "{path}: {policy}"
        );
    }
}

#[tokio::test]
async fn http7_every_answer_carries_the_headers_that_keep_it_in_our_page() {
    let routes = service(ORIGIN);
    let paths = [
        "/",
        "/join",
        "/set-up",
        "/wall",
        "/meet/x",
        "/healthz",
        "/readyz",
        "/none",
        "/api/frameworks",
        "/api/none",
        "/sync",
    ];
    for path in paths {
        let answer = ask(&routes, Method::GET, path, &[], "").await;
        for (name, value) in [
            ("content-security-policy", "default-src 'none'"),
            ("content-security-policy", "trusted-types svelte-trusted-html worker-url"),
            ("content-security-policy", "connect-src 'self' wss://flip.example;"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("permissions-policy", "screen-wake-lock=(self)"),
            ("x-robots-tag", "noindex"),
            ("strict-transport-security", "max-age=63072000"),
            ("cache-control", "no-store"),
        ] {
            let found = answer.headers.get(name).and_then(|found| found.to_str().ok()).unwrap_or_default();
            assert!(found.contains(value), "{path}: {name}: {found}");
        }
    }
    let plain = ask(&service("http://127.0.0.1:8080"), Method::GET, "/", &[], "").await;
    assert!(!plain.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn http13_addresses_answer_as_listed() {
    let routes = service(ORIGIN);
    assert_eq!(ask(&routes, Method::GET, "/healthz", &[], "").await.body, "ok\n");
    for path in ["/", "/join", "/set-up", "/gone", "/desk/x", "/meet/x", "/wall", "/wall/x"] {
        let page = ask(&routes, Method::GET, path, &[], "").await;
        assert_eq!((page.status, page.body.contains("<html")), (StatusCode::OK, true), "{path}");
    }
    for path in ["/none", "/api", "/api/none", "/index.html", "/assets/../index.html", "/desk", "/.env"] {
        let nothing = ask(&routes, Method::GET, path, &[], "").await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(ask(&routes, Method::GET, "/api/enter", &[], "").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn http2_what_changes_something_comes_from_our_own_page_alone() {
    let routes = service(ORIGIN);
    let ours = [("content-type", "application/json"), ("x-flipchart", "1")];
    for (more, is_taken) in [
        (&[("origin", ORIGIN)][..], true),
        (&[], true),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("sec-fetch-site", "cross-site")], false),
    ] {
        let answer = ask(&routes, Method::POST, "/api/walls", &[&ours[..], more].concat(), "").await;
        let expected = if is_taken { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(answer.status, expected, "{more:?}");
        if !is_taken {
            assert_eq!(code(&answer.body), ErrorCode::WrongOrigin);
        }
    }
    let without = ask(&routes, Method::POST, "/api/walls", &[("origin", ORIGIN)], "").await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn p3_ways_in_that_do_not_exist_answer_alike_byte_by_byte() {
    let routes = service(ORIGIN);
    let enter = |number, secret: &str, pin: &str| {
        json(&Enter { attendee: attendee(number), secret: secret.to_owned(), pin: pin.to_owned() })
    };
    let first = post(&routes, "/api/enter", &enter(1, &"ab".repeat(32), "12345678")).await;
    assert_eq!((first.status, code(&first.body)), (StatusCode::FORBIDDEN, ErrorCode::NoWayIn));
    assert!(first.body.contains("Please phone the number on your letter."));
    for body in [enter(2, "", ""), enter(1, &"zz".repeat(32), "12345678"), enter(3, &"00".repeat(32), "1")] {
        assert_eq!(post(&routes, "/api/enter", &body).await, first);
    }
    for code in ["maple-river-47", "nonsense"] {
        let knock = Knock { code: code.to_owned(), name: "Sam".to_owned(), place: Place::Call };
        assert_eq!(post(&routes, "/api/knock", &json(&knock)).await, first);
    }
    let door = ask(&routes, Method::GET, &format!("/api/attendees/{}", attendee(1)), &[], "").await;
    let door: Door = serde_json::from_str(&door.body).expect("a door");
    assert_eq!(door, Door { attendee: attendee(1), page: Page::Meet, standing: Standing::Out });
}

#[tokio::test]
async fn lim7_the_door_waits_a_minute_after_too_many_tries() {
    let routes = service(ORIGIN);
    for _ in 0..ENTRIES_PER_MINUTE {
        assert_eq!(post(&routes, "/api/walls", "").await.status, StatusCode::OK);
    }
    let knock = Knock { code: "x".to_owned(), name: "Sam".to_owned(), place: Place::Room };
    let enter = Enter { attendee: attendee(1), secret: String::new(), pin: String::new() };
    for (path, body) in
        [("/api/walls", String::new()), ("/api/knock", json(&knock)), ("/api/enter", json(&enter))]
    {
        let answer = post(&routes, path, &body).await;
        assert_eq!(
            (answer.status, code(&answer.body)),
            (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooMany),
            "{path}"
        );
        assert_eq!(answer.headers["retry-after"], "60");
    }
}

#[tokio::test]
async fn http4_no_ticket_and_no_command_without_a_session() {
    let routes = service(ORIGIN);
    let command = r#"{"id":"0123456789abcdef","command":{"do":"leave"}}"#;
    for (path, body) in [("ticket", "{}"), ("commands", command)] {
        for cookie in ["", &format!("__Host-s-{}={}", attendee(1), "a".repeat(64))] {
            let headers = [("x-flipchart", "1"), ("content-type", "application/json"), ("cookie", cookie)];
            let path = format!("/api/attendees/{}/{path}", attendee(1));
            let answer = ask(&routes, Method::POST, &path, &headers, body).await;
            assert_eq!((answer.status, code(&answer.body)), (StatusCode::UNAUTHORIZED, ErrorCode::NoSession));
        }
    }
}

#[tokio::test]
async fn http6_a_screen_waits_with_its_secret_and_another_secret_opens_nothing() {
    let routes = service(ORIGIN);
    let shown: Pairing = serde_json::from_str(&post(&routes, "/api/walls", "").await.body).expect("a code");
    assert_eq!((shown.code.len(), shown.secret.len()), (8, 64));
    let mine = post(&routes, "/api/walls/claim", &json(&Claim { secret: shown.secret })).await;
    assert_eq!((mine.status, mine.body.as_str()), (StatusCode::NO_CONTENT, ""));
    let other = post(&routes, "/api/walls/claim", &json(&Claim { secret: "0".repeat(64) })).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn lim8_a_body_is_bounded_has_a_shape_and_is_not_quoted_back() {
    let routes = service(ORIGIN);
    let large = post(&routes, "/api/enter", &format!("{{\"secret\":\"{}\"}}", "x".repeat(64 * 1024))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let strange = post(&routes, "/api/enter", r#"{"attendee":"Kacper"}"#).await;
    assert_eq!((strange.status, code(&strange.body)), (StatusCode::BAD_REQUEST, ErrorCode::BadInput));
    assert!(!strange.body.contains("Kacper"), "{}", strange.body);
    let form = [("x-flipchart", "1"), ("content-type", "text/plain")];
    assert_eq!(ask(&routes, Method::POST, "/api/enter", &form, "{}").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn http9_set_up_needs_its_key_before_anything_is_read() {
    let routes = service(ORIGIN);
    let base = [("x-flipchart", "1"), ("content-type", "application/json")];
    let without = ask(&routes, Method::POST, "/api/conferences", &base, "{").await;
    assert_eq!((without.status, code(&without.body)), (StatusCode::FORBIDDEN, ErrorCode::NoWayIn));
    let bearer = format!("Bearer {KEY}");
    let with = [&base[..], &[("authorization", bearer.as_str())]].concat();
    let answer = ask(&routes, Method::POST, "/api/conferences", &with, "{").await;
    assert_eq!((answer.status, code(&answer.body)), (StatusCode::BAD_REQUEST, ErrorCode::BadInput));
}

#[tokio::test]
async fn http10_a_code_of_the_right_form_has_a_picture_whether_or_not_a_room_has_it() {
    let routes = service(ORIGIN);
    let picture = ask(&routes, Method::GET, "/api/qr/maple-river-47", &[], "").await;
    assert_eq!(picture.headers["content-type"], "image/svg+xml");
    assert!(picture.body.contains("<svg"));
    for path in
        ["/api/qr/nonsense", "/api/qr/Maple-River-47", "/api/qr/maple%2Friver%2F47", "/api/qr/%3Csvg%3E"]
    {
        assert_eq!(ask(&routes, Method::GET, path, &[], "").await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
