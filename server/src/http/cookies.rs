//! One session cookie per attendee, so that several roles work side by side in tabs of one browser.

use crate::meeting::attendee::TokenHash;
use axum::http::{HeaderMap, HeaderValue, header};
use protocol::{id::AttendeeId, limits::SESSION_LIFE};
use sha2::{Digest, Sha256};

/// A session's secret as its browser keeps it: 64 hex digits. The service keeps its hash only.
pub(super) struct Token(String);

impl Token {
    /// 256 random bits.
    pub(super) fn draw() -> Result<Self, getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self(hex::encode(secret)))
    }

    /// What the room keeps.
    pub(super) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// `Set-Cookie` that gives it to the browser.
    pub(super) fn cookie(&self, attendee: AttendeeId) -> HeaderValue {
        set_cookie(attendee, &self.0, SESSION_LIFE.as_secs())
    }
}

/// `Set-Cookie` that makes the browser forget.
pub(super) fn forget(attendee: AttendeeId) -> HeaderValue {
    set_cookie(attendee, "", 0)
}

fn set_cookie(attendee: AttendeeId, value: &str, seconds: u64) -> HeaderValue {
    let text =
        format!("__Host-s-{attendee}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::from_str(&text).expect("ids and hex digits are visible ASCII")
}

/// `Set-Cookie` that gives the session of one attendee to another.
pub(super) fn renamed(headers: &HeaderMap, from: AttendeeId, to: AttendeeId) -> Option<HeaderValue> {
    secret_of(headers, from).map(|secret| set_cookie(to, secret, SESSION_LIFE.as_secs()))
}

/// The session a browser shows for this attendee. None: no cookie, a cookie of another shape, or two of them.
pub(super) fn token_of(headers: &HeaderMap, attendee: AttendeeId) -> Option<TokenHash> {
    secret_of(headers, attendee).map(|secret| TokenHash(Sha256::digest(secret.as_bytes()).into()))
}

fn secret_of(headers: &HeaderMap, attendee: AttendeeId) -> Option<&str> {
    let name = format!("__Host-s-{attendee}");
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = pairs.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (key, value) = pair.trim_matches(' ').split_once('=')?;
        (key == name).then_some(value)
    });
    let value = found.next()?;
    let is_token = value.len() == 64 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_token && found.next().is_none()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attendee(number: u8) -> AttendeeId {
        AttendeeId::from_random([number; 10])
    }

    fn headers(values: &[String]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::COOKIE, HeaderValue::from_str(value).expect("a header"));
        }
        headers
    }

    #[test]
    fn http5_a_cookie_comes_back_as_the_hash_the_room_keeps() {
        let token = Token::draw().expect("randomness");
        let sent = token.cookie(attendee(1)).to_str().expect("text").to_owned();
        let pair = sent.split("; ").next().expect("a pair").to_owned();
        assert_eq!(token_of(&headers(std::slice::from_ref(&pair)), attendee(1)), Some(token.hash()));
        assert_eq!(
            token_of(&headers(&[format!("theme=dark; {pair}; x=y")]), attendee(1)),
            Some(token.hash())
        );
        assert_eq!(token_of(&headers(&["a=b".to_owned(), pair.clone()]), attendee(1)), Some(token.hash()));
        assert_eq!(token_of(&headers(&[pair]), attendee(2)), None);
    }

    #[test]
    fn http5_a_cookie_is_bound_to_its_host_and_hidden_from_scripts() {
        let token = Token::draw().expect("randomness");
        let sent = token.cookie(attendee(1)).to_str().expect("text").to_owned();
        assert!(sent.starts_with(&format!("__Host-s-{}=", attendee(1))));
        for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=43200"] {
            assert!(sent.split("; ").any(|found| found == part), "{part} in {sent}");
        }
        assert!(!sent.contains("Domain"));
        assert!(
            forget(attendee(1))
                .to_str()
                .expect("text")
                .contains("=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
        );
    }

    #[test]
    fn http5_cookies_of_another_shape_and_doubled_ones_are_no_session() {
        let name = format!("__Host-s-{}", attendee(1));
        let good = "a".repeat(64);
        for value in [
            format!("{name}="),
            format!("{name}={}", "a".repeat(63)),
            format!("{name}={}", "A".repeat(64)),
            format!("{name}={good}; {name}={}", "b".repeat(64)),
            format!("x{name}={good}"),
            format!("{name}x={good}"),
            name.clone(),
        ] {
            assert_eq!(token_of(&headers(std::slice::from_ref(&value)), attendee(1)), None, "{value}");
        }
        assert!(token_of(&headers(&[format!("{name}={good}")]), attendee(1)).is_some());
    }
}
