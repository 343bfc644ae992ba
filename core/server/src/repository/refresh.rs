//! Signs anew before it expires: what the server's key signs always, the rest when it is due and its keys are here.

use super::{
    Batch, Repository, RepositoryError,
    edit::{Edit, due},
    metadata::{Metadata, State},
};
use crate::keys::{Holder, KeyRing};

impl Repository {
    /// Channels, snapshots and timestamps of every program and of the platform, for another seven days; and what
    /// officers, reviewers and publishers sign where less than 30 days are left. What they say stays.
    ///
    /// # Errors
    /// `NotFound` if there is no repository; `Keys`, `Untrusted`, `Storage`.
    pub fn refresh(&self, ring: &KeyRing) -> Result<Batch, RepositoryError> {
        let platform = Metadata::platform(&self.storage);
        let state = self.platform_state(&platform)?;
        let mut edit = Edit::new(&platform, Some(&state), ring, self.now)?;
        self.renew(&mut edit, &platform, &state, ring, |_| Holder::Reviewer)?;
        let mut batch = edit.finish()?;
        for app in self.apps()? {
            match self.record(&app) {
                Ok(_) => {}
                Err(RepositoryError::NotFound(_)) => continue, // made, but never recorded
                Err(error) => return Err(error),
            }
            let metadata = Metadata::app(&self.storage, &app);
            let state = metadata.state()?;
            let mut edit = Edit::new(&metadata, Some(&state), ring, self.now)?;
            self.edit_channels(&mut edit, &metadata, &state, |_| {})?;
            self.renew(&mut edit, &metadata, &state, ring, |role| match role {
                "publisher" => Holder::Publisher,
                "channel" => Holder::Server,
                _ => Holder::Officer,
            })?;
            batch = batch.then(edit.finish()?);
        }
        Ok(batch)
    }

    /// Offline roles and the root, where they are due and enough of the very keys that must sign are here.
    fn renew(
        &self,
        edit: &mut Edit<'_>,
        metadata: &Metadata<'_>,
        state: &State,
        ring: &KeyRing,
        holder: impl Fn(&str) -> Holder,
    ) -> Result<(), RepositoryError> {
        for file in state.snapshot.signed.meta.keys() {
            let name = file.trim_end_matches(".json");
            let holder = holder(name);
            if holder == Holder::Server {
                continue;
            }
            let role = metadata.role(state, name)?;
            if ring.signed(holder, &role.signatures) && due(role.signed.expires, self.now) {
                edit.role(name, holder, role.signed.targets, role.signed.delegations)?;
            }
        }
        if ring.has(Holder::Officer) && due(metadata.root()?.signed.expires, self.now) {
            edit.next_root(&metadata.root()?.signed, holder("targets"))?;
        }
        Ok(())
    }
}
