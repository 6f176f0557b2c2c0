//! Rounds of sealed notes: who may open, close and reveal one, and who may have a note signed (SPEC SEAL; P9, P15, P16).
//! What is done with keys and notes is the room's (`core/rounds.rs`); this works on the state alone.

use super::{Done, Refused, bad_input, desk_only, leads, not_now, not_there, not_yours, refused, words};
use crate::meeting::{attendee::Attendee, conference::Conference, round::Round};
use ballot_box::{KEY_BYTES, Minimum, may_show_again};
use protocol::{
    command::{Command, Refusal},
    id::{AttendeeId, ChildId, RoundId},
    people::Role,
    rounds::{NewRound, RoundState},
};
use std::collections::BTreeSet;

/// Fewer people cannot be told anything without telling who (SEAL8).
const FEWEST: usize = 4;
/// Rounds of one conference: all are stored with each change of state. One for each child is asked, few are repeated.
const ROUNDS: usize = 50;

pub(super) fn chairing(conference: &mut Conference, me: &Attendee, command: &Command) -> Done {
    match command {
        Command::FamilyChoice { .. } => desk_only(me)?,
        _ => leads(me)?,
    }
    match command {
        Command::FamilyChoice { attendee, choice } => {
            if !conference.people.get(attendee).is_some_and(|who| who.person.role.is_family()) {
                return not_there("This is nobody of the family.");
            }
            match choice {
                Some(choice) => drop(conference.rounds.family.insert(*attendee, *choice)),
                None => drop(conference.rounds.family.remove(attendee)),
            }
        }
        Command::OpenRound { new } => open(conference, new)?,
        Command::AdmitToRound { round, attendee } => admit(conference, *round, *attendee)?,
        Command::VoidRound { round } => {
            let round = of(conference, *round)?;
            if !round.is_under_way() {
                return not_now("This round is over already.");
            }
            round.give_up();
        }
        Command::CloseRound { round } => {
            let round = of(conference, *round)?;
            if round.state != RoundState::Open {
                return not_now("This round is not open.");
            }
            round.state = RoundState::Closing;
        }
        Command::RevealRound { round } => {
            if me.person.role != Role::Chair {
                return not_yours("Showing the numbers is the chair's own act.");
            }
            // The notes are sent once: a screen that shows paper would never get them.
            if conference.paused {
                return not_now("The screens are paused. Resume, then show the numbers.");
            }
            not_read_off_once_shown(conference, *round)?;
            let round = of(conference, *round)?;
            match round.state {
                RoundState::Closed => round.state = RoundState::Revealed,
                RoundState::Closing => {
                    return not_now("The last notes are coming in. Try again in a moment.");
                }
                RoundState::Revealed => {
                    return refused(Refusal::Already, "The numbers are shown already.");
                }
                _ => return not_now("Close the round first."),
            }
        }
        _ => unreachable!("dispatched by carry_out"),
    }
    Ok(Vec::new())
}

fn of(conference: &mut Conference, round: RoundId) -> Result<&mut Round, Refused> {
    conference.rounds.all.get_mut(&round).map_or_else(|| not_there("There is no such round."), Ok)
}

fn open(conference: &mut Conference, new: &NewRound) -> Result<(), Refused> {
    let Some(scale) = conference.framework().scale.clone() else {
        return not_there("This framework has no such numbers.");
    };
    if conference.phase != scale.phase {
        return not_now("This belongs to another phase. Open that phase first.");
    }
    let Some(child) = conference.children.iter().find(|child| child.id == new.child) else {
        return not_there("The conference is not about this child.");
    };
    let first_name = child.first_name.clone();
    if conference.rounds.all.contains_key(&new.round) {
        return refused(Refusal::Already, "This round has been opened already.");
    }
    if conference.rounds.all.len() >= ROUNDS {
        return not_now("There have been too many rounds. Ask aloud from now on.");
    }
    if conference.rounds.all.values().any(Round::is_under_way) {
        return not_now("Finish the round that is under way first: show its numbers, or give it up.");
    }
    let minimum = new.minimum.map_or(5, usize::from);
    if Minimum::try_from(minimum).is_err() {
        return bad_input("Single numbers are shown from five on. This may be raised, never lowered.");
    }
    let round = Round {
        n: conference.rounds.all.len() as u32,
        child: new.child,
        question: chosen(&new.question, &scale.question.replace("{child}", &first_name))?,
        low_words: chosen(&new.low_words, &scale.low_words)?,
        high_words: chosen(&new.high_words, &scale.high_words)?,
        minimum: minimum as u8,
        entitled: conference.people.keys().copied().filter(|one| conference.may_scale(*one)).collect(),
        state: RoundState::Making,
        key: None,
        notes: None,
        revealed: None,
    };
    if round.entitled.len() < FEWEST {
        return not_now(
            "With three people or fewer everybody could tell who gave which number. Ask them aloud instead.",
        );
    }
    // A lone parent, or two, are never a group of their own.
    if round.entitled.iter().all(|one| conference.people[one].person.role.is_family()) {
        return not_now("The family alone is never asked: each would know the others' numbers.");
    }
    not_read_off(conference, round.child, &round.entitled)?;
    conference.rounds.all.insert(new.round, round);
    Ok(())
}

