//! Bad input: each answer tells a person what to do, and nothing is lost.

use anyhow::Result;
use flipchart_tests::{Attendee, Conference, Service, Start, draw};
use protocol::{
    api::{ApiError, ErrorCode},
    command::{Command, Outcome, Refusal},
    document::Kind,
    people::Role,
};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// The words of a start that was refused; each of these has to stand in them.
async fn refused(start: &Start, words: &[&str]) -> Result<String> {
    let (code, said) = start.refused().await?;
    assert_eq!(code, Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
    Ok(said)
}

#[tokio::test]
async fn http8_settings_that_cannot_be_used_are_refused_with_what_to_do() -> Result<()> {
    let running = Service::start(&[]).await?;
    let taken = running.origin().replace("http://", "");
    let port = taken.rsplit(':').next().unwrap_or_default().to_owned();
    refused(&Start::new(&["--listen", &taken])?, &[&format!("port {port} is taken"), "--listen"]).await?;
    refused(&Start::new(&["--listen", "0.0.0.0:0"])?, &["--tls-cert", "--trust-proxy", "127.0.0.1"]).await?;
    refused(&Start::new(&["--public-url", "http://flip.example"])?, &["https://"]).await?;
    refused(&Start::new(&["--frameworks", "/nowhere/at/all"])?, &["/nowhere/at/all"]).await?;
    Ok(())
}

#[tokio::test]
async fn sto10_a_second_service_a_missing_and_an_open_key_are_refused_with_what_to_do() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let mut chair = room.chair().await?;
    chair.type_note("worried", "kept through all refusals").await?;
    chair.saved().await?;
    let start = service.how();
    let other = Start::new(&[])?.in_folder(start.data().to_owned());
    refused(&other, &["another flipchart", "--data"]).await?;
    drop(service);

    let keys = start.data().join("keys");
    for (file, hint) in [("server.key", "backup"), ("conferences.keys", "backup")] {
        fs::rename(keys.join(file), start.data().join("away"))?;
        refused(&start, &[file, hint]).await?;
        assert!(!keys.join(file).exists(), "a new key was made that reads nothing");
        fs::rename(start.data().join("away"), keys.join(file))?;
    }
    for file in ["server.key", "set-up.key"] {
        let mode = fs::metadata(keys.join(file))?.permissions().mode();
        fs::set_permissions(keys.join(file), fs::Permissions::from_mode(0o644))?;
        refused(&start, &[file, "chmod"]).await?;
        fs::set_permissions(keys.join(file), fs::Permissions::from_mode(mode))?;
    }
    let _service = start.run().await?;
    chair.forget();
    chair.connect().await?;
    chair.open_all().await?;
    chair.reads("kept through all refusals").await
}

#[tokio::test]
async fn sto9_a_damaged_a_newer_and_a_foreign_database_are_refused_and_left_alone() -> Result<()> {
    let service = Service::start(&["--practice"]).await?;
    let start = service.how();
    service.tell_to_stop()?;
    let mut service = service;
    assert_eq!(service.ended().await?, Some(0));
    let database = start.data().join("flipchart.db");
    let whole = fs::read(&database)?;
    let check = async |bytes: Vec<u8>, words: &[&str]| -> Result<()> {
        fs::write(&database, &bytes)?;
        refused(&start, words).await?;
        assert!(fs::read(&database)? == bytes, "a refused file was changed");
        Ok(())
    };
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..].fill(0x5a);
    check(damaged, &["damaged", "flipchart restore"]).await?;
    check(b"This is somebody's letter and no database at all. ".repeat(100), &["not a flipchart database"])
        .await?;
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    check(newer, &["newer flipchart"]).await?;
    fs::write(&database, &whole)?;
    drop(start.run().await?);
    Ok(())
}

