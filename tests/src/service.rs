//! The real binary with a data folder of its own.

use crate::{deadline::wait_for, links::Link};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, OnceLock},
    thread::JoinHandle,
};
use tempfile::TempDir;

/// A service that runs, or ran. It is killed when it is dropped, and its data go with the last [`Service`] that holds
/// them.
#[derive(Debug)]
pub struct Service {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    origin: String,
    start: Start,
}

/// How a service is started.
#[derive(Debug, Clone)]
pub struct Start {
    data: Arc<TempDir>,
    /// Where the data are, if not directly in the folder that goes with the test.
    folder: Option<PathBuf>,
    port: u16,
    more: Vec<String>,
    environment: Vec<(String, String)>,
    before: Option<String>,
}

impl Start {
    /// On a free port with an empty data folder, with more arguments of `serve`.
    ///
    /// # Errors
    /// No folder can be made.
    pub fn new(more: &[&str]) -> Result<Self> {
        Ok(Self {
            data: Arc::new(TempDir::with_prefix("flipchart-")?),
            folder: None,
            port: 0,
            more: more.iter().map(|&argument| argument.to_owned()).collect(),
            environment: Vec::new(),
            before: None,
        })
    }

    /// Where the data are.
    pub fn data(&self) -> &Path {
        self.folder.as_deref().unwrap_or_else(|| self.data.path())
    }

    /// The folder that goes with the test.
    pub fn folder(&self) -> &Path {
        self.data.path()
    }

    /// With the data in another folder.
    pub fn in_folder(self, folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// With a variable in its environment.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With lines of shell that run in its process before it does.
    pub fn after(self, shell: &str) -> Self {
        Self { before: Some(shell.to_owned()), ..self }
    }

    /// Starts it and waits for its first answer.
    ///
    /// # Errors
    /// It cannot be built or started, or does not answer in time; the message holds what it said.
    pub async fn run(mut self) -> Result<Service> {
        let mut child = self.spawn("serve")?;
        let said = Arc::new(Mutex::new(String::new()));
        let readers = [listen(child.stdout.take(), &said), listen(child.stderr.take(), &said)];
        let readers = readers.into_iter().flatten().collect();
        let mut service = Service { child, said, readers, origin: String::new(), start: self.clone() };
        let origin = wait_for("the address of the service", async || {
            let ended = service.child.try_wait().ok().flatten();
            let said = service.said();
            let first = said.lines().find(|line| line.starts_with("flipchart ") && line.contains(" at http"));
            match (first.and_then(|line| line.rsplit(' ').next()), ended) {
                (Some(origin), None) => Some(Ok(origin.to_owned())),
                (_, Some(status)) => Some(Err(status)),
                (None, None) => None,
            }
        });
        match origin.await {
            Ok(Ok(origin)) => service.origin = origin,
            Ok(Err(status)) => bail!("the service ended ({status}):\n{}", service.said()),
            Err(error) => return Err(error.context(service.said())),
        }
        self.port = service.origin.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(0);
        service.start = self;
        let requests = crate::Requests::to(&service.origin);
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

    /// Runs `serve`, which has to end by itself: its exit code and all it said.
    ///
    /// # Errors
    /// It goes on.
    pub async fn refused(&self) -> Result<(Option<i32>, String)> {
        self.task("serve").await
    }

    /// Runs another task of the binary on this data to its end: its exit code and all it said.
    ///
    /// # Errors
    /// It goes on.
    pub async fn task(&self, task: &str) -> Result<(Option<i32>, String)> {
        let mut child = self.spawn(task)?;
        let said = Arc::new(Mutex::new(String::new()));
        let readers = [listen(child.stdout.take(), &said), listen(child.stderr.take(), &said)];
        let ended = wait_for("the end of the task", async || child.try_wait().ok().flatten()).await;
        if ended.is_err() {
            // Nobody else ends it.
            let _ = child.kill();
            let _ = child.wait();
        }
        for reader in readers.into_iter().flatten() {
            reader.join().map_err(|_| anyhow::anyhow!("what it said was lost"))?;
        }
        let said = said.lock().expect("no reader panics").clone();
        Ok((ended.with_context(|| said.clone())?.code(), said))
    }

    fn spawn(&self, task: &str) -> Result<Child> {
        let binary = binary()?;
        let mut command = match &self.before {
            None => Command::new(binary),
            Some(before) => {
                let mut shell = Command::new("sh");
                shell.arg("-c").arg(format!("{before}\nexec \"$0\" \"$@\"")).arg(binary);
                shell
            }
        };
        command.args(task.split(' '));
        if task == "serve" {
            command.args(&self.more);
        }
        if !self.more.iter().any(|argument| argument == "--listen") {
            command.arg(format!("--listen=127.0.0.1:{}", self.port));
        }
        command
            .arg("--data")
            .arg(self.data())
            .env_remove("RUST_LOG")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("the service does not start")
    }
}

impl Service {
    /// Starts the service on a free port with an empty data folder.
    ///
    /// # Errors
    /// As [`Start::run`].
    pub async fn start(more: &[&str]) -> Result<Self> {
        Start::new(more)?.run().await
    }

    /// `http://127.0.0.1:<port>`.
    pub fn origin(&self) -> String {
        self.origin.clone()
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
        self.start.data()
    }

    /// How it was started; its port is the one it has got.
    pub fn how(&self) -> Start {
        self.start.clone()
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
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

    /// SIGTERM, as whoever runs it stops it.
    ///
    /// # Errors
    /// The process cannot be told.
    pub fn tell_to_stop(&self) -> Result<()> {
        let process = Pid::from_child(&self.child);
        kill_process(process, Signal::TERM).context("the service cannot be told to stop")
    }

    /// Waits until it has ended by itself: its exit code. Everything it printed is read then.
    ///
    /// # Errors
    /// It goes on.
    pub async fn ended(&mut self) -> Result<Option<i32>> {
        let child = &mut self.child;
        let status = wait_for("the end of the service", async || child.try_wait().ok().flatten()).await;
        let code = status.with_context(|| self.said())?.code();
        for reader in self.readers.drain(..) {
            reader.join().map_err(|_| anyhow::anyhow!("what it said was lost"))?;
        }
        Ok(code)
    }

    /// Kills it if it still runs, and starts it again on the same data and port.
    ///
    /// # Errors
    /// As [`Start::run`].
    pub async fn restart(mut self) -> Result<Self> {
        self.kill()?;
        let start = self.start.clone();
        drop(self);
        start.run().await
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
fn listen(pipe: Option<impl Read + Send + 'static>, said: &Arc<Mutex<String>>) -> Option<JoinHandle<()>> {
    let pipe = pipe?;
    let said = said.clone();
    Some(std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().expect("no reader panics");
            said.push_str(&line);
            said.push('\n');
        }
    }))
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
