//! One version: `[workspace.package]` is the truth, the other manifests follow it.

use crate::{
    arguments::Arguments,
    process::{Trouble, read, root, write},
};

pub const HELP: &str = "
Shows the version, sets it everywhere, or checks that all manifests agree.

Usage: cargo xtask version [X.Y.Z] [--check]

Examples: cargo xtask version
          cargo xtask version 0.2.0
";

/// A manifest that carries a copy: its path, and the text before each copy.
struct Copy {
    path: &'static str,
    before: &'static [&'static str],
}

const COPIES: &[Copy] = &[
    Copy { path: "core/runtime/package.json", before: &["\"name\": \"lodger-runtime\",\n  \"version\": \""] },
    Copy {
        path: "core/runtime/package-lock.json",
        before: &[
            "\"name\": \"lodger-runtime\",\n  \"version\": \"",
            "\"name\": \"lodger-runtime\",\n      \"version\": \"",
        ],
    },
    Copy { path: "bindings/ffi/bindgen/Cargo.toml", before: &["bindings of lodger-ffi\"\nversion = \""] },
];

/// The `version` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let only_check = arguments.flag("--check");
    let wanted = arguments.word();
    arguments.finish()?;
    let Some(wanted) = wanted else {
        println!("{}", current()?);
        return check();
    };
    if only_check {
        return Err(Trouble::Usage("--check goes without a version".into()));
    }
    if !is_version(&wanted) {
        return Err(Trouble::Usage(format!("`{wanted}` is not a version; write three numbers, as in 0.2.0")));
    }
    let manifest = replace(&read("Cargo.toml")?, BEFORE_WORKSPACE, &wanted)
        .ok_or_else(|| Trouble::Failed("Cargo.toml has no version under [workspace.package]".into()))?;
    write("Cargo.toml", manifest)?;
    for copy in COPIES {
        let mut text = read(copy.path)?;
        for before in copy.before {
            text = replace(&text, before, &wanted)
                .ok_or_else(|| Trouble::Failed(format!("{} has no version where one belongs", copy.path)))?;
        }
        write(copy.path, text)?;
    }
    println!("{wanted} (also in Cargo.lock after the next build; say it in CHANGELOG.md)");
    Ok(())
}

/// Fails, naming each, if a manifest has another version.
pub fn check() -> Result<(), Trouble> {
    let version = current()?;
    let mut wrong = Vec::new();
    for copy in COPIES {
        if !root().join(copy.path).exists() {
            continue;
        }
        let text = read(copy.path)?;
        if copy.before.iter().any(|before| value(&text, before) != Some(version.as_str())) {
            wrong.push(copy.path);
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Trouble::Failed(format!(
        "not at version {version}: {}; run `cargo xtask version {version}`",
        wrong.join(", ")
    )))
}

const BEFORE_WORKSPACE: &str = "[workspace.package]\nversion = \"";

fn current() -> Result<String, Trouble> {
    let text = read("Cargo.toml")?;
    let version = value(&text, BEFORE_WORKSPACE);
    version
        .map(str::to_owned)
        .ok_or_else(|| Trouble::Failed("Cargo.toml has no version under [workspace.package]".into()))
}

fn value<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let start = text.find(before)? + before.len();
    text[start..].split('"').next()
}

fn replace(text: &str, before: &str, version: &str) -> Option<String> {
    let start = text.find(before)? + before.len();
    let end = start + text[start..].find('"')?;
    Some(format!("{}{version}{}", &text[..start], &text[end..]))
}

fn is_version(text: &str) -> bool {
    let numbers: Vec<_> = text.split('.').collect();
    numbers.len() == 3
        && numbers.iter().all(|number| number.parse::<u32>().is_ok_and(|n| n.to_string() == *number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_and_replaces() {
        let text = "[workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        assert_eq!(value(text, BEFORE_WORKSPACE), Some("0.1.0"));
        let after = replace(text, BEFORE_WORKSPACE, "0.2.0").unwrap();
        assert_eq!(after, text.replace("0.1.0", "0.2.0"));
        assert_eq!(replace("", BEFORE_WORKSPACE, "0.2.0"), None);
    }

    #[test]
    fn knows_versions() {
        assert!(is_version("0.10.2"));
        for wrong in ["1.2", "v1.2.3", "1.02.3", "1.2.3-rc1", ""] {
            assert!(!is_version(wrong), "{wrong}");
        }
    }
}
