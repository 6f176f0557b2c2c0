//! The table of SPEC RIGHT: every role, every kind of document, every way to touch it.

use super::house::{House, conference, id, note};
use crate::{
    document::replica::Replica,
    room::{projection, rights},
};
use protocol::{
    document::{Access, Audience, Kind},
    id::{AttendeeId, RowId},
    people::{Role, Standing},
};

/// How somebody holds a document: without a pen, with one, and in a phase whose framework names their role.
/// `-` nothing, `r` reads, `w` writes. A pen is tried for every role: the command that gives it refuses some.
const ROLES: [(&str, &[Role]); 8] = [
    ("leads", &[Role::Chair, Role::CoChair]),
    ("support", &[Role::BusinessSupport]),
    (
        "professional",
        &[
            Role::SocialWorker,
            Role::TeamManager,
            Role::Police,
            Role::HealthVisitor,
            Role::SchoolNurse,
            Role::Midwife,
            Role::School,
            Role::Gp,
            Role::Probation,
            Role::AdultServices,
            Role::OtherProfessional,
        ],
    ),
    ("family", &[Role::Parent, Role::Relative, Role::YoungPerson]),
    ("beside", &[Role::Supporter, Role::ChildAdvocate]),
    ("interpreter", &[Role::Interpreter]),
    ("observer", &[Role::Observer]),
    ("wall", &[Role::Wall]),
];

#[rustfmt::skip]
const TABLE: [(&str, [&str; 8]); 14] = [
    // no pen, pen, phase:            leads  support prof.  family beside interp observ wall
    ("stage",                      ["rrr", "rrr", "rrr", "rrr", "rrr", "rrr", "rrr", "rrr"]),
    ("desk",                       ["rrr", "rrr", "---", "---", "---", "---", "---", "---"]),
    ("own seat",                   ["rrr", "rrr", "rrr", "rrr", "rrr", "rrr", "rrr", "rrr"]),
    ("another's seat",             ["---", "---", "---", "---", "---", "---", "---", "---"]),
    ("proceedings.all",            ["rrr", "rrr", "rrr", "rrr", "rrr", "rrr", "rrr", "rrr"]),
    ("proceedings.professionals",  ["rrr", "rrr", "rrr", "---", "---", "---", "---", "---"]),
    ("proceedings.family",         ["rrr", "rrr", "---", "rrr", "rrr", "---", "---", "---"]),
    ("proceedings.chair",          ["rrr", "---", "---", "---", "---", "---", "---", "---"]),
    ("board.all",                  ["www", "rwr", "rwr", "rwr", "rwr", "rwr", "rwr", "rwr"]),
    ("board.professionals",        ["www", "rwr", "rwr", "---", "---", "---", "---", "---"]),
    ("board.family",               ["www", "rwr", "---", "rwr", "rwr", "---", "---", "---"]),
    ("board.chair",                ["www", "---", "---", "---", "---", "---", "---", "---"]),
    ("plan.all",                   ["www", "rww", "rww", "rww", "rww", "rww", "rww", "rwr"]),
    ("plan.chair",                 ["www", "---", "---", "---", "---", "---", "---", "---"]),
];

/// Documents that follow another one's line.
const ALIKE: [(&str, &str); 6] = [
    ("record.all", "proceedings.all"),
    ("record.professionals", "proceedings.professionals"),
    ("record.family", "proceedings.family"),
    ("record.chair", "proceedings.chair"),
    ("plan.professionals", "board.professionals"),
    ("plan.family", "board.family"),
];

fn another() -> AttendeeId {
    AttendeeId::from_random([250; 10])
}

/// Every kind with its letter for a role and a way to hold it (0 without a pen, 1 with one, 2 named by the phase).
fn expected(place: usize, role: Role, way: usize) -> Vec<(Kind, char)> {
    let letter = |label: &str| {
        let row = TABLE.iter().find(|(name, _)| *name == label).expect("it has a line");
        row.1[place].chars().nth(way).expect("three ways")
    };
    let kind = |label: &str| match label {
        "own seat" => Kind::Seat(id(role)),
        "another's seat" => Kind::Seat(another()),
        other => other.parse().expect("a kind of ours"),
    };
    let alike = ALIKE.iter().map(|(label, like)| {
        let named = way == 2 && kind(label).to_string().starts_with("plan") && letter(like) == 'r';
        (kind(label), if named && role != Role::Wall { 'w' } else { letter(like) })
    });
    TABLE.iter().map(|(label, _)| (kind(label), letter(label))).chain(alike).collect()
}

