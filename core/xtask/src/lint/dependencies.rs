//! Which crate may use which: direction between our own, and what the device side must not hold.

use crate::process::{Run, Trouble};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What each of our crates may use of the others, tests aside.
const DIRECTION: &[(&str, &[&str])] = &[
    ("lodger-auth", &[]),
    ("lodger-bundle", &[]),
    ("lodger-pay", &[]),
    ("lodger-engine", &["lodger-auth", "lodger-bundle", "lodger-pay"]),
    ("lodger-compiler", &["lodger-bundle"]),
    ("lodger-ffi", &["lodger-engine"]),
    ("lodger-server", &["lodger-auth", "lodger-bundle", "lodger-pay"]),
    ("lodger-desktop", &["lodger-bundle", "lodger-engine", "lodger-server"]),
    ("lodger", &["lodger-bundle", "lodger-compiler", "lodger-desktop", "lodger-engine", "lodger-server"]),
    ("lodger-xtask", &[]),
];

/// What a phone must not carry: HTTP and TLS stacks, regex engines, archive parsers, the compiler.
const NOT_ON_DEVICE: &[&str] = &[
    "curl",
    "glass-easel-stylesheet-compiler",
    "glass-easel-template-compiler",
    "h2",
    "hyper",
    "isahc",
    "lodger-compiler",
    "native-tls",
    "openssl",
    "oxc",
    "reqwest",
    "regex",
    "regex-automata",
    "regex-lite",
    "rustls",
    "swc_common",
    "swc_core",
    "tar",
    "ureq",
    "zip",
];

/// Crates that may stand in the device library in two versions, and why.
const TWICE_ON_DEVICE: &[(&str, &str)] = &[
    ("base64", "the engine has 0.22, as most crates; sigstore-types has 0.23"),
    ("getrandom", "ring has 0.2; UniFFI's generator library, linked away, has a newer one by tempfile"),
    ("hashbrown", "rusqlite has 0.16; UniFFI's generator library, linked away, has a newer one by indexmap"),
];

/// Checks both tables.
pub fn check() -> Result<(), Trouble> {
    let mut findings = direction(&metadata(&["--no-deps"])?);
    let tree = Run::cargo()
        .args([
            "tree",
            "-p",
            "lodger-ffi",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .quiet()
        .output()?;
    findings.extend(device(&tree));
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => Err(Trouble::Failed(format!("{count} findings on dependencies"))),
    }
}

/// `cargo metadata`, read.
pub fn metadata(more: &[&str]) -> Result<Value, Trouble> {
    let text = Run::cargo().args(["metadata", "--format-version", "1"]).args(more).quiet().output()?;
    serde_json::from_str(&text)
        .map_err(|error| Trouble::Failed(format!("cargo metadata could not be read: {error}")))
}

/// The array under `key`; empty if there is none.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The text under `key`; empty if there is none.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

fn direction(metadata: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    for package in list(metadata, "packages") {
        let name = text(package, "name");
        let Some((_, allowed)) = DIRECTION.iter().find(|(crate_name, _)| *crate_name == name) else {
            findings.push(format!("{name}: say in DIRECTION which of our crates it may use"));
            continue;
        };
        for dependency in list(package, "dependencies") {
            let used = text(dependency, "name");
            let ours = DIRECTION.iter().any(|(crate_name, _)| *crate_name == used);
            if ours && dependency["kind"] != "dev" && !allowed.contains(&used) {
                findings
                    .push(format!("{name} must not depend on {used} (DESIGN: dependencies point one way)"));
            }
        }
    }
    findings
}

fn device(tree: &str) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in tree.lines() {
        let mut words = line.split(' ');
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            versions.entry(name).or_default().insert(version);
        }
    }
    let mut findings = Vec::new();
    for (name, versions) in versions {
        if NOT_ON_DEVICE.contains(&name) {
            findings
                .push(format!("the device library holds {name}; see `cargo tree -p lodger-ffi -i {name}`"));
        }
        if versions.len() > 1 && !TWICE_ON_DEVICE.iter().any(|(allowed, _)| *allowed == name) {
            findings.push(format!("the device library holds {name} in {} versions", versions.len()));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_a_dependency_that_points_back() {
        let package = |kind: Value| json!({"packages": [{"name": "lodger-bundle", "dependencies": [{"name": "lodger-engine", "kind": kind}]}]});
        assert_eq!(direction(&package(Value::Null)).len(), 1);
        assert!(direction(&package(json!("dev"))).is_empty());
    }

    #[test]
    fn finds_what_a_phone_must_not_carry() {
        assert_eq!(device("lodger-ffi v0.1.0 (x)\nregex v1.0.0\nserde v1.0.0\nserde v1.0.0 (*)\n").len(), 1);
        assert_eq!(device("a v1.0.0\na v2.0.0\n").len(), 1);
        assert!(device("a v1.0.0\nb v2.0.0\n").is_empty());
    }
}
