//! A program around one version of a component library: one page that uses every component of it, and nothing else, so
//! that what an update costs is what the library changed.

use crate::process::Trouble;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Writes `folder/project`, from nothing, around the library in the folder `package`; gives its path.
pub fn write(folder: &Path, package: &Path, code: u64) -> Result<PathBuf, Trouble> {
    let failed = |error: std::io::Error| Trouble::Failed(format!("{}: {error}", folder.display()));
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    let manifest = read(&package.join("package.json"))?;
    let word = |key: &str| manifest[key].as_str().unwrap_or_default();
    let (library, source) = (word("name"), package.join(word("miniprogram")));
    let components = components(&source)?;
    if components.is_empty() {
        return Err(Trouble::Failed(format!("{} holds no components", package.display())));
    }
    let project = folder.join("project");
    let using: BTreeMap<String, String> = (1..)
        .zip(&components)
        .map(|(number, path)| (format!("part-{number}"), format!("{library}/{path}")))
        .collect();
    let page: String = using.keys().map(|tag| format!("<{tag}/>\n")).collect();
    let files = [
        (
            "project.config.json",
            json!({ "appid": "bench", "compileType": "miniprogram", "setting": { "es6": true } }).to_string(),
        ),
        (
            "lodger.json",
            json!({ "version": { "name": format!("1.0.{code}"), "code": code }, "domains": { "request": [] } })
                .to_string(),
        ),
        ("app.json", json!({ "pages": ["pages/index/index"] }).to_string()),
        ("app.js", "App({})\n".to_owned()),
        ("pages/index/index.json", json!({ "usingComponents": using }).to_string()),
        ("pages/index/index.js", "Page({})\n".to_owned()),
        ("pages/index/index.wxml", page),
    ];
    for (path, text) in files {
        let file = project.join(path);
        let parent = file.parent().unwrap_or(&project);
        fs::create_dir_all(parent).and_then(|()| fs::write(&file, text)).map_err(failed)?;
    }
    copy(&source, &project.join("miniprogram_npm").join(library)).map_err(failed)?;
    Ok(project)
}

/// Paths without extension of all components below a folder, sorted.
fn components(folder: &Path) -> Result<Vec<String>, Trouble> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries =
            fs::read_dir(&next).map_err(|error| Trouble::Failed(format!("{}: {error}", next.display())))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "json")
                && path.with_extension("js").is_file()
                && path.with_extension("wxml").is_file()
                && read(&path)?["component"] == true
            {
                let stem = path.with_extension("");
                let stem = stem.strip_prefix(folder).unwrap_or(&stem);
                found.push(stem.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(file: &Path) -> Result<Value, Trouble> {
    let failed = |error: &dyn std::fmt::Display| Trouble::Failed(format!("{}: {error}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| failed(&error))?;
    serde_json::from_str(&text).map_err(|error| failed(&error))
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}
