//! Where programs come from, and the release that was opened.

use crate::{LodgerError, callbacks::Foreign, host};
use lodger_engine as engine;
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// A release repository, and what this device is to it.
#[derive(Clone, uniffi::Record)]
pub struct Repository {
    /// `https://…`, without the slash at the end.
    pub address: String,
    /// The bytes of `trust-root.json`. A development root turns on http, loopback and development commands.
    pub trust_root: Vec<u8>,
    /// `release` or `trial`.
    pub channel: String,
    /// Chooses the bucket of gray releases; None: made once, and stored.
    pub install_id: Option<String>,
    /// The host's tags for this user.
    pub audience: Vec<String>,
    /// The host's region for this user.
    pub region: Option<String>,
    /// How long a program opens offline beyond 7 days after its metadata expired; 30 days together at most.
    pub grace_ms: u64,
    /// The repository is asked again when the last check is as old as this.
    pub check_after_ms: u64,
    /// How long an open waits for the repository if it could open what is stored.
    pub patience_ms: u64,
    /// A repository's files that the app ships; None for none.
    pub preset: Option<Arc<dyn host::Preset>>,
}

impl TryFrom<Repository> for engine::Repository {
    type Error = LodgerError;

    fn try_from(repository: Repository) -> Result<Self, LodgerError> {
        let root = engine::AnyRoot::parse(&repository.trust_root).map_err(engine::LodgerError::from)?;
        let preset = repository.preset.map(|preset| Arc::new(Foreign(preset)) as Arc<dyn engine::Preset>);
        Ok(Self {
            channel: repository.channel,
            install_id: repository.install_id,
            audience: BTreeSet::from_iter(repository.audience),
            region: repository.region,
            grace: Duration::from_millis(repository.grace_ms),
            check_after: Duration::from_millis(repository.check_after_ms),
            patience: Duration::from_millis(repository.patience_ms),
            preset,
            ..Self::new(&repository.address, root)
        })
    }
}

/// Where the release of an open came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Source {
    /// It was downloaded for this open.
    Network,
    /// It was installed before.
    Store,
    /// The app ships it.
    Preset,
}

/// Why a release was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Reason {
    /// The channel lists it for this device.
    Listed,
    /// The channel lists nothing that is here, and this one may still run.
    Kept,
    /// The one that should run died twice before its first content.
    Fallback,
}

/// The release that a session runs.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct OpenedRelease {
    /// Version name.
    pub version: String,
    /// Version code.
    pub code: u64,
    /// Hex SHA-256 of its index.
    pub digest: String,
    /// Where it came from.
    pub source: Source,
    /// Why this one.
    pub reason: Reason,
}

impl From<engine::OpenedRelease> for OpenedRelease {
    fn from(release: engine::OpenedRelease) -> Self {
        Self {
            version: release.version.name,
            code: release.version.code,
            digest: release.digest.to_hex(),
            source: match release.source {
                engine::Source::Network => Source::Network,
                engine::Source::Store => Source::Store,
                engine::Source::Preset => Source::Preset,
            },
            reason: match release.reason {
                engine::Reason::Listed => Reason::Listed,
                engine::Reason::Kept => Reason::Kept,
                engine::Reason::Fallback => Reason::Fallback,
            },
        }
    }
}
