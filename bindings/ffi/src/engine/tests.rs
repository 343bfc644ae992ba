//! The surface over the real engine and store, with a host that works and one that always throws.

use super::*;
use crate::{
    CallbackFailed, ErrorKind, HttpFailure,
    event::{LogLevel, SessionEvent},
    host,
    records::{
        Config, Header, HttpRequest, HttpResponse, OpenRequest, OriginForm, ResourceRequest, ScopePrompt,
    },
};
use async_trait::async_trait;
use lodger_bundle::{BundleBuilder, Index, Version};
use lodger_server::development::DevelopmentRepository;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;

/// A host in memory. `broken`: whatever it is asked, it throws.
#[derive(Default)]
struct TestHost {
    broken: bool,
    calls: AtomicUsize,
    /// The folder that its HTTP serves.
    files: Option<PathBuf>,
    events: Mutex<Vec<SessionEvent>>,
}

impl TestHost {
    fn answer<T, E>(&self, value: T, threw: E) -> Result<T, E> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if self.broken { Err(threw) } else { Ok(value) }
    }
}

#[async_trait]
impl host::PlatformHttp for TestHost {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let Some(folder) = &self.files else {
            return Err(HttpFailure::Connect { reason: "no network in tests".into() });
        };
        let path = request.url.strip_prefix("https://releases.example/").unwrap();
        let answer = |status, body| Ok(HttpResponse { status, headers: vec![], body });
        std::fs::read(folder.join(path)).map_or_else(|_| answer(404, vec![]), |body| answer(200, body))
    }
}

#[async_trait]
impl host::AppHttp for TestHost {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        Err(HttpFailure::Connect { reason: "no network in tests".into() })
    }
}

impl host::Clock for TestHost {
    fn now(&self) -> Result<u64, CallbackFailed> {
        // What the repository signs expires in days: the system's time.
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
        self.answer(u64::try_from(now).unwrap(), CallbackFailed::Threw)
    }
}

impl host::KeyStore for TestHost {
    fn wrap(&self, secret: Vec<u8>) -> Result<Vec<u8>, LodgerError> {
        self.answer(secret, uniffi::UnexpectedUniFFICallbackError::new("thrown by the test").into())
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, LodgerError> {
        self.answer(wrapped, uniffi::UnexpectedUniFFICallbackError::new("thrown by the test").into())
    }
}

#[async_trait]
impl host::Prompts for TestHost {
    async fn scope(&self, _: ScopePrompt) -> Result<bool, CallbackFailed> {
        self.answer(true, CallbackFailed::Threw)
    }

    async fn ask(&self, _: crate::Prompt) -> Result<crate::Reply, CallbackFailed> {
        self.answer(crate::Reply::Yes, CallbackFailed::Threw)
    }
}

impl host::Log for TestHost {
    fn log(&self, _: LogLevel, _: String, _: String) -> Result<(), CallbackFailed> {
        self.answer((), CallbackFailed::Threw)
    }
}

impl host::SessionListener for TestHost {
    fn event(&self, event: SessionEvent) -> Result<(), CallbackFailed> {
        self.events.lock().unwrap().push(event);
        self.answer((), CallbackFailed::Threw)
    }
}

fn host(one: &Arc<TestHost>) -> records::Host {
    records::Host {
        platform_http: one.clone(),
        app_socket: None,
        app_http: one.clone(),
        clock: one.clone(),
        key_store: one.clone(),
        prompts: one.clone(),
        log: one.clone(),
    }
}

/// A folder with a data folder and, if there is a program, a repository.
struct World {
    folder: TempDir,
    repository: DevelopmentRepository,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = DevelopmentRepository::create(&folder.path().join("repository")).unwrap();
        Self { folder, repository }
    }

    fn host(&self) -> Arc<TestHost> {
        Arc::new(TestHost { files: Some(self.repository.folder()), ..TestHost::default() })
    }

    fn config(&self) -> Config {
        let root = self.repository.root();
        config(&self.folder.path().join("data"), root)
    }
}

fn config(folder: &Path, trust_root: Vec<u8>) -> Config {
    Config {
        data_dir: folder.to_str().unwrap().to_owned(),
        quota: 1 << 20,
        start_timeout_ms: 60_000,
        disabled_capabilities: Vec::new(),
        repository: records::Repository {
            address: "https://releases.example".into(),
            trust_root,
            channel: "release".into(),
            install_id: None,
            audience: Vec::new(),
            region: None,
            grace_ms: 0,
            check_after_ms: 0,
            patience_ms: 60_000,
            preset: None,
        },
        login: None,
        payments: None,
    }
}

fn request(listener: &Arc<TestHost>, app: &str) -> OpenRequest {
    OpenRequest {
        user: "user".into(),
        app: app.into(),
        path: None,
        query: HashMap::from([("table".into(), "12".into())]),
        scene: 1001,
        referrer: None,
        system: records::SystemInfo {
            brand: "test".into(),
            model: "test".into(),
            platform: "android".into(),
            system: "test".into(),
            language: "en".into(),
            theme: "light".into(),
            status_bar_height: 24.0,
            safe_area_bottom: 0.0,
            menu_left: 1.0,
            menu_top: 2.0,
            menu_width: 3.0,
            menu_height: 4.0,
            network_type: "wifi".into(),
            host_name: "test".into(),
            host_version: "1".into(),
        },
        origin: OriginForm::Invalid,
        surface: records::Surface::Poll,
        webviews: false,
        listener: listener.clone(),
    }
}

