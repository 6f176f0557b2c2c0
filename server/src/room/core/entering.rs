//! Coming in: personal links, the room's code, sessions.

use super::{AskId, Core, Effect, Later, Session, WayInCheck};
use crate::{
    meeting::{
        attendee::{Attendee, TokenHash},
        conference::Millis,
    },
    room::{commands, pass::Pass, projection},
};
use protocol::{
    command::Person,
    document::Kind,
    id::AttendeeId,
    limits::{ATTENDEES, DEVICES, KNOCKS, PIN_TRIES},
    people::{Page, Place, Role, Standing},
};

impl Core {
    /// The way in of an attendee.
    pub fn way_in(&self, attendee: AttendeeId) -> Option<WayInCheck> {
        let who = self.conference.people.get(&attendee)?;
        if self.conference.closed && !who.person.role.has_desk() {
            return None;
        }
        let way = who.way_in.as_ref()?;
        matches!(who.standing, Standing::Invited | Standing::Waiting | Standing::Here | Standing::Left).then(
            || WayInCheck {
                secret_hash: way.secret_hash,
                pin: way.pin.clone(),
                locked: way.wrong >= PIN_TRIES,
            },
        )
    }

    /// The session of a token, if it is still one.
    pub fn session(&self, attendee: AttendeeId, token: TokenHash, now: Millis) -> Option<Session> {
        // Whoever knocked and turned out to be expected is that person from then on.
        let attendee = self.conference.in_hand.became.get(&attendee).copied().unwrap_or(attendee);
        let who = self.conference.people.get(&attendee)?;
        let device = who.devices.iter().find(|device| device.token == token)?;
        if device.is_over(now) {
            return None;
        }
        let standing = match who.standing {
            Standing::Here if device.waiting => Standing::Waiting,
            // Whoever was never let in reads like somebody unknown, also when all is over (P3).
            Standing::PartEnded if device.waiting => return None,
            standing => standing,
        };
        Some(self.session_of(attendee, device.n, standing, who.page()))
    }

    /// The session that a pass was made of, if it is still one.
    pub fn passed(&self, pass: &Pass, now: Millis) -> Option<Session> {
        let who = self.conference.people.get(&pass.attendee())?;
        let device = who.devices.iter().find(|device| pass.is_of(device.token))?;
        self.session(pass.attendee(), device.token, now)
    }

    fn session_of(&self, attendee: AttendeeId, device: u32, standing: Standing, page: Page) -> Session {
        let seat = projection::name_of(&self.conference, Kind::Seat(attendee));
        Session { attendee, conference: self.conference.id, device, standing, page, seat }
    }

    /// A personal link was opened with the right PIN (`token`), or tried with a wrong one. Answers by
    /// [`Effect::Entered`].
    pub fn enter(&mut self, ask: AskId, attendee: AttendeeId, token: Option<TokenHash>, now: Millis) {
        let open = self.way_in(attendee).is_some_and(|way| !way.locked);
        let Some(who) = self.conference.people.get_mut(&attendee).filter(|_| open) else {
            self.effects.push(Effect::Entered(ask, None));
            return;
        };
        let Some(token) = token else {
            if let Some(way) = &mut who.way_in {
                way.wrong += 1;
            }
            self.state_moved();
            self.later(self.seq, Later::Entered(ask, None));
            return;
        };
        who.devices.retain(|device| !device.is_over(now));
        if who.devices.len() >= DEVICES {
            self.effects.push(Effect::Entered(ask, None));
            return;
        }
        let straight_in = who.person.role.has_desk() || who.person.role == Role::Wall;
        if straight_in {
            who.standing = Standing::Here;
        } else if who.standing != Standing::Here {
            who.standing = Standing::Waiting;
        }
        let device = who.open_device(token, !straight_in, now);
        let standing = if straight_in { Standing::Here } else { Standing::Waiting };
        let page = who.page();
        self.state_moved();
        let session = self.session_of(attendee, device, standing, page);
        self.later(self.seq, Later::Entered(ask, Some(session)));
    }

    /// Somebody comes with the room's code and a name of their own. Answers by [`Effect::Entered`].
    pub fn knock(
        &mut self,
        ask: AskId,
        attendee: AttendeeId,
        name: &str,
        place: Place,
        token: TokenHash,
        now: Millis,
    ) {
        let strangers = |who: &&Attendee| who.standing == Standing::Waiting && who.way_in.is_none();
        let full = self.conference.people.len() >= ATTENDEES
            || self.conference.people.values().filter(strangers).count() >= KNOCKS;
        let name = match commands::short(name) {
            Ok(name)
                if !full && !self.conference.closed && !self.conference.people.contains_key(&attendee) =>
            {
                name
            }
            _ => {
                self.effects.push(Effect::Entered(ask, None));
                return;
            }
        };
        let person = Person { name, role: Role::Observer, words: String::new(), agency: None, place };
        let n = self.conference.next_n();
        let mut who = Attendee::invited(person, n, None);
        who.standing = Standing::Waiting;
        let device = who.open_device(token, true, now);
        let page = who.page();
        self.conference.people.insert(attendee, who);
        self.state_moved();
        let session = self.session_of(attendee, device, Standing::Waiting, page);
        self.later(self.seq, Later::Entered(ask, Some(session)));
    }
}
