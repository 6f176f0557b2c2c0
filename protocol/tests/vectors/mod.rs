//! The vectors beside this crate, read.
#![allow(dead_code, reason = "each test reads the vectors it needs")]

use protocol::known::{Judgement, Known};
use protocol::scan::{Roots, Span, Touched, scan_update};
use serde::Deserialize;

/// Bytes that are too long to write out.
#[derive(Deserialize)]
pub struct Build {
    start: String,
    each: String,
    times: u64,
    end: String,
}

#[derive(Deserialize)]
pub struct Hostile {
    pub name: String,
    pub from: String,
    pub kind: String,
    hex: Option<String>,
    build: Option<Build>,
    pub document: Option<String>,
    #[serde(default)]
    pub after: Vec<String>,
    pub answer: String,
}

impl Hostile {
    pub fn bytes(&self) -> Vec<u8> {
        match (&self.hex, &self.build) {
            (Some(text), None) => bytes(text),
            (None, Some(build)) => {
                let mut all = bytes(&build.start);
                for n in 0..build.times {
                    for (place, part) in build.each.split("{i}").enumerate() {
                        if place > 0 {
                            let mut writer = protocol::lib0::Writer::default();
                            writer.number(n);
                            all.extend(writer.finish());
                        }
                        all.extend(bytes(part));
                    }
                }
                all.extend(bytes(&build.end));
                all
            }
            _ => panic!("{}: either hex or build", self.name),
        }
    }

    pub fn roots(&self) -> Roots {
        self.document.as_deref().map_or(Roots::Any, roots_of)
    }

    /// What the document holds before.
    pub fn known(&self) -> Known {
        let mut known = Known::default();
        for update in &self.after {
            known.absorb(&scan_update(&bytes(update), Roots::Any).expect("an honest beginning"));
        }
        known
    }

    pub fn label(&self) -> String {
        format!("{} {}: {}", self.from, self.kind, self.name)
    }
}

#[derive(Deserialize)]
pub struct Step {
    pub kind: String,
    hex: String,
    pub blocks: Vec<(u64, u32, u32)>,
    pub deletes: Vec<(u64, u32, u32)>,
    pub news: bool,
}

impl Step {
    pub fn bytes(&self) -> Vec<u8> {
        bytes(&self.hex)
    }
}

#[derive(Deserialize)]
pub struct Session {
    pub name: String,
    pub document: String,
    pub steps: Vec<Step>,
    pub clocks: Vec<(u64, u32)>,
    vector: String,
    state: String,
}

impl Session {
    pub fn roots(&self) -> Roots {
        roots_of(&self.document)
    }

    pub fn state(&self) -> Vec<u8> {
        bytes(&self.state)
    }

    pub fn vector(&self) -> Vec<u8> {
        bytes(&self.vector)
    }
}

#[derive(Deserialize)]
struct Sessions {
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Hostile>,
}

pub fn hostile() -> Vec<Hostile> {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../vectors/hostile.json")).expect("hostile.json");
    vectors.vectors
}

pub fn honest() -> Vec<Session> {
    let sessions: Sessions =
        serde_json::from_str(include_str!("../../vectors/honest.json")).expect("honest.json");
    sessions.sessions
}

pub fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hex")
}

fn roots_of(document: &str) -> Roots {
    let kind = match document {
        "stage" => "stage".to_owned(),
        other => format!("{other}.all"),
    };
    Roots::Only(kind.parse::<protocol::document::Kind>().expect("a kind of document").client_roots())
}

pub fn spans(of: &[Span]) -> Vec<(u64, u32, u32)> {
    let mut spans: Vec<_> = of.iter().map(|span| (span.client, span.start, span.end)).collect();
    spans.sort_unstable();
    spans
}

/// The answer as the vectors spell it.
pub fn answer(known: &Known, touched: &Touched) -> &'static str {
    match known.judge(touched) {
        Judgement::Nothing => "nothing",
        Judgement::Gap => "gap",
        Judgement::TooDeep => "too deep",
        Judgement::Misplaced => "misplaced",
        Judgement::Halved => "halved",
        Judgement::News { .. } => "news",
    }
}
