//! The log says what happened and how long it took, and nothing about anybody.

use anyhow::Result;
use flipchart_tests::{Attendee, Conference, Requests, Start, draw};
use protocol::{
    command::{Ask, Command, Offered, Person, Whose},
    id::AttendeeId,
    people::{Place, Role},
};

/// Stands in every field that somebody fills in.
const CANARY: &str = "Quokka";

#[tokio::test]
async fn http12_http17_nothing_personal_is_logged_however_talkative_the_log_is() -> Result<()> {
    for level in ["trace", "debug,tungstenite=trace,tokio_tungstenite=trace,hyper=trace"] {
        let service = Start::new(&[])?.with("RUST_LOG", level).run().await?;
        let room = Conference::open(&service, &[Role::Chair, Role::Parent, Role::BusinessSupport]).await?;
        let chair = room.chair().await?;
        let parent = room.bring(Role::Parent, &chair).await?;
        let wall = room.pair(&chair, Requests::to(room.origin())).await?;
        room.convene(&chair, "mapping").await?;
        let person = Person {
            name: format!("{CANARY} name"),
            role: Role::Gp,
            words: format!("{CANARY} words"),
            agency: Some(format!("{CANARY} agency")),
            place: Place::Call,
        };
        let invited: AttendeeId = draw();
        chair.does(Command::Invite { attendee: invited, person, way_in: None }).await?;
        chair.type_note("worried", &format!("{CANARY} on the board")).await?;
        wall.reads(CANARY).await?;
        let what = Offered::Note {
            section: None,
            words: format!("{CANARY} offered"),
            label: None,
            source: Some(format!("{CANARY} source")),
            children: vec![],
        };
        parent.does(Command::Offer { offer: draw(), what, on_behalf_of: None, named: true }).await?;
        parent.does(Command::Ask { what: Ask::Unsafe }).await?;
        let whose = Whose::Attendee { attendee: parent.id };
        chair.does(Command::CorrectName { whose, name: format!("{CANARY} corrected") }).await?;
        chair.does(Command::Recording { kept: Some(format!("{CANARY} kept")) }).await?;
        let code = chair.read(protocol::document::Kind::Desk, |desk| desk.json("code"))?["room"].clone();
        let code = code.as_str().unwrap_or_default().to_owned();
        let knocked =
            Attendee::knock(room.origin(), &code, &format!("{CANARY} at the door"), Place::Room).await?;
        chair.requests.get(&format!("/api/qr/{code}")).await?;
        parent.requests.post("/api/enter", &format!("{CANARY} in a wrong body")).await?;
        chair.send_raw(format!("{CANARY} in a bad frame").into_bytes()).await;
        chair.ended().await?;
        let said = service.said();
        assert!(said.contains("request"), "nothing was logged: {said}");
        let measures = Requests::to(room.origin()).get("/metrics").await?.text();
        for name in [
            "flipchart_commit_seconds",
            "flipchart_deliveries_total",
            "flipchart_sockets",
            "flipchart_fsync_seconds",
        ] {
            assert!(measures.contains(name), "{name} is not measured: {measures}");
        }
        let passed_on = [("x-forwarded-for", "192.0.2.7")];
        let elsewhere = Requests::to(room.origin()).get_with("/metrics", &passed_on).await?;
        assert_eq!(elsewhere.status, 404, "measures are for this machine alone");
        let log: Vec<&str> = said.lines().filter(|line| !line.contains("/set-up#")).collect();
        let log = format!("{}\n{measures}", log.join("\n"));
        let expected = room.expected(Role::Parent)?;
        let cookie = parent.requests.cookie(&format!("__Host-s-{}", parent.id)).unwrap_or_default();
        let (key, ticket) = (service.set_up_key().await?, chair.ticket()?.ticket);
        for (what, secret) in [
            ("words", CANARY),
            ("a child's name", "Kacper"),
            ("a secret of a link", &expected.secret),
            ("a PIN", &expected.pin),
            ("a session", &cookie),
            ("the set-up key", &key),
            ("a ticket", &ticket),
            ("the room's code", &code),
            ("the id of the conference", room.id.as_str()),
            ("the id of the child", room.child.as_str()),
            ("the id of the chair", chair.id.as_str()),
            ("the id of the parent", parent.id.as_str()),
            ("the id of the wall", wall.id.as_str()),
            ("the id of somebody invited", invited.as_str()),
            ("the id of a stranger", knocked.id.as_str()),
        ] {
            if let Some(line) = log.lines().find(|line| line.contains(secret)) {
                panic!("RUST_LOG={level}: {what} in the log: {}", &line[..line.len().min(400)]);
            }
        }
    }
    Ok(())
}
