//! `cargo xtask test`: everything that shows whether the product is whole.

use crate::{bench, browser, cargo, codegen, interop, node, steps::Steps, tidy, workspace};
use anyhow::Result;
use std::{fs, process::Command};

/// A part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Formatting, clippy, tidy, generated types, tests of the crates.
    Rust,
    /// Types, tests, build and sizes of the web app.
    Web,
    /// The real service with stock Yjs clients from their registries.
    Interop,
    /// The real service with a real browser.
    Browser,
}

/// Runs all parts, or one.
///
/// # Errors
/// A step failed; under `CI=true`, also if one was skipped.
pub fn run(part: Option<Part>) -> Result<()> {
    let strict = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let mut steps = Steps::new(strict);
    let wants = |asked: Part| part.is_none_or(|part| part == asked);
    if wants(Part::Rust) {
        source(&mut steps);
    }
    // Before the crates are built: the service carries the web app inside, and would be built twice otherwise.
    let web = if wants(Part::Web) { web(&mut steps) } else { part == Some(Part::Browser) };
    if wants(Part::Rust) {
        crates(&mut steps);
    }
    if wants(Part::Interop) {
        with_stock_clients(&mut steps);
    }
    if wants(Part::Browser) {
        with_browser(&mut steps, part, web);
    }
    steps.finish()
}

/// What needs no build of the crates.
fn source(steps: &mut Steps) {
    steps.run("formatting", || cargo::finish(&mut cargo::command(&["fmt", "--all", "--check"])));
    steps.run("tidy", tidy::run);
    steps.run("generated types", || codegen::run(true));
}

fn crates(steps: &mut Steps) {
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    steps.run("clippy", || cargo::test(&mut cargo::command(&clippy)));
    steps.run("tests of the crates", || {
        cargo::test(&mut cargo::command(&["test", "--workspace", "--no-run"]))?;
        // What was just built is written first: a disk that is busy with it makes every sync of a test wait.
        cargo::finish(&mut Command::new("sync"))?;
        let mut tests = cargo::command(&["test", "--workspace", "--no-fail-fast"]);
        if std::env::var_os(FUZZ).is_none() {
            tests.env(FUZZ, FUZZ_HERE.to_string());
        }
        cargo::test(&mut tests)
    });
}

/// Tells the mutation driver how long to go on, in seconds.
const FUZZ: &str = "FUZZ_SECONDS";
/// Enough to find a fault that somebody has just made; `cargo xtask fuzz` looks for the rare ones.
const FUZZ_HERE: u64 = 10;

/// Runs the mutation driver alone.
///
/// # Errors
/// It found an input that a reader or a document cannot take.
pub fn fuzz(seconds: u64) -> Result<()> {
    let mut fuzz = cargo::command(&["test", "--package", "protocol", "--test", "fuzz", "--", "--nocapture"]);
    cargo::test(fuzz.env(FUZZ, seconds.to_string()))
}

/// What the mutation driver's documents took, for another reader.
const FUZZ_RECORD: &str = "FUZZ_RECORD";

/// What the scanner takes of mutated updates, yjs reads as yrs does. Needs the packages of the stock clients.
fn fuzz_beside_yjs(seconds: u64) -> Result<()> {
    let record = std::path::absolute(cargo::target())?.join("fuzz-record.jsonl");
    if record.exists() {
        fs::remove_file(&record)?;
    }
    let mut fuzz = cargo::command(&["test", "--package", "protocol", "--test", "fuzz", "scan9"]);
    cargo::test(fuzz.env(FUZZ, seconds.to_string()).env(FUZZ_RECORD, &record))?;
    let mut compare = Command::new("node");
    compare.current_dir(workspace::root()).arg("protocol/fuzz/against-yjs.mjs");
    cargo::test(compare.arg(&record).arg(interop::FOLDER))
}

/// Tells the simulation how many conferences to play.
const SEEDS: &str = "SIM_SEEDS";

/// Tells the attacker game how many rounds to play.
const GAME: &str = "GAME_ROUNDS";
/// Enough that chance and four standard deviations (0.242) lie well below what the weakest planted leak gives away.
const GAME_ROUNDS: u64 = 3_000;

