//! The house rules on files: length, names, purpose lines, forbidden text.

use super::rules::{CHECKER, CODE, FORBIDDEN, HERE, LONGEST_FILE, NOT_OURS, PURPOSE_IN};
use crate::{
    files,
    process::{Trouble, root},
};

/// Checks every file of the repository that is not generated; tells all findings.
pub fn check() -> Result<(), Trouble> {
    let all = files::tracked()?;
    let generated = files::generated(&all)?;
    let mut findings = Vec::new();
    let checkout = root().display().to_string();
    for path in all.iter().filter(|path| !generated.contains(path)) {
        let Ok(text) = std::fs::read_to_string(root().join(path)) else {
            continue; // not text
        };
        inspect(path, &text, &mut findings);
        if let Some(line) = text.lines().position(|line| line.contains(&checkout)) {
            findings.push(format!("{path}:{}: the path of this checkout; derive it", line + 1));
        }
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => Err(Trouble::Failed(format!("{count} findings; the rules and their reasons are in {HERE}"))),
    }
}

fn inspect(path: &str, text: &str, findings: &mut Vec<String>) {
    if path.ends_with("/mod.rs") {
        findings.push(format!("{path}:1: no mod.rs; use foo.rs beside foo/"));
    }
    let ours = !NOT_OURS.iter().any(|folder| path.starts_with(folder) || path.contains(folder));
    if ends_in(path, CODE) && ours {
        let lines = code_lines(path, text);
        if lines > LONGEST_FILE {
            findings.push(format!("{path}:1: {lines} lines without tests; at most {LONGEST_FILE}"));
        }
        if PURPOSE_IN.iter().any(|folder| path.starts_with(folder)) && !says_purpose(path, text) {
            findings.push(format!("{path}:1: the first line must say what this file is for"));
        }
    }
    for rule in FORBIDDEN {
        let applies = rule.endings.is_empty() || ends_in(path, rule.endings);
        if !applies
            || path == HERE
            || path == CHECKER
            || rule.except.iter().any(|except| path.starts_with(except))
        {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if let Some(found) = rule.texts.iter().find(|forbidden| line.contains(**forbidden)) {
                findings.push(format!("{path}:{}: `{found}`: {}", number + 1, rule.why));
            }
        }
    }
}

fn ends_in(path: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| path.ends_with(ending))
}

/// Lines of a file, without the tests at its end; none for a file of tests.
fn code_lines(path: &str, text: &str) -> usize {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let is_test = path.contains("/tests/")
        || path.contains("/test/")
        || name.contains(".test.")
        || stem == "tests"
        || stem.ends_with("Test")
        || stem.ends_with("Tests");
    if is_test {
        return 0;
    }
    text.lines().take_while(|line| *line != "#[cfg(test)]").count()
}

fn says_purpose(path: &str, text: &str) -> bool {
    if path.ends_with("/tests.rs") {
        return true; // it says so by its name
    }
    let line = text.lines().find(|line| {
        !line.is_empty() && !line.starts_with("#!") && !line.starts_with("// swift-tools-version")
    });
    let Some(line) = line else {
        return true; // an empty file
    };
    if path.ends_with(".rs") {
        line.starts_with("//! ")
    } else {
        line.starts_with("//") || line.starts_with("/*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        inspect(path, text, &mut findings);
        findings
    }

    #[test]
    fn finds_forbidden_text_with_its_line() {
        let found = findings("bindings/x/src/a.rs", "//! Purpose.\nview.evaluate_script(js);\n");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("bindings/x/src/a.rs:2: "), "{found:?}");
    }

    #[test]
    fn wants_a_purpose_line() {
        assert_eq!(findings("core/a/src/lib.rs", "use std::fmt;\n").len(), 1);
        assert_eq!(findings("core/a/src/x.ts", "import a from 'a'\n").len(), 1);
        assert!(findings("core/a/src/lib.rs", "//! What it is for.\n").is_empty());
        assert!(findings("core/a/src/x.ts", "// What it is for.\n").is_empty());
    }

    #[test]
    fn counts_lines_without_tests() {
        let code = "//! Purpose.\n".to_owned() + &"let a = 1;\n".repeat(499);
        let tests = "#[cfg(test)]\n".to_owned() + &"let a = 1;\n".repeat(300);
        assert!(findings("core/a/src/b.rs", &(code.clone() + &tests)).is_empty());
        assert_eq!(findings("core/a/src/b.rs", &(code.clone() + "let a = 1;\n")).len(), 1);
        assert!(findings("core/a/src/b/tests.rs", &(code + "let a = 1;\n")).is_empty());
    }

    #[test]
    fn leaves_platform_code_to_hosts() {
        let text = "//! Purpose.\n#[cfg(target_os = \"linux\")]\n";
        assert_eq!(findings("core/engine/src/a.rs", text).len(), 1);
        assert!(findings("bindings/desktop/src/a.rs", text).is_empty());
    }
}
