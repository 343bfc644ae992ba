//! Streams and patches: what is transferred to devices, and what it costs against other ways.

use super::RepositoryError;
use flate2::{Compression, write::DeflateEncoder};
use lodger_bundle::{Bundle, Digest, Package};
use serde::Serialize;
use std::io::{Read, Write};
use zstd::stream::{
    raw::{CParameter, DParameter},
    read::Decoder,
    write::Encoder,
};

const LEVEL: i32 = 19;
/// Devices allow no larger window: 8 MiB.
const MOST_WINDOW: u32 = 23;
const LEAST_WINDOW: u32 = 10;
/// What a compressed stream may have more than the stream itself.
const SLACK: u64 = 64 * 1024;

/// Bytes of a release as it goes to devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// All packages, compressed.
    pub full: u64,
    /// All files as `zip -9` would pack them.
    pub zip: u64,
    /// From each of the last five releases, newest first: version code, name, and bytes of its patches. A package that has no
    /// patch counts whole, one that did not change counts nothing.
    pub patches: Vec<(u64, String, u64)>,
}

/// ceil(log2(from + to)), within what zstd takes and devices allow.
fn window(bytes: usize) -> u32 {
    let log = bytes.next_power_of_two().trailing_zeros();
    log.clamp(LEAST_WINDOW, MOST_WINDOW)
}

/// The package's stream: its blobs in index order.
pub(super) fn stream(bundle: &Bundle, package: &Package) -> Vec<u8> {
    package.files.iter().flat_map(|file| &bundle.blobs[&file.digest]).copied().collect()
}

/// `s/<stream>.zst`.
pub(super) fn compress(stream: &[u8]) -> Result<Vec<u8>, RepositoryError> {
    compress_at(LEVEL, stream)
}

/// `s/<stream>.zst` for a stream that goes no further than this machine: larger, and soon done.
pub(super) fn compress_quickly(stream: &[u8]) -> Result<Vec<u8>, RepositoryError> {
    compress_at(1, stream)
}

fn compress_at(level: i32, stream: &[u8]) -> Result<Vec<u8>, RepositoryError> {
    finish(Encoder::new(Vec::new(), level).map_err(RepositoryError::Compression)?, stream, stream.len())
}

/// `p/<from>-<to>.zst`.
pub(super) fn patch(from: &[u8], to: &[u8]) -> Result<Vec<u8>, RepositoryError> {
    let encoder = Encoder::with_ref_prefix(Vec::new(), LEVEL, from).map_err(RepositoryError::Compression)?;
    finish(encoder, to, from.len() + to.len())
}

fn finish(mut encoder: Encoder<'_, Vec<u8>>, bytes: &[u8], reach: usize) -> Result<Vec<u8>, RepositoryError> {
    let write = |encoder: &mut Encoder<'_, Vec<u8>>| {
        encoder.set_parameter(CParameter::EnableLongDistanceMatching(true))?;
        encoder.set_parameter(CParameter::WindowLog(window(reach)))?;
        encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
        encoder.write_all(bytes)
    };
    write(&mut encoder).and_then(|()| encoder.finish()).map_err(RepositoryError::Compression)
}

/// Undoes either, within a device's bounds; `None` if the bytes break them or are not `digest`.
pub(super) fn restore(compressed: &[u8], from: &[u8], length: u64, digest: Digest) -> Option<Vec<u8>> {
    if compressed.len() as u64 > length + SLACK {
        return None;
    }
    let mut decoder = Decoder::with_ref_prefix(compressed, from).ok()?;
    decoder
        .set_parameter(DParameter::WindowLogMax(window(from.len() + usize::try_from(length).ok()?)))
        .ok()?;
    let mut bytes = Vec::new();
    decoder.take(length + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length && Digest::of(&bytes) == digest).then_some(bytes)
}

/// Bytes of the archive that `zip -9` makes of the bundle's files: local headers, deflated data, central
/// directory. Its extra fields (times, owners) are left out, which favours zip.
pub(super) fn zipped(bundle: &Bundle) -> Result<u64, RepositoryError> {
    const LOCAL: u64 = 30;
    const CENTRAL: u64 = 46;
    const END: u64 = 22;
    bundle.index.files().try_fold(END, |sum, file| {
        let bytes = &bundle.blobs[&file.digest];
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
        let deflated = written.map_err(RepositoryError::Compression)?.len().min(bytes.len());
        Ok(sum + LOCAL + CENTRAL + 2 * file.path.len() as u64 + deflated as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_reach_both_streams_and_no_further_than_devices_allow() {
        for (bytes, log) in
            [(0, 10), (1024, 10), (1025, 11), (1 << 22, 22), ((1 << 22) + 1, 23), (1 << 25, 23)]
        {
            assert_eq!(window(bytes), log, "{bytes}");
        }
    }

    #[test]
    fn a_patch_gives_the_stream_back_and_is_small() {
        let from: Vec<u8> =
            (0..100_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let mut to = from.clone();
        to[200_000..200_010].copy_from_slice(b"0123456789");
        let (length, digest) = (to.len() as u64, Digest::of(&to));
        let patched = patch(&from, &to).unwrap();
        assert!(patched.len() < 1_000, "{}", patched.len());
        let whole = compress(&to).unwrap();
        let restored = |bytes: &[u8], from: &[u8], length| restore(bytes, from, length, digest);
        assert!(restored(&patched, &from, length).as_ref() == Some(&to));
        assert!(restored(&whole, &[], length).as_ref() == Some(&to));
        assert!(restored(&patched, &vec![0; from.len()], length).is_none(), "from another stream");
        assert!(restored(&whole, &[], length - 1).is_none(), "longer than it says");
        assert!(restored(&whole, &[], length + 1).is_none(), "shorter than it says");
        assert!(restored(&patched[..patched.len() - 1], &from, length).is_none(), "truncated");
    }

    #[test]
    fn empty_streams_pass() {
        assert_eq!(restore(&compress(&[]).unwrap(), &[], 0, Digest::of(b"")), Some(Vec::new()));
        assert_eq!(restore(&patch(b"abc", b"").unwrap(), b"abc", 0, Digest::of(b"")), Some(Vec::new()));
    }
}
