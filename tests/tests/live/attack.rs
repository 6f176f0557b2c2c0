//! The socket of an attacker who was let in, by either framing.

use crate::vectors::Hostile;
use anyhow::{Context as _, Result, bail, ensure};
use flipchart_tests::{Attendee, DEADLINE, Service, read_server_frame, write_client_frame};
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    document::DocumentName,
    frame::{ClientMessage, ServerMessage},
    lib0::{Reader, Writer},
    limits::MESSAGE_BYTES,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

/// What the service says to a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Saved, or never taken.
    Status(bool),
    /// It asks for what is missing.
    Asked,
    /// The answer to a question that was sent behind it.
    Answered,
    Closed(u16),
}

/// A socket of an attacker who was let in.
pub(crate) struct Attack {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Its document, where the framing names it.
    name: Option<String>,
}

impl Attack {
    /// A socket at an address, which may say `protocols` in its head.
    pub(crate) async fn open(
        address: &str,
        service: &Service,
        name: Option<String>,
        protocols: Option<&str>,
    ) -> Result<Self> {
        let mut request =
            format!("{}{address}", service.origin().replacen("http", "ws", 1)).into_client_request()?;
        request.headers_mut().insert("origin", service.origin().parse()?);
        if let Some(protocols) = protocols {
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse()?);
        }
        Ok(Self { socket: connect_async(request).await?.0, name })
    }

    /// By a ticket, with one document open.
    pub(crate) async fn by_ticket(service: &Service, who: &Attendee, document: DocumentName) -> Result<Self> {
        let ticket = who.fresh_ticket().await?;
        let mut attack = Self::open("/sync", service, Some(document.to_string()), None).await?;
        attack.say(&ClientMessage::Auth { token: &ticket, version: None }).await?;
        Ok(attack)
    }

    /// By a pass. The service asks at once for what the client has.
    pub(crate) async fn by_pass(service: &Service, pass: &str, document: DocumentName) -> Result<Self> {
        let mut attack = Self::open(&format!("/yjs/{document}?pass={pass}"), service, None, None).await?;
        ensure!(attack.reply().await? == Reply::Asked);
        Ok(attack)
    }

    pub(crate) async fn say(&mut self, message: &ClientMessage<'_>) -> Result<()> {
        let bytes = match &self.name {
            Some(name) => write_client_frame(name, message),
            None => {
                let mut writer = Writer::default();
                let (kind, step, body) = match message {
                    ClientMessage::Step1(body) => (0, Some(0), body),
                    ClientMessage::Step2(body) => (0, Some(1), body),
                    ClientMessage::Update(body) => (0, Some(2), body),
                    ClientMessage::Awareness(body) => (1, None, body),
                    other => bail!("{other:?} is not said here"),
                };
                writer.number(kind);
                step.into_iter().for_each(|step| writer.number(step));
                writer.buffer(body);
                writer.finish()
            }
        };
        self.send(Message::Binary(bytes.into())).await
    }

    pub(crate) async fn send(&mut self, message: Message) -> Result<()> {
        Ok(self.socket.send(message).await?)
    }

    /// Whether its frames name their document.
    pub(crate) fn is_named(&self) -> bool {
        self.name.is_some()
    }

    /// The next message that answers something.
    pub(crate) async fn reply(&mut self) -> Result<Reply> {
        let reply = async {
            while let Some(message) = self.socket.next().await {
                match message? {
                    Message::Binary(bytes) => {
                        if let Some(reply) = meaning(&bytes, self.name.is_some())? {
                            return Ok(reply);
                        }
                    }
                    Message::Close(Some(close)) => return Ok(Reply::Closed(close.code.into())),
                    _ => {}
                }
            }
            bail!("the socket ended without a word")
        };
        timeout(DEADLINE, reply).await.context("no answer")?
    }

    /// Sends a vector as what it is.
    pub(crate) async fn attacks_with(&mut self, vector: &Hostile, bytes: &[u8]) -> Result<()> {
        match vector.kind.as_str() {
            "update" if bytes.len() > MESSAGE_BYTES / 2 => self.say(&ClientMessage::Step2(bytes)).await,
            "update" => self.say(&ClientMessage::Update(bytes)).await,
            "awareness" => self.say(&ClientMessage::Awareness(bytes)).await,
            "state vector" => self.say(&ClientMessage::Step1(bytes)).await,
            _ => self.send(Message::Binary(bytes.to_vec().into())).await,
        }
    }
}

fn meaning(bytes: &[u8], is_named: bool) -> Result<Option<Reply>> {
    if is_named {
        return Ok(match read_server_frame(bytes)?.1 {
            ServerMessage::SyncStatus(saved) => Some(Reply::Status(saved)),
            ServerMessage::Step1(_) => Some(Reply::Asked),
            ServerMessage::Step2(_) => Some(Reply::Answered),
            _ => None,
        });
    }
    let mut reader = Reader::new(bytes);
    Ok(match reader.number("kind")? {
        0 => match reader.number("step")? {
            0 => Some(Reply::Asked),
            1 => Some(Reply::Answered),
            // An edit of one's own that comes back is kept; others' are no answer.
            _ => None,
        },
        2 => Some(Reply::Status(false)),
        _ => None,
    })
}
