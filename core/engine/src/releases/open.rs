//! One open: what is stored, what the repository says of it, and what is done at once.
//!
//! Nothing installed: the preset if there is one (no network on the first open, DESIGN 6), else the repository.
//! Something installed that may run: it opens at once while its last check is fresh; else the repository is asked
//! first, for as long as `Repository::patience`. A revocation, a floor, a rollback and the policy `forced` act at once;
//! any other update is downloaded behind the session (`follow`).
use super::{Chosen, Follower, OpenedRelease, Releases, Source};
use crate::{
    ErrorKind, LodgerError, SessionListener,
    repository::{Cancel, PresetFetch, Repository},
};
use lodger_bundle::{
    Index, InstalledBundle,
    trust::{Fetch, Policy, Verified},
};
use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

/// What somebody wants to open.
pub(crate) struct Wanted<'a> {
    pub app: &'a str,
    /// Its package comes with the main one; `None`: the entry page.
    pub page: Option<&'a str>,
    /// Told of a download's progress.
    pub listener: &'a Arc<dyn SessionListener>,
    /// Ends the open.
    pub cancel: &'a Cancel,
}

/// A release to run.
pub(crate) struct Opened {
    pub bundle: InstalledBundle,
    pub release: OpenedRelease,
    pub then: Then,
}

/// What goes on behind the session.
pub(crate) enum Then {
    /// All is known: there is nothing newer.
    Nothing,
    /// The repository is to be asked.
    Check,
    /// It was asked, and has not answered yet.
    Await(Receiver<Result<Verified, LodgerError>>),
    /// There is another release.
    Download(Box<Verified>),
}

impl Releases {
    /// Finds the release to run, and downloads it if it must.
    pub(crate) fn open(self: &Arc<Self>, wanted: &Wanted<'_>) -> Result<Opened, LodgerError> {
        let app = wanted.app;
        let local = self.stored(app);
        if let Ok((verified, here)) = &local
            && !self.is_due(verified, here)
        {
            return opened(here, Source::Store, Then::Nothing);
        }
        if local.is_err()
            && self.store.versions(app)?.is_empty()
            && let Some(opened) = self.open_preset(wanted)?
        {
            return Ok(opened);
        }
        let check = self.check_aside(app, wanted.cancel, local.is_err());
        let patience = if local.is_ok() { self.repository.patience } else { Duration::MAX };
        match (check.recv_timeout(patience), local) {
            (Ok(Ok(verified)), _) => self.decide(wanted, verified),
            // Late, but it goes on.
            (Err(RecvTimeoutError::Timeout), Ok((_, here))) => {
                opened(&here, Source::Store, Then::Await(check))
            }
            (Ok(Err(error)), Ok((_, here))) if opens_anyway(&error) => {
                self.warn(&format!("{app}: what is installed is opened ({}: {error})", error.code));
                let then = if error.kind == ErrorKind::Offline { Then::Check } else { Then::Nothing };
                opened(&here, Source::Store, then)
            }
            (Ok(Err(error)), Ok(_)) => Err(error),
            (Ok(Err(error)), Err(local)) => Err(more_telling(local, error)),
            (Err(_), _) => Err(LodgerError::internal("check-ended", "The check was broken off. Try again.")),
        }
    }

    /// What opens without a network.
    fn stored(&self, app: &str) -> Result<(Verified, Chosen), LodgerError> {
        let Repository { channel, grace, .. } = &self.repository;
        let verified = self.trust.offline(app, channel, self.clock.now(), *grace)?;
        if self.store.versions(app)?.is_empty() {
            return Err(lodger_bundle::trust::TrustError::FirstUse { app: app.to_owned() }.into());
        }
        let chosen = self.choose(&verified, true)?;
        Ok((verified, chosen))
    }

    /// Whether the repository is to be asked: the last check is old, the clock went backwards, or that check chose
    /// another release than is here.
    fn is_due(&self, verified: &Verified, here: &Chosen) -> bool {
        let age = self.clock.now().duration_since(verified.checked());
        age.map_or(true, |age| age >= self.repository.check_after)
            || self.choose(verified, false).map_or(true, |wanted| wanted.digest != here.digest)
    }

