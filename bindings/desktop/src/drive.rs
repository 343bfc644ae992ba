//! Drives a program as a user would: real input, screenshots, and waiting for what happens, never for time to pass.
mod input;
mod words;

pub use words::{DriverOptions, Key, Rect, Target, WebEngine};

use crate::{
    Error, Program,
    browser::{BrowserOptions, Server},
    chromium::Chromium,
    event::{HostEvent, Report},
    host::protocol::Entry,
    phone::{Device, Theme},
    window::{Window, WindowOptions, save},
    x11::X11Window,
};
use lodger_engine::Change;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

/// Between two looks at something that sends no event when it changes.
const LOOK: Duration = Duration::from_millis(40);
/// How long a screenshot waits for animations to end.
const STILL: Duration = Duration::from_secs(2);
enum Backend {
    Window { window: Box<Window>, x11: Box<X11Window> },
    Browser { chromium: Chromium, server: Box<Server> },
}

/// One program at a time, in a window or a tab of its own. Dropping it closes it.
pub struct Driver {
    backend: Backend,
    options: DriverOptions,
    session: u32,
    /// Of this session, in order.
    events: Vec<HostEvent>,
    /// Events before this were waited for already.
    seen: usize,
    asked: u64,
}

impl Driver {
    /// Starts the engine's window or browser, out of sight.
    ///
    /// # Errors
    /// When a tool is missing or does not start.
    pub fn new(engine: WebEngine, options: DriverOptions) -> Result<Self, Error> {
        let backend = match engine {
            WebEngine::Webkit => {
                let window = Window::new(&WindowOptions {
                    size: options.size,
                    theme: Some(options.theme),
                    scopes: options.scopes,
                    start_timeout: options.start_timeout,
                    headless: true,
                    data_dir: options.data_dir.clone(),
                    repository: options.repository.clone(),
                    host: options.host.clone(),
                })?;
                Backend::Window { x11: Box::new(window.x11()?), window: Box::new(window) }
            }
            WebEngine::Chromium => {
                let server = Server::new(&BrowserOptions {
                    device: Device::window(options.size),
                    theme: options.theme,
                    scopes: options.scopes,
                    start_timeout: options.start_timeout,
                    data_dir: options.data_dir.clone(),
                    repository: options.repository.clone(),
                    ..BrowserOptions::default()
                })?;
                let dark = options.theme == Theme::Dark;
                let chromium = Chromium::new(server.runtime().handle(), options.size, dark)?;
                Backend::Browser { chromium, server: Box::new(server) }
            }
        };
        Ok(Self { backend, options, session: 0, events: Vec::new(), seen: 0, asked: 0 })
    }

    /// Opens a program in place of the one before, and forgets that one's events. Returns at once: wait for its pages.
    ///
    /// # Errors
    /// Whatever keeps it from being opened.
    pub fn open(&mut self, program: &Program, entry: Entry) -> Result<(), Error> {
        self.forget();
        match &self.backend {
            Backend::Window { window, .. } => self.session = window.open(program.clone(), entry)?,
            Backend::Browser { server, .. } => {
                let url = server.open(program, entry)?;
                self.visit(&url)?;
            }
        }
        Ok(())
    }

    /// As `open`, for a program of `DriverOptions::repository`.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_app(&mut self, app: &str, entry: Entry) -> Result<(), Error> {
        self.forget();
        match &self.backend {
            Backend::Window { window, .. } => self.session = window.open_app(app, entry)?,
            Backend::Browser { server, .. } => {
                let url = server.open_app(app, entry)?;
                self.visit(&url)?;
            }
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.events.clear();
        self.seen = 0;
    }

    fn visit(&mut self, url: &str) -> Result<(), Error> {
        if let Backend::Browser { chromium, server } = &self.backend {
            self.session = server.session();
            chromium.go(url)?;
        }
        Ok(())
    }