/// Publishes a program of one page.
fn publish(world: &mut World) {
    let app_json = br#"{"name":"Tiny","pages":["pages/a"],"window":{},"pageConfigs":{},"subPackages":[]}"#;
    let version = Version { name: "1.0.0".into(), code: 1 };
    let mut template = Index::template("tiny", version);
    template.pages.push("pages/a".into());
    let mut builder = BundleBuilder::new(template);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", app_json.to_vec());
    builder.file("main", "package.js", "text/javascript", b"/* nothing */".to_vec());
    world.repository.put(&builder.finish().unwrap()).unwrap();
}

fn open(engine: &LodgerEngine, request: OpenRequest) -> Result<Arc<LodgerSession>, LodgerError> {
    engine.inner.block_on(engine.open(request))
}

fn get(
    engine: &LodgerEngine,
    session: &LodgerSession,
    path: &str,
    headers: Vec<Header>,
) -> records::Resource {
    let url = session.start_url() + path;
    let request = ResourceRequest { method: "GET".into(), url, headers };
    engine.inner.block_on(session.open_resource(request))
}

fn body(session: &LodgerSession, resource: &records::Resource) -> String {
    let bytes = session.read(resource.handle, 0, u32::MAX).unwrap();
    assert_eq!(bytes.len() as u64, resource.length);
    session.close_resource(resource.handle);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_program_is_opened_served_and_answered() {
    let mut world = World::new();
    publish(&mut world);
    let test_host = world.host();
    let engine = LodgerEngine::new(world.config(), host(&test_host)).unwrap();
    let session = open(&engine, request(&test_host, "tiny")).unwrap();
    let release = session.release();
    assert_eq!((release.version.as_str(), release.code, release.digest), ("1.0.0", 1, session.digest()));
    assert_eq!((release.source, release.reason), (records::Source::Network, records::Reason::Listed));
    let told = test_host.events.lock().unwrap().first().cloned();
    assert!(matches!(told, Some(SessionEvent::Progress { .. })), "{told:?}");
    assert_eq!(session.app_name(), "Tiny");
    assert_eq!(session.version(), "1.0.0");
    assert!(session.start_url().ends_with(".invalid/"), "{}", session.start_url());

    let page = get(&engine, &session, "", vec![]);
    assert_eq!((page.status, page.mime.split(';').next()), (200, Some("text/html")));
    assert!(page.headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-security-policy")));
    assert!(body(&session, &page).contains("\"table\":\"12\""));
    assert_eq!(get(&engine, &session, "p/absent.png", vec![]).status, 404);

    let hello = get(&engine, &session, ".lodger/hello", vec![]);
    let hello: serde_json::Value = serde_json::from_str(&body(&session, &hello)).unwrap();
    let token = hello["doc"].as_str().unwrap();
    session.message(format!(
        r#"{{"v":1,"doc":"{token}","seq":1,"id":1,"api":"setStorage","args":{{"key":"k","data":"v"}}}}"#
    ));
    // The answer may come behind an event.
    let answered = (0..2).any(|_| {
        let header = Header { name: "X-Lodger-Session".into(), value: token.into() };
        let messages = get(&engine, &session, ".lodger/events", vec![header]);
        body(&session, &messages).contains("\"id\":1,\"ok\"")
    });
    assert!(answered);

    session.close();
    session.close();
    engine.wipe("user".into(), "tiny".into()).unwrap();
}

#[test]
fn errors_keep_kind_and_code() {
    let mut world = World::new();
    publish(&mut world);
    let test_host = world.host();
    let engine = LodgerEngine::new(world.config(), host(&test_host)).unwrap();
    let Err(LodgerError::Failed { kind, code, reason }) = open(&engine, request(&test_host, "absent")) else {
        panic!("a program that is not installed was opened");
    };
    assert_eq!(kind, ErrorKind::NotFound);
    assert!(!code.is_empty() && !reason.is_empty());

    let referrer = records::Referrer { app: "other".into(), extra_data: "{".into() };
    let request = OpenRequest { referrer: Some(referrer), ..request(&test_host, "absent") };
    let Err(LodgerError::Failed { code, .. }) = open(&engine, request) else {
        panic!("extraData that is not JSON was taken");
    };
    assert_eq!(code, "extra-data");

    let Err(LodgerError::Failed { kind, code, .. }) =
        LodgerEngine::new(config(world.folder.path(), b"{}".to_vec()), host(&test_host))
    else {
        panic!("an engine without a trust root came to be");
    };
    assert_eq!((kind, code.as_str()), (ErrorKind::Untrusted, "trust-root"));
}

#[test]
fn a_host_that_throws_gets_an_error_and_breaks_nothing() {
    let mut world = World::new();
    publish(&mut world);
    let works = world.host();
    drop(LodgerEngine::new(world.config(), host(&works)).unwrap());

    let broken = Arc::new(TestHost { broken: true, ..TestHost::default() });
    let Err(LodgerError::Failed { code, reason, .. }) = LodgerEngine::new(world.config(), host(&broken))
    else {
        panic!("an engine without a key store came to be");
    };
    assert_eq!(code, "host-failed");
    assert!(!reason.contains("thrown by the test"), "what a host throws must not be passed on: {reason}");
    assert!(broken.calls.load(Ordering::Relaxed) > 0);

    // A listener that throws is told of the next event all the same.
    let engine = LodgerEngine::new(world.config(), host(&works)).unwrap();
    let session = open(&engine, request(&broken, "tiny")).unwrap();
    let listener = crate::callbacks::Foreign(broken.clone() as Arc<dyn host::SessionListener>);
    for _ in 0..2 {
        lodger_engine::SessionListener::event(&listener, lodger_engine::SessionEvent::Exit);
    }
    let mut told = broken.events.lock().unwrap().clone();
    told.retain(|event| *event == SessionEvent::Exit);
    assert_eq!(told, [SessionEvent::Exit, SessionEvent::Exit]);
    session.close();
}
