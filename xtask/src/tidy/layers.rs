//! Layers of the Rust crates (ARCHITECTURE.md, code map): an import points only to a lower number.

use super::{
    Finding,
    source::{Keep, Language, bare, line_of, shipped},
};
use crate::workspace::File;

/// Modules of the service with their layers. Files beside `main.rs` that are not named here are the shell.
const SERVER: [(&str, u8); 12] = [
    ("clock", 0),
    ("build", 0),
    ("meeting", 1),
    ("document", 2),
    ("store", 2),
    ("room", 3),
    ("socket", 4),
    ("http", 5),
    ("telemetry", 5),
    ("config", 6),
    ("lib", 8),
    ("main", 9),
];
const SHELL: u8 = 7;

/// A crate that only some folders may know, and why.
struct Fenced {
    name: &'static str,
    within: &'static [&'static str],
    allowed: &'static [&'static str],
    why: &'static str,
}

const FENCED: [Fenced; 4] = [
    Fenced {
        name: "yrs",
        within: &["server/src/", "protocol/src/"],
        allowed: &["server/src/document"],
        why: "documents are read and written through server::document",
    },
    Fenced {
        name: "rusqlite",
        within: &["server/src/", "protocol/src/"],
        allowed: &["server/src/store"],
        why: "rows are kept through the trait server::store::Store",
    },
    Fenced {
        name: "axum",
        within: &["server/src/", "protocol/src/"],
        allowed: &["server/src/http", "server/src/socket", "server/src/main.rs", "server/src/lib.rs"],
        why: "only the edge knows the web server",
    },
    Fenced {
        name: "tokio",
        within: &["protocol/src/", "server/src/meeting", "server/src/document", "server/src/room/core"],
        allowed: &[],
        why: "values and decisions never wait",
    },
];

/// What the crate of sealed notes may not name: it knows no attendee, no address and no clock (SPEC SEAL12). It is built
/// without the standard library; these are left within its reach.
const SEALED: [&str; 5] = ["std::", "core::net", "core::time", "protocol::", "server::"];

/// Words that may not stand in the core of a room, in plain values or in documents.
const DECIDES: [&str; 3] = ["server/src/room/core", "server/src/meeting", "server/src/document"];
const NEVER_WAITS: [&str; 2] = ["async", "await"];
const OUTSIDE: [&str; 3] = ["SystemTime::now", "Instant::now", "rand::rng"];

/// Judges one Rust file.
pub fn judge(file: &File, found: &mut Vec<Finding>) {
    if file.path.starts_with("ballot-box/src/") && file.path.ends_with(".rs") {
        judge_sealed(file, found);
    }
    let is_source = file.path.starts_with("server/src/") || file.path.starts_with("protocol/src/");
    if !is_source || !file.path.ends_with(".rs") || is_test(&file.path) {
        return;
    }
    let code = bare(&file.text, Language::Rust, Keep::Code);
    let code = shipped(&code);
    for fence in &FENCED {
        let inside = fence.within.iter().any(|start| file.path.starts_with(start));
        let allowed = fence.allowed.iter().any(|start| file.path.starts_with(start));
        if let Some(place) = path_use(code, fence.name).filter(|_| inside && !allowed) {
            found.push(Finding::error(
                file,
                line_of(code, place),
                format!("`{}` does not belong here: {}", fence.name, fence.why),
            ));
        }
    }
    if DECIDES.iter().any(|start| file.path.starts_with(start)) {
        for (line, word) in super::source::words(code).filter(|(_, word)| NEVER_WAITS.contains(word)) {
            found.push(Finding::error(
                file,
                line,
                format!("`{word}`: what decides never waits; return an effect"),
            ));
        }
        for outside in OUTSIDE {
            if let Some(place) = whole(code, outside) {
                let what = format!("`{outside}`: the clock and the dice are arguments here");
                found.push(Finding::error(file, line_of(code, place), what));
            }
        }
    }
    if let Some(path) = file.path.strip_prefix("server/src/") {
        judge_imports(file, path, code, found);
    }
}

fn judge_sealed(file: &File, found: &mut Vec<Finding>) {
    let code = bare(&file.text, Language::Rust, Keep::Code);
    for path in SEALED {
        if let Some(place) = code.find(path) {
            let what = format!("`{path}`: sealed notes know no attendee, no address and no clock");
            found.push(Finding::error(file, line_of(&code, place), what));
        }
    }
    if file.path.ends_with("/lib.rs") && !code.contains("#![no_std]") {
        found.push(Finding::error(
            file,
            1,
            "sealed notes are built without the standard library: `#![no_std]`",
        ));
    }
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.ends_with("_tests.rs") || path.contains("/tests/")
}

/// Where `name` stands as the first part of a path or in `use name`.
fn path_use(code: &str, name: &str) -> Option<usize> {
    code.match_indices(name).map(|(place, _)| place).find(|&place| {
        let before = code[..place].chars().next_back().unwrap_or(' ');
        let after = &code[place + name.len()..];
        let alone = !before.is_alphanumeric() && before != '_' && before != ':' && before != '.';
        alone
            && (after.starts_with("::")
                || (code[..place].trim_end().ends_with("use") && after.starts_with([';', ' '])))
    })
}

/// Where a path stands that does not go on: `rand::rng` is not in `rand::rngs`.
fn whole(code: &str, path: &str) -> Option<usize> {
    let goes_on =
        |place: usize| code[place + path.len()..].starts_with(|letter: char| letter.is_alphanumeric());
    code.match_indices(path).map(|(place, _)| place).find(|&place| !goes_on(place))
}