/// Kills of one service that is typed into meanwhile.
const KILLS: u32 = 200;
/// Which binary the tests look at from outside; the kills in the middle of typing have built it.
const SERVICE: &str = "FLIPCHART_BINARY";
/// Kills of one service in an open round of sealed notes.
const SEALED_KILLS: &str = "FLIPCHART_SEALED_KILLS";

/// How long people write, go and come back, in seconds.
const SOAK: (&str, &str) = ("FLIPCHART_SOAK_SECONDS", "1800");

/// Meetings of eight stock clients with 300 edits each, from a seed of their own.
const TOGETHER: u32 = 20;

/// Kills of a process that writes, destroys and tidies its store; flips of a bit in one; places where its log is torn.
const STORE: [(&str, &str); 3] =
    [("FLIPCHART_STORE_KILLS", "200"), ("FLIPCHART_STORE_FLIPS", "20000"), ("FLIPCHART_STORE_TORN", "1000")];

/// Runs the large forms. Built as released, so that 50,000 conferences take minutes and not hours.
///
/// # Errors
/// A seed or an input failed; it is printed with the command that plays it again.
pub fn prove(seeds: u64, seconds: u64) -> Result<()> {
    let mut steps = Steps::new(true);
    steps.run("simulated conferences", || {
        let name = "whatever_happens";
        let mut play = cargo::command(&["test", "--release", "--package", "server", "--lib", name]);
        cargo::test(play.env(SEEDS, seeds.to_string()))
    });
    steps.run("the attacker game of sealed notes", || {
        let mut play = cargo::command(&["test", "--release", "--package", "ballot-box", "--test", "game"]);
        cargo::test(play.env(GAME, GAME_ROUNDS.to_string()))
    });
    steps.run("the attacker game of sealed notes in a room", || {
        let name = "rounds::game::seal13";
        let mut play = cargo::command(&["test", "--release", "--package", "server", "--lib", name]);
        cargo::test(play.env(GAME, GAME_ROUNDS.to_string()))
    });
    steps.run("kills in the middle of typing", || bench::kills(KILLS));
    for (what, file) in [
        ("kills of a store that is written, destroyed from and tidied", "store_kill"),
        ("garbled bytes in a store", "store_garbled"),
    ] {
        steps.run(what, || {
            let mut test = cargo::command(&["test", "--release", "--package", "server", "--test", file]);
            cargo::test(test.envs(STORE))
        });
    }
    steps.run("kills in an open round", || {
        let name = "seal6_seal14_kills";
        let mut play =
            cargo::command(&["test", "--release", "--package", "flipchart-tests", "--test", "live", name]);
        cargo::test(play.env(SEALED_KILLS, "50").env(SERVICE, cargo::released("flipchart")))
    });
    // What is left on a stack is another matter where the compiler optimises.
    steps.run("the memory of the released service after a round", || {
        let name = "memory::seal6";
        let hunt = ["test", "--release", "--package", "flipchart-tests", "--test", "live", name];
        cargo::test(cargo::command(&hunt).env(SERVICE, cargo::released("flipchart")))
    });
    // What an edit costs is too.
    steps.run("hostile edits, sent to the released service", || {
        let send = ["test", "--release", "--package", "flipchart-tests", "--test", "live", "hostile::"];
        cargo::test(cargo::command(&send).env(SERVICE, cargo::released("flipchart")))
    });
    steps.run("a long day of the released service", || {
        let name = "soak::";
        let last = ["test", "--release", "--package", "flipchart-tests", "--test", "live", name];
        cargo::test(cargo::command(&last).envs([SOAK]).env(SERVICE, cargo::released("flipchart")))
    });
    steps.run("mutated input", || fuzz(seconds));
    if steps.run("stock clients: packages", || node::install(interop::FOLDER)) {
        steps.run("mutated input, read by yjs", || fuzz_beside_yjs(seconds));
        steps.run("eight stock clients in one document", || interop::together(TOGETHER));
    } else {
        steps.skip("mutated input, read by yjs", "the packages are not installed");
        steps.skip("eight stock clients in one document", "the packages are not installed");
    }
    steps.finish()
}

