//! Licences of everything we build on, against the list of those we may use.

use super::dependencies::{list, metadata, text};
use crate::process::{Trouble, read};
use serde_json::Value;

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0", // data: the root certificates
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Python-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// `WITH` clauses that only add permissions.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Packages that state their licence otherwise: name, and where it was read.
const STATED_ELSEWHERE: &[(&str, &str)] = &[
    // A dependency of a test's SDK: an old list in its package.json, MIT and Apache 2.
    ("pause-stream", "package.json: [\"MIT\", \"Apache2\"]"),
];

/// Checks crates (all platforms) and the npm packages of what is built in.
pub fn check() -> Result<(), Trouble> {
    let mut findings = Vec::new();
    for package in list(&metadata(&["--locked"])?, "packages") {
        judge(text(package, "name"), text(package, "license"), &mut findings);
    }
    for folder in ["core/auth/tests/provider", "core/compiler/less", "core/runtime", "core/server/tests/sdk"]
    {
        let file = format!("{folder}/package-lock.json");
        let lock: Value = serde_json::from_str(&read(&file)?)
            .map_err(|error| Trouble::Failed(format!("{file}: {error}")))?;
        for (path, package) in lock["packages"].as_object().into_iter().flatten() {
            if !path.is_empty() {
                judge(path.trim_start_matches("node_modules/"), text(package, "license"), &mut findings);
            }
        }
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => Err(Trouble::Failed(format!("{count} findings on licences"))),
    }
}

fn judge(name: &str, licence: &str, findings: &mut Vec<String>) {
    if STATED_ELSEWHERE.iter().any(|(stated, _)| *stated == name) {
        return;
    }
    if licence.is_empty() {
        findings.push(format!("{name} states no licence"));
    } else if !is_allowed(licence) {
        findings.push(format!(
            "{name}: licence `{licence}` is not in the list of core/xtask/src/lint/licences.rs"
        ));
    }
}

/// Judges an SPDX expression, and the older form `MIT/Apache-2.0`. What cannot be read is not allowed.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest) == Some(true) && rest.is_empty()
}

fn either(rest: &mut &[&str]) -> Option<bool> {
    let mut allowed = both(rest)?;
    while take(rest, "OR") {
        allowed |= both(rest)?;
    }
    Some(allowed)
}

fn both(rest: &mut &[&str]) -> Option<bool> {
    let mut allowed = one(rest)?;
    while take(rest, "AND") {
        allowed &= one(rest)?;
    }
    Some(allowed)
}

fn one(rest: &mut &[&str]) -> Option<bool> {
    if take(rest, "(") {
        let allowed = either(rest)?;
        return take(rest, ")").then_some(allowed);
    }
    let mut allowed = ALLOWED.contains(&next(rest)?);
    if take(rest, "WITH") {
        allowed &= EXCEPTIONS.contains(&next(rest)?);
    }
    Some(allowed)
}

fn next<'a>(rest: &mut &[&'a str]) -> Option<&'a str> {
    let (word, after) = rest.split_first()?;
    *rest = after;
    Some(word)
}

fn take(rest: &mut &[&str], word: &str) -> bool {
    let found = rest.first() == Some(&word);
    if found {
        *rest = &rest[1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_expressions() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT",
            "MIT OR",
            "Apache-2.0 WITH Other-exception",
            "MIT BSD-3-Clause",
        ] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
