//! Role × document × operation, on the wire.

use crate::back::{comes_back, follows};
use anyhow::{Context, Result};
use flipchart_tests::{Attendee, Conference, Forced, Requests, Service, draw};
use futures_util::future::try_join_all;
use protocol::{
    command::{Command, Offered, Outcome, Refusal},
    document::{Access, Audience, DocumentName, Kind},
    people::{Place, Role},
};
use std::collections::BTreeMap;

/// `-` nothing, `r` reads, `w` writes. An audience stands for its four documents: proceedings and record are read where
/// board and plan are read or written. With a pen (`yes`: may be given one) every `r` of a board and a plan is a `w`.
const TABLE: &str = "
    role                stage desk own-seat other-seat  all professionals family chair  pen
    chair               r     r    r        -           w   w             w      w      has
    co-chair            r     r    r        -           w   w             w      w      has
    business-support    r     r    r        -           r   r             r      -      yes
    social-worker       r     -    r        -           r   r             -      -      yes
    team-manager        r     -    r        -           r   r             -      -      yes
    police              r     -    r        -           r   r             -      -      yes
    health-visitor      r     -    r        -           r   r             -      -      yes
    school-nurse        r     -    r        -           r   r             -      -      yes
    midwife             r     -    r        -           r   r             -      -      yes
    school              r     -    r        -           r   r             -      -      yes
    gp                  r     -    r        -           r   r             -      -      yes
    probation           r     -    r        -           r   r             -      -      yes
    adult-services      r     -    r        -           r   r             -      -      yes
    other-professional  r     -    r        -           r   r             -      -      yes
    parent              r     -    r        -           r   -             r      -      yes
    relative            r     -    r        -           r   -             r      -      yes
    young-person        r     -    r        -           r   -             r      -      yes
    supporter           r     -    r        -           r   -             r      -      no
    child-advocate      r     -    r        -           r   -             r      -      no
    interpreter         r     -    r        -           r   -             -      -      no
    observer            r     -    r        -           r   -             -      -      no
    wall                r     -    r        -           r   -             -      -      no
";

/// What lets somebody write beside their role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writes {
    /// Nothing.
    Nothing,
    /// A pen: boards and plans.
    Pen,
    /// The open phase names their role: plans alone (`plan_writers` of a framework).
    Plan,
}

/// One row of the table.
struct Row {
    role: Role,
    single: [char; 4],
    audiences: [char; 4],
    pen: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.trim().lines().skip(1);
    let rows: Vec<Row> = lines
        .map(|line| {
            let cells: Vec<&str> = line.split_whitespace().collect();
            let letter = |place: usize| cells[place].chars().next().expect("a letter");
            Row {
                role: serde_json::from_value(cells[0].into()).expect("a role"),
                single: [1, 2, 3, 4].map(letter),
                audiences: [5, 6, 7, 8].map(letter),
                pen: cells[9],
            }
        })
        .collect();
    assert!(Role::EVERY.iter().all(|role| rows.iter().any(|row| row.role == *role)), "a role is not listed");
    rows
}

impl Row {
    /// What this role may do with each document; `other` is somebody else's seat.
    fn expected(&self, own: Kind, other: Kind, writes: Writes) -> Vec<(Kind, Option<Access>)> {
        let access = |letter: char, by: &[Writes]| match letter {
            '-' => None,
            'w' if !by.is_empty() => Some(Access::Write),
            _ if by.contains(&writes) => Some(Access::Write),
            _ => Some(Access::Read),
        };
        let mut all: Vec<(Kind, Option<Access>)> = [other, Kind::Desk, own, Kind::Stage]
            .into_iter()
            .zip([self.single[3], self.single[1], self.single[2], self.single[0]])
            .map(|(kind, letter)| (kind, access(letter, &[])))
            .collect();
        // What everybody reads comes last: its answer shows that what was sent before it has been looked at.
        for (audience, letter) in Audience::EVERY.into_iter().zip(self.audiences).rev() {
            all.push((Kind::Proceedings(audience), access(letter, &[])));
            all.push((Kind::Record(audience), access(letter, &[])));
            all.push((Kind::Plan(audience), access(letter, &[Writes::Pen, Writes::Plan])));
            all.push((Kind::Board(audience), access(letter, &[Writes::Pen])));
        }
        all
    }
}

/// Words that stand in one document only, and where.
fn canary(kind: Kind) -> String {
    format!("canary in {kind}")
}

async fn check(row: &Row, one: &Attendee, other: Kind, writes: Writes, chair: &Attendee) -> Result<()> {
    let conference = one.conference()?;
    let named = |(kind, access)| (DocumentName::new(conference, kind), access);
    let expected = row.expected(Kind::Seat(one.id), other, writes).into_iter().map(named).collect();
    check_names(&format!("{:?}", row.role), one, expected, writes, chair).await
}

