//! What documents say of rounds of sealed notes.

use crate::meeting::{conference::Conference, round::Round};
use protocol::id::{AttendeeId, RoundId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Rounds of sealed notes, the same for every audience (SPEC SEAL). Nothing of a note before the reveal; how many are in is
/// told beside the documents, or every telling would be kept.
pub(super) fn shown(conference: &Conference) -> BTreeMap<String, Value> {
    let one = |(id, round): (&RoundId, &Round)| {
        let value = json!({
            "n": round.n,
            "child": round.child,
            "question": round.question,
            "low_words": round.low_words,
            "high_words": round.high_words,
            "minimum": round.minimum,
            "entitled": round.entitled.len(),
            "state": round.state,
            "key": round.key,
            "timing": conference.timing(),
            "revealed": round.revealed,
        });
        (id.to_string(), value)
    };
    conference.rounds.all.iter().map(one).collect()
}

/// Who hands no note in by themselves: entitled, here, and without a device (P15).
pub(super) fn slips(conference: &Conference) -> BTreeMap<String, Value> {
    let without_device = |one: &&AttendeeId| conference.here(**one).is_some_and(|who| who.devices.is_empty());
    let open = conference.rounds.all.iter().filter(|(_, round)| round.takes_notes());
    open.map(|(id, round)| {
        let whose: Vec<&AttendeeId> = round.entitled.iter().filter(without_device).collect();
        (id.to_string(), json!(whose))
    })
    .collect()
}

/// Who hands a note in, of the round that is under way. Whether anybody has is known to nobody.
pub(super) fn entitled(conference: &Conference) -> BTreeMap<String, Value> {
    let under_way = conference.rounds.all.iter().filter(|(_, round)| round.is_under_way());
    under_way.map(|(id, round)| (id.to_string(), json!(round.entitled))).collect()
}

/// How the family takes part, as the desk knows it (P16).
pub(super) fn family(conference: &Conference) -> BTreeMap<String, Value> {
    conference.rounds.family.iter().map(|(id, choice)| (id.to_string(), json!(choice))).collect()
}

/// The rounds in which an attendee hands a note in, and whether they can now.
pub(super) fn of(conference: &Conference, attendee: AttendeeId) -> BTreeMap<String, Value> {
    let theirs = conference.rounds.all.iter().filter(|(_, round)| round.entitled.contains(&attendee));
    theirs.map(|(id, round)| (id.to_string(), json!(round.takes_notes()))).collect()
}
