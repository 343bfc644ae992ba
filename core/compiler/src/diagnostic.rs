//! What the compiler has to say about the source, with the lines it speaks of.
use crate::source::Source;
use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    ops::Range,
};

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// There is no bundle.
    Error,
    /// There is a bundle; something in it will probably not work.
    Warning,
}

/// One finding. Lines and columns count from 1, columns in characters; 0 where there is none.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code, to be looked up with [`crate::explain`].
    pub code: &'static str,
    /// The file, relative to the project folder; empty when it is about the whole project.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What happened, to what.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
    /// The source line with a mark under it, ready to print.
    #[serde(skip)]
    pub frame: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}]: {}", self.code, self.message)?;
        if !self.file.is_empty() {
            write!(f, "\n  --> {}", self.file)?;
            if self.line > 0 {
                write!(f, ":{}:{}", self.line, self.column)?;
            }
        }
        if let Some(frame) = &self.frame {
            write!(f, "\n{frame}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {}", help.replace('\n', "\n        "))?;
        }
        Ok(())
    }
}

/// Collects findings; nothing stops at the first.
#[derive(Clone, Default)]
pub(crate) struct Diagnostics {
    list: Vec<Finding>,
}

/// One finding under construction; reported when dropped into [`Diagnostics::add`].
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    diagnostic: Diagnostic,
    group: Option<String>,
}

impl Finding {
    pub(crate) fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    pub(crate) fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    pub(crate) fn new(severity: Severity, code: &'static str, message: String) -> Self {
        let file = String::new();
        Self {
            diagnostic: Diagnostic {
                severity,
                code,
                file,
                line: 0,
                column: 0,
                message,
                help: None,
                frame: None,
            },
            group: None,
        }
    }

    /// A place in a file; of a text that a preprocessor wrote, the place it comes from.
    pub(crate) fn at(mut self, source: &Source, range: Range<usize>) -> Self {
        if let Some((source, range)) = source.origin(&range) {
            return self.at(source, range);
        }
        let (line, column) = source.position(range.start);
        self.diagnostic.file.clone_from(&source.shown);
        self.diagnostic.line = line;
        self.diagnostic.column = column;
        self.diagnostic.frame = frame(source, &range);
        self
    }

    /// A file as a whole.
    pub(crate) fn in_file(mut self, shown: &str) -> Self {
        shown.clone_into(&mut self.diagnostic.file);
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// Of all findings with the same code and key, the first place is told in full and the others in one line.
    pub(crate) fn grouped(mut self, key: &str) -> Self {
        self.group = Some(key.to_owned());
        self
    }

    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.diagnostic.help = help;
        self
    }
}

impl Diagnostics {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|one| one.diagnostic.severity == Severity::Error)
    }

    /// Shows no source lines of these files' lines: they hold secrets.
    pub(crate) fn hide(&mut self, file: &str, lines: &Range<u32>) {
        let all = self.list.iter_mut().map(|finding| &mut finding.diagnostic);
        all.filter(|d| d.file == file && lines.contains(&d.line)).for_each(|d| d.frame = None);
    }

    /// Everything found, by place, each once.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|Finding { diagnostic: a, .. }, Finding { diagnostic: b, .. }| {
            (&a.file, a.line, a.column, a.code, &a.message)
                .cmp(&(&b.file, b.line, b.column, b.code, &b.message))
        });
        self.list.dedup_by(|a, b| a.diagnostic == b.diagnostic);
        merge_groups(self.list)
    }
}

/// How many further places of a group are named.
const FURTHER: usize = 4;

