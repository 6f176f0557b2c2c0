//! What each command does: from the conference as it is to the conference as it will be, or a refusal.
//!
//! A command works on a copy of the state; the room takes the copy only when nothing was refused, so a refused command
//! changes nothing. Documents are changed through [`Edit`]s, which the room carries out in the same commit.

mod desk;
mod in_hand;
mod lines;
pub(super) mod offers;
mod own;
pub(super) mod parts;
pub(super) mod people;
mod rewording;
pub(super) mod rounds;
mod rows;
mod signals;

use crate::meeting::{
    attendee::{Attendee, TokenHash},
    conference::{Conference, Millis},
    sheet::{Note, PlanRow},
};
use protocol::{
    command::{Command, Refusal},
    document::{Audience, Kind},
    id::{AttendeeId, NoteId, RowId},
    limits::{NAME_BYTES, WORDS_BYTES},
    people::Role,
    scan::Span,
};
use rand::{Rng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};

/// What the edge worked out beside a command, because it costs time or knows the outside.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// Argon2id of the PIN, for a new way in.
    pub pin: Option<String>,
    /// The wall's session, for pairing; none = nobody shows that code.
    pub wall: Option<TokenHash>,
    /// Who had what may be taken off in front of them: the room knows it, the state does not.
    pub had: BTreeSet<AttendeeId>,
}

/// Everything a command may know besides the state.
pub struct Context<'a> {
    /// Whose command it is.
    pub by: AttendeeId,
    /// On which device.
    pub device: u32,
    /// Now.
    pub now: Millis,
    /// Source of ids.
    pub rng: &'a mut StdRng,
    /// From the edge.
    pub prepared: Prepared,
    /// The sheets as they are.
    pub sheets: &'a dyn Sheets,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("by", &self.by).field("now", &self.now).finish_non_exhaustive()
    }
}

/// Reading lines and rows that people write.
pub trait Sheets {
    /// A line and the audience that sees it.
    fn note(&self, id: NoteId) -> Option<(Audience, Note)>;
    /// A row and the audience that sees it.
    fn row(&self, id: RowId) -> Option<(Audience, PlanRow)>;
    /// Whether words can be written into a cell of a row.
    fn takes_words(&self, id: RowId, column: &str) -> bool;
    /// All lines of an audience.
    fn notes(&self, audience: Audience) -> Vec<Note>;
    /// All rows of an audience.
    fn rows(&self, audience: Audience) -> Vec<PlanRow>;
    /// Words of the plan's fixed fields in an audience.
    fn fields(&self, audience: Audience) -> BTreeMap<String, String>;
    /// Clocks of the words of a written line, of whatever was ever typed in it.
    fn text_of(&self, id: NoteId) -> Option<Vec<Span>>;
    /// Whose letters stand in a line now, by the bindings of its document; none of them = the server's. None where that
    /// cannot be told.
    fn writers_of_note(&self, id: NoteId) -> Option<BTreeSet<Option<AttendeeId>>>;
    /// The same for all cells of a row.
    fn writers_of_row(&self, id: RowId) -> Option<BTreeSet<Option<AttendeeId>>>;
}

/// A change of a document that goes with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A line appears.
    PutNote(Audience, Note),
    /// A line goes from sight; its words stay in the document's history.
    RemoveNote(Audience, NoteId),
    /// A line is struck through.
    StrikeNote(Audience, NoteId),
    /// A row appears.
    PutRow(Audience, PlanRow),
    /// The document is rebuilt under its next edition, without this line, and the old one is destroyed (P4).
    RebuildBoard(Audience, NoteId),
    /// As above, without this row.
    RebuildPlan(Audience, RowId),
    /// As above, with no words in this fixed field.
    EmptyField(Audience, String),
    /// The board is rebuilt under its next edition without these lines, which now stand elsewhere (P5).
    PartBoard(Audience, Vec<NoteId>),
    /// The plan, without these rows and without the words of these fields.
    PartPlan(Audience, Vec<RowId>, Vec<String>),
    /// The record, from the state.
    PartRecord(Audience),
    /// A server-written document is rebuilt from the state.
    Rebuild(Kind),
    /// Words at the end of a fixed field of the plan, which is made if it is not there.
    WriteField(Audience, String, String),
    /// Words at the end of a cell of a row, by its column, on a line of their own.
    WriteCell(Audience, RowId, String, String),
}

