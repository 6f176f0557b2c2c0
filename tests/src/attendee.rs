//! Somebody at the conference, as their browser would act for them.

use crate::{
    DEADLINE, Requests, Saved,
    random::draw,
    replica::Replica,
    requests::Answer,
    socket::{Seen, Shared, Socket, cut},
};
use anyhow::{Context, Result, bail};
use protocol::{
    api::{Door, Enter, Knock, Ticket},
    command::{Command, Outcome, Request},
    document::{Access, Audience, DocumentName, Kind},
    frame::ClientMessage,
    id::{AttendeeId, ConferenceId},
    people::Place,
};
use std::sync::Arc;

/// Editions of a seat that are tried, as the web app does.
const SEAT_EDITIONS: u32 = 64;

/// One device of one attendee.
#[derive(Debug)]
pub struct Attendee {
    /// Whose.
    pub id: AttendeeId,
    /// This device's cookies.
    pub requests: Requests,
    pub(crate) shared: Arc<Shared>,
    pub(crate) socket: Option<Socket>,
    ticket: Option<Ticket>,
}

impl Attendee {
    /// A device that has not entered.
    pub fn outside(origin: &str, id: AttendeeId) -> Self {
        Self { id, requests: Requests::to(origin), shared: Shared::new(), socket: None, ticket: None }
    }

    /// Opens a personal link with its PIN.
    ///
    /// # Errors
    /// The door stays shut.
    pub async fn enter(origin: &str, id: AttendeeId, secret: &str, pin: &str) -> Result<Self> {
        let attendee = Self::outside(origin, id);
        attendee.try_enter(secret, pin).await?.json::<Door>().context("the door stays shut")?;
        Ok(attendee)
    }

    /// As [`Attendee::enter`], with whatever the service answers.
    ///
    /// # Errors
    /// Nothing answered.
    pub async fn try_enter(&self, secret: &str, pin: &str) -> Result<Answer> {
        let body = Enter { attendee: self.id, secret: secret.to_owned(), pin: pin.to_owned() };
        self.requests.post("/api/enter", &body).await
    }

    /// Comes with the room's code and waits in the lobby.
    ///
    /// # Errors
    /// The code opens nothing.
    pub async fn knock(origin: &str, code: &str, name: &str, place: Place) -> Result<Self> {
        let requests = Requests::to(origin);
        let body = Knock { code: code.to_owned(), name: name.to_owned(), place };
        let door: Door = requests.post("/api/knock", &body).await?.json()?;
        Ok(Self { requests, ..Self::outside(origin, door.attendee) })
    }

    /// Where this device stands.
    ///
    /// # Errors
    /// It has no session, or nothing answered.
    pub async fn door(&self) -> Result<Door> {
        self.requests.get(&format!("/api/attendees/{}", self.id)).await?.json()
    }

    /// Sends one command under a fresh id.
    ///
    /// # Errors
    /// The answer is no [`Outcome`].
    pub async fn command(&self, command: Command) -> Result<Outcome> {
        self.request(&Request { id: draw(), command }).await
    }

    /// Sends a command again under the id it had.
    ///
    /// # Errors
    /// The answer is no [`Outcome`].
    pub async fn request(&self, request: &Request) -> Result<Outcome> {
        self.requests.post(&format!("/api/attendees/{}/commands", self.id), request).await?.json()
    }

    /// Sends a command that has to be carried out, and waits until the open documents show it.
    ///
    /// # Errors
    /// It was refused (with the reason), or the documents do not show it in time.
    pub async fn does(&self, command: Command) -> Result<()> {
        let said = format!("{command:?}");
        match self.command(command).await? {
            Outcome::Refused { code, why } => bail!("{said}: refused ({code:?}): {why}"),
            Outcome::Signed { .. } => bail!("{said}: a signature shows in no document"),
            Outcome::Done { wait } => {
                let what = format!("the documents to show {said}");
                self.wait_until(&what, |seen| {
                    wait.iter().all(|wait| {
                        let replica =
                            seen.replicas.get(&wait.document).filter(|replica| replica.access().is_some());
                        replica
                            .is_none_or(|replica| replica.is_written_by_people() || replica.seq() >= wait.seq)
                    })
                })
                .await
            }
        }
    }

    /// Opens a socket with a fresh ticket and asks again for every document that was open.
    ///
    /// # Errors
    /// No ticket, or no socket.
    pub async fn connect(&mut self) -> Result<()> {
        self.cut();
        let path = format!("/api/attendees/{}/ticket", self.id);
        let ticket: Ticket =
            self.requests.post(&path, &serde_json::json!({})).await?.json().context("no ticket")?;
        let socket = Socket::open(self.requests.origin(), self.shared.clone()).await?;
        let token = ticket.ticket.clone();
        self.ticket = Some(ticket);
        self.socket = Some(socket);
        let names: Vec<DocumentName> = self.shared.lock().replicas.keys().copied().collect();
        for name in names {
            self.say(name, ClientMessage::Auth { token: &token, version: Some("4.8.0") }).await;
        }
        Ok(())
    }

