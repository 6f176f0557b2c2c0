//! One socket of one attendee: answers what the service asks, as the stock provider does.

use crate::{
    frame::{read_server_frame, write_client_frame},
    replica::{Opening, Replica},
};
use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use protocol::{
    document::DocumentName,
    frame::{ClientMessage, ServerMessage},
    scan::{AwarenessEntry, scan_awareness},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::{net::TcpStream, sync::mpsc, sync::watch, task::JoinHandle};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue},
    },
};

/// Frames that may wait for the socket; a test that types faster waits.
const WAITING: usize = 256;

/// Everything one attendee has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Copies of the documents that were asked for.
    pub replicas: BTreeMap<DocumentName, Replica>,
    /// The newest awareness entries of each document.
    pub awareness: BTreeMap<DocumentName, BTreeMap<u64, AwarenessEntry>>,
    /// Every frame that ever came, on any connection.
    pub frames: Vec<Vec<u8>>,
    /// Words that came beside the documents, in order.
    pub told: Vec<String>,
    /// How the last connection ended: code and words.
    pub closed: Option<(u16, String)>,
    /// What no stock client would expect: unreadable frames, answers to nothing.
    pub surprises: Vec<String>,
}

/// What an attendee has seen, and a bell for whoever waits for it.
#[derive(Debug)]
pub struct Shared {
    seen: Mutex<Seen>,
    changed: watch::Sender<u64>,
}

