//! What happens to releases after they are published: shares, roll back, revocation, floors, promotion.

use super::{
    Batch, Channel, FULL_SHARE, Offer, Policy, Repository, RepositoryError,
    app::CHANNELS,
    edit::Edit,
    metadata::Metadata,
    publish::{read_channel, read_floor, salt},
};
use crate::keys::KeyRing;
use lodger_bundle::{Digest, Index};
use serde::Serialize;
use std::collections::BTreeMap;

/// One release and where it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// Version code.
    pub code: u64,
    /// Version name.
    pub name: String,
    /// SHA-256 of its index, in hex.
    pub digest: String,
    /// True if some signed list says that it may not run.
    pub revoked: bool,
    /// True if the platform or the publisher has a higher floor.
    pub below_floor: bool,
    /// The channels that offer it.
    pub offers: BTreeMap<String, Offer>,
}

/// What to change of an offer; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// In ten-thousandths.
    pub share: Option<u32>,
    /// Tags; empty for everybody.
    pub audience: Option<Vec<String>>,
    /// Regions; empty for everybody.
    pub regions: Option<Vec<String>>,
    /// Of the whole channel.
    pub policy: Option<Policy>,
    /// Version code, of the whole channel.
    pub minimum: Option<u64>,
}

impl Repository {
    /// All releases of a program, highest version first.
    ///
    /// # Errors
    /// `NotFound`, `Untrusted`, `Storage`.
    pub fn list(&self, app: &str) -> Result<Vec<Listed>, RepositoryError> {
        let record = self.record(app)?;
        let metadata = Metadata::app(&self.storage, app);
        let state = metadata.state()?;
        let floor = read_floor(&metadata, &state)?;
        let channels = self.channels(app)?;
        let revoked = |code: &u64| {
            let signed = record.revoked.contains(code) || floor.revoked.contains(code);
            signed || channels.values().any(|channel| channel.revoked.contains(code))
        };
        let listed = |index: Index| Listed {
            code: index.version.code,
            name: index.version.name.clone(),
            digest: Digest::of(&index.to_bytes()).to_hex(),
            revoked: revoked(&index.version.code),
            below_floor: index.version.code < record.floor.max(floor.floor),
            offers: channels
                .iter()
                .filter_map(|(name, channel)| {
                    let offer = channel.releases.iter().find(|offer| offer.version == index.version.code);
                    Some((name.clone(), offer?.clone()))
                })
                .collect(),
        };
        Ok(self.releases(app)?.into_iter().rev().map(listed).collect())
    }

    /// The channels of a program, by name.
    ///
    /// # Errors
    /// `NotFound`, `Untrusted`, `Storage`.
    pub fn channels(&self, app: &str) -> Result<BTreeMap<String, Channel>, RepositoryError> {
        let metadata = Metadata::app(&self.storage, app);
        let role = metadata.role(&metadata.state()?, "channel")?;
        let read = |name: &&str| Ok(((*name).to_owned(), read_channel(&metadata, &role.signed, name)?.1));
        CHANNELS.iter().map(read).collect()
    }

    /// The code of a version given by name or code.
    ///
    /// # Errors
    /// `NotFound` with the versions there are; as [`Self::releases`].
    pub fn resolve(&self, app: &str, version: &str) -> Result<u64, RepositoryError> {
        let releases = self.releases(app)?;
        let by_name = releases.iter().find(|index| index.version.name == version);
        let by_code = || releases.iter().find(|index| index.version.code.to_string() == version);
        if let Some(index) = by_name.or_else(by_code) {
            return Ok(index.version.code);
        }
        let all: Vec<_> =
            releases.iter().map(|index| format!("{} ({})", index.version.name, index.version.code)).collect();
        let all = if all.is_empty() {
            "nothing is published yet".into()
        } else {
            format!("there are {}", all.join(", "))
        };
        Err(RepositoryError::NotFound(format!("{app} has no version {version}; {all}")))
    }

