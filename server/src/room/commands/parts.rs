//! Leaving and coming back (P5; SPEC PART).
//!
//! While somebody is out they have no document, so what is written goes where everybody writes. What they could read when
//! they went is kept as digests. When they are let in again, and before they may read anything, every line that is not as
//! they left it goes to the part of those who saw it written: a document that leaves them out. A device that has no
//! document of that part is never sent a byte of it.

use super::{Context, Done, Edit, Sheets, not_now, not_there, refused};
use crate::{
    meeting::{
        attendee::Absence,
        conference::{Conference, Held, Millis, Offer, Record},
        in_hand::Rewording,
        sheet::{Note, PlanRow, Words},
    },
    room::projection,
};
use protocol::{
    command::{Line, Refusal},
    document::{Audience, Kind},
    id::{AttendeeId, HeldId, OfferId, RecordId, RowId},
    people::{Role, Standing},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Lines of one audience that go to another.
#[derive(Default)]
struct Going {
    notes: Vec<Note>,
    rows: Vec<PlanRow>,
    fields: Vec<(String, String)>,
    records: Vec<RecordId>,
}

/// Compares the state before a command with the state after it: who went, and who is back.
pub(in crate::room) fn attendance(
    before: &Conference,
    after: &mut Conference,
    sheets: &dyn Sheets,
    now: Millis,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    let everybody: Vec<AttendeeId> = after.people.keys().copied().collect();
    for id in everybody {
        let (was, is) = (before.here(id).is_some(), after.here(id).is_some());
        let role = after.people[&id].person.role;
        // Who leads or keeps the desk answers for all of it; a wall is no person.
        if was == is || role.has_desk() || role == Role::Wall || after.closed {
            continue;
        }
        if was {
            let seen = seen(before, sheets, id);
            let absence = Absence { from: now, until: None, seen, answered: false };
            if let Some(who) = after.people.get_mut(&id) {
                who.absence = Some(absence);
            }
        } else {
            is_out_under_another_link(after, id);
            edits.extend(come_back(after, sheets, id, now));
        }
    }
    edits
}

/// Somebody new has the name of somebody who is out: the same person with the room's code or another link. What that one
/// missed is not theirs either.
fn is_out_under_another_link(conference: &mut Conference, id: AttendeeId) {
    let who = &conference.people[&id];
    if who.absence.is_some() {
        return;
    }
    let name = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mine = name(&who.person.name);
    let twin = conference.people.iter().find(|(other, one)| {
        let out = one.standing != Standing::Here && one.absence.is_some();
        let names = one.former_names.iter().chain([&one.person.name]);
        **other != id && out && names.into_iter().any(|theirs| name(theirs) == mine)
    });
    let Some((twin, absence)) = twin.map(|(twin, one)| (*twin, one.absence.clone())) else { return };
    for without in conference.parts.values_mut().filter(|without| without.contains(&twin)) {
        without.insert(id);
    }
    if let Some(who) = conference.people.get_mut(&id) {
        who.absence = absence.map(|absence| Absence { until: None, ..absence });
    }
}

/// Digests of all that somebody may read, by line.
fn seen(conference: &Conference, sheets: &dyn Sheets, id: AttendeeId) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for audience in readable(conference, id) {
        let records = conference.records.iter().filter(|(_, record)| record.audience == audience);
        seen.extend(records.map(|(id, record)| (record_key(*id), of_record(record))));
        let notes = sheets.notes(audience);
        seen.extend(notes.iter().map(|note| (note.id.to_string(), of_note(conference, note))));
        let rows = sheets.rows(audience);
        seen.extend(rows.iter().map(|row| (row.id.to_string(), of_row(row))));
        let fields = sheets.fields(audience);
        seen.extend(fields.iter().map(|(key, words)| (field_key(audience, key), of_field(words))));
    }
    seen.extend(waiting(conference, id));
    seen
}

