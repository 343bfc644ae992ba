//! Which release a device opens: one pure function for installing, opening, falling back and presets (DESIGN 6).
#[cfg(test)]
mod tests;

use super::{Channel, ChannelRelease, TrustError};
use ring::digest::{Context, SHA256};
use std::collections::BTreeSet;

/// What no channel can change, as the device's store has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// No release with a lower version code runs.
    pub floor: u64,
    /// Version codes that do not run.
    pub revoked: BTreeSet<u64>,
    /// Version codes that the publisher signed.
    pub signed: BTreeSet<u64>,
}

/// The device that chooses.
#[derive(Clone, Debug, Default)]
pub struct Device<'a> {
    /// The app id.
    pub app: &'a str,
    /// Random, made once; never leaves the device.
    pub install_id: &'a str,
    /// The host's tags for this user.
    pub audience: BTreeSet<String>,
    /// The host's region for this user.
    pub region: Option<String>,
    /// Version codes that are installed.
    pub installed: BTreeSet<u64>,
    /// The one of them that was opened last.
    pub current: Option<u64>,
    /// Version codes that died twice before their first render.
    pub crashed: BTreeSet<u64>,
    /// Nothing can be downloaded: only what is installed counts.
    pub offline: bool,
}

/// Why a release was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The channel lists it for this device.
    Listed,
    /// The channel lists nothing for this device, or nothing that is there, and this one may still run.
    Kept,
    /// The one that should run died twice before its first render.
    Fallback,
}

/// The chosen release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its version code.
    pub version: u64,
    /// Why this one.
    pub reason: Reason,
}

/// Chooses the release that `device` opens.
///
/// # Errors
/// `Revoked` if what would have been opened is withdrawn, else `NoRelease`.
pub fn select(channel: &Channel, store: &Bounds, device: &Device<'_>) -> Result<Choice, TrustError> {
    let withdrawn = |version: u64| withdrawn(channel, store, version);
    let may_run = |version: u64| {
        store.signed.contains(&version)
            && !withdrawn(version)
            && (!device.offline || device.installed.contains(&version))
    };
    let mut listed: Vec<u64> = channel
        .releases
        .iter()
        .filter(|release| matches(release, device) && may_run(release.version))
        .map(|release| release.version)
        .collect();
    listed.sort_unstable_by(|a, b| b.cmp(a));
    let crashed = |version: &u64| device.crashed.contains(version);
    let wanted = listed.first().copied();
    let kept = device.current.filter(|version| may_run(*version));
    if let Some(version) = listed.iter().copied().find(|version| !crashed(version)) {
        let reason = if Some(version) == wanted { Reason::Listed } else { Reason::Fallback };
        // Possibly lower than the current one: that is how an operator rolls back.
        return Ok(Choice { version, reason });
    }
    if let Some(version) = kept.filter(|version| !crashed(version)) {
        let reason = if wanted.is_some() { Reason::Fallback } else { Reason::Kept };
        return Ok(Choice { version, reason });
    }
    let fallback = device.installed.iter().rev().copied();
    if let Some(version) = fallback.filter(|version| may_run(*version)).find(|version| !crashed(version)) {
        return Ok(Choice { version, reason: Reason::Fallback });
    }
    // Nothing better is left than one that died: perhaps it does not again.
    if let Some(version) = wanted.or(kept) {
        return Ok(Choice { version, reason: if wanted.is_some() { Reason::Listed } else { Reason::Kept } });
    }
    let app = device.app.to_owned();
    let would =
        channel.releases.iter().filter(|release| matches(release, device)).map(|release| release.version);
    match would.chain(device.current).filter(|version| withdrawn(*version)).max() {
        Some(version) => Err(TrustError::Revoked { app, version }),
        None => Err(TrustError::NoRelease { app }),
    }
}

/// Whether a release may not run.
pub(super) fn withdrawn(channel: &Channel, store: &Bounds, version: u64) -> bool {
    version < store.floor.max(channel.minimum)
        || store.revoked.contains(&version)
        || channel.revoked.contains(&version)
}

fn matches(release: &ChannelRelease, device: &Device<'_>) -> bool {
    let region = release.regions.is_empty()
        || device.region.as_ref().is_some_and(|region| release.regions.contains(region));
    let audience = release.audience.is_empty() || !release.audience.is_disjoint(&device.audience);
    region && audience && bucket(device.app, &release.salt, device.install_id) < release.share
}

/// The bucket of a device for one release, 0 to 9,999 (repository.md, "Choosing").
#[must_use]
pub fn bucket(app: &str, salt: &str, install_id: &str) -> u16 {
    let mut hash = Context::new(&SHA256);
    for part in [app, "\0", salt, "\0", install_id] {
        hash.update(part.as_bytes());
    }
    let digest = hash.finish();
    let first = digest.as_ref()[..8].try_into().expect("SHA-256 has 32 bytes");
    u16::try_from(u64::from_be_bytes(first) % 10_000).expect("less than 10,000")
}
