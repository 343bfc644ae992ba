//! Every test in every language, in one table.

use crate::{
    arguments::Arguments,
    lint,
    process::{Run, Trouble, build_lodger, find_program, root},
    report::Report,
    setup,
};

mod determinism;
mod targets;
mod templates;

pub const HELP: &str = "
Runs the tests and prints a table; its last line is `N passed, N failed`, counted in steps.
A step whose tool is not installed says SKIPPED and why.

Usage: cargo xtask test [--only rust|runtime|desktop] [--strict]

  --only PART   rust: every crate; runtime: the base library; desktop: both engines and the smoke of coffee
  --strict      setup, lint and all tests; a missing tool is a failure (what CI runs)

Example: cargo xtask test --only rust
";

const PARTS: &[&str] = &["rust", "runtime", "desktop"];

/// The example that proves the whole path.
pub const COFFEE: &str = "examples/apps/coffee";

/// The `test` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let strict = arguments.flag("--strict");
    let only = arguments.value("--only")?;
    arguments.finish()?;
    if let Some(part) = &only
        && !PARTS.contains(&part.as_str())
    {
        return Err(Trouble::Usage(format!("--only knows {}, not `{part}`", PARTS.join(", "))));
    }
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    let mut report = Report::new(strict);
    let linted = strict && only.is_none();
    if strict {
        report.step("setup", setup::everything);
    }
    if linted {
        lint::steps(&mut report);
    }
    if wanted("rust") {
        rust(&mut report);
    }
    if wanted("runtime") {
        runtime(&mut report, linted);
    }
    if wanted("desktop") {
        desktop(&mut report);
    }
    report.finish()
}

fn rust(report: &mut Report) {
    // One build for all test programs first: its time is told apart, and one broken crate is told at once.
    let build = ["test", "--workspace", "--no-run", "--lib", "--bins", "--tests"];
    if report.step("rust: build", || Run::cargo().args(build).status()) {
        report.step("rust: tests", || {
            let words = targets::without_webviews()?;
            Run::cargo()
                .args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins"])
                .args(words)
                .status()
        });
        report.step("rust: examples in the documentation", || {
            Run::cargo().args(["test", "--workspace", "--doc", "--quiet"]).status()
        });
    }
    report.step("rust: logins at a provider", || {
        setup::node::need_packages("core/auth/tests/provider")?;
        // Chosen by target, not by crate, as all are: another choice of crates resolves features otherwise, and GTK and
        // more are compiled again.
        Run::cargo().args(["test", "--workspace", "--test", "provider", "--", "--ignored"]).status()
    });
    report.step("rust: back ends with other people's SDKs", || {
        setup::node::need_packages("core/server/tests/sdk")?;
        Run::cargo().args(["test", "--workspace", "--test", "platform", "--", "--ignored"]).status()
    });
    report.step("determinism: coffee", determinism::check);
    report.step("templates: check and types", templates::check);
}

fn runtime(report: &mut Report, linted: bool) {
    let folder = "core/runtime";
    let npm = |words: &'static [&'static str]| {
        move || {
            setup::node::need_packages(folder)?;
            Run::new("npm").args(words).dir(&root().join(folder)).status()
        }
    };
    // The linter has checked the types already.
    if !linted {
        report.step("runtime: types", npm(&["run", "check"]));
    }
    report.step("runtime: tests", npm(&["test"]));
}

fn desktop(report: &mut Report) {
    report.step("desktop: end to end", || {
        need_webkit()?;
        need_chromium()?;
        let words = targets::WITH_WEBVIEWS.iter().flat_map(|name| ["--test", name]);
        Run::cargo().args(["test", "--workspace", "--no-fail-fast"]).args(words).status()
    });
    report.step("desktop: smoke in WebKitGTK", || {
        need_webkit()?;
        smoke("webkit")
    });
    report.step("desktop: smoke in Chromium", || {
        need_chromium()?;
        smoke("chromium")
    });
}

fn smoke(engine: &str) -> Result<(), Trouble> {
    setup::node::need_packages(COFFEE)?;
    Run::new(build_lodger()?).args(["smoke", COFFEE, "--engine", engine]).status()
}

fn need_webkit() -> Result<(), Trouble> {
    let display = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if cfg!(target_os = "linux") && !display && find_program("Xvfb").is_none() {
        return Err(Trouble::Missing(
            "there is no display and no Xvfb; `cargo xtask setup` installs it".into(),
        ));
    }
    Ok(())
}

fn need_chromium() -> Result<(), Trouble> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    if names.iter().any(|name| find_program(name).is_some()) {
        return Ok(());
    }
    Err(Trouble::Missing("Chromium is not installed; `cargo xtask setup` installs it".into()))
}
