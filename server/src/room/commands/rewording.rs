//! Locked words that should read differently (P21): a quote that was read back, an accepted note. Their author says yes or
//! no on their own device, or in the room and the desk notes it.

use super::{Context, Done, Edit, Refused, bad_input, desk_only, not_now, not_there, order, refused, words};
use crate::{
    meeting::{
        attendee::Attendee,
        conference::{Conference, Offer, OfferState, RecordKind},
        in_hand::{Agreed, Rewording},
        sheet::{Note, Words},
    },
    room::rights,
};
use protocol::{
    command::{Command, Offered, Refusal, Strikes},
    document::{Audience, Kind},
    id::{AttendeeId, NoteId, OfferId, RecordId},
    limits::RECORDS,
    people::Role,
};

pub(super) fn reword(
    conference: &mut Conference,
    context: &mut Context<'_>,
    me: &Attendee,
    command: &Command,
) -> Done {
    match command {
        Command::Reword { record, words: text, strikes, ask } => {
            desk_only(me)?;
            let new = words(text)?;
            let Some(kept) = conference.records.get(record) else {
                return not_there("These words are no longer there.");
            };
            if kept.kind == RecordKind::Quote && !kept.read_back {
                return not_now("This quote is still open: change its words and read it back.");
            }
            if kept.words == new {
                return bad_input("These are the words that stand there already.");
            }
            if let Some(strikes) = strikes {
                order(&strikes.order)?;
                line_of(context, *record, strikes)?;
            }
            match ask {
                None => agreed(conference, context, *record, new, strikes.as_ref(), Agreed::Room),
                Some(of) => {
                    may_be_asked(conference, *record, *of)?;
                    let rewording = Rewording { words: new, strikes: strikes.clone(), of: *of };
                    conference.in_hand.rewordings.insert(*record, rewording);
                    conference.in_hand.asked.entry(*record).or_default().insert(*of);
                    Ok(Vec::new())
                }
            }
        }
        Command::AnswerWords { record, yes } => {
            let Some(asked) = conference.in_hand.rewordings.get(record).cloned() else {
                return not_there("Nobody asks about these words any more.");
            };
            if asked.of != context.by {
                desk_only(me)?;
            }
            conference.in_hand.rewordings.remove(record);
            if !yes {
                return Ok(Vec::new());
            }
            let how = if asked.of == context.by { Agreed::Device } else { Agreed::Room };
            agreed(conference, context, *record, asked.words, asked.strikes.as_ref(), how)
        }
        _ => unreachable!("dispatched by carry_out"),
    }
}

/// Words have one author: where it is known, nobody else is asked.
fn may_be_asked(conference: &Conference, record: RecordId, of: AttendeeId) -> Result<(), Refused> {
    let kept = conference.records.get(&record);
    let owner = kept.and_then(|kept| kept.owner);
    if owner.is_some_and(|owner| owner != of) {
        return bad_input("These are somebody else’s words. Ask their author.");
    }
    // The question itself holds the words.
    if kept.is_none_or(|kept| rights::access(conference, of, Kind::Record(kept.audience)).is_none()) {
        return not_now(
            "They were out when this was said, and it is not open to them. Ask them in the room.",
        );
    }
    match conference.here(of) {
        Some(who) if who.person.role != Role::Wall && who.devices.iter().any(|one| !one.waiting) => Ok(()),
        _ => not_now("They have no device here. Ask them in the room."),
    }
}

/// The line that shows the words, if it is the one that was named.
fn line_of(context: &Context<'_>, record: RecordId, strikes: &Strikes) -> Result<(Audience, Note), Refused> {
    match context.sheets.note(strikes.note) {
        Some((audience, line)) if line.words == Words::Kept(record) => Ok((audience, line)),
        _ => not_there("The line with these words is no longer on the board."),
    }
}

/// The author has said yes: spelling changes where it stands, other words take the place of what is struck through.
fn agreed(
    conference: &mut Conference,
    context: &mut Context<'_>,
    record: RecordId,
    words: String,
    strikes: Option<&Strikes>,
    how: Agreed,
) -> Done {
    // Nobody can say yes for them (SPEC PEOPLE4).
    let owner = conference.records.get(&record).and_then(|kept| kept.owner);
    if owner.is_some_and(|owner| conference.here(owner).is_none()) {
        return not_now(
            "Their author is not here. The words stay as they are; write what is new in another line.",
        );
    }
    // An answer that comes later would overwrite what is agreed now.
    conference.in_hand.rewordings.remove(&record);
    let Some(kept) = conference.records.get_mut(&record) else {
        return not_there("These words are no longer there.");
    };
    let Some(strikes) = strikes else {
        kept.words = words;
        conference.in_hand.agreed.insert(record, how);
        return Ok(Vec::new());
    };
    let (audience, line) = line_of(context, record, strikes)?;
    let mut new = kept.clone();
    if conference.records.len() >= RECORDS {
        return refused(
            Refusal::NotNow,
            "There are as many quotes as a conference can hold. Take one off first.",
        );
    }
    new.words = words;
    new.read_back = true;
    new.time = context.now;
    let id = RecordId::from_random(context.draw());
    conference.records.insert(id, new);
    conference.in_hand.agreed.insert(id, how);
    if let Some(asked) = conference.in_hand.asked.get(&record).cloned() {
        conference.in_hand.asked.insert(id, asked);
    }
    let replaces = Note {
        id: NoteId::from_random(context.draw()),
        words: Words::Kept(id),
        order: strikes.order.clone(),
        struck: false,
        ..line
    };
    Ok(vec![Edit::StrikeNote(audience, strikes.note), Edit::PutNote(audience, replaces)])
}

/// Undoes accepting a note, or making a quote that has not been read back.
pub(super) fn put_back(conference: &mut Conference, context: &mut Context<'_>, note: NoteId) -> Done {
    let Some((audience, line)) = context.sheets.note(note) else {
        return not_there("This line is no longer on the board.");
    };
    let Words::Kept(record) = line.words else {
        return bad_input("This line was written. Hold it, strike it through or take it off.");
    };
    let Some(kept) = conference.records.remove(&record) else {
        return not_there("These words are no longer there.");
    };
    conference.in_hand.rewordings.remove(&record);
    let gone = Edit::RemoveNote(audience, note);
    match (kept.kind, kept.sender.or(kept.owner)) {
        (RecordKind::Offered, Some(by)) => {
            let what = Offered::Note {
                section: Some(line.section),
                words: kept.words,
                label: kept.label,
                source: kept.source,
                children: line.children,
            };
            let offer = Offer {
                by,
                on_behalf_of: kept.owner.filter(|owner| *owner != by),
                child: kept.child,
                row: None,
                audience: Audience::All,
                what,
                named: kept.author.is_some() || kept.child.is_some(),
                time: kept.time,
                state: OfferState::Waiting,
                without: conference.without(kept.audience),
            };
            conference.offers.insert(OfferId::from_random(context.draw()), offer);
            Ok(vec![gone])
        }
        (RecordKind::Quote, _) if !kept.read_back => {
            let written =
                Note { id: NoteId::from_random(context.draw()), words: Words::Written(kept.words), ..line };
            Ok(vec![gone, Edit::PutNote(audience, written)])
        }
        _ => not_now("This was read back and is locked. Ask its author before it changes."),
    }
}
