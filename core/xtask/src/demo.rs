//! From a bare machine to a mini-program in a window: set up, build, open coffee, tap through it.

use crate::{
    arguments::Arguments,
    process::{Run, Trouble, build_lodger, root},
    setup,
    test::COFFEE,
};
use serde_json::Value;

pub const HELP: &str = "
Sets up, builds, opens the coffee example in the desktop host, and taps through it:
menu, product, cart, checkout, orders. Writes target/demo/*.png and target/demo/report.json
{pages, taps, errors, first_content_ms, bundle_bytes}. Exit 0 only if there were no errors.
The taps run on a virtual display (Xvfb). Where there is a real one, the program then opens on it for you.

Usage: cargo xtask demo [--headless]

  --headless   end after the taps, also where there is a display

Example: cargo xtask demo
";

/// The taps, step by step: for `lodger drive`.
const SCRIPT: &str = "core/xtask/demo/coffee.json";
const OUT: &str = "target/demo";

/// The `demo` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let headless = arguments.flag("--headless") || !has_display();
    arguments.finish()?;
    setup::everything()?;
    let lodger = build_lodger()?;
    let out = root().join(OUT);
    if out.exists() {
        std::fs::remove_dir_all(&out)
            .map_err(|error| Trouble::Failed(format!("{OUT} could not be emptied: {error}")))?;
    }
    // Always out of sight: taps are real input, and must not meet the user's own.
    let driven = Run::new(&lodger).args(["drive", COFFEE, "--script", SCRIPT, "--out", OUT]).status();
    println!("screenshots and report.json: {}", out.display());
    driven?;
    check_report(&out.join("report.json"))?;
    if !headless {
        println!("Coffee opens once more, for you to use: close its window to end.");
        return Run::new(&lodger).args(["run", COFFEE, "--query", "table=12"]).status();
    }
    Ok(())
}

/// The report is what the demo promises; an exit code alone would not show that it was written.
fn check_report(file: &std::path::Path) -> Result<(), Trouble> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Trouble::Failed(format!("{} could not be read: {error}", file.display())))?;
    let report: Value = serde_json::from_str(&text)
        .map_err(|error| Trouble::Failed(format!("{} could not be read: {error}", file.display())))?;
    let numbers = ["pages", "taps", "first_content_ms", "bundle_bytes"];
    if let Some(name) = numbers.iter().find(|name| !report[**name].is_number()) {
        return Err(Trouble::Failed(format!("the report has no number `{name}`")));
    }
    match report["errors"].as_array() {
        Some(errors) if errors.is_empty() => Ok(()),
        Some(errors) => {
            Err(Trouble::Failed(format!("{} errors; they are in {OUT}/report.json", errors.len())))
        }
        None => Err(Trouble::Failed("the report has no list `errors`".into())),
    }
}

fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
