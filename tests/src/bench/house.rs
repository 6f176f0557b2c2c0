//! Conferences of the service, opened, entered and admitted once through its own doors; every measured run begins with
//! a copy of that data folder.

use super::process::free_port;
use anyhow::{Context, Result, ensure};
use flipchart_tests::{Conference, Expected, Requests, Start};
use futures_util::future::try_join_all;
use protocol::{
    api::{Door, Enter, Ticket},
    command::{Command, Outcome, Request},
    document::{Audience, DocumentName, Kind},
    id::{AttendeeId, ConferenceId},
    people::Role,
};
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;

/// Roles after the chair's, in turn; all of them may hold a pen.
const ROLES: [Role; 9] = [
    Role::SocialWorker,
    Role::Police,
    Role::School,
    Role::HealthVisitor,
    Role::Parent,
    Role::Relative,
    Role::Gp,
    Role::SchoolNurse,
    Role::OtherProfessional,
];
/// Entries at one time: the service weighs two PINs at once.
const AT_ONCE: usize = 8;
/// Sockets that one device may have open (`protocol::limits::SOCKETS`).
const SOCKETS: usize = protocol::limits::SOCKETS;

/// Somebody who is in.
#[derive(Debug, Clone)]
struct Guest {
    attendee: AttendeeId,
    requests: Requests,
}

/// Conferences that a run begins with.
#[derive(Debug)]
pub struct House {
    runtime: Runtime,
    port: u16,
    template: PathBuf,
    rooms: Vec<(ConferenceId, Vec<Guest>)>,
}

impl House {
    /// Opens so many conferences of so many people; the first `pens` of each hold a pen.
    pub fn prepare(template: &Path, rooms: usize, people: usize, pens: usize) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        if template.exists() {
            std::fs::remove_dir_all(template)?;
        }
        std::fs::create_dir_all(template)?;
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let rooms = runtime.block_on(async {
            let more = ["--listen", &listen, "--trust-proxy", "127.0.0.1"];
            let mut service = Start::new(&more)?.in_folder(template.join("data")).run().await?;
            let roles: Vec<Role> =
                std::iter::once(Role::Chair).chain(ROLES.into_iter().cycle()).take(people).collect();
            let mut all = Vec::new();
            for _ in 0..rooms {
                let conference = Conference::open(&service, &roles).await?;
                let guests = bring(&conference, pens).await?;
                all.push((conference.id, guests));
            }
            service.tell_to_stop()?;
            service.ended().await?;
            anyhow::Ok(all)
        })?;
        Ok(Self { runtime, port, template: template.to_owned(), rooms })
    }

    /// A copy of the house's data.
    pub fn copy_to(&self, data: &Path) -> Result<()> {
        let from = self.template.join("data");
        let copied = std::process::Command::new("cp").arg("-a").arg(from).arg(data).status()?;
        ensure!(copied.success(), "the data cannot be copied");
        Ok(())
    }

    /// Port of the service.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A fresh ticket of a person.
    pub fn ticket(&self, room: usize, person: usize) -> Result<String> {
        let guest = &self.rooms[room].1[person];
        let path = format!("/api/attendees/{}/ticket", guest.attendee);
        let body = serde_json::json!({});
        let answer = self.runtime.block_on(guest.requests.post(&path, &body))?;
        Ok(answer.json::<Ticket>()?.ticket)
    }

    /// Name of a room's board.
    pub fn board(&self, room: usize) -> String {
        DocumentName::new(self.rooms[room].0, Kind::Board(Audience::All)).to_string()
    }

    /// Where the n-th of many sockets sits: each device has as many as it may, each room as many devices as people.
    pub fn nth_place(&self, number: usize) -> (usize, usize) {
        let device = number / SOCKETS;
        let people = self.rooms[0].1.len();
        (device / people, device % people)
    }
}

/// Everybody enters by their link and PIN, the chair admits them and hands out pens.
async fn bring(conference: &Conference, pens: usize) -> Result<Vec<Guest>> {
    let origin = conference.origin().to_owned();
    let mut guests: Vec<Guest> = Vec::new();
    for (turn, some) in conference.people().chunks(AT_ONCE).enumerate() {
        let entering =
            some.iter().enumerate().map(|(n, expected)| enter(&origin, turn * AT_ONCE + n, expected));
        guests.extend(try_join_all(entering).await?);
    }
    let chair = guests.first().context("a chair")?.clone();
    for (number, guest) in guests.iter().enumerate().skip(1) {
        command(&chair, Command::Admit { attendee: guest.attendee, device: None, person: None }).await?;
        if number < pens {
            command(&chair, Command::GivePen { attendee: guest.attendee }).await?;
        }
    }
    Ok(guests)
}

/// Each comes from an address of their own, as they would through a proxy.
async fn enter(origin: &str, number: usize, expected: &Expected) -> Result<Guest> {
    let requests = Requests::to(origin);
    let body =
        Enter { attendee: expected.attendee, secret: expected.secret.clone(), pin: expected.pin.clone() };
    let from = format!("192.0.2.{}", number % 250);
    let answer = requests.post_with("/api/enter", &[("x-forwarded-for", &from)], &body).await?;
    answer.json::<Door>().context("the door stays shut")?;
    Ok(Guest { attendee: expected.attendee, requests })
}

async fn command(chair: &Guest, command: Command) -> Result<()> {
    let request = Request { id: flipchart_tests::draw(), command };
    let path = format!("/api/attendees/{}/commands", chair.attendee);
    match chair.requests.post(&path, &request).await?.json()? {
        Outcome::Done { .. } | Outcome::Signed { .. } => Ok(()),
        Outcome::Refused { why, .. } => anyhow::bail!("refused: {why}"),
    }
}
