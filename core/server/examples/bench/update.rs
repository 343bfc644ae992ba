//! Every transition: bytes once, times over all runs.

use super::{
    Outcome,
    sizes::{self, Archive},
    times,
    world::World,
};
use lodger_bundle::Bundle;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Deserialize)]
struct Pair {
    from: String,
    to: String,
    old: PathBuf,
    new: PathBuf,
    project: PathBuf,
}

pub fn run(pairs: &str, runs: &str) -> Outcome<Value> {
    let pairs: Vec<Pair> = serde_json::from_str(pairs)?;
    let runs = runs.parse()?;
    pairs.iter().map(|pair| transition(pair, runs)).collect()
}

fn transition(pair: &Pair, runs: usize) -> Outcome<Value> {
    eprintln!("{} -> {}", pair.from, pair.to);
    let (old, new) = (Bundle::read_from(&pair.old)?, Bundle::read_from(&pair.new)?);
    let mut world = World::new(&new.index.app)?;
    world.publish(&old)?;
    let sizes = world.publish(&new)?;
    let archive = Archive::of_project(&pair.project)?;
    Ok(json!({
        "from": pair.from,
        "to": pair.to,
        "files": { "bundle": new.index.files().count(), "project": archive.entries.len() },
        "bytes": sizes::measure(&old, &new, &sizes, &archive)?,
        "microseconds": times::measure(&world, &old, &new, &archive, runs)?,
    }))
}
