//! What was measured, as ratios of pairs: of each transition and of all.

use super::super::Figures;
use crate::process::Trouble;
use serde_json::{Value, json};

/// Name, what is measured, what it is measured by, and how large the ratio may be, if there is a goal.
type Pair = (&'static str, &'static str, &'static str, Option<f64>);

const BYTES: &[Pair] = &[
    ("patch / zip -9", "patch", "zip", Some(0.05)),
    ("patch / bsdiff", "patch", "bsdiff", Some(0.85)),
    ("full / zip -9 of the project", "full", "project_zip", None),
    ("full / zip -9 of the bundle", "full", "zip", Some(0.50)),
];

const TIMES: &[Pair] = &[
    ("update / unzip + hash of the project, synced", "update", "unzip_project_synced", None),
    ("update / unzip + hash of the project", "update", "unzip_project", None),
    ("update / unzip + hash of the bundle, synced", "update", "unzip_synced", None),
    ("update / unzip + hash of the bundle", "update", "unzip", Some(0.20)),
    ("install integrity / SHA-256", "integrity", "sha256", Some(1.15)),
    ("first blob read / loose file, hashed", "read_first", "file_hashed", None),
    ("cached blob read / loose file", "read", "file", Some(0.55)),
];

/// The transitions with medians in place of all runs, and ratios.
pub fn digest(measured: &Value) -> Result<Value, Trouble> {
    let unread = || Trouble::Failed("the measurements could not be read".into());
    let mut transitions = measured.as_array().cloned().ok_or_else(unread)?;
    for transition in &mut transitions {
        let times = transition["microseconds"].as_object_mut().ok_or_else(unread)?;
        for runs in times.values_mut() {
            let list = runs.as_array().map(|list| list.iter().filter_map(Value::as_f64).collect());
            let list = list.filter(|list: &Vec<f64>| !list.is_empty()).ok_or_else(unread)?;
            *runs = Figures::of(list).json();
        }
        let ratio =
            |pair: &Pair| (pair.0.to_owned(), (of(transition, pair.1) / of(transition, pair.2)).into());
        let ratios: serde_json::Map<_, _> = BYTES.iter().chain(TIMES).map(ratio).collect();
        transition["ratios"] = ratios.into();
    }
    let mut all = json!({});
    for (name, one, other, goal) in BYTES.iter().chain(TIMES) {
        let sum = |key: &str| transitions.iter().map(|transition| of(transition, key)).sum::<f64>();
        let logs: f64 = transitions
            .iter()
            .filter_map(|transition| transition["ratios"][name].as_f64())
            .map(f64::ln)
            .sum();
        let mean = (logs / transitions.len() as f64).exp();
        all[*name] = json!({ "of_sums": sum(one) / sum(other), "geometric_mean": mean, "goal": goal });
    }
    Ok(json!({ "transitions": transitions, "all": all }))
}

/// Bytes, or the median of microseconds.
fn of(transition: &Value, key: &str) -> f64 {
    let bytes = transition["bytes"][key].as_f64();
    bytes.or_else(|| transition["microseconds"][key]["median"].as_f64()).unwrap_or(f64::NAN)
}

pub fn print(digest: &Value, runs: usize) {
    println!(
        "updates between published versions, each a program around the whole library, {runs} runs, release build"
    );
    println!(
        "\nbytes                                            stream  zip of project       zip      full     patch    bsdiff"
    );
    let list = digest["transitions"].as_array().map_or(&[][..], Vec::as_slice);
    for transition in list {
        let keys = ["stream", "project_zip", "zip", "full", "patch", "bsdiff"];
        let columns: Vec<String> = keys.iter().map(|key| format!("{:>9}", of(transition, key))).collect();
        println!("  {:<42} {}", name(transition), columns.join(" "));
    }
    println!("\nmilliseconds, medians");
    for transition in list {
        println!("  {}", name(transition));
        let times = transition["microseconds"].as_object();
        for (what, figures) in times.into_iter().flatten() {
            let of = |key: &str| figures[key].as_f64().unwrap_or(f64::NAN) / 1000.0;
            println!("    {what:<22} {:>9.3}   range {:.3} to {:.3}", of("median"), of("least"), of("most"));
        }
    }
    println!(
        "\nratios                                               of sums   geometric mean   least to most         goal"
    );
    for (pair, .., goal) in BYTES.iter().chain(TIMES) {
        let each =
            Figures::of(list.iter().filter_map(|transition| transition["ratios"][pair].as_f64()).collect());
        let of = |key: &str| digest["all"][pair][key].as_f64().unwrap_or(f64::NAN);
        let goal = goal.map_or_else(String::new, |goal| format!("<= {goal:.2}"));
        println!(
            "  {pair:<50} {:>7.3} {:>16.3}   {:<8.3} {:>8.3}   {goal:>8}",
            of("of_sums"),
            of("geometric_mean"),
            each.least,
            each.most
        );
    }
}

fn name(transition: &Value) -> String {
    let word = |key: &str| transition[key].as_str().unwrap_or_default();
    let (from, to) = (word("from"), word("to"));
    format!("{from} -> {}", to.rsplit('-').next().unwrap_or(to))
}
