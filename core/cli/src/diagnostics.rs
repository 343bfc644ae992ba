//! Prints what the compiler found: code, message, `file:line:column`, the source line, and what to do.

use crate::output::{BOLD, DIM, ERROR, WARNING};
use lodger_compiler::{Diagnostic, Severity};
use std::fmt::Write;

/// Prints diagnostics on standard error, errors last so that they stand above the prompt.
pub fn print(diagnostics: &[Diagnostic]) {
    let (errors, warnings): (Vec<_>, Vec<_>) =
        diagnostics.iter().partition(|one| one.severity == Severity::Error);
    for diagnostic in warnings.iter().chain(&errors) {
        anstream::eprintln!("{}\n", format(diagnostic));
    }
    if !errors.is_empty() || !warnings.is_empty() {
        anstream::eprintln!("{}", summary(errors.len(), warnings.len()));
    }
}

/// One diagnostic, as people know them from good compilers. The output strips the colours where they have no place.
pub fn format(diagnostic: &Diagnostic) -> String {
    let (style, word) = match diagnostic.severity {
        Severity::Error => (ERROR, "error"),
        Severity::Warning => (WARNING, "warning"),
    };
    let mut text = String::new();
    let _ = write!(text, "{style}{word}[{}]{style:#}{BOLD}: {}{BOLD:#}", diagnostic.code, diagnostic.message);
    let place = place(diagnostic);
    if !place.is_empty() {
        let _ = write!(text, "\n {DIM}-->{DIM:#} {place}");
    }
    if let Some((line, marks)) = diagnostic.frame.as_deref().and_then(|frame| frame.split_once('\n')) {
        let (gutter, marks) = marks.split_at(marks.find('^').unwrap_or(marks.len()));
        let _ = write!(text, "\n{line}\n{gutter}{style}{}{style:#}", marks.trim_end());
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\n {DIM}help:{DIM:#} {}", help.replace('\n', "\n       "));
    }
    text
}

fn place(diagnostic: &Diagnostic) -> String {
    let Diagnostic { file, line, column, .. } = diagnostic;
    match (line, column) {
        (0, _) => file.clone(),
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    }
}

/// `1 error, 2 warnings`.
pub fn summary(errors: usize, warnings: usize) -> String {
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(line: u32, column: u32) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: "L0101",
            file: "app.json".into(),
            line,
            column,
            message: "a comma is missing".into(),
            help: Some("add one".into()),
            frame: Some(" 3 | { \"a\" 1 }\n   |       ^".into()),
        }
    }

    #[test]
    fn says_where_what_and_how() {
        let text = anstream::adapter::strip_str(&format(&diagnostic(3, 5))).to_string();
        assert_eq!(
            text,
            "error[L0101]: a comma is missing\n --> app.json:3:5\n 3 | { \"a\" 1 }\n   |       ^\n help: add one"
        );
    }

    #[test]
    fn leaves_out_what_it_does_not_know() {
        assert_eq!(place(&diagnostic(0, 0)), "app.json");
        assert_eq!(place(&diagnostic(2, 0)), "app.json:2");
        assert_eq!(summary(1, 2), "1 error, 2 warnings");
    }
}
