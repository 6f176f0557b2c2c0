//! A socket of one document: its pass, what its address says, and each kind of frame with words of its own.

use super::{Canaries, awareness, broken_update};
use crate::attack::{Attack, Reply};
use anyhow::{Result, ensure};
use flipchart_tests::{Attendee, Replica, Service, draw};
use futures_util::future::try_join_all;
use protocol::{
    api::Pass,
    document::{Audience, DocumentName, Kind},
    frame::ClientMessage,
    lib0::Writer,
};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

/// Answers what still has to be waited for: whoever is closed for good is told so late (SPEC CLOSE6, CLOSE7).
pub async fn on_a_socket_of_one_document<'a>(
    service: &'a Service,
    chair: &Attendee,
    canaries: &mut Canaries,
) -> Result<impl Future<Output = Result<()>> + use<'a>> {
    let board = DocumentName::new(chair.conference()?, Kind::Board(Audience::All));
    let path = format!("/api/attendees/{}/pass", chair.id);
    let pass = chair.requests.post(&path, &json!({ "documents": [board] })).await?.json::<Pass>()?.pass;
    canaries.known("a pass", pass.clone());

    // Taken, passed on or dropped: the answer to what is asked behind them says that they were read.
    let mut stock = Attack::by_pass(service, &pass, board).await?;
    let note = Replica::new(board).add_note(draw(), "worried", &canaries.word("an update"));
    let presence = awareness(&canaries.word("presence"));
    for message in [
        ClientMessage::Update(&note),
        ClientMessage::Awareness(&presence),
        ClientMessage::Awareness(canaries.word("presence that is none").as_bytes()),
        ClientMessage::Step1(&[0]),
    ] {
        stock.say(&message).await?;
    }
    ensure!(stock.reply().await? == Reply::Answered);
    stock
        .say(&ClientMessage::Update(&broken_update(&canaries.word("an edit that no document takes"))))
        .await?;
    ensure!(stock.reply().await? == Reply::Status(false));

    // What ends a socket: an answer that only the service gives, a kind that nobody knows, a question with something
    // behind it, a text.
    let frame = |numbers: &[u64], word: String| {
        let mut writer = Writer::default();
        numbers.iter().for_each(|number| writer.number(*number));
        writer.text(&word);
        Message::Binary(writer.finish().into())
    };
    let frames = [
        frame(&[2, 0], canaries.word("an answer about rights")),
        frame(&[77], canaries.word("an unknown kind")),
        frame(&[0, 9], canaries.word("an unknown step")),
        frame(&[3], canaries.word("behind a question")),
        Message::Text(canaries.word("a text").into()),
    ];
    let closed = |address: String, protocols: Option<String>, frame: Option<Message>, code: u16| async move {
        let mut attack = Attack::open(&address, service, None, protocols.as_deref()).await?;
        if let Some(frame) = frame {
            ensure!(attack.reply().await? == Reply::Asked);
            attack.send(frame).await?;
        }
        let reply = attack.reply().await?;
        ensure!(reply == Reply::Closed(code), "{address}: {reply:?}");
        anyhow::Ok(())
    };
    let open = format!("/yjs/{board}?pass={pass}");
    let mut ends: Vec<_> =
        frames.into_iter().map(|frame| closed(open.clone(), None, Some(frame), 4400)).collect();

    // What an address says, and what is shown instead of a pass.
    let mut said = |address: &str, about: &str| address.replace("CANARY", &canaries.word(about));
    for (address, protocols, code) in [
        (said(&format!("/yjs/{board}?pass=CANARY"), "a pass that is none"), None, 4401),
        (format!("/yjs/{board}"), Some(said("yjs, pass.CANARY", "a subprotocol that is no pass")), 4401),
        (said(&format!("/yjs/{board}.CANARY?pass={pass}"), "a document that is none"), None, 4403),
        (said(&format!("/yjs/CANARY/board.all?pass={pass}"), "a conference that is none"), None, 4403),
    ] {
        ends.push(closed(address, protocols, None, code));
    }
    let address = said(&format!("{open}&name=CANARY"), "behind the pass");
    ensure!(Attack::open(&address, service, None, None).await?.reply().await? == Reply::Asked);
    Ok(async move { try_join_all(ends).await.map(drop) })
}
