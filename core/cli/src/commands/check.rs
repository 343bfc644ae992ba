//! `lodger check`: everything that is wrong with a project, or will not work, in one run.

use crate::{
    compile, diagnostics,
    failure::Failure,
    output::{GOOD, Output},
};
use lodger_compiler::{Options, Severity, compile as compile_project};
use serde_json::json;
use std::path::PathBuf;

/// Finds errors, functions and components that will not work, unlisted hosts, leaked secrets and oversize
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger check coffee --deny-warnings\n\nExit code 1 if there is an error. `lodger explain CODE` tells more of each."
)]
pub struct Args {
    /// The project folder, with project.config.json or app.json
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// Warnings give exit code 1 too, for continuous integration
    #[arg(long)]
    deny_warnings: bool,
}

/// Checks.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    compile::check_folder(&args.dir)?;
    let progress = output.progress(format!("Checking {}", args.dir.display()));
    let found = compile_project(&args.dir, &Options { check: true, ..Options::default() }).diagnostics;
    drop(progress);

    let errors = found.iter().filter(|one| one.severity == Severity::Error).count();
    let warnings = found.len() - errors;
    let text = if found.is_empty() {
        format!("{GOOD}nothing to complain about{GOOD:#}")
    } else {
        let told: Vec<String> = found.iter().map(diagnostics::format).collect();
        let summary = diagnostics::summary(errors, warnings);
        format!("{}\n\n{summary}; `lodger explain CODE` tells more of each", told.join("\n\n"))
    };
    output.result(&json!({"errors": errors, "warnings": warnings, "diagnostics": found}), text);
    if errors > 0 || (args.deny_warnings && warnings > 0) { Err(Failure::Told) } else { Ok(()) }
}
