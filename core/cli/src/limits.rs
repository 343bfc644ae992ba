//! Warnings about sizes that publishing would refuse.

use lodger_bundle::{Index, Limits, oversize};

/// One sentence for each limit of a release that `index` exceeds.
pub fn warnings(index: &Index) -> Vec<String> {
    let excesses = oversize(index, &Limits::RELEASE).into_iter();
    excesses
        .map(|excess| format!("too large to publish: {excess}. Move pages or pictures to a subpackage"))
        .collect()
}

/// Bytes of all packages.
pub fn total(index: &Index) -> u64 {
    index.packages.iter().map(|package| package.stream_length).sum()
}
