//! Rules of SPEC.md and features, and the tests that quote them.

use super::{Finding, source};
use crate::workspace::File;
use std::collections::BTreeSet;

const SPEC: &str = "protocol/SPEC.md";

const FEATURES: &str = "docs/features.md";

/// Where the tests are that look at a real screen.
const SCREENS: &str = "tests/browser/";

/// Judges the table of features: every test that a row names exists (`f62_…` of the crates, "f62 …" of the web app and
/// the browser; "f62 …" may end early with an ellipsis), and one of them is a step of the browser tests whose name
/// quotes the feature: it would fail if what people see of it vanished.
pub fn judge_features(files: &[File], found: &mut Vec<Finding>) {
    let Some(table) = files.iter().find(|file| file.path == FEATURES) else { return };
    let titles: Vec<(&str, &str)> = files.iter().flat_map(titles_of).collect();
    let is_there = |name: &str| {
        let (start, is_cut) = name.strip_suffix('…').map_or((name, false), |start| (start.trim_end(), true));
        titles.iter().any(|(_, title)| *title == name || is_cut && title.starts_with(start))
    };
    for (line, text) in table.text.lines().enumerate() {
        let cells: Vec<&str> = text.split(" | ").collect();
        let [feature, .., tests] = cells.as_slice() else { continue };
        let feature = feature.trim_start_matches('|').trim().to_lowercase();
        if !is_rule(&feature) {
            continue;
        }
        let mut error = |what: String| found.push(Finding::error(table, line + 1, what));
        for name in tests.split('`').skip(1).step_by(2) {
            let is_test = name.split_once('_').is_some_and(|(rule, rest)| is_rule(rule) && !rest.is_empty());
            let is_word = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
            if is_test
                && is_word
                && !files
                    .iter()
                    .any(|file| file.path.ends_with(".rs") && file.text.contains(&format!("fn {name}(")))
            {
                error(format!("there is no test `{name}`"));
            }
        }
        let quoted: Vec<&str> = tests.split('"').skip(1).step_by(2).collect();
        for name in quoted.iter().filter(|name| !is_there(name)) {
            error(format!("there is no test \"{name}\""));
        }
        let quotes = |title: &str| {
            title.split(|letter: char| !letter.is_alphanumeric()).any(|part| part.to_lowercase() == feature)
        };
        let on_a_screen = |name: &&&str| {
            titles.iter().any(|(path, title)| {
                path.starts_with(SCREENS)
                    && quotes(title)
                    && title.starts_with(name.trim_end_matches('…').trim_end())
            })
        };
        if quoted.iter().find(on_a_screen).is_none() {
            error(format!("no step of the browser tests that quotes {} is named", feature.to_uppercase()));
        }
    }
}

/// Titles of tests of the web app and the browser, with the path of their file.
fn titles_of(file: &File) -> Vec<(&str, &str)> {
    // A file of the browser tests may hold steps of a story that another file tells.
    let is_story = file.path.starts_with(SCREENS) && file.path.ends_with(".mjs");
    if !is_story && !TITLED.iter().any(|end| file.path.ends_with(end)) {
        return Vec::new();
    }
    let starts = ["step(", "test(", "it(", "told("];
    file.text
        .lines()
        .filter_map(|line| {
            let rest = starts.iter().find_map(|start| line.split_once(start))?.1;
            // A story's own number comes before the title of its step.
            let rest =
                rest.trim_start_matches(|letter: char| letter.is_ascii_digit() || ", ".contains(letter));
            let mark = rest.chars().next().filter(|mark| "\"'`".contains(*mark))?;
            let title = &rest[1..];
            Some((file.path.as_str(), &title[..title.find(mark)?]))
        })
        .collect()
}

/// Ends of files whose tests have titles.
const TITLED: [&str; 5] = [".test.ts", ".spec.ts", ".test.mjs", ".test.js", ".spec.js"];

/// Lists rules that no test quotes, and tests that quote a rule there is none of.
pub fn judge(files: &[File], found: &mut Vec<Finding>) {
    let Some(spec) = files.iter().find(|file| file.path == SPEC) else { return };
    let rules = rules_of(&spec.text);
    let sections: BTreeSet<&str> =
        rules.iter().map(|rule| rule.trim_end_matches(|letter: char| letter.is_ascii_digit())).collect();
    let mut quoted = BTreeSet::new();
    for file in files {
        for (line, rule) in quotes(file) {
            let section = rule.trim_end_matches(|letter: char| letter.is_ascii_digit());
            if sections.contains(section) && section != rule && !rules.contains(&rule) {
                let place = format!("{}:{line}", file.path);
                found.push(Finding::warning(
                    place,
                    format!("a test quotes {rule}, and {SPEC} has no such rule"),
                ));
            }
            quoted.insert(rule);
        }
    }
    let silent: Vec<&str> = rules.iter().filter(|rule| !quoted.contains(*rule)).map(String::as_str).collect();
    if !silent.is_empty() {
        found.push(Finding::warning(SPEC, format!("no test quotes {}", silent.join(", "))));
    }
}

