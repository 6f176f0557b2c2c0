//! Words, lengths and paths of all files.

use super::{
    Finding, Weight,
    source::{Keep, Language, bare, words},
};
use crate::workspace::File;

/// A file of code longer than this holds more than one noun.
const LONG: usize = 450;
/// And nobody reads one longer than this.
const TOO_LONG: usize = 700;

/// Marks of unfinished work, anywhere: what is not done is an issue.
const UNFINISHED: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];

/// How lines begin that a merge leaves where it could not decide.
const UNDECIDED: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

/// Words of the field have one meaning (ARCHITECTURE.md); these would be second words for something.
const NOT_OURS: [(&str, &str); 4] = [
    ("vote", "a scale note or a signed view"),
    ("votes", "scale notes or signed views"),
    ("voter", "an attendee"),
    ("userid", "an attendee's id"),
];

/// Names of files that say nothing about what is in them.
const NO_NOUN: [&str; 9] =
    ["util", "utils", "helper", "helpers", "misc", "common", "manager", "managers", "stuff"];

/// Starts of paths that exist on one machine only.
const ONE_MACHINE: [&str; 4] = ["/home/", "/root/", "/Users/", "C:\\Users"];

/// Files that a program wrote.
const GENERATED: [&str; 3] = ["protocol/generated.ts", "words/keys.ts", "package-lock.json"];

/// This folder has to name what it forbids.
const OWN: &str = "xtask/src/tidy/";

/// Judges any text file.
pub fn judge(file: &File, found: &mut Vec<Finding>) {
    let ending = file.path.rsplit('.').next().unwrap_or_default();
    let is_code = matches!(ending, "rs" | "ts" | "svelte" | "js" | "mjs" | "css");
    let is_generated = GENERATED.iter().any(|end| file.path.ends_with(end));
    if is_generated || file.path.starts_with(OWN) {
        return;
    }
    if is_code {
        judge_length(file, found);
        judge_name(file, found);
        judge_words(file, ending, found);
    }
    for (line, text) in file.text.lines().enumerate() {
        for mark in UNFINISHED {
            if text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == mark) {
                let what = format!("`{mark}`: finish it, or file an issue and say nothing here");
                found.push(Finding::error(file, line + 1, what));
            }
        }
        if UNDECIDED.iter().any(|mark| text.starts_with(mark)) {
            found.push(Finding::error(file, line + 1, "a merge was left undecided here"));
        }
        for path in ONE_MACHINE {
            // `$HOME/…` and an address such as `https://host/home/` are no paths of one machine.
            let starts_here = |place: usize| {
                let before = text[..place].chars().next_back().unwrap_or(' ');
                !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}' | '~' | '*')
            };
            if text.match_indices(path).any(|(place, _)| starts_here(place)) {
                found.push(Finding::error(file, line + 1, format!("`{path}…` is a path of one machine")));
            }
        }
    }
}

fn judge_length(file: &File, found: &mut Vec<Finding>) {
    let lines = file.text.lines().count();
    if lines > LONG {
        let weight = if lines > TOO_LONG { Weight::Error } else { Weight::Warning };
        let what = format!("{lines} lines; one file holds one noun in at most {LONG}");
        found.push(Finding { weight, place: file.path.clone(), what });
    }
}

fn judge_name(file: &File, found: &mut Vec<Finding>) {
    for part in file.path.split('/') {
        let stem = part.split('.').next().unwrap_or_default().to_lowercase();
        if NO_NOUN.contains(&stem.as_str()) {
            found.push(Finding::error(
                file,
                1,
                format!("`{part}` says nothing; name the noun that is in it"),
            ));
        }
    }
}

fn judge_words(file: &File, ending: &str, found: &mut Vec<Finding>) {
    let language = if ending == "rs" { Language::Rust } else { Language::Script };
    let code = bare(&file.text, language, Keep::Code);
    for (line, word) in words(&code) {
        let word_in_small = word.to_lowercase().replace('_', "");
        let by_part = parts(word);
        for (not_ours, ours) in NOT_OURS {
            if word_in_small == not_ours || by_part.iter().any(|part| part == not_ours) {
                found.push(Finding::error(file, line, format!("`{word}`: here it is called {ours}")));
            }
        }
    }
}

/// Parts of an identifier in small letters: `countVotes` and `count_votes` have two.
fn parts(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in word.chars() {
        if letter == '_' || letter.is_uppercase() {
            parts.push(String::new());
        }
        if letter != '_' {
            parts.last_mut().expect("there is always one").extend(letter.to_lowercase());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn judged(path: &str, text: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        judge(&file(path, text), &mut found);
        found
    }

    #[test]
    fn unfinished_work_is_an_error() {
        assert_eq!(judged("server/src/a.rs", "// TODO: later").len(), 1);
        assert_eq!(judged("README.md", "FIXME").len(), 1);
        assert!(judged("README.md", "TODOS are none").is_empty());
        assert_eq!(judged("README.md", "<<<<<<< HEAD\nours\n=======\n>>>>>>> theirs").len(), 2);
    }

    #[test]
    fn a_second_word_for_something_is_an_error_in_code_only() {
        assert_eq!(judged("web/src/a.ts", "const countVotes = 1;").len(), 1);
        assert_eq!(judged("server/src/a.rs", "struct Vote;").len(), 1);
        assert!(judged("server/src/a.rs", "// a number is no vote\nlet devoted = \"vote\";").is_empty());
    }

    #[test]
    fn a_path_of_one_machine_is_an_error() {
        assert_eq!(judged("README.md", "see /home/ann/x").len(), 1);
        assert!(judged("README.md", "$HOME/.cache, https://example.org/home/x and ./root/").is_empty());
    }

    #[test]
    fn a_long_file_is_a_warning_and_then_an_error() {
        assert_eq!(judged("a/b.rs", &"\n".repeat(451))[0].weight, Weight::Warning);
        assert_eq!(judged("a/b.rs", &"\n".repeat(701))[0].weight, Weight::Error);
        assert!(judged("a/b.rs", &"\n".repeat(450)).is_empty());
        assert!(judged("a/b.md", &"\n".repeat(900)).is_empty());
    }

    #[test]
    fn a_file_is_named_by_a_noun() {
        assert_eq!(judged("web/src/utils.ts", "").len(), 1);
        assert_eq!(judged("server/src/common/mod.rs", "").len(), 1);
    }
}
