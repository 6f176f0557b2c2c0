//! Reads framework files, so that a wrong one cannot be met in a conference: it is refused with its file, its line,
//! what is wrong and what to write instead (design 8; `docs/frameworks.md`).

mod check;
mod place;

use place::{Place, Tree};
use protocol::{api::FrameworkSummary, framework::Framework};
use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{Arc, LazyLock},
};

/// A framework file, in bytes. The whole of it is sent to every screen; the shipped ones are under 32 KiB.
pub const FILE_BYTES: usize = 256 * 1024;

/// The files that are built in: name and text.
const SHIPPED: [(&str, &str); 1] = [("lbh.toml", include_str!("../../frameworks/lbh.toml"))];

/// One thing that is wrong with a framework file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the file, or path of the folder.
    pub file: String,
    /// From 1; none where the fault is not in the text.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to write or do instead.
    pub instead: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}. Instead: {}.", self.file, self.what, self.instead),
            None => write!(f, "{}: {}. Instead: {}.", self.file, self.what, self.instead),
        }
    }
}

/// Framework files that cannot be used. None of their frameworks was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameworkError {
    /// At least one; a line each in the text of the error.
    pub faults: Vec<Fault>,
}

impl fmt::Display for FrameworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.faults.iter().enumerate() {
            if n > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FrameworkError {}

/// Reads the text of one framework file. `file` is its name, which must be its key and `.toml`.
///
/// # Errors
/// Everything that is wrong with its meaning at once, or the first thing that is wrong with its form.
pub fn parse(file: &str, text: &str) -> Result<Framework, FrameworkError> {
    let one = |line, what: String, instead: String| FrameworkError {
        faults: vec![Fault { file: file.to_owned(), line, what, instead }],
    };
    if text.len() > FILE_BYTES {
        let what = format!("the file has {} bytes, more than {FILE_BYTES}", text.len());
        return Err(one(None, what, "shorter texts: all of it is sent to every screen".to_owned()));
    }
    let tree = Tree::read(text).map_err(|error| {
        let (what, instead) = in_plain_words(error.message());
        one(Some(place::line_of(text, error.span())), what, instead)
    })?;
    let framework: Framework = toml::from_str(text).map_err(|error| {
        let (what, instead) = in_plain_words(error.message());
        one(Some(place::line_of(text, error.span())), what, instead)
    })?;
    let faults: Vec<Fault> = check::faults(file, &framework)
        .into_iter()
        .map(|(place, what, instead): (Place, String, String)| Fault {
            file: file.to_owned(),
            line: Some(tree.line(&place)),
            what,
            instead,
        })
        .collect();
    if faults.is_empty() { Ok(framework) } else { Err(FrameworkError { faults }) }
}

/// The reader's words for programmers, in words for whoever keeps the file.
fn in_plain_words(message: &str) -> (String, String) {
    let (first, expected) = match message.split_once(", expected ") {
        Some((first, expected)) => (first, Some(expected.trim_start_matches("one of "))),
        None => (message, None),
    };
    let name = first.split('`').nth(1).unwrap_or_default();
    match (first, expected) {
        (first, Some(known)) if first.starts_with("unknown field") => {
            (format!("the key `{name}` is unknown here"), format!("take it out, or write one of {known}"))
        }
        (first, Some(known)) if first.starts_with("unknown variant") => {
            (format!("the word \"{name}\" is unknown here"), format!("write {known}"))
        }
        (first, None) if first.starts_with("missing field") => {
            (format!("the key `{name}` is missing here"), format!("add a line `{name} = …`"))
        }
        (first, Some(expected)) if first.starts_with("invalid ") => {
            (first.replace('\n', " "), format!("write {expected}, as docs/frameworks.md says for this key"))
        }
        _ => (message.replace('\n', " "), "correct the TOML of this line".to_owned()),
    }
}

type ByKey = BTreeMap<String, Arc<Framework>>;

/// Those that are built in, read when somebody sets a conference up: those who come back after a restart do not wait.
static BUILT_IN: LazyLock<ByKey> = LazyLock::new(|| {
    let read = |(file, text): &(&str, &str)| {
        let framework = parse(file, text).expect("a test has read every built-in framework");
        (framework.key.clone(), Arc::new(framework))
    };
    SHIPPED.iter().map(read).collect()
});

/// The frameworks that conferences can be held in.
#[derive(Debug, Clone)]
pub struct Frameworks {
    /// Beside those that are built in.
    own: ByKey,
}

impl Frameworks {
    /// Those that are built in.
    pub fn shipped() -> Self {
        Self { own: BTreeMap::new() }
    }

    /// Adds a council's own: every `.toml` file in `folder`, by name. Other files are left alone.
    ///
    /// # Errors
    /// The faults of all files together; then none of them is added. A key that is taken is a fault, and so is a
    /// folder without a `.toml` file or that cannot be read.
    pub fn load_dir(&mut self, folder: &Path) -> Result<(), FrameworkError> {
        let unreadable = |path: &Path, error: &std::io::Error| Fault {
            file: path.display().to_string(),
            line: None,
            what: format!("it cannot be read: {error}"),
            instead: "name a folder and files that this service may read, in UTF-8".to_owned(),
        };
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut paths: Vec<_> = match entries {
            Ok(entries) => entries.into_iter().map(|entry| entry.path()).collect(),
            Err(error) => return Err(FrameworkError { faults: vec![unreadable(folder, &error)] }),
        };
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let mut faults = Vec::new();
        if paths.is_empty() {
            faults.push(Fault {
                file: folder.display().to_string(),
                line: None,
                what: "there is no .toml file in this folder".to_owned(),
                instead: "put the framework's file here, or leave the setting out".to_owned(),
            });
        }
        let mut found = BTreeMap::new();
        for path in paths {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) => {
                    faults.push(unreadable(&path, &error));
                    continue;
                }
            };
            match parse(&file, &text) {
                Err(error) => faults.extend(error.faults),
                Ok(framework) if self.get(&framework.key).is_some() => faults.push(Fault {
                    line: Some(1),
                    what: format!("another framework has the key \"{}\" already", framework.key),
                    instead: "another name for this file, and the same word as its key".to_owned(),
                    file,
                }),
                Ok(framework) => {
                    found.insert(framework.key.clone(), Arc::new(framework));
                }
            }
        }
        if !faults.is_empty() {
            return Err(FrameworkError { faults });
        }
        self.own.append(&mut found);
        Ok(())
    }

    /// The framework with this key.
    pub fn get(&self, key: &str) -> Option<&Arc<Framework>> {
        self.own.get(key).or_else(|| BUILT_IN.get(key))
    }

    /// One line each for set-up, by name.
    pub fn summaries(&self) -> Vec<FrameworkSummary> {
        let mut summaries: Vec<_> = BUILT_IN
            .values()
            .chain(self.own.values())
            .map(|framework| FrameworkSummary {
                key: framework.key.clone(),
                name: framework.name.clone(),
                about: framework.about.clone(),
            })
            .collect();
        summaries.sort_by(|one, other| one.name.cmp(&other.name));
        summaries
    }
}

#[cfg(test)]
mod lbh;
#[cfg(test)]
mod scales;
#[cfg(test)]
mod tests;