/// Names at the start of a line, bold: `- **SYNC3** …`.
fn rules_of(spec: &str) -> BTreeSet<String> {
    spec.lines()
        .filter_map(|line| line.trim_start().strip_prefix("- **"))
        .filter_map(|rest| rest.split_once("**"))
        .map(|(name, _)| name.to_owned())
        .filter(|name| {
            name.starts_with(char::is_uppercase) && name.ends_with(|letter: char| letter.is_ascii_digit())
        })
        .collect()
}

/// Rules in names of tests: `fn sync3_…`, `test("sync3 …")`, `it("[SYNC3] …")`. A name may quote several.
fn quotes(file: &File) -> Vec<(usize, String)> {
    if file.path.ends_with(".rs") {
        let mut names = Vec::new();
        let mut after_fn = false;
        for (line, word) in source::words(&file.text) {
            if after_fn {
                names.extend(rules_in(word.split('_')).into_iter().map(|rule| (line, rule)));
            }
            after_fn = word == "fn";
        }
        return names;
    }
    if !TITLED.iter().any(|end| file.path.ends_with(end)) {
        return Vec::new();
    }
    let titles = file.text.lines().enumerate().filter(|(_, line)| {
        ["test(", "it(", "describe(", "step(", "test.each", "it.each"]
            .iter()
            .any(|start| line.contains(start))
    });
    titles
        .flat_map(|(line, text)| {
            let rules = rules_in(text.split(|letter: char| !letter.is_alphanumeric()));
            rules.into_iter().map(move |rule| (line + 1, rule))
        })
        .collect()
}

/// `scan1_to_scan3` quotes the one between them too.
fn rules_in<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    let (mut before, mut is_range) = ("", false);
    for part in parts {
        if is_rule(part) {
            let section = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
            let number =
                |text: &str| text.strip_prefix(section).and_then(|number| number.parse::<u32>().ok());
            if let (true, Some(from), Some(to)) = (is_range, number(before), number(part)) {
                rules.extend((from + 1..to).map(|number| format!("{section}{number}").to_uppercase()));
            }
            rules.push(part.to_uppercase());
            before = part;
        }
        is_range = part == "to";
    }
    rules
}

fn is_rule(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    !digits.is_empty() && digits.len() < word.len() && digits.chars().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    #[test]
    fn a_feature_names_tests_that_exist_and_one_that_looks_at_a_screen() {
        let table = "\
            | feature | what | where | tests |\n\
            | F62 | a \"quoted\" word | board | `f62_a_line_is_struck`, `f63_gone`, `NoteId`; \"f62_f65 two pens…\" |\n\
            | F63 | live | all | \"f62_f65 two pens write\"; \"f63 nobody wrote this\" |\n\
            | F65 | sections | all | \"f62_f65 two pens write\" |\n\
            | F66 | in the web app alone | all | \"f66 a\" |\n";
        let files = [
            file(FEATURES, table),
            file("server/src/a.rs", "fn f62_a_line_is_struck() {}"),
            file("web/src/a.test.ts", "it(\"f66 a\", () => {});"),
            file(
                "tests/browser/a.test.mjs",
                "await step(\"f62_f65 two pens write\", () => {});\nawait step(7, \"f1 numbered\");",
            ),
        ];
        let mut found = Vec::new();
        judge_features(&files, &mut found);
        let said: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            said,
            [
                "there is no test `f63_gone`",
                "there is no test \"f63 nobody wrote this\"",
                "no step of the browser tests that quotes F63 is named",
                "no step of the browser tests that quotes F66 is named",
            ]
        );
    }

    #[test]
    fn a_rule_nobody_quotes_is_listed() {
        let files = [
            file("server/src/b.rs", "#[test]\nfn scan1_to_scan3_all() {}"),
            file(
                SPEC,
                "# Rules\n- **SCAN1** x\n- **SCAN2** y\n- **SCAN3** z\n- **SYNC1** a\n- **SYNC2** b\n- **SYNC3** c\n- **DOC1** d\n",
            ),
            file(
                "server/src/a.rs",
                "#[test]\nfn sync1_a_name() {}\n#[test]\nfn doc1_sync7_b() {}\nlet sync2_x = 1;",
            ),
            file("web/src/a.test.ts", "it(\"[SYNC3] says so\", () => {});\n"),
        ];
        let mut found = Vec::new();
        judge(&files, &mut found);
        let said: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            said,
            ["a test quotes SYNC7, and protocol/SPEC.md has no such rule", "no test quotes SYNC2"]
        );
    }
}
