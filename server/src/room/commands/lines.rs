//! Lines: held, offered, quoted, taken off.

use super::{
    Context, Done, Edit, Refused, bad_input, desk_only, not_now, not_there, not_yours, order, refused,
    rows::{by_when, doers},
    section, short, words,
};
use crate::meeting::{
    conference::{Attendee, Conference, Held, Offer, OfferState, Record, RecordKind},
    sheet::{Doer, Note, PlanRow, Words},
};
use protocol::{
    command::{Command, Offered, Refusal, RowAnswer, TakeOff},
    document::{Audience, Kind},
    framework::{Holds, OfferKind},
    id::{AttendeeId, NoteId, RecordId, RowId},
    limits::{RECORDS, WAITING_OFFERS},
};
use std::collections::BTreeMap;

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
            let words = match line.words {
                Words::Written(words) => words,
                // A quote or an accepted note stays what it is while it waits.
                Words::Kept(record) => {
                    let Some(kept) = conference.records.remove(&record) else {
                        return not_there("These words are no longer there.");
                    };
                    let words = kept.words.clone();
                    conference.in_hand.held.insert(*held, (record, kept));
                    words
                }
            };
            let kept = Held {
                section: line.section,
                words,
                label: line.label,
                source: line.source,
                children: line.children,
                time: context.now,
                from: Some((audience, *note)),
            };
            if conference.held.insert(*held, kept).is_some() {
                return refused(Refusal::Already, "This line is on the desk already.");
            }
            Ok(vec![Edit::RemoveNote(audience, *note)])
        }
        Command::Release { held, note, order: key } => {
            let Some(line) = conference.held.remove(held) else {
                return not_there("This line is no longer on the desk.");
            };
            if context.sheets.note(*note).is_some() {
                return refused(Refusal::Already, "This line stands on the board already.");
            }
            let words = match conference.in_hand.held.remove(held) {
                Some((record, kept)) => {
                    conference.records.insert(record, kept);
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
            Ok(vec![Edit::PutNote(Audience::All, note)])
        }
        Command::RewriteHeld { held, words: text } => {
            let words = words(text)?;
            match conference.held.get_mut(held) {
                None => not_there("This line is no longer on the desk."),
                Some(_) if conference.in_hand.held.contains_key(held) => {
                    not_now("These are somebody’s own words. Show the line, then ask its author.")
                }
                Some(line) => {
                    line.words = words;
                    Ok(Vec::new())
                }
            }
        }
        Command::DropHeld { held } => match conference.held.remove(held) {
            Some(dropped) => {
                let mut edits = vec![Edit::Rebuild(Kind::Desk)];
                edits.extend(dropped.from.map(|(audience, note)| Edit::RebuildBoard(audience, note)));
                if let Some((record, kept)) = conference.in_hand.held.remove(held) {
                    edits.push(Edit::Rebuild(Kind::Record(Audience::All)));
                    let seats = conference.in_hand.forget(record).into_iter().chain(kept.sender);
                    edits.extend(seats.map(|of| Edit::Rebuild(Kind::Seat(of))));
                }
                Ok(edits)
            }
            None => not_there("This line is no longer on the desk."),
        },
        Command::Decline { offer } => match conference.offers.get_mut(offer) {
            Some(offer) => {
                offer.state = OfferState::Talk;
                Ok(Vec::new())
            }
            None => not_there("This is no longer offered."),
        },
        Command::Accept { offer, section: wanted, order: key } => {
            let Some(offer) = conference.offers.remove(offer) else {
                return not_there("This is no longer offered.");
            };
            accept(conference, context, offer, wanted.as_deref(), order(key)?)
        }
        _ => unreachable!("dispatched by carry_out"),
    }
}

