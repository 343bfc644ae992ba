//! What updates cost: published versions of component libraries, each made into a program, and the way from one to the
//! next by Lodger's own transfers, beside ZIP and bsdiff.

mod projects;
mod report;

use crate::process::{Run, Trouble, build_lodger, find_program, root, target_dir};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// Where the versions are pinned, with their digests: npm refuses others.
const PACKAGES: &str = "core/xtask/src/bench/update";

/// From which version to which, by the names in package.json. Neighbours, and some with one between them.
const TRANSITIONS: &[(&str, &str)] = &[
    ("vant-1.11.5", "vant-1.11.6"),
    ("vant-1.11.6", "vant-1.11.7"),
    ("vant-1.11.5", "vant-1.11.7"),
    ("tdesign-miniprogram-1.14.0", "tdesign-miniprogram-1.15.3"),
    ("tdesign-miniprogram-1.15.3", "tdesign-miniprogram-1.16.0"),
    ("tdesign-miniprogram-1.14.0", "tdesign-miniprogram-1.16.0"),
    ("weui-miniprogram-1.4.1", "weui-miniprogram-1.5.6"),
    ("lin-ui-0.9.10", "lin-ui-0.9.11"),
    ("lin-ui-0.9.10", "lin-ui-0.9.13"),
    ("wux-weapp-3.8.8", "wux-weapp-3.8.9"),
];

/// Makes the programs, measures in a release build, prints.
pub fn run(runs: usize, json: bool) -> Result<(), Trouble> {
    if find_program("bsdiff").is_none() {
        let what = "`bsdiff` is not installed; `cargo xtask setup` installs it";
        return Err(Trouble::Missing(what.into()));
    }
    let packages = fetch()?;
    let mut names: Vec<&str> = TRANSITIONS.iter().flat_map(|(from, to)| [*from, *to]).collect();
    names.sort_unstable();
    names.dedup();
    let folder = target_dir().join("bench/update");
    let lodger = build_lodger()?;
    for (code, name) in (1..).zip(&names) {
        eprintln!("building {name}");
        let project = projects::write(&folder.join(name), &packages.join(name), code)?;
        let (project, out) = (project.as_os_str(), folder.join(name).join("bundle"));
        Run::new(&lodger)
            .args(["build".as_ref(), project, "-o".as_ref(), out.as_os_str()])
            .quiet()
            .output()?;
    }
    let place = |name: &str, what: &str| folder.join(name).join(what);
    let pairs: Vec<Value> = TRANSITIONS
        .iter()
        .map(|(from, to)| {
            json!({
                "from": from, "to": to,
                "old": place(from, "bundle"), "new": place(to, "bundle"), "project": place(to, "project"),
            })
        })
        .collect();
    let pairs = Value::from(pairs).to_string();
    let all = report::digest(&super::measure(&["update", &pairs, &runs.to_string()])?)?;
    if json {
        println!("{all:#}");
    } else {
        report::print(&all, runs);
    }
    Ok(())
}

/// The packages from the registry; gives the folder that they lie in.
fn fetch() -> Result<PathBuf, Trouble> {
    let folder = target_dir().join("bench/npm");
    let failed = |error: std::io::Error| Trouble::Failed(format!("{}: {error}", folder.display()));
    fs::create_dir_all(&folder).map_err(failed)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(root().join(PACKAGES).join(file), folder.join(file)).map_err(failed)?;
    }
    Run::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).dir(&folder).status()?;
    Ok(folder.join("node_modules"))
}