fn chosen(own: &Option<String>, usual: &str) -> Result<String, Refused> {
    words(own.as_deref().unwrap_or(usual))
}

/// SEAL16: the numbers of one or two people could be read off the difference to what was shown before. All questions
/// about one child on one scale are the same question, however they are worded.
fn not_read_off(
    conference: &Conference,
    child: ChildId,
    entitled: &BTreeSet<AttendeeId>,
) -> Result<(), Refused> {
    let may = |before: &Round| {
        may_show_again(before.entitled.symmetric_difference(entitled).count(), before.missing())
    };
    if shown_of(conference, child).all(may) {
        return Ok(());
    }
    not_now(
        "This was asked and shown before, and only one or two people may have come or gone since: their numbers could be told from the difference.",
    )
}

/// Rounds about this child whose numbers were shown.
fn shown_of(conference: &Conference, child: ChildId) -> impl Iterator<Item = &Round> {
    let all = conference.rounds.all.values();
    all.filter(move |round| round.child == child && round.state == RoundState::Revealed)
}

/// SEAL16, when the notes are in: whoever was sent out of an open round, or whose device is gone, is as good as not asked.
fn not_read_off_once_shown(conference: &Conference, round: RoundId) -> Result<(), Refused> {
    let Some(round) = conference.rounds.all.get(&round).filter(|round| round.state == RoundState::Closed)
    else {
        return Ok(());
    };
    let may = |before: &Round| {
        let changed = before.entitled.symmetric_difference(&round.entitled).count();
        may_show_again(changed, before.missing() + round.missing())
    };
    if shown_of(conference, round.child).all(may) {
        return Ok(());
    }
    not_now(
        "This was shown before, and not everybody's note was in both times: a number could be told from the difference. Give this round up.",
    )
}

fn admit(conference: &mut Conference, round: RoundId, attendee: AttendeeId) -> Result<(), Refused> {
    if !conference.may_scale(attendee) {
        return not_there("They are not here, or take no part in this.");
    }
    let round = of(conference, round)?;
    if round.state != RoundState::Open {
        return not_now("Nobody more can take part: the round is not open.");
    }
    if !round.entitled.insert(attendee) {
        return refused(Refusal::Already, "They take part already.");
    }
    let (child, entitled) = (round.child, round.entitled.clone());
    not_read_off(conference, child, &entitled)
}

/// A note that may be signed: of which round, for whom, and what.
#[derive(Debug)]
pub(in crate::room) struct Asked {
    pub(in crate::room) round: RoundId,
    pub(in crate::room) of: AttendeeId,
    pub(in crate::room) blinded: Box<[u8; KEY_BYTES]>,
}

/// Whether `by` may have this note signed now; none where the command asks for none.
pub(in crate::room) fn asked(
    conference: &Conference,
    by: AttendeeId,
    command: &Command,
) -> Option<Result<Asked, Refused>> {
    let (round, of, blinded) = match command {
        Command::AskNote { round, blinded } => (*round, by, blinded),
        Command::AskNoteFor { round, attendee, blinded } => (*round, *attendee, blinded),
        _ => return None,
    };
    Some(may_ask(conference, by, round, of).and_then(|()| {
        let mut bytes = Box::new([0; KEY_BYTES]);
        match hex::decode_to_slice(blinded, &mut *bytes) {
            Ok(()) => Ok(Asked { round, of, blinded: bytes }),
            Err(_) => bad_input("This could not be read. Please reload the page."),
        }
    }))
}

fn may_ask(conference: &Conference, by: AttendeeId, round: RoundId, of: AttendeeId) -> Result<(), Refused> {
    let Some(me) = conference.here(by) else {
        return not_yours("You are not in this conference at the moment.");
    };
    if of != by {
        // Whoever types knows the number, so it is never the chair (P15).
        if me.person.role != Role::BusinessSupport {
            return not_yours("Only business support hands a note in for somebody else.");
        }
        let Some(who) = conference.here(of) else { return not_there("They are not here.") };
        if !who.devices.is_empty() {
            return not_yours("They have a device of their own.");
        }
    }
    let Some(round) = conference.rounds.all.get(&round) else { return not_there("There is no such round.") };
    if !round.takes_notes() {
        return not_now("No note can be handed in at the moment.");
    }
    if !round.entitled.contains(&of) {
        return not_yours("This round is for others.");
    }
    Ok(())
}