/// What waits, stands on no sheet yet and would be theirs to read: what comes to it later was written while they were
/// out, whatever a clock that is put right in between says of it.
fn waiting(conference: &Conference, id: AttendeeId) -> impl Iterator<Item = (String, String)> {
    let held = conference.held.iter().filter(move |(_, held)| !held.without.contains(&id));
    let held = held.map(|(id, held)| (held_key(*id), of_held(held)));
    let offers = conference.offers.iter().filter(move |(_, offer)| !offer.without.contains(&id));
    let offers = offers.map(|(id, offer)| (offer_key(*id), of_offer(offer)));
    let asked = conference.in_hand.rewordings.iter();
    let rewordings = asked.map(|(record, asked)| (rewording_key(*record), of_rewording(asked)));
    held.chain(offers).chain(rewordings)
}

/// Audiences of which somebody would read the lines if they were here, and is not left out.
fn readable(conference: &Conference, id: AttendeeId) -> Vec<Audience> {
    let who = &conference.people[&id];
    let parts = conference.parts.keys().map(|n| Audience::Part(*n));
    Audience::EVERY
        .into_iter()
        .chain(parts)
        .filter(|audience| crate::room::rights::may_read(conference, id, who, *audience))
        .collect()
}

/// What may be written for an audience is begun anew when somebody is back, even if nothing of it goes: a device that was
/// off the line meanwhile must not bring words of that time into it (SPEC PART3).
fn begun_anew(conference: &mut Conference, audience: Audience) {
    for kind in [Kind::Board(audience), Kind::Plan(audience)] {
        let edition = projection::name_of(conference, kind).edition;
        conference.parted.insert(kind.to_string(), edition + 1);
    }
}

fn come_back(conference: &mut Conference, sheets: &dyn Sheets, id: AttendeeId, now: Millis) -> Vec<Edit> {
    let Some(who) = conference.people.get_mut(&id) else { return Vec::new() };
    let Some(absence) = &mut who.absence else { return Vec::new() };
    let seen = std::mem::take(&mut absence.seen);
    absence.until = Some(now);
    let missed = |key: &str, digest: String| seen.get(key) != Some(&digest);
    let mut edits = Vec::new();
    for audience in readable(conference, id) {
        let records = conference.records.iter().filter(|(_, record)| record.audience == audience);
        let going = Going {
            records: records
                .filter(|(id, record)| missed(&record_key(**id), of_record(record)))
                .map(|(id, _)| *id)
                .collect(),
            notes: sheets
                .notes(audience)
                .into_iter()
                .filter(|note| missed(note.id.as_str(), of_note(conference, note)) && !is_blank(note))
                .collect(),
            rows: sheets
                .rows(audience)
                .into_iter()
                .filter(|row| missed(row.id.as_str(), of_row(row)))
                .collect(),
            fields: sheets
                .fields(audience)
                .into_iter()
                .filter(|(key, words)| {
                    !words.is_empty() && missed(&field_key(audience, key), of_field(words))
                })
                .collect(),
        };
        match audience {
            Audience::All | Audience::Part(_) => {
                begun_anew(conference, audience);
                let mut without = conference.without(audience);
                without.insert(id);
                edits.extend(carry(conference, sheets, audience, without, going, true));
            }
            // No part stands beside the audience of a role: who missed something of it belongs to it no more.
            _ if going.is_empty() => {
                begun_anew(conference, audience);
                edits.push(Edit::PartBoard(audience, Vec::new()));
                edits.push(Edit::PartPlan(audience, Vec::new(), Vec::new()));
            }
            _ => {
                if let Some(who) = conference.people.get_mut(&id) {
                    who.barred.insert(audience);
                }
            }
        }
    }
    // New words for a locked line stand where the old ones stood, which they may read.
    let asked_before = |record: &RecordId, asked: &mut Rewording| {
        asked.of == id || !missed(&rewording_key(*record), of_rewording(asked))
    };
    conference.in_hand.rewordings.retain(asked_before);
    let mut barred = BTreeSet::new();
    for (line, held) in &mut conference.held {
        let record = conference.in_hand.held.get(line).map(|(_, record)| record);
        let as_they_left_it = held.from.is_some_and(|(_, note)| {
            let struck = [false, true].map(|struck| of_note_of(held, record, struck));
            struck.into_iter().any(|digest| !missed(note.as_str(), digest))
        });
        if !as_they_left_it && missed(&held_key(*line), of_held(held)) {
            held.without.insert(id);
            // It goes back to where it was taken from: then something was written there meanwhile.
            let from = held.from.map(|(audience, _)| audience);
            barred.extend(from.filter(|from| !matches!(from, Audience::All | Audience::Part(_))));
        }
    }
    if let Some(who) = conference.people.get_mut(&id) {
        who.barred.extend(barred);
    }
    for (which, offer) in &mut conference.offers {
        let theirs = offer.by == id || offer.on_behalf_of == Some(id);
        if !theirs && missed(&offer_key(*which), of_offer(offer)) {
            offer.without.insert(id);
        }
    }
    edits
}