impl Edit {
    /// The document it changes.
    pub fn kind(&self) -> Kind {
        match self {
            Self::PutNote(audience, _)
            | Self::RemoveNote(audience, _)
            | Self::StrikeNote(audience, _)
            | Self::RebuildBoard(audience, _)
            | Self::PartBoard(audience, _) => Kind::Board(*audience),
            Self::PutRow(audience, _)
            | Self::RebuildPlan(audience, _)
            | Self::EmptyField(audience, _)
            | Self::PartPlan(audience, _, _)
            | Self::WriteField(audience, _, _)
            | Self::WriteCell(audience, _, _, _) => Kind::Plan(*audience),
            Self::PartRecord(audience) => Kind::Record(*audience),
            Self::Rebuild(kind) => *kind,
        }
    }
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// For programs.
    pub code: Refusal,
    /// For people.
    pub why: &'static str,
}

type Done = Result<Vec<Edit>, Refused>;

fn refused<T>(code: Refusal, why: &'static str) -> Result<T, Refused> {
    Err(Refused { code, why })
}

fn not_yours<T>(why: &'static str) -> Result<T, Refused> {
    refused(Refusal::NotYours, why)
}

fn not_there<T>(why: &'static str) -> Result<T, Refused> {
    refused(Refusal::NotThere, why)
}

fn not_now<T>(why: &'static str) -> Result<T, Refused> {
    refused(Refusal::NotNow, why)
}

fn bad_input<T>(why: &'static str) -> Result<T, Refused> {
    refused(Refusal::BadInput, why)
}

impl Context<'_> {
    fn draw(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }
}

/// Carries a command out on `conference`, which is the room's copy. What it changes of a document that is set aside
/// cannot be kept: such a command is refused whole.
///
/// # Errors
/// The refusal, in words that say what to do next. The copy must then be dropped.
pub fn carry_out(conference: &mut Conference, context: &mut Context<'_>, command: &Command) -> Done {
    let edits = dispatch(conference, context, command)?;
    if edits.iter().any(|edit| conference.set_aside.contains(&edit.kind())) {
        return not_now(
            "This sheet is set aside: the disk has damaged it. Ask who runs the service to restore it.",
        );
    }
    Ok(edits)
}

