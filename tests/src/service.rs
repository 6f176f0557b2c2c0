//! The real binary with a data folder of its own.

use crate::{deadline::wait_for, links::Link};
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, OnceLock},
};
use tempfile::TempDir;

/// A running service. It is killed when it is dropped, and its data go with the last [`Service`] that holds them.
#[derive(Debug)]
pub struct Service {
    child: Child,
    said: Arc<Mutex<String>>,
    data: Arc<TempDir>,
    port: u16,
    more: Vec<String>,
}

impl Service {
    /// Starts the service on a free port with an empty data folder.
    ///
    /// # Errors
    /// It cannot be built or started, or does not answer in time; the message holds what it said.
    pub async fn start(more: &[&str]) -> Result<Self> {
        let data = Arc::new(TempDir::with_prefix("flipchart-")?);
        let more = more.iter().map(|&argument| argument.to_owned()).collect();
        Self::run(data, free_port()?, more).await
    }

    async fn run(data: Arc<TempDir>, port: u16, more: Vec<String>) -> Result<Self> {
        let mut command = Command::new(binary()?);
        command
            .arg("serve")
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .arg("--data")
            .arg(data.path())
            .args(&more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().context("the service does not start")?;
        let said = Arc::new(Mutex::new(String::new()));
        listen(child.stdout.take(), &said);
        listen(child.stderr.take(), &said);
        let mut service = Self { child, said, data, port, more };
        let requests = crate::Requests::to(&service.origin());
        let answers = wait_for("the service's first answer", async || {
            if let Ok(Some(status)) = service.child.try_wait() {
                return Some(Err(status));
            }
            requests.get("/healthz").await.is_ok_and(|answer| answer.status == 200).then_some(Ok(()))
        });
        match answers.await {
            Ok(Ok(())) => Ok(service),
            Ok(Err(status)) => bail!("the service ended ({status}):\n{}", service.said()),
            Err(error) => Err(error.context(service.said())),
        }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything it has printed so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("no reader panics").clone()
    }

    /// Every link it has printed so far, in order.
    pub fn links(&self) -> Vec<Link> {
        Link::every(&self.said()).into_iter().map(|(_, link)| link).collect()
    }

    /// The key of the set-up page, once it has been printed.
    ///
    /// # Errors
    /// No such link appeared in time.
    pub async fn set_up_key(&self) -> Result<String> {
        let key = async || {
            self.links().into_iter().find_map(|link| match link {
                Link::SetUp(key) => Some(key),
                _ => None,
            })
        };
        wait_for("the set-up link", key).await
    }

    /// Where the data are.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// SIGKILL, as a power cut for the process: nothing is flushed, nobody is told.
    ///
    /// # Errors
    /// The process cannot be killed.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill().context("the service cannot be killed")?;
        self.child.wait().context("the service does not end")?;
        Ok(())
    }

    /// Kills it if it still runs, and starts it again on the same data and port.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn restart(mut self) -> Result<Self> {
        self.kill()?;
        let (data, port, more) = (self.data.clone(), self.port, std::mem::take(&mut self.more));
        drop(self);
        Self::run(data, port, more).await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have been killed already; there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end, so that the service never waits for a full pipe.
fn listen(pipe: Option<impl Read + Send + 'static>, said: &Arc<Mutex<String>>) {
    let Some(pipe) = pipe else { return };
    let said = said.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().expect("no reader panics");
            said.push_str(&line);
            said.push('\n');
        }
    });
}

/// A port that was free a moment ago. It stays the same through restarts, as links do.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// The binary: `FLIPCHART_BINARY`, or what Cargo builds now. Built once per test program.
fn binary() -> Result<PathBuf> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = BINARY.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    found.clone().map_err(anyhow::Error::msg)
}

fn build() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("FLIPCHART_BINARY") {
        return Ok(named.into());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("tests stand in the workspace")?;
    let told = Command::new(env!("CARGO"))
        .args([
            "build",
            "--package",
            "server",
            "--bin",
            "flipchart",
            "--message-format=json-render-diagnostics",
        ])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo does not start")?;
    if !told.status.success() {
        bail!("the service does not build");
    }
    let messages = String::from_utf8_lossy(&told.stdout);
    let executable = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == "flipchart")
            .then(|| message["executable"].as_str().map(PathBuf::from))?
    });
    executable.context("cargo built no binary `flipchart`")
}