    /// The network goes: no close frame, no farewell.
    pub fn cut(&mut self) {
        if self.socket.take().is_some() {
            cut(&mut self.shared.lock());
        }
    }

    /// The page is loaded again: nothing is kept but the session. What came over the network is still remembered.
    pub fn forget(&mut self) {
        self.cut();
        let mut seen = self.shared.lock();
        seen.replicas.clear();
        seen.awareness.clear();
    }

    /// The socket, for frames that no stock client would send.
    pub async fn send_raw(&self, bytes: Vec<u8>) -> bool {
        match &self.socket {
            Some(socket) => socket.send_raw(bytes).await,
            None => false,
        }
    }

    /// Sends one frame about a document. False: there is no connection.
    pub async fn say(&self, name: DocumentName, message: ClientMessage<'_>) -> bool {
        match &self.socket {
            Some(socket) if socket.is_open() => socket.send(&name.to_string(), message).await,
            _ => false,
        }
    }

    /// The room, known from the ticket.
    ///
    /// # Errors
    /// There was no ticket yet.
    pub fn conference(&self) -> Result<ConferenceId> {
        self.ticket
            .as_ref()
            .map(|ticket| ticket.conference)
            .context("connect first: the ticket names the room")
    }

    /// Asks for a document and waits for the answer: its access, or why not.
    ///
    /// # Errors
    /// No connection, or no answer in time.
    pub async fn open(&self, kind: Kind) -> Result<Result<Access, String>> {
        self.open_named(DocumentName::new(self.conference()?, kind)).await
    }

    /// As [`Attendee::open`], for any name.
    ///
    /// # Errors
    /// No connection, or no answer in time.
    pub async fn open_named(&self, name: DocumentName) -> Result<Result<Access, String>> {
        self.shared.lock().replicas.entry(name).or_insert_with(|| Replica::new(name));
        let token = self.ticket.as_ref().map(|ticket| ticket.ticket.clone()).context("connect first")?;
        self.say(name, ClientMessage::Auth { token: &token, version: Some("4.8.0") }).await;
        self.see(&format!("an answer about {name}"), |seen| {
            let replica = &seen.replicas[&name];
            match (replica.access(), replica.denied()) {
                (_, Some(why)) => Some(Err(why.to_owned())),
                (Some(access), _) if replica.synced => Some(Ok(access)),
                _ => None,
            }
        })
        .await
    }

    /// Asks for a document without waiting for an answer.
    ///
    /// # Errors
    /// No connection.
    pub async fn ask_to_open(&self, kind: Kind) -> Result<()> {
        let name = DocumentName::new(self.conference()?, kind);
        self.change(|seen| seen.replicas.entry(name).or_insert_with(|| Replica::new(name)).name);
        let token = self.ticket()?.ticket;
        self.say(name, ClientMessage::Auth { token: &token, version: Some("4.8.0") }).await;
        Ok(())
    }

    /// Opens the own seat and every document it names. A seat that was rebuilt is found under the next number.
    ///
    /// # Errors
    /// One of them does not open.
    pub async fn open_all(&self) -> Result<()> {
        let seat = Kind::Seat(self.id);
        let mut name = self.ticket()?.seat;
        while let Err(why) = self.open_named(name).await? {
            name = name.next_edition();
            if name.edition > SEAT_EDITIONS {
                bail!("no edition of the own seat opens: {why}");
            }
        }
        let named = self.read(seat, |replica| replica.json("documents"))?;
        let names: Vec<DocumentName> = named
            .as_object()
            .map(|named| named.keys().filter_map(|name| name.parse().ok()).collect())
            .unwrap_or_default();
        // As the web app does: what is open stays as it is.
        let is_open = |name: &DocumentName| {
            self.read(name.kind, |copy| copy.name == *name && copy.access().is_some()).unwrap_or(false)
        };
        for name in names.into_iter().filter(|name| !is_open(name)) {
            if let Err(why) = self.open_named(name).await? {
                // Words were taken off it: the seat names the next edition once that is kept.
                let names_another = |seen: &Seen| {
                    let named = newest(seen, seat).map(|seat| seat.json("documents"));
                    named.is_some_and(|named| named.get(name.to_string()).is_none())
                };
                let what =
                    format!("another name than {name}, which the seat names and which does not open: {why}");
                self.wait_until(&what, names_another).await?;
                return Box::pin(self.open_all()).await;
            }
        }
        Ok(())
    }

    /// Reads the newest edition of a document that was asked for.
    ///
    /// # Errors
    /// It was never asked for.
    pub fn read<T>(&self, kind: Kind, read: impl FnOnce(&Replica) -> T) -> Result<T> {
        newest(&self.shared.lock(), kind).map(read).with_context(|| format!("{kind} was not opened"))
    }

