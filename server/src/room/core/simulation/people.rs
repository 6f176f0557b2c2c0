//! People of a simulated conference who come, go, are named anew and answer.

use super::Simulation;
use crate::{meeting::attendee::TokenHash, room::core::tests::house::id};
use protocol::{
    command::{Command, Offered, Person, Request, RowAnswer, Screen, WayIn, Whose},
    id::{AttendeeId, HeldId, OfferId, RecordId},
    people::{Place, Role, Standing},
};
use rand::RngExt;

impl Simulation {
    /// One of the things that people do beside writing.
    pub(super) fn somebody(&mut self) {
        match self.any(21) {
            19 | 20 => self.answers_a_row(),
            0 => {
                let attendee = AttendeeId::from_random(self.draw());
                self.note(format!("{attendee} knocks"));
                let place = if self.chance(50) { Place::Room } else { Place::Call };
                let token = self.token();
                self.house.knocks(attendee, "Name of a stranger", place, token);
            }
            1 | 2 => {
                let Some(attendee) = self.any_of(|_, standing| standing != Standing::PartEnded) else {
                    return;
                };
                // One in four has forgotten the PIN.
                let token = self.chance(75).then(|| self.token());
                self.note(format!("{attendee} opens a link: {}", token.is_some()));
                self.house.opens_a_link(attendee, token);
            }
            3..6 => self.admits(),
            6 => {
                let n = self.any(self.house.devices.len());
                // Chairs and walls stay: without them nothing more would happen.
                if id(Role::Chair) != self.house.devices[n].attendee {
                    self.asks(n, Command::Leave);
                }
            }
            7 => {
                let whom = self.any_of(|role, _| !matches!(role, Role::Chair | Role::Wall));
                self.chair(whom.map(|attendee| Command::EndPart { attendee }));
            }
            8 => {
                let whom = self.any_of(|_, standing| standing == Standing::Invited);
                self.chair(whom.map(|attendee| Command::Seat { attendee }));
            }
            9 => {
                let attendee = AttendeeId::from_random(self.draw());
                let (name, screen) = ("Name of a wall".into(), Screen { height_mm: 685, distance_mm: 5_000 });
                self.chair(Some(Command::PairWall { code: "code".into(), attendee, name, screen }));
            }
            10 => {
                let whose = self.any_of(|_, _| true).map(|attendee| Whose::Attendee { attendee });
                let name = format!("Name of somebody else {}", self.any(1_000));
                let n = self.any(self.house.devices.len());
                if self.chance(70) {
                    self.chair(whose.map(|whose| Command::CorrectName { whose, name }));
                } else if let Some(whose) = whose {
                    self.asks(n, Command::CorrectName { whose, name });
                }
            }
            11 => self.answers_a_row(),
            12 => {
                let attendee = AttendeeId::from_random(self.draw());
                let person = Person {
                    name: "Name of somebody who is expected".into(),
                    role: Role::EVERY[self.any(Role::EVERY.len())],
                    words: String::new(),
                    agency: None,
                    place: Place::Call,
                };
                let way_in = self.chance(60).then(|| self.way_in());
                self.chair(Some(Command::Invite { attendee, person, way_in }));
            }
            13 => {
                let held = HeldId::from_random(self.draw());
                let words = self.desk_words();
                self.chair(Some(Command::WriteHeld { held, section: "worried".into(), words }));
            }
            14 => {
                let records: Vec<RecordId> = self.house.core.conference().records.keys().copied().collect();
                if records.is_empty() {
                    return;
                }
                let record = records[self.any(records.len())];
                let chair = self.house.of(Role::Chair);
                let n = if self.chance(60) { chair } else { self.any(self.house.devices.len()) };
                let words = self.words(self.house.devices[n].attendee);
                self.asks(n, Command::Requote { record, words });
            }
            16..19 => {
                let offer = OfferId::from_random(self.draw());
                let cells = [("task".to_owned(), self.desk_words())].into();
                let what = Offered::Row { cells, who: Vec::new(), when: Default::default() };
                let (n, named) = (self.any(self.house.devices.len()), self.chance(70));
                self.asks(n, Command::Offer { offer, what, on_behalf_of: None, named });
            }
            _ if self.chance(6) => self.chair(Some(Command::Close)),
            _ => {
                let n = self.any(self.house.devices.len());
                let attendee = self.house.devices[n].attendee;
                self.asks(n, Command::TakePen { attendee });
            }
        }
    }

