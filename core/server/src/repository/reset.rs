//! Begins a program's chain of roots anew, when too few of its officers are left to sign the next one.

use super::{
    AppRecord, Batch, Repository, RepositoryError, Root, app,
    edit::Edit,
    metadata::Metadata,
    rekey::{named, replaced},
};
use crate::keys::{Holder, KeyRing};
use lodger_bundle::Digest;
use std::collections::HashMap;

impl Repository {
    /// A root that the officers in `ring` sign and none before them, which the reviewer vouches for with a higher
    /// epoch: devices let go of the old chain, and keep the floors and revocations they know. The publisher stays,
    /// or is the one in `ring` if the old one's keys are not its own.
    ///
    /// # Errors
    /// `NotFound`, `Keys`, `Untrusted`, `Storage`.
    pub fn reset_app(&self, ring: &KeyRing, app: &str) -> Result<Batch, RepositoryError> {
        let mut record: AppRecord = self.record(app)?;
        let metadata = Metadata::app(&self.storage, app);
        let state = metadata.state()?;
        let missing = || RepositoryError::untrusted(&metadata.file("targets.json"), "delegates to nobody");
        let old = metadata.role(&state, "targets")?.signed.delegations.ok_or_else(missing)?;
        // The server's channel key is this folder's whatever the old one was: nobody else could sign.
        let mut delegations = replaced(&old, &app::delegations(ring)?, ring.folder(), false);
        let fresh = app::delegations(ring)?;
        if let (Some(entry), Some(new)) =
            (delegations.roles.iter_mut().find(|role| role.name == "channel"), named(&fresh, "channel"))
        {
            *entry = new.clone();
            delegations.keys.extend(fresh.keys.clone());
        }
        let own = named(&delegations, "publisher").is_some_and(|role| {
            let ids = role.keyids.iter().map(|id| super::hex(id));
            ids.eq(record.publisher.keyids.iter().cloned())
                && role.threshold.get() == record.publisher.threshold
        });
        let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
        let root = edit.first_root(Holder::Officer)?;
        if !own {
            let targets = metadata.role(&state, "publisher")?.signed.targets;
            edit.role("publisher", Holder::Publisher, targets, None)?;
            record.publisher = app::publisher(ring)?;
        }
        self.edit_channels(&mut edit, &metadata, &state, |_| {})?;
        edit.role("targets", Holder::Officer, HashMap::new(), Some(used(delegations)))?;
        record.root = Root {
            version: root.version,
            sha256: Digest::of(&root.bytes).to_hex(),
            epoch: record.root.epoch.saturating_add(1),
        };
        Ok(edit.finish()?.then(self.write_record(ring, &record)?))
    }
}

/// Without keys that no role names.
fn used(mut delegations: tough::schema::Delegations) -> tough::schema::Delegations {
    let ids: Vec<_> = delegations.roles.iter().flat_map(|role| role.keyids.clone()).collect();
    delegations.keys.retain(|id, _| ids.contains(id));
    delegations
}
