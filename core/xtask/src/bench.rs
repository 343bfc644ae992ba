//! Measures what users feel. Figures of one machine are compared only with each other: as ratios of one run.
mod build;
mod login;
mod platform;
mod project;
mod update;

use crate::{
    arguments::Arguments,
    process::{Run, Trouble, build_lodger, target_dir},
    setup,
    test::COFFEE,
};
use serde_json::{Value, json};
use std::{fmt, path::Path};

pub const HELP: &str = "
Measures, and prints medians, ranges and the ratio of the pair it measured.

Usage: cargo xtask bench open|build|update|platform|login [--runs N] [--json]

  open       time from navigation to first content of coffee, WebKitGTK and Chromium in turn
  build      a project of 300 files: full build, rebuild after one changed file, esbuild on the same JavaScript
  update     ten updates between published versions: bytes and time, beside ZIP, bsdiff and loose files
  platform   what a device asks for in platforms of 1,000, 10,000 and 100,000 programs
  login      logins per second of one server process, on each database, beside an endpoint that writes one row
  --runs N   runs of each (default 5); with open, a run opens every page
  --json     not with open: all figures as JSON

Example: cargo xtask bench open --runs 9
";

/// The `bench` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let runs = match arguments.value("--runs")? {
        None => 5,
        Some(text) => match text.parse::<usize>() {
            Ok(runs) if (1..=1000).contains(&runs) => runs,
            _ => return Err(Trouble::Usage(format!("--runs takes a number from 1 to 1000, not `{text}`"))),
        },
    };
    let json = arguments.flag("--json");
    let what = arguments.word();
    arguments.finish()?;
    match what.as_deref() {
        Some("open") if json => Err(Trouble::Usage("`bench open` has no --json".into())),
        Some("open") => open(runs),
        Some("build") => build::run(runs, json),
        Some("update") => update::run(runs, json),
        Some("login") => login::run(runs, json),
        Some("platform") => platform::run(runs, json),
        Some(other) => Err(Trouble::Usage(format!("there is no measurement `{other}`"))),
        None => Err(Trouble::Usage("say what to measure".into())),
    }
}

fn open(runs: usize) -> Result<(), Trouble> {
    setup::node::need_packages(COFFEE)?;
    let lodger = build_lodger()?;
    let mut webkit = Vec::new();
    let mut chromium = Vec::new();
    for run in 1..=runs {
        eprintln!("run {run} of {runs}");
        // In turn, so that what else the machine does hits both alike.
        webkit.push(first_content(&lodger, "webkit")?);
        chromium.push(first_content(&lodger, "chromium")?);
    }
    let (webkit, chromium) = (Figures::of(webkit), Figures::of(chromium));
    println!(
        "milliseconds from navigation to first content of coffee, median over its pages, {runs} runs each, development build"
    );
    println!("  WebKitGTK   median {:>6.0}   range {:.0} to {:.0}", webkit.median, webkit.least, webkit.most);
    println!(
        "  Chromium    median {:>6.0}   range {:.0} to {:.0}",
        chromium.median, chromium.least, chromium.most
    );
    println!("  WebKitGTK / Chromium   {:.2}", webkit.median / chromium.median);
    Ok(())
}

/// What the server's bench measures, as users get it.
fn measure(arguments: &[&str]) -> Result<Value, Trouble> {
    Run::cargo().args(["build", "--release", "-p", "lodger-server", "--example", "bench"]).status()?;
    let bench = target_dir().join("release/examples").join(format!("bench{}", std::env::consts::EXE_SUFFIX));
    let text = Run::new(bench).args(arguments).quiet().output()?;
    serde_json::from_str(&text)
        .map_err(|error| Trouble::Failed(format!("the measurements could not be read: {error}")))
}

fn first_content(lodger: &Path, engine: &str) -> Result<f64, Trouble> {
    let text = Run::new(lodger).args(["smoke", COFFEE, "--engine", engine, "--json"]).quiet().output()?;
    let report: Value = serde_json::from_str(&text).map_err(|error| {
        Trouble::Failed(format!("the report of `lodger smoke` could not be read: {error}"))
    })?;
    report["first_content_ms"][engine]
        .as_f64()
        .ok_or_else(|| Trouble::Failed(format!("`lodger smoke --engine {engine}` saw no first content")))
}

struct Figures {
    median: f64,
    least: f64,
    most: f64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "median {:>7.1}   range {:.1} to {:.1}", self.median, self.least, self.most)
    }
}

impl Figures {
    fn json(&self) -> Value {
        json!({ "median": self.median, "least": self.least, "most": self.most })
    }

    fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        let middle = all.len() / 2;
        let median = if all.len() % 2 == 1 { all[middle] } else { (all[middle - 1] + all[middle]) / 2.0 };
        Self { median, least: all[0], most: all[all.len() - 1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_median_and_range() {
        let odd = Figures::of(vec![9.0, 1.0, 2.0]);
        assert_eq!((odd.median, odd.least, odd.most), (2.0, 1.0, 9.0));
        assert_eq!(Figures::of(vec![4.0, 2.0]).median, 3.0);
    }
}