async fn check_names(
    who: &str,
    one: &Attendee,
    expected: Vec<(DocumentName, Option<Access>)>,
    writes: Writes,
    chair: &Attendee,
) -> Result<()> {
    let named: BTreeMap<String, Access> =
        serde_json::from_value(one.read(Kind::Seat(one.id), |seat| seat.json("documents"))?)?;
    for (name, access) in expected {
        let opened = one.open_named(name).await?.ok();
        assert_eq!(opened, access, "{who} opens {name}, by {writes:?}");
        let says = named.get(&name.to_string()).copied();
        assert_eq!(says, access, "the seat of {who} about {name}, by {writes:?}");
        let words = forced(who, writes, name);
        let expected = match access {
            None => Forced::Unanswered,
            Some(Access::Read) => Forced::Refused,
            Some(Access::Write) => Forced::Taken,
        };
        assert_eq!(one.force_named(name, &words).await?, expected, "{who} writes {name}, by {writes:?}");
        if access == Some(Access::Write) {
            let shown = |seen: &flipchart_tests::Seen| {
                seen.frames
                    .iter()
                    .any(|frame| frame.windows(words.len()).any(|part| part == words.as_bytes()))
            };
            if one.id != chair.id {
                chair.wait_until(&words, shown).await?;
            }
        } else {
            assert!(!chair.ever_received(&words), "{words}");
        }
    }
    Ok(())
}

fn forced(who: &str, writes: Writes, name: DocumentName) -> String {
    format!("forced by {who} with {writes:?} into {} {}", name.kind, name.edition)
}

#[tokio::test]
async fn right1_right2_right3_right4_every_role_reads_and_writes_its_documents_and_no_other() -> Result<()> {
    let service = Service::start(&[]).await?;
    let mut room = Conference::open(&service, &[Role::Chair]).await?;
    let chair = room.chair().await?;
    room.convene(&chair, "mapping").await?;
    let mut here = BTreeMap::new();
    for row in rows().iter().filter(|row| row.role != Role::Chair) {
        let one = if row.role == Role::Wall {
            room.pair(&chair, Requests::to(room.origin())).await?
        } else {
            room.invite(row.role, &chair).await?;
            room.bring(row.role, &chair).await?
        };
        here.insert(row.role, one);
    }
    // What each document alone holds.
    for audience in Audience::EVERY {
        chair.write(Kind::Board(audience), &canary(Kind::Board(audience))).await?;
        chair.write(Kind::Plan(audience), &canary(Kind::Plan(audience))).await?;
    }
    let held = Command::WriteHeld { held: draw(), section: "worried".into(), words: canary(Kind::Desk) };
    chair.does(held).await?;
    let parent = &here[&Role::Parent];
    let note = Offered::Note {
        section: None,
        words: canary(Kind::Seat(parent.id)),
        label: None,
        source: None,
        children: vec![],
    };
    parent.does(Command::Offer { offer: draw(), what: note, on_behalf_of: None, named: true }).await?;
    chair.saved().await?;

    let rows = rows();
    let others_seat =
        |role, parent: &Attendee| Kind::Seat(if role == Role::Parent { chair.id } else { parent.id });
    try_join_all(rows.iter().map(|row| {
        let one = here.get(&row.role).unwrap_or(&chair);
        check(row, one, others_seat(row.role, parent), Writes::Nothing, &chair)
    }))
    .await?;
    // A pen makes writers of those who may hold one, and of nobody else. A refused copy stays refused until it opens
    // the document again: everybody comes back on a new socket.
    for row in rows.iter().filter(|row| row.pen != "has") {
        let one = here.get_mut(&row.role).context("came in")?;
        let outcome = chair.command(Command::GivePen { attendee: one.id }).await?;
        match row.pen {
            "yes" => assert!(matches!(outcome, Outcome::Done { .. }), "{:?}: {outcome:?}", row.role),
            _ => assert!(
                matches!(outcome, Outcome::Refused { code: Refusal::NotYours, .. }),
                "{:?}: {outcome:?}",
                row.role
            ),
        }
        one.forget();
        one.connect().await?;
        one.open_all().await?;
    }
    try_join_all(rows.iter().filter(|row| row.pen != "has").map(|row| {
        let other = others_seat(row.role, &here[&Role::Parent]);
        let writes = if row.pen == "yes" { Writes::Pen } else { Writes::Nothing };
        check(row, &here[&row.role], other, writes, &chair)
    }))
    .await?;
    // Everything that ever came over any of their sockets; the chair wrote it.
    let parent = Kind::Seat(here[&Role::Parent].id);
    for row in rows.iter().filter(|row| row.role != Role::Chair) {
        let one = &here[&row.role];
        for (kind, access) in row.expected(Kind::Seat(one.id), parent, Writes::Nothing) {
            let has_words = match kind {
                Kind::Board(_) | Kind::Plan(_) | Kind::Desk => access.is_some(),
                // The desk shows what was offered.
                seat if seat == parent => row.role.has_desk() || row.role == Role::Parent,
                _ => continue,
            };
            assert_eq!(one.ever_received(&canary(kind)), has_words, "{:?}: {}", row.role, canary(kind));
        }
        assert_eq!(one.surprises(), Vec::<String>::new(), "{:?}", row.role);
    }
    Ok(())
}

