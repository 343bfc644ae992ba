//! Where releases come from: what a host says of its repository, and the two ways to read it.
//!
//! - `http`: over the host's `PlatformHttp`, with time-outs, retries and bounds (core/docs/repository.md, "Reading").
//! - `preset`: files that the host app ships.
//!
//! Neither is believed: what they give is verified by `lodger_bundle::trust`.
mod http;
mod preset;
mod retry;

pub(crate) use http::{Cancel, RepositoryFetch};
pub(crate) use preset::PresetFetch;

use lodger_bundle::trust::AnyRoot;
use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

/// A repository's files shipped inside the host app, as `lodger repo export` writes them. Opened programs come from
/// there without a network on first use; the rules are those of an offline open.
pub trait Preset: Send + Sync {
    /// The file at `path` (`platform/metadata/timestamp.json`), or `None`. May block on the disk; any thread.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
}

/// A release repository, and what this device is to it.
#[derive(Clone)]
pub struct Repository {
    /// `https://…`, or whatever the host's `PlatformHttp` understands. File names are appended after a slash.
    pub address: String,
    /// What the host ships. A development root turns on `Development`.
    pub root: AnyRoot,
    /// `release` or `trial`.
    pub channel: String,
    /// Chooses the bucket of gray releases, and never leaves the device. `None`: made once, and stored.
    pub install_id: Option<String>,
    /// The host's tags for this user: a hint for the choice of a release, no access control.
    pub audience: BTreeSet<String>,
    /// The host's region for this user.
    pub region: Option<String>,
    /// How long a program opens offline after its metadata expired, beyond 7 days; together 30 at most.
    pub grace: Duration,
    /// The repository is asked again when the last check is as old as this. Zero: at every open.
    pub check_after: Duration,
    /// How long an open waits for the repository if it could open what is stored. The check then goes on behind it.
    pub patience: Duration,
    /// Bundles shipped inside the host app.
    pub preset: Option<Arc<dyn Preset>>,
}

impl Repository {
    /// Channel `release`, an install id of its own, no tags, no grace of the host's, a check every four hours that an
    /// open waits for 3 seconds at most, no preset.
    pub fn new(address: &str, root: impl Into<AnyRoot>) -> Self {
        Self {
            address: address.trim_end_matches('/').to_owned(),
            root: root.into(),
            channel: "release".to_owned(),
            install_id: None,
            audience: BTreeSet::new(),
            region: None,
            grace: Duration::ZERO,
            check_after: Duration::from_secs(4 * 60 * 60),
            patience: Duration::from_secs(3),
            preset: None,
        }
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the address: it may hold a token of the operator's.
        f.debug_struct("Repository")
            .field("channel", &self.channel)
            .field("check_after", &self.check_after)
            .field("grace", &self.grace)
            .field("preset", &self.preset.is_some())
            .finish_non_exhaustive()
    }
}