    /// Whoever has a session on the disk and no device here yet gets one: by link, by code, as a wall.
    pub(super) fn arrive(&mut self) {
        let Some(state) = &self.house.durable.state else { return };
        let known = |attendee: &AttendeeId, n: u32| {
            self.house.devices.iter().any(|device| device.attendee == *attendee && device.n == n)
        };
        let new: Vec<_> = (state.people.iter())
            .flat_map(|(attendee, who)| who.devices.iter().map(|device| (*attendee, device.n, device.token)))
            .filter(|(attendee, n, _)| !known(attendee, *n))
            .collect();
        for (attendee, n, token) in new {
            self.note(format!("device {n} of {attendee}"));
            self.house.new_device(attendee, n, token);
        }
    }

    /// The desk lets somebody in: the right one, or whoever comes to mind.
    fn admits(&mut self) {
        let conference = self.house.core.conference();
        let at_the_door: Vec<(AttendeeId, u32)> = (conference.people.iter())
            .flat_map(|(attendee, who)| who.devices.iter().map(|device| (*attendee, device)))
            .filter(|(_, device)| device.waiting)
            .map(|(attendee, device)| (attendee, device.n))
            .collect();
        if at_the_door.is_empty() {
            return;
        }
        let (attendee, device) = at_the_door[self.any(at_the_door.len())];
        let is_stranger = self.house.core.conference().people[&attendee].way_in.is_none();
        let person = (is_stranger && self.chance(80)).then(|| Person {
            name: "Name of a grandmother".into(),
            role: [Role::Relative, Role::Supporter, Role::Gp][self.any(3)],
            words: "grandmother".into(),
            agency: None,
            place: Place::Room,
        });
        let device = self.chance(70).then_some(device);
        self.chair(Some(Command::Admit { attendee, device, person }));
    }

    fn answers_a_row(&mut self) {
        // Whoever offered a row does it, as long as nobody says otherwise.
        let offers = self.house.core.conference().offers.values();
        let theirs: Vec<_> = offers.filter_map(|offer| Some((offer.row?, offer.by))).collect();
        if theirs.is_empty() {
            return;
        }
        let (row, sender) = theirs[self.any(theirs.len())];
        let answer = [None, Some(RowAnswer::Do), Some(RowAnswer::Talk)][self.any(3)];
        if let Some(n) = self.house.devices.iter().position(|device| device.attendee == sender) {
            self.asks(n, Command::Answer { row, answer });
        }
    }

    pub(super) fn any_of(&mut self, fits: impl Fn(Role, Standing) -> bool) -> Option<AttendeeId> {
        let people = &self.house.core.conference().people;
        let all: Vec<AttendeeId> = (people.iter())
            .filter(|(_, who)| fits(who.person.role, who.standing))
            .map(|(attendee, _)| *attendee)
            .collect();
        if all.is_empty() { None } else { Some(all[self.any(all.len())]) }
    }

    fn token(&mut self) -> TokenHash {
        TokenHash(std::array::from_fn(|_| self.rng.random()))
    }

    fn way_in(&mut self) -> WayIn {
        WayIn { secret_hash: hex::encode(self.token().0), pin: "12345678".into() }
    }

    pub(super) fn chair(&mut self, command: Option<Command>) {
        if let Some(command) = command {
            self.asks(self.house.of(Role::Chair), command);
        }
    }

    pub(super) fn asks(&mut self, n: usize, command: Command) {
        let request = Request { id: self.house.command_id(), command };
        let of = self.house.devices[n].attendee;
        let role = self.house.core.conference().people.get(&of).map(|who| who.person.role);
        self.note(format!("{n} {role:?}: {:?}", request.command));
        self.may_show(&request.command);
        self.requests.push((n, request.clone()));
        self.carries_out(n, &request);
    }
}
