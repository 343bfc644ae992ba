//! A host, a bundle and a page, all small: what every test starts from.
mod counter;
mod platform;
mod server;
mod till;

pub use counter::*;
pub use platform::*;
pub use server::*;
pub use till::*;

use async_trait::async_trait;
use lodger_bundle::{Bundle, BundleBuilder, Domains, Index, Version};
use lodger_engine::{
    AppHttp, AppSocket, Clock, Config, Engine, Host, HttpError, HttpRequest, HttpResponse, KeyStore,
    LodgerError, LogLevel, LoginConfig, NoPrompts, NoSockets, OpenRequest, OriginForm, PaymentConfig,
    Prompts, Repository, Resource, ResourceRequest, Session, SessionEvent, SessionListener, Source,
    StderrLog, Surface, SystemClock, SystemInfo, WebviewForm,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};
use tempfile::TempDir;

/// Longest that a test waits for something that must come; never what it asserts.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct PlainKeys;
impl KeyStore for PlainKeys {
    fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, LodgerError> {
        Ok(secret.to_vec())
    }
    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, LodgerError> {
        Ok(wrapped.to_vec())
    }
}

type Responder = dyn Fn(&HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync;

/// Answers by a function, and remembers what was asked. A URL with `/never` stays unanswered.
pub struct FakeHttp {
    pub seen: Mutex<Vec<HttpRequest>>,
    respond: Box<Responder>,
}

impl FakeHttp {
    pub fn new(
        respond: impl Fn(&HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { seen: Mutex::default(), respond: Box::new(respond) })
    }

    pub fn urls(&self) -> Vec<String> {
        self.seen.lock().expect("not poisoned").iter().map(|request| request.url.clone()).collect()
    }
}

#[async_trait]
impl AppHttp for FakeHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = (self.respond)(&request);
        let never = request.url.contains("/never");
        self.seen.lock().expect("not poisoned").push(request);
        if never {
            std::future::pending::<()>().await;
        }
        answer
    }
}

pub fn response(status: u16, headers: &[(&str, &str)], body: &[u8]) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    HttpResponse { status, headers, body: body.to_vec() }
}

/// Collects events, and waits for one.
#[derive(Default)]
pub struct Events {
    list: Mutex<Vec<SessionEvent>>,
    more: Condvar,
}

impl SessionListener for Events {
    fn event(&self, event: SessionEvent) {
        self.list.lock().expect("not poisoned").push(event);
        self.more.notify_all();
    }
}

impl Events {
    /// The first event, old or new, that `wanted` turns into something.
    pub fn find<T>(&self, wanted: impl Fn(&SessionEvent) -> Option<T>) -> T {
        let list = self.list.lock().expect("not poisoned");
        let (list, late) = self
            .more
            .wait_timeout_while(list, PATIENCE, |list| !list.iter().any(|event| wanted(event).is_some()))
            .expect("not poisoned");
        assert!(!late.timed_out(), "the event did not come; there were {list:?}");
        list.iter().find_map(wanted).expect("just seen")
    }

    pub fn all(&self) -> Vec<SessionEvent> {
        self.list.lock().expect("not poisoned").clone()
    }
}

pub struct World {
    pub engine: Engine,
    pub dir: TempDir,
    pub server: Arc<Server>,
    /// As the engine was given it.
    pub repository: Repository,
}

pub struct Setup {
    pub http: Arc<FakeHttp>,
    pub sockets: Arc<dyn AppSocket>,
    pub prompts: Arc<dyn Prompts>,
    pub development: bool,
    pub start_timeout: Duration,
    pub disabled: &'static [&'static str],
    pub domains: Domains,
    pub login: Option<LoginConfig>,
    pub payments: Option<PaymentConfig>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            http: FakeHttp::new(|_| Ok(response(200, &[], b"ok"))),
            sockets: Arc::new(NoSockets),
            prompts: Arc::new(NoPrompts),
            development: false,
            start_timeout: PATIENCE,
            disabled: &[],
            domains: Domains { request: Some(vec!["api.example.com".into()]), ..Domains::default() },
            login: None,
            payments: None,
        }
    }
}

pub const PAGES: [&str; 4] = ["pages/home/home", "pages/cart/cart", "pages/item/item", "sub/deep/deep"];

/// A bundle of version `code` with the pages above; its image tells versions apart.
pub fn bundle(app: &str, code: u64, domains: Domains) -> Bundle {
    made(app, code, domains, false)
}