/// Opens lines to somebody who is back.
pub(super) fn open(
    conference: &mut Conference,
    context: &Context<'_>,
    attendee: AttendeeId,
    lines: &[Line],
) -> Done {
    if conference.here(attendee).is_none_or(|who| who.absence.is_none()) {
        return not_there("This person is not here, or was never out.");
    }
    if lines.len() > 1 && lines.iter().any(|line| matches!(line, Line::Field { .. })) {
        return refused(
            Refusal::BadInput,
            "A contingency is opened by itself, never together with other lines.",
        );
    }
    let mut by_audience = BTreeMap::<Audience, Going>::new();
    for line in lines {
        let Some(audience) = find(conference, context.sheets, attendee, line, &mut by_audience) else {
            return not_now("One of these lines has been opened or taken away meanwhile. Please look again.");
        };
        by_audience.entry(audience).or_default();
    }
    let mut edits = Vec::new();
    for (audience, mut going) in by_audience {
        going.records.extend(going.notes.iter().filter_map(|note| match note.words {
            Words::Kept(record) => Some(record),
            Words::Written(_) => None,
        }));
        let mut without = conference.without(audience);
        without.remove(&attendee);
        edits.extend(carry(conference, context.sheets, audience, without, going, false));
    }
    if let Some(absence) = conference.people.get_mut(&attendee).and_then(|who| who.absence.as_mut()) {
        absence.answered = true;
    }
    Ok(edits)
}

/// Puts a line that leaves somebody out with the others of its audience.
fn find(
    conference: &Conference,
    sheets: &dyn Sheets,
    without: AttendeeId,
    line: &Line,
    found: &mut BTreeMap<Audience, Going>,
) -> Option<Audience> {
    let leaves_out = |audience: &Audience| conference.without(*audience).contains(&without);
    match line {
        Line::Note { note } => {
            let (audience, note) = sheets.note(*note).filter(|(audience, _)| leaves_out(audience))?;
            let notes = &mut found.entry(audience).or_default().notes;
            notes.retain(|one| one.id != note.id);
            notes.push(note);
            Some(audience)
        }
        Line::Row { row } => {
            let (audience, row) = sheets.row(*row).filter(|(audience, _)| leaves_out(audience))?;
            let rows = &mut found.entry(audience).or_default().rows;
            rows.retain(|one| one.id != row.id);
            rows.push(row);
            Some(audience)
        }
        // One field may stand in several parts: all of it is opened.
        Line::Field { field } => {
            let parts = conference.parts.keys().map(|n| Audience::Part(*n)).filter(leaves_out);
            let mut last = None;
            for audience in parts {
                if let Some(words) = sheets.fields(audience).remove(field).filter(|words| !words.is_empty()) {
                    found.entry(audience).or_default().fields.push((field.clone(), words));
                    last = Some(audience);
                }
            }
            last
        }
    }
}

