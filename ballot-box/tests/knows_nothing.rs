//! The crate can name no attendee, no address and no clock (SEAL12). That nothing of the standard library is within
//! reach is the compiler's to show (`no_std`), and so are the `compile_fail` examples of `src/lib.rs`.

use std::{collections::BTreeSet, path::Path, process::Command};

/// What the crate may name itself.
const DIRECT: [&str; 8] =
    ["blind-rsa-signatures", "ed25519-dalek", "pkcs1", "rsa", "sha2", "spki", "thiserror", "zeroize"];

/// Crates with which something could be told of people, addresses, times or what happened, and the like of them.
const NEVER: [&str; 18] = [
    "axum", "chrono", "hyper", "jiff", "log", "metrics", "mio", "papers", "protocol", "rusqlite", "server",
    "socket2", "tests", "time", "tokio", "tracing", "ureq", "yrs",
];

/// Crates that it depends on, each with its version.
fn named(more: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "--package", "ballot-box", "--edges", "normal,build"]);
    let out = cargo.args(["--prefix", "none", "--format", "{p}"]).args(more).output().expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).expect("names");
    let name = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    text.lines().map(name).filter(|name| !name.starts_with("ballot-box ")).collect()
}

fn tree(more: &[&str]) -> BTreeSet<String> {
    let named = named(more);
    named.iter().filter_map(|name| name.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn seal12_the_crate_depends_on_arithmetic_alone() {
    assert_eq!(tree(&["--depth", "1"]), DIRECT.map(str::to_owned).into());
    let all = tree(&[]);
    let unwanted: Vec<&str> = NEVER.into_iter().filter(|name| all.contains(*name)).collect();
    assert!(unwanted.is_empty(), "{unwanted:?}");
    assert!(all.contains("crypto-bigint"), "the tree was read: {all:?}");
}

#[test]
fn seal12_the_source_has_no_standard_library_and_no_address() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = 0;
    for entry in std::fs::read_dir(source).expect("a folder") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let code = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        for line in code {
            for word in ["std::", "extern crate std", "core::net", "core::time", "Duration"] {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
        files += 1;
        if path.ends_with("lib.rs") {
            assert!(text.lines().any(|line| line == "#![no_std]"));
        }
    }
    assert!(files >= 8, "{files}");
}

/// Other versions of these do not build together, or sign otherwise.
#[test]
fn seal1_the_arithmetic_is_pinned_to_versions_that_work_together() {
    let pins = ["blind-rsa-signatures v0.18.0", "pkcs1 v0.8.0-rc.4", "rsa v0.10.0-rc.18", "spki v0.8.0"];
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let workspace = std::fs::read_to_string(workspace).expect("text");
    let resolved = named(&[]);
    for pin in pins {
        let (name, version) = pin.split_once(" v").expect("a name and a version");
        let line = workspace.lines().find(|line| line.starts_with(&format!("{name} = ")));
        assert!(line.is_some_and(|line| line.contains(&format!("\"={version}\""))), "{line:?}");
        assert!(resolved.iter().any(|resolved| resolved == pin), "{pin}: {resolved:?}");
    }
}