    /// Changes how a channel offers a release. A raised share keeps its salt, so who had it keeps it.
    ///
    /// # Errors
    /// `Refused` if the channel does not offer it, or the share is more than all; `Keys`, `Untrusted`, `Storage`.
    pub fn set(
        &self,
        ring: &KeyRing,
        app: &str,
        channel: &str,
        code: u64,
        change: Change,
    ) -> Result<Batch, RepositoryError> {
        if change.share.is_some_and(|share| share > FULL_SHARE) {
            return Err(RepositoryError::Refused("a share is 0 to 100 percent".into()));
        }
        self.change_channel(ring, app, channel, |form| {
            let offer = form.releases.iter_mut().find(|offer| offer.version == code).ok_or_else(|| {
                RepositoryError::Refused(format!(
                    "channel {channel} does not offer version {code}; `lodger release promote` brings it there"
                ))
            })?;
            offer.share = change.share.unwrap_or(offer.share);
            offer.audience = change.audience.unwrap_or_else(|| offer.audience.clone());
            offer.regions = change.regions.unwrap_or_else(|| offer.regions.clone());
            form.policy = change.policy.unwrap_or(form.policy);
            form.minimum = change.minimum.unwrap_or(form.minimum);
            Ok(())
        })
    }

    /// Offers a published release in a channel, to `share` of devices.
    ///
    /// # Errors
    /// `Refused` if it is revoked or below the floor, or offered already; `Keys`, `Untrusted`, `Storage`.
    pub fn promote(
        &self,
        ring: &KeyRing,
        app: &str,
        channel: &str,
        code: u64,
        share: u32,
    ) -> Result<Batch, RepositoryError> {
        let listed = self.list(app)?;
        let found = listed.iter().find(|one| one.code == code);
        if !found.is_some_and(|one| !one.revoked && !one.below_floor) || share > FULL_SHARE {
            let what = format!("version {code} of {app} is not published, revoked, or below the floor");
            return Err(RepositoryError::Refused(what));
        }
        let offer = offer_all(code, share)?;
        self.change_channel(ring, app, channel, |form| {
            if form.releases.iter().any(|offer| offer.version == code) {
                let what = format!(
                    "channel {channel} offers version {code} already; `lodger release set` changes its share"
                );
                return Err(RepositoryError::Refused(what));
            }
            form.releases.push(offer);
            Ok(())
        })
    }

    /// Takes the highest offer out of a channel; the highest release below it that may run is then for everybody.
    /// Answers with the version that was taken out and the one that remains.
    ///
    /// # Errors
    /// `Refused` if there is nothing to go back to; `Keys`, `Untrusted`, `Storage`.
    pub fn rollback(
        &self,
        ring: &KeyRing,
        app: &str,
        channel: &str,
    ) -> Result<(Batch, u64, u64), RepositoryError> {
        let listed = self.list(app)?;
        let offered = |one: &&Listed| one.offers.contains_key(channel);
        let top = listed.iter().find(offered).map(|one| one.code).ok_or_else(|| {
            RepositoryError::Refused(format!(
                "channel {channel} of {app} offers nothing, so there is nothing to roll back"
            ))
        })?;
        let below = listed.iter().find(|one| one.code < top && !one.revoked && !one.below_floor);
        let below = below.map(|one| one.code).ok_or_else(|| {
            RepositoryError::Refused(format!(
                "no release of {app} below version {top} may run; publish a mended one"
            ))
        })?;
        let fresh = offer_all(below, FULL_SHARE)?;
        let batch = self.change_channel(ring, app, channel, |form| {
            form.releases.retain(|offer| offer.version != top);
            if !form.releases.iter().any(Offer::is_for_all) {
                form.releases.retain(|offer| offer.version != below);
                form.releases.push(fresh);
            }
            Ok(())
        })?;
        Ok((batch, top, below))
    }

    fn change_channel(
        &self,
        ring: &KeyRing,
        app: &str,
        channel: &str,
        change: impl FnOnce(&mut Channel) -> Result<(), RepositoryError>,
    ) -> Result<Batch, RepositoryError> {
        self.record(app)?;
        let metadata = Metadata::app(&self.storage, app);
        let state = metadata.state()?;
        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
        self.write_channel(&mut edit, &metadata, &state, channel, change)?;
        edit.finish()
    }
}

fn offer_all(code: u64, share: u32) -> Result<Offer, RepositoryError> {
    Ok(Offer { version: code, share, audience: Vec::new(), regions: Vec::new(), salt: salt()? })
}
