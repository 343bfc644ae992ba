//! Measures for `cargo xtask bench`, in a release build. Prints JSON: bytes, and microseconds of each run.
//!
//! - `bench update PAIRS RUNS`: PAIRS is a JSON list of `{from, to, old, new}`, names and folders of built bundles.
//! - `bench login LOGINS`: so many logins on each database.
//! - `bench platform BUNDLE PROGRAMS RUNS`: opens BUNDLE's program out of repositories with so many programs.
mod login;
mod platform;
mod sizes;
mod times;
mod update;
mod world;

use std::{error::Error, process::ExitCode};

/// Whatever goes wrong ends the measurement.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let report = match words.as_slice() {
        ["update", pairs, runs] => update::run(pairs, runs),
        ["platform", bundle, programs, runs] => platform::run(bundle.as_ref(), programs, runs),
        ["login", logins] => login::run(logins),
        _ => {
            eprintln!(
                "usage: bench login LOGINS | bench update PAIRS RUNS | bench platform BUNDLE PROGRAMS RUNS"
            );
            return ExitCode::from(2);
        }
    };
    match report {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
