//! What may happen in a simulated conference.

use super::{GOERS, Simulation, witnesses::witness};
use crate::{
    document::replica::Replica,
    meeting::{attendee::TokenHash, sheet::Words},
    room::{
        core::{
            Inbound, Lull,
            tests::{
                device::Copy,
                house::{House, id},
                rights::may_ever_read,
            },
        },
        projection,
    },
    store::StoreError,
};
use protocol::{
    command::{Ask, Command, Line, Offered, TakeOff, WayIn},
    document::{Access, Audience, DocumentName, Kind},
    id::{AttendeeId, ConferenceId, HeldId, NoteId, OfferId, RecordId, RowId},
    people::Role,
    scan::scan_stored,
    wire::Wire,
};
use rand::{Rng, RngExt};

const BOARD: Kind = Kind::Board(Audience::All);
const PLAN: Kind = Kind::Plan(Audience::All);

impl Simulation {
    pub(super) fn act(&mut self) {
        self.house.now += self.rng.random_range(0..700);
        if self.house.store.has_failed() && self.chance(40) {
            self.crash();
        }
        self.full_disk();
        let n = self.any(self.house.devices.len());
        self.arrive();
        match self.any(160) {
            0..20 => self.edit(n),
            20..22 => self.careless(n),
            22..32 | 124..150 => self.command(),
            32..34 => self.again(),
            34..52 => self.four(|house| house.up(n)),
            52..70 => self.four(|house| house.down(n)),
            70..74 => {
                self.note("deliver");
                self.house.deliver();
                self.four(House::late);
            }
            74..78 => {
                self.note("submit");
                self.house.submit();
            }
            78..88 => {
                self.note("sync");
                self.house.sync();
            }
            88..90 => {
                self.note(format!("cut {n}"));
                self.house.cut(n);
            }
            90..92 => {
                self.note(format!("{n} falls behind"));
                self.house.fall_behind(n);
            }
            92..96 => {
                self.note("relink");
                self.house.relink();
            }
            96 => self.crash(),
            97 => {
                self.note("restart");
                self.house.restart();
            }
            98 => {
                self.note("the disk is full");
                self.house.store.fail_next(StoreError::Unavailable("full".into()));
            }
            99 if self.chance(50) => {
                self.note("a sync fails");
                self.house.store.fail_next(StoreError::Failed("no answer from the disk".into()));
            }
            99 => self.clock(),
            100..110 => self.somebody(),
            110..116 => self.keeps_in_hand(),
            116..123 | 150..156 => self.locked_words(),
            123 => self.strays(n),
            156 => self.shows_a_fresh_token(n),
            157..160 => {
                self.note("rest");
                self.house.core.rest(Lull::Rest);
            }
            _ => {
                self.note("settle");
                self.house.settle();
            }
        }
    }

    fn four(&mut self, go: impl Fn(&mut House) -> bool) {
        for _ in 0..4 {
            go(&mut self.house);
        }
    }