fn made(app: &str, code: u64, domains: Domains, private: bool) -> Bundle {
    let mut index = Index::template(app, Version { name: format!("1.0.{code}"), code });
    index.pages = PAGES.map(str::to_owned).to_vec();
    index.domains = domains;
    let config = json!({
        "name": "Coffee </script>",
        "__usePrivacyCheck__": private,
        "icon": "images/logo.png",
        "pages": PAGES,
        "tabBar": { "list": [{ "pagePath": "pages/home/home" }, { "pagePath": "pages/cart/cart" }] },
        "pageConfigs": { "pages/item/item": { "restartStrategy": "homePageAndLatestPage" } },
        "permission": { "scope.userLocation": { "desc": "To find a shop" } },
    });
    let mut builder = BundleBuilder::new(index);
    builder.package("main", "", false);
    builder.package("deep", "sub", false);
    builder.file("main", "app.json", "application/json", config.to_string().into_bytes());
    builder.file("main", "package.js", "text/javascript", b"__lodger.definePackage('main')".to_vec());
    builder.file("main", "images/logo.png", "image/png", format!("logo {code}").into_bytes());
    builder.file("main", "images/咖 啡.png", "image/png", b"drawing".to_vec());
    builder.file("deep", "sub/package.js", "text/javascript", b"__lodger.definePackage('deep')".to_vec());
    builder.finish().expect("keeps the rules")
}

/// The program with a privacy contract.
pub fn private_bundle() -> Bundle {
    made("coffee", 2, Domains::default(), true)
}

pub fn host(
    server: Arc<Server>,
    http: Arc<FakeHttp>,
    sockets: Arc<dyn AppSocket>,
    prompts: Arc<dyn Prompts>,
    keys: Arc<dyn KeyStore>,
) -> Host {
    Host {
        platform_http: server,
        app_http: http,
        app_socket: sockets,
        clock: Arc::new(SystemClock),
        key_store: keys,
        prompts,
        log: Arc::new(StderrLog(LogLevel::Error)),
    }
}

impl World {
    /// With the program `coffee` in the repository.
    pub fn new(setup: Setup) -> Self {
        let server = Arc::new(Server::default());
        let files = developed(&[&bundle("coffee", 1, setup.domains.clone())]);
        let repository = repository(&files, setup.development);
        server.serve(files);
        Self::with(setup, server, repository, Arc::new(SystemClock))
    }

    pub fn with(setup: Setup, server: Arc<Server>, repository: Repository, clock: Arc<dyn Clock>) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        Self::within(dir, setup, server, repository, clock)
    }

    /// Over a data folder that may have been used before.
    pub fn within(
        dir: TempDir,
        setup: Setup,
        server: Arc<Server>,
        repository: Repository,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let config = Config {
            start_timeout: setup.start_timeout,
            disabled_capabilities: setup.disabled.iter().map(|name| (*name).to_owned()).collect(),
            login: setup.login,
            payments: setup.payments,
            ..Config::new(dir.path(), repository.clone())
        };
        let host = host(server.clone(), setup.http, setup.sockets, setup.prompts, Arc::new(PlainKeys));
        let engine = Engine::new(config, Host { clock, ..host }).expect("starts");
        Self { engine, dir, server, repository }
    }

    /// The process ends and starts again.
    pub fn restarted(self) -> Self {
        self.restarted_with(Setup::default())
    }

    pub fn restarted_with(self, setup: Setup) -> Self {
        let Self { engine, dir, server, repository } = self;
        drop(engine);
        Self::within(dir, setup, server, repository, Arc::new(SystemClock))
    }

    /// Another process over the same data folder, while this one runs.
    pub fn beside(&self, setup: Setup) -> Engine {
        let config = Config {
            login: setup.login,
            payments: setup.payments,
            ..Config::new(self.dir.path(), self.repository.clone())
        };
        let keys = Arc::new(PlainKeys);
        Engine::new(config, host(self.server.clone(), setup.http, setup.sockets, setup.prompts, keys))
            .expect("starts")
    }

    /// What the engine says to a host with such a login.
    pub fn refused_login(&self, login: LoginConfig) -> LodgerError {
        let dir = tempfile::tempdir().expect("a folder");
        let config = Config { login: Some(login), ..Config::new(dir.path(), self.repository.clone()) };
        let http = FakeHttp::new(|_| Err(HttpError::Other("not asked".into())));
        let host =
            host(self.server.clone(), http, Arc::new(NoSockets), Arc::new(NoPrompts), Arc::new(PlainKeys));
        Engine::new(config, host).map(|_| ()).expect_err("refused")
    }

    /// Puts another bundle into the developer's repository.
    pub fn publish(&self, bundle: &Bundle) {
        self.server.serve(developed(&[bundle]));
    }

    /// The error of an open.
    pub fn refused(&self, change: impl FnOnce(&mut OpenRequest)) -> LodgerError {
        let mut request = request(Arc::new(Events::default()));
        change(&mut request);
        self.engine.block_on(self.engine.open(request)).map(|_| ()).expect_err("refused")
    }

    pub fn open(&self) -> (Session, Arc<Events>) {
        self.open_with(|_| {})
    }

    pub fn open_with(&self, change: impl FnOnce(&mut OpenRequest)) -> (Session, Arc<Events>) {
        let events = Arc::new(Events::default());
        let mut request = request(Arc::<Events>::clone(&events));
        change(&mut request);
        let session = self.engine.block_on(self.engine.open(request)).expect("opens");
        (session, events)
    }

    /// A page that has loaded and said hello.
    pub fn page<'a>(&'a self, session: &'a Session) -> Page<'a> {
        assert_eq!(self.get(session, "/").status, 200);
        let hello = self.get(session, "/.lodger/hello").json();
        let doc = hello["doc"].as_str().expect("a token").to_owned();
        let page = Page { world: self, session, doc, next: 1 };
        // Every document is told whether there is an update.
        if session.release().source != Source::Preset {
            page.event("updateCheck");
        }
        page
    }

    pub fn get(&self, session: &Session, path: &str) -> Loaded {
        let url = session.start_url().trim_end_matches('/').to_owned() + path;
        self.load(session, "GET", &url, &[])
    }

    pub fn load(&self, session: &Session, method: &str, url: &str, headers: &[(&str, &str)]) -> Loaded {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let request = ResourceRequest { method: method.into(), url: url.into(), headers, body: None };
        self.send(session, request)
    }

    pub fn send(&self, session: &Session, request: ResourceRequest) -> Loaded {
        let resource = self.engine.block_on(session.open_resource(request));
        Loaded::read(session, resource)
    }
}

