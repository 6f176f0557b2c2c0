//! Lines: held, quoted, taken off.

use super::{
    Context, Done, Edit, Refused, desk_only, not_now, not_there, offers, order, own::own_or_desk, refused,
    section, short, words,
};
use crate::meeting::{
    attendee::Attendee,
    conference::{Conference, Held, Millis, Offer, OfferState, Record, RecordKind},
    sheet::{Note, Words},
    vacated::Vacated,
};
use protocol::{
    command::{Command, Offered, Refusal, TakeOff},
    document::{Audience, Kind},
    id::{HeldId, NoteId},
    limits::{RECORDS, VACATED_RUNS},
};
use std::collections::BTreeSet;

pub(super) fn on_the_desk(conference: &mut Conference, context: &mut Context<'_>, command: &Command) -> Done {
    match command {
        Command::WriteHeld { held, section: key, words: text } => {
            let line = Held {
                section: section(conference, key)?,
                words: words(text)?,
                label: None,
                source: None,
                children: Vec::new(),
                time: context.now,
                from: None,
                without: BTreeSet::new(),
            };
            if conference.held.insert(*held, line).is_some() {
                return refused(Refusal::Already, "This line is on the desk already.");
            }
            Ok(Vec::new())
        }
        Command::Hold { note, held } => {
            let Some((audience, line)) = context.sheets.note(*note) else {
                return not_there("This line is no longer on the board.");
            };
            let words = match &line.words {
                Words::Written(words) => words.clone(),
                // A quote or an accepted note stays what it is while it waits.
                Words::Kept(record) => {
                    let Some(kept) = conference.records.remove(record) else {
                        return not_there("These words are no longer there.");
                    };
                    let words = kept.words.clone();
                    conference.in_hand.held.insert(*held, (*record, kept));
                    words
                }
            };
            let kept = taken_from(conference, context.now, audience, line, words);
            let edit = leaves(conference, context, audience, *note, (Some(*held), &kept));
            if conference.held.insert(*held, kept).is_some() {
                return refused(Refusal::Already, "This line is on the desk already.");
            }
            Ok(vec![edit])
        }
        Command::Release { held, note, order: key } => {
            let Some(line) = conference.held.remove(held) else {
                return not_there("This line is no longer on the desk.");
            };
            if context.sheets.note(*note).is_some() {
                return refused(Refusal::Already, "This line stands on the board already.");
            }
            // What stood on the board of a role is read by that role, and by nobody whom this act does not name (P2).
            let audience = match line.from {
                Some((audience, _)) if !matches!(audience, Audience::All | Audience::Part(_)) => audience,
                _ => conference.audience_without(line.without),
            };
            let words = match conference.in_hand.held.remove(held) {
                Some((record, kept)) => {
                    // Where the line stands that shows it: somebody may have been out meanwhile (P5).
                    conference.records.insert(record, Record { audience, ..kept });
                    Words::Kept(record)
                }
                None => Words::Written(line.words),
            };
            let note = Note {
                id: *note,
                words,
                section: line.section,
                order: order(key)?,
                children: line.children,
                label: line.label,
                source: line.source,
                struck: false,
            };
            Ok(vec![Edit::PutNote(audience, note)])
        }
        Command::RewriteHeld { held, words: text, was } => {
            let words = words(text)?;
            match conference.held.get_mut(held) {
                None => not_there("This line is no longer on the desk."),
                Some(_) if conference.in_hand.held.contains_key(held) => {
                    not_now("These are somebody’s own words. Show the line, then ask its author.")
                }
                Some(line) => {
                    reads_as(was.as_ref(), &line.words)?;
                    line.words = words;
                    // These are words of now: whoever is out does not get them when the line is shown (P5).
                    line.time = context.now;
                    Ok(Vec::new())
                }
            }
        }
        Command::DropHeld { held } => match conference.held.remove(held) {
            Some(dropped) => {
                let mut edits = vec![Edit::Rebuild(Kind::Desk)];
                edits.extend(dropped.from.map(|(audience, note)| Edit::RebuildBoard(audience, note)));
                if let Some((record, kept)) = conference.in_hand.held.remove(held) {
                    edits.push(Edit::Rebuild(Kind::Record(kept.audience)));
                    let seats = conference.in_hand.forget(record).into_iter().chain(kept.sender);
                    edits.extend(seats.map(|of| Edit::Rebuild(Kind::Seat(of))));
                }
                Ok(edits)
            }
            None => not_there("This line is no longer on the desk."),
        },
        Command::Decline { offer } | Command::SetAside { offer } => match conference.offers.get_mut(offer) {
            Some(offer) if offer.is_open() => {
                let aside = matches!(command, Command::SetAside { .. });
                offer.state = if aside { OfferState::NotTaken } else { OfferState::Talk };
                Ok(Vec::new())
            }
            _ => not_there("This is no longer offered."),
        },
        Command::Accept { offer, section: wanted, order: key } => {
            match conference.offers.remove(offer).filter(Offer::is_open) {
                Some(found) => {
                    offers::accept(conference, context, (*offer, found), wanted.as_deref(), order(key)?)
                }
                None => not_there("This is no longer offered."),
            }
        }
        _ => unreachable!("dispatched by carry_out"),
    }
}