    /// Waits until what this device has seen gives a value.
    ///
    /// # Errors
    /// It gave none in time; the message names `what`, how the connection stands and all surprises.
    pub async fn see<T>(&self, what: &str, mut look: impl FnMut(&Seen) -> Option<T>) -> Result<T> {
        let mut bell = self.shared.bell();
        let found = tokio::time::timeout(DEADLINE, async {
            loop {
                bell.borrow_and_update();
                let found = look(&self.shared.lock());
                match found {
                    Some(value) => return value,
                    None => bell.changed().await.expect("this device holds the bell"),
                }
            }
        });
        match found.await {
            Ok(value) => Ok(value),
            Err(_) => {
                let seen = self.shared.lock();
                bail!("waited for {what}; closed {:?}, surprises {:?}", seen.closed, seen.surprises)
            }
        }
    }

    /// Waits until a condition holds of what this device has seen.
    ///
    /// # Errors
    /// It did not hold in time.
    pub async fn wait_until(&self, what: &str, mut holds: impl FnMut(&Seen) -> bool) -> Result<()> {
        self.see(what, |seen| holds(seen).then_some(())).await
    }

    /// Waits until the board shows these words in some line.
    ///
    /// # Errors
    /// It does not in time.
    pub async fn reads(&self, words: &str) -> Result<()> {
        let shown = |seen: &Seen| {
            let board = newest(seen, Kind::Board(Audience::All));
            board.is_some_and(|board| board.lines().values().any(|(_, line)| line.contains(words)))
        };
        self.wait_until(&format!("the words \"{words}\" on the board"), shown).await
    }

    /// Waits until every edit made here is durable.
    ///
    /// # Errors
    /// It is not in time, or an edit was refused.
    pub async fn saved(&self) -> Result<()> {
        self.wait_until("every edit to be saved", |seen| {
            seen.replicas.values().all(|replica| replica.saved() == Saved::All)
        })
        .await
    }

    /// Whether these bytes ever came to this device, on any connection.
    pub fn ever_received(&self, words: &str) -> bool {
        let seen = self.shared.lock();
        seen.frames.iter().any(|frame| frame.windows(words.len()).any(|window| window == words.as_bytes()))
    }

    /// Looks at everything this device has seen.
    pub fn look<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.shared.lock())
    }

    /// Changes what this device believes.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        change(&mut self.shared.lock())
    }

    /// Waits until the service has ended the connection: its code and words.
    ///
    /// # Errors
    /// It stands on.
    pub async fn ended(&self) -> Result<(u16, String)> {
        self.see("the end of the connection", |seen| seen.closed.clone()).await
    }

    /// The ticket of the last connection.
    ///
    /// # Errors
    /// There was none.
    pub fn ticket(&self) -> Result<Ticket> {
        self.ticket.clone().context("connect first")
    }

    /// Asks for a ticket and does nothing with it.
    ///
    /// # Errors
    /// No session, or nothing answered.
    pub async fn ask_for_ticket(&self) -> Result<Answer> {
        self.requests.post(&format!("/api/attendees/{}/ticket", self.id), &serde_json::json!({})).await
    }

    /// A ticket for the next socket.
    ///
    /// # Errors
    /// No session, or nothing answered.
    pub async fn fresh_ticket(&self) -> Result<String> {
        Ok(self.ask_for_ticket().await?.json::<Ticket>()?.ticket)
    }

    /// Opens a socket without saying anything on it.
    ///
    /// # Errors
    /// No socket.
    pub async fn connect_silently(&mut self) -> Result<()> {
        self.cut();
        self.socket = Some(Socket::open(self.requests.origin(), self.shared.clone()).await?);
        Ok(())
    }

    /// What no stock client would have expected.
    pub fn surprises(&self) -> Vec<String> {
        self.shared.lock().surprises.clone()
    }

    /// How the last connection ended.
    pub fn closed(&self) -> Option<(u16, String)> {
        self.shared.lock().closed.clone()
    }
}

/// The newest edition of a document that has not been denied.
pub(crate) fn newest(seen: &Seen, kind: Kind) -> Option<&Replica> {
    let of_kind = seen.replicas.values().filter(|replica| replica.name.kind == kind);
    of_kind.max_by_key(|replica| (replica.denied().is_none(), replica.name.edition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn words_typed_without_a_connection_are_kept() {
        let attendee = Attendee::outside("http://127.0.0.1:1", draw());
        let board = DocumentName::new(draw(), Kind::Board(Audience::All));
        attendee.shared.lock().replicas.insert(board, Replica::new(board));
        let note = attendee.type_note("worries", "Three").await.expect("a board");
        attendee.type_into(note, " bruises").await.expect("a line");
        attendee.reads("Three bruises").await.expect("the words");
        assert_eq!(attendee.read(board.kind, Replica::saved).expect("a board"), Saved::NotYet(9));
    }

    #[tokio::test]
    async fn the_newest_edition_is_read() {
        let attendee = Attendee::outside("http://127.0.0.1:1", draw());
        let first = DocumentName::new(draw(), Kind::Board(Audience::All));
        let second = first.next_edition();
        for name in [first, second] {
            attendee.shared.lock().replicas.insert(name, Replica::new(name));
        }
        assert_eq!(attendee.read(first.kind, |replica| replica.name).expect("a board"), second);
    }
}
