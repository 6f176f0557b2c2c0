//! `flipchart`: reads the settings, then does one task. A fault is printed as one plain sentence that says what to do.

use anyhow::Context as _;
use clap::Parser as _;
use prometheus::Registry;
use rand::{SeedableRng as _, rngs::StdRng};
use server::{
    config::{Cli, Config, FrameworksTask, Task},
    meeting::framework::{self, Frameworks},
    room::{
        core::reads,
        directory::{Clock, Directory, Seeds},
        practice::{self, PracticeLink},
        watchdog::Watchdog,
    },
    serve, set_up_key,
    socket::PublicUrl,
    store::{
        backup::{self, VerifyReport},
        crowd::Crowd,
        sqlite::{Location, OpenError, SqliteStore},
    },
    telemetry, wakes,
};
use sha2::{Digest as _, Sha256};
use std::{
    alloc::System,
    io,
    net::TcpListener,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::task::JoinHandle;
use zeroizing_alloc::ZeroAlloc;

/// Memory is wiped as it is given back: notes and keys lie in buffers of the web server and of the arithmetic too, and
/// nobody else erases those (SPEC SEAL6, SEAL14).
#[global_allocator]
static WIPED: ZeroAlloc<System> = ZeroAlloc(System);

/// After its start a service is left alone for this long.
const SETTLED: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("flipchart: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Task::Frameworks { task: FrameworksTask::Check { files } } = &cli.command {
        return check_frameworks(files);
    }
    let config = Config::load(cli.options)?;
    match cli.command {
        Task::Serve { practice } => run_service(config, practice),
        Task::Backup { into } => {
            let made = backup::backup(&location(&config), &into)?;
            println!("Data: {} ({} bytes)\nKeys: {}", made.data.display(), made.bytes, made.keys.display());
            println!("Keep the two apart: whoever has both can read every conference.");
            Ok(ExitCode::SUCCESS)
        }
        Task::Restore { from, also_erased } => {
            let (data, keys) = (from.join("data"), from.join("keys"));
            Ok(told(&backup::restore(&data, &keys, &location(&config), &also_erased, reads)?))
        }
        Task::Verify => Ok(told(&backup::verify(&location(&config), reads)?)),
        Task::Frameworks { .. } => unreachable!("done before the settings are read"),
    }
}

fn location(config: &Config) -> Location {
    Location {
        server_key: config.keys.join("server.key"),
        authority: config.authority.clone(),
        ..Location::beneath(&config.data)
    }
}

fn told(report: &VerifyReport) -> ExitCode {
    let VerifyReport { conferences, documents, rows, snapshots, .. } = report;
    println!("{conferences} conferences, {documents} documents, {rows} rows, {snapshots} snapshots opened.");
    for (conference, document) in &report.damaged {
        println!("Damaged: {document} of {conference}");
    }
    for conference in &report.unreadable {
        println!("No key opens {conference}");
    }
    for fault in &report.structure {
        println!("The database file: {fault}");
    }
    if report.is_whole() {
        println!("Everything can be read.");
        ExitCode::SUCCESS
    } else {
        println!(
            "Keep a copy of the folder as it is, then restore the newest backup with `flipchart restore`."
        );
        ExitCode::FAILURE
    }
}

