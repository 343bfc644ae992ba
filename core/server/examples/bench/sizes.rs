//! Bytes: what devices transfer, and what other ways would.

use super::Outcome;
use lodger_bundle::Bundle;
use lodger_server::repository::Sizes;
use serde_json::{Value, json};
use std::{fs, process::Command};

/// `sizes` are those of `new`, published right after `old`.
pub fn measure(old: &Bundle, new: &Bundle, sizes: &Sizes) -> Outcome<Value> {
    let (.., patch) = sizes.patches.first().ok_or("there is no patch")?;
    let stream: u64 = new.index.packages.iter().map(|package| package.stream_length).sum();
    Ok(json!({ "stream": stream, "zip": sizes.zip, "full": sizes.full, "patch": patch, "bsdiff": bsdiff(old, new)? }))
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
