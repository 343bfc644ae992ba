//! `lodger drive`: a script of taps and looks, run with real input. For a program's own end-to-end tests.

mod script;

use crate::{compile, entry, events, failure::Failure, limits, output::Output};
use lodger_compiler::Options;
use lodger_desktop::{Driver, DriverOptions, HostEvent, WebEngine};
use script::{Script, Step};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Runs a script of taps, text and screenshots on a program, out of sight
#[derive(clap::Args)]
#[command(after_help = script::HELP)]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// The steps, as JSON (see below)
    #[arg(long, value_name = "FILE")]
    script: PathBuf,

    /// Where screenshots and report.json go; without it, none are written
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Which web engine to drive
    #[arg(long, value_enum, default_value_t = EngineArg::Webkit)]
    engine: EngineArg,
}

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum EngineArg {
    /// WebKitGTK, in the window of `lodger run`
    Webkit,
    /// Chromium, behind the server of `lodger run --browser`
    Chromium,
}

/// What came of it; also `report.json`.
#[derive(Debug, Default, Serialize)]
struct DriveReport {
    /// Different pages that became ready.
    pages: usize,
    taps: usize,
    errors: Vec<String>,
    first_content_ms: Option<f64>,
    bundle_bytes: u64,
    screenshots: Vec<String>,
}

/// Drives.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let script = Script::read(&args.script)?;
    let compiled = compile::project(&args.dir, &Options::default(), output)?;
    let index = &compiled.bundle.index;
    let entry = entry::entry(index, script.page.as_deref(), &script.query, script.scene)?;
    let mut report = DriveReport { bundle_bytes: limits::total(index), ..DriveReport::default() };

    let engine = match args.engine {
        EngineArg::Webkit => WebEngine::Webkit,
        EngineArg::Chromium => WebEngine::Chromium,
    };
    let failed = |error: lodger_desktop::Error| Failure::Input(error.to_string());
    let options = DriverOptions { theme: script.theme.into(), ..DriverOptions::default() };
    let mut driver = Driver::new(engine, options).map_err(failed)?;
    driver.open(&compiled.program(), entry).map_err(failed)?;
    steps(&mut driver, &script.steps, args.out.as_deref(), &mut report, output);

    report.pages = pages(driver.events());
    report.errors.extend(driver.events().iter().filter_map(events::error));
    if let Some(out) = &args.out {
        let file = out.join("report.json");
        let text = serde_json::to_string_pretty(&report).expect("a report has string keys") + "\n";
        fs::create_dir_all(out)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| Failure::file(&file, error))?;
    }
    output.result(&report, text(&report));
    if report.errors.is_empty() { Ok(()) } else { Err(Failure::Told) }
}

/// Runs the steps until one fails; what failed, and a picture of it, go into the report.
fn steps(driver: &mut Driver, steps: &[Step], out: Option<&Path>, report: &mut DriveReport, output: &Output) {
    for (number, step) in steps.iter().enumerate() {
        let shown = step.describe();
        output.note(format_args!("{:>3}  {shown}", number + 1));
        let done = match step {
            Step::Screenshot(name) => out.map_or(Ok(()), |out| screenshot(driver, out, name, report)),
            _ => step.run(driver),
        };
        report.taps += usize::from(matches!(step, Step::Tap(_)));
        if let Err(error) = done {
            report.errors.push(format!("step {} ({shown}): {error}", number + 1));
            if let Some(out) = out
                && let Err(error) = screenshot(driver, out, "failed", report)
            {
                report.errors.push(format!("screenshot: {error}"));
            }
            return;
        }
    }
    // Last, since a wait passes over the events before it.
    match driver.first_content() {
        Ok(ms) => report.first_content_ms = Some(ms),
        Err(error) => report.errors.push(error.to_string()),
    }
}

fn screenshot(
    driver: &mut Driver,
    out: &Path,
    name: &str,
    report: &mut DriveReport,
) -> Result<(), lodger_desktop::Error> {
    let file = format!("{name}.png");
    driver.settle(script::STILL)?;
    driver.screenshot(&out.join(&file))?;
    report.screenshots.push(file);
    Ok(())
}

fn pages(events: &[HostEvent]) -> usize {
    let ready = events.iter().filter_map(|event| match event {
        HostEvent::PageReady { path } => Some(path),
        _ => None,
    });
    ready.collect::<BTreeSet<_>>().len()
}

fn text(report: &DriveReport) -> String {
    let mut lines: Vec<_> = report.errors.iter().map(|error| format!("error: {error}")).collect();
    let content =
        report.first_content_ms.map(|ms| format!(", first content after {ms:.0} ms")).unwrap_or_default();
    lines.push(format!(
        "{} pages, {} taps, {} errors{content}",
        report.pages,
        report.taps,
        report.errors.len()
    ));
    lines.join("\n")
}
