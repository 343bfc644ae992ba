//! What a device asks for to open a program, out of platforms of 1,000, 10,000 and 100,000 programs.

use super::Figures;
use crate::{
    process::{Run, Trouble, build_lodger, target_dir},
    setup,
    test::COFFEE,
};
use serde_json::Value;

const PROGRAMS: &str = "[1000, 10000, 100000]";
const OPENINGS: &[(&str, &str)] = &[
    ("unseen", "never seen before"),
    ("unchanged", "there, nothing new"),
    ("changed_elsewhere", "there, a record in another bin is new"),
    ("changed_beside", "there, a record in its bin is new"),
];

/// Generates, measures in a release build, prints.
pub fn run(runs: usize, json: bool) -> Result<(), Trouble> {
    setup::node::need_packages(COFFEE)?;
    let bundle = target_dir().join("bench/platform");
    Run::new(build_lodger()?)
        .args(["build".as_ref(), COFFEE.as_ref(), "-o".as_ref(), bundle.as_os_str()])
        .quiet()
        .output()?;
    let bundle = bundle.to_string_lossy();
    let all = super::measure(&["platform", &bundle, PROGRAMS, &runs.to_string()])?;
    if json {
        println!("{all:#}");
        return Ok(());
    }
    println!(
        "what a device asks for and verifies before the program's own transfer, {runs} runs, release build"
    );
    for report in all.as_array().into_iter().flatten() {
        let files = &report["files"];
        println!(
            "\n{} programs (signed in {:.1} s): snapshot {}, a bin {} (the largest {}), targets {}, timestamp {}",
            report["programs"],
            report["seconds_to_sign"].as_f64().unwrap_or(f64::NAN),
            files["snapshot"],
            files["bin_mean"],
            files["bin_largest"],
            files["targets"],
            files["timestamp"]
        );
        for (key, name) in OPENINGS {
            let opening = &report[*key];
            let times: Vec<f64> =
                opening["microseconds"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
            if times.is_empty() {
                return Err(Trouble::Failed(format!("no time was measured for a program {name}")));
            }
            let milliseconds = Figures::of(times.iter().map(|time| time / 1000.0).collect());
            println!(
                "  {name:<40} {:>2} requests, {:>7} bytes of the platform, {:>6} of the program, ms {milliseconds}",
                opening["requests"].to_string(),
                opening["platform_bytes"].to_string(),
                opening["app_bytes"].to_string()
            );
        }
    }
    Ok(())
}
