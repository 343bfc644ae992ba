//! What the server's connections share: the program that runs, what it is told of its device, and who may come in.
use super::{BrowserOptions, door::Door, feed::Feed, questions::Questions};
use crate::{
    Error, Program,
    engine::{self, Place, Reporter},
    event::{self, HostEvent, Report},
    host::protocol::{Entry, Open},
    network::Network,
    phone::{Device, Theme},
    shell::{
        self, Layer, Shell,
        card::{Described, bar_text},
        prompts::ShellPrompts,
    },
    window::locate,
};
use lodger_bundle::Index;
use lodger_engine::{Change, Engine, ErrorKind, LodgerError, OriginForm, Session, WebviewForm};
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicU32, Ordering},
    mpsc::Sender,
};

/// The parts that are made before the server.
pub(super) struct Surroundings {
    pub(super) engine: Engine,
    pub(super) network: Network,
    pub(super) feed: Feed,
    pub(super) shell: Arc<Shell>,
    pub(super) prompts: Arc<ShellPrompts>,
    /// Kept open, so that the receiver never ends while the server stands.
    pub(super) send: Sender<Report>,
}

pub(super) struct Shared {
    pub(super) with: Surroundings,
    port: u16,
    /// Whether there is a developer's page.
    pub(super) tools: bool,
    pub(super) program_door: Door,
    pub(super) tools_door: Door,
    settings: Mutex<Settings>,
    current: Mutex<Option<Current>>,
    /// One opening at a time.
    opening: tokio::sync::Mutex<()>,
    /// Ends it.
    cancel: tokio::sync::Notify,
    /// Of the server.
    runtime: tokio::runtime::Handle,
    numbers: AtomicU32,
    questions: Questions,
}

/// What programs are told of their surroundings.
#[derive(Clone)]
struct Settings {
    device: Device,
    theme: Theme,
}

/// What is to be opened.
#[derive(Clone)]
pub(super) struct Wanted {
    /// App id.
    pub(super) app: String,
    /// Names places in the source, if it was built here.
    pub(super) build: Option<Program>,
}

impl Wanted {
    pub(super) fn build(program: &Program) -> Self {
        Self { app: program.bundle.index.app.clone(), build: Some(program.clone()) }
    }
}

/// The program that was opened last.
struct Current {
    number: u32,
    wanted: Wanted,
    /// Once it is open.
    index: Option<Arc<Index>>,
    /// As asked for; Retry asks again.
    entry: Entry,
    /// app.json.
    config: Value,
    /// Host part of its origin; empty while it is being opened.
    label: String,
    /// None while it is being opened, and after it has ended.
    session: Option<Session>,
    /// Where it is now, for reloading.
    top: Option<Entry>,
}

impl Shared {
    pub(super) fn new(
        options: &BrowserOptions,
        port: u16,
        runtime: tokio::runtime::Handle,
        with: Surroundings,
    ) -> Result<Self, Error> {
        let settings = Settings { device: options.device.clone(), theme: options.theme };
        with.shell.update(|state| state.top = settings.device.status_bar);
        Ok(Self {
            with,
            port,
            tools: options.tools,
            program_door: Door::new()?,
            tools_door: Door::new()?,
            settings: Mutex::new(settings),
            current: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            cancel: tokio::sync::Notify::default(),
            runtime,
            numbers: AtomicU32::new(0),
            questions: Questions::default(),
        })
    }

    /// Opens a program in place of the one before.
    pub(super) async fn open(self: &Arc<Self>, wanted: Wanted, entry: Entry) -> Result<(), LodgerError> {
        self.cancel.notify_waiters();
        let _one = self.opening.lock().await;
        self.close();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        self.with.shell.begin(Described::installed(self.with.engine.store(), &wanted.app));
        let label = self.current().as_ref().map(|current| current.label.clone()).unwrap_or_default();
        let open = Open { session: number, app: wanted.app.clone(), entry: entry.clone(), stay: false };
        *self.current() = Some(Current {
            number,
            wanted,
            index: None,
            entry,
            config: Value::Null,
            label,
            session: None,
            top: None,
        });
        self.with.feed.touch();
        let Settings { device, theme } = self.settings().clone();
        let place = Place {
            origin: OriginForm::Loopback { port: self.port },
            inbound: "http",
            webview: WebviewForm::Frame,
            device,
            theme,
        };
        let shared = Arc::downgrade(self);
        let listener = Reporter::new(number, move |report| {
            // The server may be ending; then nobody listens.
            if let Some(shared) = shared.upgrade() {
                shared.heard(report);
            }
        });
        let opening = engine::open(&self.with.engine, &open, place, Arc::new(listener));
        let opened = tokio::select! {
            opened = opening => opened.map_err(|error| (HostEvent::failed(error.clone()), error)),
            () = self.cancel.notified() => Err((event::cancelled(), cancelled())),
        };
        let session = match opened {
            Ok(session) => session,
            Err((event, error)) => {
                self.heard(Report { session: number, event });
                return Err(error);
            }
        };
        session.emit("networkStatusChange", self.network_status());
        let program = Described::running(self.with.engine.store(), &session);
        let event = HostEvent::Opened {
            app: session.app().to_owned(),
            label: session.label().to_owned(),
            release: event::Release::of(&session.release()),
        };
        let label = session.label().to_owned();
        self.describe(program, |current| {
            current.label = label;
            current.session = Some(session);
        });
        self.heard(Report { session: number, event });
        Ok(())
    }

