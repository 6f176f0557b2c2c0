//! A conference opened by a test through the same door as the set-up page.

use crate::{
    Attendee, Requests, Service,
    random::{draw, secret},
};
use anyhow::{Context, Result};
use protocol::{
    api::{Claim, Door, NewChild, NewConference, NewPerson, Pairing},
    command::{Command, Person, Screen, WayIn},
    id::{AttendeeId, ChildId, ConferenceId},
    people::{Place, Role},
};

/// The PIN of everybody in a test.
const PIN: &str = "20261214";

/// Somebody who was invited, with what only they know.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Their id.
    pub attendee: AttendeeId,
    /// Their role.
    pub role: Role,
    /// Secret of their link.
    pub secret: String,
    /// PIN of their link.
    pub pin: String,
}

/// A conference and everybody's way in.
#[derive(Debug, Clone)]
pub struct Conference {
    /// The room.
    pub id: ConferenceId,
    /// The child it is about.
    pub child: ChildId,
    origin: String,
    people: Vec<Expected>,
}

impl Conference {
    /// Opens a conference of the framework `lbh` about one child, with one person for each role, in the order given.
    /// One of them has to be the chair.
    ///
    /// # Errors
    /// The service refuses.
    pub async fn open(service: &Service, roles: &[Role]) -> Result<Self> {
        Self::open_in(service, "lbh", roles).await
    }

    /// As [`Conference::open`], in another framework, by its key.
    ///
    /// # Errors
    /// The service refuses.
    pub async fn open_in(service: &Service, framework: &str, roles: &[Role]) -> Result<Self> {
        Self::begin(service, roles, |new| new.framework = framework.to_owned()).await
    }

    /// As [`Conference::open`], for practice: rounds wait less.
    ///
    /// # Errors
    /// The service refuses.
    pub async fn practise(service: &Service, roles: &[Role]) -> Result<Self> {
        Self::begin(service, roles, |new| new.practice = true).await
    }

    /// As [`Conference::open`], with something else filled in. Ids and ways in stay what they are.
    ///
    /// # Errors
    /// The service refuses.
    pub async fn begin(
        service: &Service,
        roles: &[Role],
        fill_in: impl FnOnce(&mut NewConference),
    ) -> Result<Self> {
        let child = draw();
        let people: Vec<(Expected, NewPerson)> = roles.iter().map(|role| invite(*role)).collect();
        let mut new = NewConference {
            conference: draw(),
            framework: "lbh".into(),
            title: "Initial conference".into(),
            starts: "2026-12-14T10:00".into(),
            children: vec![NewChild { child, first_name: "Kacper".into(), name: "Kacper Nowicki".into() }],
            people: people.iter().map(|(_, person)| person.clone()).collect(),
            screen: Screen { height_mm: 685, distance_mm: 5_000 },
            mirrored: false,
            hidden_places: Vec::new(),
            practice: false,
        };
        fill_in(&mut new);
        let bearer = format!("Bearer {}", service.set_up_key().await?);
        let requests = Requests::to(&service.origin());
        let answer = requests.post_with("/api/conferences", &[("authorization", &bearer)], &new).await?;
        anyhow::ensure!((200..300).contains(&answer.status), "status {}: {}", answer.status, answer.text());
        let people = people.into_iter().map(|(expected, _)| expected).collect();
        Ok(Self { id: new.conference, child, origin: service.origin(), people })
    }

    /// Everybody invited, in the order given.
    pub fn people(&self) -> &[Expected] {
        &self.people
    }

    /// The first person with this role.
    ///
    /// # Errors
    /// Nobody has it.
    pub fn expected(&self, role: Role) -> Result<&Expected> {
        self.people
            .iter()
            .find(|expected| expected.role == role)
            .with_context(|| format!("no {role:?} was invited"))
    }

    /// The first person with this role opens their link. Whoever has no desk waits in the lobby then.
    ///
    /// # Errors
    /// The door stays shut.
    pub async fn enter(&self, role: Role) -> Result<Attendee> {
        let expected = self.expected(role)?;
        Attendee::enter(&self.origin, expected.attendee, &expected.secret, &expected.pin).await
    }

    /// Somebody more, invited by the desk.
    ///
    /// # Errors
    /// The desk is refused.
    pub async fn invite(&mut self, role: Role, desk: &Attendee) -> Result<()> {
        let (expected, NewPerson { attendee, person, way_in }) = invite(role);
        desk.does(Command::Invite { attendee, person, way_in }).await?;
        self.people.push(expected);
        Ok(())
    }

    /// As [`Conference::enter`]; then the chair admits them, and they connect and open all their documents.
    ///
    /// # Errors
    /// Any of it fails.
    pub async fn bring(&self, role: Role, chair: &Attendee) -> Result<Attendee> {
        let mut attendee = self.enter(role).await?;
        if !role.has_desk() {
            chair.does(Command::Admit { attendee: attendee.id, device: None, person: None }).await?;
        }
        attendee.connect().await?;
        attendee.open_all().await?;
        Ok(attendee)
    }

    /// A screen shows a code, the chair types it, and the screen is a wall of this conference.
    ///
    /// # Errors
    /// Any of it fails.
    pub async fn pair(&self, chair: &Attendee, screen: Requests) -> Result<Attendee> {
        let pairing: Pairing = screen.post("/api/walls", &()).await?.json()?;
        let claim = Claim { secret: pairing.secret };
        let early = screen.post("/api/walls/claim", &claim).await?;
        anyhow::ensure!(early.status == 204, "claimed before the chair typed the code: {}", early.text());
        let paired = Command::PairWall {
            code: pairing.code,
            attendee: draw(),
            name: "The big room".into(),
            screen: Screen { height_mm: 685, distance_mm: 5_000 },
        };
        chair.does(paired).await?;
        let door: Door = screen.post("/api/walls/claim", &claim).await?.json()?;
        let mut wall = Attendee::outside(&self.origin, door.attendee);
        wall.requests = screen;
        wall.connect().await?;
        wall.open_all().await?;
        Ok(wall)
    }

    /// Where the service is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Convenes, and opens a phase.
    ///
    /// # Errors
    /// The chair is refused.
    pub async fn convene(&self, chair: &Attendee, phase: &str) -> Result<()> {
        chair.does(Command::Convene).await?;
        chair.does(Command::OpenPhase { phase: phase.to_owned() }).await
    }

    /// The chair, connected and with all documents open.
    ///
    /// # Errors
    /// The door stays shut.
    pub async fn chair(&self) -> Result<Attendee> {
        let mut chair = self.enter(Role::Chair).await?;
        chair.connect().await?;
        chair.open_all().await?;
        Ok(chair)
    }
}

fn invite(role: Role) -> (Expected, NewPerson) {
    let (secret, secret_hash) = secret();
    let attendee = draw();
    let words = format!("{role:?}");
    let person = Person {
        name: format!("{words} Practice"),
        role,
        words,
        agency: role.is_professional().then(|| "Agency".to_owned()),
        place: Place::Room,
    };
    let way_in = WayIn { secret_hash, pin: PIN.into() };
    (
        Expected { attendee, role, secret, pin: PIN.into() },
        NewPerson { attendee, person, way_in: Some(way_in) },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_shares_a_secret() {
        let (one, invited) = invite(Role::Parent);
        let (other, _) = invite(Role::Parent);
        assert_ne!(one.secret, other.secret);
        assert_ne!(
            invited.way_in.expect("a link").secret_hash,
            one.secret,
            "the service never learns the secret"
        );
        assert_eq!(invited.person.agency, None);
    }
}
