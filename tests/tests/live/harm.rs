//! Taking off, pausing, closing: what must not be sent is not sent.

use anyhow::{Context, Result};
use flipchart_tests::{Attendee, Conference, Requests, Seen, Service, draw, read_server_frame, wait_for};
use protocol::{
    command::{Command, Named, Offered, Outcome, Refusal, TakeOff},
    document::{Audience, Kind},
    frame::ServerMessage,
    id::{NoteId, OfferId},
    people::{Place, Role, Standing},
};
use std::{collections::BTreeSet, path::Path};

const BOARD: Kind = Kind::Board(Audience::All);

/// Sealed bytes of the rows and snapshots of every document whose name begins like this.
fn sealed(data: &Path, document: &str) -> Result<Vec<Vec<u8>>> {
    let database = rusqlite::Connection::open(data.join("flipchart.db"))?;
    let mut all = Vec::new();
    for table in ["\"row\"", "snapshot"] {
        let sql = format!("SELECT sealed FROM {table} WHERE document = ?1 OR document LIKE ?1 || '~%'");
        let mut rows = database.prepare(&sql)?;
        for bytes in rows.query_map([document], |row| row.get(0))? {
            all.push(bytes?);
        }
    }
    Ok(all)
}

/// How many of these pieces stand anywhere in the database file or its log.
fn found(data: &Path, pieces: &[Vec<u8>]) -> Result<usize> {
    let mut bytes = std::fs::read(data.join("flipchart.db"))?;
    bytes.extend(std::fs::read(data.join("flipchart.db-wal")).unwrap_or_default());
    // A long row goes on in other pages; 48 sealed bytes occur nowhere else.
    let heads: Vec<&[u8]> = pieces.iter().map(|piece| &piece[..piece.len().min(48)]).collect();
    let places: BTreeSet<&[u8]> = bytes.windows(48).filter(|window| heads.contains(window)).collect();
    Ok(places.len())
}

async fn note_with(one: &Attendee, words: &str) -> Result<NoteId> {
    let look = || {
        one.read(BOARD, |board| {
            board.lines().into_iter().find(|(_, (_, line))| line.contains(words)).map(|(id, _)| id)
        })
    };
    wait_for("the line", async || look().ok().flatten()).await
}

fn shows(seen: &Seen, kind: Kind, words: &str) -> bool {
    seen.replicas
        .values()
        .any(|copy| copy.name.kind == kind && copy.access().is_some() && copy.text().contains(words))
}