fn check_frameworks(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for path in files {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match framework::parse(file, &text) {
            Ok(framework) => println!("{}: \"{}\" can be used", path.display(), framework.name),
            Err(faults) => {
                println!("{faults}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn run_service(config: Config, practice: bool) -> anyhow::Result<ExitCode> {
    keep_no_dumps();
    open_all_files_allowed();
    telemetry::start(config.log_format);
    let measures = telemetry::measure()?;
    let crowd = Crowd::default();
    let watched = crowd.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(serve::THREAD_STACK_BYTES)
        .on_thread_park(move || wakes::before_sleep(&watched))
        .enable_all()
        .build()
        .context("no threads")?;
    // Rooms run on the runtime's threads alone: the main thread has the system's small stack.
    runtime.block_on(async { tokio::spawn(start(config, practice, measures, crowd)).await })??;
    Ok(ExitCode::SUCCESS)
}

async fn start(config: Config, practice: bool, measures: Registry, crowd: Crowd) -> anyhow::Result<()> {
    let listener = serve::listen(config.listen)?;
    let public_url = config.public_url(listener.local_addr()?);
    println!("flipchart {} at {public_url}\n{config}", env!("CARGO_PKG_VERSION"));
    let mut frameworks = Frameworks::shipped();
    if let Some(own) = &config.frameworks {
        frameworks.load_dir(own)?;
    }
    let place = Location { crowd, ..location(&config) };
    let store = tokio::task::spawn_blocking(move || SqliteStore::open(place)).await??;
    for conference in store.unreadable() {
        println!("  no key opens conference {conference}: bring conferences.keys back from a backup");
    }
    let store = Arc::new(store);
    let watchdog = Watchdog::start(&config.data).context("the list of harmful updates cannot be read")?;
    let checking = store.clone();
    let checked = tokio::task::spawn_blocking(move || checking.checked());
    let theirs = store.clone();
    let directory =
        tokio::task::spawn_blocking(move || Directory::open(theirs, frameworks, clock(), seeds(), watchdog));
    let directory = Arc::new(directory.await??);
    tokio::spawn(measure_sync(store));
    let serving = serve(&config, practice, listener, public_url, measures, directory);
    tokio::select! {
        ended = serving => ended,
        damaged = found_damaged(checked) => Err(damaged),
    }
}

/// Returns only if the database has turned out to be damaged (SPEC STO9). Nothing was written to it.
async fn found_damaged(checked: JoinHandle<Result<(), OpenError>>) -> anyhow::Error {
    match checked.await {
        Ok(Ok(())) => std::future::pending().await,
        Ok(Err(damaged)) => damaged.into(),
        Err(panicked) => panicked.into(),
    }
}

/// When those who waited for the service are back: syncs of a measurement would come before theirs.
async fn measure_sync(store: Arc<SqliteStore>) {
    tokio::time::sleep(SETTLED).await;
    let measured = tokio::task::spawn_blocking(move || store.measure_sync()).await;
    telemetry::note_sync_time(measured.unwrap_or_else(|panicked| Err(io::Error::other(panicked))));
}

/// Says where everything is and serves it.
async fn serve(
    config: &Config,
    practice: bool,
    listener: TcpListener,
    public_url: PublicUrl,
    measures: Registry,
    directory: Arc<Directory>,
) -> anyhow::Result<()> {
    let key = set_up_key::read_or_draw(&config.keys)?;
    println!("\nSet up a conference:\n  {}", public_url.link(&format!("/set-up#{key}")));
    if practice {
        print_practice(&directory, &public_url, &key).await?;
    }
    serve::run(config, listener, public_url, &key, measures, directory).await
}

/// Sealed notes and keys are in memory: a crash must not write it down.
fn keep_no_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Where the system refuses even less than there was, there is nothing to be lost by going on.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// Each socket is an open file, and what a process may open without asking for more (1,024 on most systems) is less than
/// the sockets of a few conferences (SPEC LIM17).
fn open_all_files_allowed() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where the system refuses, those who find no place try again.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Milliseconds since 1970.
fn clock() -> Clock {
    Arc::new(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
    })
}

/// Randomness of each room, from the system.
fn seeds() -> Seeds {
    Arc::new(|| {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("the system has given random numbers at start");
        StdRng::from_seed(seed)
    })
}

/// The practice links follow from the set-up key, so that open tabs live through a restart and nobody can guess them.
async fn print_practice(directory: &Directory, public_url: &PublicUrl, key: &str) -> anyhow::Result<()> {
    let seed = Sha256::new().chain_update("practice ").chain_update(key).finalize().into();
    for conference in practice::open(directory, &public_url.origin(), &seed).await? {
        println!("\nPractice conference, {}", conference.title);
        let widest = conference.links.iter().map(|link| link.who.chars().count()).max().unwrap_or(0);
        for PracticeLink { who, link } in &conference.links {
            println!("  {who:widest$}  {link}  PIN {}", conference.pin);
        }
    }
    println!();
    Ok(())
}