/// Refuses where a line does not read as whoever changes it had it: letters that came into it since were told to their
/// authors as saved, and the command would take them along unseen (SPEC SYNC15). Older clients do not say what they had.
fn reads_as(was: Option<&String>, now: &str) -> Result<(), Refused> {
    match was {
        Some(was) if was != now => not_now(
            "Somebody has written in this line meanwhile. Read its words as they are now, then try again.",
        ),
        _ => Ok(()),
    }
}

/// A line of a board with these words, for the desk.
fn taken_from(conference: &Conference, now: Millis, audience: Audience, line: Note, words: String) -> Held {
    Held {
        section: line.section,
        words,
        label: line.label,
        source: line.source,
        children: line.children,
        time: now,
        from: Some((audience, line.id)),
        without: conference.without(audience),
    }
}

/// A line goes from its board, and lives on. What is typed in it meanwhile goes to the desk (SPEC SYNC15): to this line of
/// it, or to one of its own with what stood beside these words.
fn leaves(
    conference: &mut Conference,
    context: &Context<'_>,
    audience: Audience,
    note: NoteId,
    (held, line): (Option<HeldId>, &Held),
) -> Edit {
    let Some(clocks) = context.sheets.text_of(note) else { return Edit::RemoveNote(audience, note) };
    let text = Vacated::new(held, line.clone(), &clocks);
    if text.runs() > VACATED_RUNS {
        // No working client's. Of an edition before nothing is taken.
        return Edit::RebuildBoard(audience, note);
    }
    conference.in_hand.vacated.push(text);
    Edit::RemoveNote(audience, note)
}

pub(super) fn quote(conference: &mut Conference, context: &Context<'_>, command: &Command) -> Done {
    match command {
        Command::Quote { record, note, section: key, order: place, words: text, speaker, replaces, was } => {
            if conference.records.contains_key(record) || context.sheets.note(*note).is_some() {
                return refused(Refusal::Already, "This quote has been written down already.");
            }
            if conference.records.len() >= RECORDS {
                return not_now("There are as many quotes as a conference can hold. Take one off first.");
            }
            let mut kept = Record {
                kind: RecordKind::Quote,
                words: words(text)?,
                speaker: Some(short(speaker)?),
                author: None,
                owner: None,
                sender: None,
                child: None,
                label: None,
                source: None,
                read_back: false,
                time: context.now,
                audience: Audience::All,
            };
            let line = Note {
                id: *note,
                words: Words::Kept(*record),
                section: section(conference, key)?,
                order: order(place)?,
                children: Vec::new(),
                label: None,
                source: None,
                struck: false,
            };
            let mut edits = Vec::new();
            if let Some(written) = replaces {
                match context.sheets.note(*written) {
                    Some((audience, line @ Note { words: Words::Written(_), .. })) => {
                        if let Words::Written(now) = &line.words {
                            reads_as(was.as_ref(), now)?;
                        }
                        // Whoever may not read the line does not read it as a quote either (P5).
                        kept.audience = audience;
                        let line = taken_from(conference, context.now, audience, line, String::new());
                        edits.push(leaves(conference, context, audience, *written, (None, &line)));
                    }
                    _ => return not_there("The line that should become a quote is no longer on the board."),
                }
            }
            edits.push(Edit::PutNote(kept.audience, line));
            conference.records.insert(*record, kept);
            Ok(edits)
        }
        Command::Requote { record, words: text } => {
            let new = words(text)?;
            match conference.records.get_mut(record) {
                Some(kept) if !kept.read_back => {
                    kept.words = new;
                    Ok(Vec::new())
                }
                Some(_) => not_now(
                    "These words were read back and are locked. Strike them through and write a new quote.",
                ),
                None => not_there("This quote is no longer there."),
            }
        }
        Command::Speaker { record, speaker } => match conference.records.get_mut(record) {
            Some(kept) if kept.speaker.is_some() => {
                kept.speaker = Some(short(speaker)?);
                Ok(Vec::new())
            }
            _ => not_there("This quote is no longer there."),
        },
        Command::ReadBack { record } => match conference.records.get_mut(record) {
            Some(kept) => {
                kept.read_back = true;
                Ok(Vec::new())
            }
            None => not_there("This quote is no longer there."),
        },
        _ => unreachable!("dispatched by carry_out"),
    }
}

