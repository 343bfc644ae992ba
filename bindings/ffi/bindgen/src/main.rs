//! Writes the Kotlin and Swift bindings of `lodger-ffi`: UniFFI's own generator, pinned to the version we link.

fn main() {
    uniffi::uniffi_bindgen_main();
}
