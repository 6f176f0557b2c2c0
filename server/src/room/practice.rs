//! The two practice conferences of scenario B (P25): one with empty sheets, before it has been convened, and one with
//! filled sheets, under way. So a newcomer finds words on every screen at once, and a chair can rehearse the beginning.
//! An authority rehearses with its own words: one more with empty sheets for each framework of its own.
//!
//! Their links are worked out from one secret seed, so that the same tabs work after a restart. They are made once and
//! found again.

use super::{
    commands::{Edit, offers::all_cells},
    core::Core,
    directory::{CreateError, Directory},
};
use crate::meeting::{
    attendee::{Attendee, Entrance},
    conference::{Conference, Convened, Millis, Record, RecordKind},
    practice::{LineKind, Practice, PracticeWhen, scenario_b},
    sheet::{Doer, Note, PlanRow, When, Words},
};
use argon2::{Argon2, PasswordHasher};
use protocol::{
    api::{NewChild, NewConference, NewPerson},
    command::{Focus, Person, Screen},
    document::Audience,
    id::{AttendeeId, ChildId, ConferenceId, NoteId, RecordId, RowId},
    people::{Place, Role},
};
use rand::{SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// One way into a practice conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeLink {
    /// Who, in plain words.
    pub who: String,
    /// Where to go.
    pub link: String,
}

/// A practice conference that is open now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeLinks {
    /// "empty sheets", "filled sheets", "empty sheets of Riverside".
    pub title: String,
    /// Eight digits, the same for everybody in it.
    pub pin: String,
    /// One for each person with a device, and one wall.
    pub links: Vec<PracticeLink>,
}

/// Opens the practice conferences, or finds them again.
///
/// # Errors
/// [`CreateError`], when nothing can be kept.
pub async fn open(
    directory: &Directory,
    public_url: &str,
    seed: &[u8; 32],
) -> Result<Vec<PracticeLinks>, CreateError> {
    let scenario = scenario_b();
    let mut all = Vec::new();
    for (title, filled) in [("empty sheets", false), ("filled sheets", true)] {
        let which = Which { title: title.to_owned(), framework: scenario.framework, filled };
        all.push(open_one(directory, public_url, Derive { seed, of: title }, which).await?);
    }
    for own in directory.frameworks().iter().filter(|one| one.key != scenario.framework) {
        let title = format!("empty sheets of {}", own.name);
        let which = Which { title, framework: &own.key, filled: false };
        all.push(open_one(directory, public_url, Derive { seed, of: &own.key }, which).await?);
    }
    Ok(all)
}

/// One of the practice conferences.
struct Which<'a> {
    title: String,
    /// Key of the framework it is held in.
    framework: &'a str,
    filled: bool,
}

/// Everything random about a practice conference, from its seed.
#[derive(Clone, Copy)]
struct Derive<'a> {
    seed: &'a [u8; 32],
    /// Which of them: its title, or the key of its framework.
    of: &'a str,
}

impl Derive<'_> {
    fn bytes(self, of: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.of);
        hash.update([0]);
        hash.update(of);
        hash.finalize().into()
    }

    fn id(self, of: &str) -> [u8; 10] {
        let bytes = self.bytes(of);
        std::array::from_fn(|place| bytes[place])
    }

    fn secret(self, of: &str) -> String {
        hex::encode(self.bytes(&format!("secret {of}")))
    }

    fn pin(self) -> String {
        let bytes = self.bytes("pin");
        let number = u64::from_be_bytes(std::array::from_fn(|place| bytes[place])) % 100_000_000;
        format!("{number:08}")
    }
}

async fn open_one(
    directory: &Directory,
    public_url: &str,
    derive: Derive<'_>,
    Which { title, framework, filled }: Which<'_>,
) -> Result<PracticeLinks, CreateError> {
    let scenario = scenario_b();
    let id = ConferenceId::from_random(derive.id("conference"));
    let attendee = |name: &str| AttendeeId::from_random(derive.id(&format!("attendee {name}")));
    const WALL: &str = "Wall of the room";
    if !directory.has(id) {
        let mut rng = StdRng::from_seed(derive.bytes("rng"));
        let mut conference = directory.begin(
            new_conference(&scenario, id, derive, framework, filled),
            HashMap::new(),
            &mut rng,
        )?;
        let pin = Argon2::default()
            .hash_password(derive.pin().as_bytes())
            .map_err(|error| CreateError::BadInput(error.to_string()))?
            .to_string();
        let entrance = |name: &str| Entrance {
            secret_hash: Sha256::digest(hex::decode(derive.secret(name)).unwrap_or_default()).into(),
            pin: pin.clone(),
            wrong: 0,
        };
        for person in scenario.people.iter().filter(|person| person.device) {
            if let Some(who) = conference.people.get_mut(&attendee(person.name)) {
                who.way_in = Some(entrance(person.name));
            }
        }
        let wall = Person {
            name: WALL.to_owned(),
            role: Role::Wall,
            words: String::new(),
            agency: None,
            place: Place::Room,
        };
        let mut wall = Attendee::invited(wall, conference.next_n(), Some(entrance(WALL)));
        wall.screen = Some(conference.screen);
        conference.people.insert(attendee(WALL), wall);
        let words = filled.then(|| {
            go_on(&mut conference, &scenario, directory.now());
            fill(&conference, &scenario, derive)
        });
        let room = directory.open_with(id, Core::begin(conference, rng)).await?;
        if let Some((edits, records)) = words {
            room.fill(edits, records).await;
        }
    }
    let mut names: Vec<(String, &str)> = scenario
        .people
        .iter()
        .filter(|person| person.device)
        .map(|person| (format!("{}, {}", person.name, person.words), person.name))
        .collect();
    names.insert(1.min(names.len()), (WALL.to_owned(), WALL));
    let links = names
        .into_iter()
        .map(|(who, name)| PracticeLink {
            who,
            link: format!("{public_url}/join#{}.{}", attendee(name), derive.secret(name)),
        })
        .collect();
    Ok(PracticeLinks { title, pin: derive.pin(), links })
}

