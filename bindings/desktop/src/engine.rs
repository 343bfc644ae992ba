//! The engine as both forms of this host use it: one set-up, one way to open.
use crate::{
    Error,
    device::DesktopDevice,
    event::{HostEvent, Report},
    host::protocol::Open,
    http::{DesktopHttp, RepositoryHttp},
    key_store::FileKeyStore,
    network::{Conditions, Network},
    phone::{self, Device, Theme},
    repository::Repository,
};
use lodger_engine::{
    Config, Engine, ErrorKind, Host, LodgerError, LogLevel, OpenRequest, OriginForm, Prompts, Session,
    SessionEvent, SessionListener, Surface, SystemClock, WebviewForm,
};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Bytes of bundles kept for development; plenty for every program a developer has open.
const QUOTA: u64 = 512 << 20;
/// The one user of a development host.
const USER: &str = "developer";

/// An engine over a repository; a development root lets programs use http and loopback.
pub(crate) fn start(
    data_dir: &Path,
    start_timeout: Duration,
    prompts: Arc<dyn Prompts>,
    network: Network,
    repository: &Repository,
) -> Result<Engine, Error> {
    std::fs::create_dir_all(data_dir).map_err(Error::file(data_dir))?;
    let http = DesktopHttp::new()
        .map_err(|error| LodgerError::new(ErrorKind::Internal, "http", error.to_string()))?;
    let platform = RepositoryHttp::new(http.clone(), &repository.address)
        .map_err(|error| LodgerError::new(ErrorKind::Offline, "repository", error.to_string()))?;
    let config = Config { quota: QUOTA, start_timeout, ..Config::new(data_dir, repository.for_engine()?) };
    let host = Host {
        platform_http: Arc::new(platform),
        app_http: Arc::new(Conditions::new(http.clone(), network)),
        app_socket: Arc::new(http),
        clock: Arc::new(SystemClock),
        key_store: Arc::new(FileKeyStore::open(data_dir)?),
        prompts,
        log: Arc::new(lodger_engine::StderrLog(LogLevel::Warn)),
    };
    let engine = Engine::new(config, host)?;
    engine.register_device(Arc::new(DesktopDevice::default()))?;
    Ok(engine)
}

/// What a session needs from the form of host that opens it.
pub(crate) struct Place {
    pub(crate) origin: OriginForm,
    /// `ipc` or `http`.
    pub(crate) inbound: &'static str,
    pub(crate) webview: WebviewForm,
    pub(crate) device: Device,
    pub(crate) theme: Theme,
}

/// Opens a program; a download tells the listener of its progress. Dropping the future cancels.
pub(crate) async fn open(
    engine: &Engine,
    open: &Open,
    place: Place,
    listener: Arc<dyn SessionListener>,
) -> Result<Session, LodgerError> {
    let request = OpenRequest {
        user: USER.to_owned(),
        app: open.app.clone(),
        path: open.entry.path.clone(),
        query: open.entry.query.clone(),
        scene: open.entry.scene,
        referrer: open.entry.referrer.clone(),
        system: phone::system_info(&place.device, place.theme),
        surface: Surface { origin: place.origin, inbound: place.inbound, sink: None, webview: place.webview },
        listener,
    };
    engine.open(request).await
}

/// Arguments of the event `overlay` that draws, or with an empty text removes, what is wrong with the source.
pub(crate) fn build_errors(text: &str) -> Value {
    json!({ "build": true, "text": text })
}

/// Passes a session's events on as reports.
pub(crate) struct Reporter<F> {
    number: u32,
    send: Mutex<F>,
}

impl<F: FnMut(Report) + Send> Reporter<F> {
    /// `number` is the session's in the reports.
    pub(crate) fn new(number: u32, send: F) -> Self {
        Self { number, send: Mutex::new(send) }
    }
}

impl<F: FnMut(Report) + Send> SessionListener for Reporter<F> {
    fn event(&self, event: SessionEvent) {
        if let Some(event) = HostEvent::from_session(event) {
            let mut send = self.send.lock().expect("sending a report does not panic");
            send(Report { session: self.number, event });
        }
    }
}
