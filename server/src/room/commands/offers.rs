//! What attendees offer: a note, a row, a change of a row; and what becomes of it.

use super::{
    Context, Done, Edit, Refused, bad_input, not_now, not_there,
    own::may_offer,
    refused,
    rows::{by_when, doers},
    section, short, words,
};
use crate::meeting::{
    attendee::Attendee,
    conference::{Conference, Offer, OfferState, Record, RecordKind},
    sheet::{Doer, Note, PlanRow, Words},
};
use protocol::{
    command::{Command, Offered, Refusal},
    document::{Audience, Kind},
    framework::{Holds, OfferKind},
    id::{NoteId, OfferId, RecordId, RowId},
    limits::WAITING_OFFERS,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn accept(
    conference: &mut Conference,
    context: &mut Context<'_>,
    (id, offer): (OfferId, Offer),
    wanted: Option<&str>,
    order: String,
) -> Done {
    let author = offer.author();
    match offer.what.clone() {
        Offered::Note { section: offered, words, label, source, children } => {
            let Some(key) = wanted.or(offered.as_deref()) else {
                return bad_input("Choose the section where this note should stand.");
            };
            let section = section(conference, key)?;
            let audience = conference.audience_without(offer.without);
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
                author: author.filter(|_| offer.named),
                owner: author,
                sender: Some(offer.by),
                child: offer.child.filter(|_| offer.named),
                label,
                source,
                read_back: true,
                // When somebody was seen typing would tell whose words stand here without a name (P17).
                time: if offer.named { offer.time } else { context.now },
                audience,
            };
            conference.records.insert(record, kept);
            Ok(vec![Edit::PutNote(audience, note)])
        }
        Offered::Row { cells, who, when } => {
            let author = author.filter(|_| offer.named);
            let author_does = author.filter(|_| who.is_empty());
            let row = RowId::from_random(context.draw());
            let state = OfferState::Accepted;
            let audience = conference.audience_without(offer.without.clone());
            conference.offers.insert(id, Offer { state, row: Some(row), audience, ..offer });
            let row = PlanRow {
                id: row,
                cells: all_cells(conference, cells),
                order,
                children: Vec::new(),
                who: who.into_iter().chain(author_does.map(Doer::Attendee)).collect(),
                when,
                struck: false,
            };
            Ok(vec![Edit::PutRow(audience, row)])
        }
        // In front of everybody, behind what stands there: whoever holds a pen makes one sentence of both.
        Offered::Change { row, words } => {
            let Some((audience, _)) = context.sheets.row(row) else {
                return not_there("This row is no longer in the plan.");
            };
            if !offer.without.is_subset(&conference.without(audience)) {
                return not_now(
                    "Somebody who reads this row was out when this was said. Say it again together, or write it as a row of its own.",
                );
            }
            let mut columns =
                conference.framework().plan.columns.iter().filter(|one| one.holds == Holds::Words);
            let Some(column) = columns.find(|one| wanted.is_none_or(|key| one.key == key)) else {
                return not_there("The plan has no such column of words.");
            };
            if !context.sheets.takes_words(row, &column.key) {
                return not_now(
                    "Another program made this row and left no place for words there. Write it as a row of its own.",
                );
            }
            let cell = Edit::WriteCell(audience, row, column.key.clone(), words);
            conference.offers.insert(id, Offer { state: OfferState::Accepted, row: Some(row), ..offer });
            Ok(vec![cell])
        }
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
            let (other, child) = may_offer(conference, context.by, me, on_behalf_of.as_ref())?;
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
                on_behalf_of: other,
                child,
                row: None,
                audience: Audience::All,
                what: offered(conference, what)?,
                named: *named,
                time: context.now,
                state: OfferState::Waiting,
                without: BTreeSet::new(),
            };
            if conference.offers.insert(*offer, new).is_some() {
                return refused(Refusal::Already, "This has been offered already.");
            }
            Ok(Vec::new())
        }
        Command::Withdraw { offer } => {
            match conference.offers.get(offer) {
                Some(found) if found.by != context.by => return not_there("This is no longer offered."),
                Some(found) if found.state == OfferState::Accepted => {
                    return not_now("This stands in the plan by now. It can be taken off there.");
                }
                Some(_) => {}
                None => return not_there("This is no longer offered."),
            }
            conference.offers.remove(offer);
            Ok(vec![Edit::Rebuild(Kind::Desk), Edit::Rebuild(Kind::Seat(context.by))])
        }
        _ => unreachable!("dispatched by carry_out"),
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
