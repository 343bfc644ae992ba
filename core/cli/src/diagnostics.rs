//! Prints what the compiler found: `file:line:column`, message, source lines, help.

use crate::output::{DIM, ERROR, WARNING};
use lodger_compiler::{Diagnostic, Severity};
use std::fmt::Write;

/// Prints diagnostics on standard error, errors last so that they stand above the prompt.
pub fn print(diagnostics: &[Diagnostic]) {
    let (errors, warnings): (Vec<_>, Vec<_>) =
        diagnostics.iter().partition(|one| one.severity == Severity::Error);
    for diagnostic in warnings.iter().chain(&errors) {
        anstream::eprintln!("{}", format(diagnostic));
    }
    if !errors.is_empty() || !warnings.is_empty() {
        anstream::eprintln!("{}", summary(errors.len(), warnings.len()));
    }
}

fn format(diagnostic: &Diagnostic) -> String {
    let (style, word) = match diagnostic.severity {
        Severity::Error => (ERROR, "error"),
        Severity::Warning => (WARNING, "warning"),
    };
    let mut text = String::new();
    let place = place(diagnostic);
    if !place.is_empty() {
        let _ = write!(text, "{place}: ");
    }
    let _ = write!(text, "{style}{word}{style:#}: {} {DIM}[{}]{DIM:#}", diagnostic.message, diagnostic.code);
    if let Some(frame) = &diagnostic.frame {
        let _ = write!(text, "\n{}", frame.trim_end());
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\n  help: {help}");
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

fn summary(errors: usize, warnings: usize) -> String {
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(line: u32, column: u32) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: "json-syntax",
            file: "app.json".into(),
            line,
            column,
            message: "a comma is missing".into(),
            help: Some("add one".into()),
            frame: Some("  3 | {\n".into()),
        }
    }

    #[test]
    fn says_where_what_and_how() {
        let text = anstream::adapter::strip_str(&format(&diagnostic(3, 5))).to_string();
        assert_eq!(text, "app.json:3:5: error: a comma is missing [json-syntax]\n  3 | {\n  help: add one");
    }

    #[test]
    fn leaves_out_what_it_does_not_know() {
        assert_eq!(place(&diagnostic(0, 0)), "app.json");
        assert_eq!(place(&diagnostic(2, 0)), "app.json:2");
        assert_eq!(summary(1, 2), "1 error, 2 warnings");
    }
}
