//! How people of a test house ask for something, and come in.

use super::{device::Device, house::House};
use crate::{
    meeting::attendee::TokenHash,
    room::{
        commands::Prepared,
        core::{AskId, Session},
    },
};
use protocol::{
    command::{Command, Outcome, Refusal, Request},
    id::{AttendeeId, CommandId},
    people::{Place, Role},
};
use rand::Rng as _;

impl House {
    pub(crate) fn command_id(&mut self) -> CommandId {
        let mut bytes = [0; 10];
        self.rng.fill_bytes(&mut bytes);
        CommandId::from_random(bytes)
    }

    /// Sends a command; its answer comes when it is durable.
    pub(crate) fn ask(&mut self, n: usize, request: &Request) -> AskId {
        self.next_ask += 1;
        let ask = AskId(self.next_ask);
        let by = (self.devices[n].attendee, self.devices[n].n);
        self.asked.insert(ask, Some((by.0, request.id)));
        let wall = matches!(request.command, Command::PairWall { .. }).then(|| {
            let mut token = [0; 32];
            self.rng.fill_bytes(&mut token);
            TokenHash(token)
        });
        let prepared = Prepared { pin: Some("argon".into()), wall, ..Prepared::default() };
        self.core.command(ask, by, request, prepared, self.now);
        self.effects();
        ask
    }

    pub(crate) fn ask_new(&mut self, role: Role, command: Command) -> AskId {
        let request = Request { id: self.command_id(), command };
        self.ask(self.of(role), &request)
    }

    /// Carries a command out and waits until everything is in step.
    pub(crate) fn does(&mut self, role: Role, command: Command) -> Outcome {
        let ask = self.ask_new(role, command);
        self.settle();
        self.answers[&ask].clone()
    }

    pub(crate) fn done(&mut self, role: Role, command: Command) {
        let outcome = self.does(role, command.clone());
        assert!(matches!(outcome, Outcome::Done { .. }), "{command:?}: {outcome:?}");
    }

    pub(crate) fn refused(&mut self, role: Role, command: Command) -> Refusal {
        match self.does(role, command.clone()) {
            Outcome::Refused { code, .. } => code,
            done => panic!("{role:?} may {command:?}: {done:?}"),
        }
    }

    pub(crate) fn enter(&mut self, attendee: AttendeeId, token: TokenHash) -> Option<Session> {
        self.next_ask += 1;
        let ask = AskId(self.next_ask);
        self.core.enter(ask, attendee, Some(token), self.now);
        self.effects();
        assert!(self.entered.get(&ask).is_none_or(Option::is_none), "let in before it was durable");
        self.settle();
        self.entered.get(&ask).copied().flatten()
    }

    /// Somebody knocks; whether they may wait is known when it is durable.
    pub(crate) fn knocks(&mut self, attendee: AttendeeId, name: &str, place: Place, token: TokenHash) {
        self.next_ask += 1;
        self.core.knock(AskId(self.next_ask), attendee, name, place, token, self.now);
        self.effects();
    }

    /// Somebody opens a personal link, with the right PIN (`token`) or a wrong one.
    pub(crate) fn opens_a_link(&mut self, attendee: AttendeeId, token: Option<TokenHash>) {
        self.next_ask += 1;
        self.core.enter(AskId(self.next_ask), attendee, token, self.now);
        self.effects();
    }

    /// The device of a session that is on the disk.
    pub(crate) fn new_device(&mut self, attendee: AttendeeId, n: u32, token: TokenHash) {
        self.next_client += 1_000_000;
        self.devices.push(Device::new(attendee, n, token, self.next_client));
    }

    pub(crate) fn add_device(&mut self, session: Session, token: TokenHash) -> usize {
        self.next_client += 1_000_000;
        let first = self.next_client;
        self.devices.push(Device::new(session.attendee, session.device, token, first));
        self.devices.len() - 1
    }
}