fn merge_groups(list: Vec<Finding>) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    let mut groups: HashMap<(&str, String), (usize, Vec<String>)> = HashMap::new();
    for Finding { diagnostic, group } in list {
        let Some(group) = group else {
            out.push(diagnostic);
            continue;
        };
        let place = format!("{}:{}:{}", diagnostic.file, diagnostic.line, diagnostic.column);
        match groups.entry((diagnostic.code, group)) {
            Entry::Occupied(mut known) => known.get_mut().1.push(place),
            Entry::Vacant(new) => {
                new.insert((out.len(), Vec::new()));
                out.push(diagnostic);
            }
        }
    }
    for (at, places) in groups.into_values().filter(|(_, places)| !places.is_empty()) {
        let first = &mut out[at];
        let mut further = format!("{} times in all; also at {}", places.len() + 1, {
            let named: Vec<&str> = places.iter().take(FURTHER).map(String::as_str).collect();
            named.join(", ")
        });
        if places.len() > FURTHER {
            further.push_str(&format!(" and {} more", places.len() - FURTHER));
        }
        first.help = Some(match &first.help {
            Some(help) => format!("{help}\n{further}"),
            None => further,
        });
    }
    out
}

/// Lines of generated files can be megabytes long: this many characters are shown.
const FRAME_WIDTH: usize = 120;

fn frame(source: &Source, range: &Range<usize>) -> Option<String> {
    let (line, column) = source.position(range.start);
    let text = source.line(line as usize - 1)?;
    let column = column as usize - 1;
    let end = source.position(range.end.max(range.start));
    let length = if end.0 == line {
        (end.1 as usize - 1).saturating_sub(column)
    } else {
        text.chars().count().saturating_sub(column)
    };
    let skip = if column > FRAME_WIDTH * 2 / 3 { column - FRAME_WIDTH / 2 } else { 0 };
    let shown: String =
        text.chars().skip(skip).take(FRAME_WIDTH).map(|c| if c == '\t' { ' ' } else { c }).collect();
    // Wide characters take two cells in a terminal: the mark must too.
    let width = |c: char| if (c as u32) >= 0x1100 { 2 } else { 1 };
    let pad: usize = shown.chars().take(column - skip).map(width).sum();
    let marks: usize = shown.chars().skip(column - skip).take(length.max(1)).map(width).sum();
    let number = line.to_string();
    let gutter = " ".repeat(number.len());
    Some(format!(" {number} | {shown}\n {gutter} | {}{}", " ".repeat(pad), "^".repeat(marks.max(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_line_and_the_mark() {
        let source = Source::new("a".into(), "pages/a.wxml".into(), "one\n你好<viw/>\n".into());
        let at = source.find("viw");
        let mut all = Diagnostics::default();
        all.add(Finding::error("L0000", "no such tag").at(&source, at).help("write view"));
        assert!(all.has_errors());
        let shown = all.finish()[0].to_string();
        assert_eq!(
            shown,
            "error[L0000]: no such tag\n  --> pages/a.wxml:2:4\n 2 | 你好<viw/>\n   |      ^^^\n  help: write view"
        );
    }

    #[test]
    fn findings_of_one_group_are_one() {
        let source = Source::new("a".into(), "a.js".into(), "x\n".repeat(9));
        let mut all = Diagnostics::default();
        for line in (0..9).rev() {
            all.add(
                Finding::warning("L0001", "x").at(&source, line * 2..line * 2 + 1).help("y").grouped("x"),
            );
        }
        all.add(Finding::warning("L0001", "z").at(&source, 0..1).grouped("z"));
        let found = all.finish();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].line, found[1].help.as_deref()), (1, None));
        let help = "y\n9 times in all; also at a.js:2:1, a.js:3:1, a.js:4:1, a.js:5:1 and 4 more";
        assert_eq!(found[0].help.as_deref(), Some(help));
    }

    #[test]
    fn clips_long_lines_and_survives_odd_ranges() {
        let source = Source::new("a".into(), "a".into(), "x".repeat(100_000));
        assert!(frame(&source, &(50_000..50_010)).expect("a frame").len() < 400);
        assert!(frame(&source, &(200_000..300_000)).is_some());
    }
}