pub fn request(listener: Arc<dyn SessionListener>) -> OpenRequest {
    OpenRequest {
        user: "ann".into(),
        app: "coffee".into(),
        path: None,
        query: BTreeMap::new(),
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
        listener,
    }
}

/// One whole answer.
pub struct Loaded {
    pub status: u16,
    pub mime: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Loaded {
    fn read(session: &Session, resource: Resource) -> Self {
        let mut body = Vec::new();
        while (body.len() as u64) < resource.length && resource.handle != 0 {
            let piece = session.read(resource.handle, body.len() as u64, u32::MAX).expect("open");
            body.extend(piece);
        }
        session.close_resource(resource.handle);
        let headers = resource.headers.into_iter().map(|(n, v)| (n.to_ascii_lowercase(), v)).collect();
        Self { status: resource.status, mime: resource.mime, headers, body }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.status, self.text()))
    }
}

/// The base library's end of the bridge.
pub struct Page<'a> {
    world: &'a World,
    session: &'a Session,
    pub doc: String,
    next: u64,
}

impl Page<'_> {
    /// Sends a call, returns its id (which is its number too).
    pub fn send(&mut self, api: &str, args: Value) -> u64 {
        self.send_sync(api, args, false)
    }

    fn send_sync(&mut self, api: &str, args: Value, sync: bool) -> u64 {
        let id = self.next;
        self.next += 1;
        let mut message = json!({ "v": 1, "doc": self.doc, "seq": id, "id": id, "api": api, "args": args });
        if sync {
            message["sync"] = true.into();
        }
        self.session.message(&message.to_string());
        id
    }

    pub fn header(&self) -> (&'static str, &str) {
        ("X-Lodger-Session", &self.doc)
    }

    pub fn get(&self, path: &str) -> Loaded {
        let url = self.session.start_url().trim_end_matches('/').to_owned() + path;
        self.world.load(self.session, "GET", &url, &[self.header()])
    }

    /// Polls until the answer to `id` comes; events before it are dropped.
    pub fn answer(&self, id: u64) -> Value {
        self.wait(|message| message["id"] == id)
    }

    /// Polls until the event comes.
    pub fn event(&self, name: &str) -> Value {
        self.wait(|message| message["event"] == name)["args"].clone()
    }

    fn wait(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let messages = self.get("/.lodger/events").json();
            let messages = messages.as_array().expect("an array");
            assert!(!messages.is_empty(), "nothing came");
            if let Some(message) = messages.iter().find(|message| wanted(message)) {
                return message.clone();
            }
        }
    }

    /// Calls, and returns `ok`; panics with the error otherwise.
    pub fn call(&mut self, api: &str, args: Value) -> Value {
        let id = self.send(api, args);
        let answer = self.answer(id);
        assert!(answer.get("err").is_none(), "{answer}");
        answer["ok"].clone()
    }

    /// Calls, and returns the error's text.
    pub fn fails(&mut self, api: &str, args: Value) -> String {
        let id = self.send(api, args);
        let answer = self.answer(id);
        answer["err"]["errMsg"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    pub fn call_sync(&mut self, api: &str, args: Value) -> Value {
        let id = self.send_sync(api, args, true);
        self.get(&format!("/.lodger/sync/{id}")).json()
    }
}
