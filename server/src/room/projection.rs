//! What each server-written document holds, worked out from the conference's state (SPEC DOC2). Plain functions: the
//! same state gives the same maps, so that a document can be rebuilt for any audience.

mod rounds;

use super::rights;
use crate::{
    document::Maps,
    meeting::{
        attendee::Attendee,
        conference::{Conference, Millis, Offer, RecordKind},
    },
};
use protocol::{
    document::{Access, Audience, DocumentName, Kind},
    id::AttendeeId,
    people::{Role, Standing},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Which devices have a socket now. Lives in memory only.
#[derive(Debug, Default)]
pub struct Presence {
    /// Sockets by attendee and device.
    pub linked: BTreeMap<(AttendeeId, u32), usize>,
    /// Since when a wall that had a link has none.
    pub away_since: BTreeMap<AttendeeId, Millis>,
    /// The page that a wall shows, as it says itself.
    pub showing: BTreeMap<AttendeeId, Showing>,
}

/// The page that a wall shows of a section's sheet, from 1 (SPEC PRES6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Showing {
    section: String,
    page: u16,
    of: u16,
}

impl Showing {
    /// Longest key of a section that a wall may name, in bytes.
    const KEY_BYTES: usize = 64;

    /// Whether a wall can show this.
    pub fn is_possible(&self) -> bool {
        self.section.len() <= Self::KEY_BYTES && 1 <= self.page && self.page <= self.of
    }
}

impl Presence {
    fn has(&self, attendee: AttendeeId) -> bool {
        self.linked.range((attendee, 0)..=(attendee, u32::MAX)).next().is_some()
    }
}

/// The maps of a document; none for documents that people write.
pub fn project(conference: &Conference, presence: &Presence, kind: Kind) -> Option<Maps> {
    match kind {
        Kind::Stage => Some(stage(conference)),
        Kind::Proceedings(audience) => Some(proceedings(conference, audience)),
        Kind::Record(audience) => Some(record(conference, audience)),
        Kind::Desk => Some(desk(conference, presence)),
        Kind::Seat(attendee) => conference.people.get(&attendee).map(|who| seat(conference, attendee, who)),
        Kind::Board(_) | Kind::Plan(_) => None,
    }
}

/// The current name of a document.
pub fn name_of(conference: &Conference, kind: Kind) -> DocumentName {
    let edition = conference.editions.get(&kind.to_string()).copied().unwrap_or(1);
    DocumentName { conference: conference.id, kind, edition }
}

/// Every kind of document that a conference has now.
pub fn kinds(conference: &Conference) -> Vec<Kind> {
    let mut kinds = vec![Kind::Stage, Kind::Desk];
    for audience in Audience::EVERY {
        kinds.extend([
            Kind::Proceedings(audience),
            Kind::Record(audience),
            Kind::Board(audience),
            Kind::Plan(audience),
        ]);
    }
    for part in conference.parts.keys().map(|n| Audience::Part(*n)) {
        kinds.extend([Kind::Record(part), Kind::Board(part), Kind::Plan(part)]);
    }
    kinds.extend(conference.people.keys().map(|attendee| Kind::Seat(*attendee)));
    kinds
}