    /// Takes over what is known of the program that runs.
    fn describe(&self, program: Described, change: impl FnOnce(&mut Current)) {
        let Described { card, icon, config, index } = program;
        self.with.shell.set_icon(icon);
        self.with.shell.update(|state| state.program = card);
        if let Some(current) = self.current().as_mut() {
            (current.config, current.index) = (config, index);
            change(current);
        }
    }

    /// Breaks off a download that somebody waits for.
    pub(super) fn cancel(&self) {
        self.cancel.notify_waiters();
    }

    /// Puts a new build in the place of the one that runs, in the same session. Reads and writes files.
    pub(super) fn replace(&self, program: &Program, change: &Change) -> Result<(), Error> {
        let session = self.session().ok_or_else(super::not_open)?;
        session.replace(change)?;
        let described = Described::running(self.with.engine.store(), &session);
        self.describe(described, |current| current.wanted = Wanted::build(program));
        self.with.feed.touch();
        Ok(())
    }

    /// Opens the program again, or a new build of it, on the page that is open now.
    pub(super) async fn reload(self: &Arc<Self>, wanted: Option<Wanted>) -> Result<(), LodgerError> {
        let again = self.current().as_ref().map(|current| {
            let entry = current.top.clone().unwrap_or_else(|| current.entry.clone());
            (wanted.unwrap_or_else(|| current.wanted.clone()), entry)
        });
        match again {
            Some((wanted, entry)) => self.open(wanted, entry).await,
            None => Ok(()),
        }
    }

    /// Opens the program again; None: as it was opened last.
    pub(super) async fn reopen(self: &Arc<Self>, entry: Option<Entry>) -> Result<(), LodgerError> {
        let again = self
            .current()
            .as_ref()
            .map(|current| (current.wanted.clone(), entry.unwrap_or_else(|| current.entry.clone())));
        match again {
            Some((wanted, entry)) => self.open(wanted, entry).await,
            None => Ok(()),
        }
    }

    /// Ends the session, if one runs.
    pub(super) fn close(&self) {
        let session = self.current().as_mut().and_then(|current| current.session.take());
        if let Some(session) = session {
            session.close();
        }
    }

    /// Takes what a session reports: for the screen, for the console, and for whoever started the server.
    fn heard(self: &Arc<Self>, mut report: Report) {
        if self.questions.answered(&report.event) {
            return;
        }
        let Some((program, session)) = self
            .current()
            .as_ref()
            .filter(|current| current.number == report.session)
            .map(|current| (current.wanted.build.clone(), current.session.clone()))
        else {
            // The last words of a session that was replaced.
            let _ = self.with.send.send(report);
            return;
        };
        if let Some(program) = &program {
            locate(&mut report.event, program);
        }
        self.with.shell.heard(&report.event);
        match &report.event {
            HostEvent::ScriptError { message, stack, .. } => {
                if let Some(session) = &session {
                    session.emit("overlay", json!({ "text": format!("{message}\n{stack}") }));
                }
            }
            HostEvent::Route { stack } => self.routed(stack.last()),
            HostEvent::Exit | HostEvent::Failed { .. } if self.tools => self.close(),
            // Without tools there is no page that would follow to the new session: whoever drives the tab opens again.
            HostEvent::Restart if self.tools => self.restart(),
            _ => {}
        }
        let layer = match &report.event {
            HostEvent::Exit => Some(Layer::Closed),
            event => shell::layer_after(event),
        };
        if let Some(layer) = layer {
            self.with.shell.update(|state| state.layer = layer);
        }
        self.with.feed.push(report.clone());
        // The server may be ending; then nobody listens.
        let _ = self.with.send.send(report);
    }

    /// Opens the program again, as it was opened: the release that is ready runs then.
    pub(super) fn restart(self: &Arc<Self>) {
        let shared = Arc::clone(self);
        // Shown on the host's screen if it fails.
        self.runtime.spawn(async move { shared.reopen(None).await });
    }

    fn routed(&self, top: Option<&lodger_engine::PageAddress>) {
        let theme = self.settings().theme;
        let mut current = self.current();
        if let (Some(current), Some(top)) = (current.as_mut(), top) {
            current.top = Some(Entry {
                path: Some(top.path.clone()),
                query: top.query.clone(),
                ..current.entry.clone()
            });
            let bar = bar_text(&current.config, &top.path, theme);
            self.with.shell.update(|state| state.bar = bar);
        }
    }

