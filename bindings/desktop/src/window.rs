//! Programs in a window: starts a window host and talks to it.
use crate::{
    Error, Program,
    browser::Alone,
    display::DisplayGuard,
    engine,
    event::{HostEvent, Report},
    host::{
        ARGUMENT,
        protocol::{Command, Entry, Open, Scopes, Setup},
    },
    phone::{self, Theme},
    repository::{Builds, Ground, Repository, no_builds},
    tools::{Guarded, is_root},
};
use lodger_engine::Change;
use serde_json::{Value, json};
use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{ChildStdin, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

/// How long a window host may take to show its window.
const START: Duration = Duration::from_secs(30);

/// How to start a window host.
#[derive(Clone, Debug)]
pub struct HostCommand {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl HostCommand {
    /// This very program, which must call `host::run_if_asked` first in `main`.
    ///
    /// # Errors
    /// When the system does not say where this program is.
    pub fn this() -> Result<Self, Error> {
        let program = std::env::current_exe().map_err(Error::process("Finding this program's own file"))?;
        Ok(Self { program, arguments: vec![ARGUMENT.into()] })
    }
}

/// What kind of window.
#[derive(Clone, Debug)]
pub struct WindowOptions {
    /// Keeps the store and the users' data; None: a folder that goes with the window.
    pub data_dir: Option<PathBuf>,
    /// Where programs come from; None: builds, that `Window::open` is given.
    pub repository: Option<Repository>,
    /// CSS pixels.
    pub size: (u32, u32),
    /// None: the system's.
    pub theme: Option<Theme>,
    /// Who answers questions for a scope.
    pub scopes: Scopes,
    /// First content later than this shows the error page (`time-out`).
    pub start_timeout: Duration,
    /// Use a virtual display even if there is a real one.
    pub headless: bool,
    /// None: `HostCommand::this`.
    pub host: Option<HostCommand>,
}

impl Default for WindowOptions {
    fn default() -> Self {
        Self {
            data_dir: None,
            repository: None,
            size: phone::SIZE,
            theme: None,
            scopes: Scopes::Ask,
            start_timeout: Duration::from_secs(15),
            headless: false,
            host: None,
        }
    }
}

/// A window in a process of its own. Dropping it closes it.
pub struct Window {
    events: Receiver<Report>,
    handle: WindowHandle,
    x11: u32,
    host: Guarded,
    display: DisplayGuard,
    /// Removed with the window.
    _temporary: tempfile::TempDir,
}

/// Commands a window from any thread. Cheap to clone.
#[derive(Clone)]
pub struct WindowHandle {
    commands: Arc<Mutex<ChildStdin>>,
    state: Arc<Mutex<State>>,
    /// Where the host's builds are signed; None with an operator's repository.
    builds: Arc<Option<Builds>>,
}

/// What the reader of events and the writer of commands share.
struct State {
    session: u32,
    /// Names places in the source; of the build that was opened last.
    program: Option<Program>,
}

impl Window {
    /// Opens an empty window; it shows the loading screen until something is opened in it.
    ///
    /// # Errors
    /// When there is no display and none can be made, or the host does not start.
    pub fn new(options: &WindowOptions) -> Result<Self, Error> {
        let display = crate::display::ensure(options.headless)?;
        let temporary = tempfile::tempdir().map_err(Error::process("Making a temporary folder"))?;
        let ground = Ground::new(options.data_dir.as_deref(), options.repository.as_ref(), temporary.path())?;
        let host = match &options.host {
            Some(host) => host.clone(),
            None => HostCommand::this()?,
        };
        let mut command = std::process::Command::new(&host.program);
        command.args(&host.arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        display.apply(&mut command);
        if is_root() {
            command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
        }
        let mut host = Guarded(command.spawn().map_err(Error::process("Starting the window host"))?);
        let input = host.0.stdin.take().expect("its input was piped");
        let output = host.0.stdout.take().expect("its output was piped");
        let handle = WindowHandle {
            commands: Arc::new(Mutex::new(input)),
            state: Arc::new(Mutex::new(State { session: 0, program: None })),
            builds: Arc::new(ground.builds),
        };
        handle.write(&Setup {
            data_dir: ground.data_dir,
            repository: ground.repository,
            size: options.size,
            theme: options.theme,
            scopes: options.scopes,
            start_timeout_ms: u64::try_from(options.start_timeout.as_millis()).unwrap_or(u64::MAX),
            frame: !options.headless,
        })?;
        let (send, events) = channel();
        let reader = handle.clone();
        let asking = handle.clone();
        let console = Alone::new(move |id, command| asking.dev(id, command))?;
        std::thread::spawn(move || reader.read(BufReader::new(output), &send, &console));
        let mut window = Self { events, handle, x11: 0, host, display, _temporary: temporary };
        window.x11 = window.ready()?;
        Ok(window)
    }

    fn ready(&mut self) -> Result<u32, Error> {
        loop {
            match self.next(START)? {
                Some(Report { event: HostEvent::Ready { window }, .. }) => return Ok(window),
                Some(_) => (),
                None => return Err(Error::TimeOut { what: "the window".into(), within: START }),
            }
        }
    }

    /// For other threads: a file watcher, for example.
    #[must_use]
    pub fn handle(&self) -> WindowHandle {
        self.handle.clone()
    }

    /// Opens a program in place of what runs; its events follow. Returns the number of its session.
    ///
    /// # Errors
    /// When the build cannot be signed, or programs come from an operator's repository.
    pub fn open(&self, program: Program, entry: Entry) -> Result<u32, Error> {
        let app = self.handle.publish(program)?;
        self.handle.open(app, entry)
    }

    /// As `open`, for a program of the repository.
    ///
    /// # Errors
    /// `HostGone`. What is wrong with the program is an event.
    pub fn open_app(&self, app: &str, entry: Entry) -> Result<u32, Error> {
        self.handle.state().program = None;
        self.handle.open(app.to_owned(), entry)
    }

    /// Waits until no download goes on that nobody waits for; what is reported meanwhile goes to `meanwhile`.
    ///
    /// # Errors
    /// `HostGone`.
    pub fn settle(&mut self, mut meanwhile: impl FnMut(Report)) -> Result<(), Error> {
        self.handle.write(&Command::Settle)?;
        loop {
            match self.next(START)? {
                Some(Report { event: HostEvent::Settled, .. }) => return Ok(()),
                Some(report) => meanwhile(report),
                None => {}
            }
        }
    }

    /// The next event, whatever session it is of; None when there is none within `within`.
    ///
    /// # Errors
    /// `HostGone` when the host's process has ended without `HostEvent::Exit`, or after it.
    pub fn next(&mut self, within: Duration) -> Result<Option<Report>, Error> {
        match self.events.recv_timeout(within) {
            Ok(report) => Ok(Some(report)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.host.0.wait().map_err(Error::process("Waiting for the window host"))?;
                Err(Error::HostGone(status.to_string()))
            }
        }
    }

    /// The virtual display that the window is on; None for the user's own.
    #[must_use]
    pub fn virtual_display(&self) -> Option<&str> {
        self.display.virtual_name()
    }

    /// X11's id of the window; 0 where there is none.
    #[must_use]
    pub fn x11_id(&self) -> u32 {
        self.x11
    }

    /// The window host's process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.host.0.id()
    }

    /// The window on its display, for input and screenshots.
    pub(crate) fn x11(&self) -> Result<crate::x11::X11Window, Error> {
        if self.x11 == 0 {
            return Err(Error::Process {
                what: "Driving the window",
                why: "it is not on an X11 display. Use a headless window.".into(),
            });
        }
        crate::x11::X11Window::new(self.display.virtual_name(), self.x11)
    }

    /// The window's pixels as PNG; its frame is not in it.
    ///
    /// # Errors
    /// When the window is not on an X11 display.
    pub fn screenshot(&self) -> Result<Vec<u8>, Error> {
        self.x11()?.screenshot()
    }

    /// Closes the window and waits until its process has ended.
    ///
    /// # Errors
    /// `TimeOut` when it does not end; it is then stopped by force.
    pub fn close(mut self) -> Result<(), Error> {
        // If the command cannot be written, the host is already gone.
        let _ = self.handle.write(&Command::Close);
        let within = Duration::from_secs(10);
        let end = Instant::now() + within;
        loop {
            match self.next(end.saturating_duration_since(Instant::now())) {
                Ok(Some(_)) => (),
                Ok(None) => return Err(Error::TimeOut { what: "the window to close".into(), within }),
                Err(Error::HostGone(_)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

impl WindowHandle {
    /// Puts a new build of the running program in its place, and takes its build errors off the page. `change` says
    /// what is new: a page whose look alone has changed keeps its data, else the page stack. The session keeps its
    /// number. What differs in more than the engine can replace (`Session::replace`) is opened anew.
    ///
    /// # Errors
    /// When the build cannot be signed.
    pub fn reload(&self, program: Program, change: Change) -> Result<(), Error> {
        let app = self.publish(program)?;
        let session = self.state().session;
        let open = Open { session, app, entry: Entry::default(), stay: true };
        self.write(&Command::Reload { open, change })
    }

    /// Draws what is wrong with the source over the page, in place of what was wrong before; the page lives on. An
    /// empty text takes it away.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn build_errors(&self, text: &str) -> Result<(), Error> {
        self.write(&Command::Emit { event: "overlay".into(), args: engine::build_errors(text) })
    }

    fn open(&self, app: String, entry: Entry) -> Result<u32, Error> {
        let session = {
            let mut state = self.state();
            state.session += 1;
            state.session
        };
        self.write(&Command::Open(Open { session, app, entry, stay: false }))?;
        Ok(session)
    }

    /// Signs a build where the host reads it; returns its app id.
    fn publish(&self, program: Program) -> Result<String, Error> {
        self.builds.as_ref().as_ref().ok_or_else(no_builds)?.put(&program)?;
        let app = program.bundle.index.app.clone();
        self.state().program = Some(program);
        Ok(app)
    }

    /// The host's back button.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn back(&self) -> Result<(), Error> {
        self.write(&Command::Back)
    }

    /// Asks the page (core/docs/bridge.md, `dev`); answered by `HostEvent::Dev`.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn dev(&self, id: u64, command: Value) -> Result<(), Error> {
        self.write(&Command::Dev { id, command })
    }

    /// Asks what the session has counted; answered by `HostEvent::Counters`.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn counters(&self) -> Result<(), Error> {
        self.write(&Command::Counters)
    }

    /// Draws `text` over the page, as script errors are.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn overlay(&self, text: &str) -> Result<(), Error> {
        self.write(&Command::Emit { event: "overlay".into(), args: json!({ "text": text }) })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no code panics while it holds the state")
    }

    fn write(&self, line: &impl serde::Serialize) -> Result<(), Error> {
        let mut text = serde_json::to_string(line).expect("plain data is JSON");
        text.push('\n');
        let mut commands = self.commands.lock().expect("writing a line does not panic");
        commands.write_all(text.as_bytes()).map_err(|_| Error::HostGone("its input is closed".into()))
    }

    /// Passes reports on, with places in the source, until the host ends.
    fn read(&self, lines: impl BufRead, events: &Sender<Report>, console: &Alone) {
        for line in lines.lines().map_while(Result::ok) {
            let Ok(mut report) = serde_json::from_str::<Report>(&line) else {
                // A library in the host wrote to standard output.
                eprintln!("{line}");
                continue;
            };
            let program = self.state().program.clone();
            if let Some(program) = &program {
                locate(&mut report.event, program);
            }
            if !console.heard(&report, program.as_ref()) {
                continue;
            }
            if report.event == HostEvent::ConsoleWanted {
                let shown = console.address().and_then(|url| self.write(&Command::Console { url }));
                if let Err(error) = shown {
                    eprintln!("The console cannot be shown: {error}");
                }
            }
            if let HostEvent::ScriptError { message, stack, .. } = &report.event {
                // The host may be ending; then there is no page to draw on.
                let _ = self.overlay(&format!("{message}\n{stack}"));
            }
            if events.send(report).is_err() {
                return;
            }
        }
    }
}

/// Rewrites an event's stacks in terms of the source.
pub(crate) fn locate(event: &mut HostEvent, program: &Program) {
    match event {
        HostEvent::ScriptError { stack, .. } | HostEvent::Console { stack: Some(stack), .. } => {
            *stack = program.locate(stack);
        }
        _ => (),
    }
}

/// Writes a file whole, with its folder.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    std::fs::write(path, bytes).map_err(Error::file(path))
}
