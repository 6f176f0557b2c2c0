//! Servers side by side: how each is started and how a client takes a seat in it.

use super::{
    client::Client,
    house::House,
    process::{Cores, Process, free_port},
    seat::{EMPTY, Seat},
};
use anyhow::{Context, Result, bail};
use std::{
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// One of the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// The service, with everything on.
    Ours,
    /// Bare axum relay: no document, each message written by itself.
    Relay,
    /// Bare axum relay that flushes once for all that is queued.
    RelayFlush,
    /// yrs-axum: yrs in memory.
    YrsAxum,
    /// y-sweet with its folder store.
    YSweet,
    /// y-websocket's server in memory.
    YWebsocket,
    /// y-websocket's server with LevelDB.
    YWebsocketLevel,
    /// Hocuspocus in memory.
    Hocuspocus,
    /// Hocuspocus with its SQLite extension.
    HocuspocusSqlite,
}

impl Peer {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Relay => "axum relay",
            Self::RelayFlush => "axum relay, one flush",
            Self::YrsAxum => "yrs-axum",
            Self::YSweet => "y-sweet",
            Self::YWebsocket => "y-websocket",
            Self::YWebsocketLevel => "y-websocket + LevelDB",
            Self::Hocuspocus => "Hocuspocus",
            Self::HocuspocusSqlite => "Hocuspocus + SQLite",
        }
    }

    /// Whether it has documents that a client can ask for.
    pub fn has_documents(self) -> bool {
        !matches!(self, Self::Relay | Self::RelayFlush)
    }

    /// Whether it says of an update that it is kept.
    pub fn acknowledges(self) -> bool {
        matches!(self, Self::Ours | Self::HocuspocusSqlite)
    }

    /// Time after which it has surely written what it had taken, by its own settings.
    pub fn writes_within(self) -> Duration {
        Duration::from_secs(match self {
            // Its checkpoints are 10 s apart.
            Self::YSweet => 12,
            // Two seconds of quiet.
            Self::HocuspocusSqlite | Self::YWebsocketLevel => 4,
            _ => 0,
        })
    }

    /// Whether it still has documents after it was started again.
    pub fn keeps(self) -> bool {
        matches!(self, Self::Ours | Self::YSweet | Self::YWebsocketLevel | Self::HocuspocusSqlite)
    }
}

/// Where everything is that the peers need.
#[derive(Debug, Clone)]
pub struct Places {
    /// Folder of data, logs and installed peers; outside git.
    pub folder: PathBuf,
    /// The scripts of the peers that run in Node, with their packages.
    pub scripts: PathBuf,
    /// Cores, if there are two.
    pub cores: Option<Cores>,
}

impl Places {
    /// Why a peer cannot be measured, if it cannot.
    pub fn missing(&self, peer: Peer) -> Option<String> {
        let needs = match peer {
            Peer::Ours | Peer::Relay | Peer::RelayFlush => return None,
            Peer::YrsAxum => self.yrs_axum(),
            Peer::YSweet => self.y_sweet(),
            Peer::YWebsocket | Peer::YWebsocketLevel => self.scripts.join("node_modules/@y/websocket-server"),
            Peer::Hocuspocus | Peer::HocuspocusSqlite => self.scripts.join("node_modules/@hocuspocus/server"),
        };
        (!needs.exists()).then(|| format!("{} is not installed", peer.name()))
    }

    fn yrs_axum(&self) -> PathBuf {
        self.folder.join("yrs-axum/release/yrs-axum-peer")
    }

    fn y_sweet(&self) -> PathBuf {
        self.folder.join("y-sweet/bin/y-sweet")
    }
}

/// A server that runs.
#[derive(Debug)]
pub struct Server<'a> {
    /// Which.
    pub peer: Peer,
    /// Its process.
    pub process: Process,
    /// Its data.
    pub data: PathBuf,
    places: &'a Places,
    house: Option<&'a House>,
    port: u16,
}

impl<'a> Server<'a> {
    /// Starts it without any data of before. Ours begins with the conferences of the house.
    pub fn fresh(peer: Peer, places: &'a Places, house: Option<&'a House>) -> Result<Self> {
        let data = places.folder.join(format!("data-{peer:?}").to_lowercase());
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        let port = match (peer, house) {
            (Peer::Ours, Some(house)) => {
                house.copy_to(&data)?;
                house.port()
            }
            (Peer::Ours, None) => bail!("ours needs its conferences"),
            _ => {
                std::fs::create_dir_all(&data)?;
                free_port()?
            }
        };
        let process = start(peer, places, &data, port)?;
        let mut server = Self { peer, process, data, places, house, port };
        server.process.wait_for_port(port)?;
        Ok(server)
    }

