//! How large the device-side library is, and which crates make it so.

use crate::{
    arguments::Arguments,
    process::{Run, Trouble, root, target_dir, write},
};
use serde_json::json;
use std::{collections::BTreeMap, path::Path};

pub const HELP: &str = "
Builds the device-side library (profile `device`) and prints its size stripped, its size under gzip,
and the crates that hold most of its code. Writes target/size.json. Exit 1 if it is larger than 5.6 MB.

Usage: cargo xtask size [--json]

Example: cargo xtask size
";

const LIBRARY: &str = "liblodger_ffi.so";
/// The script that the engine carries, as it is.
const BASE_LIBRARY: &str = "core/runtime/dist/runtime.js";
const SHOWN: usize = 12;
/// Bytes of the stripped library that nobody goes beyond without a word in core/docs/measurements.md.
const GATE: u64 = 5_600_000;

/// The `size` task.
pub fn task(mut arguments: Arguments) -> Result<(), Trouble> {
    let as_json = arguments.flag("--json");
    arguments.finish()?;
    if !cfg!(target_os = "linux") {
        return Err(Trouble::Missing("size reads ELF files; run it on Linux".into()));
    }
    // Built with symbols, to tell crates apart; the copy is stripped, as the profile would have done.
    Run::cargo()
        .args(["build", "-p", "lodger-ffi", "--lib", "--profile", "device"])
        .args(["--config", "profile.device.strip=\"none\""])
        .status()?;
    let folder = target_dir().join("device");
    let whole = folder.join(LIBRARY);
    let stripped = folder.join("stripped.so");
    let words = ["--strip-all".as_ref(), "-o".as_ref(), stripped.as_os_str(), whole.as_os_str()];
    Run::new("strip").args(words).quiet().status()?;
    let bytes = length(&stripped)?;
    let packed = folder.join("stripped.so.gz");
    let words = ["-k9fn".as_ref(), stripped.as_os_str()];
    Run::new("gzip").args(words).quiet().status()?;
    let gzip_bytes = length(&packed)?;
    let symbols = Run::new("nm")
        .args(["--print-size", "--radix=d", "--defined-only"])
        .args([&whole])
        .quiet()
        .output()?;
    let crates = by_crate(&symbols);
    let base_library = length(&root().join(BASE_LIBRARY))?;

    let rows: Vec<_> = crates.iter().map(|(name, bytes)| json!({"crate": name, "bytes": bytes})).collect();
    let report = json!({"library": "lodger-ffi", "bytes": bytes, "gzip_bytes": gzip_bytes, "base_library_bytes": base_library, "crates": rows});
    write("target/size.json", format!("{report:#}\n"))?;
    if as_json {
        println!("{report:#}");
        return within(bytes);
    }
    println!("lodger-ffi, stripped   {:>9} bytes", bytes);
    println!("lodger-ffi, gzip -9    {:>9} bytes", gzip_bytes);
    println!("of it the base library {base_library:>9} bytes (embedded script)");
    println!("\nlargest, by the symbols of each crate (code and data, before stripping):");
    for (name, bytes) in crates.iter().take(SHOWN) {
        println!("  {name:<24} {bytes:>9}");
    }
    within(bytes)
}

fn within(bytes: u64) -> Result<(), Trouble> {
    if bytes <= GATE {
        return Ok(());
    }
    Err(Trouble::Failed(format!("the library has {bytes} bytes, and may have {GATE}")))
}

fn length(file: &Path) -> Result<u64, Trouble> {
    let found = file.metadata().map_err(|error| Trouble::Failed(format!("{}: {error}", file.display())))?;
    Ok(found.len())
}

/// Sums symbol sizes by crate, largest first. `nm` gives `address size type name`.
fn by_crate(symbols: &str) -> Vec<(String, u64)> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for line in symbols.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        // bss takes no room in the file
        if let [_, size, kind, name] = words[..]
            && !kind.eq_ignore_ascii_case("b")
        {
            *sums.entry(crate_of(name)).or_default() += size.parse::<u64>().unwrap_or(0);
        }
    }
    let mut rows: Vec<_> = sums.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    rows
}

/// The crate in a mangled Rust name (`_ZN<length><crate>…`, or `_R…Cs<hash>_<length><crate>…`, which the standard
/// library has), else where the C code comes from.
fn crate_of(symbol: &str) -> &str {
    if let Some(rest) = symbol.strip_prefix("_ZN") {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let length: usize = rest[..digits].parse().unwrap_or(0);
        let segment = rest.get(digits..digits + length).unwrap_or("(other)");
        // `<T as Trait>::f` is mangled `_$LT$path..to..T…`: the crate is the path's first word.
        let inner =
            segment.trim_start_matches("_$LT$").trim_start_matches("impl$u20$").trim_start_matches("$RF$");
        let end = inner.find(['.', '$']).unwrap_or(inner.len());
        return if end == 0 || inner.len() < 2 { "(other)" } else { &inner[..end] };
    }
    if let Some(rest) = symbol.strip_prefix("_R") {
        return crate_of_v0(rest).unwrap_or("(other)");
    }
    if symbol.starts_with("sqlite3") {
        "sqlite (C)"
    } else if symbol.starts_with("ring_core") {
        "ring (C)"
    } else if symbol.starts_with("uniffi_") || symbol.starts_with("ffi_") {
        "lodger_ffi (exported)"
    } else {
        // SQLite's own static functions, but for a little of ring and the C start-up code.
        "(C without a prefix)"
    }
}

/// The first crate root of a v0 name: `Cs`, a hash in base 62, `_`, a length, the name.
fn crate_of_v0(rest: &str) -> Option<&str> {
    rest.match_indices("Cs").find_map(|(at, _)| {
        let (hash, after) = rest[at + 2..].split_once('_')?;
        let digits = after.find(|c: char| !c.is_ascii_digit())?;
        let length: usize = after[..digits].parse().ok()?;
        let plain = !hash.is_empty() && hash.chars().all(|c| c.is_ascii_alphanumeric());
        after.get(digits..digits + length).filter(|_| plain && length > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_crates_apart() {
        assert_eq!(crate_of("_ZN10serde_json2de8from_str17h0E"), "serde_json");
        assert_eq!(crate_of("_ZN53_$LT$core..fmt..Error$u20$as$u20$core..fmt..Debug$GT$3fmt17hE"), "core");
        assert_eq!(crate_of("_RNvNtNtCsjrHSEGnQ3l9_3std9backtrace4read"), "std");
        assert_eq!(crate_of("_RINvNtCsduwmD7cSIQq_5gimli4line5parseECsjrHSEGnQ3l9_3std"), "gimli");
        assert_eq!(crate_of("_R"), "(other)");
        assert_eq!(crate_of("sqlite3_step"), "sqlite (C)");
        assert_eq!(crate_of("_ZN9"), "(other)");
    }

    #[test]
    fn sums_and_sorts() {
        let rows =
            by_crate("00 10 T sqlite3_a\n00 5 t _ZN4core3fmt17hE\n00 7 t sqlite3_b\n00 900 b buffer\n");
        assert_eq!(rows, [("sqlite (C)".to_owned(), 17), ("core".to_owned(), 5)]);
    }
}
