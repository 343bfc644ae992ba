//! Publishes a release: streams and patches, the index as a target, and an offer in a channel.

use super::{
    Batch, Channel, FULL_SHARE, Floor, Offer, Repository, RepositoryError,
    app::CHANNELS,
    edit::Edit,
    metadata::{Metadata, State},
    sign,
    transfer::{self, Sizes},
};
use crate::keys::{Holder, KeyRing};
use lodger_bundle::{Bundle, Index, Limits, Version, oversize};
use std::collections::{HashMap, HashSet};
use tough::{TargetName, schema::Target};

/// From how many releases back there are patches.
const PATCHED: usize = 5;

/// A release to be published.
#[derive(Clone, Debug)]
pub struct Publish<'a> {
    /// The built program, with its version.
    pub bundle: &'a Bundle,
    /// `release` or `trial`.
    pub channel: &'a str,
    /// Share of devices, in ten-thousandths.
    pub share: u32,
}

/// What publishing came to.
#[derive(Debug)]
pub struct Published {
    /// To be committed.
    pub batch: Batch,
    /// What devices transfer.
    pub sizes: Sizes,
}

impl Repository {
    /// The indexes of all releases of a program, lowest version first.
    ///
    /// # Errors
    /// `NotFound`, `Untrusted`, `Storage`.
    pub fn releases(&self, app: &str) -> Result<Vec<Index>, RepositoryError> {
        self.record(app)?;
        let metadata = Metadata::app(&self.storage, app);
        let role = metadata.role(&metadata.state()?, "publisher")?;
        let mut releases = Vec::new();
        for name in role.signed.targets.keys().map(TargetName::raw) {
            if !name.starts_with("releases/") {
                continue;
            }
            let bytes = metadata.target(&role.signed, name)?.unwrap_or_default();
            let index = Index::parse(&bytes).map_err(|error| {
                RepositoryError::untrusted(&format!("apps/{app}: {name}"), error.to_string())
            })?;
            if index.app != app || release_name(index.version.code) != name {
                let what = "is the index of another program or version";
                return Err(RepositoryError::untrusted(&format!("apps/{app}: {name}"), what));
            }
            releases.push(index);
        }
        releases.sort_by_key(|index| index.version.code);
        Ok(releases)
    }

    /// Puts a release together.
    ///
    /// # Errors
    /// `Refused` if the version is not higher than every published one; if the bundle is too large or lists
    /// no domains; if there is no such channel. `NotFound`, `Keys`, `Untrusted`, `Compression`, `Storage`.
    pub fn publish(&self, ring: &KeyRing, publish: &Publish<'_>) -> Result<Published, RepositoryError> {
        let index = &publish.bundle.index;
        let releases = self.releases(&index.app)?;
        let metadata = Metadata::app(&self.storage, &index.app);
        let state = metadata.state()?;
        check(index, &releases, publish)?;
        let published = self.published(ring.folder(), &index.app)?;
        if index.version.code <= published {
            return Err(RepositoryError::Refused(format!(
                "version code {} of {} was published before, up to {published}, though the repository does not know; give a higher one",
                index.version.code, index.app
            )));
        }

        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
        let sizes = self.add_transfers(&mut edit, &metadata, publish.bundle, &releases)?;
        let code = index.version.code;
        let mut targets = metadata.role(&state, "publisher")?.signed.targets;
        let (name, entry) = edit.target(&release_name(code), publish.bundle.index_bytes.clone())?;
        targets.insert(name, entry);
        edit.role("publisher", Holder::Publisher, targets, None)?;
        let offer = Offer {
            version: code,
            share: publish.share,
            audience: Vec::new(),
            regions: Vec::new(),
            salt: salt()?,
        };
        self.write_channel(&mut edit, &metadata, &state, publish.channel, |channel| {
            channel.releases.push(offer);
            Ok(())
        })?;
        let mut batch = edit.finish()?;
        batch.note(&metadata.prefix, |signed| signed.published = code);
        Ok(Published { batch, sizes })
    }

    /// Streams and patches that are not there yet, and what all of them weigh.
    fn add_transfers(
        &self,
        edit: &mut Edit<'_>,
        metadata: &Metadata<'_>,
        bundle: &Bundle,
        releases: &[Index],
    ) -> Result<Sizes, RepositoryError> {
        let bases: Vec<&Index> = releases.iter().rev().take(PATCHED).collect();
        let mut patches: Vec<_> =
            bases.iter().map(|base| (base.version.code, base.version.name.clone(), 0)).collect();
        let mut full = 0;
        let mut added = HashSet::new();
        for package in &bundle.index.packages {
            let stream = transfer::stream(bundle, package);
            let compressed = transfer::compress(&stream)?;
            let whole = compressed.len() as u64;
            full += whole;
            let name = format!("s/{}.zst", package.stream_digest.to_hex());
            if added.insert(name.clone()) && !metadata.storage.has(&format!("{}/{name}", metadata.prefix))? {
                edit.transfer(&name, compressed);
            }
            for (base, (.., sum)) in bases.iter().zip(&mut patches) {
                let Some(old) = base.packages.iter().find(|old| old.name == package.name) else {
                    *sum += whole;
                    continue;
                };
                if old.stream_digest == package.stream_digest {
                    continue;
                }
                let name = format!("p/{}-{}.zst", old.stream_digest.to_hex(), package.stream_digest.to_hex());
                let from = read_stream(metadata, old)?;
                let patch = transfer::patch(&from, &stream)?;
                *sum += whole.min(patch.len() as u64);
                // One that saves nothing is left out: devices then ask for the whole.
                if (patch.len() as u64) < whole && added.insert(name.clone()) {
                    edit.transfer(&name, patch);
                }
            }
        }
        Ok(Sizes { full, zip: transfer::zipped(bundle)?, patches })
    }

