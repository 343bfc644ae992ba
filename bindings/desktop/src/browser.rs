//! Programs in any browser of this machine: the engine behind a loopback server.
//!
//! Only 127.0.0.1 is listened on, for two hosts: the program's own (`<label>.localhost:PORT`) and, unless it is served
//! plain, the developer's page around it (`tools.<label>.localhost:PORT`): one site, so that cookies reach a frame, but
//! two origins. Every request must name one of them, so that no other site can be pointed here, and be from the browser
//! that opened the secret address: the document takes a token, everything else the cookie that came with it. Each host
//! has its own two secrets: a program knows its own address, and must not get into the tools by it.
mod acts;
mod alone;
mod door;
mod feed;
mod questions;
mod reply;
mod serve;
mod shared;
mod tools;

pub use crate::network::NetworkType;
pub(crate) use alone::Alone;
use feed::Feed;

use crate::{
    Error, Program, engine,
    event::{Report, counts},
    host::protocol::{Entry, Scopes},
    network::Network,
    phone::{self, Device, Theme},
    repository::{Builds, Ground, Repository, no_builds},
    shell::{Shell, prompts::ShellPrompts},
};
use lodger_engine::{Change, Session};
use serde_json::Value;
use shared::{Shared, Wanted};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime};

/// How to serve.
#[derive(Clone, Debug)]
pub struct BrowserOptions {
    /// Keeps the store and the users' data; None: a folder that goes with the server.
    pub data_dir: Option<PathBuf>,
    /// Where programs come from; None: builds, that `Server::open` is given.
    pub repository: Option<Repository>,
    /// 0: any free port.
    pub port: u16,
    /// What programs are told before they measure.
    pub device: Device,
    /// What programs are told.
    pub theme: Theme,
    /// Without the developer's page there is nowhere to ask: `Ask` is then answered with no, and a warning.
    pub scopes: Scopes,
    /// First content later than this, from when the page is first asked for, ends the session (`time-out`).
    pub start_timeout: Duration,
    /// With the developer's page: a phone that holds the program, and the console.
    pub tools: bool,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            data_dir: None,
            repository: None,
            port: 0,
            device: Device::window(phone::SIZE),
            theme: Theme::Light,
            scopes: Scopes::Ask,
            start_timeout: Duration::from_secs(15),
            tools: false,
        }
    }
}

/// A running server. Dropping it ends its session and frees its port.
pub struct Server {
    shared: Arc<Shared>,
    events: Receiver<Report>,
    runtime: Runtime,
    /// Where builds are signed; None with an operator's repository.
    builds: Option<Builds>,
    _temporary: tempfile::TempDir,
}

impl Server {
    /// Listens on 127.0.0.1. Nothing is served before `open`.
    ///
    /// # Errors
    /// When the port is taken, or the engine cannot use its folder.
    pub fn new(options: &BrowserOptions) -> Result<Self, Error> {
        let starting = "Starting the loopback server";
        let temporary = tempfile::tempdir().map_err(Error::process(starting))?;
        let ground = Ground::new(options.data_dir.as_deref(), options.repository.as_ref(), temporary.path())?;
        let feed = Feed::default();
        let shell = Arc::new(Shell::new(options.theme));
        let scopes = match options.scopes {
            Scopes::Ask if !options.tools => Scopes::Deny,
            scopes => scopes,
        };
        let asked = feed.clone();
        let prompts = Arc::new(ShellPrompts::new(shell.clone(), scopes, false, move || asked.touch()));
        let network = Network::default();
        let development = ground.repository.is_development();
        shell.update(|state| state.development = development);
        let engine = engine::start(
            &ground.data_dir,
            options.start_timeout,
            prompts.clone(),
            network.clone(),
            &ground.repository,
        )?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(Error::process(starting))?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)))
            .map_err(Error::process(starting))?;
        let port = listener.local_addr().map_err(Error::process(starting))?.port();
        let (send, events) = channel();
        let surroundings = shared::Surroundings { engine, network, feed, shell, prompts, send };
        let shared = Arc::new(Shared::new(options, port, runtime.handle().clone(), surroundings)?);
        runtime.spawn(serve::accept(listener, shared.clone()));
        Ok(Self { shared, events, runtime, builds: ground.builds, _temporary: temporary })
    }

    /// Installs and opens a program in place of the one before; its events follow. Returns the address to visit, which
    /// is a secret of this run.
    ///
    /// # Errors
    /// Whatever keeps the engine from opening it.
    pub fn open(&self, program: &Program, entry: Entry) -> Result<String, Error> {
        self.publish(program)?;
        self.runtime.block_on(self.shared.open(Wanted::build(program), entry))?;
        Ok(self.address())
    }

    /// As `open`, for a program of the repository.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_app(&self, app: &str, entry: Entry) -> Result<String, Error> {
        self.runtime.block_on(self.shared.open(Wanted { app: app.to_owned(), build: None }, entry))?;
        Ok(self.address())
    }

    fn publish(&self, program: &Program) -> Result<(), Error> {
        self.builds.as_ref().ok_or_else(no_builds)?.put(program)
    }

    /// Waits until no download goes on that nobody waits for.
    pub fn settle(&self) {
        self.runtime.block_on(self.shared.with.engine.settle());
    }

    /// Puts a new build of the running program in its place, and takes its build errors off the page. `change` says
    /// what is new: a page whose look alone has changed keeps its data, else the page stack. What differs in more than
    /// `Session::replace` takes is opened anew in the developer's page, on the page that is open now.
    ///
    /// # Errors
    /// When nothing was opened; without the developer's page also when the build differs in more: open it then.
    pub fn reload(&self, program: &Program, change: &Change) -> Result<(), Error> {
        self.publish(program)?;
        let replaced = self.shared.replace(program, change);
        match replaced {
            Err(_) if self.shared.tools => {
                Ok(self.runtime.block_on(self.shared.reload(Some(Wanted::build(program))))?)
            }
            replaced => replaced,
        }
    }

    /// Draws what is wrong with the source over the page, in place of what was wrong before; the page lives on. An
    /// empty text takes it away.
    pub fn build_errors(&self, text: &str) {
        if let Some(session) = self.running() {
            session.emit("overlay", engine::build_errors(text));
        }
    }

    /// Where to go in: changes only if a program of another id is opened. Empty before the first.
    #[must_use]
    pub fn address(&self) -> String {
        self.shared.address()
    }

    /// The number of the session that runs; 0 for none.
    #[must_use]
    pub fn session(&self) -> u32 {
        self.shared.number()
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
        self.shared.session()
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

fn not_open() -> Error {
    Error::Session { message: "No program is open in the browser.".into(), code: "not-open".into() }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.close();
    }
}
