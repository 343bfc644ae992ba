//! `lodger doctor`: is everything here that the other commands need?

mod checks;

use crate::{
    failure::Failure,
    output::{ERROR, GOOD, Output, WARNING},
};
use checks::{Check, State};
use serde_json::{Value, json};

/// Checks tools, display, webview, browser and disk, and says what to do about what is missing
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger doctor --json\n\nExit code 1 only if something is missing that `build` or `run` needs."
)]
pub struct Args {}

/// Checks all.
pub fn run(_: Args, output: &Output) -> Result<(), Failure> {
    let checks = checks::all();
    let ok = !checks.iter().any(|check| check.state == State::Missing);
    let rows: Vec<Value> = checks.iter().map(row).collect();
    let lines: Vec<String> = checks.iter().map(line).collect();
    output.result(&json!({"ok": ok, "checks": rows}), lines.join("\n"));
    if ok { Ok(()) } else { Err(Failure::Told) }
}

fn row(check: &Check) -> Value {
    let state = match check.state {
        State::Ok => "ok",
        State::Optional => "optional",
        State::Missing => "missing",
    };
    json!({"name": check.name, "state": state, "found": check.found, "for": check.purpose, "next": check.next})
}

fn line(check: &Check) -> String {
    let (style, word) = match check.state {
        State::Ok => (GOOD, "ok"),
        State::Optional => (WARNING, "absent"),
        State::Missing => (ERROR, "missing"),
    };
    let mut line = format!("{style}{word:<8}{style:#} {:<12} {}", check.name, check.found);
    if let Some(next) = &check.next {
        line.push_str(&format!("\n         for {}: {next}", check.purpose));
    }
    line
}
