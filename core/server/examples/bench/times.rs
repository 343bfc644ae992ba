//! Time on the device: an update, its integrity, and reading, beside files that were unzipped.

use super::{
    Outcome,
    sizes::{self, Archive},
    world::{Device, World},
};
use flate2::read::DeflateDecoder;
use lodger_bundle::{Bundle, Digest};
use serde_json::{Map, Value};
use std::{
    fs::{self, File},
    hint::black_box,
    io::{Read, Write},
    path::Path,
    time::Instant,
};

/// How often the quick ones are done for one figure.
const TIMES: u32 = 20;
/// And those that need a start.
const STARTS: u32 = 4;

/// Microseconds of each run, by what was measured. All take turns, so that what else the machine does hits all alike.
pub fn measure(
    world: &World,
    old: &Bundle,
    new: &Bundle,
    project: &Archive,
    runs: usize,
) -> Outcome<Map<String, Value>> {
    let folder = tempfile::tempdir()?;
    let place = |name: String| folder.path().join(name);
    let prepared = Device::new(world, place("prepared".into()))?;
    prepared.install(&prepared.check(world)?, old)?;
    let (bundle, stream) = (Archive::of_bundle(new)?, sizes::stream(new));
    let mut all: Map<String, Value> = Map::new();
    for run in 0..runs {
        let mut keep = |name: &str, time: f64| {
            if let Value::Array(list) = all.entry(name).or_insert_with(|| Vec::<f64>::new().into()) {
                list.push(time.into());
            }
        };
        let device = prepared.copy(world, place(format!("device-{run}")))?;
        let verified = device.check(world)?;
        keep("update", once(|| device.install(&verified, new))?);
        let ways = [
            ("unzip", &bundle, false),
            ("unzip_synced", &bundle, true),
            ("unzip_project", project, false),
            ("unzip_project_synced", project, true),
        ];
        for (name, archive, synced) in ways {
            keep(name, once(|| unpack(archive, &place(format!("{name}-{run}")), synced))?);
        }
        keep("integrity", often(|| verify(new))?);
        keep("sha256", often(|| hash(&stream))?);
        let loose = place(format!("unzip-{run}"));
        keep("read_first", first(world, &device, new)?);
        keep("read", often(|| device.read(new))?);
        keep("file", often(|| read_loose(&loose, new, false))?);
        keep("file_hashed", often(|| read_loose(&loose, new, true))?);
        drop(device);
        for entry in fs::read_dir(folder.path())? {
            let path = entry?.path();
            if !path.ends_with("prepared") {
                fs::remove_dir_all(path)?;
            }
        }
    }
    Ok(all)
}

fn once(work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}

/// One of many, after one that warms the caches.
fn often(mut work: impl FnMut() -> Outcome<()>) -> Outcome<f64> {
    work()?;
    Ok(once(|| (0..TIMES).try_for_each(|_| work()))? / f64::from(TIMES))
}

/// What an installation checks: the index, and every blob.
fn verify(bundle: &Bundle) -> Outcome<()> {
    Ok(bundle.verify(|_| true)?)
}

/// One of several first readings, each after a start.
fn first(world: &World, device: &Device, bundle: &Bundle) -> Outcome<f64> {
    let mut time = 0.0;
    for _ in 0..STARTS {
        let device = Device::new(world, device.dir.clone())?;
        // Opens the connection and parses the index.
        device.store.read(&bundle.digest(), "app.json")?;
        time += once(|| device.read(bundle))?;
    }
    Ok(time / f64::from(STARTS))
}

fn hash(bytes: &[u8]) -> Outcome<()> {
    black_box(Digest::of(black_box(bytes)));
    Ok(())
}

/// Unzips and hashes every file, into a new folder; `synced` means to the disk, as an installation is. Reading the
/// archive's headers is not counted against it, nor its CRCs.
fn unpack(archive: &Archive, folder: &Path, synced: bool) -> Outcome<()> {
    for entry in &archive.entries {
        let mut bytes = Vec::with_capacity(entry.length);
        DeflateDecoder::new(entry.deflated.as_slice()).read_to_end(&mut bytes)?;
        if Digest::of(&bytes) != entry.digest {
            return Err("an unzipped file is not the one that was zipped".into());
        }
        let path = folder.join(&entry.path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        let mut out = File::create(path)?;
        out.write_all(&bytes)?;
        if synced {
            out.sync_all()?;
        }
    }
    if synced {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn read_loose(folder: &Path, bundle: &Bundle, hashed: bool) -> Outcome<()> {
    for file in bundle.index.files() {
        let bytes = fs::read(folder.join(&file.path))?;
        if hashed && Digest::of(&bytes) != file.digest {
            return Err("a loose file has changed".into());
        }
        black_box(bytes);
    }
    Ok(())
}