    /// Changes a channel and signs the role anew; the other channels stay.
    pub(super) fn write_channel(
        &self,
        edit: &mut Edit<'_>,
        metadata: &Metadata<'_>,
        state: &State,
        channel: &str,
        change: impl FnOnce(&mut Channel) -> Result<(), RepositoryError>,
    ) -> Result<(), RepositoryError> {
        let role = metadata.role(state, "channel")?.signed;
        let (name, mut form) = read_channel(metadata, &role, channel)?;
        change(&mut form)?;
        form.issued = self.now.to_string();
        tidy(&mut form);
        let mut targets: HashMap<TargetName, Target> = role.targets;
        let (name, entry) = edit.target(&name, sign::json(&form)?)?;
        targets.insert(name, entry);
        edit.role("channel", Holder::Server, targets, None)
    }
}

/// The name of a release's index among the targets.
pub(super) fn release_name(code: u64) -> String {
    format!("releases/{code}.json")
}

/// A channel, with its target name.
pub(super) fn read_channel(
    metadata: &Metadata<'_>,
    role: &tough::schema::Targets,
    channel: &str,
) -> Result<(String, Channel), RepositoryError> {
    if !CHANNELS.contains(&channel) {
        let what = format!("there is no channel {channel}; the channels are {}", CHANNELS.join(" and "));
        return Err(RepositoryError::Refused(what));
    }
    let name = format!("channels/{channel}.json");
    let missing = || RepositoryError::untrusted(&metadata.prefix, format!("has no {name}"));
    let form = metadata.form(role, &name)?.ok_or_else(missing)?;
    Ok((name, form))
}

/// A stream that was published before.
pub(super) fn read_stream(
    metadata: &Metadata<'_>,
    package: &lodger_bundle::Package,
) -> Result<Vec<u8>, RepositoryError> {
    let path = format!("{}/s/{}.zst", metadata.prefix, package.stream_digest.to_hex());
    let bytes = metadata.storage.need(&path)?;
    transfer::restore(&bytes, &[], package.stream_length, package.stream_digest)
        .ok_or_else(|| RepositoryError::untrusted(&path, "does not give the stream that it is named after"))
}

fn check(index: &Index, releases: &[Index], publish: &Publish<'_>) -> Result<(), RepositoryError> {
    if publish.share > FULL_SHARE {
        let what = format!("a share of {} is more than all; give 0 to 100 percent", publish.share);
        return Err(RepositoryError::Refused(what));
    }
    publishable(index, releases)
}

/// The rules that a release has to follow, after those that are published (lowest first).
pub(super) fn publishable(index: &Index, releases: &[Index]) -> Result<(), RepositoryError> {
    let Version { name, code } = &index.version;
    let refuse = |what: String| Err(RepositoryError::Refused(what));
    if let Some(highest) = releases.last().map(|index| &index.version) {
        if *code <= highest.code {
            return refuse(format!(
                "version {name} ({code}) is not higher than {} ({}), which is published; raise version.code in lodger.json, or give --version",
                highest.name, highest.code
            ));
        }
        if releases.iter().any(|index| index.version.name == *name) {
            return refuse(format!("a version named {name} is published already; give it another name"));
        }
    }
    if *code == 0 {
        return refuse("version code 0 stands for no version; give 1 or more".into());
    }
    if index.domains.request.is_none() {
        return refuse(
            "the program lists no domains, so devices could not know which servers it may reach; write \"domains\": {\"request\": [...]} into lodger.json (`lodger check` lists the hosts it saw)".into(),
        );
    }
    match oversize(index, &Limits::RELEASE).first() {
        Some(excess) => {
            refuse(format!("too large to publish: {excess}. Move pages or pictures to a subpackage"))
        }
        None => Ok(()),
    }
}

/// Highest first; and nothing below a release that everybody gets, which no device could come to.
pub(super) fn tidy(channel: &mut Channel) {
    channel.releases.sort_by_key(|offer| std::cmp::Reverse(offer.version));
    channel.releases.dedup_by_key(|offer| offer.version);
    let reachable = channel.releases.iter().position(|offer| {
        offer.is_for_all() && offer.version >= channel.minimum && !channel.revoked.contains(&offer.version)
    });
    channel.releases.truncate(reachable.map_or(usize::MAX, |last| last + 1));
}

/// 64 random bits.
pub(super) fn salt() -> Result<String, RepositoryError> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| RepositoryError::Encoding("no random numbers".into()))?;
    Ok(super::hex(&bytes))
}

/// What the publisher says about old versions.
pub(super) fn read_floor(metadata: &Metadata<'_>, state: &State) -> Result<Floor, RepositoryError> {
    let role = metadata.role(state, "publisher")?;
    let missing = || RepositoryError::untrusted(&metadata.prefix, "has no floor.json");
    metadata.form(&role.signed, "floor.json")?.ok_or_else(missing)
}
