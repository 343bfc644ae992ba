//! Signs anew what the server's key signs, before it expires.

use super::{Batch, Repository, RepositoryError, edit::Edit, metadata::Metadata};
use crate::keys::KeyRing;

impl Repository {
    /// Channels, snapshots and timestamps of every program and of the platform, for another seven days. What they
    /// say stays.
    ///
    /// # Errors
    /// `NotFound` if there is no repository; `Keys`, `Untrusted`, `Storage`.
    pub fn refresh(&self, ring: &KeyRing) -> Result<Batch, RepositoryError> {
        let platform = Metadata::platform(&self.storage);
        let state = self.platform_state(&platform)?;
        let mut batch = Edit::new(&platform, Some(&state), ring, self.now).finish()?;
        for app in self.apps()? {
            match self.record(&app) {
                Ok(_) => {}
                Err(RepositoryError::NotFound(_)) => continue, // made, but never recorded
                Err(error) => return Err(error),
            }
            let metadata = Metadata::app(&self.storage, &app);
            let state = metadata.state()?;
            let mut edit = Edit::new(&metadata, Some(&state), ring, self.now);
            self.edit_channels(&mut edit, &metadata, &state, |_| {})?;
            batch = batch.then(edit.finish()?);
        }
        Ok(batch)
    }
}
