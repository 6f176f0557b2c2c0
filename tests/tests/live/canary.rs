//! What people write, and by what they are known, stands in no line of the log and in no measure: every field there is
//! has a word of its own, once where it is taken and once where it is refused.

mod samples;
mod single;

use anyhow::{Context, Result, ensure};
use flipchart_tests::{
    Answer, Attendee, Conference, Draw, Requests, Service, Start, draw, wait_for, write_client_frame,
};
use protocol::{
    api::{Enter, Knock, NewConference},
    command::*,
    document::{Audience, DocumentName, Kind},
    frame::ClientMessage,
    id::{AttendeeId, HeldId, RecordId},
    lib0::Writer,
    people::{Place, Role},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};

/// How many there have to be (the issue of the sync engine).
const AT_LEAST: usize = 200;
/// Readers of a log: as it is run, and as talkative as it can be, for people and for programs.
const LOGS: [(&str, &str); 3] = [("info", "text"), ("trace", "text"), ("trace", "json")];

/// Words that were put somewhere, and where.
#[derive(Default)]
struct Canaries(Vec<(String, String)>);

impl Canaries {
    /// A word that stands nowhere else.
    fn word(&mut self, field: impl Into<String>) -> String {
        let word = format!("quokka{:04}", self.0.len());
        self.0.push((field.into(), word.clone()));
        word
    }

    /// An id that stands nowhere else.
    fn id<T: Draw + ToString + Copy>(&mut self, field: &str) -> T {
        let id: T = draw();
        self.known(field, id.to_string());
        id
    }

    /// Something that was drawn elsewhere.
    fn known(&mut self, field: &str, secret: String) {
        self.0.push((field.to_owned(), secret));
    }

    /// The same with one text replaced, once for each text in it.
    fn in_each_text_of(&mut self, what: &str, whole: &Value) -> Vec<Value> {
        let mut places = Vec::new();
        texts(whole, String::new(), &mut places);
        let salted = |place: String| {
            let mut other = whole.clone();
            *other.pointer_mut(&place).expect("it was found there") =
                json!(self.word(format!("{what}{place}")));
            other
        };
        places.into_iter().map(salted).collect()
    }

    fn look_for(&self, level: &str, log: &str) {
        for (field, word) in &self.0 {
            if let Some(line) = log.lines().find(|line| line.contains(word.as_str())) {
                panic!("RUST_LOG={level}: {field} stands in the log: {}", &line[..line.len().min(400)]);
            }
        }
    }
}

