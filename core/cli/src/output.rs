//! Where results, progress and failures go.

use crate::failure::Failure;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::json;
use std::{
    fmt::Display,
    io::{IsTerminal, Write},
    process::ExitCode,
};

/// Colours of severities, the same in every command.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Something to mend that does not stop the work.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// Something that is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What stands out.
pub const BOLD: Style = Style::new().bold();
/// Less important text.
pub const DIM: Style = Style::new().dimmed();

/// Prints for a person or, with `--json`, for a machine.
pub struct Output {
    json: bool,
    /// Progress is drawn over itself, so only a terminal gets it.
    progress: bool,
}

impl Output {
    /// `json`: results are JSON on standard output, and nothing else is.
    pub fn new(json: bool) -> Self {
        Self { json, progress: std::io::stderr().is_terminal() }
    }

    /// True if a machine reads the result.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result: `value` for machines, `text` for people.
    pub fn result(&self, value: &impl Serialize, text: impl Display) {
        if self.json {
            self.line(&serde_json::to_string_pretty(value).expect("results have string keys"));
        } else {
            self.line(&text.to_string());
        }
    }

    /// Prints one line of a stream of JSON values, or of text.
    pub fn event(&self, value: &impl Serialize, text: impl Display) {
        if self.json {
            self.line(&serde_json::to_string(value).expect("events have string keys"));
        } else {
            self.line(&text.to_string());
        }
    }

    /// Says on standard error what is going on, for people only.
    pub fn note(&self, text: impl Display) {
        if !self.json {
            anstream::eprintln!("{text}");
        }
    }

    /// Warns on standard error, also when a machine reads the result.
    pub fn warn(&self, text: impl Display) {
        anstream::eprintln!("{WARNING}warning{WARNING:#}: {text}");
    }

    /// Shows what takes long, until the returned guard is dropped.
    pub fn progress(&self, text: impl Display) -> Progress {
        if self.progress {
            anstream::eprint!("{DIM}{text} ...{DIM:#}");
            // A terminal that is gone gets no progress; there is no one to tell.
            let _ = std::io::stderr().flush();
        }
        Progress { drawn: self.progress }
    }

    /// Prints a failure and gives its exit code.
    pub fn fail(&self, failure: Failure) -> ExitCode {
        let (code, message) = match failure {
            Failure::Told => return ExitCode::from(1),
            Failure::Input(message) => (1, message),
            Failure::Usage(message) => (2, message),
        };
        anstream::eprintln!("{ERROR}error{ERROR:#}: {message}");
        if self.json {
            self.line(&json!({"ok": false, "error": message}).to_string());
        }
        ExitCode::from(code)
    }

    fn line(&self, text: &str) {
        // `lodger … | head` closes the pipe early; that is no failure of ours.
        let _ = writeln!(anstream::stdout(), "{text}");
    }
}

/// A progress line; goes away when dropped.
pub struct Progress {
    drawn: bool,
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            anstream::eprint!("\r\x1b[2K");
            let _ = std::io::stderr().flush();
        }
    }
}

/// `1.4 MB`, `312.0 KB`, `17 B`: decimal units, as WeChat's limits are meant.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} KB", count as f64 / 1e3),
        _ => format!("{:.2} MB", count as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_sizes() {
        assert_eq!(bytes(17), "17 B");
        assert_eq!(bytes(312_040), "312.0 KB");
        assert_eq!(bytes(2_000_000), "2.00 MB");
    }
}