fn accept(
    conference: &mut Conference,
    context: &mut Context<'_>,
    offer: Offer,
    wanted: Option<&str>,
    order: String,
) -> Done {
    let author = offer.on_behalf_of.unwrap_or(offer.by);
    match offer.what {
        Offered::Note { section: offered, words, label, source, children } => {
            let Some(key) = wanted.or(offered.as_deref()) else {
                return bad_input("Choose the section where this note should stand.");
            };
            let section = section(conference, key)?;
            let record = RecordId::from_random(context.draw());
            let note = Note {
                id: NoteId::from_random(context.draw()),
                words: Words::Kept(record),
                section,
                order,
                children,
                label,
                source: source.clone(),
                struck: false,
            };
            let kept = Record {
                kind: RecordKind::Offered,
                words,
                speaker: None,
                author: offer.named.then_some(author),
                owner: Some(author),
                sender: Some(offer.by),
                label,
                source,
                read_back: true,
                // When somebody was seen typing would tell whose words stand here without a name (P17).
                time: if offer.named { offer.time } else { context.now },
            };
            conference.records.insert(record, kept);
            Ok(vec![Edit::PutNote(Audience::All, note)])
        }
        Offered::Row { cells, who, when } => {
            let author_does = who.is_empty() && offer.named;
            let id = RowId::from_random(context.draw());
            conference.row_senders.insert(id, offer.by);
            let row = PlanRow {
                id,
                cells: all_cells(conference, cells),
                order,
                children: Vec::new(),
                who: who.into_iter().chain(author_does.then_some(Doer::Attendee(author))).collect(),
                when,
                from: offer.named.then_some(author),
                struck: false,
            };
            Ok(vec![Edit::PutRow(Audience::All, row)])
        }
        // The chair amends the row with everybody watching; the offer has done its work. Its words stand nowhere any
        // more where they could be taken off, so they go now.
        Offered::Change { .. } => Ok(vec![Edit::Rebuild(Kind::Desk), Edit::Rebuild(Kind::Seat(offer.by))]),
    }
}

/// Every column of words has a cell from the start, so that two pens never make the same one twice.
pub(in crate::room) fn all_cells(
    conference: &Conference,
    mut given: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let columns = conference.framework().plan.columns.iter();
    columns
        .filter(|column| column.holds == Holds::Words)
        .map(|column| (column.key.clone(), given.remove(&column.key).unwrap_or_default()))
        .collect()
}

pub(super) fn offer(
    conference: &mut Conference,
    context: &Context<'_>,
    me: &Attendee,
    command: &Command,
) -> Done {
    match command {
        Command::Offer { offer, what, on_behalf_of, named } => {
            may_offer(conference, context.by, me, *on_behalf_of)?;
            let kind = match what {
                Offered::Note { .. } => OfferKind::Note,
                Offered::Row { .. } | Offered::Change { .. } => OfferKind::Row,
            };
            if !conference.open_phase().is_some_and(|phase| phase.offers.contains(&kind)) {
                return not_now("This is not asked for in this part of the meeting. You can tell the chair.");
            }
            let waits = |offer: &&Offer| offer.by == context.by && offer.state == OfferState::Waiting;
            let waiting = conference.offers.values().filter(waits).count();
            if waiting >= WAITING_OFFERS {
                return not_now(
                    "Many of your notes still wait on the desk. Please let the chair look at them first.",
                );
            }
            let new = Offer {
                by: context.by,
                on_behalf_of: *on_behalf_of,
                what: offered(conference, what)?,
                named: *named,
                time: context.now,
                state: OfferState::Waiting,
            };
            if conference.offers.insert(*offer, new).is_some() {
                return refused(Refusal::Already, "This has been offered already.");
            }
            Ok(Vec::new())
        }
        Command::Withdraw { offer } => {
            if conference.offers.get(offer).is_none_or(|found| found.by != context.by) {
                return not_there("This is no longer offered.");
            }
            conference.offers.remove(offer);
            Ok(vec![Edit::Rebuild(Kind::Desk), Edit::Rebuild(Kind::Seat(context.by))])
        }
        _ => unreachable!("dispatched by carry_out"),
    }
}

fn may_offer(
    conference: &Conference,
    by: AttendeeId,
    me: &Attendee,
    on_behalf_of: Option<AttendeeId>,
) -> Result<(), Refused> {
    match on_behalf_of.filter(|other| *other != by) {
        None if me.person.role.offers() || me.person.role.leads() => Ok(()),
        None => not_yours("In your role you do not offer notes of your own."),
        Some(_) if !me.person.role.types_for_others() => not_yours("You can offer notes for yourself only."),
        Some(other) if conference.here(other).is_none() => {
            not_there("The person you type for is not here at the moment.")
        }
        Some(_) => Ok(()),
    }
}

