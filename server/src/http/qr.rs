//! `GET /api/qr/<code>`: the room's code as a picture that a phone's camera reads.

use super::{Service, error::ApiError};
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use qrcode::{EcLevel, QrCode, render::svg};
use std::sync::Arc;

/// A room's code as it is kept, from what somebody typed: two words and a number, small, with dashes. None: no code.
pub(super) fn room_code(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let small = typed.trim().to_ascii_lowercase();
    let parts: Vec<&str> = small.split([' ', '-', '.', ',']).filter(|part| !part.is_empty()).collect();
    let is_word =
        |part: &str| (2..=12).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number =
        |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts[..] {
        [first, second, number] if is_word(first) && is_word(second) && is_number(number) => {
            Some(format!("{first}-{second}-{number}"))
        }
        _ => None,
    }
}

/// The picture of a code's link. Drawn for every code of the right form: it tells nobody which rooms exist.
pub(super) async fn show(
    State(service): State<Arc<Service>>,
    Path(code): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let code = room_code(&code).filter(|plain| *plain == code).ok_or_else(ApiError::not_there)?;
    let link = service.gate.public_url.link(&format!("/join#{code}"));
    let picture = picture(&link).map_err(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], picture))
}

fn picture(link: &str) -> Result<String, qrcode::types::QrError> {
    // Quarter of the squares may be hidden: by a reflection on a wall's screen, or by somebody's head.
    let code = QrCode::with_error_correction_level(link, EcLevel::Q)?;
    Ok(code.render::<svg::Color<'_>>().quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http10_a_code_is_read_however_it_is_typed() {
        for typed in ["maple-river-47", "Maple River 47", " MAPLE  river-47 ", "maple,river.47"] {
            assert_eq!(room_code(typed).as_deref(), Some("maple-river-47"), "{typed}");
        }
        for typed in [
            "",
            "maple-47",
            "maple-river",
            "maple-river-x",
            "m-river-47",
            "maple-river-47-1",
            "maple-river-47<",
            "mäple-river-47",
        ] {
            assert_eq!(room_code(typed), None, "{typed}");
        }
    }

    #[test]
    fn http10_the_picture_holds_squares_alone() {
        let picture = picture("https://flip.example/join#maple-river-47").expect("a picture");
        assert!(picture.starts_with("<?xml") && picture.ends_with("</svg>"));
        for part in ["maple", "script", "style", "href"] {
            assert!(!picture.contains(part), "{part}");
        }
    }
}
