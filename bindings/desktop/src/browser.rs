//! Programs in any browser of this machine: the engine behind a loopback server.
//!
//! Only 127.0.0.1 is listened on. Every request must name the program's own host (`<label>.localhost:PORT`, so that no
//! other site can be pointed here), and be from the browser that opened the secret address: the document takes a token,
//! everything else the cookie that came with it.
mod door;

use crate::{
    Error, Program,
    answer::{self, Answer},
    engine::{self, Place, Reporter},
    event::{HostEvent, Report, counts},
    host::protocol::{Entry, Open, Scopes},
    phone::{self, Theme},
    window::locate,
};
use async_trait::async_trait;
use door::{COOKIE, has_cookie, same, secret, take_token};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response, StatusCode, body::Bytes, header, service::service_fn};
use hyper_util::rt::TokioIo;
use lodger_engine::{
    Change, Engine, OriginForm, Prompts, ResourceRequest, ScopeAnswer, ScopePrompt, Session,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::Ipv4Addr,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime};

/// The longest bridge message is 1 MiB; a little more lets the engine be the one to refuse.
const MAX_BODY: usize = (1 << 20) + 4096;

/// How to serve.
#[derive(Clone, Debug)]
pub struct BrowserOptions {
    /// Keeps the store and the users' data; None: a folder that goes with the server.
    pub data_dir: Option<PathBuf>,
    /// 0: any free port.
    pub port: u16,
    /// Width that programs are told before they measure, CSS pixels.
    pub width: u32,
    /// What programs are told.
    pub theme: Theme,
    /// There is no host screen in a browser: `Ask` is answered with no, and a warning.
    pub scopes: Scopes,
    /// First content later than this ends the session (`time-out`).
    pub start_timeout: Duration,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            data_dir: None,
            port: 0,
            width: phone::SIZE.0,
            theme: Theme::Light,
            scopes: Scopes::Ask,
            start_timeout: Duration::from_secs(15),
        }
    }
}

/// A running server. Dropping it ends its session and frees its port.
pub struct Server {
    shared: Arc<Shared>,
    /// Kept open, so that the receiver never ends while the server stands.
    send: Sender<Report>,
    events: Receiver<Report>,
    numbers: AtomicU32,
    runtime: Runtime,
    _temporary: Option<tempfile::TempDir>,
}

struct Shared {
    engine: Engine,
    port: u16,
    width: u32,
    theme: Theme,
    token: String,
    cookie: String,
    current: Mutex<Option<Current>>,
}

#[derive(Clone)]
struct Current {
    number: u32,
    session: Session,
    send: Sender<Report>,
    /// Names places in the source.
    source: Arc<Mutex<Program>>,
}

impl Current {
    fn source(&self) -> std::sync::MutexGuard<'_, Program> {
        self.source.lock().expect("no code panics while it holds the program")
    }
}

fn not_open() -> Error {
    Error::Session { message: "No program is open in the browser.".into(), code: "not-open".into() }
}