    /// Puts a new build of the program in its place, as the edit loop does.
    ///
    /// # Errors
    /// As `WindowHandle::reload` and `Server::reload`.
    pub fn reload(&mut self, program: &Program, change: &Change) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { window, .. } => window.handle().reload(program.clone(), change.clone()),
            Backend::Browser { server, .. } => server.reload(program, change),
        }
    }

    /// Draws what is wrong with the source over the page; an empty text takes it away.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn build_errors(&mut self, text: &str) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { window, .. } => window.handle().build_errors(text)?,
            Backend::Browser { server, .. } => server.build_errors(text),
        }
        Ok(())
    }

    /// Everything the program has reported so far, as far as it was waited for.
    #[must_use]
    pub fn events(&self) -> &[HostEvent] {
        &self.events
    }

    /// The next event of this session; None if there is none within `within`.
    fn next(&mut self, within: Duration) -> Result<Option<HostEvent>, Error> {
        let end = Instant::now() + within;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let report = match &mut self.backend {
                Backend::Window { window, .. } => window.next(left)?,
                Backend::Browser { server, .. } => server.next(left),
            };
            match report {
                None => return Ok(None),
                Some(Report { session, event }) if session == self.session => {
                    self.events.push(event.clone());
                    return Ok(Some(event));
                }
                Some(_) => (),
            }
        }
    }

    /// Waits for an event that `test` accepts; one that no earlier wait has passed. `what` names it in the error.
    ///
    /// # Errors
    /// `TimeOut`; `Session` when the session fails meanwhile.
    pub fn wait(&mut self, what: &str, mut test: impl FnMut(&HostEvent) -> bool) -> Result<HostEvent, Error> {
        let within = self.options.patience;
        let end = Instant::now() + within;
        loop {
            while let Some(event) = self.events.get(self.seen).cloned() {
                self.seen += 1;
                if test(&event) {
                    return Ok(event);
                }
                if let HostEvent::Failed { code, message, .. } = event {
                    return Err(Error::Session { message, code });
                }
            }
            if self.next(end.saturating_duration_since(Instant::now()))?.is_none() {
                return Err(Error::TimeOut { what: what.to_owned(), within });
            }
        }
    }

    /// Waits until a page has reached onReady.
    ///
    /// # Errors
    /// As `wait`.
    pub fn page_ready(&mut self, page: &str) -> Result<(), Error> {
        let ready = |event: &HostEvent| matches!(event, HostEvent::PageReady { path } if path == page);
        self.wait(&format!("the page {page}"), ready).map(drop)
    }

    /// Waits until the session's first page has painted, even if that was waited past; milliseconds since navigation.
    ///
    /// # Errors
    /// As `wait`.
    pub fn first_content(&mut self) -> Result<f64, Error> {
        let content = |event: &HostEvent| match event {
            HostEvent::FirstContent { ms } => Some(*ms),
            _ => None,
        };
        if let Some(ms) = self.events.iter().find_map(content) {
            return Ok(ms);
        }
        let event = self.wait("first content", |event| content(event).is_some())?;
        Ok(content(&event).expect("it was waited for"))
    }

    /// Takes events until none has come for `quiet`.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn settle(&mut self, quiet: Duration) -> Result<(), Error> {
        let end = Instant::now() + self.options.patience;
        while Instant::now() < end && self.next(quiet)?.is_some() {}
        Ok(())
    }

    /// Asks the page (core/docs/bridge.md, `dev`) and waits for its answer.
    ///
    /// # Errors
    /// `TimeOut` when it does not answer.
    pub fn dev(&mut self, command: Value) -> Result<Value, Error> {
        self.asked += 1;
        let asked = self.asked;
        let from = self.events.len();
        match &self.backend {
            Backend::Window { window, .. } => window.handle().dev(asked, command)?,
            Backend::Browser { server, .. } => server.dev(asked, command)?,
        }
        let within = self.options.patience;
        let end = Instant::now() + within;
        let mut at = from;
        loop {
            while let Some(event) = self.events.get(at) {
                at += 1;
                match event {
                    HostEvent::Dev { id, result } if *id == asked => return Ok(result.clone()),
                    HostEvent::Failed { code, message, .. } => {
                        return Err(Error::Session { message: message.clone(), code: code.clone() });
                    }
                    _ => (),
                }
            }
            if self.next(end.saturating_duration_since(Instant::now()))?.is_none() {
                return Err(Error::TimeOut { what: "the page's answer".into(), within });
            }
        }
    }

    /// What the session has counted (`messages`, `malformed`, `wrongDocument`, …).
    ///
    /// # Errors
    /// `TimeOut` when the host does not answer.
    pub fn counters(&mut self) -> Result<BTreeMap<String, u64>, Error> {
        match &self.backend {
            Backend::Window { window, .. } => window.handle().counters()?,
            Backend::Browser { server, .. } => return Ok(server.counters()),
        }
        match self.wait("the session's counters", |event| matches!(event, HostEvent::Counters { .. }))? {
            HostEvent::Counters { counts } => Ok(counts),
            _ => unreachable!("it was waited for"),
        }
    }

    /// Where something is now; None if it is not to be seen.
    ///
    /// # Errors
    /// As `dev`.
    pub fn look(&mut self, target: &Target) -> Result<Option<Rect>, Error> {
        let mut command = json!({ "cmd": "rect" });
        if let Some(selector) = &target.selector {
            command["selector"] = selector.as_str().into();
        }
        if let Some(text) = &target.text {
            command["text"] = text.as_str().into();
        }
        let result = self.dev(command)?;
        if result["found"] != true {
            return Ok(None);
        }
        serde_json::from_value(result).map(Some).map_err(Error::process("Reading the page's answer"))
    }

    /// Waits until something is to be seen and has stopped moving.
    ///
    /// # Errors
    /// `NoElement` when it does not appear.
    pub fn find(&mut self, target: &Target) -> Result<Rect, Error> {
        let end = Instant::now() + self.options.patience;
        let mut before = None;
        loop {
            let now = self.look(target)?;
            if let Some(rect) = &now
                && before == now
            {
                return Ok(rect.clone());
            }
            if Instant::now() > end {
                return Err(Error::NoElement(target.describe()));
            }
            before = now;
            // Whatever happens may have brought it; the page is asked again then, or after a while.
            self.next(LOOK)?;
        }
    }

    /// Runs a script in the page's document, for tools that look at a page from the inside: the body of a function
    /// that returns the answer or a promise of it. None where the engine's driver cannot (WebKit).
    ///
    /// # Errors
    /// When the script fails or does not answer.
    pub fn evaluate(&self, script: &str) -> Result<Option<Value>, Error> {
        match &self.backend {
            Backend::Window { .. } => Ok(None),
            Backend::Browser { chromium, .. } => chromium.script(script).map(Some),
        }
    }

    /// The host's back button.
    ///
    /// # Errors
    /// When the host has gone.
    pub fn back(&mut self) -> Result<(), Error> {
        match &self.backend {
            Backend::Window { window, .. } => window.handle().back(),
            Backend::Browser { server, .. } => {
                server.back();
                Ok(())
            }
        }
    }

    /// What is to be seen, as a PNG file; its folder is made. Waits until the picture stands still, but not for ever:
    /// some pages never do.
    ///
    /// # Errors
    /// When the picture cannot be taken or written.
    pub fn screenshot(&mut self, file: &Path) -> Result<(), Error> {
        let end = Instant::now() + STILL;
        let mut before = self.picture()?;
        loop {
            self.next(LOOK * 2)?;
            let now = self.picture()?;
            if now == before || Instant::now() > end {
                return save(file, &now);
            }
            before = now;
        }
    }

    fn picture(&self) -> Result<Vec<u8>, Error> {
        match &self.backend {
            Backend::Window { x11, .. } => x11.screenshot(),
            Backend::Browser { chromium, .. } => chromium.screenshot(),
        }
    }
}