fn map(value: Value) -> BTreeMap<String, Value> {
    match value {
        Value::Object(entries) => entries.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

fn is_for_all(kind: &Kind) -> bool {
    matches!(kind, Kind::Board(Audience::All) | Kind::Plan(Audience::All))
}

fn stage(conference: &Conference) -> Maps {
    Maps::from([
        (
            "stage",
            map(json!({
                "title": conference.title,
                "starts": conference.starts,
                "practice": conference.practice,
                "mirrored": conference.mirrored,
                "screen": conference.screen,
                "phase": conference.phase,
                "convened_at": conference.convened.as_ref().map(|convened| convened.at),
                "paused": conference.paused,
                "closed": conference.closed,
                "focus": conference.focus,
                "prompt": conference.prompt,
                "recording": conference.recording,
                "check": conference.in_hand.check.as_ref().is_some_and(|check| check.open),
                // That an audience has sheets of its own is nobody else's business.
                "set_aside": conference.set_aside.iter().any(is_for_all),
            })),
        ),
        ("framework", map(json!({ "text": conference.framework() }))),
    ])
}

/// A person as everybody of the audience may know them.
fn on_the_roll(who: &Attendee) -> Value {
    let person = &who.person;
    json!({
        "name": person.name,
        "role": person.role,
        "words": person.words,
        "agency": person.agency,
        "place": person.place,
        "family": person.role.is_family(),
        "pen": who.writes(),
        "standing": who.standing,
        "device": !who.devices.is_empty(),
        "n": who.n,
    })
}

fn proceedings(conference: &Conference, audience: Audience) -> Maps {
    let roll = conference
        .people
        .iter()
        .filter(|(_, who)| who.standing == Standing::Here && who.person.role != Role::Wall)
        .filter(|(_, who)| rights::is_member(who.person.role, audience) || audience != Audience::Chair)
        .map(|(id, who)| {
            let mut value = map(on_the_roll(who));
            if !conference.in_hand.shows_places(audience) {
                value.remove("place");
            }
            (id.to_string(), json!(value))
        })
        .collect();
    let children = conference
        .children
        .iter()
        .enumerate()
        .map(|(n, child)| {
            (child.id.to_string(), json!({ "first_name": child.first_name, "name": child.name, "n": n }))
        })
        .collect();
    Maps::from([
        ("conference", map(json!({ "heading": conference.heading() }))),
        ("roll", roll),
        ("children", children),
        ("rounds", rounds::shown(conference)),
    ])
}

/// Quotes and accepted notes of one audience, and who offered which rows of its plan (SPEC DOC5).
fn record(conference: &Conference, audience: Audience) -> Maps {
    let records = conference
        .records
        .iter()
        .filter(|(_, record)| record.audience == audience)
        .map(|(id, record)| {
            let author = record.author.and_then(|author| conference.people.get(&author));
            let child = conference.children.iter().find(|child| Some(child.id) == record.child);
            let value = json!({
                // A child's words are the child's quote, whoever typed them (P19).
                "kind": if child.is_some() { RecordKind::Quote } else { record.kind },
                "words": record.words,
                "speaker": child.map(|child| &child.first_name).or(record.speaker.as_ref()),
                "author": author.map(|who| &who.person.name),
                "role_words": author.map(|who| &who.person.words),
                "label": record.label,
                "source": record.source,
                "read_back": record.read_back,
                "agreed": conference.in_hand.agreed.get(id),
                "time": record.time,
            });
            (id.to_string(), value)
        })
        .collect();
    let rows = conference.offers.values().filter(|offer| offer.audience == audience);
    let offered = rows
        .filter_map(|offer| {
            let (row, author) = offer.named_row()?;
            let author = &conference.people.get(&author)?.person.name;
            Some((row.to_string(), json!({ "author": author })))
        })
        .collect();
    Maps::from([("records", records), ("offered", offered)])
}

fn desk(conference: &Conference, presence: &Presence) -> Maps {
    let offers = conference
        .offers
        .iter()
        .filter(|(_, offer)| offer.is_open())
        .map(|(id, offer)| {
            let value = json!({
                "by": offer.by,
                "what": offer.what,
                "on_behalf_of": offer.on_behalf_of,
                "child": offer.child,
                "named": offer.named,
                "time": offer.time,
                "state": offer.state,
            });
            (id.to_string(), value)
        })
        .collect();
    let mut people = BTreeMap::new();
    let mut asks = BTreeMap::new();
    let mut walls = BTreeMap::new();
    for (id, who) in &conference.people {
        if who.person.role == Role::Wall {
            if who.standing == Standing::Here {
                let value = json!({
                    "name": who.person.name,
                    "linked": presence.has(*id),
                    "away_since": presence.away_since.get(id),
                    "screen": who.screen,
                    "showing": presence.showing.get(id),
                });
                walls.insert(id.to_string(), value);
            }
            continue;
        }
        let mut value = map(on_the_roll(who));
        value.insert("away".into(), json!(who.away));
        value.insert("link".into(), json!(who.way_in.is_some()));
        value.insert(
            "locked".into(),
            json!(who.way_in.as_ref().is_some_and(|way| way.wrong >= protocol::limits::PIN_TRIES)),
        );
        let devices: Vec<Value> = who
            .devices
            .iter()
            .map(|device| {
                json!({
                    "n": device.n,
                    "waiting": device.waiting,
                    "linked": presence.linked.contains_key(&(*id, device.n)),
                })
            })
            .collect();
        value.insert("devices".into(), json!(devices));
        people.insert(id.to_string(), json!(value));
        if !who.asks.is_empty() {
            asks.insert(id.to_string(), json!(who.asks));
        }
    }
    let held = conference
        .held
        .iter()
        .map(|(id, held)| {
            let value = json!({
                "section": held.section,
                "words": held.words,
                "label": held.label,
                "source": held.source,
                "children": held.children,
                "time": held.time,
            });
            (id.to_string(), value)
        })
        .collect();
    let code = if conference.closed { BTreeMap::new() } else { map(json!({ "room": conference.code })) };
    let here: Vec<_> = conference.people.keys().filter(|id| conference.here(**id).is_some()).collect();
    let convened = conference.convened.as_ref().map(|convened| {
        json!({
            "at": convened.at,
            "present": convened.present,
            "agencies": conference.agencies(convened.present.iter()),
        })
    });
    let parts = conference.parts.iter();
    let parts = parts.map(|(n, without)| (Audience::Part(*n).to_string(), json!(without))).collect();
    let back = conference.people.iter().filter(|(id, _)| conference.here(**id).is_some());
    let returns = back.filter_map(|(id, who)| {
        let absence = who.absence.as_ref()?;
        let value = json!({ "from": absence.from, "until": absence.until?, "answered": absence.answered });
        Some((id.to_string(), value))
    });
    let returns = returns.collect();
    let quorum = map(json!({ "agencies": conference.agencies(here.into_iter()), "convened": convened }));
    let answers = conference.answers.iter().map(|(row, answers)| (row.to_string(), json!(answers))).collect();
    let rewordings = conference
        .in_hand
        .rewordings
        .iter()
        .map(|(id, asked)| {
            let value = json!({ "words": asked.words, "strikes": asked.strikes.is_some(), "of": asked.of });
            (id.to_string(), value)
        })
        .collect();
    // Whom the desk asks before locked words change; it saw whose they are when it wrote them up (P17).
    let owners: BTreeMap<String, AttendeeId> =
        conference.records.iter().filter_map(|(id, record)| Some((id.to_string(), record.owner?))).collect();
    let hand = &conference.in_hand;
    let hand = map(json!({
        "called": hand.called,
        "speaking": hand.speaking,
        "spoke": hand.spoke,
        "parked": hand.parked,
        "check": hand.check,
        "hidden_places": hand.hidden_places,
        "in_front": hand.in_front,
        "owners": owners,
    }));
    Maps::from([
        ("hand", hand),
        ("slips", rounds::slips(conference)),
        ("entitled", rounds::entitled(conference)),
        ("family", rounds::family(conference)),
        ("rewordings", rewordings),
        ("quorum", quorum),
        ("answers", answers),
        ("parts", parts),
        ("returns", returns),
        ("offers", offers),
        ("people", people),
        ("asks", asks),
        ("held", held),
        ("walls", walls),
        ("code", code),
    ])
}

/// What has become of an offer, for whoever sent it; `off` = they may take it off themselves (P4).
fn offer_told(attendee: AttendeeId, offer: &Offer) -> Value {
    let off = offer.author().is_none_or(|author| author == attendee);
    json!({ "what": offer.what, "state": offer.state, "row": offer.row, "off": off })
}

fn seat(conference: &Conference, attendee: AttendeeId, who: &Attendee) -> Maps {
    let mut documents = BTreeMap::new();
    let mut parted = BTreeMap::new();
    for kind in kinds(conference) {
        let Some(access) = rights::access(conference, attendee, kind) else { continue };
        documents.insert(name_of(conference, kind).to_string(), json!(access));
        if let (Access::Write, Some(edition)) = (access, conference.parted.get(&kind.to_string())) {
            parted.insert(kind.to_string(), json!(edition));
        }
    }
    let offers = conference
        .offers
        .iter()
        .filter(|(_, offer)| offer.by == attendee)
        .map(|(id, offer)| (id.to_string(), offer_told(attendee, offer)))
        .collect();
    let accepted = conference
        .records
        .iter()
        .filter(|(_, record)| record.owner == Some(attendee) || record.sender == Some(attendee))
        .map(|(id, record)| {
            let own = record.owner == Some(attendee);
            let off = own || (record.child.is_some() && record.sender == Some(attendee));
            (id.to_string(), json!({ "time": record.time, "own": own, "off": off }))
        })
        .collect();
    let answers = conference
        .answers
        .iter()
        .filter_map(|(row, answers)| Some((row.to_string(), json!(answers.get(&attendee)?))))
        .collect();
    let said = conference.in_hand.check.as_ref().and_then(|check| check.answers.get(&attendee));
    let asked = conference
        .in_hand
        .rewordings
        .iter()
        .filter(|(_, asked)| asked.of == attendee)
        .filter_map(|(id, asked)| {
            let now = &conference.records.get(id)?.words;
            Some((id.to_string(), json!({ "now": now, "words": asked.words })))
        })
        .collect();
    Maps::from([
        ("answers", answers),
        ("asked", asked),
        ("rounds", rounds::of(conference, attendee)),
        ("accepted", accepted),
        (
            "seat",
            map(json!({
                "standing": who.standing,
                "page": who.page(),
                "name": who.person.name,
                "role": who.person.role,
                "words": who.person.words,
                "pen": who.writes(),
                "place": who.person.place,
                "called": conference.in_hand.called == Some(attendee),
                "agrees": said,
                "asks": who.asks.keys().collect::<Vec<_>>(),
                "screen": who.screen,
                "code": shows_code(conference, who).then_some(&conference.code),
            })),
        ),
        ("documents", documents),
        ("parted", parted),
        ("offers", offers),
    ])
}

/// The room's code stands on a wall while the wall shows the way in, and in no document that an attendee reads.
fn shows_code(conference: &Conference, who: &Attendee) -> bool {
    who.person.role == Role::Wall && conference.focus.section == "join" && !conference.closed
}