impl Server {
    /// Listens on 127.0.0.1. Nothing is served before `open`.
    ///
    /// # Errors
    /// When the port is taken, or the engine cannot use its folder.
    pub fn new(options: &BrowserOptions) -> Result<Self, Error> {
        let starting = "Starting the loopback server";
        let temporary = match options.data_dir {
            Some(_) => None,
            None => Some(tempfile::tempdir().map_err(Error::process(starting))?),
        };
        let data_dir = match (&options.data_dir, &temporary) {
            (Some(dir), _) => dir.clone(),
            (None, temporary) => temporary.as_ref().expect("made above").path().to_owned(),
        };
        let prompts = Arc::new(FixedAnswer(options.scopes));
        let engine = engine::start(&data_dir, options.start_timeout, prompts)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(Error::process(starting))?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)))
            .map_err(Error::process(starting))?;
        let port = listener.local_addr().map_err(Error::process(starting))?.port();
        let shared = Arc::new(Shared {
            engine,
            port,
            width: options.width,
            theme: options.theme,
            token: secret()?,
            cookie: secret()?,
            current: Mutex::default(),
        });
        runtime.spawn(accept(listener, shared.clone()));
        let (send, events) = channel();
        Ok(Self { shared, send, events, numbers: AtomicU32::new(0), runtime, _temporary: temporary })
    }

    /// Installs and opens a program in place of the one before; its events follow. Returns the address to visit, which
    /// is a secret of this run.
    ///
    /// # Errors
    /// Whatever keeps the engine from opening it.
    pub fn open(&self, program: &Program, entry: Entry) -> Result<String, Error> {
        self.close_session();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        let place = Place {
            origin: OriginForm::Loopback { port: self.shared.port },
            inbound: "http",
            width: self.shared.width,
            theme: self.shared.theme,
        };
        // Errors are drawn over the page by the session that they come from, which is only known once it is open.
        let opened = Arc::new(OnceLock::<Session>::new());
        let source = Arc::new(Mutex::new(program.clone()));
        let (send, known, names) = (self.send.clone(), opened.clone(), source.clone());
        let listener = Reporter::new(number, move |mut report: Report| {
            let program = names.lock().expect("no code panics while it holds the program").clone();
            locate(&mut report.event, &program);
            if let (HostEvent::ScriptError { message, stack, .. }, Some(session)) =
                (&report.event, known.get())
            {
                session.emit("overlay", json!({ "text": format!("{message}\n{stack}") }));
            }
            // The server may be ending; then nobody listens.
            let _ = send.send(report);
        });
        let open = Open { session: number, bundle: PathBuf::new(), entry, stay: false };
        let opening = engine::open(&self.shared.engine, &program.bundle, &open, place, Arc::new(listener));
        let session = self.runtime.block_on(opening)?;
        let _ = opened.set(session.clone());
        let label = session.label().to_owned();
        let event = HostEvent::Opened { app: session.app().to_owned(), label: label.clone() };
        let _ = self.send.send(Report { session: number, event });
        *self.shared.current() = Some(Current { number, session, send: self.send.clone(), source });
        Ok(format!("http://{label}.localhost:{}/?token={}", self.shared.port, self.shared.token))
    }

    /// Puts a new build of the running program in its place, and takes its build errors off the page. `change` says
    /// what is new: a page whose look alone has changed keeps its data, else the page stack.
    ///
    /// # Errors
    /// When nothing runs, or the build differs in more than `Session::replace` takes: open it anew then.
    pub fn reload(&self, program: &Program, change: &Change) -> Result<(), Error> {
        let current = self.shared.current().clone().ok_or_else(not_open)?;
        engine::replace(&self.shared.engine, &current.session, &program.bundle, change)?;
        *current.source() = program.clone();
        Ok(())
    }

    /// Draws what is wrong with the source over the page, in place of what was wrong before; the page lives on. An
    /// empty text takes it away.
    pub fn build_errors(&self, text: &str) {
        if let Some(session) = self.running() {
            session.emit("overlay", engine::build_errors(text));
        }
    }

    /// The number of the session that runs; 0 for none.
    #[must_use]
    pub fn session(&self) -> u32 {
        self.shared.current().as_ref().map_or(0, |current| current.number)
    }

    /// The next event, whatever session it is of; None when there is none within `within`.
    #[must_use]
    pub fn next(&self, within: Duration) -> Option<Report> {
        // The sender is kept, so the only error is that the time is up.
        self.events.recv_timeout(within).ok()
    }

    /// The host's back button.
    pub fn back(&self) {
        if let Some(session) = self.running() {
            session.back();
        }
    }

    /// Asks the page (core/docs/bridge.md, `dev`); answered by `HostEvent::Dev`.
    ///
    /// # Errors
    /// When nothing runs.
    pub fn dev(&self, id: u64, command: Value) -> Result<(), Error> {
        let session = self.running().ok_or_else(not_open)?;
        Ok(session.dev(id, command)?)
    }

    /// What the running session has counted.
    #[must_use]
    pub fn counters(&self) -> BTreeMap<String, u64> {
        self.running().map(|session| counts(session.counters())).unwrap_or_default()
    }

    fn running(&self) -> Option<Session> {
        self.shared.current().as_ref().map(|current| current.session.clone())
    }

    fn close_session(&self) {
        if let Some(current) = self.shared.current().take() {
            current.session.close();
        }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close_session();
    }
}

