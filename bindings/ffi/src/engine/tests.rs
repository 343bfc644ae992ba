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
use lodger_bundle::{BundleBuilder, Index, Store, StoreOptions, Version};
use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A host in memory. `broken`: whatever it is asked, it throws.
#[derive(Default)]
struct TestHost {
    broken: bool,
    calls: AtomicUsize,
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
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        Err(HttpFailure::Connect { reason: "no network in tests".into() })
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
        self.answer(1_800_000_000_000, CallbackFailed::Threw)
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

fn config(folder: &Path) -> Config {
    Config {
        data_dir: folder.to_str().unwrap().to_owned(),
        quota: 1 << 20,
        start_timeout_ms: 60_000,
        disabled_capabilities: Vec::new(),
        development: false,
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

/// Installs a program of one page, as a host's preset would.
fn install(folder: &Path) {
    let app_json = br#"{"name":"Tiny","pages":["pages/a"],"window":{},"pageConfigs":{},"subPackages":[]}"#;
    let version = Version { name: "1.0.0".into(), code: 1 };
    let mut template = Index::template("tiny", version);
    template.pages.push("pages/a".into());
    let mut builder = BundleBuilder::new(template);
    builder.package("main", "", false);
    builder.file("main", "app.json", "application/json", app_json.to_vec());
    builder.file("main", "package.js", "text/javascript", b"/* nothing */".to_vec());
    let (store, _) = Store::open(folder, StoreOptions { quota: 1 << 20 }).unwrap();
    store.install(&builder.finish().unwrap()).unwrap();
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
    let folder = tempfile::tempdir().unwrap();
    install(folder.path());
    let test_host = Arc::new(TestHost::default());
    let engine = LodgerEngine::new(config(folder.path()), host(&test_host)).unwrap();
    let session = open(&engine, request(&test_host, "tiny")).unwrap();
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
    let header = Header { name: "X-Lodger-Session".into(), value: token.into() };
    let answer = get(&engine, &session, ".lodger/events", vec![header]);
    assert!(body(&session, &answer).contains("\"id\":1,\"ok\""));

    session.close();
    session.close();
    engine.wipe("user".into(), "tiny".into()).unwrap();
}

#[test]
fn errors_keep_kind_and_code() {
    let folder = tempfile::tempdir().unwrap();
    let test_host = Arc::new(TestHost::default());
    let engine = LodgerEngine::new(config(folder.path()), host(&test_host)).unwrap();
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
}

#[test]
fn a_host_that_throws_gets_an_error_and_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path());
    let works = Arc::new(TestHost::default());
    drop(LodgerEngine::new(config(folder.path()), host(&works)).unwrap());

    let broken = Arc::new(TestHost { broken: true, ..TestHost::default() });
    let Err(LodgerError::Failed { code, reason, .. }) =
        LodgerEngine::new(config(folder.path()), host(&broken))
    else {
        panic!("an engine without a key store came to be");
    };
    assert_eq!(code, "host-failed");
    assert!(!reason.contains("thrown by the test"), "what a host throws must not be passed on: {reason}");
    assert!(broken.calls.load(Ordering::Relaxed) > 0);

    // A listener that throws is told of the next event all the same.
    let engine = LodgerEngine::new(config(folder.path()), host(&works)).unwrap();
    let session = open(&engine, request(&broken, "tiny")).unwrap();
    let listener = crate::callbacks::Foreign(broken.clone() as Arc<dyn host::SessionListener>);
    for _ in 0..2 {
        lodger_engine::SessionListener::event(&listener, lodger_engine::SessionEvent::Exit);
    }
    assert_eq!(*broken.events.lock().unwrap(), [SessionEvent::Exit, SessionEvent::Exit]);
    session.close();
}
