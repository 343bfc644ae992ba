//! Which test programs there are, told by what they need.

use crate::{
    lint::dependencies::{list, metadata, text},
    process::Trouble,
};

/// Test programs that show pages in real webviews, and need a display and Chromium.
pub const WITH_WEBVIEWS: &[&str] = &["browser", "engines"];

/// `--test NAME` for every other test program of the workspace. From cargo's own list, so that a new one is not forgotten.
pub fn without_webviews() -> Result<Vec<String>, Trouble> {
    let metadata = metadata(&["--no-deps"])?;
    let targets = list(&metadata, "packages").iter().flat_map(|package| list(package, "targets"));
    let tests = targets.filter(|target| list(target, "kind").iter().any(|kind| kind == "test"));
    let names = tests.map(|target| text(target, "name")).filter(|name| !WITH_WEBVIEWS.contains(name));
    Ok(names.flat_map(|name| ["--test".to_owned(), name.to_owned()]).collect())
}