    /// The release that the host app ships; `None` if it ships none that may run.
    fn open_preset(&self, wanted: &Wanted<'_>) -> Result<Option<Opened>, LodgerError> {
        let Some(preset) = &self.repository.preset else { return Ok(None) };
        let fetch: Arc<dyn Fetch> = Arc::new(PresetFetch(Arc::clone(preset)));
        let Repository { channel, grace, .. } = &self.repository;
        let found = self
            .trust
            .preset(wanted.app, channel, &fetch, self.clock.now(), *grace)
            .map_err(LodgerError::from)
            .and_then(|verified| {
                let chosen = self.choose(&verified, false)?;
                let control = Follower::quiet(wanted.cancel);
                // All of it: nothing of a preset costs anybody anything.
                let all = |index: &Index| index.packages.iter().map(|package| package.name.clone()).collect();
                let bundle = self.download(&verified, chosen.version, &all, &fetch, &control)?;
                Ok(Opened {
                    release: release(&bundle, Source::Preset, chosen.reason),
                    bundle,
                    then: Then::Check,
                })
            });
        match found {
            Ok(opened) => Ok(Some(opened)),
            Err(error) if error.kind == ErrorKind::Storage => Err(error),
            Err(error) => {
                self.warn(&format!("{}: its preset is not used ({}: {error})", wanted.app, error.code));
                Ok(None)
            }
        }
    }

    /// The repository has answered.
    fn decide(&self, wanted: &Wanted<'_>, verified: Verified) -> Result<Opened, LodgerError> {
        let chosen = match self.choose(&verified, false) {
            Ok(chosen) => chosen,
            Err(error) => {
                // What withdraws a program is remembered even though nothing opens.
                verified.commit()?;
                return Err(error);
            }
        };
        if chosen.installed.is_some() {
            verified.commit()?;
            return opened(&chosen, Source::Store, Then::Nothing);
        }
        let here = self.choose(&verified, true).ok();
        let at_once = here
            .as_ref()
            .is_none_or(|here| verified.channel().policy == Policy::Forced || chosen.version < here.version);
        if let (Some(here), false) = (&here, at_once) {
            verified.commit()?;
            return opened(here, Source::Store, Then::Download(Box::new(verified)));
        }
        let fetch = self.fetch(wanted.cancel, true);
        let control = Follower::host(wanted.cancel, wanted.listener);
        let packages = |index: &Index| self.packages_for(index, wanted.page);
        match (self.download(&verified, chosen.version, &packages, &fetch, &control), here) {
            (Ok(bundle), _) => {
                let release = release(&bundle, Source::Network, chosen.reason);
                Ok(Opened { bundle, release, then: Then::Nothing })
            }
            (Err(error), Some(here)) if opens_anyway(&error) || error.kind == ErrorKind::Incompatible => {
                self.warn(&format!("{}: the update did not come ({}: {error})", wanted.app, error.code));
                verified.commit()?;
                opened(&here, Source::Store, Then::Nothing)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// The package of the page that is opened, and what an earlier release had.
    pub(super) fn packages_for(&self, index: &Index, page: Option<&str>) -> Vec<String> {
        let mut names = self.packages_here(&index.app);
        let page = page.map(|page| page.strip_prefix('/').unwrap_or(page));
        if let Some(page) = page.or(index.pages.first().map(String::as_str)) {
            names.insert(index.package_of(page).name.clone());
        }
        names.retain(|name| index.packages.iter().any(|package| package.name == *name));
        names.into_iter().collect()
    }
}

/// An installed bundle that was chosen.
fn opened(chosen: &Chosen, source: Source, then: Then) -> Result<Opened, LodgerError> {
    let Some(bundle) = chosen.installed.clone() else {
        return Err(LodgerError::internal(
            "not-installed",
            "The chosen release is not installed. Try again.",
        ));
    };
    Ok(Opened { release: release(&bundle, source, chosen.reason), bundle, then })
}

fn release(bundle: &InstalledBundle, source: Source, reason: lodger_bundle::trust::Reason) -> OpenedRelease {
    OpenedRelease { version: bundle.version.clone(), digest: bundle.digest, source, reason }
}

/// Whether what is installed opens though the repository could not be asked, or said something unbelievable.
fn opens_anyway(error: &LodgerError) -> bool {
    matches!(error.kind, ErrorKind::Offline | ErrorKind::Stale | ErrorKind::Untrusted)
}

/// Without an answer, why nothing stored opens; else what the answer was.
fn more_telling(local: LodgerError, online: LodgerError) -> LodgerError {
    if online.code == "unreachable" { local } else { online }
}