fn offered(conference: &Conference, what: &Offered) -> Result<Offered, Refused> {
    Ok(match what {
        Offered::Note { section: key, words: text, label, source, children } => {
            if conference.unknown_children(children) {
                return not_there("One of these children is not on the list of this conference.");
            }
            Offered::Note {
                section: key.as_deref().map(|key| section(conference, key)).transpose()?,
                words: words(text)?,
                label: *label,
                source: source
                    .as_deref()
                    .filter(|source| !source.trim().is_empty())
                    .map(short)
                    .transpose()?,
                children: children.clone(),
            }
        }
        Offered::Row { cells, who, when } => {
            let known = all_cells(conference, cells.clone());
            if cells.keys().any(|column| !known.contains_key(column)) {
                return not_there("The plan has no such column.");
            }
            let mut kept = BTreeMap::new();
            for (column, text) in cells.iter().filter(|(_, text)| !text.trim().is_empty()) {
                kept.insert(column.clone(), words(text)?);
            }
            if kept.is_empty() {
                return bad_input("There are no words yet.");
            }
            Offered::Row { cells: kept, who: doers(conference, who)?, when: by_when(when)? }
        }
        Offered::Change { row, words: text } => Offered::Change { row: *row, words: words(text)? },
    })
}

pub(super) fn quote(conference: &mut Conference, context: &Context<'_>, command: &Command) -> Done {
    match command {
        Command::Quote { record, note, section: key, order: place, words: text, speaker, replaces } => {
            if conference.records.contains_key(record) || context.sheets.note(*note).is_some() {
                return refused(Refusal::Already, "This quote has been written down already.");
            }
            if conference.records.len() >= RECORDS {
                return not_now("There are as many quotes as a conference can hold. Take one off first.");
            }
            let kept = Record {
                kind: RecordKind::Quote,
                words: words(text)?,
                speaker: Some(short(speaker)?),
                author: None,
                owner: None,
                sender: None,
                label: None,
                source: None,
                read_back: false,
                time: context.now,
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
                    Some((audience, Note { words: Words::Written(_), .. })) => {
                        edits.push(Edit::RemoveNote(audience, *written));
                    }
                    _ => return not_there("The line that should become a quote is no longer on the board."),
                }
            }
            conference.records.insert(*record, kept);
            edits.push(Edit::PutNote(Audience::All, line));
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

/// An answer to one's own row. It reaches the desk alone.
pub(super) fn answer(
    conference: &mut Conference,
    context: &Context<'_>,
    row: RowId,
    answer: Option<RowAnswer>,
) -> Done {
    let names_me =
        context.sheets.row(row).is_some_and(|(_, row)| row.who.contains(&Doer::Attendee(context.by)));
    if !names_me {
        return not_there("This row of the plan does not name you any more.");
    }
    let answers = conference.answers.entry(row).or_default();
    match answer {
        Some(answer) => answers.insert(context.by, answer),
        None => answers.remove(&context.by),
    };
    conference.answers.retain(|_, answers| !answers.is_empty());
    Ok(Vec::new())
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
                Words::Written(_) => desk_only(me)?,
                Words::Kept(record) => {
                    let asked = conference.in_hand.forget(record);
                    edits.extend(asked.into_iter().map(|of| Edit::Rebuild(Kind::Seat(of))));
                    let kept = conference.records.remove(&record);
                    if kept.as_ref().and_then(|kept| kept.owner) != Some(context.by) {
                        desk_only(me)?;
                    }
                    edits.push(Edit::Rebuild(Kind::Record(Audience::All)));
                    edits.extend(
                        kept.and_then(|kept| kept.sender).map(|sender| Edit::Rebuild(Kind::Seat(sender))),
                    );
                }
            }
            Ok(edits)
        }
        TakeOff::Row { row } => {
            desk_only(me)?;
            let Some((audience, row)) = context.sheets.row(*row) else {
                return not_there("This row is no longer in the plan.");
            };
            let mut edits = vec![Edit::RebuildPlan(audience, row.id), Edit::Rebuild(Kind::Desk)];
            conference.answers.remove(&row.id);
            let sender = conference.row_senders.remove(&row.id);
            edits.extend(sender.map(|sender| Edit::Rebuild(Kind::Seat(sender))));
            Ok(edits)
        }
        TakeOff::Offer { offer } => {
            let Some(found) = conference.offers.get(offer) else {
                return not_there("This is no longer offered.");
            };
            let by = found.by;
            if by != context.by && found.on_behalf_of != Some(context.by) {
                desk_only(me)?;
            }
            conference.offers.remove(offer);
            Ok(vec![Edit::Rebuild(Kind::Desk), Edit::Rebuild(Kind::Seat(by))])
        }
    }
}
