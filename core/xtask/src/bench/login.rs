//! Logins per second of one server process, on SQLite and on PostgreSQL, beside an endpoint that writes one row.

use crate::process::Trouble;
use serde_json::Value;

/// Logins of one run: `--runs` times this many.
const LOGINS: usize = 400;

/// Measures in a release build, prints.
pub fn run(runs: usize, json: bool) -> Result<(), Trouble> {
    let all = super::measure(&["login", &(runs * LOGINS).to_string()])?;
    if json {
        println!("{all:#}");
        return Ok(());
    }
    println!(
        "{} logins (a code for a device, then jscode2session), {} at once, clients on the same machine, release build",
        all["logins"], all["at_once"]
    );
    for name in ["sqlite", "postgresql"] {
        let report = &all[name];
        if report.is_null() {
            println!("{name:<11} SKIPPED: not installed; `cargo xtask setup` installs it");
            continue;
        }
        let line = |what: &Value| {
            let figure = |key: &str| what[key].as_f64().unwrap_or(f64::NAN);
            (figure("per_second"), figure("p50_ms"), figure("p99_ms"))
        };
        let (login, bare) = (line(&report["login"]), line(&report["bare"]));
        for (what, (rate, middle, worst)) in [("logins", login), ("one row", bare)] {
            println!("{name:<11} {what:<8} {rate:>7.0} a second, p50 {middle:>6.1} ms, p99 {worst:>6.1} ms");
        }
        println!("{name:<11} one row / login: {:.1}", bare.0 / login.0);
    }
    Ok(())
}
