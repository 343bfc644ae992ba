//! Makes a repository follow its keys: after a rotation, roots, delegations and records name the new ones.
//!
//! Everything that changes is signed by the retired keys too, as far as they are here, and roots are written last: so
//! it holds under the old root and the new one, and devices lose nothing in between. Where a retired key is lost,
//! devices take the new root first (as long as enough old officers signed it) and refuse until the rest is written.

use super::{
    AppRecord, Batch, Repository, RepositoryError, app,
    edit::Edit,
    metadata::{Metadata, State},
    platform, sign,
};
use crate::keys::{Holder, KeyFolder, KeyRing};
use std::collections::{BTreeMap, HashMap, HashSet};
use tough::schema::{
    Delegations,
    decoded::{Decoded, Hex},
};

impl Repository {
    /// Brings every root, delegation and record to the keys that are in `ring` now. A server's key that changed
    /// lets go of the channels' `minimum` and `revoked`, which hold only as long as it does.
    ///
    /// # Errors
    /// `NotFound` if there is no repository; `Keys` if a holder's keys are not here; `Refused` if a root names a key
    /// that is neither in use here nor retired; `Untrusted`, `Storage`.
    pub fn rekey(&self, ring: &KeyRing) -> Result<Batch, RepositoryError> {
        let metadata = Metadata::platform(&self.storage);
        let state = self.platform_state(&metadata)?;
        let mut batch = Batch::default();
        let mut records = Vec::new();
        for app in self.apps()? {
            match self.record(&app) {
                Ok(record) => batch = batch.then(self.rekey_app(ring, record, false, &mut records)?),
                Err(RepositoryError::NotFound(_)) => {} // made, but never recorded
                Err(error) => return Err(error),
            }
        }
        Ok(batch.then(self.rekey_platform(ring, &metadata, &state, &records)?))
    }

    /// Gives one program to the publisher's keys in `ring`, whoever had it before: the officers sign the delegation and
    /// the reviewer the record. Releases stay, signed by the new keys.
    ///
    /// # Errors
    /// As [`Self::rekey`]; `Refused` if it is theirs already.
    pub fn hand_over(&self, ring: &KeyRing, app: &str) -> Result<Batch, RepositoryError> {
        let mut records = Vec::new();
        let batch = self.rekey_app(ring, self.record(app)?, true, &mut records)?;
        match records.first() {
            Some(record) => Ok(batch.then(self.write_record(ring, record)?)),
            None => Err(RepositoryError::Refused(format!("{app} is published by these keys already"))),
        }
    }

    /// One change for everything in the platform: two would take the same version.
    fn rekey_platform(
        &self,
        ring: &KeyRing,
        metadata: &Metadata<'_>,
        state: &State,
        records: &[AppRecord],
    ) -> Result<Batch, RepositoryError> {
        let mut edit = Edit::new(metadata, Some(state), ring, self.now)?.hand_over();
        let delegations = platform::delegations(ring)?;
        let moved = metadata.role(state, "targets")?.signed.delegations.as_ref() != Some(&delegations);
        let mut bins = BTreeMap::new();
        for role in delegations.roles.iter().filter(|_| moved) {
            bins.insert(role.name.clone(), metadata.role(state, &role.name)?.signed.targets);
        }
        for record in records {
            let name = platform::record_name(&record.app);
            let bin = platform::bin(&name);
            if !bins.contains_key(&bin) {
                bins.insert(bin.clone(), metadata.role(state, &bin)?.signed.targets);
            }
            let entry = edit.target(&name, sign::json(record)?)?;
            bins.entry(bin).or_default().extend([entry]);
        }
        let changed = !bins.is_empty();
        for (bin, targets) in bins {
            edit.role(&bin, Holder::Reviewer, targets, None)?;
        }
        if moved {
            edit.role("targets", Holder::Reviewer, HashMap::new(), Some(delegations))?;
        }
        let root = edit.next_root(&metadata.root()?.signed, Holder::Reviewer)?;
        if root.is_some() || changed { edit.finish() } else { Ok(Batch::default()) }
    }

    fn rekey_app(
        &self,
        ring: &KeyRing,
        mut record: AppRecord,
        take_over: bool,
        records: &mut Vec<AppRecord>,
    ) -> Result<Batch, RepositoryError> {
        let metadata = Metadata::app(&self.storage, &record.app);
        let state = metadata.state()?;
        let top = metadata.role(&state, "targets")?.signed;
        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?.hand_over();
        let missing = || RepositoryError::untrusted(&metadata.file("targets.json"), "delegates to nobody");
        let old = top.delegations.ok_or_else(missing)?;
        let delegations = replaced(&old, &app::delegations(ring)?, ring.folder(), take_over);
        let same = |role: &str| named(&old, role) == named(&delegations, role);
        let (publisher, channel) = (same("publisher"), same("channel"));
        if !publisher {
            let targets = metadata.role(&state, "publisher")?.signed.targets;
            edit.role("publisher", Holder::Publisher, targets, None)?;
        }
        if !channel {
            self.edit_channels(&mut edit, &metadata, &state, |form| {
                form.minimum = 0;
                form.revoked.clear();
            })?;
        }
        let moved = edit.next_root(&metadata.root()?.signed, Holder::Officer)?.is_some();
        // Asked apart: a rotation may have been broken off before the platform knew of it.
        let known = app::publisher(ring)?;
        let own = named(&delegations, "publisher")
            .is_some_and(|role| knows(ring.folder(), Holder::Publisher, &role.keyids));
        if own && record.publisher != known {
            record.publisher = known;
            records.push(record);
        }
        if !moved && publisher && channel {
            return Ok(Batch::default());
        }
        edit.role("targets", Holder::Officer, HashMap::new(), Some(delegations))?;
        edit.finish()
    }
}

/// The old delegations with new keys, but only where the old keys are this folder's: other publishers keep theirs,
/// unless theirs are taken over.
pub(super) fn replaced(
    old: &Delegations,
    new: &Delegations,
    folder: &KeyFolder,
    take_over: bool,
) -> Delegations {
    let mut delegations = old.clone();
    for (name, holder) in [("publisher", Holder::Publisher), ("channel", Holder::Server)] {
        let entry = delegations.roles.iter_mut().find(|role| role.name == name);
        if let (Some(entry), Some(new)) = (entry, named(new, name))
            && !new.keyids.is_empty()
            && ((take_over && holder == Holder::Publisher) || knows(folder, holder, &entry.keyids))
        {
            *entry = new.clone();
        }
    }
    delegations.keys.extend(new.keys.clone());
    let used: HashSet<_> = delegations.roles.iter().flat_map(|role| &role.keyids).cloned().collect();
    delegations.keys.retain(|id, _| used.contains(id));
    delegations
}

/// True if all of `ids` are keys of a holder in the folder, in use or retired.
fn knows(folder: &KeyFolder, holder: Holder, ids: &[Decoded<Hex>]) -> bool {
    let known: HashSet<_> =
        folder.of(holder).chain(folder.former(holder)).map(|key| key.id.as_str()).collect();
    ids.iter().all(|id| known.contains(super::hex(id).as_str()))
}

pub(super) fn named<'a>(
    delegations: &'a Delegations,
    role: &str,
) -> Option<&'a tough::schema::DelegatedRole> {
    delegations.roles.iter().find(|one| one.name == role)
}