fn dispatch(conference: &mut Conference, context: &mut Context<'_>, command: &Command) -> Done {
    let Some(me) = conference.here(context.by).cloned() else {
        return not_yours("You are not in this conference at the moment.");
    };
    if conference.closed && !matches!(command, Command::Leave) {
        return not_now("The conference is closed. Nothing can be changed any more.");
    }
    if me.person.role == Role::Wall && !matches!(command, Command::Leave) {
        return not_yours("A wall has no voice.");
    }
    use Command as C;
    match command {
        C::Invite { .. }
        | C::Reissue { .. }
        | C::Seat { .. }
        | C::Admit { .. }
        | C::AdmitAs { .. }
        | C::EndPart { .. } => {
            desk_only(&me)?;
            people::at_the_door(conference, context, command)
        }
        C::Eject { .. } | C::GivePen { .. } | C::PairWall { .. } => {
            leads(&me)?;
            people::at_the_door(conference, context, command)
        }
        C::TakePen { attendee } => {
            if *attendee != context.by {
                leads(&me)?;
            }
            people::at_the_door(conference, context, command)
        }
        C::Leave => people::leave(conference, context),
        C::CorrectName { .. } | C::Move { .. } => people::correct(conference, context, &me, command),
        C::OpenPhase { .. }
        | C::Convene
        | C::Focus { .. }
        | C::ShowPrompt { .. }
        | C::Pause
        | C::Resume
        | C::Recording { .. }
        | C::Close => desk::chairing(conference, context, &me, command),
        C::CallOn { .. }
        | C::Speaking { .. }
        | C::Spoke { .. }
        | C::Park { .. }
        | C::Unpark { .. }
        | C::Check { .. }
        | C::Agree { .. }
        | C::WhoHad { .. }
        | C::HidePlaces { .. } => in_hand::keep(conference, context, &me, command),
        C::OpenRound { .. }
        | C::AdmitToRound { .. }
        | C::VoidRound { .. }
        | C::CloseRound { .. }
        | C::RevealRound { .. }
        | C::FamilyChoice { .. } => rounds::chairing(conference, &me, command),
        C::AskNote { .. } | C::AskNoteFor { .. } => unreachable!("answered by the room: no state changes"),
        C::PutBack { note } => {
            leads(&me)?;
            rewording::put_back(conference, context, *note)
        }
        C::WriteHeld { .. }
        | C::Hold { .. }
        | C::Release { .. }
        | C::RewriteHeld { .. }
        | C::DropHeld { .. }
        | C::Accept { .. }
        | C::Decline { .. }
        | C::SetAside { .. } => {
            leads(&me)?;
            lines::on_the_desk(conference, context, command)
        }
        C::Open { attendee, lines } => {
            leads(&me)?;
            parts::open(conference, context, *attendee, lines)
        }
        C::Offer { .. } | C::Withdraw { .. } => offers::offer(conference, context, &me, command),
        C::Quote { .. } | C::Requote { .. } | C::ReadBack { .. } | C::Speaker { .. } => {
            if !me.writes() {
                return not_yours("Only who holds a pen can write down a quote.");
            }
            lines::quote(conference, context, command)
        }
        C::Reword { .. } | C::AnswerWords { .. } => rewording::reword(conference, context, &me, command),
        C::Answer { row, answer } => own::answer(conference, context, *row, *answer),
        C::TakeOff { what } => lines::take_off(conference, context, &me, what),
        C::Ask { .. } | C::Unask { .. } => signals::ask(conference, context, &me, command),
    }
}

fn desk_only(me: &Attendee) -> Result<(), Refused> {
    if me.person.role.has_desk() { Ok(()) } else { not_yours("Only the desk can do this. Ask the chair.") }
}

fn leads(me: &Attendee) -> Result<(), Refused> {
    if me.person.role.leads() { Ok(()) } else { not_yours("Only the chair can do this.") }
}

/// Words that will stand somewhere: not empty, not endless, no control characters but line ends.
fn words(text: &str) -> Result<String, Refused> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return bad_input("There are no words yet.");
    }
    if trimmed.len() > WORDS_BYTES {
        return bad_input("That is too long for one line. Please send it in parts.");
    }
    if trimmed.chars().any(|letter| letter.is_control() && letter != '\n') {
        return bad_input("There are letters in it that cannot be shown. Please type it again.");
    }
    Ok(trimmed.to_owned())
}

/// A name, a role in words, a code: one short line.
pub(in crate::room) fn short(text: &str) -> Result<String, Refused> {
    let text = words(text)?;
    if text.len() > NAME_BYTES || text.contains('\n') {
        return bad_input("That is too long. Please use a few words.");
    }
    Ok(text)
}

/// A fractional key as clients make it: digits and letters, bounded.
fn order(key: &str) -> Result<String, Refused> {
    if key.is_empty() || key.len() > 64 || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return bad_input("The place for this line could not be read. Please try again.");
    }
    Ok(key.to_owned())
}

fn section(conference: &Conference, key: &str) -> Result<String, Refused> {
    if conference.takes_lines(key) {
        Ok(key.to_owned())
    } else {
        not_there("There is no such section on the sheets of this framework.")
    }
}
