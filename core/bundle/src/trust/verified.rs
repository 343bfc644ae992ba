//! A program that was checked: what may run of it, and what the check leaves behind.
use super::{
    AppEntry, Bounds, Channel, Choice, Device, Signed, TrustError,
    app::App,
    evidence::{self, Marks, Outcome, Scope},
    platform::Platform,
};
use crate::{Bundle, Database, Digest, Index, InstalledBundle, Limits, Store, StoreError};
use rusqlite::Transaction;
use std::{collections::BTreeMap, time::SystemTime};

/// A program whose metadata is verified, online or offline. Made by [`Trust`](super::Trust) only.
pub struct Verified {
    database: Database,
    platform: Platform,
    app: App,
    scope: Scope,
    bounds: Bounds,
    stopped: bool,
}

impl Verified {
    pub(super) fn new(database: Database, platform: Platform, app: App, scope: Scope, marks: Marks) -> Self {
        let signed = app.releases.keys().copied().collect();
        let bounds = Bounds { floor: marks.floor, revoked: marks.revoked, signed };
        Self { database, platform, app, scope, bounds, stopped: marks.stopped }
    }

    /// What the reviewer says of the program.
    #[must_use]
    pub fn entry(&self) -> &AppEntry {
        &self.platform.entry
    }

    /// The channel that was asked for.
    #[must_use]
    pub fn channel(&self) -> &Channel {
        &self.app.channel
    }

    /// The effective floor and revocations, over all that this device has ever seen, and what is signed.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Every release that the publisher signed, by version code. Not all of them may run: see [`Verified::select`].
    #[must_use]
    pub fn releases(&self) -> &BTreeMap<u64, Signed> {
        &self.app.releases
    }

    /// When the earlier of the two timestamps expires.
    #[must_use]
    pub fn expires(&self) -> SystemTime {
        self.platform.expires.min(self.app.expires).into()
    }

    /// The time for which all of it was verified: of an offline opening that of the last check.
    #[must_use]
    pub fn checked(&self) -> SystemTime {
        jiff::Timestamp::from_second(self.scope.checked).map_or(SystemTime::UNIX_EPOCH, SystemTime::from)
    }

    /// Whether a release may not run: below the floor or the channel's minimum, or revoked by any of them.
    #[must_use]
    pub fn withdrawn(&self, version: u64) -> bool {
        super::select::withdrawn(self.channel(), &self.bounds, version)
    }

    /// Chooses the release that `device` opens, and says how it is signed.
    ///
    /// # Errors
    /// `Stopped`, `Revoked`, `NoRelease`.
    pub fn select(&self, device: &Device<'_>) -> Result<(Choice, &Signed), TrustError> {
        if self.stopped {
            return Err(TrustError::Stopped { app: self.entry().app.clone() });
        }
        let choice = super::select(self.channel(), &self.bounds, device)?;
        Ok((choice, &self.app.releases[&choice.version]))
    }

    /// Fetches the index of a signed release, byte for byte, within `limits` and for a host that has `runtime`.
    ///
    /// # Errors
    /// `NoRelease` if the publisher did not sign it; `Incompatible`; `Index`; `Refused` if the bytes are others or
    /// are about another program or version; `Missing` offline.
    pub fn index(
        &self,
        version: u64,
        limits: &Limits,
        runtime: &str,
    ) -> Result<(Index, Vec<u8>), TrustError> {
        let app = &self.entry().app;
        let signed = self.app.releases.get(&version);
        let signed = signed.ok_or_else(|| TrustError::NoRelease { app: app.clone() })?;
        let (level, path) = (&self.app.level, format!("targets/releases/{}.{version}.json", signed.digest));
        let missing = || TrustError::Missing { path: format!("apps/{app}/{path}") };
        let bytes = level.transport().fetch(&path, signed.length)?.ok_or_else(missing)?;
        if bytes.len() as u64 != signed.length || Digest::of(&bytes) != signed.digest {
            return Err(level.refused(format!("{path} is not what the publisher signed")));
        }
        let index = Index::parse_with(&bytes, limits)?;
        if index.app != *app || index.version.code != version {
            return Err(level.refused(format!("{path} is the index of another program or version")));
        }
        if numbers(&index.runtime_min) > numbers(runtime) {
            let (needs, has) = (index.runtime_min, runtime.to_owned());
            return Err(TrustError::Incompatible { app: app.clone(), needs, has });
        }
        Ok((index, bytes))
    }

    /// Installs a bundle that the publisher signed and that may run, and remembers the check in the same
    /// transaction. `store` is the one whose database the check was made for.
    /// [`Transfers::install`](crate::Transfers::install) does the same with what it downloads.
    ///
    /// # Errors
    /// `Refused` if the publisher signed another bundle or none as this version, `Revoked` if it is withdrawn,
    /// `Storage` if the store fails or the bundle is not what its index says. Nothing has changed then.
    pub fn install(&self, store: &Store, bundle: &Bundle) -> Result<InstalledBundle, TrustError> {
        self.accept(&bundle.index, &bundle.digest())?;
        Ok(store.install_with(bundle, |_| true, |tx| self.write(tx))?)
    }

    /// Whether the bundle with this index, and its digest, may be installed.
    pub(crate) fn accept(&self, index: &Index, digest: &Digest) -> Result<(), TrustError> {
        let (app, version) = (&self.entry().app, index.version.code);
        let signed = self.app.releases.get(&version).is_some_and(|signed| signed.digest == *digest);
        if index.app != *app || !signed {
            let reason = format!("release {version} is not the one that the publisher signed");
            return Err(self.app.level.refused(reason));
        }
        if version < self.bounds.floor || self.bounds.revoked.contains(&version) {
            return Err(TrustError::Revoked { app: app.clone(), version });
        }
        Ok(())
    }

    /// Remembers the check by itself: where nothing is to be installed.
    ///
    /// # Errors
    /// What the database reports; then nothing is remembered.
    pub fn commit(&self) -> Result<(), StoreError> {
        self.database.write(|tx| self.write(tx))
    }

    /// Remembers the check in a transaction of the same database: that of the installation.
    ///
    /// # Errors
    /// What SQLite reports; fail the transaction then.
    pub fn write(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        evidence::write(tx, &self.outcome())
    }

    fn outcome(&self) -> Outcome {
        let mut files = self.platform.level.transport().used();
        files.extend(self.app.level.transport().used());
        let Bounds { floor, revoked, .. } = self.bounds.clone();
        let marks = Marks { floor, revoked, stopped: self.stopped };
        let (app, scope) = (self.entry().app.clone(), self.scope.clone());
        Outcome { app, files, scope, platform: self.platform.progress.clone(), marks }
    }
}

/// `1.2` as something to compare; the index's rules have checked its own.
fn numbers(runtime: &str) -> Vec<u64> {
    let mut numbers: Vec<u64> = runtime.split('.').map(|part| part.parse().unwrap_or(0)).collect();
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}
