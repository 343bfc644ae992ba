//! Which files `packOptions` leaves out.
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    path,
    project::{IgnoreRule, Project},
};
use regex::Regex;

/// Files that stand in a project's root for tools, never for the program. (`package.json` is not among them: it marks
/// where npm packages belong.)
const TOOLING: [&str; 9] = [
    "project.config.json",
    "project.private.config.json",
    "project.miniapp.json",
    "lodger.json",
    "sitemap.json",
    "package-lock.json",
    "tsconfig.json",
    "jsconfig.json",
    "ext.json",
];

enum Rule {
    File(String),
    Folder(String),
    Prefix(String),
    Suffix(String),
    Pattern(Regex),
}

impl Rule {
    fn new(rule: &IgnoreRule) -> Result<Self, String> {
        let value = rule.value.trim_start_matches("./").trim_start_matches('/');
        Ok(match rule.kind.as_str() {
            "file" => Self::File(value.to_owned()),
            "folder" => Self::Folder(value.trim_end_matches('/').to_owned()),
            "prefix" => Self::Prefix(value.to_owned()),
            "suffix" => Self::Suffix(rule.value.clone()),
            "regexp" => Self::Pattern(Regex::new(&rule.value).map_err(|error| error.to_string())?),
            "glob" => Self::Pattern(Regex::new(&glob(value)).map_err(|error| error.to_string())?),
            other => {
                return Err(format!("\"{other}\" is not one of file, folder, prefix, suffix, regexp, glob"));
            }
        })
    }

    fn matches(&self, file: &str) -> bool {
        match self {
            Self::File(name) => file == name,
            Self::Folder(folder) => !folder.is_empty() && path::within(file, folder),
            Self::Prefix(prefix) => file.starts_with(prefix.as_str()),
            Self::Suffix(suffix) => file.ends_with(suffix.as_str()),
            Self::Pattern(pattern) => pattern.is_match(file),
        }
    }
}

/// The rules of one project.
pub(crate) struct Ignore {
    ignore: Vec<Rule>,
    include: Vec<Rule>,
}

impl Ignore {
    pub(crate) fn new(project: &Project, diagnostics: &mut Diagnostics) -> Self {
        let mut compile = |rules: &[IgnoreRule]| {
            let mut compiled = Vec::new();
            for rule in rules {
                match Rule::new(rule) {
                    Ok(rule) => compiled.push(rule),
                    Err(reason) => diagnostics.add(
                        Finding::warning(
                            codes::BAD_SETTING,
                            format!("a rule of packOptions (\"{}\") is left out: {reason}", rule.value),
                        )
                        .in_file("project.config.json"),
                    ),
                }
            }
            compiled
        };
        Self { ignore: compile(&project.ignore), include: compile(&project.include) }
    }

    pub(crate) fn matches(&self, file: &str) -> bool {
        TOOLING.contains(&file)
            || self.ignore.iter().any(|rule| rule.matches(file))
                && !self.include.iter().any(|rule| rule.matches(file))
    }
}

/// A glob as a regular expression: `*` within a folder, `**` across, `?` one character.
fn glob(pattern: &str) -> String {
    let mut out = String::from("^");
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**/") {
            out.push_str("(?:.*/)?");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            out.push_str(".*");
            rest = after;
        } else {
            match c {
                '*' => out.push_str("[^/]*"),
                '?' => out.push_str("[^/]"),
                _ => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    out.push('$');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(kind: &str, value: &str, file: &str) -> bool {
        Rule::new(&IgnoreRule { kind: kind.into(), value: value.into() }).expect("a rule").matches(file)
    }

    #[test]
    fn follows_every_kind_of_rule() {
        assert!(matches("folder", "/docs/", "docs/a.md") && !matches("folder", "docs", "docs2/a.md"));
        assert!(matches("suffix", ".map", "a/b.js.map") && matches("prefix", "test", "tests/a.js"));
        assert!(matches("file", "a/b.js", "a/b.js") && !matches("file", "b.js", "a/b.js"));
        assert!(matches("glob", "a/**/*.psd", "a/b/c/d.psd") && matches("glob", "a/**/*.psd", "a/d.psd"));
        assert!(!matches("glob", "a/*.psd", "a/b/c.psd") && matches("regexp", "\\.bak$", "x.bak"));
        assert!(Rule::new(&IgnoreRule { kind: "regexp".into(), value: "(".into() }).is_err());
    }
}
