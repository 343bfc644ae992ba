//! A program's part of a change: its delegations, its releases and floor, its channels.

use super::{Refusal, refused, roles::Next};
use crate::{
    publishing::paths::Kind,
    repository::{
        AppRecord, Channel, FULL_SHARE, Floor, Repository,
        app::CHANNELS,
        edit::Edit,
        hex,
        publish::{publishable, read_channel, read_stream, release_name},
        sign, transfer,
    },
};
use lodger_bundle::{Digest, Index};
use std::collections::{BTreeSet, HashMap};
use tough::schema::{Delegations, PathSet, Targets};

/// Offers of a channel, tags of an offer, bytes of a tag.
const MOST: usize = 256;

impl Next<'_> {
    /// All that was brought for a program.
    pub fn check_program(&self, app: &str, record: &AppRecord) -> Result<(), Refusal> {
        if record.app != app {
            return refused(format!("the record of {app} describes {}", record.app));
        }
        let delegations = self.delegations()?;
        self.check_delegations(&delegations, record)?;
        if self.changed.contains("publisher") || self.changed.contains("targets") {
            let role = self.check_delegated(&delegations, "publisher")?.signed;
            self.check_releases(app, &role)?;
        }
        self.check_patches(&self.indexes(&self.role("publisher")?.signed)?)
    }

    /// `publisher` and `channel`, nothing else; the first as the platform says, the second this server's.
    fn check_delegations(&self, delegations: &Delegations, record: &AppRecord) -> Result<(), Refusal> {
        let path = self.metadata.file("targets.json");
        let paths = |name: &str| -> Option<BTreeSet<String>> {
            let role = delegations.roles.iter().find(|role| role.name == name)?;
            match &role.paths {
                PathSet::Paths(paths) => Some(paths.iter().map(|path| path.value().to_owned()).collect()),
                PathSet::PathHashPrefixes(_) => None,
            }
        };
        let set = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
        if delegations.roles.len() != 2
            || paths("publisher") != set(&["releases/*", "floor.json"])
            || paths("channel") != set(&["channels/*"])
        {
            return refused(format!("{path} delegates otherwise than to publisher and channel"));
        }
        for role in &delegations.roles {
            if role.name == "channel" && !self.is_online(&role.keyids, role.threshold.get()) {
                return refused(format!("{path}: channel is not this server's key"));
            }
            if role.name == "publisher" {
                let own: BTreeSet<_> = role.keyids.iter().map(|id| hex(id)).collect();
                let said: BTreeSet<_> = record.publisher.keyids.iter().cloned().collect();
                if own != said || role.threshold.get() != record.publisher.threshold {
                    return refused(format!("{path} names other publishers than the platform's record"));
                }
            }
        }
        Ok(())
    }

    /// Old releases stay as they are, new ones follow the rules of `publish`, floors only rise.
    fn check_releases(&self, app: &str, role: &Targets) -> Result<(), Refusal> {
        let old = self.old_role("publisher")?.map(|role| role.signed);
        let before = old.as_ref().map(|old| old.targets.clone()).unwrap_or_default();
        for (name, entry) in before.iter().filter(|(name, _)| name.raw().starts_with("releases/")) {
            if role.targets.get(name) != Some(entry) {
                return refused(format!(
                    "{} of {app} is gone or changed; what is published stays",
                    name.raw()
                ));
            }
        }
        let mut known = match &old {
            Some(old) => self.indexes(old)?,
            None => Vec::new(),
        };
        let mut fresh = Vec::new();
        for name in role.targets.keys() {
            let text = name.raw();
            if text != "floor.json" && !text.starts_with("releases/") {
                return refused(format!("the publisher of {app} signs {text}, which is not its to sign"));
            }
            if text.starts_with("releases/") && !before.contains_key(name) {
                fresh.push(self.index(role, text)?);
            }
        }
        fresh.sort_by_key(|index| index.version.code);
        for index in fresh {
            if index.app != app
                || !role.targets.keys().any(|name| name.raw() == release_name(index.version.code))
            {
                return refused(format!(
                    "an index among the releases of {app} is another program's or version's"
                ));
            }
            publishable(&index, &known)?;
            for package in &index.packages {
                read_stream(&self.metadata, package)?;
            }
            known.push(index);
        }
        self.check_floor(app, role, old.as_ref())
    }

    fn check_floor(&self, app: &str, role: &Targets, old: Option<&Targets>) -> Result<(), Refusal> {
        let read = |role: &Targets| self.metadata.form::<Floor>(role, "floor.json");
        let Some(floor) = read(role)? else {
            return refused(format!("{app} has no floor.json"));
        };
        let Some(before) = old.map(read).transpose()?.flatten() else { return Ok(()) };
        if floor.floor < before.floor || !before.revoked.iter().all(|code| floor.revoked.contains(code)) {
            return refused(format!("floor.json of {app} takes a floor or a revocation back"));
        }
        Ok(())
    }

    fn indexes(&self, role: &Targets) -> Result<Vec<Index>, Refusal> {
        let names = role.targets.keys().map(|name| name.raw()).filter(|name| name.starts_with("releases/"));
        let mut indexes = names.map(|name| self.index(role, name)).collect::<Result<Vec<_>, _>>()?;
        indexes.sort_by_key(|index| index.version.code);
        Ok(indexes)
    }

    fn index(&self, role: &Targets, name: &str) -> Result<Index, Refusal> {
        let bytes = self.metadata.target(role, name)?.unwrap_or_default();
        Index::parse(&bytes)
            .map_err(|error| Refusal::Refused(format!("{}: {name}: {error}", self.metadata.prefix)))
    }

    /// Patches that were brought lead from one published stream to another.
    fn check_patches(&self, indexes: &[Index]) -> Result<(), Refusal> {
        let packages: HashMap<String, _> = indexes
            .iter()
            .flat_map(|index| &index.packages)
            .map(|package| (package.stream_digest.to_hex(), package))
            .collect();
        for kind in &self.files {
            let Kind::Patch { from, to } = kind else { continue };
            let path = format!("{}/p/{from}-{to}.zst", self.metadata.prefix);
            let (Some(base), Some(target)) = (packages.get(from), packages.get(to)) else {
                return refused(format!("{path} belongs to no release"));
            };
            let base = read_stream(&self.metadata, base)?;
            let patch = self.metadata.storage.need(&path)?;
            if transfer::restore(&patch, &base, target.stream_length, target.stream_digest).is_none() {
                return refused(format!("{path} does not give the stream that it is named after"));
            }
        }
        Ok(())
    }
}