fn layer(module: &str) -> u8 {
    SERVER.iter().find(|(name, _)| *name == module).map_or(SHELL, |(_, layer)| *layer)
}

fn judge_imports(file: &File, path: &str, code: &str, found: &mut Vec<Finding>) {
    let parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    let own = parts[0];
    if parts.len() > 1 && !SERVER.iter().any(|(name, _)| *name == own) {
        let what = format!(
            "the folder `{own}` has no layer; name it in xtask/src/tidy/layers.rs and ARCHITECTURE.md"
        );
        found.push(Finding::error(file, 1, what));
        return;
    }
    if own == "main" || own == "lib" {
        return;
    }
    // `super::super::x` climbs out of the folder as `crate::x` does.
    let depth = if parts.last() == Some(&"mod") { parts.len() - 1 } else { parts.len() };
    let climb = "super::".repeat(depth);
    for start in ["crate::", climb.as_str()] {
        for (place, _) in code.match_indices(start) {
            let before = code[..place].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == ':' {
                continue;
            }
            for module in first_names(&code[place + start.len()..]) {
                let theirs = if module.starts_with(char::is_uppercase) { "lib" } else { module };
                let are_shell = layer(theirs) == SHELL && layer(own) == SHELL;
                if theirs != own && theirs != "super" && !are_shell && layer(theirs) >= layer(own) {
                    let what = format!(
                        "`{own}` (layer {}) imports `{module}` (layer {}); an import points only to a lower layer",
                        layer(own),
                        layer(theirs)
                    );
                    found.push(Finding::error(file, line_of(code, place), what));
                }
            }
        }
    }
}

/// First names after `crate::`: one, or each of a group in braces.
fn first_names(rest: &str) -> Vec<&str> {
    let name = |text: &'_ str| -> usize {
        text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len())
    };
    let Some(group) = rest.strip_prefix('{') else { return vec![&rest[..name(rest)]] };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut fresh = true;
    for (place, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && !letter.is_whitespace() => {
                names.push(&group[place..place + name(&group[place..])]);
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn judged(path: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        judge(&file(path, text), &mut found);
        found.into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn an_import_upwards_is_an_error() {
        assert_eq!(judged("server/src/store/sqlite.rs", "use crate::room::Room;\n").len(), 1);
        assert_eq!(
            judged("server/src/store/sqlite.rs", "use crate::{\n    meeting::Plan,\n    room::{A, B},\n};\n")
                .len(),
            1
        );
        assert_eq!(
            judged("server/src/socket/mod.rs", "fn a() { crate::http::b() }").len(),
            1,
            "http stands on socket"
        );
        assert_eq!(judged("server/src/store/sqlite.rs", "use super::super::room::Room;").len(), 1);
        assert_eq!(
            judged("server/src/room/mod.rs", "use crate::Server;").len(),
            1,
            "the root is above everything"
        );
    }

    #[test]
    fn an_import_downwards_is_none() {
        assert!(
            judged("server/src/room/mod.rs", "use crate::{meeting::A, document, store::{B}, room::core};")
                .is_empty()
        );
        assert!(
            judged("server/src/http/mod.rs", "pub(crate) fn a() {} // crate::main\nuse super::room;")
                .is_empty()
        );
        assert!(
            judged("server/src/store/mod.rs", "#[cfg(test)]\nmod tests { use crate::room::X; }").is_empty()
        );
        assert!(judged("server/src/store/sqlite.rs", "use super::Row;").is_empty());
        assert!(judged("server/src/serve.rs", "use crate::{config::Config, tls};").is_empty());
    }

    #[test]
    fn a_fenced_crate_stays_in_its_folder() {
        assert_eq!(judged("server/src/room/mod.rs", "use yrs::Doc;").len(), 1);
        assert!(judged("server/src/document/mod.rs", "use yrs::Doc;").is_empty());
        assert_eq!(judged("server/src/room/mod.rs", "fn a(b: &rusqlite::Connection) {}").len(), 1);
        assert_eq!(judged("protocol/src/frame.rs", "use tokio::io;").len(), 1);
        assert!(judged("server/src/http/mod.rs", "use axum::Router;").is_empty());
        assert!(judged("server/src/room/mod.rs", "// yrs::Doc\nlet yrs_like = 1;").is_empty());
    }

    #[test]
    fn the_core_never_awaits() {
        assert_eq!(judged("server/src/room/core.rs", "fn a() { b.await }").len(), 1);
        assert!(judged("server/src/room/core/mod.rs", "use rand::rngs::StdRng;").is_empty());
        assert_eq!(judged("server/src/room/core/mod.rs", "let a = std::time::Instant::now();").len(), 1);
        assert!(judged("server/src/room/actor.rs", "async fn a() { b.await }").is_empty());
    }

    #[test]
    fn seal12_sealed_notes_name_no_clock_and_no_address() {
        for line in
            ["use std::time::Instant;", "fn a(b: core::net::IpAddr) {}", "use protocol::id::AttendeeId;"]
        {
            assert_eq!(judged("ballot-box/src/ballot.rs", line).len(), 1, "{line}");
        }
        assert!(judged("ballot-box/src/ballot.rs", "// std::net\nuse alloc::vec::Vec;").is_empty());
        assert_eq!(judged("ballot-box/src/lib.rs", "extern crate alloc;").len(), 1, "the standard library");
        assert!(judged("ballot-box/src/lib.rs", "#![no_std]\nextern crate alloc;").is_empty());
    }

    #[test]
    fn a_folder_without_a_layer_is_an_error() {
        assert_eq!(judged("server/src/things/mod.rs", "").len(), 1);
    }
}
