//! Writes the list of the web app's files that are put into the binary. Works without Node and without a built app.

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let dist = root.join("../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=FLIPCHART_SKIP_WEB");
    let is_skipped = env::var_os("FLIPCHART_SKIP_WEB").is_some_and(|value| value == "1");
    if !is_skipped {
        // A watched folder that is missing would build the server anew each time.
        let _ = fs::create_dir(&dist);
        println!("cargo:rerun-if-changed={}", dist.display());
    }
    let mut paths = vec![];
    if !is_skipped && dist.join("index.html").is_file() {
        walk(&dist, &dist, &mut paths)?;
        paths.sort();
    }
    let mut list = String::from("pub(super) static FILES: &[File] = &[\n");
    let mut whole = Sha256::new();
    for (number, (name, path)) in paths.iter().enumerate() {
        let bytes = fs::read(path)?;
        let hash = hex::encode(&Sha256::digest(&bytes)[..16]);
        whole.update(name);
        whole.update(&hash);
        let mut packed = GzEncoder::new(vec![], Compression::best());
        packed.write_all(&bytes)?;
        let packed = packed.finish()?;
        // Fonts and pictures are packed already.
        let gzip = if packed.len() * 10 < bytes.len() * 9 {
            let place = out.join(format!("{number}.gz"));
            fs::write(&place, packed)?;
            format!("Some(include_bytes!({place:?}))")
        } else {
            "None".to_owned()
        };
        let place = path.canonicalize()?;
        let kind = kind(name);
        writeln!(
            list,
            "File {{ path: {name:?}, kind: {kind:?}, etag: \"\\\"{hash}\\\"\", plain: include_bytes!({place:?}), gzip: {gzip} }},"
        )
        .expect("a string takes everything");
    }
    list.push_str("];\n");
    let build = if paths.is_empty() { "none".to_owned() } else { hex::encode(&whole.finalize()[..4]) };
    let version = env::var("CARGO_PKG_VERSION").expect("set by cargo");
    writeln!(list, "/// Version of the service and hash of the web app's files.\npub(super) const BUILD: &str = \"{version}-{build}\";")
        .expect("a string takes everything");
    fs::write(out.join("web_app.rs"), list)
}

/// Files below `folder` with their names in `dist`: the server searches the list by name, so it is sorted by name.
fn walk(dist: &Path, folder: &Path, paths: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(dist, &path, paths)?;
        } else {
            let name = path.strip_prefix(dist).expect("found below").to_str().expect("a name in UTF-8");
            paths.push((name.replace('\\', "/"), path));
        }
    }
    Ok(())
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "ftl" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