    /// Another device: what it covers is told to the program, which measures the rest itself.
    pub(super) fn set_device(&self, device: Device) {
        self.with.shell.update(|state| state.top = device.status_bar);
        let change = json!({
            "size": { "windowWidth": device.width, "windowHeight": device.height },
            "system": device.as_change(),
        });
        self.settings().device = device;
        self.emit("windowResize", change);
    }

    pub(super) fn set_theme(&self, theme: Theme) {
        self.settings().theme = theme;
        let bar = self.current().as_ref().and_then(|current| {
            let page = current.top.as_ref()?.path.clone()?;
            Some(bar_text(&current.config, &page, theme))
        });
        self.with.shell.update(|state| {
            state.theme = theme;
            state.bar = bar.unwrap_or(state.bar);
        });
        self.emit("themeChange", json!({ "theme": theme.name() }));
    }

    /// The network was changed.
    pub(super) fn network_changed(&self) {
        self.emit("networkStatusChange", self.network_status());
    }

    fn network_status(&self) -> Value {
        let kind = self.with.network.get().name();
        json!({ "isConnected": kind != "none", "networkType": kind })
    }

    fn emit(&self, event: &str, args: Value) {
        if let Some(session) = self.session() {
            session.emit(event, args);
        }
        self.with.feed.touch();
    }

    /// Asks the page or the engine, and waits for the answer.
    pub(super) async fn ask(&self, command: Value) -> Result<Value, String> {
        let session = self.session().ok_or("No program is open.")?;
        let send = |id| session.dev(id, command).map_err(|error| error.message);
        self.questions.ask(send).await
    }

    /// What the developer's page draws beside the reports.
    pub(super) fn state(&self) -> Value {
        let Settings { device, theme } = self.settings().clone();
        let shell = self.with.shell.state();
        let home = self.address();
        let current = self.current();
        let current = current.as_ref();
        let frame = current.filter(|current| current.session.is_some()).map(|current| {
            format!(
                "{}/?token={}&session={}",
                self.program_origin(&current.label),
                self.program_door.token,
                current.number
            )
        });
        let index = current.and_then(|current| current.index.as_ref());
        json!({
            "session": current.map_or(0, |current| current.number),
            "frame": frame,
            "running": current.is_some_and(|current| current.session.is_some()),
            "home": home,
            "covers": self.with.shell.covers(),
            "bar": shell.bar,
            "language": shell.language,
            "program": shell.program,
            "device": device,
            "theme": theme,
            "network": self.with.network.get(),
            "entry": current.map(|current| &current.entry),
            "top": current.and_then(|current| current.top.as_ref()),
            "pages": index.map(|index| &index.pages),
            "packages": index.map(|index| index.packages.iter().map(package).collect::<Vec<_>>()),
        })
    }

    pub(super) fn address(&self) -> String {
        let label = self.current().as_ref().map(|current| current.label.clone()).unwrap_or_default();
        match label.as_str() {
            "" => String::new(),
            label if self.tools => format!("{}/?token={}", self.tools_origin(label), self.tools_door.token),
            label => format!("{}/?token={}", self.program_origin(label), self.program_door.token),
        }
    }

    pub(super) fn program_origin(&self, label: &str) -> String {
        format!("http://{label}.localhost:{}", self.port)
    }

    pub(super) fn tools_origin(&self, label: &str) -> String {
        format!("http://tools.{label}.localhost:{}", self.port)
    }

    /// Host part of the program's origin; None before the first.
    pub(super) fn label(&self) -> Option<String> {
        self.current().as_ref().map(|current| current.label.clone()).filter(|label| !label.is_empty())
    }

    pub(super) fn session(&self) -> Option<Session> {
        self.current().as_ref().and_then(|current| current.session.clone())
    }

    pub(super) fn number(&self) -> u32 {
        self.current().as_ref().map_or(0, |current| current.number)
    }

    /// A report of the host itself about the running session.
    pub(super) fn tell(self: &Arc<Self>, number: u32, event: HostEvent) {
        self.heard(Report { session: number, event });
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().expect("no code panics while it holds the session")
    }

    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().expect("no code panics while it holds the settings")
    }
}

/// As whoever opens is told of it.
fn cancelled() -> LodgerError {
    LodgerError::new(ErrorKind::Denied, "cancelled", "The download was cancelled.")
}

/// A package for the console: its size is that of its files.
pub(super) fn package(package: &lodger_bundle::Package) -> Value {
    let bytes: u64 = package.files.iter().map(|file| file.length).sum();
    json!({
        "name": package.name,
        "root": package.root,
        "independent": package.independent,
        "files": package.files.len(),
        "bytes": bytes,
    })
}
