//! Opening a program out of a large platform: what a device asks for, and how long it takes to verify.

use super::{
    Outcome,
    world::{Device, World},
};
use lodger_bundle::{Bundle, Digest, Limits};
use lodger_server::repository::AppRecord;
use serde_json::{Value, json};
use std::{path::Path, time::Instant};

/// Grows a platform through these numbers of programs, and asks at each.
pub fn run(bundle: &Path, programs: &str, runs: &str) -> Outcome<Value> {
    let bundle = Bundle::read_from(bundle)?;
    let (programs, runs): (Vec<u32>, usize) = (serde_json::from_str(programs)?, runs.parse()?);
    let mut world = World::new(&bundle.index.app)?;
    world.publish(&bundle)?;
    let record = world.repository.record(&world.app)?;
    let mut reports = Vec::new();
    let mut there = 1;
    for count in programs {
        eprintln!("{count} programs");
        let start = Instant::now();
        let more: Vec<AppRecord> = (there..count).map(|number| other(&record, number)).collect();
        world.commit(world.repository.write_records(&world.ring, &more)?)?;
        there = count.max(there);
        let mut report = measure(&mut world, &bundle, &record, runs)?;
        report["programs"] = there.into();
        report["seconds_to_sign"] = start.elapsed().as_secs_f64().into();
        report["files"] = files(&world);
        reports.push(report);
    }
    Ok(reports.into())
}

/// A program of the platform that nobody opens here.
fn other(record: &AppRecord, number: u32) -> AppRecord {
    let mut other = record.clone();
    other.app = format!("program-{number:06}");
    other.name = format!("Program {number}");
    other.root.sha256 = Digest::of(&number.to_be_bytes()).to_hex();
    other
}

/// A device that never saw the program; that has it, and nothing changed; that has it, and another program's record
/// changed, in another bin and then in its own.
fn measure(world: &mut World, bundle: &Bundle, record: &AppRecord, runs: usize) -> Outcome<Value> {
    let folder = tempfile::tempdir()?;
    let (mut unseen, mut unchanged, mut elsewhere, mut beside) =
        (Asked::default(), Asked::default(), Asked::default(), Asked::default());
    for run in 0..runs {
        let device = Device::new(world, folder.path().join(run.to_string()))?;
        unseen.time(world, &device)?;
        device.install(&device.check(world)?, bundle)?;
        unchanged.time(world, &device)?;
        // Any id of the other program lies in some other bin, or in the same one.
        let name = |same: bool| {
            let mine = prefix(&record.app);
            (0..).map(|number| format!("new-{run}-{number}")).find(|app| (prefix(app) == mine) == same)
        };
        for (same, asked) in [(false, &mut elsewhere), (true, &mut beside)] {
            let mut new = other(record, 0);
            new.app = name(same).ok_or("no such id")?;
            world.commit(world.repository.write_records(&world.ring, &[new])?)?;
            asked.time(world, &device)?;
        }
    }
    Ok(json!({
        "unseen": unseen.json(), "unchanged": unchanged.json(),
        "changed_elsewhere": elsewhere.json(), "changed_beside": beside.json(),
    }))
}

/// The bin of a program, as a number.
fn prefix(app: &str) -> u16 {
    let digest = Digest::of(format!("apps/{app}.json").as_bytes());
    u16::from_be_bytes([digest.as_bytes()[0], digest.as_bytes()[1]]) >> 6
}

/// What one kind of opening asked for.
#[derive(Default)]
struct Asked {
    files: Vec<(String, usize)>,
    times: Vec<f64>,
}

impl Asked {
    /// Check, index and commit; not the transfer, which is the program's own size.
    fn time(&mut self, world: &World, device: &Device) -> Outcome<()> {
        world.network.asked();
        let start = Instant::now();
        let verified = device.check(world)?;
        if device.store.current(&world.app)?.is_none() {
            let version = verified.channel().releases.first().ok_or("nothing is published")?.version;
            verified.index(version, &Limits::RELEASE, "999")?;
        }
        verified.commit()?;
        self.times.push(start.elapsed().as_secs_f64() * 1e6);
        self.files = world.network.asked();
        Ok(())
    }

    fn json(&self) -> Value {
        let bytes = |prefix: &str| -> usize {
            self.files.iter().filter(|(path, _)| path.starts_with(prefix)).map(|file| file.1).sum()
        };
        json!({
            "requests": self.files.len(),
            "platform_bytes": bytes("platform/"), "app_bytes": bytes("apps/"),
            "files": self.files, "microseconds": self.times,
        })
    }
}

/// Bytes of the files that grow with the platform.
fn files(world: &World) -> Value {
    let newest = world.network.newest("platform/metadata/");
    let bins: Vec<usize> =
        newest.iter().filter(|(name, _)| name.starts_with("bin-")).map(|(_, bytes)| *bytes).collect();
    let of = |name: &str| newest.get(name).copied().unwrap_or_default();
    json!({
        "timestamp": of("timestamp.json"), "snapshot": of("snapshot.json"), "targets": of("targets.json"),
        "root": of("root.json"),
        "bin_mean": bins.iter().sum::<usize>() / bins.len().max(1), "bin_largest": bins.iter().max(),
    })
}
