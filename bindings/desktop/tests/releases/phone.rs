//! A device: the real engine with the desktop's real HTTP. It says what it opened, or why not.
use crate::world::{World, script};
use async_trait::async_trait;
use lodger_bundle::Digest;
use lodger_desktop::{DesktopHttp, FileKeyStore};
use lodger_engine::{
    Clock, Config, Engine, ErrorKind, Host, HttpError, HttpObserver, HttpRequest, HttpResponse, LodgerError,
    LogLevel, NoPrompts, NoSockets, OpenRequest, OriginForm, PlatformHttp, Preset, Repository,
    ResourceRequest, Session, SessionEvent, SessionListener, StderrLog, Surface, SystemInfo, TrustRoot,
    WebviewForm,
};
use std::{
    fs,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

/// The program that is opened.
pub const APP: &str = "coffee";

/// Why something is refused, as the host sees it.
pub type Refusal = (ErrorKind, &'static str);
pub const NOT_AS_SIGNED: Refusal = (ErrorKind::Untrusted, "not-as-signed");
pub const OLDER: Refusal = (ErrorKind::Stale, "older-than-seen");
pub const EXPIRED: Refusal = (ErrorKind::Stale, "expired");
pub const UNREACHABLE: Refusal = (ErrorKind::Offline, "unreachable");
pub const FIRST_USE: Refusal = (ErrorKind::Offline, "first-use-offline");
pub const MISSING: Refusal = (ErrorKind::Offline, "repository-file-missing");
pub const PORTAL: Refusal = (ErrorKind::Offline, "captive-portal");
pub const WITHDRAWN: Refusal = (ErrorKind::Revoked, "release-withdrawn");
pub const NO_RELEASE: Refusal = (ErrorKind::NotFound, "no-release");

/// A device with the operator's root.
pub struct Phone {
    engine: Engine,
    device: Arc<Device>,
    config: Config,
    dir: TempDir,
}

/// What tests turn.
struct Device {
    http: DesktopHttp,
    now: Mutex<SystemTime>,
    /// What a host would set to half a minute.
    timeout: Mutex<Duration>,
}

impl Phone {
    /// Fresh: nothing is installed.
    pub fn new(world: &World) -> Self {
        Self::of(world, None)
    }

    /// Fresh, from a host that ships these files.
    pub fn with_preset(world: &World, preset: Arc<dyn Preset>) -> Self {
        Self::of(world, Some(preset))
    }

    fn of(world: &World, preset: Option<Arc<dyn Preset>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = TrustRoot::parse(world.trust_root()).unwrap();
        let repository = Repository {
            install_id: Some("id".into()),
            check_after: Duration::ZERO,
            patience: Duration::from_secs(20),
            preset,
            ..Repository::new(&world.server.address(), root)
        };
        let config = Config::new(dir.path(), repository);
        let device = Arc::new(Device {
            http: DesktopHttp::new().unwrap(),
            now: Mutex::new(world.now.into()),
            timeout: Mutex::new(Duration::from_secs(20)),
        });
        Self { engine: start(&config, &device), device, config, dir }
    }

    /// One that has opened release 1.
    pub fn with_release(world: &World) -> Self {
        let phone = Self::new(world);
        assert_eq!(phone.update().unwrap(), 1);
        phone
    }

    /// The device's clock goes on, or back.
    pub fn pass(&self, days: i64) {
        let mut now = self.device.now.lock().unwrap();
        let by = Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
        *now = if days < 0 { *now - by } else { *now + by };
    }

    /// From here on it waits for no answer longer than that.
    pub fn hurry(&self, timeout: Duration) {
        *self.device.timeout.lock().unwrap() = timeout;
    }

    /// Asks the repository, takes what it offers, and opens it.
    pub fn update(&self) -> Result<u64, LodgerError> {
        self.engine.block_on(self.engine.predownload(APP, false, Arc::new(Nobody)))?;
        self.open()
    }

    /// Opens, whatever the repository says; the code that it gets is the publisher's. Gives the version.
    pub fn open(&self) -> Result<u64, LodgerError> {
        let session = self.start()?;
        let version = session.release().version.code;
        assert_eq!(self.read(&session, "/p/package.js"), script(APP, version));
        drop(session);
        // What goes on behind must not disturb the next step.
        self.engine.block_on(self.engine.settle());
        Ok(version)
    }

    /// Opens, asks for one file, and gives the status of the answer.
    pub fn status(&self, path: &str) -> u16 {
        let session = self.start().unwrap();
        let url = session.start_url().trim_end_matches('/').to_owned() + path;
        let request = ResourceRequest { method: "GET".into(), url, ..ResourceRequest::default() };
        let status = self.engine.block_on(session.open_resource(request)).status;
        drop(session);
        self.engine.block_on(self.engine.settle());
        status
    }

    /// The user removes the program.
    pub fn forget(&self) {
        self.engine.store().remove(APP).unwrap();
    }

    /// An update is refused so, nothing is left behind, and release `version` still opens.
    pub fn refuses(&self, refusal: Refusal, version: u64) -> String {
        let text = self.refuses_update(refusal);
        let before = self.installed();
        assert_eq!(self.open().unwrap(), version);
        assert_same(&self.installed(), &before);
        text
    }

    /// The same without opening.
    pub fn refuses_update(&self, refusal: Refusal) -> String {
        let before = self.contents();
        let asked = self.engine.block_on(self.engine.predownload(APP, false, Arc::new(Nobody)));
        let error = asked.expect_err("it was accepted");
        assert_eq!((error.kind, &*error.code), refusal, "{error}");
        assert_same(&self.contents(), &before);
        assert_eq!(self.engine.store().check().unwrap(), [""; 0]);
        error.to_string()
    }

    /// The same where what has arrived may stay.
    pub fn fails(&self, refusal: Refusal) {
        let asked = self.engine.block_on(self.engine.predownload(APP, false, Arc::new(Nobody)));
        let error = asked.expect_err("it was accepted");
        assert_eq!((error.kind, &*error.code), refusal, "{error}");
        assert_eq!(self.engine.store().check().unwrap(), [""; 0]);
    }

    /// Opening is refused so.
    pub fn refuses_to_open(&self, refusal: Refusal) {
        let error = self.open().expect_err("it was opened");
        assert_eq!((error.kind, &*error.code), refusal, "{error}");
    }

    /// Opens, and the process dies before anything is seen. Gives the version.
    pub fn die(&mut self) -> u64 {
        let session = self.start().unwrap();
        let version = session.release().version.code;
        self.engine.block_on(self.engine.settle());
        // As if there had been no time to say that it was closed.
        std::mem::forget(session);
        self.restart();
        version
    }

    pub fn restart(&mut self) {
        self.engine = start(&self.config, &self.device);
    }

    fn start(&self) -> Result<Session, LodgerError> {
        self.engine.block_on(self.engine.open(request()))
    }

    fn read(&self, session: &Session, path: &str) -> Vec<u8> {
        let url = session.start_url().trim_end_matches('/').to_owned() + path;
        let request = ResourceRequest { method: "GET".into(), url, ..ResourceRequest::default() };
        let resource = self.engine.block_on(session.open_resource(request));
        assert_eq!(resource.status, 200);
        let mut body = Vec::new();
        while (body.len() as u64) < resource.length {
            body.extend(session.read(resource.handle, body.len() as u64, u32::MAX).unwrap());
        }
        body
    }

    /// Bundles, their bytes, and what has arrived of others.
    pub fn installed(&self) -> Vec<String> {
        let tables = ["bundle ", "blob ", "content ", "holds ", "partial "];
        let mut lines = self.contents();
        lines.retain(|line| tables.iter().any(|table| line.starts_with(table)));
        lines
    }

    /// Every row of every table, by its digest, and the names of all files. Not how often programs were opened: a
    /// session that has just ended may still be writing that down.
    fn contents(&self) -> Vec<String> {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'engine_start'";
        let database = self.engine.store().database();
        let mut lines: Vec<String> = database
            .read(|reader| {
                let tables: Vec<String> =
                    reader.prepare(tables)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
                let mut lines = Vec::new();
                for table in tables {
                    let mut statement = reader.prepare(&format!("SELECT * FROM {table}"))?;
                    let columns = statement.column_count();
                    let mut rows = statement.query([])?;
                    while let Some(row) = rows.next()? {
                        let cells = (0..columns).map(|at| Ok(format!("{:?}", row.get_ref(at)?)));
                        let cells: Vec<String> = cells.collect::<Result<_, rusqlite::Error>>()?;
                        lines.push(format!("{table} {}", Digest::of(cells.join("|").as_bytes())));
                    }
                }
                Ok(lines)
            })
            .unwrap();
        let files = fs::read_dir(self.dir.path()).unwrap();
        lines.extend(files.map(|file| file.unwrap().file_name().into_string().unwrap()));
        lines.sort();
        lines
    }
}

fn assert_same(now: &[String], before: &[String]) {
    let less: Vec<_> = before.iter().filter(|line| !now.contains(line)).collect();
    let more: Vec<_> = now.iter().filter(|line| !before.contains(line)).collect();
    assert!(less.is_empty() && more.is_empty(), "left behind {more:?}, lost {less:?}");
}

fn start(config: &Config, device: &Arc<Device>) -> Engine {
    let host = Host {
        platform_http: Arc::clone(device) as _,
        app_http: Arc::new(device.http.clone()),
        app_socket: Arc::new(NoSockets),
        clock: Arc::clone(device) as _,
        key_store: Arc::new(FileKeyStore::open(&config.data_dir).unwrap()),
        prompts: Arc::new(NoPrompts),
        log: Arc::new(StderrLog(LogLevel::Error)),
    };
    Engine::new(config.clone(), host).unwrap()
}

impl Device {
    fn hurried(&self, mut request: HttpRequest) -> HttpRequest {
        request.timeout = request.timeout.min(*self.timeout.lock().unwrap());
        request
    }
}

#[async_trait]
impl PlatformHttp for Device {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        PlatformHttp::send(&self.http, self.hurried(request)).await
    }

    async fn stream(&self, request: HttpRequest, observer: Arc<dyn HttpObserver>) -> Result<(), HttpError> {
        PlatformHttp::stream(&self.http, self.hurried(request), observer).await
    }
}

impl Clock for Device {
    fn now(&self) -> SystemTime {
        *self.now.lock().unwrap()
    }
}

struct Nobody;

impl SessionListener for Nobody {
    fn event(&self, _: SessionEvent) {}
}

fn request() -> OpenRequest {
    OpenRequest {
        user: "ann".into(),
        app: APP.into(),
        path: None,
        query: Default::default(),
        scene: 1001,
        referrer: None,
        system: SystemInfo {
            brand: "test".into(),
            model: "test".into(),
            platform: "linux".into(),
            system: "Linux".into(),
            language: "en".into(),
            theme: "light".into(),
            status_bar_height: 0.0,
            safe_area_bottom: 0.0,
            menu_button: [283.0, 6.0, 87.0, 32.0],
            network_type: "wifi".into(),
            host_name: "test".into(),
            host_version: "1".into(),
        },
        surface: Surface {
            origin: OriginForm::CustomScheme,
            inbound: "ipc",
            sink: None,
            webview: WebviewForm::Native,
        },
        listener: Arc::new(Nobody),
    }
}
