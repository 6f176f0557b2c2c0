//! What a desk of a simulated conference keeps in hand, and words that are locked.

use super::Simulation;
use crate::{
    meeting::{conference::RecordKind, sheet::Words},
    room::core::tests::house::id,
};
use protocol::{
    command::{Agreement, Ask, Command, Focus, Named, Offered, Strikes, TakeOff, Whose},
    document::{Audience, Kind},
    id::{AttendeeId, HeldId, NoteId, OfferId, RecordId, RowId, TopicId},
    people::{Place, Role, Standing},
};

impl Simulation {
    /// Who speaks, what waits, what is asked of all, where people are.
    pub(super) fn keeps_in_hand(&mut self) {
        match self.any(22) {
            0 => {
                let section = ["worried", "plan", "join"][self.any(3)].into();
                let focus = Focus { section, page: 1 + self.any(3) as u32, follows: self.chance(50) };
                self.chair(Some(Command::Focus { focus }));
            }
            1 => self.chair(Some(Command::ShowPrompt { prompt: None })),
            2 => {
                let attendee = self.any_of(|_, _| true).filter(|_| self.chance(80));
                self.chair(Some(Command::CallOn { attendee }));
            }
            3 => {
                let order = self.any_of(|role, _| role != Role::Wall).into_iter().collect();
                self.chair(Some(Command::Speaking { order }));
            }
            4 => {
                let spoke = self.chance(70);
                let who = self.any_of(|role, _| role != Role::Wall);
                self.chair(who.map(|attendee| Command::Spoke { attendee, spoke }));
            }
            5 | 6 => {
                let words = self.desk_words();
                let topic = TopicId::from_random(self.draw());
                self.chair(Some(Command::Park { topic, words }));
            }
            7 => {
                let topics: Vec<_> = self.house.core.conference().in_hand.parked.keys().copied().collect();
                let topic = self.one_of(&topics);
                self.chair(topic.map(|topic| Command::Unpark { topic }));
            }
            8 => {
                let is_open =
                    self.house.core.conference().in_hand.check.as_ref().is_some_and(|check| check.open);
                let open = if self.chance(80) { !is_open } else { is_open };
                self.chair(Some(Command::Check { open }));
            }
            9..12 => {
                let check = self.house.core.conference().in_hand.check.as_ref();
                if !check.is_some_and(|check| check.open) {
                    return self.chair(Some(Command::Check { open: true }));
                }
                let answer = [Agreement::Agree, Agreement::Unsure, Agreement::Differ][self.any(3)];
                let more = self.chance(60).then(|| self.desk_words());
                let n = self.any(self.house.devices.len());
                self.asks(n, Command::Agree { answer, more });
            }
            12 => {
                let from = [vec![], vec![Audience::Family], vec![Audience::All]][self.any(3)].clone();
                self.chair(Some(Command::HidePlaces { from }));
            }
            13 => {
                let whom = self.any_of(|_, standing| standing == Standing::Here);
                let n = self.any(self.house.devices.len());
                if self.chance(50) {
                    self.chair(whom.map(|attendee| Command::Unask { attendee, what: Ask::Speak }));
                } else if let Some(attendee) = whom {
                    self.asks(n, Command::Unask { attendee, what: Ask::Speak });
                }
            }
            14 => {
                let kept = self.chance(50).then(|| "on the office's own server".to_owned());
                self.chair(Some(Command::Recording { kept }));
            }
            15 => {
                let what = self.something_that_stands();
                self.chair(what.map(|what| Command::WhoHad { what }));
            }
            16..19 => {
                let place = if self.chance(50) { Place::Room } else { Place::Call };
                if self.chance(50) {
                    let whom = self.any_of(|role, _| role != Role::Wall);
                    self.chair(whom.map(|attendee| Command::Move { attendee, place }));
                } else {
                    let n = self.any(self.house.devices.len());
                    let attendee = self.house.devices[n].attendee;
                    self.asks(n, Command::Move { attendee, place });
                }
            }
            19 | 20 => self.admits_as(),
            _ => {
                let child = self.house.core.conference().children[0].id;
                let whose = Whose::Child { child, first_name: "Lena".into() };
                self.chair(Some(Command::CorrectName { whose, name: "Name of a child".into() }));
            }
        }
    }

    /// A stranger turns out to be somebody who is expected or out.
    fn admits_as(&mut self) {
        let people = &self.house.core.conference().people;
        let knocked =
            people.iter().filter(|(_, who)| who.standing == Standing::Waiting && who.way_in.is_none());
        let knocked: Vec<AttendeeId> = knocked.map(|(attendee, _)| *attendee).collect();
        let becomes = self.any_of(|role, _| !role.has_desk() && role != Role::Wall);
        if let (Some(attendee), Some(becomes)) = (self.one_of(&knocked), becomes) {
            self.chair(Some(Command::AdmitAs { attendee, becomes }));
        }
    }

    /// Words that are not anybody's line any more, or not yet.
    pub(super) fn locked_words(&mut self) {
        let shown: Vec<(NoteId, RecordId)> = self.shown_records();
        match self.any(16) {
            0..2 => {
                let note = self.one_of(&shown).map(|(note, _)| note);
                self.chair(note.map(|note| Command::PutBack { note }));
            }
            2..6 => self.rewords(&shown),
            6..9 => {
                let asked = &self.house.core.conference().in_hand.rewordings;
                let asked: Vec<_> = asked.iter().map(|(record, asked)| (*record, asked.of)).collect();
                let Some((record, of)) = self.one_of(&asked) else { return };
                let yes = self.chance(75);
                match self.house.devices.iter().position(|device| device.attendee == of) {
                    Some(n) if self.chance(70) => self.asks(n, Command::AnswerWords { record, yes }),
                    _ => self.chair(Some(Command::AnswerWords { record, yes })),
                }
            }
            9 => {
                let speaker = self.words(id(Role::Chair));
                let record = self.one_of(&shown).map(|(_, record)| record);
                self.chair(record.map(|record| Command::Speaker { record, speaker }));
            }
            10 | 11 => {
                let held: Vec<HeldId> = self.house.core.conference().held.keys().copied().collect();
                let words = self.desk_words();
                let held = self.one_of(&held);
                self.chair(held.map(|held| Command::RewriteHeld { held, words, was: None }));
            }
            12..15 => self.changes_a_row(),
            _ => self.types_for_somebody(),
        }
    }

