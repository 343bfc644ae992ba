//! Warnings about sizes that publishing would refuse (the index's own caps are wider).

use crate::output::bytes;
use lodger_bundle::Index;

/// WeChat's limits, which hosts keep unless they set lower ones.
const PACKAGE: u64 = 2_000_000;
const TOTAL: u64 = 30_000_000;

/// One sentence for each limit that `index` exceeds.
pub fn warnings(index: &Index) -> Vec<String> {
    let mut warnings = Vec::new();
    for package in &index.packages {
        if package.stream_length > PACKAGE {
            warnings.push(format!(
                "package {} holds {}; publishing takes at most {} a package. Move pages or pictures to a subpackage",
                package.name,
                bytes(package.stream_length),
                bytes(PACKAGE)
            ));
        }
    }
    let total = total(index);
    if total > TOTAL {
        warnings.push(format!(
            "the bundle holds {}; publishing takes at most {}",
            bytes(total),
            bytes(TOTAL)
        ));
    }
    warnings
}

/// Bytes of all packages.
pub fn total(index: &Index) -> u64 {
    index.packages.iter().map(|package| package.stream_length).sum()
}
