//! How long builds take: from the beginning, after an edit, and beside a bundler that does less.

use super::{Figures, project};
use crate::{
    process::{Run, Trouble, root},
    setup,
};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Instant};

const RUNTIME: &str = "core/runtime";

/// Builds the compiler as users get it, makes the project, measures.
pub fn run(runs: usize, json: bool) -> Result<(), Trouble> {
    setup::node::need_packages(RUNTIME)?;
    Run::cargo().args(["build", "--release", "-p", "lodger-compiler", "--example", "bench"]).status()?;
    let folder = root().join("target/bench/build");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .map_err(|error| Trouble::Failed(format!("{}: {error}", folder.display())))?;
    }
    let program = folder.join("project");
    let (entries, files) = project::write(&program)?;
    let bench = root().join("target/release/examples/bench");
    let report = Run::new(bench).args([program.as_os_str(), runs.to_string().as_ref()]).quiet().output()?;
    let report: Value = serde_json::from_str(&report)
        .map_err(|error| Trouble::Failed(format!("the compiler's report could not be read: {error}")))?;
    let times = |name: &str| -> Result<Figures, Trouble> {
        let list = report[name].as_array().map(|list| list.iter().filter_map(Value::as_f64).collect());
        list.filter(|list: &Vec<f64>| !list.is_empty())
            .map(Figures::of)
            .ok_or_else(|| Trouble::Failed(format!("the compiler measured no {name}")))
    };
    let full = times("full")?;
    let edits = [("script", times("script")?), ("template", times("template")?), ("style", times("style")?)];
    let bundler = Figures::of(
        (0..runs).map(|_| esbuild(&program, &entries, &folder.join("esbuild"))).collect::<Result<_, _>>()?,
    );
    if json {
        let mut all = json!({ "files": files, "runs": runs, "full": full.json(), "esbuild": bundler.json() });
        for (name, figures) in &edits {
            all[*name] = figures.json();
            all["ratios"][*name] = (figures.median / full.median).into();
        }
        all["ratios"]["esbuild"] = (full.median / bundler.median).into();
        println!("{all:#}");
        return Ok(());
    }
    println!("milliseconds to build a project of {files} files, {runs} runs each, release build");
    println!("  full build              {full}");
    for (name, figures) in &edits {
        println!("  {:<23} {figures}", format!("one {name} changed"));
    }
    println!("  esbuild, scripts only   {bundler}");
    for (name, figures) in &edits {
        println!("  one {name} changed / full build   {:.3}", figures.median / full.median);
    }
    println!("  full build / esbuild of its scripts   {:.2}", full.median / bundler.median);
    Ok(())
}

/// One run of esbuild as a command: all pages, components and the app into bundles, with source maps.
fn esbuild(program: &Path, entries: &[String], out: &Path) -> Result<f64, Trouble> {
    let esbuild = root().join(RUNTIME).join("node_modules/.bin/esbuild");
    let outdir = format!("--outdir={}", out.display());
    let options =
        ["--bundle", "--sourcemap=external", "--target=es2020", "--log-level=error", outdir.as_str()];
    let start = Instant::now();
    Run::new(esbuild).dir(program).args(entries).args(options).quiet().output()?;
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}
