//! Time on the device: an update, its integrity, and reading, beside loose files that were unzipped.

use super::{Outcome, sizes, world::World};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use lodger_bundle::{
    Bundle, Digest, FileEntry, Store, StoreOptions,
    trust::{Fetch, Trust, Verified},
};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    hint::black_box,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Instant, SystemTime},
};

/// How often all files are read for one figure: once takes too little time.
const READS: u32 = 20;

/// Microseconds of each run, by what was measured. All take turns, so that what else the machine does hits all alike.
pub fn measure(world: &World, old: &Bundle, new: &Bundle, runs: usize) -> Outcome<Value> {
    let folder = tempfile::tempdir()?;
    let device = Device::new(world, folder.path().join("prepared"), old)?;
    let archive = Archive::new(new)?;
    let stream = sizes::stream(new);
    let mut times = [(); 8].map(|()| Vec::new());
    for run in 0..runs {
        let loose = folder.path().join(format!("loose-{run}"));
        let synced = folder.path().join(format!("synced-{run}"));
        let updated = device.copy(world, folder.path().join(format!("device-{run}")))?;
        let figures = [
            timed(|| updated.update(world, old, new))?,
            timed(|| archive.unpack(&loose, false))?,
            timed(|| archive.unpack(&synced, true))?,
            timed(|| Ok(new.verify()?))?,
            timed(|| Ok(drop(black_box(Digest::of(black_box(&stream))))))?,
            timed(|| repeat(|| updated.read(new)))? / f64::from(READS),
            timed(|| repeat(|| read_loose(&loose, new, false)))? / f64::from(READS),
            timed(|| repeat(|| read_loose(&loose, new, true)))? / f64::from(READS),
        ];
        times.iter_mut().zip(figures).for_each(|(times, figure)| times.push(figure));
        for folder in [loose, synced] {
            fs::remove_dir_all(folder)?;
        }
    }
    let [update, unzip, unzip_synced, integrity, sha256, read, file, file_hashed] = times;
    Ok(json!({
        "update": update, "unzip": unzip, "unzip_synced": unzip_synced,
        "integrity": integrity, "sha256": sha256,
        "read": read, "file": file, "file_hashed": file_hashed,
    }))
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}

fn repeat(mut work: impl FnMut() -> Outcome<()>) -> Outcome<()> {
    (0..READS).try_for_each(|_| work())
}

/// A phone with a program installed.
struct Device {
    store: Store,
    verified: Verified,
    dir: PathBuf,
}

impl Device {
    /// One that has `old`.
    fn new(world: &World, dir: PathBuf, old: &Bundle) -> Outcome<Self> {
        let device = Self::open(world, dir)?;
        device.verified.install(&device.store, old)?;
        Ok(device)
    }

    fn open(world: &World, dir: PathBuf) -> Outcome<Self> {
        let (store, _) = Store::open(&dir, StoreOptions { quota: 512 << 20 })?;
        let network: Arc<dyn Fetch> = world.network.clone();
        let trust = Trust::new(store.database().clone(), world.root()?)?;
        let verified = trust.check(&world.app, "release", &network, SystemTime::now())?;
        Ok(Self { store, verified, dir })
    }

    /// The same once more, so that every run begins alike.
    fn copy(&self, world: &World, dir: PathBuf) -> Outcome<Self> {
        fs::create_dir_all(&dir)?;
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            fs::copy(entry.path(), dir.join(entry.file_name()))?;
        }
        Self::open(world, dir)
    }

    /// Patch, verification and commit.
    fn update(&self, world: &World, old: &Bundle, new: &Bundle) -> Outcome<()> {
        let mut blobs = std::collections::BTreeMap::new();
        for (from, to) in old.index.packages.iter().zip(&new.index.packages) {
            let mut stream = Vec::new();
            for file in &from.files {
                stream.extend(self.store.read(&old.digest(), &file.path)?);
            }
            let path = format!(
                "apps/{}/p/{}-{}.zst",
                world.app,
                from.stream_digest.to_hex(),
                to.stream_digest.to_hex()
            );
            let patch = world.network.get(&path, u64::MAX)?.ok_or("no patch")?;
            let mut whole = Vec::with_capacity(to.stream_length as usize);
            let mut decoder = zstd::stream::read::Decoder::with_ref_prefix(patch.as_slice(), &stream)?;
            decoder.set_parameter(zstd::stream::raw::DParameter::WindowLogMax(23))?;
            decoder.read_to_end(&mut whole)?;
            let mut rest = whole.as_slice();
            for file in &to.files {
                let (bytes, more) = rest.split_at(file.length as usize);
                blobs.insert(file.digest, bytes.to_vec());
                rest = more;
            }
        }
        let bundle = Bundle { index: new.index.clone(), index_bytes: new.index_bytes.clone(), blobs };
        self.verified.install(&self.store, &bundle)?;
        Ok(())
    }

    fn read(&self, bundle: &Bundle) -> Outcome<()> {
        let digest = bundle.digest();
        for file in bundle.index.files() {
            black_box(self.store.read(&digest, &file.path)?);
        }
        Ok(())
    }
}

/// What is in a ZIP file, without its headers: reading those is not counted against it, nor its CRCs.
struct Archive<'a> {
    entries: Vec<(&'a FileEntry, Vec<u8>)>,
}

impl<'a> Archive<'a> {
    fn new(bundle: &'a Bundle) -> Outcome<Self> {
        let mut entries = Vec::new();
        for file in bundle.index.files() {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&bundle.blobs[&file.digest])?;
            entries.push((file, encoder.finish()?));
        }
        Ok(Self { entries })
    }

    /// Unzips and hashes every file, into a new folder; `synced` means to the disk, as an installation is.
    fn unpack(&self, folder: &Path, synced: bool) -> Outcome<()> {
        for (file, deflated) in &self.entries {
            let mut bytes = Vec::with_capacity(usize::try_from(file.length)?);
            DeflateDecoder::new(deflated.as_slice()).read_to_end(&mut bytes)?;
            if Digest::of(&bytes) != file.digest {
                return Err("an unzipped file is not the one that was zipped".into());
            }
            let path = folder.join(&file.path);
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