#[tokio::test]
async fn http8_a_framework_file_with_faults_is_refused_line_by_line() -> Result<()> {
    let start = Start::new(&[])?;
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/frameworks/lbh.toml");
    let text = fs::read_to_string(&shipped)?;
    let check = async |text: &str| -> Result<(Option<i32>, String)> {
        fs::write(start.folder().join("own.toml"), text)?;
        start.task(&format!("frameworks check {}", start.folder().join("own.toml").display())).await
    };
    let own = text.replace("key = \"lbh\"\n", "key = \"own\"\n");
    let (code, said) = check(&own).await?;
    assert_eq!(code, Some(0), "{said}");
    for (from, to, word) in [
        ("version = 1", "version = 1\nversoin = 2", "versoin"),
        ("offers = [\"note\"]", "offers = [\"nots\"]", "nots"),
        ("section = \"worried\"", "section = \"wored\"", "wored"),
        ("avoid = []", "avoid = [", "own.toml"),
    ] {
        let wrong = own.replacen(from, to, 1);
        assert_ne!(wrong, own, "{from}");
        let (code, said) = check(&wrong).await?;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(word) && said.contains("own.toml"), "{word}: {said}");
        let folder = start.folder().to_string_lossy().into_owned();
        refused(&Start::new(&["--frameworks", &folder])?, &[word]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn p3_http9_unknown_links_and_wrong_pins_read_alike_and_five_lock_the_link() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let chair = room.chair().await?;
    let expected = room.expected(Role::Parent)?;
    let parent = Attendee::outside(room.origin(), expected.attendee);
    let unknown = Attendee::outside(room.origin(), draw()).try_enter(&expected.secret, &expected.pin).await?;
    assert_eq!(unknown.status, 403);
    let said: ApiError = serde_json::from_slice(&unknown.body)?;
    assert_eq!(
        (said.code, said.message.as_str()),
        (ErrorCode::NoWayIn, "Please phone the number on your letter.")
    );
    for _ in 0..5 {
        let wrong = parent.try_enter(&expected.secret, "00000000").await?;
        assert_eq!((wrong.status, &wrong.body), (403, &unknown.body));
    }
    let locked = parent.try_enter(&expected.secret, &expected.pin).await?;
    assert_eq!((locked.status, &locked.body), (403, &unknown.body), "the right PIN opens a locked link");
    chair
        .wait_until("the desk to say so", |seen| {
            let desk = seen.replicas.values().find(|copy| copy.name.kind == Kind::Desk);
            desk.is_some_and(|desk| desk.json("people")[expected.attendee.to_string()]["locked"] == true)
        })
        .await?;
    let (secret, secret_hash) = flipchart_tests::secret();
    let way_in = protocol::command::WayIn { secret_hash, pin: "13579135".into() };
    chair.does(Command::Reissue { attendee: expected.attendee, way_in }).await?;
    assert_eq!(
        parent.try_enter(&expected.secret, &expected.pin).await?.status,
        403,
        "the old link still opens"
    );
    assert_eq!(parent.try_enter(&secret, "13579135").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn lim7_an_address_that_tries_too_often_waits_and_others_do_not() -> Result<()> {
    let service = Service::start(&["--trust-proxy", "127.0.0.1"]).await?;
    let requests = flipchart_tests::Requests::to(&service.origin());
    // Who is refused before their body was read may find the connection at its end: each asks on one of its own.
    let from = [("x-forwarded-for", "198.51.100.7"), ("connection", "close")];
    let mut last = requests.post_with("/api/walls", &from, &()).await?;
    for _ in 0..protocol::limits::ENTRIES_PER_MINUTE {
        last = requests.post_with("/api/walls", &from, &()).await?;
    }
    assert_eq!(last.status, 429, "{}", last.text());
    assert_eq!(last.headers["retry-after"], "60");
    assert_eq!(
        requests.post_with("/api/walls", &[("x-forwarded-for", "198.51.100.8")], &()).await?.status,
        200
    );
    Ok(())
}

#[tokio::test]
async fn lim11_answers_that_destroy_the_one_before_are_few_a_minute_and_other_commands_many() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let chair = room.chair().await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    chair.does(Command::Check { open: true }).await?;
    let path = format!("/api/attendees/{}/commands", parent.id);
    let send = async |command: Command| -> Result<u16> {
        let request = protocol::command::Request { id: draw(), command };
        Ok(parent.requests.post(&path, &request).await?.status)
    };
    let mut taken = 0;
    for n in 0..20 {
        let more = Some(format!("three months is long, said {n} times"));
        let answer = protocol::command::Agreement::Differ;
        match send(Command::Agree { answer, more }).await? {
            200 => taken += 1,
            429 => {}
            other => anyhow::bail!("answered {other}"),
        }
    }
    assert_eq!(taken, 6, "answers that rewrite the database");
    // What only signals goes on, up to its own bound.
    let ask = protocol::command::Ask::Speak;
    let mut signals = 0;
    while send(Command::Ask { what: ask }).await? == 200 {
        signals += 1;
        assert!(signals < 400, "there is no bound");
    }
    assert!(signals > 200, "{signals}");
    Ok(())
}

#[tokio::test]
async fn http15_p25_f164_practice_never_stands_beside_real_data() -> Result<()> {
    let service = Service::start(&[]).await?;
    let start = service.how();
    let real = Conference::open(&service, &[Role::Chair]).await?;
    assert_eq!(real.chair().await?.read(Kind::Stage, |stage| stage.json("stage"))?["practice"], false);
    service.tell_to_stop()?;
    let mut service = service;
    assert_eq!(service.ended().await?, Some(0));
    let practice = Start::new(&["--practice"])?.in_folder(start.data().to_owned());
    refused(&practice, &["real conferences"]).await?;
    Ok(())
}

#[tokio::test]
async fn http2_what_does_not_come_from_our_own_page_changes_nothing() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room = Conference::open(&service, &[Role::Chair]).await?;
    let chair = room.chair().await?;
    let path = format!("/api/attendees/{}/commands", chair.id);
    let request = protocol::command::Request { id: draw(), command: Command::Pause };
    for more in [("origin", "https://evil.example"), ("x-flipchart", ""), ("sec-fetch-site", "cross-site")] {
        let answer = chair.requests.post_with(&path, &[more], &request).await?;
        let said: ApiError = serde_json::from_slice(&answer.body)?;
        assert_eq!((answer.status, said.code), (403, ErrorCode::WrongOrigin), "{more:?}");
        assert!(said.message.contains("Open the flipchart at its own address"), "{}", said.message);
    }
    assert_eq!(chair.read(Kind::Stage, |stage| stage.json("stage"))?["paused"], false);
    Ok(())
}

#[tokio::test]
async fn f48_commands_out_of_their_phase_or_role_are_refused_with_a_reason() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room =
        Conference::open(&service, &[Role::Chair, Role::CoChair, Role::Parent, Role::Observer]).await?;
    let chair = room.chair().await?;
    let co_chair = room.bring(Role::CoChair, &chair).await?;
    let parent = room.bring(Role::Parent, &chair).await?;
    let observer = room.bring(Role::Observer, &chair).await?;
    let note = || Command::Offer {
        offer: draw(),
        what: protocol::command::Offered::Note {
            section: None,
            words: "an offer".into(),
            label: None,
            source: None,
            children: vec![],
        },
        on_behalf_of: None,
        named: false,
    };
    let phase = |phase: &str| Command::OpenPhase { phase: phase.into() };
    let expect = async |one: &Attendee, command: Command, code: Refusal| -> Result<()> {
        let said = format!("{command:?}");
        let outcome = one.command(command).await?;
        let Outcome::Refused { code: found, why } = outcome else { panic!("{said}: {outcome:?}") };
        assert_eq!(found, code, "{said}: {why}");
        assert!(why.ends_with('.') && why.len() > 20, "{said}: {why}");
        Ok(())
    };
    expect(&parent, note(), Refusal::NotNow).await?;
    expect(&chair, phase("mapping"), Refusal::NotNow).await?;
    expect(&chair, phase("nowhere"), Refusal::NotThere).await?;
    expect(&parent, Command::Pause, Refusal::NotYours).await?;
    co_chair.does(Command::Convene).await?;
    expect(&chair, Command::Convene, Refusal::Already).await?;
    chair.does(phase("mapping")).await?;
    expect(&observer, note(), Refusal::NotYours).await?;
    parent.does(note()).await?;
    expect(&co_chair, Command::Close, Refusal::NotYours).await?;
    expect(&chair, Command::Resume, Refusal::Already).await?;
    chair.does(Command::Close).await?;
    expect(&chair, phase("mapping"), Refusal::NotNow).await
}
