//! P5: leaving and coming back, on the wire.

use anyhow::Result;
use flipchart_tests::{Attendee, Conference, Requests, Seen, Service, draw, secret};
use protocol::{
    command::{Command, Line, WayIn},
    document::{Audience, Kind},
    id::NoteId,
    people::{Place, Role},
};

const PART: Kind = Kind::Board(Audience::Part(1));

/// The desk makes a new link, they open it, and the chair lets them in.
pub(crate) async fn comes_back(room: &Conference, gone: &Attendee, chair: &Attendee) -> Result<Attendee> {
    let (secret, secret_hash) = secret();
    let pin = "86420975".to_owned();
    let way_in = WayIn { secret_hash, pin: pin.clone() };
    chair.does(Command::Reissue { attendee: gone.id, way_in }).await?;
    let mut back = Attendee::enter(room.origin(), gone.id, &secret, &pin).await?;
    chair.does(Command::Admit { attendee: back.id, device: None, person: None }).await?;
    back.connect().await?;
    back.open_all().await?;
    Ok(back)
}

fn shows(seen: &Seen, words: &str) -> bool {
    seen.replicas.values().any(|copy| {
        matches!(copy.name.kind, Kind::Board(_)) && copy.access().is_some() && copy.text().contains(words)
    })
}

/// Opens what the seat names once it names a document whose name ends like this.
pub(crate) async fn follows(one: &Attendee, document: &str) -> Result<()> {
    let names = |seen: &Seen| {
        let mut seats = seen.replicas.values().filter(|copy| matches!(copy.name.kind, Kind::Seat(_)));
        seats.any(|seat| seat.keys("documents").iter().any(|name| name.ends_with(document)))
    };
    one.wait_until(document, names).await?;
    one.open_all().await
}

async fn now_shows(one: &Attendee, words: &str) -> Result<()> {
    one.wait_until(words, |seen| shows(seen, words)).await
}

#[tokio::test]
async fn p5_part1_part2_nothing_of_the_time_when_somebody_was_out_is_sent_to_them_until_it_is_opened()
-> Result<()> {
    const KEPT: [&str; 3] = ["where the refuge is", "she was seen at his flat", "what the school was told"];
    let mut service = Service::start(&[]).await?;
    let roles = [Role::Chair, Role::Parent, Role::Police, Role::SocialWorker];
    let room = Conference::open(&service, &roles).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let police = room.bring(Role::Police, &chair).await?;
    let wall = room.pair(&chair, Requests::to(room.origin())).await?;
    room.convene(&chair, "mapping").await?;
    chair.type_note("worried", "a line of before").await?;
    let old = chair.type_note("worried", "an old line").await?;
    parent.reads("an old line").await?;
    chair.does(Command::EndPart { attendee: parent.id }).await?;
    assert_eq!(parent.ended().await?.0, 4403);
    chair.type_note("worried", KEPT[0]).await?;
    chair.type_into(old, &format!(": {}", KEPT[1])).await?;
    let (record, quoted): (_, NoteId) = (draw(), draw());
    let quote = Command::Quote {
        record,
        note: quoted,
        section: "worried".into(),
        order: "b01".into(),
        words: KEPT[2].into(),
        speaker: "the teacher".into(),
        replaces: None,
        was: None,
    };
    chair.does(quote).await?;
    chair.saved().await?;
    wall.reads(KEPT[0]).await?;

    let back = comes_back(&room, &parent, &chair).await?;
    for one in [&chair, &police, &wall] {
        follows(one, "/board.all~2").await?;
    }
    back.reads("a line of before").await?;
    chair.type_note("worried", "the meeting goes on").await?;
    back.reads("the meeting goes on").await?;
    for (one, words) in [&chair, &police].into_iter().zip([KEPT[0], KEPT[1]]) {
        now_shows(one, words).await?;
    }
    // She sits in the room: the wall has lost them; on the call she would not see it.
    assert!(wall.look(|seen| !KEPT.iter().any(|words| shows(seen, words))));
    chair.does(Command::Move { attendee: back.id, place: Place::Call }).await?;
    follows(&wall, "/board.part-1").await?;
    wall.wait_until("the wall to have them again", |seen| shows(seen, KEPT[0])).await?;

    // A pen writes on in the part, and a document of it does not open to her by its name.
    chair.write(PART, "still among those who were there").await?;
    now_shows(&police, "still among").await?;
    assert!(!back.ever_received("part-"), "she is not told that there is one");
    for kind in [PART, Kind::Plan(Audience::Part(1)), Kind::Record(Audience::Part(1))] {
        assert!(back.open(kind).await?.is_err(), "{kind}");
    }
    for words in KEPT {
        assert!(!back.ever_received(words), "{words}");
    }
    assert!(!back.ever_received("still among"));

    chair.does(Command::Open { attendee: back.id, lines: vec![Line::Note { note: quoted }] }).await?;
    back.wait_until("the opened quote", |seen| {
        seen.replicas.values().any(|copy| copy.text().contains(KEPT[2]))
    })
    .await?;
    assert!(!back.ever_received(KEPT[0]) && !back.ever_received(KEPT[1]));

    // The same after a kill.
    service.kill()?;
    let service = service.restart().await?;
    let mut again = back;
    again.forget();
    again.connect().await?;
    again.open_all().await?;
    again.reads("the meeting goes on").await?;
    assert!(again.look(|seen| seen.replicas.values().any(|copy| copy.text().contains(KEPT[2]))));
    assert!(!again.ever_received(KEPT[0]) && !again.ever_received(KEPT[1]));
    let (code, said) = service.how().task("verify").await?;
    assert_eq!(code, Some(0), "{said}");
    Ok(())
}
