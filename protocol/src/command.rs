//! What a person asks the service to do. Commands go up by HTTP; what they change comes down in documents.
//!
//! Every command carries a [`CommandId`] made by the client: a repeat gets the same answer and has no second effect
//! (SPEC HTTP1). The server alone decides; the doc line of each variant says who may do it and when.

use crate::{
    document::Audience,
    id::{AttendeeId, CommandId, HeldId, NoteId, OfferId, RecordId, RoundId, RowId, TopicId},
    people::Place,
};
pub use crate::{
    operands::{
        Agreement, Ask, Doer, Focus, Label, Line, Named, Offered, Person, RowAnswer, Screen, Strikes,
        TakeOff, WayIn, When, Whose,
    },
    outcome::{Outcome, Refusal, Wait},
    rounds::{FamilyChoice, NewRound},
};
use serde::{Deserialize, Serialize};

/// One command of one attendee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Request {
    /// Made by the client, once.
    pub id: CommandId,
    /// What to do.
    pub command: Command,
}

/// Everything that can be asked of a conference. "Desk" means chair, co-chair and business support; "lead" means chair
/// and co-chair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// Desk, before close: a person is expected. With `way_in` they get a personal link.
    Invite {
        /// Id of the new attendee.
        attendee: AttendeeId,
        /// Who it is.
        person: Person,
        /// Personal link, if they have a device.
        way_in: Option<WayIn>,
    },
    /// Desk: a new personal link for somebody; the old link and its lock end.
    Reissue {
        /// Whose link.
        attendee: AttendeeId,
        /// The new one.
        way_in: WayIn,
    },
    /// Desk: somebody without a device sits in the room and counts (P15). Undone by `end-part`.
    Seat {
        /// Who has come.
        attendee: AttendeeId,
    },
    /// Desk, while they wait: let them in, as the person named. For a device that knocked with the room's code the
    /// desk says who it is; for a second device of somebody who is here (`device`), that device only.
    Admit {
        /// Who waits.
        attendee: AttendeeId,
        /// Which device of theirs, when they are here already.
        device: Option<u32>,
        /// Who they are, where the desk knows better than the door.
        person: Option<Person>,
    },
    /// Desk, while they wait: a device that knocked with the room's code is that of somebody who is expected or here. It
    /// becomes theirs, so that nobody is on the list twice.
    AdmitAs {
        /// Who knocked.
        attendee: AttendeeId,
        /// Who they are.
        becomes: AttendeeId,
    },
    /// Lead: not let in, or sent out; every device of theirs within a second.
    Eject {
        /// Who goes.
        attendee: AttendeeId,
    },
    /// Desk: their part has ended; their devices clear and say thank you (P5).
    EndPart {
        /// Whose part.
        attendee: AttendeeId,
    },
    /// Oneself: go away. Ends the session on this device and tells the desk.
    Leave,
    /// Lead: open a phase of the framework, forwards or back.
    OpenPhase {
        /// Key of the phase.
        phase: String,
    },
    /// Lead, once: the conference begins. Attendance is noted, the recording notice is shown.
    Convene,
    /// Lead: a pen for somebody (adds one; the chair's stays, P22).
    GivePen {
        /// Who may write now.
        attendee: AttendeeId,
    },
    /// Lead, or the holder: the pen comes back.
    TakePen {
        /// Whose pen.
        attendee: AttendeeId,
    },
    /// Lead: a new line that waits on the desk, in no document of others.
    WriteHeld {
        /// Id of the line.
        held: HeldId,
        /// Where it will stand.
        section: String,
        /// Its words.
        words: String,
    },
    /// Lead: a line of the board goes back to the desk. It has been sent; it is shown no more.
    Hold {
        /// The line.
        note: NoteId,
        /// Its id on the desk.
        held: HeldId,
    },
    /// Lead: a held line goes to the board.
    Release {
        /// The line on the desk.
        held: HeldId,
        /// Its id on the board.
        note: NoteId,
        /// Place among the others: a fractional key.
        order: String,
    },
    /// Lead: a held line that was written reads differently.
    RewriteHeld {
        /// The line on the desk.
        held: HeldId,
        /// Its words.
        words: String,
        /// Its words as the sender had them: where it reads otherwise by now, nothing is changed (SPEC SYNC15).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        was: Option<String>,
    },
    /// Lead: drop a held line.
    DropHeld {
        /// The line on the desk.
        held: HeldId,
    },
    /// Lead, when somebody is back: lines that were written while they were out are opened to them (P5), or none is and
    /// the desk asks no more. A contingency is opened by a command of its own (P2).
    Open {
        /// Who may read them from now on.
        attendee: AttendeeId,
        /// Which.
        lines: Vec<Line>,
    },
    /// Whoever may offer (family, professionals; supporter, advocate and business support for a named person).
    Offer {
        /// Made by the client, so that it can be sent again.
        offer: OfferId,
        /// What is offered.
        what: Offered,
        /// For whom it is typed, if not for oneself: somebody who is here, or for a child's advocate the child.
        on_behalf_of: Option<Named>,
        /// Whether the author's name stands beside it once accepted (P17).
        named: bool,
    },
    /// Its author, until it stands on a sheet: take it back.
    Withdraw {
        /// Which.
        offer: OfferId,
    },
    /// Lead: an offered note goes to the board in its own words, an offered row or change to the plan.
    Accept {
        /// Which.
        offer: OfferId,
        /// Where a note goes, if elsewhere than offered: key of a section. For a change, the column of the plan into
        /// whose cell its words are written; none = the first that holds words.
        section: Option<String>,
        /// Place among the others: a fractional key.
        order: String,
    },
    /// Lead: not written up; its author is told quietly "to talk about".
    Decline {
        /// Which.
        offer: OfferId,
    },
    /// Lead: it is not taken up. It leaves the desk; its author alone is told.
    SetAside {
        /// Which.
        offer: OfferId,
    },
    /// Lead: an accepted note goes back to the offered ones, a quote that is still open to a line that was written. It
    /// has been shown; what stands is as if it had not.
    PutBack {
        /// The line.
        note: NoteId,
    },
    /// Lead or pen holder: somebody's own words, to be read back (P21).
    Quote {
        /// Id of the words.
        record: RecordId,
        /// Id of the line that shows them.
        note: NoteId,
        /// Key of the section.
        section: String,
        /// Place among the others.
        order: String,
        /// Verbatim.
        words: String,
        /// Who said it, in words that everybody may read ("the social worker").
        speaker: String,
        /// A written line whose place the quote takes.
        replaces: Option<NoteId>,
        /// Its words as the sender had them: where it reads otherwise by now, nothing is changed (SPEC SYNC15).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[ts(optional)]
        was: Option<String>,
    },
    /// Lead or pen holder: change a quote that has not been read back yet.
    Requote {
        /// Which.
        record: RecordId,
        /// Verbatim.
        words: String,
    },
    /// Lead or pen holder: it has been read back and is locked.
    ReadBack {
        /// Which.
        record: RecordId,
    },
    /// Desk: locked words – a quote that was read back, an accepted note – should read differently. Their author's yes
    /// decides (P21).
    Reword {
        /// Which.
        record: RecordId,
        /// How they should read.
        words: String,
        /// Spelling is put right where it stands; with this the line is struck through and a new quote follows it.
        strikes: Option<Strikes>,
        /// Whose yes is asked for, on their own device; none = they have said yes in the room.
        ask: Option<AttendeeId>,
    },
    /// Lead or pen holder: the name in "who said it" of a quote is put right.
    Speaker {
        /// Which quote.
        record: RecordId,
        /// Who said it.
        speaker: String,
    },
    /// Whoever was asked by `reword`; or the desk: they have said yes in the room, or are asked no longer.
    AnswerWords {
        /// Which.
        record: RecordId,
        /// Yes or no.
        yes: bool,
    },
    /// Desk, before something is taken off: the desk is told who had it in front of them (P4).
    WhoHad {
        /// What may go.
        what: TakeOff,
    },
    /// Desk, or the author for own words: the text goes at once from every screen and is destroyed (P4). A line or row is
    /// somebody's own while nobody else has a letter in it; a fixed field of the plan is nobody's own.
    TakeOff {
        /// What goes.
        what: TakeOff,
    },
    /// Desk, or the person for their own name: heads, roll and plan change at once (P21).
    CorrectName {
        /// Whose.
        whose: Whose,
        /// The right name.
        name: String,
    },
    /// Desk, or the person for themselves: in the room or on the call.
    Move {
        /// Who.
        attendee: AttendeeId,
        /// Where.
        place: Place,
    },
    /// Oneself, for a row of the plan that names one: an answer that only the desk sees (P17), or none again.
    Answer {
        /// Which row.
        row: RowId,
        /// What, or nothing after all.
        answer: Option<RowAnswer>,
    },
    /// Lead: what the walls show.
    Focus {
        /// Where and which page.
        focus: Focus,
    },
    /// Lead: show a prompt of this phase on the wall, or none.
    ShowPrompt {
        /// Its place among the phase's prompts.
        prompt: Option<u32>,
    },
    /// Lead: type a wall's code and let it show this conference.
    PairWall {
        /// The code on the wall.
        code: String,
        /// Id of the wall.
        attendee: AttendeeId,
        /// "the big room".
        name: String,
        /// How large the screen is and how far the last chair.
        screen: Screen,
    },
    /// Lead: who speaks next is asked, and sees it on their own screen; or nobody is.
    CallOn {
        /// Who.
        attendee: Option<AttendeeId>,
    },
    /// Lead: in which order people are asked (F49, P15). Whoever is not named comes after them.
    Speaking {
        /// From the first.
        order: Vec<AttendeeId>,
    },
    /// Lead: somebody has spoken, or has not after all. Known from this press alone (P22); only desks see it.
    Spoke {
        /// Who.
        attendee: AttendeeId,
        /// Whether.
        spoke: bool,
    },
    /// Desk: a topic for later; it is still open.
    Park {
        /// Id of the topic.
        topic: TopicId,
        /// In a few words.
        words: String,
    },
    /// Desk: it is open no longer.
    Unpark {
        /// Which.
        topic: TopicId,
    },
    /// Lead: "Does everyone agree? Is there anything else?" is asked on every screen, or is asked no more (F77).
    Check {
        /// Whether it is asked now.
        open: bool,
    },
    /// Anybody here, while it is asked: an answer that reaches the desk alone (P17). A later one takes its place.
    Agree {
        /// What.
        answer: Agreement,
        /// Anything else, in their words.
        more: Option<String>,
    },
    /// Desk: from whom it is hidden who is in the room and who on the call (P1).
    HidePlaces {
        /// From these audiences and everything that is read by them.
        from: Vec<Audience>,
    },
    /// Lead, any time: walls and attendees' screens show plain paper (P6).
    Pause,
    /// Lead: show again what was written meanwhile.
    Resume,
    /// Anybody here: want to speak, need a break, can't talk safely. Reaches the desk alone (P6).
    Ask {
        /// What.
        what: Ask,
    },
    /// Oneself, or the desk when it is dealt with.
    Unask {
        /// Whose.
        attendee: AttendeeId,
        /// What.
        what: Ask,
    },
    /// Desk: an audio recording runs, or not; a notice stands on all screens and says where it is kept (F151).
    Recording {
        /// Where it is kept; none = no recording.
        kept: Option<String>,
    },
    /// Lead, in the phase to which the framework's scale belongs, while no other round is under way: a round of sealed
    /// notes about one child. Entitled is whoever is here and scales by the framework, and of the family who chose the
    /// pad (P16). A framework without a scale has no rounds (F100).
    OpenRound {
        /// What is asked.
        new: NewRound,
    },
    /// Whoever is entitled, while the round is open or closing: have their note signed. The same bytes have the same
    /// answer, other bytes none: their note is open on another device (SEAL2). The answer is not remembered.
    AskNote {
        /// Of which round.
        round: RoundId,
        /// The blinded message, 512 hex digits.
        blinded: String,
    },
    /// Business support: as `ask-note`, for somebody entitled who has no device (P15).
    AskNoteFor {
        /// Of which round.
        round: RoundId,
        /// Whose note.
        attendee: AttendeeId,
        /// The blinded message, 512 hex digits.
        blinded: String,
    },
    /// Lead, while the round is open: somebody more who is here and may scale. One more for all to see.
    AdmitToRound {
        /// Which.
        round: RoundId,
        /// Who.
        attendee: AttendeeId,
    },
    /// Lead, until it is revealed: the round is given up, its notes are erased unseen.
    VoidRound {
        /// Which.
        round: RoundId,
    },
    /// Lead: the round closes. What has not been handed in is handed in now, then its key is destroyed.
    CloseRound {
        /// Which.
        round: RoundId,
    },
    /// Chair, once the round is closed and the screens are not paused: the numbers are told to all together.
    RevealRound {
        /// Which.
        round: RoundId,
    },
    /// Desk, before a round: how somebody of the family takes part in scaling, or that they have not been asked (P16).
    FamilyChoice {
        /// Who.
        attendee: AttendeeId,
        /// What they said.
        choice: Option<FamilyChoice>,
    },
    /// Chair: the conference ends. Screens clear, codes and pairings end (P13).
    Close,
}
