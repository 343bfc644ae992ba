//! Projects in a temporary folder, and bundles taken apart.
use lodger_compiler::{Diagnostic, Options, Output, compile};
use std::{fs, path::Path};
use tempfile::TempDir;

/// A project of the given files. Without an `app.json` of its own it has one page, `pages/a`.
pub fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let defaults = [
        ("project.config.json", r#"{"appid":"test"}"#),
        ("app.json", r#"{"pages":["pages/a"]}"#),
        ("pages/a.wxml", "<view/>"),
        ("pages/a.js", "Page({})"),
    ];
    for (path, text) in defaults.iter().chain(files) {
        write(folder.path(), path, text);
    }
    folder
}

pub fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().expect("a parent")).expect("folders");
    fs::write(file, text).expect("a file");
}

pub fn development(folder: &Path) -> Output {
    compile(folder, &Options { development: true, ..Options::default() })
}

/// Compiles; panics with what was found if there is no bundle.
pub fn built(files: &[(&str, &str)]) -> Output {
    let folder = project(files);
    let output = development(folder.path());
    assert!(output.bundle.is_some(), "{}", report(&output.diagnostics));
    output
}

/// Compiles and gives what was found.
pub fn found(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    let folder = project(files);
    development(folder.path()).diagnostics
}

/// `code file:line:column message`, one a line.
pub fn report(diagnostics: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| format!("{} {}:{}:{} {}", d.code, d.file, d.line, d.column, d.message);
    diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A file of the bundle as text.
pub fn file(output: &Output, path: &str) -> String {
    let bundle = output.bundle.as_ref().expect("a bundle");
    let entry = bundle.index.file(path).unwrap_or_else(|| panic!("no {path} in the bundle"));
    String::from_utf8_lossy(&bundle.blobs[&entry.digest]).into_owned()
}

/// All paths of the bundle.
pub fn paths(output: &Output) -> Vec<String> {
    let bundle = output.bundle.as_ref().expect("a bundle");
    bundle.index.packages.iter().flat_map(|p| &p.files).map(|f| f.path.clone()).collect()
}
