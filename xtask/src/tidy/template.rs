//! Markup of Svelte components: all words of screens come from the `.ftl` files, styles from style sheets.

use super::{Finding, source::line_of};
use crate::workspace::File;

/// Attributes whose value a person reads or hears.
const SAID: [&str; 8] = [
    "title",
    "alt",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "label",
];

/// Judges the markup of one component.
pub fn judge(file: &File, found: &mut Vec<Finding>) {
    for part in parts(&markup(&file.text)) {
        match part {
            Part::Text { place, text } if has_letters(&text) => {
                let line = line_of(&file.text, place);
                let words: String = text.trim().chars().take(40).collect();
                found.push(Finding::error(
                    file,
                    line,
                    format!("literal words \"{words}\"; put them in an .ftl file"),
                ));
            }
            Part::Attribute { place, name, value } => {
                let line = line_of(&file.text, place);
                if name == "style" {
                    found.push(Finding::error(
                        file,
                        line,
                        "`style=` is refused by the content policy; use a class or `style:`",
                    ));
                }
                if SAID.contains(&name.as_str()) && has_letters(&value) {
                    found.push(Finding::error(
                        file,
                        line,
                        format!("literal words in `{name}`; put them in an .ftl file"),
                    ));
                }
            }
            Part::Html { place } => {
                let line = line_of(&file.text, place);
                found.push(Finding::error(file, line, "`{@html`: words are text, never markup"));
            }
            Part::Text { .. } => {}
        }
    }
}

/// The scripts of a component, at the lines where they stand.
pub fn scripts(text: &str) -> String {
    let outside = markup(text);
    let kept = text.char_indices().map(|(place, letter)| {
        let in_script = !outside[place..].starts_with(letter);
        if letter == '\n' || in_script { letter } else { ' ' }
    });
    kept.collect()
}

/// The text without scripts, style sheets and comments; every byte stays where it is.
fn markup(text: &str) -> String {
    let mut out = text.to_owned();
    for (start, end) in [("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>")] {
        while let Some(from) = out.find(start) {
            let to = out[from..].find(end).map_or(out.len(), |place| from + place + end.len());
            let blank: String =
                out[from..to].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
            out.replace_range(from..to, &blank);
        }
    }
    out
}

enum Part {
    Text { place: usize, text: String },
    Attribute { place: usize, name: String, value: String },
    Html { place: usize },
}

/// Text nodes and attributes with literal values; what stands in braces is code and left out.
fn parts(markup: &str) -> Vec<Part> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < markup.len() {
        let rest = &markup[at..];
        match rest.as_bytes()[0] {
            b'<' if rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/') => {
                at = tag(markup, at, &mut found);
            }
            b'{' => {
                if rest[1..].trim_start().starts_with("@html") {
                    found.push(Part::Html { place: at });
                }
                at = braces(markup, at);
            }
            _ => {
                let next = rest.char_indices().skip(1).find(|(_, letter)| matches!(letter, '<' | '{'));
                let end = next.map_or(markup.len(), |(place, _)| at + place);
                let text = &markup[at..end];
                let place = at + (text.len() - text.trim_start().len());
                found.push(Part::Text { place, text: text.to_owned() });
                at = end;
            }
        }
    }
    found
}

/// The end of `{…}`, with strings and inner braces.
fn braces(markup: &str, from: usize) -> usize {
    let bytes = markup.as_bytes();
    let mut depth = 0;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            quote @ (b'"' | b'\'' | b'`') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            _ => {}
        }
        at += 1;
    }
    markup.len()
}

fn tag(markup: &str, from: usize, found: &mut Vec<Part>) -> usize {
    let bytes = markup.as_bytes();
    let mut at = from + 1;
    let mut name_from = None;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return at + 1,
            b'{' => {
                at = braces(markup, at);
                name_from = None;
            }
            b'=' => {
                let name_at = name_from.take().unwrap_or(at);
                let name = markup[name_at..at].trim().to_owned();
                at += 1;
                let (value, end) = value(markup, at);
                if let Some(value) = value {
                    found.push(Part::Attribute { place: name_at, name, value });
                }
                at = end;
            }
            byte if byte.is_ascii_whitespace() => {
                name_from = None;
                at += 1;
            }
            _ => {
                name_from.get_or_insert(at);
                at += 1;
            }
        }
    }
    markup.len()
}

/// The literal part of an attribute's value (none if it is all code), and its end.
fn value(markup: &str, from: usize) -> (Option<String>, usize) {
    let bytes = markup.as_bytes();
    match bytes.get(from) {
        Some(b'{') => (None, braces(markup, from)),
        Some(quote @ (b'"' | b'\'')) => {
            let mut literal = String::new();
            let mut at = from + 1;
            while at < bytes.len() && bytes[at] != *quote {
                if bytes[at] == b'{' {
                    at = braces(markup, at);
                } else {
                    let letter = markup[at..].chars().next().expect("a boundary");
                    literal.push(letter);
                    at += letter.len_utf8();
                }
            }
            (Some(literal), at + 1)
        }
        _ => {
            let end = markup[from..].find([' ', '>', '\n']).map_or(markup.len(), |place| from + place);
            (Some(markup[from..end].to_owned()), end)
        }
    }
}

fn has_letters(text: &str) -> bool {
    let mut entity = false;
    text.chars().any(|letter| {
        // `&nbsp;` has letters and says nothing.
        entity = letter == '&' || entity && letter != ';';
        letter.is_alphabetic() && !entity
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn judged(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        judge(&file("web/src/ui/A.svelte", text), &mut found);
        found.into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn literal_words_are_an_error() {
        let said = judged("<script>\nlet a = 'words';\n</script>\n<p>\n  Hello {name}\n</p>");
        assert_eq!(said, ["error: web/src/ui/A.svelte:5: literal words \"Hello\"; put them in an .ftl file"]);
        assert_eq!(judged("<button aria-label=\"Close\">×</button>").len(), 1);
        assert_eq!(judged("<input placeholder='Say {what}'>").len(), 1);
    }

    #[test]
    fn words_in_braces_are_none() {
        assert!(judged("{#if a > 'b}' && c}<p class=\"big {d}\">{words('hello', { e: 1 })} · 1 / {n}&nbsp;</p>{:else}{/if}").is_empty());
        assert!(
            judged("<!-- a reason --><Row {a} onclick={() => b('c')} aria-label={words('d')} />").is_empty()
        );
        assert!(judged("<style>p { color: red }</style>").is_empty());
        assert!(judged("{#each list as { a, b } (a)}<A {b} />{/each}").is_empty());
    }

    #[test]
    fn a_static_style_and_html_are_errors() {
        assert_eq!(judged("<p style=\"color: red\"></p>").len(), 1);
        assert_eq!(judged("<p style:color={a}>{@html b}</p>").len(), 1);
    }

    #[test]
    fn scripts_stay_on_their_lines() {
        let text = "<p>é</p>\n<script>\nimport 'a';\n</script>\n";
        assert!(
            scripts(text).lines().nth(2).is_some_and(|line| line == "import 'a';"),
            "{:?}",
            scripts(text)
        );
        assert!(!scripts(text).contains("<p>"));
    }
}
