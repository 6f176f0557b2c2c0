//! Layers of the web app and what may not stand in it: nothing that stays on a device, nothing from third parties,
//! nothing that Trusted Types and the content policy would refuse.

use super::{
    Finding,
    source::{Keep, Language, bare, line_of, words},
    template,
};
use crate::workspace::File;

/// Folders of `web/src` with their layers. Files beside `App.svelte` belong to the shell.
const FOLDERS: [(&str, u8); 14] = [
    ("protocol", 0),
    ("words", 0),
    ("styles", 0),
    ("sync", 1),
    ("api", 1),
    ("model", 2),
    ("ui", 2),
    ("board", 3),
    ("plan", 3),
    ("scale", 3),
    ("people", 3),
    ("decision", 3),
    ("papers", 3),
    ("pages", 4),
];
const SHELL: u8 = 4;

/// Packages that know documents, and the only folders that may know them.
const DOCUMENTS: [&str; 4] = ["yjs", "y-protocols", "@hocuspocus", "lib0"];
const KNOW_DOCUMENTS: [&str; 2] = ["sync", "model"];

/// What would stay on an attendee's device, or run text as a program.
const FORBIDDEN: [(&str, &str); 12] = [
    ("localStorage", "nothing stays on an attendee's device"),
    ("indexedDB", "nothing stays on an attendee's device"),
    ("serviceWorker", "nothing stays on an attendee's device"),
    (
        "sessionStorage",
        "nothing stays on an attendee's device (one seed during an open scale round: scale/ alone)",
    ),
    ("caches", "nothing stays on an attendee's device"),
    ("cookieStore", "the session cookie is the server's alone"),
    ("innerHTML", "words are text; Svelte writes them"),
    ("outerHTML", "words are text; Svelte writes them"),
    ("insertAdjacentHTML", "words are text; Svelte writes them"),
    ("srcdoc", "words are text; Svelte writes them"),
    ("eval", "no text is run as a program"),
    ("sendBeacon", "commands go through api/"),
];

/// Judges one file of the web app.
pub fn judge(file: &File, found: &mut Vec<Finding>) {
    let Some(path) = file.path.strip_prefix("web/src/") else { return };
    let ending = path.rsplit('.').next().unwrap_or_default();
    if !matches!(ending, "ts" | "svelte" | "css") || path.contains(".test.") {
        return;
    }
    let code = bare(&file.text, Language::Script, Keep::Code);
    // In CSS and markup an apostrophe is no string: only scripts are read without their strings.
    let source = if ending == "ts" { code.as_str() } else { file.text.as_str() };
    for (line, word) in words(source) {
        if let Some((_, why)) = FORBIDDEN.iter().find(|(name, _)| *name == word)
            && !(word == "sessionStorage" && path.starts_with("scale/"))
        {
            found.push(Finding::error(file, line, format!("`{word}`: {why}")));
        }
    }
    if ending == "svelte" {
        template::judge(file, found);
    }
    third_parties(file, found);
    if ending != "css" {
        judge_imports(file, path, found);
    }
}

/// Names of XML languages look like addresses and are none.
const NAMES_OF_XML: &str = "www.w3.org/";

fn third_parties(file: &File, found: &mut Vec<Finding>) {
    let is_script = file.path.ends_with(".ts");
    let text = if is_script { without_comments(&file.text) } else { file.text.clone() };
    for start in ["http://", "https://", "url(//"] {
        for (place, _) in text.match_indices(start) {
            if !text[place + start.len()..].starts_with(NAMES_OF_XML) {
                let line = line_of(&text, place);
                found.push(Finding::error(file, line, "an address: no third party is ever contacted"));
            }
        }
    }
}

/// What stands in `from "…"`, `import "…"` and `import("…")`, with the line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let text = without_comments(text);
    let mut found = Vec::new();
    for start in ["from", "import", "import("] {
        for (place, _) in text.match_indices(start) {
            let before = text[..place].chars().next_back().unwrap_or('\n');
            let rest = text[place + start.len()..].trim_start_matches([' ', '\n']);
            let Some(quote) = rest.chars().next().filter(|letter| matches!(letter, '"' | '\'')) else {
                continue;
            };
            if before.is_alphanumeric() || before == '_' {
                continue;
            }
            if let Some((name, _)) = rest[1..].split_once(quote) {
                found.push((line_of(&text, place), name.to_owned()));
            }
        }
    }
    found
}

fn without_comments(text: &str) -> String {
    bare(text, Language::Script, Keep::Strings)
}

