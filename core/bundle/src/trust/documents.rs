//! The target files that a device reads besides indexes: core/docs/repository.md, "Target files".
use super::TrustError;
use crate::{Digest, canonical};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use std::{collections::BTreeSet, time::SystemTime};

/// Bytes of any of these files.
pub(super) const MAX_BYTES: u64 = 256 << 10;

/// `apps/<id>.json`: what the reviewer says of a program.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AppEntry {
    /// The app id.
    pub app: String,
    /// Name to show.
    pub name: String,
    /// Who answers for it; to show.
    pub owner: String,
    /// Digest of the icon.
    #[serde(deserialize_with = "optional_digest")]
    pub icon: Option<Digest>,
    /// The root of the app's own repository.
    pub root: AppRoot,
    /// The publisher's keys, as the app's repository must name them too.
    pub publisher: Keys,
    /// No release with a lower version code may run.
    pub floor: u64,
    /// Version codes that may not run.
    pub revoked: BTreeSet<u64>,
    /// What the program may ask for at most; `None`: whatever the host allows.
    #[serde(deserialize_with = "Option::deserialize")] // null may stand here, nothing may not
    pub capabilities: Option<Vec<String>>,
    /// Where its review stands.
    pub review: Review,
    /// Age rating, in years.
    pub age: u8,
}

/// The root of an app's repository that the platform vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AppRoot {
    /// Version of the root.
    pub version: u64,
    /// Digest of that version's bytes.
    #[serde(deserialize_with = "digest")]
    pub sha256: Digest,
    /// Higher than before: all keys were lost, and this root does not follow from the earlier one.
    pub epoch: u64,
}

/// Keys and how many of them must sign.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Keys {
    /// TUF key ids.
    pub keyids: BTreeSet<String>,
    /// How many.
    pub threshold: usize,
}

/// The state of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Review {
    /// May run.
    Approved,
    /// Not yet.
    Pending,
    /// No more.
    Stopped,
}

/// `floor.json`: what the publisher says of its own releases.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Floor {
    pub(super) floor: u64,
    pub(super) revoked: BTreeSet<u64>,
}

/// `channels/<name>.json`: which release whom.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Channel {
    /// When the server signed it; the device's clock counts as wrong while it is behind this.
    #[serde(deserialize_with = "time")]
    pub issued: SystemTime,
    /// When an update takes effect.
    pub policy: Policy,
    /// Lower version codes do not open while the channel says so.
    pub minimum: u64,
    /// Version codes that do not open while the channel says so.
    pub revoked: BTreeSet<u64>,
    /// What is offered.
    pub releases: Vec<ChannelRelease>,
}

/// When an update takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Opens what is stored and updates behind it.
    Background,
    /// As background; taken at the next launch.
    NextLaunch,
    /// Waits for the update.
    Forced,
}

/// One release of a channel.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ChannelRelease {
    /// Version code.
    pub version: u64,
    /// Of the devices, in ten-thousandths; 10,000 is all.
    pub share: u16,
    /// Tags of which the device has one; empty: everybody. A hint, not access control.
    pub audience: BTreeSet<String>,
    /// Regions; empty: everywhere.
    pub regions: BTreeSet<String>,
    /// Makes the choice of devices independent of other releases.
    pub salt: String,
}

/// Reads signed bytes strictly: canonical JSON, no key twice, no field missing.
pub(super) fn read<T: DeserializeOwned>(repository: &str, path: &str, bytes: &[u8]) -> Result<T, TrustError> {
    let refuse = |reason: String| TrustError::refused(repository, format!("{path}: {reason}"));
    let value = canonical::read(bytes).map_err(|error| refuse(error.to_string()))?;
    serde_json::from_value(value).map_err(|error| refuse(error.to_string()))
}

fn digest<'de, D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
    let text = String::deserialize(from)?;
    Digest::from_hex(&text).ok_or_else(|| D::Error::custom("a digest is 64 lower-case hex digits"))
}

fn optional_digest<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Digest>, D::Error> {
    #[derive(Deserialize)]
    struct Hex(#[serde(deserialize_with = "digest")] Digest);
    Ok(Option::<Hex>::deserialize(from)?.map(|hex| hex.0))
}

/// RFC 3339.
fn time<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
    let text = String::deserialize(from)?;
    text.parse::<jiff::Timestamp>().map(SystemTime::from).map_err(D::Error::custom)
}
