//! Which bundle an open gets: from an app id, through `lodger_bundle::trust`, to an installed release (DESIGN 3 and 6).
//!
//! - `open`: what is stored, what the repository says, and which of them acts at once.
//! - `follow`: what goes on behind an open session: a late check, a download, news for the page and the host.
//! - `packages`: subpackages when somebody wants them, and programs before anybody does.
//! - `starts`: how starts ended, for the crash fallback. `install_id`: who this device is to gray releases.
//!
//! All of it blocks: it runs on the engine's blocking threads, never on those of the async runtime.
mod follow;
mod install_id;
mod open;
mod packages;
mod starts;

pub(crate) use follow::{Update, follow};
pub(crate) use open::{Opened, Then, Wanted};
pub(crate) use starts::Start;

use crate::{
    Clock, Host, LodgerError, Log, LogLevel, PlatformHttp, SessionEvent, SessionListener,
    repository::{Cancel, Repository, RepositoryFetch},
};
use lodger_bundle::{
    Control, Database, Digest, InstalledBundle, Limits, Store, Transfers, Version,
    trust::{AnyRoot, Device, Fetch, Reason, Trust, Verified},
};
use starts::{LOOP, Starts};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};
use tokio::{runtime::Handle, sync::watch};

/// Downloads at once, over all programs.
const DOWNLOADS: usize = 3;
/// What indexes ask for as `runtime.min`.
const RUNTIME: &str = env!("CARGO_PKG_VERSION");

/// Where the release of an open came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was downloaded for this open.
    Network,
    /// It was installed before.
    Store,
    /// The host app ships it.
    Preset,
}

/// The release that a session runs.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedRelease {
    /// Its version.
    pub version: Version,
    /// SHA-256 of its index: the bundle's identity.
    pub digest: Digest,
    /// Where it came from.
    pub source: Source,
    /// Why this one: `Fallback` after two deaths before the first content.
    pub reason: Reason,
}

/// Everything that opens share. One per engine.
pub(crate) struct Releases {
    repository: Repository,
    install_id: String,
    store: Store,
    trust: Trust,
    transfers: Transfers,
    starts: Starts,
    http: Arc<dyn PlatformHttp>,
    clock: Arc<dyn Clock>,
    log: Arc<dyn Log>,
    runtime: Handle,
    /// Work that goes on without anybody waiting for it.
    behind: watch::Sender<usize>,
}

/// What `select` chose, and whether it is there.
pub(crate) struct Chosen {
    version: u64,
    digest: Digest,
    reason: Reason,
    installed: Option<InstalledBundle>,
}

impl Releases {
    /// Blocks on the disk.
    pub(crate) fn new(
        repository: Repository,
        store: Store,
        host: &Host,
        runtime: Handle,
    ) -> Result<Self, LodgerError> {
        let database: &Database = store.database();
        let install_id = match &repository.install_id {
            Some(given) => given.clone(),
            None => install_id::load(database)?,
        };
        Ok(Self {
            install_id,
            trust: Trust::new(database.clone(), repository.root.clone())?,
            transfers: Transfers::new(store.clone(), DOWNLOADS),
            starts: Starts::open(database)?,
            http: Arc::clone(&host.platform_http),
            clock: Arc::clone(&host.clock),
            log: Arc::clone(&host.log),
            runtime,
            behind: watch::Sender::new(0),
            store,
            repository,
        })
    }

    fn fetch(&self, cancel: &Cancel, patient: bool) -> Arc<dyn Fetch> {
        let (http, address) = (Arc::clone(&self.http), &self.repository.address);
        Arc::new(RepositoryFetch::new(http, address, cancel.clone(), patient, self.runtime.clone()))
    }

    fn check(&self, app: &str, cancel: &Cancel, patient: bool) -> Result<Verified, LodgerError> {
        let fetch = self.fetch(cancel, patient);
        Ok(self.trust.check(app, &self.repository.channel, &fetch, self.clock.now())?)
    }

    /// A check on a thread of its own, so that nobody need wait for its end.
    fn check_aside(
        self: &Arc<Self>,
        app: &str,
        cancel: &Cancel,
        patient: bool,
    ) -> mpsc::Receiver<Result<Verified, LodgerError>> {
        let (sender, receiver) = mpsc::channel();
        let (releases, app, cancel) = (Arc::clone(self), app.to_owned(), cancel.clone());
        self.runtime.spawn_blocking(move || {
            // Nobody may wait any more.
            let _ = sender.send(releases.check(&app, &cancel, patient));
        });
        receiver
    }

    /// `payment-keys.json` as the repository has it now; `None` if there is none.
    pub(crate) fn payment_keys(&self) -> Result<Option<Vec<u8>>, LodgerError> {
        Ok(self.trust.payment_keys(&self.fetch(&Cancel::default(), false), self.clock.now())?)
    }

    /// What the reviewer calls a program, by the last check; `None` if it cannot be read any more.
    pub(crate) fn name_of(&self, app: &str) -> Option<String> {
        let Repository { channel, grace, .. } = &self.repository;
        let verified = self.trust.offline(app, channel, self.clock.now(), *grace).ok()?;
        Some(verified.entry().name.clone())
    }

