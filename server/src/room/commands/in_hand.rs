//! What the chair keeps in hand: who speaks, what waits, whether people agree, who had what in front of them.

use super::{Context, Done, Edit, bad_input, desk_only, leads, not_now, not_there, refused, short, words};
use crate::meeting::{
    attendee::Attendee,
    conference::Conference,
    in_hand::{Check, InFront, Said},
};
use protocol::{
    command::{Ask, Command, Refusal},
    document::Kind,
    id::AttendeeId,
    limits::PARKED,
    people::Role,
};

fn is_person_here(conference: &Conference, attendee: AttendeeId) -> bool {
    conference.here(attendee).is_some_and(|who| who.person.role != Role::Wall)
}

pub(super) fn keep(
    conference: &mut Conference,
    context: &mut Context<'_>,
    me: &Attendee,
    command: &Command,
) -> Done {
    match command {
        Command::CallOn { .. } | Command::Speaking { .. } | Command::Spoke { .. } | Command::Check { .. } => {
            leads(me)?;
        }
        Command::Agree { .. } => {}
        _ => desk_only(me)?,
    }
    match command {
        Command::CallOn { attendee } => {
            if let Some(attendee) = attendee {
                if !is_person_here(conference, *attendee) {
                    return not_now("This person is not here at the moment.");
                }
                if let Some(who) = conference.people.get_mut(attendee) {
                    who.asks.remove(&Ask::Speak);
                }
            }
            conference.in_hand.called = *attendee;
        }
        Command::Speaking { order } => {
            let mut seen = std::collections::BTreeSet::new();
            if !order.iter().all(|one| conference.people.contains_key(one) && seen.insert(*one)) {
                return not_there("Somebody in this order is not on the list of this conference.");
            }
            conference.in_hand.speaking = order.clone();
        }
        Command::Spoke { attendee, spoke } => {
            if !conference.people.contains_key(attendee) {
                return not_there("This person is not on the list of this conference.");
            }
            if *spoke {
                conference.in_hand.spoke.insert(*attendee);
            } else {
                conference.in_hand.spoke.remove(attendee);
            }
            if *spoke && conference.in_hand.called == Some(*attendee) {
                conference.in_hand.called = None;
            }
        }
        Command::Park { topic, words: text } => {
            let text = short(text)?;
            if conference.in_hand.parked.len() >= PARKED {
                return not_now("There are as many topics as can be kept. Close one first.");
            }
            if conference.in_hand.parked.insert(*topic, text).is_some() {
                return refused(Refusal::Already, "This topic is kept already.");
            }
        }
        Command::Unpark { topic } => {
            if conference.in_hand.parked.remove(topic).is_none() {
                return not_there("This topic is no longer kept.");
            }
            return Ok(vec![Edit::Rebuild(Kind::Desk)]);
        }
        Command::Check { open } => return check(conference, *open),
        Command::Agree { answer, more } => {
            let more = more.as_deref().filter(|more| !more.trim().is_empty()).map(words).transpose()?;
            let Some(check) = conference.in_hand.check.as_mut().filter(|check| check.open) else {
                return not_now("This is not asked at the moment. You can tell the chair.");
            };
            let before = check.answers.insert(context.by, Said { answer: *answer, more });
            // Words that were taken back are nowhere any more (P4).
            if before.is_some_and(|before| before.more.is_some()) {
                return Ok(vec![Edit::Rebuild(Kind::Desk), Edit::Rebuild(Kind::Seat(context.by))]);
            }
        }
        Command::WhoHad { what } => {
            let people = std::mem::take(&mut context.prepared.had);
            conference.in_hand.in_front = Some(InFront { what: what.clone(), people });
        }
        Command::HidePlaces { from } => {
            if from.len() > 8 {
                return bad_input("There are not so many audiences.");
            }
            conference.in_hand.hidden_places = from.iter().copied().collect();
        }
        _ => unreachable!("dispatched by carry_out"),
    }
    Ok(Vec::new())
}

/// Asking anew forgets what was answered before; asking no more leaves it on the desk.
fn check(conference: &mut Conference, open: bool) -> Done {
    match &mut conference.in_hand.check {
        Some(check) if !open => {
            check.open = false;
            Ok(Vec::new())
        }
        Some(check) if check.open => refused(Refusal::Already, "This is being asked already."),
        before if open => {
            let answers = before.take().map(|before| before.answers).unwrap_or_default();
            *before = Some(Check { open, answers: Default::default() });
            let spoke = answers.into_iter().filter(|(_, said)| said.more.is_some()).map(|(who, _)| who);
            let seats: Vec<Edit> = spoke.map(|who| Edit::Rebuild(Kind::Seat(who))).collect();
            let desk = (!seats.is_empty()).then_some(Edit::Rebuild(Kind::Desk));
            Ok(seats.into_iter().chain(desk).collect())
        }
        _ => refused(Refusal::Already, "This is not asked at the moment."),
    }
}