/// Documents of a part, and documents in their editions: what somebody of a role may do with each. `gone` = they are
/// left out of the part, `wall` = the wall may show it.
fn expected_of_a_part(
    row: &Row,
    current: &BTreeMap<Kind, DocumentName>,
    writes: Writes,
    gone: bool,
    wall: bool,
) -> Vec<(DocumentName, Option<Access>)> {
    let part = Audience::Part(1);
    let own = row.expected(Kind::Stage, Kind::Stage, writes);
    let of = |kind: Kind| own.iter().find(|(other, _)| *other == kind).and_then(|(_, access)| *access);
    // A part is read and written like what everybody reads, by everybody whom it does not leave out.
    let reads = !gone && (row.role != Role::Wall || wall);
    let like = |kind| of(kind).filter(|_| reads);
    let mut expected = vec![
        (current[&Kind::Board(part)], like(Kind::Board(Audience::All))),
        (current[&Kind::Plan(part)], like(Kind::Plan(Audience::All))),
        (current[&Kind::Record(part)], like(Kind::Record(Audience::All))),
    ];
    let conference = current[&Kind::Stage].conference;
    for kind in [Kind::Board, Kind::Plan, Kind::Record].map(|kind| kind(Audience::Part(2))) {
        expected.push((DocumentName::new(conference, kind), None));
    }
    // What was begun anew when somebody came back has one edition, not the one before and not the one after.
    for audience in Audience::EVERY {
        for kind in [Kind::Board(audience), Kind::Plan(audience)] {
            let edition = current[&kind].edition;
            let others = [edition - 1, edition + 1].into_iter().filter(|other| *other > 0);
            expected.extend(others.map(|edition| (DocumentName { edition, ..current[&kind] }, None)));
            expected.push((current[&kind], of(kind)));
        }
    }
    expected
}

#[tokio::test]
async fn right3_part2_everybody_but_who_is_left_out_reads_a_part_and_each_document_has_one_edition()
-> Result<()> {
    const MISSED: [&str; 2] = ["a line of the time", "a row of the time"];
    let service = Service::start(&[]).await?;
    let mut room = Conference::open(&service, &[Role::Chair, Role::Relative]).await?;
    let chair = room.chair().await?;
    let gone = room.bring(Role::Relative, &chair).await?;
    room.convene(&chair, "mapping").await?;
    let mut here = BTreeMap::new();
    for row in rows().iter().filter(|row| row.role != Role::Chair) {
        let one = if row.role == Role::Wall {
            room.pair(&chair, Requests::to(room.origin())).await?
        } else {
            room.invite(row.role, &chair).await?;
            let last = room.people().last().context("just invited")?.clone();
            let mut one = Attendee::enter(room.origin(), last.attendee, &last.secret, &last.pin).await?;
            if !row.role.has_desk() {
                let admit = Command::Admit { attendee: one.id, device: None, person: None };
                chair.does(admit).await?;
            }
            one.connect().await?;
            one.open_all().await?;
            one
        };
        here.insert(row.role, one);
    }
    chair.does(Command::EndPart { attendee: gone.id }).await?;
    chair.type_note("worried", MISSED[0]).await?;
    chair.type_row(&[("task", MISSED[1])]).await?;
    let quote = Command::Quote {
        record: draw(),
        note: draw(),
        section: "worried".into(),
        order: "b01".into(),
        words: "a quote of the time".into(),
        speaker: "the teacher".into(),
        replaces: None,
        was: None,
    };
    chair.does(quote).await?;
    chair.saved().await?;
    let mut gone = comes_back(&room, &gone, &chair).await?;
    follows(&chair, "/board.part-1").await?;
    let named: BTreeMap<String, Access> =
        serde_json::from_value(chair.read(Kind::Seat(chair.id), |seat| seat.json("documents"))?)?;
    let names = named.keys().map(|name| name.parse::<DocumentName>());
    let current: BTreeMap<Kind, DocumentName> =
        names.map(|name| name.map(|name| (name.kind, name))).collect::<Result<_, _>>()?;
    let rows = rows();
    let relative = rows.iter().find(|row| row.role == Role::Relative).context("it has a row")?;
    // Without a pen; then with one, where their role may hold one, and the wall when whoever is left out has gone on
    // the call.
    for pens in [false, true] {
        if pens {
            let with_a_pen = rows.iter().filter(|row| row.pen == "yes").map(|row| here[&row.role].id);
            for attendee in with_a_pen.chain([gone.id]).collect::<Vec<_>>() {
                chair.does(Command::GivePen { attendee }).await?;
            }
            chair.does(Command::Move { attendee: gone.id, place: Place::Call }).await?;
        }
        for one in here.values_mut().chain([&mut gone]) {
            one.forget();
            one.connect().await?;
            one.open_all().await?;
        }
        let writes = |row: &Row| if pens && row.pen == "yes" { Writes::Pen } else { Writes::Nothing };
        try_join_all(rows.iter().map(async |row| {
            let one = here.get(&row.role).unwrap_or(&chair);
            let expected = expected_of_a_part(row, &current, writes(row), false, pens);
            check_names(&format!("{:?}", row.role), one, expected, writes(row), &chair).await
        }))
        .await?;
        let expected = expected_of_a_part(relative, &current, writes(relative), true, pens);
        check_names("who is left out", &gone, expected, writes(relative), &chair).await?;
    }
    // Whoever is left out has everything that was said before this, and nothing of it is of the part.
    chair.type_note("worried", "the meeting goes on").await?;
    gone.reads("the meeting goes on").await?;
    for words in MISSED {
        assert!(!gone.ever_received(words), "{words}");
        assert!(here.iter().all(|(role, one)| *role == Role::Wall || one.ever_received(words)), "{words}");
    }
    for row in &rows {
        for writes in [Writes::Nothing, Writes::Pen] {
            for kind in [Kind::Board(Audience::Part(1)), Kind::Plan(Audience::Part(1))] {
                let words = forced(&format!("{:?}", row.role), writes, current[&kind]);
                assert!(!gone.ever_received(&words), "{words}");
            }
        }
    }
    Ok(())
}