    /// SIGKILL, and a new start on what is kept. Returns when the process has been started, not when it listens.
    pub fn killed_and_started(self) -> Result<Self> {
        let Self { peer, mut process, data, places, house, port } = self;
        process.kill();
        let process = start(peer, places, &data, port)?;
        Ok(Self { peer, process, data, places, house, port })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// What a person has to have before they open a socket: a ticket with ours, else nothing.
    pub fn ticket(&self, room: usize, person: usize) -> Result<String> {
        match (self.peer, self.house) {
            (Peer::Ours, Some(house)) => house.ticket(room, person),
            (Peer::Hocuspocus | Peer::HocuspocusSqlite, _) => Ok("any".into()),
            _ => Ok(String::new()),
        }
    }

    /// Opens a socket and says all that can be said before the first answer, with an empty copy.
    pub fn knock(&self, room: usize, ticket: &str) -> Result<Seat> {
        self.knock_with(room, ticket, &EMPTY)
    }

    /// As [`Server::knock`], with a copy that has this.
    pub fn knock_with(&self, room: usize, ticket: &str, has: &[u8]) -> Result<Seat> {
        let origin = format!("Origin: http://{}\r\n", self.address());
        let path = match self.peer {
            Peer::Ours => "/sync".into(),
            Peer::Hocuspocus | Peer::HocuspocusSqlite => "/".into(),
            Peer::YSweet => format!("/d/room{room}/ws/room{room}"),
            _ => format!("/room{room}"),
        };
        let client = Client::ask(self.address(), &path, if self.peer == Peer::Ours { &origin } else { "" })?;
        match self.peer {
            Peer::Ours => {
                let house = self.house.context("ours has a house")?;
                Seat::hocuspocus(client, &house.board(room), ticket, has)
            }
            Peer::Hocuspocus | Peer::HocuspocusSqlite => {
                Seat::hocuspocus(client, &format!("room{room}"), ticket, has)
            }
            Peer::Relay | Peer::RelayFlush => Ok(Seat::relayed(client)),
            _ => Seat::y_websocket(client, has),
        }
    }

    /// Seats a person: the document is open and complete. The first one makes it, where it has to be made.
    pub fn seat(&self, room: usize, person: usize) -> Result<Seat> {
        if person == 0 {
            self.make(room)?;
        }
        self.join(room, person)
    }

    /// Seats a person at a document that is there.
    pub fn join(&self, room: usize, person: usize) -> Result<Seat> {
        let ticket = self.ticket(room, person)?;
        let mut seat = self.knock(room, &ticket)?;
        if self.peer.has_documents() {
            seat.complete()?;
        } else {
            seat.client.upgraded()?;
        }
        Ok(seat)
    }

    /// Where the n-th of many sockets sits, with so many in each room.
    pub fn nth_place(&self, number: usize, in_room: usize) -> (usize, usize) {
        match self.house {
            Some(house) if self.peer == Peer::Ours => house.nth_place(number),
            _ => (number / in_room, number % in_room),
        }
    }

    /// y-sweet opens only documents that were made.
    pub fn make(&self, room: usize) -> Result<()> {
        if self.peer != Peer::YSweet {
            return Ok(());
        }
        let origin = format!("http://{}", self.address());
        let requests = flipchart_tests::Requests::to(&origin);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let body = serde_json::json!({ "docId": format!("room{room}") });
        let answer = runtime.block_on(requests.post("/doc/new", &body))?;
        anyhow::ensure!(answer.status == 200, "no document: {}", answer.text());
        Ok(())
    }
}

fn start(peer: Peer, places: &Places, data: &Path, port: u16) -> Result<Process> {
    let number = port.to_string();
    let node = |script: &str, arguments: &[&str]| {
        let mut node = Command::new("node");
        node.arg(places.scripts.join(script)).arg(&number).args(arguments).current_dir(&places.scripts);
        node
    };
    let relay = |mode: &str| -> Result<Command> {
        let mut relay = Command::new(std::env::current_exe()?.with_file_name("relay"));
        relay.arg(&number).arg(mode);
        Ok(relay)
    };
    let kept = data.to_string_lossy();
    let mut command = match peer {
        Peer::Ours => {
            let mut ours = Command::new(
                std::env::var_os("FLIPCHART_BINARY").context("FLIPCHART_BINARY names the service")?,
            );
            ours.args(["serve", "--trust-proxy", "127.0.0.1", "--listen"])
                .arg(format!("127.0.0.1:{port}"))
                .arg("--data")
                .arg(data);
            ours
        }
        Peer::Relay => relay("each")?,
        Peer::RelayFlush => relay("flush")?,
        Peer::YrsAxum => {
            let mut peer = Command::new(places.yrs_axum());
            peer.arg(&number);
            peer
        }
        Peer::YSweet => {
            let mut peer = Command::new(places.y_sweet());
            peer.args(["serve", "--host", "127.0.0.1", "--port", &number]).arg(data);
            peer
        }
        Peer::YWebsocket => node("y-websocket.mjs", &[]),
        Peer::YWebsocketLevel => node("y-websocket.mjs", &[&kept]),
        Peer::Hocuspocus => node("hocuspocus.mjs", &[]),
        Peer::HocuspocusSqlite => node("hocuspocus.mjs", &[&kept]),
    };
    let said = File::create(data.with_extension("log"))?;
    command.env_remove("RUST_LOG").stdout(said.try_clone()?).stderr(said);
    Process::start(&mut command, places.cores)
}