/// Takes words off (P4). Documents that have ever shown them are rebuilt: the board or plan, and where the words came
/// through the server, the record, the desk and the author's seat.
pub(super) fn take_off(
    conference: &mut Conference,
    context: &Context<'_>,
    me: &Attendee,
    what: &TakeOff,
) -> Done {
    match what {
        TakeOff::Note { note } => {
            let Some((audience, line)) = context.sheets.note(*note) else {
                return not_there("This line is no longer on the board.");
            };
            let mut edits = vec![Edit::RebuildBoard(audience, *note), Edit::Rebuild(Kind::Desk)];
            match line.words {
                Words::Written(_) => {
                    let kept = conference.wrote.remove(note.as_str());
                    own_or_desk(me, context, context.sheets.writers_of_note(*note), kept, None)?;
                }
                Words::Kept(record) => {
                    let asked = conference.in_hand.forget(record);
                    edits.extend(asked.into_iter().map(|of| Edit::Rebuild(Kind::Seat(of))));
                    let kept = conference.records.remove(&record);
                    // A child's words are taken off by the advocate who typed them.
                    let own = kept
                        .as_ref()
                        .and_then(|kept| if kept.child.is_some() { kept.sender } else { kept.owner });
                    if own != Some(context.by) {
                        desk_only(me)?;
                    }
                    if let Some(kept) = kept {
                        edits.push(Edit::Rebuild(Kind::Record(kept.audience)));
                        edits.extend(kept.sender.map(|sender| Edit::Rebuild(Kind::Seat(sender))));
                    }
                }
            }
            Ok(edits)
        }
        TakeOff::Row { row } => {
            let Some((audience, _)) = context.sheets.row(*row) else {
                desk_only(me)?;
                return not_there("This row is no longer in the plan.");
            };
            let kept = conference.wrote.remove(row.as_str());
            let stands = |offer: &Offer| offer.state == OfferState::Accepted && offer.row == Some(*row);
            let mut writers = context.sheets.writers_of_row(*row);
            let mut offerer = None;
            for offer in conference.offers.values().filter(|offer| stands(offer)) {
                let author = offer.author().or(Some(offer.by));
                match offer.what {
                    Offered::Row { .. } => offerer = author,
                    _ => writers.iter_mut().for_each(|writers| writers.extend([author])),
                }
            }
            own_or_desk(me, context, writers, kept, offerer)?;
            let mut edits = vec![Edit::RebuildPlan(audience, *row), Edit::Rebuild(Kind::Desk)];
            conference.answers.remove(row);
            // The seats of all whose words stand in it have shown them, whoever the row names now.
            for (_, offer) in conference.offers.extract_if(.., |_, offer| stands(offer)) {
                edits.push(Edit::Rebuild(Kind::Seat(offer.by)));
            }
            Ok(edits)
        }
        TakeOff::Field { audience, field } => {
            desk_only(me)?;
            if context.sheets.fields(*audience).get(field).is_none_or(|words| words.is_empty()) {
                return not_there("There are no words in this field any more.");
            }
            Ok(vec![Edit::EmptyField(*audience, field.clone())])
        }
        TakeOff::Offer { offer } => {
            let Some(found) = conference.offers.get(offer) else {
                return not_there("This is no longer offered.");
            };
            if found.state == OfferState::Accepted {
                return not_now("This stands in the plan by now. Take it off there.");
            }
            let by = found.by;
            if by != context.by && found.on_behalf_of != Some(context.by) {
                desk_only(me)?;
            }
            conference.offers.remove(offer);
            Ok(vec![Edit::Rebuild(Kind::Desk), Edit::Rebuild(Kind::Seat(by))])
        }
    }
}
