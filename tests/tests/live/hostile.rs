//! What no working client sends, over the wire: each hostile vector by both framings, from somebody who holds a pen. It is
//! answered, takes neither long nor much memory, and neither the same room nor another one notices (SPEC SCAN, SCAN15).

use crate::vectors::{Hostile, hostile};
use anyhow::{Context as _, Result, bail, ensure};
use flipchart_tests::{
    Attendee, Conference, DEADLINE, Requests, Service, read_server_frame, write_client_frame,
};
use futures_util::{SinkExt as _, StreamExt as _, stream::FuturesUnordered};
use protocol::{
    command::Command,
    document::{Audience, DocumentName, Kind},
    frame::{ClientMessage, ServerMessage},
    id::NoteId,
    lib0::{Reader, Writer},
    limits::{MESSAGE_BYTES, TYPE_DEPTH},
    people::Role,
};
use std::{
    fs,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

const BOARD: Kind = Kind::Board(Audience::All);
/// The bounds for one vector.
const AT_MOST: Duration = Duration::from_millis(100);
const MORE_MEMORY: usize = 8 << 20;

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
    async fn open(address: &str, service: &Service, name: Option<String>) -> Result<Self> {
        let mut request =
            format!("{}{address}", service.origin().replacen("http", "ws", 1)).into_client_request()?;
        request.headers_mut().insert("origin", service.origin().parse()?);
        Ok(Self { socket: connect_async(request).await?.0, name })
    }

    /// By a ticket, with one document open.
    pub(crate) async fn by_ticket(service: &Service, who: &Attendee, document: DocumentName) -> Result<Self> {
        let ticket = who.fresh_ticket().await?;
        let mut attack = Self::open("/sync", service, Some(document.to_string())).await?;
        attack.say(&ClientMessage::Auth { token: &ticket, version: None }).await?;
        Ok(attack)
    }

    /// By a pass. The service asks at once for what the client has.
    async fn by_pass(service: &Service, pass: &str, document: DocumentName) -> Result<Self> {
        let mut attack = Self::open(&format!("/yjs/{document}?pass={pass}"), service, None).await?;
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
        self.send(bytes).await
    }

    async fn send(&mut self, bytes: Vec<u8>) -> Result<()> {
        Ok(self.socket.send(Message::Binary(bytes.into())).await?)
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
    async fn attacks_with(&mut self, vector: &Hostile, bytes: &[u8]) -> Result<()> {
        match vector.kind.as_str() {
            "update" if bytes.len() > MESSAGE_BYTES / 2 => self.say(&ClientMessage::Step2(bytes)).await,
            "update" => self.say(&ClientMessage::Update(bytes)).await,
            "awareness" => self.say(&ClientMessage::Awareness(bytes)).await,
            "state vector" => self.say(&ClientMessage::Step1(bytes)).await,
            _ => self.send(bytes.to_vec()).await,
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

/// The service's process.
struct Process(u32);

impl Process {
    fn about(&self, what: &str) -> Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{what}", self.0))?)
    }

    /// Processor time of all its threads.
    fn used(&self) -> Result<Duration> {
        let stat = self.about("stat")?;
        let fields = stat.rsplit(')').next().context("its name")?.split_whitespace().skip(11).take(2);
        let ticks: u64 = fields.map(|ticks| ticks.parse::<u64>().unwrap_or(0)).sum();
        Ok(Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second()))
    }

    fn bytes(&self, field: &str) -> Result<usize> {
        let status = self.about("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).context("no such field")?;
        Ok(line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<usize>()? << 10)
    }

    /// Memory now; the peak is counted from here.
    fn memory(&self) -> Result<usize> {
        fs::write(format!("/proc/{}/clear_refs", self.0), "5")?;
        self.bytes("VmRSS")
    }

    fn peak(&self) -> Result<usize> {
        self.bytes("VmHWM")
    }
}

/// A pen and a reader who measure how long a letter takes from one to the other.
struct Letters {
    pen: Attendee,
    reader: Attendee,
    line: NoteId,
    typed: usize,
    times: Vec<Duration>,
}

impl Letters {
    async fn begin(room: &Conference) -> Result<Self> {
        let pen = room.chair().await?;
        let reader = room.bring(Role::Parent, &pen).await?;
        let line = pen.type_note("worried", "").await?;
        Ok(Self { pen, reader, line, typed: 0, times: Vec::new() })
    }

    async fn type_some(&mut self, letters: usize) -> Result<()> {
        for _ in 0..letters {
            let began = Instant::now();
            self.pen.type_into(self.line, "x").await?;
            self.typed += 1;
            let (line, typed) = (self.line, self.typed);
            let is_shown = move |seen: &flipchart_tests::Seen| {
                let board = seen.replicas.values().find(|copy| copy.name.kind == BOARD);
                board.and_then(|board| board.words(line)).is_some_and(|words| words.len() == typed)
            };
            self.reader.wait_until("a letter", is_shown).await?;
            self.times.push(began.elapsed());
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<Duration> {
        std::mem::take(&mut self.times)
    }
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

/// Whether a vector ends its socket for good.
fn ends(vector: &Hostile, is_named: bool) -> bool {
    vector.kind == "state vector" || (vector.kind == "frame" && !(is_named && vector.answer == "frame"))
}

/// Whether a vector has an answer of its own. Presence has none, and y-websocket is told nothing of an edit without news.
fn is_answered(vector: &Hostile, is_named: bool) -> bool {
    vector.kind == "update" && (is_named || !matches!(vector.answer.as_str(), "news" | "nothing"))
}

/// Whether the answer fits what the vectors say of it.
fn fits(vector: &Hostile, reply: Reply, is_written_by_people: bool) -> bool {
    let is_taken = matches!(vector.answer.as_str(), "news" | "nothing");
    match (vector.kind.as_str(), reply) {
        ("awareness" | "frame", reply) => reply == Reply::Answered,
        // In a document that only the server writes nothing is taken; what holds no news is acknowledged.
        (_, Reply::Status(saved)) => !saved || is_taken,
        // What it should follow stands in no document here, or it never stands anywhere.
        (_, Reply::Asked) => is_written_by_people && (vector.answer == "gap" || !vector.after.is_empty()),
        (_, Reply::Answered) => is_taken,
        (_, Reply::Closed(_)) => false,
    }
}

#[tokio::test]
async fn scan15_no_hostile_vector_costs_much_and_nobody_else_notices_in_either_framing() -> Result<()> {
    let service = Service::start(&[]).await?;
    let room =
        Conference::open(&service, &[Role::Chair, Role::SocialWorker, Role::Parent, Role::Observer]).await?;
    let other = Conference::open(&service, &[Role::Chair, Role::Parent]).await?;
    let mut honest = Letters::begin(&room).await?;
    let mut elsewhere = Letters::begin(&other).await?;
    let worker = room.bring(Role::SocialWorker, &honest.pen).await?;
    honest.pen.does(Command::GivePen { attendee: worker.id }).await?;
    let board = worker.read(BOARD, |copy| copy.name)?;
    let stage = worker.read(Kind::Stage, |copy| copy.name)?;
    let asked = serde_json::json!({ "documents": [board] });
    let pass = worker.requests.post(&format!("/api/attendees/{}/pass", worker.id), &asked).await?;
    let pass = pass.json::<protocol::api::Pass>()?.pass;
    let process = Process(service.process());
    // What memory the first sockets and letters need is not the vectors'.
    elsewhere.type_some(50).await?;
    elsewhere.take();

    let (mut quiet, mut attacked, mut closing) = (Vec::new(), Vec::new(), FuturesUnordered::new());
    let mut wrong = Vec::new();
    for vector in hostile() {
        let bytes = vector.bytes();
        let mut least = Duration::MAX;
        for way in ["/sync board", "/sync stage", "/yjs board"] {
            elsewhere.type_some(1).await?;
            quiet.extend(elsewhere.take());
            let document = if way.ends_with("stage") { stage } else { board };
            let mut attack = match way {
                "/yjs board" => Attack::by_pass(&service, &pass, document).await?,
                _ => Attack::by_ticket(&service, &worker, document).await?,
            };
            let (before, used) = (process.memory()?, process.used()?);
            let answered = async {
                attack.attacks_with(&vector, &bytes).await?;
                if ends(&vector, attack.name.is_some()) {
                    return Ok(None);
                }
                if !is_answered(&vector, attack.name.is_some()) {
                    attack.say(&ClientMessage::Step1(&[0])).await?;
                }
                let reply = attack.reply().await?;
                // A question of ours goes before the answer.
                let is_question = vector.kind != "update" && reply == Reply::Asked;
                anyhow::Ok(Some(if is_question { attack.reply().await? } else { reply }))
            };
            let (reply, typed) = tokio::join!(answered, elsewhere.type_some(1));
            typed?;
            attacked.extend(elsewhere.take());
            least = least.min(process.used()?.saturating_sub(used));
            let more = process.peak()?.saturating_sub(before);
            ensure!(more <= MORE_MEMORY, "{} by {way}: {more} bytes more", vector.label());
            match reply.with_context(|| format!("{} by {way}", vector.label()))? {
                Some(reply) if fits(&vector, reply, document == board) => {}
                Some(reply) => {
                    wrong.push(format!("{} ({}) by {way}: {reply:?}", vector.label(), vector.answer))
                }
                // Whoever is closed for good is told so late (CLOSE6).
                None => {
                    let label = format!("{} by {way}", vector.label());
                    closing.push(async move { (label, attack.reply().await) });
                }
            }
        }
        ensure!(least < AT_MOST, "{} takes {least:?}", vector.label());
        honest.type_some(1).await.with_context(|| format!("in the same room after {}", vector.label()))?;
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    ensure!(closing.len() > 10);
    while let Some((label, reply)) = closing.next().await {
        ensure!(reply? == Reply::Closed(4400), "{label}");
    }
    let (quiet, attacked) = (p99(quiet), p99(attacked));
    println!("p99 of another room's letters: {quiet:?} beside nothing, {attacked:?} beside the vectors");
    ensure!(attacked <= quiet + AT_MOST, "{quiet:?} beside nothing, {attacked:?} beside the vectors");
    honest.type_some(20).await?;
    let late = room.bring(Role::Observer, &honest.pen).await?;
    let words = |one: &Attendee| one.read(BOARD, |copy| copy.words(honest.line));
    assert_eq!(words(&late)?, words(&honest.pen)?);
    let measures = Requests::to(&service.origin()).get("/metrics").await?.text();
    ensure!(!measures.contains("flipchart_reloads_total"), "a room was loaded anew");
    ensure!(!service.said().contains("fault of the service"), "{}", service.said());
    Ok(())
}

/// A number as it stands in an update.
fn number(number: u64) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.number(number);
    writer.finish()
}

#[tokio::test]
async fn scan10_sync6_series_of_small_hostile_updates_end_at_their_bound_and_leave_nothing_behind()
-> Result<()> {
    let service = Service::start(&[]).await?;
    let room =
        Conference::open(&service, &[Role::Chair, Role::SocialWorker, Role::Parent, Role::Observer]).await?;
    let mut honest = Letters::begin(&room).await?;
    let worker = room.bring(Role::SocialWorker, &honest.pen).await?;
    honest.pen.does(Command::GivePen { attendee: worker.id }).await?;
    let board = worker.read(BOARD, |copy| copy.name)?;
    let process = Process(service.process());
    honest.type_some(50).await?;

    // F5: a map in the board, in it a map, and so on, each in an update of its own.
    let (before, mut deep) = (process.memory()?, Attack::by_ticket(&service, &worker, board).await?);
    for n in 0..1_000 {
        let root = [&[0x27, 1, 5][..], b"notes"].concat();
        let parent = if n == 0 { root } else { [vec![0x27, 0, 7], number(n - 1)].concat() };
        let update = [vec![1, 1, 7], number(n), parent, vec![1, b'k', 1, 0]].concat();
        deep.say(&ClientMessage::Update(&update)).await?;
    }
    for n in 0..1_000 {
        let reply = deep.reply().await?;
        ensure!(reply == Reply::Status(n < u64::from(TYPE_DEPTH)), "{n}: {reply:?}");
    }

    // F14: each builds on words that nobody has.
    let mut junk = Attack::by_ticket(&service, &worker, board).await?;
    let (used, mut asked) = (process.used()?, 0);
    for n in 0..4_000 {
        let update = [vec![1, 1], number(1_000_000 + n), vec![0, 0x84, 0x4d, 5, 1, b'x', 0]].concat();
        // It is read no further at its bound.
        if junk.say(&ClientMessage::Update(&update)).await.is_err() {
            break;
        }
    }
    loop {
        match junk.reply().await? {
            Reply::Asked => asked += 1,
            reply => break ensure!(reply == Reply::Closed(4409), "{reply:?}"),
        }
    }
    ensure!((1..=2).contains(&asked), "asked {asked} times");
    let used = process.used()?.saturating_sub(used);
    // 256 of them: what waits is never judged again and again.
    ensure!(used < Duration::from_secs(2), "{used:?}");
    let more = process.peak()?.saturating_sub(before);
    ensure!(more <= MORE_MEMORY, "{more} bytes more");

    honest.type_some(20).await?;
    let late = room.bring(Role::Observer, &honest.pen).await?;
    ensure!(
        late.read(BOARD, |copy| copy.words(honest.line))?
            == honest.pen.read(BOARD, |copy| copy.words(honest.line))?
    );
    let is_junk = |frame: &Vec<u8>| frame.windows(4).any(|window| window == [0x84, 0x4d, 5, 1]);
    ensure!(!late.look(|seen| seen.frames.iter().any(is_junk)), "junk is kept and sent to those who come");
    Ok(())
}
