//! One repository as it would be: the roles that were brought, over those that stay.

use super::{Proposal, Refusal, refused};
use crate::{
    keys::{Holder, KeyRing},
    publishing::paths::{Kind, Owner},
    repository::{
        edit::Edit,
        metadata::{Metadata, State},
        recover,
        verify::own,
    },
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU64,
};
use tough::schema::{
    Delegations, Role, RoleType, Root, Signed, Targets,
    decoded::{Decoded, Hex},
};

/// What devices read of a role (`core/docs/repository.md`).
const MOST_ROOT: usize = 512_000;
const MOST_ROLE: usize = 2 << 20;
/// For how long anything may be signed: a year and a day.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A repository with what is proposed for it.
pub(super) struct Next<'a> {
    pub metadata: Metadata<'a>,
    /// What devices see now; none of a new one.
    pub old: Option<State>,
    pub root: Signed<Root>,
    pub root_changed: bool,
    /// True if the root that was brought does not follow the old one: the platform's record must vouch for it.
    pub new_chain: bool,
    pub versions: BTreeMap<String, NonZeroU64>,
    /// Roles that were brought.
    pub changed: BTreeSet<String>,
    /// Everything that was brought.
    pub files: Vec<Kind>,
    /// The server's key ids.
    online: Vec<Decoded<Hex>>,
}

impl<'a> Next<'a> {
    /// Reads and checks roots, versions, sizes and expiries. `proposed` is false for a repository that is only read.
    pub fn new(
        metadata: Metadata<'a>,
        proposal: &Proposal,
        ring: &KeyRing,
        now: Timestamp,
        proposed: bool,
    ) -> Result<Self, Refusal> {
        let exists = metadata.storage.has(&metadata.file("timestamp.json"))?;
        let old = if exists { Some(metadata.state()?) } else { None };
        let base = old.as_ref().map_or(0, |state| state.timestamp.signed.version.get());
        if !proposed && old.is_none() {
            return refused("there is no repository here yet; `lodger repo init` makes one");
        }
        if proposed && base != proposal.base {
            return Err(Refusal::Conflict(metadata.prefix));
        }
        let versions = old.iter().flat_map(|state| &state.snapshot.signed.meta);
        let versions = versions.map(|(file, meta)| (file.trim_end_matches(".json").to_owned(), meta.version));
        let ids = ring.folder().of(Holder::Server).filter_map(|key| key.id.parse().ok()).collect();
        let mut next = Self {
            // Files that were brought can be read, but are in no list: this is the root before any of them.
            root: metadata.root()?,
            root_changed: false,
            new_chain: false,
            versions: versions.collect(),
            changed: BTreeSet::new(),
            files: proposal.files.clone(),
            online: ids,
            metadata,
            old,
        };
        for kind in &proposal.files {
            next.bring(kind, &proposal.owner)?;
        }
        if next.old.is_none() && !next.root_changed {
            return refused(format!("{} is new and has no 1.root.json", next.metadata.prefix));
        }
        next.check_expiries(now)?;
        next.check_top()?;
        Ok(next)
    }

    /// One file: its version is a next one, and it is of this repository's shape.
    fn bring(&mut self, kind: &Kind, owner: &Owner) -> Result<(), Refusal> {
        let Kind::Role { version, role } = kind else {
            return match kind {
                Kind::Timestamp => refused("timestamps are the server's to sign"),
                _ => Ok(()),
            };
        };
        let file = format!("{version}.{role}.json");
        let path = self.metadata.file(&file);
        let length = self.metadata.storage.need(&path)?.len();
        if role == "root" {
            return self.bring_root(*version, &file, length);
        }
        let mine = match owner {
            Owner::Platform => role == "targets" || role.starts_with("bin-"),
            Owner::App(_) => role == "targets" || role == "publisher",
        };
        if !mine {
            return refused(format!("{path}: {role} is not brought to a server"));
        }
        let expected = self.versions.get(role).map_or(1, |last| last.get().saturating_add(1));
        let signed: Signed<Targets> = self.metadata.read(&file)?;
        // Their holders may have signed more than a server knows that was put back from a backup.
        let possible = expected..=expected.saturating_add(recover::LEAP);
        if !possible.contains(version) || signed.signed.version.get() != *version {
            return refused(format!("{path}: version {expected} is next, this is another"));
        }
        own(&self.metadata, &file, &signed.signed._extra)?;
        if length > MOST_ROLE {
            return refused(format!("{path} has {length} bytes; devices read up to {MOST_ROLE}"));
        }
        self.versions.insert(role.clone(), signed.signed.version);
        self.changed.insert(role.clone());
        Ok(())
    }

    fn bring_root(&mut self, version: u64, file: &str, length: usize) -> Result<(), Refusal> {
        let path = self.metadata.file(file);
        let last = self.old.as_ref().map_or(0, |_| self.root.signed.version.get());
        let root: Signed<Root> = self.metadata.read(file)?;
        // A chain that is begun anew leaves one number out.
        let new_chain = last > 0 && version == last.saturating_add(2);
        let follows = version == last.saturating_add(1) || new_chain;
        if !follows || root.signed.version.get() != version || self.root_changed {
            return refused(format!("{path}: version {} is next, this is another", last.saturating_add(1)));
        }
        own(&self.metadata, file, &root.signed._extra)?;
        if length > MOST_ROOT {
            return refused(format!("{path} has {length} bytes; devices read up to {MOST_ROOT}"));
        }
        if !root.signed.consistent_snapshot {
            return refused(format!("{path} does not ask for consistent snapshots"));
        }
        if last > 0 && !new_chain {
            hold(&path, self.root.signed.verify_role(&root))?;
        }
        hold(&path, root.signed.verify_role(&root))?;
        self.root = root;
        self.root_changed = true;
        self.new_chain = new_chain;
        Ok(())
    }

