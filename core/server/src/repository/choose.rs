//! Which release a device would get: the device's own rule, over what is in the repository now.

use super::{Repository, RepositoryError, Review, metadata::Metadata, publish::read_floor};
use lodger_bundle::trust::{Bounds, Channel, Device, select};
use std::collections::BTreeMap;

/// One channel as devices see it.
#[derive(Debug)]
pub struct Chooser {
    app: String,
    stopped: bool,
    channel: Channel,
    bounds: Bounds,
    names: BTreeMap<u64, String>,
}

/// Who asks: a device that has nothing installed yet.
#[derive(Clone, Debug, Default)]
pub struct Asker {
    /// Random, made once by each installation of a host.
    pub install_id: String,
    /// The host's tags for the user.
    pub audience: Vec<String>,
    /// The host's region for the user.
    pub region: Option<String>,
}

impl Repository {
    /// What devices choose from in a channel.
    ///
    /// # Errors
    /// `NotFound`, `Refused` if there is no such channel, `Untrusted`, `Storage`.
    pub fn chooser(&self, app: &str, channel: &str) -> Result<Chooser, RepositoryError> {
        let record = self.record(app)?;
        let metadata = Metadata::app(&self.storage, app);
        let floor = read_floor(&metadata, &metadata.state()?)?;
        let form = self.channels(app)?.remove(channel).ok_or_else(|| {
            RepositoryError::Refused(format!(
                "there is no channel {channel}; the channels are release and trial"
            ))
        })?;
        let read = serde_json::to_value(form).and_then(serde_json::from_value);
        let channel = read.map_err(|error| RepositoryError::Encoding(error.to_string()))?;
        let names: BTreeMap<_, _> =
            self.releases(app)?.into_iter().map(|index| (index.version.code, index.version.name)).collect();
        let bounds = Bounds {
            floor: record.floor.max(floor.floor),
            revoked: record.revoked.iter().chain(&floor.revoked).copied().collect(),
            signed: names.keys().copied().collect(),
        };
        Ok(Chooser {
            app: app.to_owned(),
            stopped: record.review != Review::Approved,
            channel,
            bounds,
            names,
        })
    }
}

impl Chooser {
    /// The version code and name that `asker` gets; `None` if there is nothing for it.
    #[must_use]
    pub fn choose(&self, asker: &Asker) -> Option<(u64, &str)> {
        if self.stopped {
            return None;
        }
        let device = Device {
            app: &self.app,
            install_id: &asker.install_id,
            audience: asker.audience.iter().cloned().collect(),
            region: asker.region.clone(),
            ..Device::default()
        };
        let code = select(&self.channel, &self.bounds, &device).ok()?.version;
        Some((code, self.names.get(&code).map_or("", String::as_str)))
    }
}