#[tokio::test]
async fn p4_sync10_sto7_words_taken_off_reach_nobody_any_more_and_leave_the_file() -> Result<()> {
    const WORDS: &str = "she said where the refuge is";
    let service = Service::start(&[]).await?;
    let roles = [Role::Chair, Role::Parent, Role::Police, Role::Observer];
    let room = Conference::open(&service, &roles).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let police = room.bring(Role::Police, &chair).await?;
    chair.type_note("worried", "a line that stays").await?;
    chair.type_note("worried", WORDS).await?;
    parent.reads(WORDS).await?;
    police.reads(WORDS).await?;
    chair.saved().await?;
    let note = note_with(&chair, WORDS).await?;
    let before = sealed(service.data(), "board.all")?;
    assert!(!before.is_empty() && found(service.data(), &before)? > 0, "the search finds what is there");

    let marks: Vec<usize> = [&chair, &parent, &police].map(|one| one.look(|seen| seen.frames.len())).into();
    chair.does(Command::TakeOff { what: TakeOff::Note { note } }).await?;
    assert_eq!(found(service.data(), &before)?, 0, "sealed rows of the words are still in the file");
    let late = room.bring(Role::Observer, &chair).await?;
    for one in [&chair, &parent, &police] {
        one.wait_until("the old board to go", |seen| {
            seen.replicas.iter().any(|(name, copy)| name.kind == BOARD && copy.denied().is_some())
        })
        .await?;
        one.open_all().await?;
    }
    chair.type_note("worried", "the meeting goes on").await?;
    for one in [&parent, &police, &late] {
        one.reads("the meeting goes on").await?;
        one.reads("a line that stays").await?;
    }
    assert!(!late.ever_received(WORDS));
    for (one, mark) in [&chair, &parent, &police].into_iter().zip(marks) {
        let again = one.look(|seen| seen.frames[mark..].iter().any(|frame| contains(frame, WORDS)));
        assert!(!again, "the words came again after they were taken off");
    }
    // A copy of before, whose connection was away, brings nothing back.
    let service = service.restart().await?;
    let mut parent = parent;
    parent.connect().await?;
    let old = protocol::document::DocumentName::new(room.id, BOARD);
    assert!(parent.open_named(old).await?.is_err());
    parent.forget();
    let mark = parent.look(|seen| seen.frames.len());
    parent.connect().await?;
    parent.open_all().await?;
    parent.reads("the meeting goes on").await?;
    assert!(!parent.look(|seen| seen.frames[mark..].iter().any(|frame| contains(frame, WORDS))));
    let (code, said) = service.how().task("verify").await?;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(found(service.data(), &before)?, 0);
    Ok(())
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

async fn offer(one: &Attendee, what: Offered, on_behalf_of: Option<&Attendee>) -> Result<OfferId> {
    let offer = draw();
    one.does(Command::Offer {
        offer,
        what,
        on_behalf_of: on_behalf_of.map(|one| Named::Attendee { attendee: one.id }),
        named: true,
    })
    .await?;
    Ok(offer)
}

fn note(words: &str) -> Offered {
    Offered::Note {
        section: Some("worried".into()),
        words: words.into(),
        label: None,
        source: None,
        children: vec![],
    }
}

#[tokio::test]
async fn p4_sto7_offered_words_leave_the_desk_the_record_and_the_seat_that_sent_them() -> Result<()> {
    const WORDS: &str = "words that should never have been offered";
    let service = Service::start(&[]).await?;
    let roles = [Role::Chair, Role::Parent, Role::Supporter, Role::Observer];
    let room = Conference::open(&service, &roles).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let supporter = room.bring(Role::Supporter, &chair).await?;
    room.convene(&chair, "the-plan").await?;
    let row = Offered::Row {
        cells: [("task".to_owned(), WORDS.to_owned())].into(),
        who: Vec::new(),
        when: Default::default(),
    };
    let mut old = Vec::new();
    for (round, (what, for_whom)) in
        [(note(WORDS), None), (note(WORDS), Some(&parent)), (row, Some(&parent))].into_iter().enumerate()
    {
        let author = if for_whom.is_some() { &supporter } else { &parent };
        let offered = offer(author, what, for_whom).await?;
        let accept = Command::Accept { offer: offered, section: None, order: format!("a{round}") };
        chair.does(accept).await?;
        let shown = |seen: &Seen| {
            shows(seen, Kind::Record(Audience::All), WORDS) || shows(seen, Kind::Plan(Audience::All), WORDS)
        };
        chair.wait_until("the accepted words", shown).await?;
        let shown_in: &[&str] = if round < 2 { &["board.all", "record.all"] } else { &["plan.all"] };
        let seat = Kind::Seat(author.id).to_string();
        for document in shown_in.iter().copied().chain(["desk", "meeting", &seat]) {
            old.extend(sealed(service.data(), document)?);
        }
        let (kind, map) = if round < 2 { (BOARD, "notes") } else { (Kind::Plan(Audience::All), "rows") };
        let last = async || chair.read(kind, |copy| copy.keys(map)).ok()?.pop();
        let id = wait_for("what was accepted", last).await?;
        let what =
            if round < 2 { TakeOff::Note { note: id.parse()? } } else { TakeOff::Row { row: id.parse()? } };
        chair.does(Command::TakeOff { what }).await?;
        for one in [&chair, &parent, &supporter] {
            one.open_all().await?;
        }
    }
    assert_eq!(found(service.data(), &old)?, 0, "sealed rows that held the words are still in the file");
    let late = room.bring(Role::Observer, &chair).await?;
    assert!(!late.ever_received(WORDS));
    for mut one in [chair, parent, supporter] {
        one.forget();
        let mark = one.look(|seen| seen.frames.len());
        one.connect().await?;
        one.open_all().await?;
        assert!(!one.look(|seen| seen.frames[mark..].iter().any(|frame| contains(frame, WORDS))));
    }
    Ok(())
}

/// Waits until so many boards are gone from this device, and opens the next edition.
async fn board_again(one: &Attendee, gone: usize) -> Result<()> {
    let is_gone = |seen: &Seen| {
        let denied =
            seen.replicas.iter().filter(|(name, copy)| name.kind == BOARD && copy.denied().is_some());
        denied.count() >= gone
    };
    one.wait_until("the old board to go", is_gone).await?;
    one.open_all().await
}

#[tokio::test]
async fn p4_authors_take_their_own_words_off_and_a_later_joiner_receives_no_byte_of_them() -> Result<()> {
    const WORDS: &str = "the name of the street where she stays";
    let service = Service::start(&[]).await?;
    let roles = [Role::Chair, Role::Parent, Role::Police, Role::SocialWorker, Role::Observer];
    let room = Conference::open(&service, &roles).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let police = room.bring(Role::Police, &chair).await?;
    let worker = room.bring(Role::SocialWorker, &chair).await?;
    room.convene(&chair, "the-plan").await?;
    for one in [&police, &worker] {
        chair.does(Command::GivePen { attendee: one.id }).await?;
    }
    let no = |outcome: Outcome| matches!(outcome, Outcome::Refused { code: Refusal::NotYours, .. });

    // Written with a pen: the author's while nobody else has a letter in it.
    police.open_all().await?;
    worker.open_all().await?;
    let line = police.type_note("worried", WORDS).await?;
    worker.reads(WORDS).await?;
    let off = |note| Command::TakeOff { what: TakeOff::Note { note } };
    assert!(no(worker.command(off(line)).await?) && no(parent.command(off(line)).await?));
    police.does(off(line)).await?;
    for one in [&police, &worker, &chair] {
        board_again(one, 1).await?;
    }
    let both = police.type_note("worried", "hers and his: ").await?;
    worker.reads("hers and his").await?;
    worker.type_into(both, "his").await?;
    worker.saved().await?;
    assert!(no(police.command(off(both)).await?) && no(worker.command(off(both)).await?));

    // Offered and accepted: a line, and a row.
    let row = Offered::Row {
        cells: [("task".to_owned(), WORDS.to_owned())].into(),
        who: Vec::new(),
        when: Default::default(),
    };
    for (round, what) in [note(WORDS), row].into_iter().enumerate() {
        let offer = offer(&parent, what, None).await?;
        chair.does(Command::Accept { offer, section: None, order: format!("a{round}") }).await?;
        let what = if round == 0 {
            let line = async || {
                let lines = chair.read(BOARD, |board| board.keys("notes")).ok()?;
                lines.into_iter().find(|id| *id != both.to_string())
            };
            TakeOff::Note { note: wait_for("the line", line).await?.parse()? }
        } else {
            let row = async || {
                chair.read(Kind::Plan(Audience::All), |plan| plan.keys("rows")).ok()?.into_iter().next()
            };
            TakeOff::Row { row: wait_for("the row", row).await?.parse()? }
        };
        assert!(no(police.command(Command::TakeOff { what: what.clone() }).await?));
        parent.does(Command::TakeOff { what }).await?;
    }
    let late = room.bring(Role::Observer, &chair).await?;
    board_again(&chair, 2).await?;
    chair.type_note("worried", "the meeting goes on").await?;
    late.reads("the meeting goes on").await?;
    assert!(!late.ever_received(WORDS));
    Ok(())
}

#[tokio::test]
async fn p6_sync11_while_paused_covered_screens_get_stage_and_seat_alone_and_resuming_brings_all()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let roles = [Role::Chair, Role::BusinessSupport, Role::Parent, Role::Police, Role::Observer];
    let room = Conference::open(&service, &roles).await?;
    let chair = room.chair().await?;
    let desk = room.bring(Role::BusinessSupport, &chair).await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let police = room.bring(Role::Police, &chair).await?;
    let wall = room.pair(&chair, Requests::to(room.origin())).await?;
    chair.does(Command::GivePen { attendee: police.id }).await?;
    let line = chair.type_note("worried", "before the pause").await?;
    for one in [&parent, &police, &wall, &desk] {
        one.reads("before the pause").await?;
    }
    chair.does(Command::Pause).await?;
    let covered = [&parent, &police, &wall];
    for one in covered {
        one.wait_until("the pause", |seen| shows(seen, Kind::Stage, "\"paused\":true")).await?;
    }
    let marks = covered.map(|one| one.look(|seen| seen.frames.len()));
    // The chair goes on; somebody comes late; somebody comes back; a pen types on.
    chair.type_into(line, ", written in the pause").await?;
    let quote = Command::Quote {
        record: draw(),
        note: draw(),
        section: "views".into(),
        order: "a1".into(),
        words: "quoted in the pause".into(),
        speaker: "the mother".into(),
        replaces: None,
        was: None,
    };
    chair.does(quote).await?;
    police.type_note("worried", "typed by a covered pen").await?;
    desk.reads("written in the pause").await?;
    desk.reads("typed by a covered pen").await?;
    police.saved().await?;
    let mut late = room.enter(Role::Observer).await?;
    chair.does(Command::Admit { attendee: late.id, device: None, person: None }).await?;
    late.connect().await?;
    late.open(Kind::Stage).await?.map_err(anyhow::Error::msg)?;
    late.ask_to_open(BOARD).await?;
    late.ask_to_open(Kind::Proceedings(Audience::All)).await?;
    // Whatever the pause let through has come before this: it is sent in order, and the seat is never covered.
    for one in covered {
        chair
            .does(Command::CorrectName {
                whose: protocol::command::Whose::Attendee { attendee: one.id },
                name: "The name that comes last".into(),
            })
            .await?;
        one.wait_until("the last change", |seen| shows(seen, Kind::Seat(one.id), "comes last")).await?;
    }
    for (one, mark) in covered.into_iter().chain([&late]).zip(marks.into_iter().chain([0])) {
        let through = one.look(|seen| {
            let words = seen.frames[mark..].iter().filter_map(|frame| {
                let (name, message) = read_server_frame(frame).ok()?;
                let is_open = name.contains("/stage") || name.contains("/seat.");
                let has_words = match message {
                    ServerMessage::Step2(update) | ServerMessage::Update(update) => update != [0, 0],
                    ServerMessage::Awareness(entries) => entries != [0],
                    _ => false,
                };
                (has_words && !is_open).then(|| name.to_owned())
            });
            words.collect::<Vec<_>>()
        });
        assert_eq!(through, Vec::<String>::new(), "sent while paused");
        assert!(!one.ever_received("written in the pause") && !one.ever_received("quoted in the pause"));
    }
    chair.does(Command::Resume).await?;
    late.open_all().await?;
    for one in [&parent, &police, &wall, &late] {
        one.reads("before the pause, written in the pause").await?;
        one.reads("typed by a covered pen").await?;
        one.wait_until("the quote", |seen| shows(seen, Kind::Record(Audience::All), "quoted in the pause"))
            .await?;
    }
    assert_eq!(police.surprises(), Vec::<String>::new());
    Ok(())
}