    pub(super) fn draw(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// Words that are told apart from all others, and who is out while they are written (P5).
    pub(super) fn words(&mut self, by: AttendeeId) -> String {
        self.words += 1;
        let words = format!("words {};", self.words);
        for role in GOERS {
            if id(role) != by && self.is_out(role) {
                self.missed.entry(role).or_default().insert(words.clone());
            }
        }
        format!("{words} ")
    }

    fn is_out(&self, role: Role) -> bool {
        self.house.core.conference().here(id(role)).is_none()
    }

    fn any_key(&mut self, n: usize, kind: Kind, root: &str) -> Option<String> {
        let keys = self.house.devices[n].copies.get(&kind)?.replica.keys(root);
        if keys.is_empty() { None } else { Some(keys[self.any(keys.len())].clone()) }
    }

    /// Somebody with a pen types, on the line or off.
    fn edit(&mut self, n: usize) {
        let kind = match self.any(10) {
            0..6 => BOARD,
            6..8 => PLAN,
            // A part, or the audience of a role.
            _ => {
                let writes = |(kind, copy): (&Kind, &Copy)| {
                    (!kind.is_server_written() && copy.access == Some(Access::Write)).then_some(*kind)
                };
                let kinds: Vec<Kind> = self.house.devices[n].copies.iter().filter_map(writes).collect();
                if kinds.is_empty() { BOARD } else { kinds[self.any(kinds.len())] }
            }
        };
        let Some(copy) = self.house.devices[n].copies.get(&kind) else { return };
        let online = self.house.devices[n].conn.is_some();
        let attendee = self.house.devices[n].attendee;
        let pen = self.house.core.conference().here(attendee).is_some_and(|who| who.writes());
        // Off the line somebody types on with the pen that they had.
        if copy.access != Some(Access::Write) && (online || !pen) {
            return;
        }
        self.write(n, kind);
    }

    /// A stock client that types where it may not.
    fn careless(&mut self, n: usize) {
        let kinds: Vec<Kind> = self.house.devices[n].copies.keys().copied().collect();
        if !kinds.is_empty() {
            let kind = kinds[self.any(kinds.len())];
            self.note(format!("careless {n} {kind}"));
            self.write(n, kind);
        }
    }

    /// A client speaks of a document of another conference, or of one of its own that it may not read.
    fn strays(&mut self, n: usize) {
        let Some(role) = self.house.role_of(n).filter(|_| self.house.devices[n].conn.is_some()) else {
            return;
        };
        let document = if self.chance(20) {
            DocumentName::new(ConferenceId::from_random(self.draw()), BOARD)
        } else {
            let mut kinds = projection::kinds(self.house.core.conference());
            kinds.retain(|kind| !may_ever_read(role, self.house.devices[n].attendee, *kind));
            let Some(kind) = self.one_of(&kinds) else { return };
            self.house.name(kind)
        };
        let opened = Inbound::Open { document, wire: Wire::Named(document.to_string()) };
        let (state_vector, update) = (vec![0], vec![0, 0]);
        let touched = scan_stored(&update).expect("an update that holds nothing");
        let said = [
            Inbound::Step1 { document, state_vector },
            Inbound::Update { document, update, touched, answers: false },
            Inbound::QueryAwareness { document },
            Inbound::Close { document },
        ];
        self.note(format!("{role:?} {n} asks for {document}"));
        let up = &mut self.house.devices[n].up;
        up.push_back(opened);
        up.extend(said);
    }

    /// A stock client shows a fresh token for a document that it has open, and asks for nothing.
    fn shows_a_fresh_token(&mut self, n: usize) {
        let open = self.house.devices[n].copies.iter().filter(|(_, copy)| copy.access.is_some());
        let open: Vec<DocumentName> = open.map(|(_, copy)| copy.name).collect();
        if let Some(document) = self.one_of(&open) {
            self.note(format!("{n} shows a fresh token for {document}"));
            let wire = Wire::Named(document.to_string());
            self.house.devices[n].up.push_back(Inbound::Open { document, wire });
        }
    }

    /// A room that was loaded because the disk refused holds, mostly for some time, until the disk takes again.
    fn full_disk(&mut self) {
        if std::mem::replace(&mut self.reloads, self.house.reloads) < self.house.reloads && self.chance(80) {
            self.note("the disk stays full");
            self.house.core.hold();
        } else if self.house.core.holds() && self.chance(15) {
            self.goes_on();
        }
    }

    /// The disk takes again.
    pub(super) fn goes_on(&mut self) {
        self.note("the disk takes again");
        self.house.core.go_on(self.house.now);
        self.house.settle();
    }

    /// The process dies, or the power goes.
    pub(super) fn crash(&mut self) {
        let seed = self.rng.next_u64();
        self.note(format!("crash {seed}"));
        self.house.crash(seed);
    }

    /// The clock of the machine is put right.
    fn clock(&mut self) {
        let hour = 3_600_000;
        let now = self.house.now + self.rng.random_range(0..2 * hour);
        self.house.now = now.saturating_sub(hour);
        self.note(format!("it is {}", self.house.now));
    }

    fn write(&mut self, n: usize, kind: Kind) {
        let words = self.words(self.house.devices[n].attendee);
        self.written_for(kind);
        let key = self.any_key(n, kind, "notes");
        let at = self.rng.random_range(0..20);
        let new = NoteId::from_random(self.draw());
        let row = RowId::from_random(self.draw());
        let what = self.any(10);
        let words = format!("{words}{} ", witness(self.words));
        let is_plan = matches!(kind, Kind::Plan(_));
        match (&key, what) {
            (Some(key), 2..7) if !is_plan => self.witness_typed_in(key),
            _ if is_plan && what < 2 => self.witness_typed_in("contingency"),
            _ if is_plan => self.witness_typed_in(row.as_str()),
            (None, _) | (_, 0..2) => self.witness_typed_in(new.as_str()),
            (Some(key), 9) => self.line_deleted(key),
            _ => {}
        }
        self.note(format!("write {n} {kind} {what} {words}at {at} of {key:?}"));
        let edit = |copy: &Replica| match (what, key) {
            (0..2, _) if is_plan => copy.write_field("contingency", &words),
            _ if is_plan => Some(copy.write_row(row, &words)),
            (0..2, _) | (_, None) => Some(copy.write_note(new, "worried", &words)),
            (2..7, Some(key)) => copy.type_in(&key, at, &words),
            (7, Some(key)) => copy.rub_out(&key, at, 3),
            (8, Some(key)) => copy.set(&key, "section", "working-well"),
            (_, Some(key)) => Some(copy.remove_note(&key)),
        };
        self.edits(n, kind, |device| device.edit(kind, edit));
    }

    fn again(&mut self) {
        if self.requests.is_empty() {
            return;
        }
        let place = self.any(self.requests.len());
        let (n, request) = self.requests[place].clone();
        self.note(format!("again {n} {request:?}"));
        // What was lost the first time is written now.
        let words = format!("{:?}", request.command);
        for (role, missed) in &mut self.missed {
            if self.house.core.conference().here(id(*role)).is_some() {
                missed.retain(|one| !words.contains(one.as_str()));
            }
        }
        self.opens(&request.command);
        self.may_show(&request.command);
        self.carries_out(n, &request);
    }

    fn command(&mut self) {
        let place = self.any(self.people.len());
        let who = self.people[place];
        let chair = if self.chance(80) { Role::Chair } else { who };
        let held = |bytes| HeldId::from_random(bytes);
        let conference = self.house.core.conference();
        let offers: Vec<OfferId> = conference.offers.keys().copied().collect();
        let lines: Vec<HeldId> = conference.held.keys().copied().collect();
        let records: Vec<RecordId> = conference.records.keys().copied().collect();
        let paused = conference.paused;
        let first = self.any_line();
        let row = self.any_key(0, PLAN, "rows").and_then(|key| key.parse::<RowId>().ok());
        let words = self.words(id(who));
        let some = |of: usize, rng: &mut rand::rngs::StdRng| (of > 0).then(|| rng.random_range(0..of.max(1)));
        let offer = some(offers.len(), &mut self.rng).map(|place| offers[place]);
        let line = some(lines.len(), &mut self.rng).map(|place| lines[place]);
        let record = some(records.len(), &mut self.rng).map(|place| records[place]);
        let (role, command) = match self.any(38) {
            28..32 => {
                let goer = GOERS[self.any(GOERS.len())];
                return self.comes_back(goer);
            }
            32..36 => (chair, self.some_opening()),
            36..38 => {
                let (audience, field) = (Audience::All, "contingency".into());
                (chair, Some(Command::TakeOff { what: TakeOff::Field { audience, field } }))
            }
            0..3 => (chair, Some(Command::GivePen { attendee: id(who) })),
            3..5 => (chair, Some(Command::TakePen { attendee: id(who) })),
            5 => (chair, first.map(|note| Command::Hold { note, held: held([self.words as u8; 10]) })),
            6 => {
                let note = NoteId::from_random(self.draw());
                (chair, line.map(|held| Command::Release { held, note, order: "b01".into() }))
            }
            7 => (chair, line.map(|held| Command::DropHeld { held })),
            8..10 => {
                self.kept_back.desk.insert(self.words);
                let what = Offered::Note {
                    section: Some("worried".into()),
                    words,
                    label: None,
                    source: None,
                    children: Vec::new(),
                };
                let offer = OfferId::from_random(self.draw());
                (who, Some(Command::Offer { offer, what, on_behalf_of: None, named: true }))
            }
            10..12 => {
                (chair, offer.map(|offer| Command::Accept { offer, section: None, order: "b02".into() }))
            }
            12 if self.any(2) == 0 => (chair, offer.map(|offer| Command::SetAside { offer })),
            12 => (chair, offer.map(|offer| Command::Decline { offer })),
            13 => (who, offer.map(|offer| Command::Withdraw { offer })),
            14..16 => (chair, first.map(|note| Command::TakeOff { what: TakeOff::Note { note } })),
            16 if self.any(3) == 0 => return self.takes_an_offer_off(),
            16 => (chair, row.map(|row| Command::TakeOff { what: TakeOff::Row { row } })),
            17 => (chair, Some(if paused { Command::Resume } else { Command::Pause })),
            18 => (chair, Some(Command::Convene)),
            19 => {
                let phase = ["reading-time", "convene", "mapping", "the-plan"][self.any(4)];
                (chair, Some(Command::OpenPhase { phase: phase.into() }))
            }
            20 => (who, Some(Command::Ask { what: Ask::Speak })),
            21 => {
                let (record, note) = (RecordId::from_random(self.draw()), NoteId::from_random(self.draw()));
                let (section, order) = ("views".into(), "b03".into());
                let speaker = "the father".into();
                let (replaces, was) = (None, None);
                let quote = Command::Quote { record, note, section, order, words, speaker, replaces, was };
                (chair, Some(quote))
            }
            22 => (chair, record.map(|record| Command::ReadBack { record })),
            23 | 24 => {
                let goer = GOERS[self.any(GOERS.len())];
                (chair, Some(Command::EndPart { attendee: id(goer) }))
            }
            _ => {
                let whose = [Role::Observer, Role::Police, Role::Wall][self.any(3)];
                let ejects = self.chance(30);
                (chair, ejects.then(|| Command::Eject { attendee: id(whose) }))
            }
        };
        let Some(command) = command else { return };
        self.opens(&command);
        self.asks(self.house.of(role), command);
    }

    /// A line of any board.
    fn any_line(&mut self) -> Option<NoteId> {
        let boards = self.house.core.documents.iter().filter(|(kind, _)| matches!(kind, Kind::Board(_)));
        let lines: Vec<NoteId> =
            boards.flat_map(|(_, live)| live.document.notes()).map(|note| note.id).collect();
        self.one_of(&lines)
    }

    /// Somebody who is out is let in again with another device.
    fn comes_back(&mut self, role: Role) {
        if !self.is_out(role) {
            return;
        }
        self.note(format!("{role:?} comes back"));
        let attendee = id(role);
        let way_in = WayIn { secret_hash: "ab".repeat(32), pin: "12345678".into() };
        self.asks_the_chair(Command::Reissue { attendee, way_in });
        let token = TokenHash(std::array::from_fn(|_| self.rng.random()));
        let Some(session) = self.house.enter(attendee, token) else { return };
        self.asks_the_chair(Command::Admit { attendee, device: Some(session.device), person: None });
        let n = self.house.add_device(session, token);
        self.house.link(n);
    }

    fn asks_the_chair(&mut self, command: Command) {
        self.asks(self.house.of(Role::Chair), command);
        self.house.settle();
    }

    /// One or two lines that leave somebody out who is here.
    fn some_opening(&mut self) -> Option<Command> {
        let role = GOERS[self.any(GOERS.len())];
        let conference = self.house.core.conference();
        let documents = self.house.core.documents.iter();
        let lines: Vec<Line> = documents
            .filter(
                |(kind, _)| matches!(kind, Kind::Board(of) if conference.without(*of).contains(&id(role))),
            )
            .flat_map(|(_, live)| live.document.notes())
            .map(|note| Line::Note { note: note.id })
            .collect();
        let from = (!lines.is_empty()).then(|| self.any(lines.len()))?;
        let lines = lines.into_iter().skip(from).take(2).collect();
        Some(Command::Open { attendee: id(role), lines })
    }

    /// What is opened to somebody may reach them.
    fn opens(&mut self, command: &Command) {
        let Command::Open { attendee, lines } = command else { return };
        let core = &self.house.core;
        for line in lines {
            let Line::Note { note } = line else { continue };
            for note in core.documents.values().filter_map(|live| live.document.note(*note)) {
                let words = match note.words {
                    Words::Written(words) => words,
                    Words::Kept(record) => core
                        .conference()
                        .records
                        .get(&record)
                        // Who said it is opened with it.
                        .map(|kept| format!("{} {:?}", kept.words, kept.speaker))
                        .unwrap_or_default(),
                };
                for (_, missed) in self.missed.iter_mut().filter(|(role, _)| id(**role) == *attendee) {
                    missed.retain(|one| !words.contains(one.as_str()));
                }
            }
        }
    }
}
