//! Any bytes as a transfer file, over any base: refused, or exactly the stream that was asked for, within its length.
//! `tests/transfer/whole.rs` makes the same check with altered patches.
#![no_main]

use lodger_bundle::{Digest, FileEntry, Package, unpack};

/// Longest stream that is asked for.
const LONGEST: u64 = 1 << 20;

// Three bytes say how long the stream is, two how long its base; the base follows, then the file.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(([a, b, c, d, e], rest)) = bytes.split_first_chunk() else { return };
    let length = u64::from(u32::from_le_bytes([*a, *b, *c, 0])) % LONGEST;
    let base = usize::from(u16::from_le_bytes([*d, *e])).min(rest.len());
    let (from, file) = rest.split_at(base);
    // With this digest only the empty stream passes.
    let digest = Digest::of(b"");
    let only = FileEntry { path: "a".into(), length, digest, mime: "text/plain".into() };
    let package = Package {
        name: "main".into(),
        root: String::new(),
        independent: false,
        files: vec![only],
        stream_length: length,
        stream_digest: digest,
    };
    if let Ok(stream) = unpack(file, from, &package) {
        assert!(stream.is_empty() && length == 0);
    }
});