fn place_of(path: &str) -> (&str, u8) {
    // `../words` names the folder's index; `App.svelte` is no folder.
    let folder = path.split_once('/').map(|(folder, _)| folder);
    let folder = folder.or_else(|| FOLDERS.iter().find(|(name, _)| *name == path).map(|(name, _)| *name));
    match folder {
        None => ("the shell", SHELL),
        Some(folder) => match FOLDERS.iter().find(|(name, _)| *name == folder) {
            // Pages and the shell are one: the router names pages, pages name routes.
            Some(("pages", _)) => ("the shell", SHELL),
            Some((name, layer)) => (name, *layer),
            None => (folder, u8::MAX),
        },
    }
}

fn judge_imports(file: &File, path: &str, found: &mut Vec<Finding>) {
    let (own, own_layer) = place_of(path);
    if own_layer == u8::MAX {
        let what =
            format!("the folder `{own}` has no layer; name it in xtask/src/tidy/web.rs and ARCHITECTURE.md");
        found.push(Finding::error(file, 1, what));
        return;
    }
    let text = if path.ends_with(".svelte") { template::scripts(&file.text) } else { file.text.clone() };
    for (line, name) in imports(&text) {
        if !name.starts_with('.') {
            let knows = KNOW_DOCUMENTS.contains(&own);
            if DOCUMENTS.iter().any(|package| name == *package || name.starts_with(&format!("{package}/")))
                && !knows
            {
                found.push(Finding::error(
                    file,
                    line,
                    format!("`{name}`: only sync/ and model/ know documents"),
                ));
            }
            if own == "sync" && (name == "svelte" || name.starts_with("svelte/")) {
                found.push(Finding::error(file, line, "sync/ knows no Svelte"));
            }
            continue;
        }
        let Some(theirs) = joined(path, &name) else { continue };
        let (theirs, their_layer) = place_of(&theirs);
        if theirs != own && their_layer >= own_layer {
            let what = format!("`{own}` imports `{theirs}`; an import points only to a lower layer");
            found.push(Finding::error(file, line, what));
        }
    }
}

/// The path, from `web/src`, that a relative import names; `None` if it leaves the folder.
fn joined(path: &str, import: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
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
    fn nothing_stays_on_a_device() {
        assert_eq!(judged("web/src/model/a.ts", "localStorage.setItem(a, b)").len(), 1);
        assert_eq!(judged("web/src/pages/A.svelte", "<script>navigator.serviceWorker</script>").len(), 1);
        assert_eq!(judged("web/src/board/a.ts", "sessionStorage.x").len(), 1);
        assert!(judged("web/src/scale/a.ts", "sessionStorage.x").is_empty());
        assert!(judged("web/src/model/a.ts", "// no localStorage here").is_empty());
    }

    #[test]
    fn an_import_upwards_is_an_error() {
        assert_eq!(
            judged("web/src/ui/Button.svelte", "<script>import { a } from \"../model/a.svelte\";</script>")
                .len(),
            1
        );
        assert_eq!(judged("web/src/board/a.ts", "import { a } from '../plan/a';").len(), 1);
        assert_eq!(judged("web/src/sync/a.ts", "import { tick } from 'svelte';").len(), 1);
        assert_eq!(judged("web/src/board/a.ts", "const a = await import(\"../pages/a\");").len(), 1);
        assert!(
            judged(
                "web/src/pages/desk/a.ts",
                "import { a } from '../../route';\nimport b from '../../board/b'"
            )
            .is_empty()
        );
        assert!(
            judged("web/src/App.svelte", "<script>import Desk from './pages/desk/Desk.svelte';</script>")
                .is_empty()
        );
    }

    #[test]
    fn documents_are_known_to_sync_and_model_alone() {
        assert_eq!(judged("web/src/board/a.ts", "import * as Y from 'yjs';").len(), 1);
        assert_eq!(judged("web/src/ui/a.ts", "import type { X } from \"@hocuspocus/provider\";").len(), 1);
        assert!(judged("web/src/model/a.svelte.ts", "import * as Y from 'yjs';").is_empty());
    }

    #[test]
    fn no_third_party_is_named() {
        assert_eq!(judged("web/src/ui/a.ts", "const a = 'https://fonts.example/x';").len(), 1);
        assert!(judged("web/src/ui/a.ts", "const a = 'http://www.w3.org/2000/svg';").is_empty());
    }

    #[test]
    fn a_folder_without_a_layer_is_an_error() {
        assert_eq!(judged("web/src/things/a.ts", "").len(), 1);
    }
}
