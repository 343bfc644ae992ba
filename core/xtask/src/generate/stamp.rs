//! What the FFI bindings were generated from, in one line of text.

use crate::process::{Run, Trouble, read, root};
use std::path::Path;

/// The generator's version and a digest of every source that decides the bindings.
pub fn now() -> Result<String, Trouble> {
    let mut sources = vec!["bindings/ffi/uniffi.toml".to_owned()];
    collect("bindings/ffi/src", &mut sources)?;
    sources.sort();
    // git's own object names: a digest whose tool is already on the machine.
    let digests =
        Run::new("git").args(["hash-object", "--no-filters", "--"]).args(&sources).quiet().output()?;
    let mut lines = vec![uniffi_version()?];
    lines.extend(digests.lines().zip(&sources).map(|(digest, path)| format!("{digest} {path}")));
    Ok(lines.join("\n") + "\n")
}

fn uniffi_version() -> Result<String, Trouble> {
    let manifest = read("bindings/ffi/bindgen/Cargo.toml")?;
    let line = manifest.lines().find(|line| line.starts_with("uniffi"));
    line.map(str::to_owned)
        .ok_or_else(|| Trouble::Failed("bindings/ffi/bindgen/Cargo.toml does not name uniffi".into()))
}

fn collect(folder: &str, into: &mut Vec<String>) -> Result<(), Trouble> {
    let trouble = |error: std::io::Error| Trouble::Failed(format!("{folder} could not be read: {error}"));
    for entry in std::fs::read_dir(root().join(folder)).map_err(trouble)? {
        let entry = entry.map_err(trouble)?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(trouble)?.is_dir() {
            collect(&path, into)?;
        } else if Path::new(&path).extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("/tests.rs")
        {
            into.push(path);
        }
    }
    Ok(())
}
