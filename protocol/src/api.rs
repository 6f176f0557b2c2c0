//! Bodies of the HTTP interface (SPEC HTTP). The web app's types are generated from here: `cargo xtask codegen`.

use crate::{
    command::{Person, Screen, WayIn},
    document::{Audience, DocumentName},
    id::{AttendeeId, ChildId, ConferenceId},
    people::{Page, Place, Standing},
};
use serde::{Deserialize, Serialize};

/// `POST /api/conferences`: opens a conference. Needs the set-up key in `Authorization: Bearer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct NewConference {
    /// Made by the client, so that a repeat makes no second one.
    pub conference: ConferenceId,
    /// Key of the framework: `lbh`.
    pub framework: String,
    /// "Initial conference". Names nobody (P1).
    pub title: String,
    /// Start, `2026-12-14T10:00`, London time.
    pub starts: String,
    /// In the order of the heads.
    pub children: Vec<NewChild>,
    /// Everybody expected; exactly one chair.
    pub people: Vec<NewPerson>,
    /// The room's screen.
    pub screen: Screen,
    /// Whether the desk's screen is shared or mirrored; unsure = starts private (P14).
    pub mirrored: bool,
    /// Audiences from which it is hidden who is in the room and who on the call (P1).
    #[serde(default)]
    pub hidden_places: Vec<Audience>,
    /// Says so on every screen and never stands beside real data (P25).
    pub practice: bool,
}

/// A child the conference is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct NewChild {
    /// Made by the client.
    pub child: ChildId,
    /// First name as used on the sheets.
    pub first_name: String,
    /// Full name.
    pub name: String,
}

/// Somebody expected, as set-up names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct NewPerson {
    /// Made by the client.
    pub attendee: AttendeeId,
    /// Who.
    pub person: Person,
    /// Personal link, if they have a device.
    pub way_in: Option<WayIn>,
}

/// `GET /api/frameworks`, one entry each; whole text in the `stage` document of a conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct FrameworkSummary {
    /// `lbh`.
    pub key: String,
    /// "LBH LSCB".
    pub name: String,
    /// One line for set-up.
    pub about: String,
}

/// `POST /api/enter`: opens a personal link with its PIN. Sets the session cookie of that attendee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Enter {
    /// From the link.
    pub attendee: AttendeeId,
    /// From the link: 64 hex digits.
    pub secret: String,
    /// Eight digits.
    pub pin: String,
}

/// `POST /api/knock`: comes with the room's code and a name of one's own. Sets a session cookie; waits in the lobby.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Knock {
    /// Two words and a number.
    pub code: String,
    /// What the person calls themselves.
    pub name: String,
    /// In the room or on the call.
    pub place: Place,
}

/// Answer to `enter`, `knock` and a claimed wall, and to `GET /api/attendees/<attendee>`: where this device stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Door {
    /// Names the cookie, the page and every later request.
    pub attendee: AttendeeId,
    /// Which screen to show.
    pub page: Page,
    /// Of this device. Unknown, not admitted and ejected all read `out` (P3).
    pub standing: Standing,
}

/// `POST /api/attendees/<attendee>/ticket`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Ticket {
    /// Opens one socket within 30 s: 64 hex digits.
    pub ticket: String,
    /// The room.
    pub conference: ConferenceId,
    /// Name of this attendee's own document, which names all others.
    pub seat: DocumentName,
    /// Build of the service; an older app reloads and never writes.
    pub build: String,
    /// Shape of the documents.
    pub schema: u32,
}

/// `POST /api/attendees/<attendee>/pass`: asks for a pass for stock clients that keep one address (`GET /yjs/<document>`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskPass {
    /// Which documents it opens, in any of their editions: 1 to 16 of this conference. Rights are judged later.
    pub documents: Vec<DocumentName>,
}

/// Answer to [`AskPass`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Goes into `?pass=` or, after `pass.`, into a subprotocol. Opens sockets until this device's session ends.
    pub pass: String,
}

/// `POST /api/walls`: a screen asks to be paired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Pairing {
    /// Shown on the wall, typed on the desk: 8 characters, 5 minutes, once.
    pub code: String,
    /// Known to this screen alone: 64 hex digits; shown again at `POST /api/walls/claim`.
    pub secret: String,
}

/// `POST /api/walls/claim`: has the chair typed my code? 204 while not; then a [`Door`] and the cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Claim {
    /// From [`Pairing`].
    pub secret: String,
}

/// Every error of the HTTP interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ApiError {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what happened and what to do next. Says nothing about whether something exists (P3).
    pub message: String,
}

/// Kinds of [`ApiError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// 403: unknown link, wrong PIN, not admitted, ejected: all alike. "Please phone the number on your letter."
    NoWayIn,
    /// 401: no session for this attendee.
    NoSession,
    /// 400: the body could not be read.
    BadInput,
    /// 403: foreign Origin.
    WrongOrigin,
    /// 404.
    NotThere,
    /// 429: too many tries from here; wait a minute.
    TooMany,
    /// 503: nothing can be saved at the moment.
    NotSaved,
    /// 500: logged once.
    Internal,
}
