//! `GET /api/qr/<code>`: the room's code as a picture that a phone's camera reads.

use super::{Service, error::ApiError};
use crate::meeting::codewords::RoomCode;
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use qrcode::{EcLevel, QrCode, render::svg};
use std::sync::Arc;

/// The picture of a code's link. Drawn for every code of the right form: it tells nobody which rooms exist.
pub(super) async fn show(
    State(service): State<Arc<Service>>,
    Path(code): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let plain = code.parse::<RoomCode>().map_err(|_| ApiError::not_there())?.to_string();
    if plain != code {
        return Err(ApiError::not_there());
    }
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
    fn http10_the_picture_holds_squares_alone() {
        let picture = picture("https://flip.example/join#maple-river-47").expect("a picture");
        assert!(picture.starts_with("<?xml") && picture.ends_with("</svg>"));
        for part in ["maple", "script", "style", "href"] {
            assert!(!picture.contains(part), "{part}");
        }
    }
}
