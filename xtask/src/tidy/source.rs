//! Source text with its comments or strings blanked out: a rule about code must not trip over prose.

/// Which language's comments and strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Nested block comments, raw strings, lifetimes.
    Rust,
    /// TypeScript, JavaScript and the scripts of Svelte components.
    Script,
}

/// What is blanked out beside comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Strings stay.
    Strings,
    /// Code alone stays.
    Code,
}

/// The text with comments (and strings, unless kept) replaced by spaces. Lines stay where they are.
pub fn bare(text: &str, language: Language, keep: Keep) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let (end, comment) = match prose(&letters, at, language) {
            Some((end, comment)) => (end, comment),
            None => {
                out.push(letters[at]);
                at += 1;
                continue;
            }
        };
        let stays = !comment && keep == Keep::Strings;
        for &letter in &letters[at..end] {
            out.push(if stays || letter == '\n' { letter } else { ' ' });
        }
        at = end;
    }
    out
}

/// If a comment or a string starts here: its end, and whether it is a comment.
fn prose(letters: &[char], at: usize, language: Language) -> Option<(usize, bool)> {
    let next = |offset: usize| letters.get(at + offset).copied().unwrap_or('\0');
    match letters[at] {
        '/' if next(1) == '/' => Some((find(letters, at, |letter| letter == '\n'), true)),
        '/' if next(1) == '*' => Some((block(letters, at, language), true)),
        '"' => Some((quoted(letters, at + 1, '"'), false)),
        'r' if language == Language::Rust && !follows_a_word(letters, at) => {
            raw(letters, at).map(|end| (end, false))
        }
        '\'' if language == Language::Rust => {
            let is_letter = next(1) == '\\' || next(2) == '\'';
            is_letter.then(|| (quoted(letters, at + 1, '\''), false))
        }
        quote @ ('\'' | '`') if language == Language::Script => Some((quoted(letters, at + 1, quote), false)),
        _ => None,
    }
}

fn follows_a_word(letters: &[char], at: usize) -> bool {
    at > 0 && (letters[at - 1].is_alphanumeric() && letters[at - 1] != 'b' || letters[at - 1] == '_')
}

fn find(letters: &[char], from: usize, wanted: impl Fn(char) -> bool) -> usize {
    letters[from..].iter().position(|&letter| wanted(letter)).map_or(letters.len(), |place| from + place)
}

fn block(letters: &[char], from: usize, language: Language) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at + 1 < letters.len() {
        match (letters[at], letters[at + 1]) {
            ('/', '*') if depth == 0 || language == Language::Rust => {
                depth += 1;
                at += 2;
            }
            ('*', '/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    letters.len()
}

fn quoted(letters: &[char], mut at: usize, quote: char) -> usize {
    while at < letters.len() && letters[at] != quote {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(letters.len())
}

fn raw(letters: &[char], at: usize) -> Option<usize> {
    let hashes = letters[at + 1..].iter().take_while(|&&letter| letter == '#').count();
    if letters.get(at + 1 + hashes) != Some(&'"') {
        return None;
    }
    let mut end: Vec<char> = vec!['"'];
    end.extend(std::iter::repeat_n('#', hashes));
    let body = at + 2 + hashes;
    let place = letters[body..].windows(end.len()).position(|window| window == end)?;
    Some(body + place + end.len())
}

/// The part of a Rust file that is shipped: what stands before its test module.
pub fn shipped(bare: &str) -> &str {
    bare.split("#[cfg(test)]\nmod ").next().unwrap_or(bare)
}

/// Every word of code (letters, digits, `_`) with its line from 1.
pub fn words(bare: &str) -> impl Iterator<Item = (usize, &str)> {
    bare.lines().enumerate().flat_map(|(line, text)| {
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| !word.is_empty())
            .map(move |word| (line + 1, word))
    })
}

/// The line, from 1, of a place in the text.
pub fn line_of(text: &str, place: usize) -> usize {
    text[..place].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_of_rust_are_blanked() {
        let text =
            "let a = \"x // y\"; // z\nlet b: &'static str = r#\"q\"w\"#; /* /* n */ m */ let c = '\"'; d";
        let code = bare(text, Language::Rust, Keep::Code);
        let words: Vec<_> = words(&code).map(|(_, word)| word).collect();
        assert_eq!(words, ["let", "a", "let", "b", "static", "str", "let", "c", "d"]);
        assert!(bare(text, Language::Rust, Keep::Strings).contains("x // y"));
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "/* a\n b */\nc \"d\ne\" f";
        let code = bare(text, Language::Rust, Keep::Code);
        assert_eq!(words(&code).collect::<Vec<_>>(), [(3, "c"), (4, "f")]);
    }

    #[test]
    fn script_strings_are_blanked() {
        let code = bare("a('b', \"c\", `d ${e}`) // f", Language::Script, Keep::Code);
        assert_eq!(words(&code).map(|(_, word)| word).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn tests_are_not_shipped() {
        assert_eq!(shipped("a\n#[cfg(test)]\nmod tests { b }"), "a\n");
    }
}