    fn check_expiries(&self, now: Timestamp) -> Result<(), Refusal> {
        let latest = now.saturating_add(LONGEST).unwrap_or(now);
        let within = |path: String, expires: Timestamp| {
            if expires > now && expires <= latest {
                return Ok(());
            }
            refused(format!("{path} expires at {expires}, which is over, or in more than a year"))
        };
        if self.root_changed {
            within(self.metadata.file("root.json"), self.root.signed.expires())?;
        }
        for role in &self.changed {
            within(self.metadata.file(&format!("{role}.json")), self.role(role)?.signed.expires())?;
        }
        Ok(())
    }

    /// The root names this server's keys, and `targets` holds under it.
    fn check_top(&self) -> Result<(), Refusal> {
        if self.root_changed {
            for role in [RoleType::Snapshot, RoleType::Timestamp] {
                let named =
                    self.root.signed.roles.get(&role).map(|keys| (&keys.keyids, keys.threshold.get()));
                if !named.is_some_and(|(ids, threshold)| self.is_online(ids, threshold)) {
                    let path = self.metadata.file("root.json");
                    return refused(format!(
                        "{path}: {role} is not this server's key; `lodger repo` reads it from the server"
                    ));
                }
            }
        }
        if self.root_changed || self.changed.contains("targets") {
            let targets = self.role("targets")?;
            let path = self.metadata.file("targets.json");
            hold(&path, self.root.signed.verify_role(&targets))?;
            if !targets.signed.targets.is_empty() {
                return refused(format!("{path} lists files, and may only delegate"));
            }
        }
        Ok(())
    }

    /// True if exactly the server's keys are meant.
    pub fn is_online(&self, ids: &[Decoded<Hex>], threshold: u64) -> bool {
        threshold == 1 && ids.len() == self.online.len() && ids.iter().all(|id| self.online.contains(id))
    }

    /// A role as it would be.
    pub fn role(&self, name: &str) -> Result<Signed<Targets>, Refusal> {
        let Some(version) = self.versions.get(name) else {
            return refused(format!("{} has no role {name}", self.metadata.prefix));
        };
        Ok(self.metadata.read(&format!("{version}.{name}.json"))?)
    }

    /// A role as it is; none if it was never there.
    pub fn old_role(&self, name: &str) -> Result<Option<Signed<Targets>>, Refusal> {
        match &self.old {
            Some(state) if state.version(name).is_some() => Ok(Some(self.metadata.role(state, name)?)),
            _ => Ok(None),
        }
    }

    /// The delegations of `targets`; their key ids are those of their keys.
    pub fn delegations(&self) -> Result<Delegations, Refusal> {
        let path = self.metadata.file("targets.json");
        let Some(delegations) = self.role("targets")?.signed.delegations else {
            return refused(format!("{path} delegates to nobody"));
        };
        let honest =
            |(id, key): (&Decoded<Hex>, &tough::schema::key::Key)| key.key_id().is_ok_and(|own| own == *id);
        if !delegations.keys.iter().all(honest) {
            return refused(format!("{path} names a key by an id that is not its own"));
        }
        if delegations.roles.iter().any(|role| role.keyids.is_empty() || !role.terminating) {
            return refused(format!("{path} has a delegation that is not terminating, or without keys"));
        }
        Ok(delegations)
    }

    /// A delegated role that was brought: signed, and delegating to nobody.
    pub fn check_delegated(&self, delegations: &Delegations, name: &str) -> Result<Signed<Targets>, Refusal> {
        let role = self.role(name)?;
        let path = self.metadata.file(&format!("{name}.json"));
        hold(&path, delegations.verify_role(&role, name))?;
        if role.signed.delegations.as_ref().is_some_and(|own| !own.roles.is_empty()) {
            return refused(format!("{path} delegates further"));
        }
        Ok(role)
    }

    /// Where the server's signing goes on.
    pub fn edit<'e>(
        &self,
        metadata: &'e Metadata<'e>,
        ring: &'e KeyRing,
        now: Timestamp,
        leap: bool,
    ) -> Result<Edit<'e>, Refusal> {
        let mut edit = Edit::new(metadata, self.old.as_ref(), ring, now)?;
        if let Some(state) = self.old.as_ref().filter(|_| leap) {
            edit = edit.above(&recover::leap(state));
        }
        for role in &self.changed {
            if let Some(version) = self.versions.get(role) {
                edit.accept(role, *version);
            }
        }
        Ok(edit)
    }
}

pub(super) fn hold(path: &str, checked: tough::schema::Result<()>) -> Result<(), Refusal> {
    checked.map_err(|error| Refusal::Refused(format!("{path}: {error}")))
}