    /// What this device opens of a verified program; `here` to count only what is installed.
    fn choose(&self, verified: &Verified, here: bool) -> Result<Chosen, LodgerError> {
        let app = &verified.entry().app;
        // The same version with other bytes (a developer's next build) is another bundle.
        let signed = |bundle: &InstalledBundle| {
            verified.releases().get(&bundle.version.code).is_some_and(|signed| signed.digest == bundle.digest)
        };
        let installed: Vec<_> = self.store.versions(app)?.into_iter().filter(signed).collect();
        let started = self.starts.of(app)?;
        let start_of = |bundle: &InstalledBundle| started.iter().find(|start| start.digest == bundle.digest);
        // Newest first: of those that were never opened, the one that was installed last.
        let last =
            installed.iter().rev().max_by_key(|bundle| start_of(bundle).map_or(0, |start| start.opened));
        let crashed = |bundle: &&InstalledBundle| start_of(bundle).is_some_and(|start| start.deaths >= LOOP);
        let device = Device {
            app,
            install_id: &self.install_id,
            audience: self.repository.audience.clone(),
            region: self.repository.region.clone(),
            installed: installed.iter().map(|bundle| bundle.version.code).collect(),
            current: last.map(|bundle| bundle.version.code),
            crashed: installed
                .iter()
                .filter(crashed)
                .map(|bundle| bundle.version.code)
                .collect::<BTreeSet<_>>(),
            offline: here,
        };
        let (choice, signed) = verified.select(&device)?;
        let installed = installed.into_iter().find(|bundle| bundle.version.code == choice.version);
        Ok(Chosen { version: choice.version, digest: signed.digest, reason: choice.reason, installed })
    }

    /// Downloads and installs a release, with the check that chose it. `packages` beside the main one.
    fn download(
        &self,
        verified: &Verified,
        version: u64,
        packages: &dyn Fn(&lodger_bundle::Index) -> Vec<String>,
        fetch: &Arc<dyn Fetch>,
        control: &Follower,
    ) -> Result<InstalledBundle, LodgerError> {
        // A developer's build may be larger than what may be published.
        let limits = match self.repository.root {
            AnyRoot::Release(_) => &Limits::RELEASE,
            AnyRoot::Development(_) => &Limits::STRUCTURE,
        };
        let (index, bytes) = verified.index(version, limits, RUNTIME)?;
        let packages = packages(&index);
        let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
        Ok(self.transfers.install(verified, version, index, bytes, &packages, fetch, control)?)
    }

    /// Names of the packages of `app` that this device has, whatever the version: an update brings them all.
    fn packages_here(&self, app: &str) -> BTreeSet<String> {
        let Ok(versions) = self.store.versions(app) else { return BTreeSet::new() };
        let mut names = BTreeSet::new();
        for bundle in versions {
            let Ok(index) = self.store.index(&bundle.digest) else { continue };
            let here = index
                .packages
                .iter()
                .filter(|package| matches!(self.store.has_package(&bundle.digest, &package.name), Ok(true)));
            names.extend(here.map(|package| package.name.clone()));
        }
        names
    }

    /// Writes down that a bundle starts.
    pub(crate) fn begin(&self, bundle: &InstalledBundle) -> Result<Start, LodgerError> {
        let installed: Vec<_> =
            self.store.versions(&bundle.app)?.into_iter().map(|bundle| bundle.digest).collect();
        self.starts.begin(&bundle.app, bundle.digest, &installed)
    }

    pub(crate) fn is_development(&self) -> bool {
        matches!(self.repository.root, AnyRoot::Development(_))
    }

    /// Returns when nothing goes on behind any more.
    pub(crate) async fn settle(&self) {
        // The sender is here, so it cannot be gone.
        let _ = self.behind.subscribe().wait_for(|count| *count == 0).await;
    }

    fn warn(&self, message: &str) {
        self.log.log(LogLevel::Warn, "releases", message);
    }
}

/// Passes a transfer's progress on, a step for each percent, and ends it when nobody wants it any more.
pub(crate) struct Follower {
    tell: Option<Tell>,
    cancel: Cancel,
    /// Steps told, and one more.
    told: AtomicU64,
}

type Tell = Box<dyn Fn(u64, u64) + Send + Sync>;

impl Follower {
    /// Tells nobody.
    pub(crate) fn quiet(cancel: &Cancel) -> Self {
        Self { tell: None, cancel: cancel.clone(), told: AtomicU64::new(0) }
    }

    pub(crate) fn telling(cancel: &Cancel, tell: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        Self { tell: Some(Box::new(tell)), ..Self::quiet(cancel) }
    }

    /// Tells a host.
    pub(crate) fn host(cancel: &Cancel, listener: &Arc<dyn SessionListener>) -> Self {
        let listener = Arc::clone(listener);
        Self::telling(cancel, move |received, total| {
            listener.event(SessionEvent::Progress { received, total });
        })
    }
}

impl Control for Follower {
    fn progress(&self, received: u64, total: u64) {
        let Some(tell) = &self.tell else { return };
        let step = 1 + (received.min(total) * 100).checked_div(total).unwrap_or(0);
        if step > self.told.fetch_max(step, Ordering::Relaxed) {
            tell(received, total);
        }
    }

    fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}
