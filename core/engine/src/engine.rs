//! The engine: one per host process.
mod browser_login;
mod config;
mod leave;
mod open;

pub use config::{Config, OpenRequest, Surface, SystemInfo};

use crate::{
    Device, ErrorKind, Host, HostApi, LodgerError, LogLevel, Session, SessionListener,
    device::Devices,
    exit_state::{self, ExitStates},
    files::{self, Files},
    login::{self, Login},
    payment::{self, Payments},
    permissions,
    permissions::Permissions,
    releases::{Follower, Releases},
    repository::Cancel,
    session::Inner,
    storage::{self, Storage},
    users,
    vault::Vault,
};
use lodger_bundle::{Store, StoreOptions};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
};
use tokio::runtime::{Handle, Runtime};

/// Threads for waiting work; disk work has threads of its own.
const WORKERS: usize = 2;

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) host: Host,
    pub(crate) store: Store,
    pub(crate) vault: Arc<Vault>,
    pub(crate) host_apis: RwLock<BTreeMap<String, Arc<dyn HostApi>>>,
    pub(crate) devices: Devices,
    pub(crate) releases: Arc<Releases>,
    /// None: the host has no login.
    pub(crate) login: Option<Arc<Login>>,
    /// None: the host has no payments.
    pub(crate) payments: Option<Arc<Payments>>,
    /// As the host told it last: `wifi`, `4g`, ….
    network: Mutex<String>,
    sessions: Mutex<Vec<Weak<Inner>>>,
    data_lost: bool,
    /// None only while dropping.
    runtime: Option<Runtime>,
}

impl Shared {
    pub(crate) fn runtime(&self) -> &Handle {
        self.runtime.as_ref().expect("there until the drop").handle()
    }

    pub(crate) fn development(&self) -> bool {
        self.releases.is_development()
    }

