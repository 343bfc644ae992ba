//! Bytes: what devices transfer, and what other ways would.

use super::Outcome;
use flate2::{Compression, write::DeflateEncoder};
use lodger_bundle::{Bundle, Digest};
use lodger_server::repository::Sizes;
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// Of one entry of a ZIP file, without its name: local header and central directory.
const ENTRY: u64 = 30 + 46;
/// Of its end.
const END: u64 = 22;

/// `sizes` are those of `new`, published right after `old`; `archive` is the ZIP of the project that `new` was built of.
pub fn measure(old: &Bundle, new: &Bundle, sizes: &Sizes, archive: &Archive) -> Outcome<Value> {
    let (.., patch) = sizes.patches.first().ok_or("there is no patch")?;
    let stream: u64 = new.index.packages.iter().map(|package| package.stream_length).sum();
    Ok(json!({
        "stream": stream, "full": sizes.full, "patch": patch, "bsdiff": bsdiff(old, new)?,
        "zip": sizes.zip, "project_zip": archive.bytes(),
    }))
}

/// The patch that Debian's `bsdiff` makes of the same streams.
fn bsdiff(old: &Bundle, new: &Bundle) -> Outcome<u64> {
    let folder = tempfile::tempdir()?;
    let (from, to, patch) =
        (folder.path().join("from"), folder.path().join("to"), folder.path().join("patch"));
    fs::write(&from, stream(old))?;
    fs::write(&to, stream(new))?;
    let status = Command::new("bsdiff").args([&from, &to, &patch]).status()?;
    if !status.success() {
        return Err(format!("bsdiff failed ({status})").into());
    }
    Ok(fs::metadata(patch)?.len())
}

/// All files in index order, one after the other.
pub fn stream(bundle: &Bundle) -> Vec<u8> {
    bundle.index.files().flat_map(|file| &bundle.blobs[&file.digest]).copied().collect()
}

/// What `zip -9` makes of files, but for its extra fields.
pub struct Archive {
    pub entries: Vec<Entry>,
}

/// A deflated file.
pub struct Entry {
    pub path: PathBuf,
    pub deflated: Vec<u8>,
    pub length: usize,
    pub digest: Digest,
}

impl Archive {
    /// The files of a bundle.
    pub fn of_bundle(bundle: &Bundle) -> Outcome<Self> {
        let files = bundle.index.files();
        let entries = files.map(|file| Entry::new(file.path.as_str().into(), &bundle.blobs[&file.digest]));
        Ok(Self { entries: entries.collect::<Outcome<_>>()? })
    }

    /// The files of a project: what platforms ship that compile on the device or not at all.
    pub fn of_project(project: &Path) -> Outcome<Self> {
        let (mut entries, mut folders) = (Vec::new(), vec![project.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.to_string_lossy();
                if path.is_dir() {
                    folders.push(path);
                } else if ![".d.ts", ".md", ".map"].iter().any(|end| name.ends_with(end)) {
                    entries.push(Entry::new(path.strip_prefix(project)?.into(), &fs::read(&path)?)?);
                }
            }
        }
        Ok(Self { entries })
    }

    fn bytes(&self) -> u64 {
        let size = |entry: &Entry| {
            let name = entry.path.as_os_str().len();
            ENTRY + (2 * name + entry.deflated.len().min(entry.length)) as u64
        };
        END + self.entries.iter().map(size).sum::<u64>()
    }
}

impl Entry {
    fn new(path: PathBuf, bytes: &[u8]) -> Outcome<Self> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes)?;
        Ok(Self { path, deflated: encoder.finish()?, length: bytes.len(), digest: Digest::of(bytes) })
    }
}