/// Whether the table lets somebody read this at any time, whatever the room says. A part asks who, not what role.
pub(in crate::room::core) fn may_ever_read(role: Role, attendee: AttendeeId, kind: Kind) -> bool {
    let place =
        ROLES.iter().position(|(_, roles)| roles.contains(&role)).expect("every role is in the table");
    match kind {
        Kind::Seat(of) => of == attendee,
        Kind::Board(Audience::Part(_)) | Kind::Record(Audience::Part(_)) | Kind::Plan(Audience::Part(_)) => {
            true
        }
        kind => {
            expected(place, role, 0).contains(&(kind, 'r')) || expected(place, role, 0).contains(&(kind, 'w'))
        }
    }
}

fn named_everywhere(conference: &mut crate::meeting::conference::Conference) {
    let framework = conference.framework.as_mut().expect("it has one");
    std::sync::Arc::make_mut(framework).phases[0].plan_writers = Role::EVERY.to_vec();
}

#[test]
fn right1_to_right5_every_role_has_exactly_the_access_of_the_table() {
    let roles: usize = ROLES.iter().map(|(_, roles)| roles.len()).sum();
    assert_eq!(roles, Role::EVERY.len());
    for (place, (group, roles)) in ROLES.iter().enumerate() {
        for role in roles.iter().copied() {
            for way in 0..3 {
                let mut conference = conference(&Role::EVERY);
                let mut other = conference.people[&id(Role::Gp)].clone();
                other.standing = Standing::Here;
                conference.people.insert(another(), other);
                let who = conference.people.get_mut(&id(role)).unwrap();
                who.standing = Standing::Here;
                who.pen = way == 1;
                if way == 2 {
                    named_everywhere(&mut conference);
                }
                let expected = expected(place, role, way);
                for kind in projection::kinds(&conference) {
                    if matches!(kind, Kind::Seat(of) if of != id(role) && of != another()) {
                        continue;
                    }
                    let letter = match rights::access(&conference, id(role), kind) {
                        None => '-',
                        Some(Access::Read) => 'r',
                        Some(Access::Write) => 'w',
                    };
                    let found = expected.iter().find(|(other, _)| *other == kind).expect("it has a line");
                    assert_eq!(letter, found.1, "{group} {role:?} {kind} way {way}");
                }
                // Whoever is not here has nothing, and nobody writes after the close (RIGHT5, RIGHT7).
                for standing in [
                    Standing::Invited,
                    Standing::Waiting,
                    Standing::PartEnded,
                    Standing::Closed,
                    Standing::Left,
                    Standing::Out,
                ] {
                    conference.people.get_mut(&id(role)).unwrap().standing = standing;
                    for (kind, _) in &expected {
                        assert_eq!(rights::access(&conference, id(role), *kind), None);
                    }
                }
                conference.people.get_mut(&id(role)).unwrap().standing = Standing::Here;
                conference.closed = true;
                for (kind, _) in &expected {
                    assert_ne!(rights::access(&conference, id(role), *kind), Some(Access::Write));
                }
            }
        }
    }
}

#[test]
fn right1_to_right4_the_socket_opens_and_takes_exactly_what_the_table_says() {
    for way in 0..3 {
        let mut conference = conference(&Role::EVERY);
        for who in conference.people.values_mut() {
            who.pen = way == 1;
        }
        let mut other = conference.people[&id(Role::Gp)].clone();
        other.pen = false;
        conference.people.insert(another(), other);
        if way == 2 {
            named_everywhere(&mut conference);
        }
        let mut house = House::begin(9, conference);
        for (place, (_, roles)) in ROLES.iter().enumerate() {
            for role in roles.iter().copied() {
                for (kind, letter) in expected(place, role, way) {
                    let n = house.of(role);
                    let name = house.name(kind);
                    house.devices[n].open(name);
                    house.settle();
                    let open = house.devices[n].copies.get(&kind).and_then(|copy| copy.access);
                    let access = match letter {
                        'r' => Some(Access::Read),
                        'w' => Some(Access::Write),
                        _ => None,
                    };
                    assert_eq!(open, access, "{role:?} {kind} way {way}");
                    if open.is_none() {
                        continue;
                    }
                    let writer = Replica::new(house.fresh_client());
                    let words = format!("{role:?} in {kind}");
                    let update = match kind {
                        Kind::Plan(_) => writer.write_row(RowId::from_random([role as u8; 10]), &words),
                        Kind::Board(_) => writer.write_note(note(role as u8), "worried", &words),
                        _ => writer.put("stage", "phase", &words),
                    };
                    house.devices[n].send(kind, update);
                    while house.up(n) {}
                    house.sync();
                    let said = house.devices[n].down.iter().map(|frame| super::device::read(frame));
                    let statuses: Vec<bool> = said
                        .filter_map(|(from, said)| match said {
                            super::device::Said::Status(saved) if from == name => Some(saved),
                            _ => None,
                        })
                        .collect();
                    assert_eq!(statuses, [letter == 'w'], "{role:?} {kind} way {way}");
                    assert_eq!(house.is_stored(&words), letter == 'w', "{role:?} {kind} way {way}");
                    house.settle();
                }
            }
        }
    }
}