/// Pointers to every text in a value but the name of the command.
fn texts(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) if !at.ends_with("/do") => found.push(at),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| texts(value, format!("{at}/{key}"), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| texts(value, format!("{at}/{n}"), found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn http12_http17_no_word_of_any_field_and_no_id_stands_in_the_log_or_a_measure() -> Result<()> {
    for (level, format) in LOGS {
        let mut canaries = Canaries::default();
        let frameworks = tempfile::tempdir()?;
        fs::write(frameworks.path().join("worry.toml"), own_framework(&mut canaries)?)?;
        let folder = frameworks.path().display().to_string();
        let start = Start::new(&["--frameworks", &folder, "--log-format", format])?.with("RUST_LOG", level);
        let mut service = start.run().await?;
        let room = conference(&service, &mut canaries).await?;
        let mut chair = room.chair().await?;
        let parent = room.bring(Role::Parent, &chair).await?;
        let wall = room.pair(&chair, Requests::to(room.origin())).await?;
        room.convene(&chair, "worries").await?;
        for (field, one) in [("the chair", &chair), ("the parent", &parent), ("the wall", &wall)] {
            canaries.known(field, one.id.to_string());
            canaries.known("a ticket", one.ticket()?.ticket);
            let cookie = one.requests.cookie(&format!("__Host-s-{}", one.id)).context("a session")?;
            canaries.known("a session", cookie);
        }
        let code = chair.read(Kind::Desk, |desk| desk.json("code"))?["room"].as_str().map(str::to_owned);
        canaries.known("the room's code", code.clone().context("a code")?);
        canaries.known("the set-up key", service.set_up_key().await?);

        typed(&chair, &mut canaries).await?;
        carried_out(&room, &chair, &parent, &mut canaries).await?;
        refused(&room, &chair, &parent, &mut canaries).await?;
        at_the_door(&service, &room, &code.unwrap_or_default(), &mut canaries).await?;
        in_the_head_of_requests(&room, &mut canaries).await?;
        let ends = single::on_a_socket_of_one_document(&service, &chair, &mut canaries).await?;
        tokio::try_join!(ends, on_the_socket(&mut chair, &mut canaries))?;

        let measures = wait_for("every measure", async || {
            let measures = Requests::to(room.origin()).get("/metrics").await.ok()?.text();
            ["flipchart_commands_total", "flipchart_refused_total", "flipchart_fsync_seconds"]
                .iter()
                .all(|name| measures.contains(name))
                .then_some(measures)
        });
        let measures = measures.await?;
        service.tell_to_stop()?;
        service.ended().await?;
        let log = service.said();
        // The address of the set-up page is printed for whoever started the service, not logged.
        let log: Vec<&str> = log.lines().filter(|line| !line.contains("/set-up#")).collect();
        ensure!(log.iter().any(|line| line.contains("commands")), "the log says nothing: {log:?}");
        ensure!(canaries.0.len() >= AT_LEAST, "{} words", canaries.0.len());
        canaries.look_for(level, &format!("{}\n{}", log.join("\n"), measures));
    }
    Ok(())
}

/// The tests' own framework with a word in everything that it says.
fn own_framework(canaries: &mut Canaries) -> Result<String> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/frameworks/worry.toml"))?;
    let mut salted = String::new();
    for line in text.lines() {
        let said = ["name", "about", "threshold", "label", "low_words", "high_words", "question"];
        match line.split_once(" = \"") {
            Some((key, words)) if said.contains(&key) && line != "about = \"worry\"" => {
                let word = canaries.word(format!("framework: {key}"));
                salted.push_str(&format!("{key} = \"{word} {words}\n"));
            }
            _ if line == "offers = [\"note\"]" => salted.push_str("offers = [\"note\", \"row\"]\n"),
            _ => salted.push_str(&format!("{line}\n")),
        }
    }
    Ok(salted)
}

async fn conference(service: &Service, canaries: &mut Canaries) -> Result<Conference> {
    let mut filled_in = None;
    let fill_in = |new: &mut NewConference| {
        new.framework = "worry".into();
        new.title = canaries.word("set-up: title");
        for child in &mut new.children {
            let first_name = canaries.word("set-up: a child's first name");
            child.name = format!("{first_name} {}", canaries.word("set-up: a child's name"));
            child.first_name = first_name;
            canaries.known("the child", child.child.to_string());
        }
        for invited in &mut new.people {
            invited.person.name = canaries.word("set-up: a name");
            invited.person.words = canaries.word("set-up: words of a role");
            if invited.person.agency.is_some() {
                invited.person.agency = Some(canaries.word("set-up: an agency"));
            }
            if let Some(way_in) = &invited.way_in {
                canaries.known("the hash of a link's secret", way_in.secret_hash.clone());
            }
        }
        canaries.known("the conference", new.conference.to_string());
        filled_in = Some(new.clone());
    };
    let roles = [Role::Chair, Role::Parent, Role::BusinessSupport, Role::Police];
    let room = Conference::begin(service, &roles, fill_in).await?;
    for expected in room.people() {
        canaries.known("the secret of a link", expected.secret.clone());
        canaries.known("the id of a person", expected.attendee.to_string());
    }
    // The same form with something wrong in one field.
    let bearer = format!("Bearer {}", service.set_up_key().await?);
    let mut form = json!(filled_in.context("it was filled in")?);
    form["conference"] = json!(canaries.id::<protocol::id::ConferenceId>("another conference"));
    for form in canaries.in_each_text_of("set-up", &form) {
        is_opened_or_told_why(service, &bearer, &form).await?;
    }
    Ok(room)
}

/// No fault of the service, and no bound that was reached before a word was looked at.
fn was_read(answer: &Answer) -> bool {
    answer.status < 500 && answer.status != 429
}

async fn is_opened_or_told_why(service: &Service, bearer: &str, form: &Value) -> Result<()> {
    let headers = [("authorization", bearer)];
    let answer = Requests::to(&service.origin()).post_with("/api/conferences", &headers, form).await?;
    ensure!(was_read(&answer), "status {}: {}", answer.status, answer.text());
    Ok(())
}

/// Words that a pen writes.
async fn typed(chair: &Attendee, canaries: &mut Canaries) -> Result<()> {
    for section in ["worried", "factors"] {
        chair.type_note(section, &canaries.word(format!("board: {section}"))).await?;
    }
    chair.type_row(&[("outcome", &canaries.word("plan: a cell"))]).await?;
    chair.saved().await
}

/// Commands that are carried out, with words in all that they carry.
async fn carried_out(
    room: &Conference,
    chair: &Attendee,
    parent: &Attendee,
    canaries: &mut Canaries,
) -> Result<()> {
    let mut word = |field: &str| canaries.word(format!("carried out: {field}"));
    let (section, order) = ("worried".to_owned(), "b5".to_owned());
    let (held, record): (HeldId, RecordId) = (draw(), draw());
    let quote = Command::Quote {
        record,
        note: draw(),
        section: section.clone(),
        order: order.clone(),
        words: word("quote"),
        speaker: word("speaker"),
        replaces: None,
        was: None,
    };
    let person = Person {
        name: word("invited name"),
        role: Role::Gp,
        words: word("invited words"),
        agency: Some(word("invited agency")),
        place: Place::Call,
    };
    for command in [
        Command::Invite { attendee: draw(), person, way_in: None },
        Command::WriteHeld { held, section, words: word("held") },
        Command::RewriteHeld { held, words: word("held, again"), was: None },
        quote,
        Command::Requote { record, words: word("quote, again") },
        Command::Speaker { record, speaker: word("speaker, again") },
        Command::ReadBack { record },
        Command::Reword { record, words: word("reword"), strikes: None, ask: None },
        Command::Park { topic: draw(), words: word("parked") },
        Command::Recording { kept: Some(word("recording")) },
        Command::CorrectName { whose: Whose::Attendee { attendee: parent.id }, name: word("corrected") },
        Command::Check { open: true },
    ] {
        chair.does(command).await?;
    }
    let row = Offered::Row {
        cells: [("outcome".to_owned(), word("offered cell"))].into(),
        who: Vec::new(),
        when: When::default(),
    };
    let note = Offered::Note {
        section: None,
        words: word("offered"),
        label: None,
        source: Some(word("source")),
        children: vec![room.child],
    };
    for what in [row, note] {
        parent.does(Command::Offer { offer: draw(), what, on_behalf_of: None, named: true }).await?;
    }
    parent.does(Command::Agree { answer: Agreement::Differ, more: Some(word("anything else")) }).await?;
    parent.does(Command::Ask { what: Ask::Unsafe }).await
}

/// One of each command, with something in each of its texts in turn that cannot be right or was never seen before.
async fn refused(
    room: &Conference,
    chair: &Attendee,
    parent: &Attendee,
    canaries: &mut Canaries,
) -> Result<()> {
    let samples: Vec<Value> =
        samples::of_each_command(room.child).into_iter().map(|command| json!(command)).collect();
    let known =
        serde_json::from_value::<Command>(json!({ "do": "" })).expect_err("no such command").to_string();
    let known: BTreeSet<&str> = known.split('`').skip(3).step_by(2).collect();
    let mine: BTreeSet<&str> = samples.iter().filter_map(|command| command["do"].as_str()).collect();
    ensure!(known == mine, "a command has no sample: {:?}", known.symmetric_difference(&mine));
    for sample in &samples {
        for command in canaries.in_each_text_of(sample["do"].as_str().unwrap_or_default(), sample) {
            for by in [parent, chair] {
                let path = format!("/api/attendees/{}/commands", by.id);
                let id: protocol::id::CommandId = draw();
                let answer = by.requests.post(&path, &json!({ "id": id, "command": command })).await?;
                ensure!(was_read(&answer), "{command}: {}", answer.text());
            }
        }
    }
    let unknown =
        json!({ "id": canaries.word("id of a command"), "command": { "do": canaries.word("its name") } });
    let path = format!("/api/attendees/{}/commands", chair.id);
    ensure!(chair.requests.post(&path, &unknown).await?.status == 400);
    Ok(())
}

/// Forms of somebody who is not in yet.
async fn at_the_door(
    service: &Service,
    room: &Conference,
    code: &str,
    canaries: &mut Canaries,
) -> Result<()> {
    let police = room.expected(Role::Police)?;
    let enter = Enter { attendee: police.attendee, secret: police.secret.clone(), pin: police.pin.clone() };
    let knock = Knock { code: code.to_owned(), name: "text".into(), place: Place::Call };
    let claim = json!({ "secret": "text" });
    for (path, form) in
        [("/api/enter", json!(enter)), ("/api/knock", json!(knock)), ("/api/walls/claim", claim)]
    {
        for form in canaries.in_each_text_of(path, &form) {
            let answer = Requests::to(&service.origin()).post(path, &form).await?;
            ensure!(was_read(&answer), "{path}: {}", answer.text());
        }
    }
    let stranger =
        Attendee::knock(room.origin(), code, &canaries.word("a name at the door"), Place::Room).await?;
    canaries.known("a stranger", stranger.id.to_string());
    Ok(())
}

/// Addresses and headers.
async fn in_the_head_of_requests(room: &Conference, canaries: &mut Canaries) -> Result<()> {
    // A service that refuses a form before it has come may end the connection: each request has its own.
    let requests = || Requests::to(room.origin());
    let id: AttendeeId = draw();
    canaries.known("an id in an address", id.to_string());
    for (path, what) in [
        ("/CANARY", "a page"),
        ("/join?name=CANARY", "a query"),
        ("/api/CANARY", "a route"),
        ("/api/attendees/CANARY", "an attendee"),
        ("/api/attendees/ID/CANARY", "a route of an attendee"),
        ("/api/qr/CANARY", "a code to draw"),
        ("/yjs/CANARY/board.all", "a conference"),
        ("/yjs/ID/CANARY", "a document"),
        ("/yjs/ID/board.all?token=CANARY", "a pass"),
        ("/box/CANARY/ID", "a box"),
        ("/sync?ticket=CANARY", "a ticket"),
    ] {
        let path = path.replace("CANARY", &canaries.word(what)).replace("ID", id.as_str());
        ensure!(was_read(&requests().get(&path).await?), "{path}");
    }
    for name in [
        "user-agent",
        "referer",
        "origin",
        "cookie",
        "authorization",
        "accept-language",
        "x-forwarded-for",
        "via",
    ] {
        let word = canaries.word(format!("header {name}"));
        let path = format!("/api/attendees/{id}");
        ensure!(was_read(&requests().get_with(&path, &[(name, &word)]).await?), "{name}");
        ensure!(was_read(&requests().post_with("/api/enter", &[(name, &word)], &json!({})).await?), "{name}");
    }
    let body = canaries.word("a body");
    for path in ["/api/enter", "/api/knock", "/api/conferences", "/api/walls"] {
        let plain = [("content-type", "text/plain")];
        ensure!(was_read(&requests().post_bytes(path, &plain, body.as_bytes()).await?), "{path}");
        ensure!(was_read(&requests().post(path, &body).await?));
    }
    Ok(())
}

/// Frames: those of a stock client, and those that end a connection.
async fn on_the_socket(chair: &mut Attendee, canaries: &mut Canaries) -> Result<()> {
    let board = DocumentName::new(chair.conference()?, Kind::Board(Audience::All));
    let token = canaries.word("token of an open document");
    chair.say(board, ClientMessage::Auth { token: &token, version: Some(&canaries.word("version")) }).await;
    let awareness = awareness(&canaries.word("awareness"));
    chair.say(board, ClientMessage::Awareness(&awareness)).await;
    chair.saved().await?;
    let strange = canaries.word("name of a document");
    let auth = |token| ClientMessage::Auth { token, version: None };
    let token = canaries.word("token of no document");
    let stateless = {
        let mut writer = Writer::with_capacity(64);
        writer.text(&board.to_string());
        writer.number(5);
        writer.text(&canaries.word("stateless"));
        writer.finish()
    };
    let update = broken_update(&canaries.word("a broken update"));
    for frame in [
        write_client_frame(&strange, &auth(&token)),
        stateless,
        write_client_frame(&board.to_string(), &ClientMessage::Update(&update)),
        canaries.word("a broken frame").into_bytes(),
    ] {
        chair.connect().await?;
        chair.open_all().await?;
        chair.send_raw(frame).await;
        // It is read before what is said after it is answered, or the connection ends.
        let path = format!("/api/attendees/{}/ticket", chair.id);
        chair.requests.post(&path, &json!({})).await?;
        chair.say(board, ClientMessage::QueryAwareness).await;
    }
    chair.ended().await?;
    Ok(())
}

/// It cannot be read to its end.
fn broken_update(word: &str) -> Vec<u8> {
    [&[1, 1, 255, 1, 0], word.as_bytes()].concat()
}

/// One client's state.
fn awareness(word: &str) -> Vec<u8> {
    let mut writer = Writer::with_capacity(64);
    writer.number(1);
    writer.number(7);
    writer.number(1);
    writer.text(&json!({ "user": { "name": word }, "cursor": word }).to_string());
    writer.finish()
}
