//! Any bytes: the index reader refuses them, or they are what it would write. `tests/index.rs` makes the
//! same check with random and with these seeds' bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(index) = lodger_bundle::Index::parse(bytes) {
        assert_eq!(index.to_bytes(), bytes);
        for file in index.files() {
            assert_eq!(index.file(&file.path), Some(file));
        }
    }
});
