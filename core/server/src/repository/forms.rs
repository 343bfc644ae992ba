//! What target files hold: the forms of `core/docs/repository.md`. Unknown fields are ignored, missing ones refused.

use crate::keys::Kind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `apps/<id>.json`: what the operator says about a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppRecord {
    /// App id.
    pub app: String,
    /// The name that hosts draw.
    pub name: String,
    /// Who answers for it; may be empty.
    pub owner: String,
    /// SHA-256 of the picture, in hex.
    #[serde(deserialize_with = "there")]
    pub icon: Option<String>,
    /// The program's own root of trust.
    pub root: Root,
    /// Who may publish: the same keys as in the program's own targets.
    pub publisher: Publisher,
    /// Lowest version code that may run; only rises.
    pub floor: u64,
    /// Version codes that may not run; only grows.
    pub revoked: Vec<u64>,
    /// Ceiling of what the program may ask for; `None` leaves it to the host.
    #[serde(deserialize_with = "there")]
    pub capabilities: Option<Vec<String>>,
    /// Where its review stands.
    pub review: Review,
    /// Age rating in years.
    pub age: u32,
}

/// Which root metadata starts a program's chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Root {
    /// Version of the root file.
    pub version: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Rises when a lost chain is started again; devices then let go of the old one.
    pub epoch: u64,
}

/// Keys that publish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publisher {
    /// TUF key ids, in hex.
    pub keyids: Vec<String>,
    /// How many must sign.
    pub threshold: u64,
}

/// Where a program's review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Review {
    /// May run.
    Approved,
    /// Not looked at yet.
    Pending,
    /// May not run.
    Stopped,
}

/// `floor.json`: what the publisher says about its own old versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Lowest version code that may run; only rises.
    pub floor: u64,
    /// Version codes that may not run; only grows.
    pub revoked: Vec<u64>,
}

/// `channels/<channel>.json`: what the server offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// When it was signed; RFC 3339, UTC, whole seconds. Devices use it as a lower bound of the time.
    pub issued: String,
    /// How a device comes to a newer release.
    pub policy: Policy,
    /// Lowest version code, while this channel key is in use.
    pub minimum: u64,
    /// Version codes that may not run, while this channel key is in use.
    pub revoked: Vec<u64>,
    /// What is offered, highest version first.
    pub releases: Vec<Offer>,
}

/// One release in a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Version code.
    pub version: u64,
    /// Share of devices, in ten-thousandths: 0 to [`FULL_SHARE`].
    pub share: u32,
    /// Tags of which a device must have one; empty matches everybody.
    pub audience: Vec<String>,
    /// Regions of which a device must be in one; empty matches everybody.
    pub regions: Vec<String>,
    /// Makes the buckets of one release independent of another's. Kept while its share rises.
    pub salt: String,
}

/// The share that is everybody, in ten-thousandths.
pub const FULL_SHARE: u32 = 10_000;

impl Offer {
    /// True if every device gets it, whatever its bucket, tags or region.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        self.share >= FULL_SHARE && self.audience.is_empty() && self.regions.is_empty()
    }
}

/// How a device comes to a newer release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Opens what it has, updates behind it.
    #[default]
    Background,
    /// Uses the newer one at the next cold start.
    NextLaunch,
    /// Does not open an older one.
    Forced,
}

/// `trust-root.json`: what a host ships.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrustRoot {
    /// A development root can never be taken for a release root.
    pub kind: Kind,
    /// `root.json` of the platform, any version.
    pub platform: Value,
}

/// Makes `null` something that must be written, unlike serde's own rule for `Option`.
fn there<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}
