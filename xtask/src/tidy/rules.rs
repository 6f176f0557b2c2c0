//! Rules of SPEC.md and features, and the tests that quote them.

use super::{Finding, source};
use crate::workspace::File;
use std::collections::BTreeSet;

const SPEC: &str = "protocol/SPEC.md";

const FEATURES: &str = "docs/features.md";

/// Judges the table of features: a test that it names as `f62_…` has to exist.
pub fn judge_features(files: &[File], found: &mut Vec<Finding>) {
    let Some(table) = files.iter().find(|file| file.path == FEATURES) else { return };
    let is_test_file = |file: &&File| file.path != FEATURES && !file.path.ends_with(".md");
    for (line, text) in table.text.lines().enumerate() {
        let named = text.split('`').skip(1).step_by(2);
        let tests = named.filter(|name| {
            name.split_once('_').is_some_and(|(rule, rest)| is_rule(rule) && !rest.is_empty())
        });
        for name in
            tests.filter(|name| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'))
        {
            if !files.iter().filter(is_test_file).any(|file| file.text.contains(&format!("fn {name}("))) {
                found.push(Finding::error(table, line + 1, format!("there is no test `{name}`")));
            }
        }
    }
}

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
                names.extend(
                    word.split('_').filter(|part| is_rule(part)).map(|part| (line, part.to_uppercase())),
                );
            }
            after_fn = word == "fn";
        }
        return names;
    }
    if ![".test.ts", ".spec.ts", ".test.mjs", ".test.js", ".spec.js"]
        .iter()
        .any(|end| file.path.ends_with(end))
    {
        return Vec::new();
    }
    let titles = file.text.lines().enumerate().filter(|(_, line)| {
        ["test(", "it(", "describe(", "test.each", "it.each"].iter().any(|start| line.contains(start))
    });
    titles
        .flat_map(|(line, text)| {
            text.split(|letter: char| !letter.is_alphanumeric())
                .filter(|part| is_rule(part))
                .map(move |part| (line + 1, part.to_uppercase()))
        })
        .collect()
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
    fn a_feature_names_a_test_that_exists() {
        let files = [
            file(
                FEATURES,
                "| F62 | board | `f62_a_line_is_struck`, `f63_gone`, `NoteId`, `web/src/a_b.ts` |\n",
            ),
            file("server/src/a.rs", "fn f62_a_line_is_struck() {}"),
        ];
        let mut found = Vec::new();
        judge_features(&files, &mut found);
        let said: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(said, ["there is no test `f63_gone`"]);
    }

    #[test]
    fn a_rule_nobody_quotes_is_listed() {
        let files = [
            file(SPEC, "# Rules\n- **SYNC1** a\n- **SYNC2** b\n- **SYNC3** c\n- **DOC1** d\n"),
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