impl Shared {
    fn current(&self) -> std::sync::MutexGuard<'_, Option<Current>> {
        self.current.lock().expect("no code panics while it holds the session")
    }
}

/// Answers every question for a scope the same way.
struct FixedAnswer(Scopes);

#[async_trait]
impl Prompts for FixedAnswer {
    async fn scope(&self, prompt: ScopePrompt) -> ScopeAnswer {
        match self.0 {
            Scopes::Grant => ScopeAnswer::Granted,
            Scopes::Deny => ScopeAnswer::Denied,
            Scopes::Ask => {
                eprintln!("{}: denied, since a browser has no host screen to ask on.", prompt.scope);
                ScopeAnswer::Denied
            }
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        // An error here is of one connection, or of too many: the next may do.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = shared.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let shared = shared.clone();
                async move { Ok::<_, Infallible>(serve(&shared, request).await) }
            });
            // Browsers break connections off as they please.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

type Reply = Response<Full<Bytes>>;

async fn serve(shared: &Shared, request: Request<hyper::body::Incoming>) -> Reply {
    let Some(current) = shared.current().clone() else {
        return refusal(StatusCode::NOT_FOUND, "No program is open.");
    };
    let host = format!("{}.localhost:{}", current.session.label(), shared.port);
    let mut named = request.headers().get_all(header::HOST).iter();
    if named.next().map(header::HeaderValue::as_bytes) != Some(host.as_bytes()) || named.next().is_some() {
        return refusal(StatusCode::MISDIRECTED_REQUEST, "This server does not serve that host.");
    }
    let (path, token) = take_token(request.uri());
    let document = request.method() == hyper::Method::GET && request.uri().path() == "/";
    let invited = document && token.is_some_and(|token| same(&token, &shared.token));
    if !invited && !has_cookie(request.headers(), &shared.cookie) {
        return refusal(StatusCode::FORBIDDEN, "Open the address that was printed when the server started.");
    }
    if path == "/favicon.ico" {
        return reply(StatusCode::NO_CONTENT, Vec::new(), Vec::new());
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "The message is longer than 1 MiB.");
    };
    let body = body.to_bytes();
    let headers = parts.headers.iter().filter(|(name, _)| *name != header::COOKIE);
    let request = ResourceRequest {
        method: parts.method.as_str().to_owned(),
        url: format!("http://{host}{path}"),
        headers: headers
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect(),
        body: (!body.is_empty()).then(|| body.to_vec()),
    };
    let Answer { status, mut headers, body } = answer::answer(&current.session, request, |event| {
        let _ = current.send.send(Report { session: current.number, event });
    })
    .await;
    if invited {
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", shared.cookie);
        headers.push((header::SET_COOKIE.as_str().to_owned(), cookie));
        // The address holds the token: it must not travel on.
        headers.push((header::REFERRER_POLICY.as_str().to_owned(), "no-referrer".into()));
    }
    reply(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), headers, body)
}

fn refusal(status: StatusCode, why: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
    reply(status, headers, why.as_bytes().to_vec())
}

fn reply(status: StatusCode, headers: Vec<(String, String)>, body: Vec<u8>) -> Reply {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::from(body)).unwrap_or_else(|_| {
        // A header that HTTP does not allow: nothing can be trusted to be right, so nothing is sent.
        let mut empty = Response::new(Full::default());
        *empty.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        empty
    })
}