impl Shared {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { seen: Mutex::default(), changed: watch::Sender::new(0) })
    }

    pub fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("nobody panics with it")
    }

    pub fn ring(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub fn bell(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// An open connection. Dropping it cuts it without a word, as a lost network does.
#[derive(Debug)]
pub struct Socket {
    outgoing: mpsc::Sender<Vec<u8>>,
    task: JoinHandle<()>,
}

impl Socket {
    /// Opens `/sync`; nothing is said yet.
    pub async fn open(origin: &str, shared: Arc<Shared>) -> Result<Self> {
        let address = format!("{}/sync", origin.replacen("http", "ws", 1));
        let mut request = address.as_str().into_client_request()?;
        request.headers_mut().insert("origin", HeaderValue::from_str(origin)?);
        let (stream, _) =
            tokio_tungstenite::connect_async(request).await.context("the socket does not open")?;
        let (outgoing, waiting) = mpsc::channel(WAITING);
        shared.lock().closed = None;
        let task = tokio::spawn(run(stream, waiting, shared));
        Ok(Self { outgoing, task })
    }

    /// Queues a frame. False: the connection is gone.
    pub async fn send(&self, name: &str, message: ClientMessage<'_>) -> bool {
        self.send_raw(write_client_frame(name, &message)).await
    }

    /// Queues any bytes as one message. False: the connection is gone.
    pub async fn send_raw(&self, bytes: Vec<u8>) -> bool {
        self.outgoing.send(bytes).await.is_ok()
    }

    /// Whether the connection still stands.
    pub fn is_open(&self) -> bool {
        !self.task.is_finished()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Asks for a socket with these headers alone: the status of the answer, 101 for an open one.
///
/// # Errors
/// Nothing answered.
pub async fn open_with(origin: &str, headers: &[(&str, &str)]) -> Result<u16> {
    let address = format!("{}/sync", origin.replacen("http", "ws", 1));
    let mut request = address.as_str().into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().append(name.parse::<HeaderName>()?, HeaderValue::from_str(value)?);
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((_, answer)) => Ok(answer.status().as_u16()),
        Err(tungstenite::Error::Http(answer)) => Ok(answer.status().as_u16()),
        Err(error) => Err(error.into()),
    }
}

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn run(mut stream: Stream, mut waiting: mpsc::Receiver<Vec<u8>>, shared: Arc<Shared>) {
    let mut ended = (1006, "no close frame".to_owned());
    loop {
        tokio::select! {
            frame = waiting.recv() => {
                let Some(frame) = frame else { break };
                if stream.send(Message::Binary(frame.into())).await.is_err() {
                    break;
                }
            }
            message = stream.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    let answers = hear(&mut shared.lock(), &bytes);
                    shared.ring();
                    for answer in answers {
                        if stream.send(Message::Binary(answer.into())).await.is_err() {
                            break;
                        }
                    }
                }
                Some(Ok(Message::Close(reason))) => {
                    if let Some(reason) = reason {
                        ended = (reason.code.into(), reason.reason.to_string());
                    }
                    break;
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    ended.1 = error.to_string();
                    break;
                }
                None => break,
            }
        }
    }
    let mut seen = shared.lock();
    seen.closed = Some(ended);
    cut(&mut seen);
    drop(seen);
    shared.ring();
}

/// No connection any more: nothing is open, what was not answered has to go again.
pub fn cut(seen: &mut Seen) {
    for replica in seen.replicas.values_mut() {
        replica.ledger.cut();
        replica.synced = false;
        if replica.access().is_some() {
            replica.opening = Opening::Asked;
        }
    }
}

/// Takes one frame of the service and says what goes back.
pub fn hear(seen: &mut Seen, bytes: &[u8]) -> Vec<Vec<u8>> {
    seen.frames.push(bytes.to_vec());
    match answers(seen, bytes) {
        Ok(answers) => answers,
        Err(error) => {
            seen.surprises.push(format!("{error:#}"));
            Vec::new()
        }
    }
}

fn answers(seen: &mut Seen, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let (name, message) = read_server_frame(bytes).context("a frame that cannot be read")?;
    let document: DocumentName = name.parse().with_context(|| format!("a frame about `{name}`"))?;
    if let ServerMessage::Awareness(entries) = message {
        let entries = scan_awareness(entries).context("awareness that cannot be read")?;
        let known = seen.awareness.entry(document).or_default();
        known.extend(entries.into_iter().map(|entry| (entry.client, entry)));
        return Ok(Vec::new());
    }
    if let ServerMessage::Stateless(words) = message {
        seen.told.push(words.to_owned());
        return Ok(Vec::new());
    }
    let replica = seen.replicas.get_mut(&document).with_context(|| format!("{name} was never asked for"))?;
    let answer = |message: ClientMessage<'_>| vec![write_client_frame(name, &message)];
    Ok(match message {
        ServerMessage::Authenticated(access) => {
            replica.opening = Opening::Open(access);
            answer(ClientMessage::Step1(&replica.state_vector()))
        }
        ServerMessage::Denied(why) | ServerMessage::Close(why) => {
            replica.opening = Opening::Denied(why.to_owned());
            Vec::new()
        }
        ServerMessage::Step1(state_vector) => {
            let missing = replica.missing_in(state_vector)?;
            replica.ledger.sent_all();
            answer(ClientMessage::Step2(&missing))
        }
        ServerMessage::Step2(update) => {
            replica.apply(update)?;
            replica.synced = true;
            Vec::new()
        }
        ServerMessage::Update(update) => {
            replica.apply(update)?;
            Vec::new()
        }
        ServerMessage::SyncStatus(saved) => {
            anyhow::ensure!(replica.ledger.answered(saved), "{name}: an answer to nothing");
            Vec::new()
        }
        ServerMessage::Awareness(_) | ServerMessage::Stateless(_) => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Saved, draw};
    use protocol::{
        document::{Access, Audience, Kind},
        frame::{ClientFrame, read_client_frame, write_server_frame},
    };

    fn seen() -> (Seen, DocumentName, String) {
        let name = DocumentName::new(draw(), Kind::Board(Audience::All));
        let mut seen = Seen::default();
        seen.replicas.insert(name, Replica::new(name));
        (seen, name, name.to_string())
    }

    fn message_of(frame: &[u8]) -> ClientMessage<'_> {
        match read_client_frame(frame).expect("a frame") {
            ClientFrame::Document { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_opened_document_asks_for_the_rest_and_gives_its_own() {
        let (mut seen, name, text) = seen();
        seen.replicas[&name].add_note(draw(), "worries", "typed before");
        let hello = hear(&mut seen, &write_server_frame(&text, &ServerMessage::Authenticated(Access::Write)));
        assert!(matches!(message_of(&hello[0]), ClientMessage::Step1(_)));
        let all = hear(&mut seen, &write_server_frame(&text, &ServerMessage::Step1(&[0])));
        let ClientMessage::Step2(update) = message_of(&all[0]) else { panic!("no step 2") };
        let copy = Replica::new(name);
        copy.apply(update).expect("an update");
        assert_eq!(copy.lines(), seen.replicas[&name].lines());
        assert_eq!(seen.replicas[&name].saved(), Saved::NotYet(1));
        hear(&mut seen, &write_server_frame(&text, &ServerMessage::SyncStatus(true)));
        assert_eq!(seen.replicas[&name].saved(), Saved::All);
        assert!(seen.surprises.is_empty(), "{:?}", seen.surprises);
    }

    #[test]
    fn an_answer_to_nothing_is_a_surprise() {
        let (mut seen, _, text) = seen();
        hear(&mut seen, &write_server_frame(&text, &ServerMessage::SyncStatus(true)));
        hear(&mut seen, &[255]);
        let other = DocumentName::new(draw(), Kind::Stage).to_string();
        hear(&mut seen, &write_server_frame(&other, &ServerMessage::Authenticated(Access::Read)));
        assert_eq!(seen.surprises.len(), 3, "{:?}", seen.surprises);
        assert_eq!(seen.frames.len(), 3);
    }

    #[test]
    fn a_cut_closes_every_document() {
        let (mut seen, name, text) = seen();
        hear(&mut seen, &write_server_frame(&text, &ServerMessage::Authenticated(Access::Read)));
        assert_eq!(seen.replicas[&name].access(), Some(Access::Read));
        cut(&mut seen);
        assert_eq!(seen.replicas[&name].access(), None);
    }
}
