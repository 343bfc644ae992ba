//! Format, compiler lints, documentation, generated files, and the house rules that no other tool knows.

pub mod dependencies;
mod house;
mod licences;
mod rules;

use crate::{
    arguments::Arguments,
    generate,
    process::{Run, Trouble, root},
    report::Report,
    setup, version,
};

pub const HELP: &str = "
Checks, without changing anything: rustfmt, clippy, rustdoc, TypeScript, prettier, generated files,
versions, house rules (core/xtask/src/lint/rules.rs), dependency rules and licences.

Usage: cargo xtask lint [--quick] [--strict]

  --quick    only what needs no compiler: seconds
  --strict   a missing tool is a failure

Example: cargo xtask lint --quick
";

pub const FMT_HELP: &str = "
Formats Rust (rustfmt) and TypeScript (prettier).

Usage: cargo xtask fmt [--check]

Example: cargo xtask fmt
";

/// The `lint` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let strict = arguments.flag("--strict");
    let quick = arguments.flag("--quick");
    arguments.finish()?;
    let mut report = Report::new(strict);
    if quick {
        quick_steps(&mut report);
    } else {
        steps(&mut report);
    }
    report.finish()
}

/// All steps, the quick ones first.
pub fn steps(report: &mut Report) {
    quick_steps(report);
    report.step("lint: clippy", || {
        Run::cargo()
            .args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
            .status()
    });
    report.step("lint: documentation", || {
        Run::cargo()
            .args(["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .status()
    });
    report.step("lint: runtime types", || npm(&["run", "--silent", "check"]));
}

fn quick_steps(report: &mut Report) {
    report.step("lint: house rules", house::check);
    report.step("lint: versions", version::check);
    report.step("lint: dependencies", dependencies::check);
    report.step("lint: licences", licences::check);
    report.step("lint: rustfmt", || Run::cargo().args(["fmt", "--all", "--check"]).status());
    report.step("lint: prettier", || npm(&["exec", "--", "prettier", "--check", "."]));
    report.step("lint: generated runtime", generate::check_runtime);
    report.step("lint: generated Less", generate::check_less);
    report.step("lint: generated reference", generate::check_reference);
    report.step("lint: generated bindings", generate::check_ffi);
}

/// The `fmt` task.
pub fn fmt(mut arguments: Arguments) -> Result<(), Trouble> {
    let check = arguments.flag("--check");
    arguments.finish()?;
    let mut cargo = Run::cargo().args(["fmt", "--all"]);
    if check {
        cargo = cargo.args(["--check"]);
    }
    cargo.status()?;
    npm(&["exec", "--", "prettier", if check { "--check" } else { "--write" }, "."])
}

fn npm(words: &[&str]) -> Result<(), Trouble> {
    let folder = "core/runtime";
    setup::node::need_packages(folder)?;
    Run::new("npm").args(words).dir(&root().join(folder)).status()
}
