//! One of each command, with a text in every field that takes one.

use flipchart_tests::draw;
use protocol::{
    command::*,
    document::Audience,
    id::{AttendeeId, ChildId, HeldId, NoteId, OfferId, RecordId, RowId, TopicId},
    people::{Place, Role},
    rounds::{FamilyChoice, NewRound},
};

/// None of them ends anybody's part here: what they name is not there.
pub fn of_each_command(child: ChildId) -> Vec<Command> {
    let attendee: AttendeeId = draw();
    let (held, note, offer): (HeldId, NoteId, OfferId) = (draw(), draw(), draw());
    let (record, topic, row): (RecordId, TopicId, RowId) = (draw(), draw(), draw());
    let round = draw();
    let text = || "text".to_owned();
    let way_in = || WayIn { secret_hash: "00".repeat(32), pin: "12345678".into() };
    let person =
        Person { name: text(), role: Role::Gp, words: text(), agency: Some(text()), place: Place::Room };
    let offers = |what| Command::Offer {
        offer: draw(),
        what,
        on_behalf_of: Some(Named::Attendee { attendee }),
        named: true,
    };
    let offered = Offered::Note {
        section: Some(text()),
        words: text(),
        label: Some(Label::Fact),
        source: Some(text()),
        children: vec![draw()],
    };
    let cells = [("task".to_owned(), text())].into();
    let who = vec![Doer::Words(text()), Doer::Attendee(attendee)];
    let when = When { date: Some("2026-12-14".into()), words: Some(text()) };
    let strikes = Some(Strikes { note, order: text() });
    let screen = Screen { height_mm: 1, distance_mm: 1 };
    let question = Some(text());
    let new =
        NewRound { round, child, question, low_words: Some(text()), high_words: Some(text()), minimum: None };
    vec![
        Command::Invite { attendee, person: person.clone(), way_in: Some(way_in()) },
        Command::Reissue { attendee, way_in: way_in() },
        Command::Seat { attendee },
        Command::Admit { attendee, device: None, person: Some(person) },
        Command::AdmitAs { attendee, becomes: draw() },
        Command::Eject { attendee },
        Command::EndPart { attendee },
        Command::OpenPhase { phase: text() },
        Command::GivePen { attendee },
        Command::TakePen { attendee },
        Command::WriteHeld { held, section: text(), words: text() },
        Command::Hold { note, held },
        Command::Release { held, note, order: text() },
        Command::RewriteHeld { held, words: text(), was: None },
        Command::DropHeld { held },
        Command::Open {
            attendee,
            lines: vec![Line::Note { note }, Line::Row { row }, Line::Field { field: text() }],
        },
        offers(offered),
        offers(Offered::Row { cells, who, when }),
        offers(Offered::Change { row, words: text() }),
        Command::Withdraw { offer },
        Command::Accept { offer, section: Some(text()), order: text() },
        Command::Decline { offer },
        Command::SetAside { offer },
        Command::PutBack { note },
        Command::Quote {
            record,
            note,
            section: text(),
            order: text(),
            words: text(),
            speaker: text(),
            replaces: Some(draw()),
            was: None,
        },
        Command::Requote { record, words: text() },
        Command::ReadBack { record },
        Command::Reword { record, words: text(), strikes, ask: Some(attendee) },
        Command::Speaker { record, speaker: text() },
        Command::AnswerWords { record, yes: true },
        Command::WhoHad { what: TakeOff::Field { audience: Audience::All, field: text() } },
        Command::TakeOff { what: TakeOff::Note { note } },
        Command::TakeOff { what: TakeOff::Row { row } },
        Command::TakeOff { what: TakeOff::Offer { offer } },
        Command::CorrectName { whose: Whose::Child { child: draw(), first_name: text() }, name: text() },
        Command::CorrectName { whose: Whose::Attendee { attendee }, name: text() },
        Command::Move { attendee, place: Place::Call },
        Command::Answer { row, answer: Some(RowAnswer::Do) },
        Command::Focus { focus: Focus { section: text(), page: 1, follows: true } },
        Command::ShowPrompt { prompt: Some(99) },
        Command::PairWall { code: text(), attendee, name: text(), screen },
        Command::CallOn { attendee: Some(attendee) },
        Command::Speaking { order: vec![attendee] },
        Command::Spoke { attendee, spoke: true },
        Command::Park { topic, words: text() },
        Command::Unpark { topic },
        Command::Agree { answer: Agreement::Agree, more: Some(text()) },
        Command::HidePlaces { from: vec![Audience::Family] },
        Command::Ask { what: Ask::Speak },
        Command::Unask { attendee, what: Ask::Speak },
        Command::Recording { kept: Some(text()) },
        Command::OpenRound { new },
        Command::AskNote { round, blinded: "ab".repeat(256) },
        Command::AskNoteFor { round, attendee, blinded: "ab".repeat(256) },
        Command::AdmitToRound { round, attendee },
        Command::VoidRound { round },
        Command::CloseRound { round },
        Command::RevealRound { round },
        Command::FamilyChoice { attendee, choice: Some(FamilyChoice::Pad) },
        // They carry nothing, so nothing is put into them and they are not sent.
        Command::Leave,
        Command::Convene,
        Command::Check { open: false },
        Command::Pause,
        Command::Resume,
        Command::Close,
    ]
}