const WEB: [(&str, &str); 5] = [
    ("web: words", "words"),
    ("web: types", "check"),
    ("web: tests", "test"),
    ("web: build", "build"),
    ("web: sizes", "sizes"),
];

/// True if the web app was built.
fn web(steps: &mut Steps) -> bool {
    if let Err(why) = node::look() {
        steps.skip("web", &format!("{why:#}"));
        return false;
    }
    if !steps.run("web: packages", || node::install("web")) {
        for (name, _) in WEB {
            steps.skip(name, "its packages are not installed");
        }
        return false;
    }
    let mut built = false;
    for (name, script) in WEB {
        if !node::has_script("web", script) {
            steps.skip(name, &format!("web/package.json has no script `{script}`"));
            continue;
        }
        let passed = steps.run(name, || cargo::test(node::npm("web").args(["run", script])));
        built |= passed && script == "build";
    }
    built
}

/// Builds the service that tests from outside run. True if that passed.
fn service(steps: &mut Steps) -> bool {
    let service = ["build", "--package", "server", "--bin", "flipchart"];
    steps.run("service", || cargo::finish(&mut cargo::command(&service)))
}

fn with_stock_clients(steps: &mut Steps) {
    const NAME: &str = "interop";
    if let Err(why) = node::look() {
        steps.skip(NAME, &format!("{why:#}"));
        return;
    }
    if !service(steps) {
        steps.skip(NAME, "the service was not built");
        return;
    }
    if !steps.run("interop: packages", || node::install(interop::FOLDER)) {
        steps.skip(NAME, "their packages are not installed");
        return;
    }
    steps.run("interop: mutated input, read by yjs", || fuzz_beside_yjs(FUZZ_HERE));
    let mut python = None;
    match interop::look_for_python() {
        Err(why) => steps.skip("interop: Python packages", &format!("{why:#}")),
        Ok(()) => {
            steps.run("interop: Python packages", || {
                python = Some(interop::install_python()?);
                Ok(())
            });
        }
    }
    for file in node::test_files(interop::FOLDER) {
        let name = format!("interop: {file}");
        if python.is_none() && interop::needs_python(&file) {
            steps.skip(&name, "it needs the Python packages");
        } else {
            steps.run(&name, || interop::run(&file, python.as_deref()));
        }
    }
}

fn with_browser(steps: &mut Steps, part: Option<Part>, web: bool) {
    const NAME: &str = "browser tests";
    if let Err(why) = node::look() {
        steps.skip(NAME, &format!("{why:#}"));
        return;
    }
    if !web {
        steps.skip(NAME, "the web app was not built");
        return;
    }
    if part == Some(Part::Browser) {
        let build = || {
            node::install("web")?;
            cargo::finish(node::npm("web").args(["run", "build"]))
        };
        if !steps.run("web: build", build) {
            steps.skip(NAME, "the web app was not built");
            return;
        }
    }
    if !service(steps) {
        steps.skip(NAME, "the service was not built");
        return;
    }
    let hold = ["build", "--package", "flipchart-tests", "--bin", "hold-database"];
    if !steps
        .run("browser tests: a program that holds a database", || cargo::finish(&mut cargo::command(&hold)))
    {
        steps.skip(NAME, "the program that holds a database was not built");
        return;
    }
    if !steps.run("browser tests: packages", || node::install(browser::FOLDER)) {
        steps.skip(NAME, "their packages are not installed");
        return;
    }
    match browser::find() {
        Err(why) => steps.skip(NAME, &format!("{why:#}")),
        Ok(_) if node::test_files(browser::FOLDER).is_empty() => {
            steps.skip(NAME, "tests/browser has no *.test.mjs");
        }
        Ok(chromium) => {
            for file in node::test_files(browser::FOLDER) {
                steps.run(&format!("browser: {file}"), || browser::run(&file, &chromium));
            }
        }
    }
}
