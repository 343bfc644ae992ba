//! `lodger smoke`: every page opened once, and what is not clean.

use crate::{
    compile,
    failure::Failure,
    output::{ERROR, GOOD, Output, WARNING},
};
use lodger_compiler::Options;
use lodger_desktop::{DriverOptions, SmokeReport, WebEngine};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// Opens every page, out of sight, and reports script errors, missing files and missing functions
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger smoke coffee --engine both --json\n\nExit code 1 if a page failed. Links are not followed; no page gets a query."
)]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// Which web engine to open the pages in
    #[arg(long, value_enum, default_value_t = EngineArg::Webkit)]
    engine: EngineArg,
}

/// Which engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum EngineArg {
    /// WebKitGTK, in the window of `lodger run`
    Webkit,
    /// Chromium, behind the server of `lodger run --browser`
    Chromium,
    /// One after the other
    Both,
}

impl EngineArg {
    fn engines(self) -> &'static [WebEngine] {
        match self {
            Self::Webkit => &[WebEngine::Webkit],
            Self::Chromium => &[WebEngine::Chromium],
            Self::Both => &[WebEngine::Webkit, WebEngine::Chromium],
        }
    }
}

/// Smokes.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let program = compile::project(&args.dir, &Options::default(), output)?.program();
    let mut reports = Vec::new();
    for engine in args.engine.engines() {
        let mut drawn = None;
        let report = lodger_desktop::smoke(&program, *engine, DriverOptions::default(), |page| {
            drop(drawn.take());
            drawn = Some(output.progress(format!("{}: {page}", engine.name())));
        });
        drop(drawn);
        reports.push((engine.name(), report.map_err(|error| Failure::Input(error.to_string()))?));
    }
    output.result(&value(&reports), text(&reports));
    if reports.iter().all(|(_, report)| report.failed.is_empty()) { Ok(()) } else { Err(Failure::Told) }
}

/// One report of all engines: a page is clean if it is clean in each.
fn value(reports: &[(&str, SmokeReport)]) -> Value {
    let pages = reports.first().map_or(0, |(_, report)| report.pages);
    let mut unclean = BTreeSet::new();
    let mut failed = Vec::new();
    let mut missing: BTreeMap<&str, u32> = BTreeMap::new();
    let mut unreachable = BTreeSet::new();
    let mut first_content: BTreeMap<&str, f64> = BTreeMap::new();
    for (engine, report) in reports {
        for failure in &report.failed {
            unclean.insert(&failure.page);
            failed.push(json!({"page": failure.page, "kind": failure.kind, "message": failure.message, "engine": engine}));
        }
        unreachable.extend(&report.unreachable);
        for (api, count) in &report.missing {
            let most = missing.entry(api).or_default();
            *most = (*most).max(*count);
        }
        first_content.extend(&report.first_content_ms);
    }
    json!({
        "pages": pages,
        "clean": pages - unclean.len(),
        "failed": failed,
        "unreachable": unreachable,
        "missing": missing,
        "first_content_ms": first_content,
    })
}

fn text(reports: &[(&str, SmokeReport)]) -> String {
    let mut lines = Vec::new();
    for (engine, report) in reports {
        for failure in &report.failed {
            let (page, kind, message) = (&failure.page, &failure.kind, failure.message.trim_end());
            lines.push(format!("{ERROR}failed{ERROR:#}  {page} in {engine}: {kind}: {message}"));
        }
        for (api, count) in &report.missing {
            let plural = if *count == 1 { "page uses" } else { "pages use" };
            lines.push(format!("{WARNING}missing{WARNING:#} {api}: {count} {plural} it"));
        }
        for address in &report.unreachable {
            lines.push(format!("{WARNING}unreachable{WARNING:#} {address}"));
        }
        let style = if report.failed.is_empty() { GOOD } else { ERROR };
        let time = report
            .first_content_ms
            .get(engine)
            .map(|ms| format!(", first content after {ms:.0} ms (median)"));
        let (clean, pages) = (report.clean, report.pages);
        lines.push(format!(
            "{style}{clean} of {pages} pages clean{style:#} in {engine}{}",
            time.unwrap_or_default()
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use lodger_desktop::SmokeFailure;

    fn report(failed: &[&str], missing: u32) -> SmokeReport {
        let failure =
            |page: &&str| SmokeFailure { page: (*page).into(), kind: "resource".into(), message: "m".into() };
        SmokeReport {
            pages: 3,
            clean: 3 - failed.len(),
            failed: failed.iter().map(failure).collect(),
            unreachable: BTreeSet::new(),
            missing: [("wx.x".to_owned(), missing)].into(),
            first_content_ms: BTreeMap::new(),
        }
    }

    #[test]
    fn a_page_is_clean_if_it_is_so_in_every_engine() {
        let value = value(&[("webkit", report(&["a"], 1)), ("chromium", report(&["a", "b"], 3))]);
        assert_eq!((&value["pages"], &value["clean"]), (&json!(3), &json!(1)));
        assert_eq!(value["failed"].as_array().unwrap().len(), 3);
        assert_eq!(value["missing"], json!({"wx.x": 3}));
    }
}