/// A framework of the council's own: as `lbh`, and while the plan is open everybody writes in it who may hold a pen.
fn with_plan_writers() -> String {
    let shipped = include_str!("../../../server/frameworks/lbh.toml");
    let named = rows().into_iter().filter(|row| row.pen != "no" && row.role != Role::Wall);
    let roles: Vec<String> =
        named.map(|row| serde_json::to_string(&row.role).expect("a role is a word")).collect();
    let own = shipped.replacen("key = \"lbh\"", "key = \"own\"", 1);
    let phase = "key = \"the-plan\"\n";
    assert!(own.contains(phase), "lbh has a phase for the plan");
    own.replacen(phase, &format!("{phase}plan_writers = [{}]\n", roles.join(", ")), 1)
}

#[tokio::test]
async fn right4_a_phase_that_names_roles_lets_them_write_the_plan_alone_and_only_while_it_is_open()
-> Result<()> {
    let frameworks = tempfile::TempDir::with_prefix("frameworks-")?;
    std::fs::write(frameworks.path().join("own.toml"), with_plan_writers())?;
    let folder = frameworks.path().to_str().context("a path in letters")?;
    let service = Service::start(&["--frameworks", folder]).await?;
    let mut room = Conference::open_in(&service, "own", &[Role::Chair]).await?;
    let chair = room.chair().await?;
    room.convene(&chair, "mapping").await?;
    let rows: Vec<Row> = rows().into_iter().filter(|row| row.pen != "has").collect();
    let mut here = BTreeMap::new();
    for row in rows.iter().filter(|row| row.role != Role::Wall) {
        room.invite(row.role, &chair).await?;
        here.insert(row.role, room.bring(row.role, &chair).await?);
    }
    for phase in ["mapping", "the-plan", "decision-making"] {
        chair.does(Command::OpenPhase { phase: phase.into() }).await?;
        for one in here.values_mut() {
            one.forget();
            one.connect().await?;
            one.open_all().await?;
        }
        try_join_all(rows.iter().filter_map(|row| here.get(&row.role).map(|one| (row, one))).map(
            |(row, one)| {
                let is_named = phase == "the-plan" && row.pen == "yes";
                let writes = if is_named { Writes::Plan } else { Writes::Nothing };
                check(row, one, Kind::Seat(chair.id), writes, &chair)
            },
        ))
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn right5_a_device_in_the_lobby_gets_no_socket_and_no_byte() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let chair = room.chair().await?;
    let mut parent = room.enter(Role::Parent).await?;
    parent.connect().await?;
    let why = parent.open(Kind::Stage).await?.expect_err("denied");
    assert_eq!(parent.ended().await?.0, 4403, "{why}");
    assert_eq!(parent.look(|seen| seen.frames.len()), 1, "one denial");
    chair.does(Command::Admit { attendee: parent.id, device: None, person: None }).await?;
    parent.forget();
    parent.connect().await?;
    parent.open_all().await?;
    Ok(())
}
