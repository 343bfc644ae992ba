//! Bytes before or after the open: a subpackage when somebody wants it, a program before anybody does, and a
//! developer's next build.
use super::{Follower, Releases};
use crate::{LodgerError, repository::Cancel};
use lodger_bundle::{Digest, Index, InstalledBundle};

impl Releases {
    /// Brings a subpackage of an installed bundle, unless it is there.
    pub(crate) fn bring(
        &self,
        bundle: &Digest,
        package: &str,
        cancel: &Cancel,
        control: &Follower,
    ) -> Result<(), LodgerError> {
        let fetch = self.fetch(cancel, true);
        Ok(self.transfers.add_package(bundle, package, &fetch, control)?)
    }

    /// Installs the newest release for this device, if it is not there: what the next open will run.
    pub(crate) fn install_newest(
        &self,
        app: &str,
        cancel: &Cancel,
        control: &Follower,
    ) -> Result<InstalledBundle, LodgerError> {
        let verified = self.check(app, cancel, true)?;
        let chosen = self.choose(&verified, false);
        if !matches!(chosen, Ok(ref chosen) if chosen.installed.is_none()) {
            verified.commit()?;
        }
        let chosen = chosen?;
        if let Some(bundle) = chosen.installed {
            return Ok(bundle);
        }
        let fetch = self.fetch(cancel, true);
        let packages = |index: &Index| self.packages_for(index, None);
        self.download(&verified, chosen.version, &packages, &fetch, control)
    }
}
