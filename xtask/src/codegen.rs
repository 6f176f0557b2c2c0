//! The web app's types, written from `protocol`: one file, so that neither side can drift.

use crate::workspace;
use anyhow::{Context, Result, bail};
use protocol::{api, close::Close, command, document, framework, limits, people, rounds};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf, time::Duration};
use ts_rs::{Config, TS, TypeVisitor};

/// Where the types stand in the web app.
pub const GENERATED: &str = "web/src/protocol/generated.ts";

const HEADER: &str = "\
// Written by `cargo xtask codegen` from the crate `protocol`. Change the Rust types, not this file.
";

struct Declarations {
    config: Config,
    by_name: BTreeMap<String, String>,
}

impl Declarations {
    fn new() -> Self {
        // Numbers of the protocol stay below 2⁵³: milliseconds since 1970 and the room's count.
        Self { config: Config::new().with_large_int("number"), by_name: BTreeMap::new() }
    }

    fn add<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.by_name.contains_key(&name) {
            return;
        }
        let text = laid_out(&format!("{}export {}", T::docs().unwrap_or_default(), T::decl(&self.config)));
        self.by_name.insert(name, text);
        T::visit_dependencies(self);
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

/// One declaration with one field a line: `ts-rs` writes for programs, people review what changed.
fn laid_out(declaration: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    let mut comment: Vec<&str> = Vec::new();
    for line in declaration.lines().map(str::trim) {
        match line {
            "/**" => comment.clear(),
            "*/" => {
                new_line(&mut out, depth);
                match comment[..] {
                    [only] => write!(out, "/** {only} */").expect("a String takes all"),
                    _ => {
                        out.push_str("/**");
                        for words in &comment {
                            new_line(&mut out, depth);
                            write!(out, " * {words}").expect("a String takes all");
                        }
                        new_line(&mut out, depth);
                        out.push_str(" */");
                    }
                }
                new_line(&mut out, depth);
            }
            _ if line.starts_with("* ") => comment.push(&line[2..]),
            _ => code(line, &mut out, &mut depth),
        }
    }
    out.push('\n');
    out.trim_start().to_owned()
}

fn code(line: &str, out: &mut String, depth: &mut usize) {
    for letter in line.chars() {
        match letter {
            '{' => {
                out.push('{');
                *depth += 1;
                new_line(out, *depth);
            }
            '}' => {
                *depth -= 1;
                new_line(out, *depth);
                out.push('}');
            }
            ',' if *depth > 0 && !in_brackets(out) => {
                out.push(';');
                new_line(out, *depth);
            }
            ' ' if out.ends_with([' ', '\n']) => {}
            _ => out.push(letter),
        }
    }
}

/// Whether the last line is within a tuple.
fn in_brackets(out: &str) -> bool {
    let line = out.rsplit('\n').next().unwrap_or_default();
    line.matches('[').count() > line.matches(']').count()
}

/// Starts a line with this much space, or moves the start of a line that has nothing yet.
fn new_line(out: &mut String, depth: usize) {
    out.truncate(out.trim_end_matches([' ', '\n']).len());
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

/// The whole text of the generated file.
pub fn text() -> String {
    let mut types = Declarations::new();
    types.add::<api::NewConference>();
    types.add::<api::FrameworkSummary>();
    types.add::<api::Enter>();
    types.add::<api::Knock>();
    types.add::<api::Door>();
    types.add::<api::Ticket>();
    types.add::<api::Pairing>();
    types.add::<api::Claim>();
    types.add::<api::ApiError>();
    types.add::<command::Request>();
    types.add::<command::Outcome>();
    types.add::<document::Audience>();
    types.add::<document::DocumentName>();
    types.add::<document::Access>();
    types.add::<framework::Framework>();
    types.add::<people::Role>();
    types.add::<people::Page>();
    types.add::<rounds::RoundState>();
    types.add::<rounds::Revealed>();
    types.add::<rounds::Timing>();
    types.add::<rounds::Told>();

    let mut text = HEADER.to_owned();
    for declaration in types.by_name.values() {
        text.push('\n');
        text.push_str(declaration);
    }
    text.push_str(&constants());
    text
}

fn constants() -> String {
    let mut text = String::new();
    let mut say = |doc: &str, name: &str, value: String| {
        write!(text, "\n/** {doc} */\nexport const {name} = {value};\n").expect("a String takes all");
    };
    let milliseconds = |time: Duration| time.as_millis().to_string();
    say("Shape of all documents.", "SCHEMA", document::SCHEMA.to_string());
    say("Characters of an id.", "ID_CHARS", protocol::id::ID_CHARS.to_string());
    say("Bytes of one WebSocket message.", "MESSAGE_BYTES", limits::MESSAGE_BYTES.to_string());
    say("Bytes of a step 2.", "STEP_TWO_BYTES", limits::STEP_TWO_BYTES.to_string());
    say(
        "Bytes of the words of one note, quote, cell or offered note.",
        "WORDS_BYTES",
        limits::WORDS_BYTES.to_string(),
    );
    say("Bytes of a name or a role in plain words.", "NAME_BYTES", limits::NAME_BYTES.to_string());
    say(
        "Offered notes that may wait from one attendee.",
        "WAITING_OFFERS",
        limits::WAITING_OFFERS.to_string(),
    );
    say("Milliseconds in which a ticket opens one socket.", "TICKET_LIFE", milliseconds(limits::TICKET_LIFE));
    say("Milliseconds in which each socket gets a data frame.", "HEARTBEAT", milliseconds(limits::HEARTBEAT));
    say("Milliseconds a wall's pairing code lives.", "PAIRING_LIFE", milliseconds(limits::PAIRING_LIFE));
    say(
        "Milliseconds a wall without its link keeps the sheet.",
        "WALL_KEEPS_SHEET",
        milliseconds(limits::WALL_KEEPS_SHEET),
    );
    let roles: Vec<String> = people::Role::EVERY
        .iter()
        .map(|role| serde_json::to_string(role).expect("a role is a word"))
        .collect();
    say(
        "Every role, in the order of the handbook.",
        "ROLES",
        format!("[\n  {},\n] as const", roles.join(",\n  ")),
    );
    let closes = [
        ("badFrame", Close::BadFrame),
        ("noTicket", Close::NoTicket),
        ("out", Close::Out),
        ("tooLarge", Close::TooLarge),
        ("gap", Close::Gap),
        ("flood", Close::Flood),
        ("slow", Close::Slow),
        ("restart", Close::Restart),
        ("rebuilt", Close::Rebuilt),
    ];
    let lines: Vec<String> =
        closes.iter().map(|(name, close)| format!("  {name}: {},\n", close.code().0)).collect();
    say("Codes with which a socket is closed.", "CLOSE", format!("{{\n{}}} as const", lines.concat()));
    text
}

fn path() -> PathBuf {
    workspace::root().join(GENERATED)
}

/// Writes the file, or with `check` says whether it is what would be written.
///
/// # Errors
/// The file differs (with `check`) or cannot be written.
pub fn run(check: bool) -> Result<()> {
    let path = path();
    let wanted = text();
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found == wanted {
        return Ok(());
    }
    if check {
        bail!("{GENERATED} is not what `protocol` says now; run `cargo xtask codegen` and commit the file");
    }
    let folder = path.parent().context("the generated file stands in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(&path, wanted).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {GENERATED}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::workspace;

    fn types_of_protocol() -> Vec<String> {
        let mut names = Vec::new();
        for file in workspace::files(&["protocol/src"], &["rs"]) {
            let text = file.text;
            for part in text.split("ts_rs::TS").skip(1) {
                let declared = part.lines().find_map(|line| {
                    let line = line.trim();
                    line.strip_prefix("pub struct ")
                        .or_else(|| line.strip_prefix("pub enum "))
                        .map(str::to_owned)
                });
                if let Some(line) = declared {
                    let name: String = line.chars().take_while(char::is_ascii_alphanumeric).collect();
                    if !name.is_empty() {
                        names.push(name);
                    }
                }
            }
            if let Some((_, list)) = text.split_once("\nids! {\n") {
                let list = list.split_once("\n}").map_or("", |(list, _)| list);
                let lines = list.lines().map(|line| line.trim().trim_end_matches(','));
                names.extend(lines.filter(|line| line.starts_with(char::is_uppercase)).map(str::to_owned));
            }
        }
        names
    }

    #[test]
    fn every_type_of_the_protocol_is_written() {
        let names = types_of_protocol();
        assert!(names.len() > 40, "found only {names:?}");
        let text = text();
        for name in names {
            assert!(
                text.contains(&format!("\nexport type {name} =")),
                "{name} is missing: add it to codegen::text"
            );
        }
    }

    #[test]
    fn no_number_is_a_bigint() {
        assert!(!text().contains("bigint"), "JSON has no bigint");
    }

    #[test]
    fn a_declaration_has_one_field_a_line() {
        let written = "/**\n * Two\n * lines.\n */\nexport type A = { \"do\": \"x\", \n/**\n * One.\n */\nb: C | null, } | { \"do\": \"y\" };";
        let wanted = "/**\n * Two\n * lines.\n */\nexport type A = {\n  \"do\": \"x\";\n  /** One. */\n  b: C | null;\n} | {\n  \"do\": \"y\"\n};\n";
        assert_eq!(super::laid_out(written), wanted);
    }

    #[test]
    fn twice_written_is_the_same() {
        assert_eq!(text(), text());
    }
}
