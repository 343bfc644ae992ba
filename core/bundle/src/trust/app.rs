//! The lower level: one program's repository, under the root that the platform vouches for.
use super::{
    AppEntry, Channel, TrustError,
    documents::{self, Floor, MAX_BYTES},
    evidence::{Progress, Scope},
    level::Level,
    transport::Transport,
};
use crate::{Digest, Limits};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Signs releases; held by the publisher.
const PUBLISHER: &str = "publisher";
/// Says which release whom; held by the server.
const CHANNEL: &str = "channel";
/// The root that was pinned at the first installation, or when the epoch rose.
const PIN: &str = "seed/pin.json";
/// Bytes of a root, as the library has it.
const ROOT_BYTES: u64 = 512_000;

/// The program's part of a check.
pub(super) struct App {
    pub(super) channel: Channel,
    pub(super) floor: Floor,
    pub(super) releases: BTreeMap<u64, Signed>,
    pub(super) progress: Progress,
    pub(super) expires: Timestamp,
    /// The keys of the channel.
    pub(super) keys: String,
    pub(super) level: Level,
}

/// A release that the publisher signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// SHA-256 of its index, which is the bundle's identity.
    pub digest: Digest,
    /// Bytes of its index.
    pub length: u64,
}

impl App {
    pub(super) fn open(
        transport: Transport,
        entry: &AppEntry,
        known: Option<&Scope>,
        channel: &str,
        now: Timestamp,
    ) -> Result<Self, TrustError> {
        let pin = pinned_root(&transport, entry, known)?;
        let mut level = Level::open(transport, &pin, now)?;
        check_root(&level, entry)?;
        let keys = check_delegations(&level, entry)?;
        // The publisher first: without `floor.json` its role is loaded all the same.
        let floor = level.target(PUBLISHER, "floor.json", MAX_BYTES, now)?;
        let base = level.transport().base();
        let floor = floor.map(|bytes| documents::read(base, "floor.json", &bytes)).transpose()?;
        let path = format!("channels/{channel}.json");
        let bytes = level.target(CHANNEL, &path, MAX_BYTES, now)?;
        let bytes = bytes.ok_or_else(|| TrustError::NoRelease { app: entry.app.clone() })?;
        let channel = documents::read(level.transport().base(), &path, &bytes)?;
        let (timestamp, expires) = level.timestamp()?;
        let progress = Progress { epoch: entry.root.epoch, root: level.root_version(), timestamp };
        let (floor, releases) = (floor.unwrap_or_default(), releases(&level)?);
        Ok(Self { channel, floor, releases, progress, expires, keys, level })
    }

    pub(super) fn check_fresh(&self, now: Timestamp) -> Result<(), TrustError> {
        self.level.check_fresh(&[PUBLISHER, CHANNEL], now)
    }
}

/// The root to start from: the pinned one, or for a new program or a new epoch the one that the platform names.
fn pinned_root(
    transport: &Transport,
    entry: &AppEntry,
    known: Option<&Scope>,
) -> Result<Vec<u8>, TrustError> {
    let refused = |reason: &str| TrustError::refused(transport.base(), reason);
    let epoch = known.map_or(0, |scope| scope.progress.epoch);
    if entry.root.epoch < epoch {
        return Err(refused("the platform names a root of an earlier epoch"));
    }
    if entry.root.epoch == epoch
        && let Some(pin) = transport.recall(PIN)
    {
        return Ok(pin);
    }
    let path = format!("metadata/{}.root.json", entry.root.version);
    let missing = || TrustError::Missing { path: format!("{}/{path}", transport.base()) };
    let pin = transport.fetch(&path, ROOT_BYTES)?.ok_or_else(missing)?;
    if Digest::of(&pin) != entry.root.sha256 {
        return Err(refused("its root is not the one that the platform names"));
    }
    transport.keep(PIN, &pin);
    Ok(pin)
}

/// The platform's word about the root must fit the chain from the pinned one: another root needs a higher epoch.
fn check_root(level: &Level, entry: &AppEntry) -> Result<(), TrustError> {
    let named = &entry.root;
    if named.version > level.root_version() {
        return Err(TrustError::Rollback {
            repository: level.transport().base().to_owned(),
            detail: format!("root ({}, and the platform names {})", level.root_version(), named.version),
        });
    }
    let history = format!("seed/root_history/{}.root.json", named.version);
    match level.transport().recall(&history) {
        Some(bytes) if Digest::of(&bytes) != named.sha256 => {
            Err(level.refused("the platform names another root without a higher epoch"))
        }
        // Not there: older than what was pinned, and nothing is taken from it.
        _ => Ok(()),
    }
}

/// Exactly the two roles of repository.md, and the publisher's keys as the platform has them. Gives the channel's.
fn check_delegations(level: &Level, entry: &AppEntry) -> Result<String, TrustError> {
    if level.delegations()?.roles.len() != 2 {
        return Err(level.refused("it delegates to others than publisher and channel"));
    }
    for (name, paths) in [(PUBLISHER, &["floor.json", "releases/*"][..]), (CHANNEL, &["channels/*"][..])] {
        let role = level.delegation(name)?;
        let mut found: Vec<_> = role.paths.iter().flatten().map(String::as_str).collect();
        found.sort_unstable();
        if found != paths || role.path_hash_prefixes.is_some() {
            return Err(level.refused(format!("the delegation to {name} is not for {}", paths.join(", "))));
        }
    }
    let publisher = level.delegation(PUBLISHER)?;
    let keys: BTreeSet<_> = publisher.keyids.iter().cloned().collect();
    if keys != entry.publisher.keyids || publisher.threshold != entry.publisher.threshold {
        return Err(level.refused("the publisher's keys are not those that the platform names"));
    }
    let mut channel = level.delegation(CHANNEL)?.keyids.clone();
    channel.sort_unstable();
    Ok(channel.join(" "))
}

fn releases(level: &Level) -> Result<BTreeMap<u64, Signed>, TrustError> {
    let mut releases = BTreeMap::new();
    for (path, file) in &level.role(PUBLISHER)?.targets {
        let code = path.strip_prefix("releases/").and_then(|name| name.strip_suffix(".json"));
        let Some(code) =
            code.and_then(|text| text.parse::<u64>().ok().filter(|code| code.to_string() == text))
        else {
            continue;
        };
        let digest = level.check_file(path, file, Limits::STRUCTURE.index_bytes as u64)?;
        releases.insert(code, Signed { digest, length: file.length });
    }
    Ok(releases)
}
