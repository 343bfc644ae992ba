//! Unpacks a transfer file within bounds: a stream, whole or as a patch from another one (zstd, RFC 8878).
use crate::{Digest, FileEntry, Package};
use std::ops::RangeInclusive;
use zstd_safe::{DCtx, find_frame_compressed_size, get_frame_content_size};

/// What a compressed stream may have more than the stream itself.
const SLACK: u64 = 64 * 1024;
/// Of the window log: zstd's least, and 8 MiB.
const WINDOW: RangeInclusive<u32> = 10..=23;
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

const LENGTH: &str = "unpacks to another length than was signed";

/// The stream, or why it is refused.
pub type Unpacked = Result<Vec<u8>, &'static str>;

/// Bytes that the file of a stream of `length` may have.
pub(super) fn limit(length: u64) -> u64 {
    length.saturating_add(SLACK)
}

/// Whether these bytes are a file from its beginning to its end.
pub(super) fn is_whole(file: &[u8]) -> bool {
    find_frame_compressed_size(file).is_ok_and(|size| size == file.len())
}

/// Unpacks `file`: a patch from the stream `from`, or a whole stream if that is empty. The result is the stream of
/// `package`, every blob of it hashed. Memory: these bytes, and some 200 KB.
///
/// # Errors
/// What is wrong with the file.
pub fn unpack(file: &[u8], from: &[u8], package: &Package) -> Unpacked {
    let length = package.stream_length;
    if file.len() as u64 > limit(length) {
        return Err("is longer than it may be");
    }
    if !is_whole(file) {
        return Err("is broken off, or not compressed as it must be");
    }
    if window(file).is_none_or(|window| window > most_window(from.len() as u64, length)) {
        return Err("asks for more memory than it may");
    }
    // A frame may leave its length out.
    if get_frame_content_size(file).is_ok_and(|said| said.is_some_and(|said| said != length)) {
        return Err(LENGTH);
    }
    let capacity = usize::try_from(length).map_err(|_| "does not fit into this device's memory")?;
    let mut stream = Vec::with_capacity(capacity);
    let mut context = DCtx::create();
    // In one call, into a buffer of the stream's length: nothing can come out beyond it.
    let unpacked = context.ref_prefix(from).and_then(|_| context.decompress(&mut stream, file));
    if unpacked.is_err() {
        return Err("cannot be unpacked");
    }
    if stream.len() as u64 != length {
        return Err(LENGTH);
    }
    // Not the stream's own digest, which would hash every byte twice: the signed lengths and digests of the blobs, in
    // their order, leave no other stream, and it is blobs that the store keeps and programs share (ADR 0010).
    match blobs(&stream, package).map(|cut| cut.iter().all(|(digest, blob)| Digest::of(blob) == **digest)) {
        Some(true) => Ok(stream),
        Some(false) => Err("does not give the blobs that were signed"),
        None => Err(LENGTH),
    }
}

/// A stream cut into its blobs; `None` if they have another length together.
pub(super) fn blobs<'a>(stream: &'a [u8], package: &'a Package) -> Option<Vec<(&'a Digest, &'a [u8])>> {
    let mut rest = stream;
    let cut = |file: &'a FileEntry| {
        let (blob, after) = rest.split_at_checked(usize::try_from(file.length).ok()?)?;
        rest = after;
        Some((&file.digest, blob))
    };
    let blobs = package.files.iter().map(cut).collect();
    if rest.is_empty() { blobs } else { None }
}

/// ceil(log2(from + to)) within its range, as bytes.
fn most_window(from: u64, to: u64) -> u64 {
    let reach = from.saturating_add(to).checked_next_power_of_two().map_or(u64::BITS, u64::trailing_zeros);
    1 << reach.clamp(*WINDOW.start(), *WINDOW.end())
}

/// Bytes of the window that a frame asks for (RFC 8878, 3.1.1.1). The library checks it only where it would allocate
/// it, which unpacking in one call does not.
fn window(frame: &[u8]) -> Option<u64> {
    let descriptor = *frame.strip_prefix(&MAGIC)?.first()?;
    // "Single segment": no window descriptor, the window is the content.
    if descriptor & 0x20 != 0 {
        return get_frame_content_size(frame).ok()?;
    }
    let window = *frame.get(5)?;
    let base = 1_u64 << (10 + (window >> 3));
    Some(base + base / 8 * u64::from(window & 7))
}