    /// Remembers the network that the device has, for downloads that wait for one without a price.
    pub(crate) fn network_is(&self, kind: &str) {
        kind.clone_into(&mut self.network.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(payments) = &self.payments {
            payments.try_again();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The last owner may be a task of this very runtime, where waiting for its threads would panic.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Cheap to clone; safe from any thread. Has its own async runtime; none is exposed.
///
/// Sessions keep what they need of the engine alive; dropping the engine itself does not end them.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

impl Engine {
    /// Opens the store under `config.data_dir`. Blocks on the disk.
    ///
    /// # Errors
    /// `Storage` if the database cannot be opened; whatever the key store says if it refuses.
    pub fn new(config: Config, host: Host) -> Result<Self, LodgerError> {
        let (store, report) = Store::open(&config.data_dir, StoreOptions { quota: config.quota })?;
        if report.set_aside.is_some() {
            host.log.log(
                LogLevel::Error,
                "engine",
                "the database was damaged: set aside, and a new one made",
            );
        }
        let database = store.database().clone();
        Storage::migrate(&database)?;
        Files::migrate(&database)?;
        Permissions::migrate(&database)?;
        ExitStates::migrate(&database)?;
        users::migrate(&database)?;
        login::migrate(&database)?;
        payment::migrate(&database)?;
        let (vault, data_lost) = Vault::open(&database, host.key_store.as_ref())?;
        if data_lost {
            storage::wipe_all(&database)?;
            files::wipe_all(&database)?;
            permissions::wipe_all(&database)?;
            exit_state::wipe_all(&database)?;
            users::wipe_all(&database)?;
            login::wipe_all(&database)?;
            payment::wipe_all(&database)?;
            host.log.log(
                LogLevel::Error,
                "engine",
                "the platform's key is gone: all per-user data was wiped",
            );
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("lodger")
            .enable_time()
            .build()
            .map_err(|_| {
                LodgerError::internal("no-threads", "The system gave no threads. Close other apps.")
            })?;
        let handle = runtime.handle().clone();
        let releases =
            Arc::new(Releases::new(config.repository.clone(), store.clone(), &host, handle.clone())?);
        let vault = Arc::new(vault);
        let login = config
            .login
            .as_ref()
            .map(|login| {
                Login::new(login, &host, database.clone(), Arc::clone(&vault), releases.is_development())
            })
            .transpose()?
            .map(Arc::new);
        let payments = match (&config.payments, &login) {
            (None, _) => None,
            (Some(_), None) => {
                return Err(LodgerError::internal(
                    "payments-without-login",
                    "Payments need a login: set Config::login, too.",
                ));
            }
            (Some(payments), Some(login)) => {
                let (payments, login) = (payments.clone(), Arc::clone(login));
                let place = (database, Arc::clone(&vault));
                Some(Payments::start(payments, login, &host, Arc::clone(&releases), place, handle))
            }
        };
        Ok(Self {
            shared: Arc::new(Shared {
                config,
                releases,
                login,
                payments,
                network: Mutex::default(),
                host,
                store,
                vault,
                host_apis: RwLock::default(),
                devices: Devices::default(),
                sessions: Mutex::default(),
                data_lost,
                runtime: Some(runtime),
            }),
        })
    }

    /// Where bundles are installed.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// True if the platform's key was gone when the engine started, so that all per-user data had to be wiped.
    pub fn data_was_lost(&self) -> bool {
        self.shared.data_lost
    }

    /// Adds a function of the host's own, called by `wx.invokeHost`. A second one of the same name replaces it.
    ///
    /// # Errors
    /// `Internal` if the name has no namespace or its scope is not one for hosts.
    pub fn register(&self, api: Arc<dyn HostApi>) -> Result<(), LodgerError> {
        let name = api.name().to_owned();
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let named = name.split_once('.').is_some_and(|(space, name)| plain(space) && plain(name));
        let scoped = api.scope().is_none_or(|scope| {
            permissions::is_wechat_scope(scope) || scope.strip_prefix("scope.host.").is_some_and(plain)
        });
        if !named || !scoped {
            return Err(LodgerError::internal(
                "host-api-name",
                "A host function is named `namespace.function`, and its scope is WeChat's or `scope.host.name`.",
            ));
        }
        let mut apis = self.shared.host_apis.write().unwrap_or_else(PoisonError::into_inner);
        apis.insert(name, api);
        Ok(())
    }

    /// Adds functions of the device; one that exists is replaced. Programs that run already do not hear of it.
    ///
    /// # Errors
    /// `Internal` if the registry has no such row of kind `device`.
    pub fn register_device(&self, device: Arc<dyn Device>) -> Result<(), LodgerError> {
        self.shared.devices.register(device)
    }

    /// Opens a program: what is stored, or what the repository offers this device, downloaded if need be; the listener
    /// gets `SessionEvent::Progress` meanwhile. May be awaited on any executor. Dropping the future cancels.
    ///
    /// # Errors
    /// All of core/docs/errors.md that are about opening.
    pub async fn open(&self, request: OpenRequest) -> Result<Session, LodgerError> {
        let shared = Arc::clone(&self.shared);
        let given_up = GivenUp::default();
        let cancel = given_up.0.clone();
        let opening = self.shared.runtime().spawn_blocking(move || open::open(&shared, request, &cancel));
        let inner = opening.await.map_err(|_| failed())??;
        let mut sessions = self.shared.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|session| session.strong_count() > 0);
        sessions.push(Arc::downgrade(&inner));
        given_up.keep();
        Ok(Session::new(inner))
    }

    /// Downloads the release that the next open of `app` will run, if it is not there. `unmetered_only`: not unless the
    /// host has said that the network is `wifi` (in an open's `SystemInfo`, by `networkStatusChange`, or here by
    /// [`Engine::set_network`]). Dropping the future cancels; what has arrived is kept.
    ///
    /// # Errors
    /// As [`Engine::open`]; `Denied` (`metered-network`) if the network is another, or unknown.
    pub async fn predownload(
        &self,
        app: &str,
        unmetered_only: bool,
        listener: Arc<dyn SessionListener>,
    ) -> Result<(), LodgerError> {
        let releases = Arc::clone(&self.shared.releases);
        if unmetered_only && *self.shared.network.lock().unwrap_or_else(PoisonError::into_inner) != "wifi" {
            return Err(LodgerError::new(
                ErrorKind::Denied,
                "metered-network",
                "The download waits for Wi-Fi. Try again on another network, or allow any.",
            ));
        }
        let (given_up, app) = (GivenUp::default(), app.to_owned());
        let cancel = given_up.0.clone();
        let work = self.shared.runtime().spawn_blocking(move || {
            releases.install_newest(&app, &cancel, &Follower::host(&cancel, &listener))
        });
        work.await.map_err(|_| failed())?.map(drop)
    }

    /// The network that the device has now, in WeChat's words (`wifi`, `4g`, `none`, …). Sessions are told by
    /// `Session::emit`, which says the same here.
    pub fn set_network(&self, kind: &str) {
        self.shared.network_is(kind);
    }

    /// Returns when no download goes on that nobody waits for: what a tool awaits before it ends.
    pub async fn settle(&self) {
        self.shared.releases.settle().await;
    }

    /// Blocks on `future` in the engine's runtime (for hosts without an async runtime of their own).
    ///
    /// # Panics
    /// If called from inside an async runtime.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.shared.runtime().block_on(future)
    }
}

/// Cancels what it was given to, if whoever waits is dropped.
#[derive(Default)]
struct GivenUp(Cancel);

impl GivenUp {
    /// All went well: what goes on from here belongs to nobody who waits.
    fn keep(mut self) {
        self.0 = Cancel::default();
    }
}

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn failed() -> LodgerError {
    LodgerError::internal("open-failed", "The program could not be opened. Try again.")
}