    /// Words about a row are offered, or written into it.
    fn changes_a_row(&mut self) {
        let offers = self.house.core.conference().offers.iter();
        let changes =
            offers.filter(|(_, offer)| offer.is_open() && matches!(offer.what, Offered::Change { .. }));
        let changes: Vec<OfferId> = changes.map(|(offer, _)| *offer).collect();
        if let Some(offer) = self.one_of(&changes).filter(|_| self.chance(60)) {
            self.chair(Some(Command::Accept { offer, section: None, order: "b06".into() }));
        } else if let Some(row) = self.one_of(&self.rows()) {
            let what = Offered::Change { row, words: self.desk_words() };
            let (n, named) = (self.any(self.house.devices.len()), self.chance(50));
            let offer = OfferId::from_random(self.draw());
            self.asks(n, Command::Offer { offer, what, on_behalf_of: None, named });
        }
    }

    /// Words are offered for somebody else: by whoever is there to do so, or by whoever tries.
    fn types_for_somebody(&mut self) {
        let child = self.house.core.conference().children[0].id;
        let typists = self.house.devices.iter().enumerate().filter(|(_, device)| {
            let who = self.house.core.conference().people.get(&device.attendee);
            who.is_some_and(|who| who.person.role.types_for_others())
        });
        let typists: Vec<usize> = typists.map(|(n, _)| n).collect();
        let n = self.one_of(&typists).unwrap_or_else(|| self.any(self.house.devices.len()));
        let on_behalf_of = match self.any_of(|role, standing| role.offers() && standing == Standing::Here) {
            Some(attendee) if self.chance(70) => Named::Attendee { attendee },
            _ => Named::Child { child },
        };
        let words = self.desk_words();
        let section = Some("worried".into());
        let what = Offered::Note { section, words, label: None, source: None, children: Vec::new() };
        let offer = OfferId::from_random(self.draw());
        let named = self.chance(50);
        self.asks(n, Command::Offer { offer, what, on_behalf_of: Some(on_behalf_of), named });
    }

    fn rewords(&mut self, shown: &[(NoteId, RecordId)]) {
        let Some((note, record)) = self.one_of(shown) else { return };
        let kept = self.house.core.conference().records.get(&record).cloned();
        if kept.as_ref().is_some_and(|kept| kept.kind == RecordKind::Quote && !kept.read_back)
            && self.chance(80)
        {
            self.chair(Some(Command::ReadBack { record }));
            return;
        }
        let owner = kept.and_then(|kept| kept.owner);
        let words = self.desk_words();
        let strikes = self.chance(50).then(|| Strikes { note, order: "b05".into() });
        let somebody = self.any_of(|role, standing| role != Role::Wall && standing == Standing::Here);
        let ask = owner.or(somebody).filter(|_| self.chance(70));
        self.chair(Some(Command::Reword { record, words, strikes, ask }));
    }

    /// Something that can be taken off, wherever it stands.
    fn something_that_stands(&mut self) -> Option<TakeOff> {
        let documents = self.house.core.documents.iter();
        let mut all: Vec<TakeOff> = documents
            .filter(|(kind, _)| matches!(kind, Kind::Board(_)))
            .flat_map(|(_, live)| live.document.notes())
            .map(|note| TakeOff::Note { note: note.id })
            .collect();
        all.extend(self.rows().into_iter().map(|row| TakeOff::Row { row }));
        all.extend(self.house.core.conference().offers.keys().map(|offer| TakeOff::Offer { offer: *offer }));
        self.one_of(&all)
    }

    /// An offer is taken off: by the desk, or by whoever sent it.
    pub(super) fn takes_an_offer_off(&mut self) {
        let offers = self.house.core.conference().offers.iter();
        let offers: Vec<_> = offers.map(|(offer, found)| (*offer, found.by)).collect();
        let Some((offer, by)) = self.one_of(&offers) else { return };
        let what = TakeOff::Offer { offer };
        match self.house.devices.iter().position(|device| device.attendee == by) {
            Some(n) if self.chance(50) => self.asks(n, Command::TakeOff { what }),
            _ => self.chair(Some(Command::TakeOff { what })),
        }
    }

    /// Lines that show words of a record.
    fn shown_records(&self) -> Vec<(NoteId, RecordId)> {
        let boards = self.house.core.documents.iter().filter(|(kind, _)| matches!(kind, Kind::Board(_)));
        let lines = boards.flat_map(|(_, live)| live.document.notes());
        lines
            .filter_map(|note| match note.words {
                Words::Kept(record) => Some((note.id, record)),
                Words::Written(_) => None,
            })
            .collect()
    }

    fn rows(&self) -> Vec<RowId> {
        let plans = self.house.core.documents.iter().filter(|(kind, _)| matches!(kind, Kind::Plan(_)));
        plans.flat_map(|(_, live)| live.document.rows()).map(|row| row.id).collect()
    }

    pub(super) fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        if all.is_empty() { None } else { Some(all[self.any(all.len())].clone()) }
    }
}
