//! `/api/attendees/<attendee>`: where this device stands, its tickets, its commands.

use super::{Service, cookies, error::ApiError, guard::Input, pins::is_pin};
use crate::{
    room::{
        commands::Prepared,
        core::Session,
        handle::RoomHandle,
        pass::{self, Pass},
    },
    socket::Holder,
};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use protocol::{
    api::{self, AskPass, Door, Ticket},
    command::{Command, Outcome, Refusal, Request, WayIn},
    document::SCHEMA,
    id::AttendeeId,
    people::{Page, Standing},
};
use std::{sync::Arc, time::Instant};

/// The session whose cookie this browser shows for the attendee it names.
pub(super) async fn session(
    service: &Service,
    headers: &HeaderMap,
    attendee: &str,
) -> Result<(RoomHandle, Session), ApiError> {
    let attendee: AttendeeId = attendee.parse().map_err(|_| ApiError::no_session())?;
    let token = cookies::token_of(headers, attendee).ok_or_else(ApiError::no_session)?;
    let room = service.gate.directory.room_of(attendee).ok_or_else(ApiError::no_session)?;
    let session = room.session(attendee, token).await.map_err(|_| ApiError::no_answer())?;
    let session = session.ok_or_else(ApiError::no_session)?;
    if session.standing == Standing::Out { Err(ApiError::no_session()) } else { Ok((room, session)) }
}

/// Where this device stands. Unknown, never admitted and sent out get the same answer (P3).
pub(super) async fn door(
    State(service): State<Arc<Service>>,
    Path(attendee): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked: AttendeeId = attendee.parse().map_err(|_| ApiError::not_there())?;
    let (is, standing, page) = match session(&service, &headers, &attendee).await {
        Ok((_, Session { attendee, standing, page, .. })) => (attendee, standing, page),
        Err(error) if error.may_pass() => return Err(error),
        Err(_) => (asked, Standing::Out, Page::Meet),
    };
    let mut response = Json(Door { attendee: is, page, standing }).into_response();
    // Whoever knocked turned out to be somebody who was expected: the session goes on under that name.
    if let Some(cookie) = (is != asked).then(|| cookies::renamed(&headers, asked, is)).flatten() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A ticket for one socket.
pub(super) async fn ticket(
    State(service): State<Arc<Service>>,
    Path(attendee): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Ticket>, ApiError> {
    let (_, Session { attendee, device, conference, seat, .. }) =
        session(&service, &headers, &attendee).await?;
    let holder = Holder { attendee, device, conference };
    let ticket = service.gate.tickets.issue(holder, Instant::now()).ok_or_else(ApiError::too_many)?;
    Ok(Json(Ticket { ticket, conference, seat, build: super::app::BUILD.to_owned(), schema: SCHEMA }))
}

/// A pass for sockets of some documents.
pub(super) async fn pass(
    State(service): State<Arc<Service>>,
    Path(attendee): Path<String>,
    headers: HeaderMap,
    Input(AskPass { documents }): Input<AskPass>,
) -> Result<Json<api::Pass>, ApiError> {
    let (_, Session { attendee, conference, .. }) = session(&service, &headers, &attendee).await?;
    if documents.is_empty() || documents.len() > pass::DOCUMENTS {
        return Err(ApiError::bad_input(format!("A pass is for 1 to {} documents.", pass::DOCUMENTS)));
    }
    if documents.iter().any(|document| document.conference != conference) {
        return Err(ApiError::bad_input("A pass is for documents of this conference."));
    }
    let token = cookies::token_of(&headers, attendee).ok_or_else(ApiError::no_session)?;
    let kinds = documents.into_iter().map(|document| document.kind).collect();
    Ok(Json(api::Pass { pass: Pass::of(attendee, token, kinds).text() }))
}

/// A command, and its outcome once that is durable.
pub(super) async fn commands(
    State(service): State<Arc<Service>>,
    Path(attendee): Path<String>,
    headers: HeaderMap,
    Input(request): Input<Request>,
) -> Result<Response, ApiError> {
    let (room, Session { attendee, device, page, standing, .. }) =
        session(&service, &headers, &attendee).await?;
    let now = Instant::now();
    // Destroying words rewrites the whole database: a desk does it at need, others with their own words now and then.
    // Another answer to "does everyone agree?" destroys the one before.
    let destroys =
        matches!(request.command, Command::Withdraw { .. } | Command::TakeOff { .. } | Command::Agree { .. });
    if !service.commands.try_once((attendee, device), now)
        || (destroys && page != Page::Desk && !service.destroying.try_once(attendee, now))
    {
        return Err(ApiError::too_many());
    }
    let mut prepared = Prepared::default();
    match &request.command {
        // The room refuses these from anybody else. A hash takes a place at the door, so nobody else gets one.
        _ if page != Page::Desk || standing != Standing::Here => {}
        Command::Invite { way_in: Some(way_in), .. } | Command::Reissue { way_in, .. } => {
            if let Err(why) = check(way_in) {
                return Ok(
                    Json(Outcome::Refused { code: Refusal::BadInput, why: why.to_owned() }).into_response()
                );
            }
            prepared.pin = Some(service.pins.hash(&way_in.pin).await?);
        }
        Command::PairWall { code, .. } => prepared.wall = service.pairings.take(code, request.id, now),
        _ => {}
    }
    let command = (request.id, request.command.clone());
    let outcome = room.command(attendee, device, request, prepared).await;
    let is_done = matches!(outcome, Outcome::Done { .. });
    let mut response = Json(outcome).into_response();
    match command {
        (id, Command::PairWall { code, attendee: wall, .. }) => {
            service.pairings.settle(&code, id, is_done.then_some(wall));
        }
        (_, Command::Leave) if is_done => {
            let headers = response.headers_mut();
            headers.insert(header::SET_COOKIE, cookies::forget(attendee));
            headers.insert("clear-site-data", HeaderValue::from_static(r#""cache","storage""#));
        }
        _ => {}
    }
    Ok(response)
}

fn check(way_in: &WayIn) -> Result<(), &'static str> {
    let is_hash =
        way_in.secret_hash.len() == 64 && way_in.secret_hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (is_pin(&way_in.pin), is_hash) {
        (false, _) => Err("A PIN has eight digits."),
        (_, false) => Err("The link's hash has 64 hex digits. Reload the page and try again."),
        (true, true) => Ok(()),
    }
}