fn child_id(derive: Derive<'_>, first_name: &str) -> ChildId {
    ChildId::from_random(derive.id(&format!("child {first_name}")))
}

fn new_conference(
    scenario: &Practice,
    id: ConferenceId,
    derive: Derive<'_>,
    framework: &str,
    filled: bool,
) -> NewConference {
    NewConference {
        conference: id,
        framework: framework.to_owned(),
        title: scenario.title.to_owned(),
        starts: scenario.starts.to_owned(),
        children: scenario
            .children
            .iter()
            .map(|child| NewChild {
                child: child_id(derive, child.first_name),
                first_name: child.first_name.to_owned(),
                name: child.name.to_owned(),
            })
            .collect(),
        people: scenario
            .people
            .iter()
            .map(|person| NewPerson {
                attendee: AttendeeId::from_random(derive.id(&format!("attendee {}", person.name))),
                person: Person {
                    name: person.name.to_owned(),
                    role: person.role,
                    words: person.words.to_owned(),
                    agency: person.agency.map(str::to_owned),
                    place: person.place,
                },
                way_in: None,
            })
            .collect(),
        // One for each kind of room: a 55″ television and a last chair 5 m away, a 43″ one and 3 m.
        screen: match filled {
            true => Screen { height_mm: 685, distance_mm: 5_000 },
            false => Screen { height_mm: 535, distance_mm: 3_000 },
        },
        mirrored: false,
        hidden_places: Vec::new(),
        practice: true,
    }
}

/// Everybody was here when it was convened, and a phase is open in which people write and offer.
fn go_on(conference: &mut Conference, scenario: &Practice, now: Millis) {
    let present = conference.people.iter().filter(|(_, who)| who.person.role != Role::Wall);
    conference.convened = Some(Convened { at: now, present: present.map(|(id, _)| *id).collect() });
    let phase = conference.framework().phases.iter().find(|phase| phase.key == scenario.phase);
    let section = phase.and_then(|phase| phase.section.clone());
    conference.phase = scenario.phase.to_owned();
    if let Some(section) = section {
        conference.focus = Focus { section, page: 1, follows: true };
    }
}

type Filled = (Vec<Edit>, Vec<(RecordId, Record)>);

fn fill(conference: &Conference, scenario: &Practice, derive: Derive<'_>) -> Filled {
    let mut edits = Vec::new();
    let mut records = Vec::new();
    let children = |names: &[&str]| names.iter().map(|name| child_id(derive, name)).collect();
    for (n, line) in scenario.lines.iter().enumerate() {
        let mut note = Note {
            id: NoteId::from_random(derive.id(&format!("note {n}"))),
            words: Words::Written(line.words.to_owned()),
            section: line.section.to_owned(),
            order: order(n),
            children: children(line.children),
            label: None,
            source: None,
            struck: false,
        };
        match &line.kind {
            LineKind::Written { label, source } => {
                note.label = *label;
                note.source = source.map(str::to_owned);
            }
            LineKind::Quote { speaker, read_back } => {
                let record = RecordId::from_random(derive.id(&format!("record {n}")));
                note.words = Words::Kept(record);
                let kept = Record {
                    kind: RecordKind::Quote,
                    words: line.words.to_owned(),
                    speaker: Some((*speaker).to_owned()),
                    author: None,
                    owner: None,
                    sender: None,
                    child: None,
                    label: None,
                    source: None,
                    read_back: *read_back,
                    time: 0,
                    audience: Audience::All,
                };
                records.push((record, kept));
            }
        }
        edits.push(Edit::PutNote(Audience::All, note));
    }
    for (n, row) in scenario.rows.iter().enumerate() {
        let cells =
            row.cells.iter().map(|(column, words)| ((*column).to_owned(), (*words).to_owned())).collect();
        let PracticeWhen { date, words } = row.when;
        edits.push(Edit::PutRow(
            Audience::All,
            PlanRow {
                id: RowId::from_random(derive.id(&format!("row {n}"))),
                cells: all_cells(conference, cells),
                order: order(n),
                children: children(row.children),
                who: row
                    .who
                    .iter()
                    .map(|name| {
                        Doer::Attendee(AttendeeId::from_random(derive.id(&format!("attendee {name}"))))
                    })
                    .collect(),
                when: When { date: date.map(str::to_owned), words: words.map(str::to_owned) },
                struck: false,
            },
        ));
    }
    for (field, words) in &scenario.fields {
        edits.push(Edit::WriteField(Audience::All, (*field).to_owned(), (*words).to_owned()));
    }
    (edits, records)
}

/// Keys in the order of a list, as clients make them: integers of a fractional index.
fn order(n: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    format!("b{}{}", DIGITS[n / 62 % 62] as char, DIGITS[n % 62] as char)
}
