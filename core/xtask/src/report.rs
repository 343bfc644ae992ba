//! Steps with times, and the table at the end of a run.

use crate::process::Trouble;
use std::time::{Duration, Instant};

enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

struct Step {
    name: String,
    time: Duration,
    outcome: Outcome,
}

/// Runs steps one after another, all of them, whatever fails.
pub struct Report {
    strict: bool,
    steps: Vec<Step>,
}

impl Report {
    /// `strict`: a missing tool is a failure and not a skipped step.
    pub fn new(strict: bool) -> Self {
        Self { strict, steps: Vec::new() }
    }

    /// Runs one step and keeps what came of it; true if it passed.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<(), Trouble>) -> bool {
        eprintln!("\n==> {name}");
        let start = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed,
            Err(Trouble::Missing(reason)) if !self.strict => Outcome::Skipped(reason),
            Err(trouble) => Outcome::Failed(trouble.to_string()),
        };
        match &outcome {
            Outcome::Failed(reason) => eprintln!("{name}: FAILED: {reason}"),
            Outcome::Skipped(reason) => eprintln!("{name}: SKIPPED: {reason}"),
            Outcome::Passed => {}
        }
        let passed = matches!(outcome, Outcome::Passed);
        self.steps.push(Step { name: name.to_owned(), time: start.elapsed(), outcome });
        passed
    }

    /// Prints the table; its last line counts the steps. Fails if one failed.
    pub fn finish(self) -> Result<(), Trouble> {
        println!("\n{}", self.table());
        if self.failed() == 0 { Ok(()) } else { Err(Trouble::Reported) }
    }

    fn failed(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.outcome, Outcome::Failed(_))).count()
    }

    fn table(&self) -> String {
        let mut lines = Vec::new();
        for step in &self.steps {
            let (word, reason) = match &step.outcome {
                Outcome::Passed => ("passed", ""),
                Outcome::Failed(reason) => ("FAILED", first_line(reason)),
                Outcome::Skipped(reason) => ("SKIPPED", first_line(reason)),
            };
            let line = format!("{:<34} {word:<8} {:>7.1} s  {reason}", step.name, step.time.as_secs_f64());
            lines.push(line.trim_end().to_owned());
        }
        let passed = self.steps.iter().filter(|step| matches!(step.outcome, Outcome::Passed)).count();
        lines.push(format!("{passed} passed, {} failed", self.failed()));
        lines.join("\n")
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(strict: bool) -> Report {
        let mut report = Report::new(strict);
        assert!(report.step("one", || Ok(())));
        assert!(!report.step("two", || Err(Trouble::Missing("no tool".into()))));
        report
    }

    #[test]
    fn a_missing_tool_is_skipped() {
        let table = run(false).table();
        assert!(table.contains("SKIPPED"), "{table}");
        assert_eq!(table.lines().last(), Some("1 passed, 0 failed"));
        assert!(run(false).finish().is_ok());
    }

    #[test]
    fn a_missing_tool_fails_when_strict() {
        assert_eq!(run(true).table().lines().last(), Some("1 passed, 1 failed"));
        assert!(run(true).finish().is_err());
    }
}