/// A device of a conference that is over: its socket is closed before it has been told anything.
async fn nothing_more(one: &mut Attendee) -> Result<()> {
    one.forget();
    let mark = one.look(|seen| seen.frames.len());
    one.connect().await?;
    one.ask_to_open(Kind::Stage).await?;
    assert_eq!(one.ended().await?.0, 4403);
    let denials = one.look(|seen| seen.frames[mark..].to_vec());
    let is_denial = |frame: &Vec<u8>| matches!(read_server_frame(frame), Ok((_, ServerMessage::Denied(_))));
    assert!(denials.iter().all(is_denial), "{denials:?}");
    Ok(())
}

#[tokio::test]
async fn p13_right7_no_byte_of_one_conference_reaches_the_wall_in_the_next() -> Result<()> {
    let service = Service::start(&[]).await?;
    let roles = [Role::Chair, Role::BusinessSupport, Role::Parent];
    let first = Conference::open(&service, &roles).await?;
    let chair = first.chair().await?;
    let parent = first.bring(Role::Parent, &chair).await?;
    let desk = first.bring(Role::BusinessSupport, &chair).await?;
    let screen = Requests::to(&service.origin());
    let mut wall = first.pair(&chair, screen.clone()).await?;
    chair.type_note("worried", "words of the first family").await?;
    wall.reads("words of the first family").await?;
    let code =
        chair.read(Kind::Desk, |desk| desk.json("code"))?["room"].as_str().context("a code")?.to_owned();
    let knocked = Attendee::knock(&service.origin(), &code, "Early", Place::Room).await?;
    assert_eq!(knocked.door().await?.standing, Standing::Waiting);

    chair.does(Command::Close).await?;
    for one in [&wall, &parent] {
        assert_eq!(one.ended().await?.0, 4403);
        // What is left of a session says that the conference is closed, and no more (P5).
        assert_eq!(one.door().await?.standing, Standing::Closed);
    }
    assert!(
        Attendee::knock(&service.origin(), &code, "Late", Place::Room).await.is_err(),
        "the code still opens"
    );
    assert!(first.enter(Role::Parent).await.is_err(), "a link still opens");
    assert_eq!(knocked.door().await?.standing, Standing::Out, "a phone waits at a door that stays shut");
    // The desks keep reading, and nobody writes any more.
    for (one, kind) in [(&chair, BOARD), (&desk, BOARD)] {
        one.wait_until("read only", |seen| {
            seen.replicas
                .values()
                .any(|copy| copy.name.kind == kind && copy.access() == Some(protocol::document::Access::Read))
        })
        .await?;
    }
    let refused = chair.command(Command::Resume).await?;
    assert!(matches!(refused, Outcome::Refused { code: Refusal::NotNow, .. }), "{refused:?}");

    // The same screen, with whatever it keeps, in the next conference of the room.
    let second = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let next_chair = second.chair().await?;
    next_chair.type_note("worried", "words of the second family").await?;
    let next = second.pair(&next_chair, screen).await?;
    next.reads("words of the second family").await?;
    let next_parent = second.bring(Role::Parent, &next_chair).await?;
    for one in [&next, &next_parent, &next_chair] {
        assert!(!one.ever_received("words of the first family"));
        assert!(!one.ever_received(&first.id.to_string()));
    }
    // Neither the old wall's session nor a document's name crosses over.
    nothing_more(&mut wall).await?;
    for kind in [Kind::Stage, BOARD, Kind::Proceedings(Audience::All)] {
        let name = protocol::document::DocumentName::new(first.id, kind);
        assert!(next.open_named(name).await?.is_err(), "{name}");
    }
    let service = service.restart().await?;
    assert!(
        Attendee::knock(&service.origin(), &code, "Late", Place::Room).await.is_err(),
        "the code came back"
    );
    nothing_more(&mut wall).await?;
    Ok(())
}