impl Repository {
    /// Takes the channels that were wished for, and signs them; of those that were not, and only if nothing else is
    /// asked for, the same again.
    pub(super) fn sign_channels(
        &self,
        next: &Next<'_>,
        edit: &mut Edit<'_>,
        app: &str,
        record: &AppRecord,
    ) -> Result<(), Refusal> {
        let old = next.old_role("channel")?;
        let wished = |channel: &str| {
            next.files.iter().rev().find_map(|kind| match kind {
                Kind::Target { sha256, .. } if kind.channel() == Some(channel) => Some(sha256.clone()),
                _ => None,
            })
        };
        if !next.files.is_empty()
            && CHANNELS.iter().all(|channel| wished(channel).is_none())
            && !next.root_changed
        {
            return Ok(());
        }
        let publisher = next.role("publisher")?.signed;
        let floor = next.metadata.form::<Floor>(&publisher, "floor.json")?.unwrap_or_default();
        let mut targets = HashMap::new();
        for channel in CHANNELS {
            let before = match &old {
                Some(role) => Some(read_channel(&next.metadata, &role.signed, channel)?.1),
                None => None,
            };
            let mut form = match (wished(channel), &before) {
                (Some(sha256), _) => next.read_wish(channel, &sha256)?,
                (None, Some(before)) => before.clone(),
                (None, None) => return refused(format!("{app} is new and has no channels/{channel}.json")),
            };
            check_offers(app, channel, &form, before.as_ref(), &publisher, |code| {
                code >= floor.floor.max(record.floor)
                    && !floor.revoked.contains(&code)
                    && !record.revoked.contains(&code)
            })?;
            form.issued = self.now.to_string();
            let (name, entry) = edit.target(&format!("channels/{channel}.json"), sign::json(&form)?)?;
            targets.insert(name, entry);
        }
        Ok(edit.role("channel", crate::keys::Holder::Server, targets, None)?)
    }
}

impl Next<'_> {
    fn read_wish(&self, channel: &str, sha256: &str) -> Result<Channel, Refusal> {
        let path = self.metadata.target_file(&format!("channels/{channel}.json"), sha256);
        let bytes = self.metadata.storage.need(&path)?;
        if Digest::of(&bytes).to_hex() != sha256 {
            return refused(format!("{path} has another SHA-256 than its name"));
        }
        serde_json::from_slice(&bytes).map_err(|error| Refusal::Refused(format!("{path}: {error}")))
    }
}

fn check_offers(
    app: &str,
    channel: &str,
    form: &Channel,
    before: Option<&Channel>,
    publisher: &Targets,
    may_run: impl Fn(u64) -> bool,
) -> Result<(), Refusal> {
    let place = format!("channel {channel} of {app}");
    let short = |texts: &[String]| texts.len() <= MOST && texts.iter().all(|text| text.len() <= MOST);
    if form.releases.len() > MOST || form.revoked.len() > 4096 {
        return refused(format!("{place} is too long"));
    }
    for offer in &form.releases {
        let code = offer.version;
        if offer.share > FULL_SHARE
            || !short(&offer.audience)
            || !short(&offer.regions)
            || offer.salt.len() > 64
        {
            return refused(format!("{place}: the offer of version {code} is malformed"));
        }
        if !publisher.targets.keys().any(|name| name.raw() == release_name(code)) {
            return refused(format!("{place} offers version {code}, which is not published"));
        }
        let known = before.is_some_and(|before| before.releases.iter().any(|old| old.version == code));
        if !known && (!may_run(code) || form.revoked.contains(&code)) {
            return refused(format!("{place} offers version {code}, which is revoked or below the floor"));
        }
    }
    Ok(())
}
