//! How large an index and its bundle may be.
use super::{Index, IndexError, Package, Rule};

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
    excesses(index, limits)
        .map(|excess| format!("{}: {} (limit {})", excess.subject, excess.amount, excess.limit))
        .collect()
}

pub(super) fn check(index: &Index, limits: &Limits) -> Result<(), IndexError> {
    match excesses(index, limits).next() {
        Some(excess) => Err(IndexError::new(
            excess.rule,
            format!("{}: {} (limit {})", excess.subject, excess.amount, excess.limit),
        )),
        None => Ok(()),
    }
}

struct Excess {
    rule: Rule,
    subject: String,
    amount: String,
    limit: u64,
}

fn excesses(index: &Index, limits: &Limits) -> impl Iterator<Item = Excess> {
    let count = |package: &Package| package.files.len();
    let bytes = |package: &Package| package.stream_length;
    let total = |of: &dyn Fn(&Package) -> u64| {
        index.packages.iter().fold(0_u64, |sum, package| sum.saturating_add(of(package)))
    };
    let whole = [
        (Rule::PackageCount, "packages", index.packages.len() as u64, limits.packages as u64),
        (Rule::FileCount, "files", total(&|package| count(package) as u64), limits.files as u64),
        (Rule::TotalSize, "bytes in all", total(&bytes), limits.total_bytes),
    ];
    let packages = index
        .packages
        .iter()
        .map(move |package| (Rule::PackageSize, package.name.as_str(), bytes(package), limits.package_bytes));
    whole.into_iter().chain(packages).filter(|(_, _, amount, limit)| amount > limit).map(
        |(rule, subject, amount, limit)| Excess {
            rule,
            subject: subject.to_owned(),
            amount: amount.to_string(),
            limit,
        },
    )
}
