//! How large an index and its bundle may be.
use super::{Index, IndexError, Rule};

const MIB: u64 = 1024 * 1024;

/// Caps that the reader applies. A host may lower them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the index itself.
    pub index_bytes: usize,
    /// Packages in all.
    pub packages: usize,
    /// Files in all.
    pub files: usize,
    /// Bytes of the blobs of one package.
    pub package_bytes: u64,
    /// Bytes of all packages.
    pub total_bytes: u64,
}

impl Limits {
    /// What a published bundle keeps: 2 MiB a package, 30 MiB and 20,000 files in all.
    pub const RELEASE: Self = Self { package_bytes: 2 * MIB, total_bytes: 30 * MIB, ..Self::STRUCTURE };

    /// What any index keeps, also one that is only run in development: the counts, and 1 GiB in all.
    pub const STRUCTURE: Self = Self {
        index_bytes: 8 * MIB as usize,
        packages: 200,
        files: 20_000,
        package_bytes: 1024 * MIB,
        total_bytes: 1024 * MIB,
    };
}

/// Everything in which `index` exceeds `limits`, one line each: `run` and `smoke` print these for
/// [`Limits::RELEASE`] as warnings, `publish` refuses.
#[must_use]
pub fn oversize(index: &Index, limits: &Limits) -> Vec<String> {
    excesses(index, limits).map(|(_, excess)| excess).collect()
}

pub(super) fn check(index: &Index, limits: &Limits) -> Result<(), IndexError> {
    match excesses(index, limits).next() {
        Some((rule, excess)) => Err(IndexError::new(rule, excess)),
        None => Ok(()),
    }
}

/// The rule and the sentence for each limit that is exceeded.
fn excesses(index: &Index, limits: &Limits) -> impl Iterator<Item = (Rule, String)> {
    // Untrusted numbers: their sum may not fit.
    let sum = |amounts: &mut dyn Iterator<Item = u64>| amounts.fold(0, u64::saturating_add);
    let packages = &index.packages;
    let files = packages.iter().map(|package| package.files.len()).sum::<usize>();
    let bytes = sum(&mut packages.iter().map(|package| package.stream_length));
    let whole = [
        (Rule::PackageCount, packages.len() as u64, "packages", limits.packages as u64),
        (Rule::FileCount, files as u64, "files", limits.files as u64),
        (Rule::TotalSize, bytes, "bytes", limits.total_bytes),
    ]
    .map(|(rule, amount, unit, limit)| (rule, "the bundle", amount, unit, limit));
    let each = packages.iter().map(|package| {
        (Rule::PackageSize, package.name.as_str(), package.stream_length, "bytes", limits.package_bytes)
    });
    whole.into_iter().chain(each).filter(|(_, _, amount, _, limit)| amount > limit).map(
        |(rule, what, amount, unit, limit)| {
            (rule, format!("{what} has {amount} {unit}, the limit is {limit}"))
        },
    )
}
