//! Where the project's files are, and what is in them.

use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    // Cargo names the folder again at run time: two checkouts may share one target folder.
    let xtask = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&xtask).parent().expect("xtask stands in the workspace").to_owned()
}

/// A text file of the project.
#[derive(Debug, Clone)]
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

const BUILT: [&str; 8] = ["target", "node_modules", "dist", ".git", "data", "out", "corpus", "fonts"];

/// All text files under these folders (or these files themselves), sorted by path; folders that a build writes are
/// left out. With `endings` only files with one of these.
pub fn files(under: &[&str], endings: &[&str]) -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    for start in under {
        collect(&root, &root.join(start), endings, &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    found
}

fn collect(root: &Path, at: &Path, endings: &[&str], found: &mut Vec<File>) {
    if at.is_dir() {
        let Ok(entries) = std::fs::read_dir(at) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if !BUILT.iter().any(|built| name == *built) {
                collect(root, &entry.path(), endings, found);
            }
        }
        return;
    }
    let ending = at.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !endings.is_empty() && !endings.contains(&ending) {
        return;
    }
    // A file that is not text (a font, a picture, a golden frame) has no words to judge.
    if let Ok(text) = std::fs::read_to_string(at) {
        let path = at.strip_prefix(root).unwrap_or(at).to_string_lossy().replace('\\', "/");
        found.push(File { path, text });
    }
}
