//! `lodger release who`: which release a device with a certain id gets, or how many of many ids get which.

use super::Where;
use crate::{
    failure::Failure,
    output::Output,
    repository::{self, failure},
};
use lodger_server::repository::{Asker, Chooser};
use serde_json::json;
use std::collections::BTreeMap;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: Where,
    /// release or trial
    #[arg(long, default_value = "release")]
    channel: String,
    /// The id of one installation
    #[arg(long, value_name = "ID", conflicts_with = "count", required_unless_present = "count")]
    install_id: Option<String>,
    /// Counts over so many ids: 0, 1, 2 …
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    count: Option<u32>,
    /// Tags that the device has, with commas
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// The region that the device is in
    #[arg(long)]
    region: Option<String>,
}

pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let Args { at, channel, install_id, count, audience, region } = args;
    let chooser = repository::open_existing(&at.repo.repo)?.chooser(&at.app, &channel).map_err(failure)?;
    let asker = |install_id: String| Asker { install_id, audience: audience.clone(), region: region.clone() };
    match (install_id, count) {
        (Some(id), _) => one(&chooser, &asker(id), &at.app, output),
        (None, count) => many(&chooser, count.unwrap_or(0), asker, &at.app, output),
    }
    Ok(())
}

fn one(chooser: &Chooser, asker: &Asker, app: &str, output: &Output) {
    let id = &asker.install_id;
    match chooser.choose(asker) {
        Some((code, name)) => output.result(
            &json!({"ok": true, "app": app, "install_id": id, "version": {"name": name, "code": code}}),
            format!("{id} gets {app} {name} ({code})"),
        ),
        None => output.result(
            &json!({"ok": true, "app": app, "install_id": id, "version": null}),
            format!("{id} gets nothing of {app}"),
        ),
    }
}

fn many(chooser: &Chooser, count: u32, asker: impl Fn(String) -> Asker, app: &str, output: &Output) {
    let progress = output.progress(format!("Counting over {count} ids"));
    let mut got: BTreeMap<_, u32> = BTreeMap::new();
    for id in 0..count {
        let asker = asker(id.to_string());
        *got.entry(chooser.choose(&asker).map(|(code, name)| (code, name.to_owned()))).or_default() += 1;
    }
    drop(progress);
    let rows = got.iter().rev().map(|(version, number)| {
        let version = version.as_ref().map(|(code, name)| json!({"name": name, "code": code}));
        json!({"version": version, "devices": number})
    });
    let value = json!({"ok": true, "app": app, "count": count, "releases": rows.collect::<Vec<_>>()});
    let lines = got.iter().rev().map(|(version, number)| {
        let version =
            version.as_ref().map_or("nothing".to_owned(), |(code, name)| format!("{name} ({code})"));
        format!("{version:<16} {number:>9}  {:>6.2} %", f64::from(*number) * 100.0 / f64::from(count))
    });
    output.result(&value, lines.collect::<Vec<_>>().join("\n"));
}
