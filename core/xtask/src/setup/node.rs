//! Node.js and the npm packages of the base library, Less, the tests and the examples.

use crate::process::{Run, Trouble, read, root};
use std::{path::Path, time::SystemTime};

/// The oldest Node.js that the base library's build and tests run on.
const OLDEST_NODE: u32 = 20;

/// Fails with what to do if Node.js is too old.
pub fn check_version() -> Result<(), Trouble> {
    let text = Run::new("node").args(["--version"]).quiet().output()?;
    let major =
        text.trim().trim_start_matches('v').split('.').next().and_then(|word| word.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(Trouble::Failed(format!(
            "Node.js {} is too old: {OLDEST_NODE} or newer is needed. Install one from https://nodejs.org/en/download, then run this again",
            text.trim()
        ))),
    }
}

/// Folders whose npm packages are not installed, or older than their lock file.
pub fn stale_folders() -> Result<Vec<String>, Trouble> {
    let mut folders =
        ["core/auth/tests/provider", "core/compiler/less", "core/runtime", "core/server/tests/sdk"]
            .map(str::to_owned)
            .to_vec();
    if let Ok(apps) = std::fs::read_dir(root().join("examples/apps")) {
        for app in apps.flatten() {
            folders.push(format!("examples/apps/{}", app.file_name().to_string_lossy()));
        }
    }
    folders.sort();
    folders.retain(|folder| is_stale(&root().join(folder)));
    Ok(folders)
}

fn is_stale(folder: &Path) -> bool {
    let time = |file: &str| folder.join(file).metadata().and_then(|data| data.modified()).ok();
    let Some(lock) = time("package-lock.json") else {
        return false; // no packages, or none that are fixed
    };
    // npm writes this file last, so it also tells of an install that was cut short.
    time("node_modules/.package-lock.json").unwrap_or(SystemTime::UNIX_EPOCH) < lock
}

/// Runs `npm ci` in every stale folder.
pub fn install_packages() -> Result<(), Trouble> {
    for folder in stale_folders()? {
        eprintln!("setup: npm packages of {folder} are not there, or older than its lock file");
        Run::new("npm").args(["ci", "--no-audit", "--no-fund"]).dir(&root().join(&folder)).status()?;
        let marker = root().join(&folder).join("node_modules/.package-lock.json");
        // npm keeps the times that packages came with; ours must be newer than the lock's.
        let now = std::fs::File::options()
            .append(true)
            .open(&marker)
            .and_then(|file| file.set_modified(SystemTime::now()));
        if let Err(error) = now {
            return Err(Trouble::Failed(format!("npm ci in {folder} left no {}: {error}", marker.display())));
        }
    }
    Ok(())
}

/// `Missing` unless npm and the packages of `folder` are there.
pub fn need_packages(folder: &str) -> Result<(), Trouble> {
    if crate::process::find_program("npm").is_none() {
        return Err(Trouble::Missing("npm is not installed; `cargo xtask setup` installs it".into()));
    }
    read(&format!("{folder}/package.json"))?;
    if is_stale(&root().join(folder)) {
        return Err(Trouble::Missing(format!(
            "the npm packages of {folder} are not installed; run `cargo xtask setup`"
        )));
    }
    Ok(())
}