/// Lines leave their audience for that of everybody but these. The documents they leave are rebuilt, so that their
/// history does not hold the words. `all` = also those that no line leaves.
fn carry(
    conference: &mut Conference,
    sheets: &dyn Sheets,
    from: Audience,
    without: BTreeSet<AttendeeId>,
    going: Going,
    all: bool,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    if all || !going.notes.is_empty() {
        edits.push(Edit::PartBoard(from, going.notes.iter().map(|note| note.id).collect()));
    }
    if all || !going.rows.is_empty() || !going.fields.is_empty() {
        let fields = going.fields.iter().map(|(key, _)| key.clone()).collect();
        edits.push(Edit::PartPlan(from, going.rows.iter().map(|row| row.id).collect(), fields));
    }
    if going.is_empty() {
        return edits;
    }
    let to = conference.audience_without(without);
    let gone: Vec<RowId> = going.rows.iter().map(|row| row.id).collect();
    let mut named = false;
    for offer in
        conference.offers.values_mut().filter(|offer| offer.row.is_some_and(|row| gone.contains(&row)))
    {
        offer.audience = to;
        named |= offer.named_row().is_some();
    }
    // The record says of an offered row whose it was.
    if !going.records.is_empty() || named {
        edits.push(Edit::PartRecord(from));
    }
    for record in going.records {
        if let Some(record) = conference.records.get_mut(&record) {
            record.audience = to;
        }
    }
    edits.extend(going.notes.into_iter().map(|note| Edit::PutNote(to, note)));
    edits.extend(going.rows.into_iter().map(|row| Edit::PutRow(to, row)));
    let there = sheets.fields(to);
    edits.extend(going.fields.into_iter().map(|(key, words)| {
        let has_words = there.get(&key).is_some_and(|there| !there.is_empty());
        Edit::WriteField(to, key, if has_words { format!("\n{words}") } else { words })
    }));
    edits
}

impl Going {
    fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.rows.is_empty() && self.fields.is_empty() && self.records.is_empty()
    }
}

/// A line in which nothing has been written yet tells nothing: what is written in it now is written for everybody.
fn is_blank(note: &Note) -> bool {
    matches!(&note.words, Words::Written(words) if words.trim().is_empty()) && note.source.is_none()
}

fn record_key(id: RecordId) -> String {
    format!("record/{id}")
}

/// Every audience of a role has each field (SPEC DOC6).
fn field_key(audience: Audience, key: &str) -> String {
    format!("field/{audience}/{key}")
}

fn held_key(id: HeldId) -> String {
    format!("held/{id}")
}

fn offer_key(id: OfferId) -> String {
    format!("offer/{id}")
}

fn rewording_key(id: RecordId) -> String {
    format!("rewording/{id}")
}

/// What a line says, and nothing of its place among others: moving a line does not hide it.
fn of_note(conference: &Conference, note: &Note) -> String {
    let words = match &note.words {
        Words::Written(words) => json!(words),
        Words::Kept(record) => json!(conference.records.get(record).map(of_record)),
    };
    digest(&json!([words, note.section, note.children, note.label, note.source, note.struck]))
}

fn of_row(row: &PlanRow) -> String {
    digest(&json!([row.cells, row.children, row.who, row.when, row.struck]))
}

fn of_field(words: &str) -> String {
    digest(&json!(words))
}

fn of_record(record: &Record) -> String {
    digest(&json!([record.words, record.speaker, record.author, record.label, record.source]))
}

fn of_held(held: &Held) -> String {
    digest(&json!([held.words, held.section, held.children, held.label, held.source]))
}

/// The line on a board from which these words were taken: written there, or those of a record.
fn of_note_of(held: &Held, record: Option<&Record>, struck: bool) -> String {
    let words = record.map_or_else(|| json!(held.words), |record| json!(of_record(record)));
    digest(&json!([words, held.section, held.children, held.label, held.source, struck]))
}

fn of_offer(offer: &Offer) -> String {
    digest(&json!(offer.what))
}

fn of_rewording(asked: &Rewording) -> String {
    digest(&json!([asked.words, asked.strikes]))
}

/// Half of a SHA-256: told apart for good, and short where a long conference keeps hundreds.
fn digest(value: &serde_json::Value) -> String {
    hex::encode(&Sha256::digest(value.to_string())[..16])
}
