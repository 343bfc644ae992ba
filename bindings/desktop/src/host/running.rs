//! The window host's loop: commands, sessions, the screen and the window meet here, on one thread.
use super::{
    Opened, Turn,
    console::ConsoleWindow,
    protocol::{Command, Entry, Open, Setup},
    webview::send,
    window::PhoneWindow,
};
use crate::{
    Error,
    engine::{self, Place, Reporter},
    event::{self, HostEvent, Report},
    network::Network,
    phone::{Device, Theme},
    shell::{
        self, Shell,
        card::{Described, bar_text},
        prompts::ShellPrompts,
    },
};
use lodger_engine::{Engine, LodgerError, OriginForm, Session, WebviewForm};
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    io::{BufRead, Write},
    sync::Arc,
    time::Duration,
};
use tao::{
    event::{Event, WindowEvent},
    event_loop::{ControlFlow, EventLoopBuilder, EventLoopProxy, EventLoopWindowTarget},
    window::WindowId,
};
use tokio::{runtime::Runtime, task::AbortHandle};

/// Reads the set-up, opens the window, and never comes back: the process ends with the window.
pub(super) fn run() -> Result<Infallible, Error> {
    let setup = read_setup()?;
    let mut event_loop = EventLoopBuilder::<Turn>::with_user_event();
    let event_loop = event_loop.build();
    let proxy = event_loop.create_proxy();
    let theme = set_theme(setup.theme);

    let shell = Arc::new(Shell::new(theme));
    let development = setup.repository.is_development();
    shell.update(|state| (state.console, state.development) = (true, development));
    let asked = proxy.clone();
    let prompts =
        Arc::new(ShellPrompts::new(shell.clone(), setup.scopes, true, move || send(&asked, Turn::Asked)));
    let engine = engine::start(
        &setup.data_dir,
        Duration::from_millis(setup.start_timeout_ms),
        prompts.clone(),
        Network::default(),
        &setup.repository,
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::process("Starting the async runtime"))?;
    let window = PhoneWindow::new(&event_loop, &setup, &shell, runtime.handle(), &proxy)?;
    report(0, HostEvent::Ready { window: window.x11_id() });
    listen(proxy.clone());

    let mut host =
        Running { engine, runtime, proxy, shell, prompts, window, theme, console: None, current: None };
    event_loop.run(move |event, target, flow| {
        *flow = ControlFlow::Wait;
        let go_on = match event {
            Event::UserEvent(Turn::Command(Command::Console { url })) => host.show_console(target, &url),
            Event::WindowEvent { window_id, event, .. } if host.is_console(window_id) => {
                if event == WindowEvent::CloseRequested {
                    host.console = None;
                }
                true
            }
            Event::UserEvent(turn) => host.turn(turn),
            Event::WindowEvent { event: WindowEvent::CloseRequested, .. } => host.leave(),
            Event::WindowEvent { event: WindowEvent::Resized(_), .. } => host.resized(),
            Event::WindowEvent { event: WindowEvent::ThemeChanged(theme), .. } => host.themed(theme),
            _ => true,
        };
        if !go_on {
            *flow = ControlFlow::Exit;
        }
    })
}

fn read_setup() -> Result<Setup, Error> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::process("Reading the window's set-up"))?;
    serde_json::from_str(&line).map_err(Error::process("Reading the window's set-up"))
}

/// Commands come from a thread of their own, since reading waits.
fn listen(proxy: EventLoopProxy<Turn>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(command) => send(&proxy, Turn::Command(command)),
                Err(error) => eprintln!("The window host got a command that it cannot read: {error}"),
            }
        }
        send(&proxy, Turn::Orphaned);
    });
}

fn report(session: u32, event: HostEvent) {
    let line = serde_json::to_string(&Report { session, event }).expect("plain data is JSON");
    // Nobody reads any more: the end of standard input ends this process.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Makes WebKit and GTK agree on a theme, and says which it is.
fn set_theme(wanted: Option<Theme>) -> Theme {
    use gtk::prelude::GtkSettingsExt;
    let Some(settings) = gtk::Settings::default() else { return wanted.unwrap_or_default() };
    if let Some(theme) = wanted {
        settings.set_gtk_application_prefer_dark_theme(theme == Theme::Dark);
        return theme;
    }
    let named_dark =
        settings.gtk_theme_name().is_some_and(|name| name.to_ascii_lowercase().ends_with("dark"));
    if settings.is_gtk_application_prefer_dark_theme() || named_dark { Theme::Dark } else { Theme::Light }
}

/// The host: everything here belongs to the window's thread.
pub(super) struct Running {
    pub(super) engine: Engine,
    pub(super) runtime: Runtime,
    pub(super) proxy: EventLoopProxy<Turn>,
    pub(super) shell: Arc<Shell>,
    pub(super) prompts: Arc<ShellPrompts>,
    pub(super) window: PhoneWindow,
    theme: Theme,
    /// None until it is wanted, and once it is closed.
    console: Option<ConsoleWindow>,
    pub(super) current: Option<Current>,
}

/// The program in the window.
pub(super) struct Current {
    /// As asked for; Retry asks again.
    pub(super) open: Open,
    /// None while it is being opened, and after a failure.
    session: Option<Session>,
    /// Ends the opening.
    opening: AbortHandle,
    /// app.json, once it is open.
    pub(super) config: Value,
    /// Where it is now, for reloading.
    top: Option<Entry>,
}

impl Running {
    /// Handles one turn; false ends the host.
    fn turn(&mut self, turn: Turn) -> bool {
        match turn {
            Turn::Command(command) => return self.command(command),
            Turn::Orphaned => return self.leave(),
            Turn::Opened(number, result) => self.opened(number, result),
            Turn::Replaced(replaced) => self.replaced(*replaced),
            Turn::Event(number, event) => return self.event(number, event),
            Turn::Settled => report(self.number(), HostEvent::Settled),
            Turn::Choice(choice) => return self.choose(choice),
            Turn::RendererGone(number) => {
                // The engine counts it, and answers with `Failed`.
                if let Some(session) = self.session().filter(|_| number == self.number()) {
                    session.renderer_gone();
                }
            }
            Turn::Back => self.back(),
            Turn::Asked => self.fit(),
            Turn::Console => self.want_console(),
            Turn::Grants(number, grants) => self.granted(number, grants),
        }
        true
    }

    fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Open(open) => self.open(open),
            Command::Reload { open, change } => self.reload(open, change),
            Command::Dev { id, command } => {
                if let Some(session) = self.session()
                    && let Err(error) = session.dev(id, command)
                {
                    eprintln!("The page was not asked: {error}");
                }
            }
            Command::Emit { event, args } => {
                if let Some(session) = self.session() {
                    session.emit(&event, args);
                }
            }
            Command::Counters => {
                if let Some(session) = self.session() {
                    report(self.number(), HostEvent::Counters { counts: event::counts(session.counters()) });
                }
            }
            Command::Settle => {
                let (engine, proxy) = (self.engine.clone(), self.proxy.clone());
                self.runtime.spawn(async move {
                    engine.settle().await;
                    send(&proxy, Turn::Settled);
                });
            }
            // Taken by the loop, which alone can make windows.
            Command::Console { .. } => {}
            Command::Back => self.back(),
            Command::Close => return self.leave(),
        }
        true
    }

    /// Whoever started this serves the console, and says where.
    pub(super) fn want_console(&self) {
        match &self.console {
            Some(console) => console.show(),
            None => report(self.number(), HostEvent::ConsoleWanted),
        }
    }

    fn show_console(&mut self, target: &EventLoopWindowTarget<Turn>, url: &str) -> bool {
        match ConsoleWindow::open(target, url) {
            Ok(console) => self.console = Some(console),
            Err(error) => eprintln!("The console cannot be shown: {error}"),
        }
        true
    }

    fn is_console(&self, window: WindowId) -> bool {
        self.console.as_ref().is_some_and(|console| console.id() == window)
    }

    pub(super) fn session(&self) -> Option<&Session> {
        self.current.as_ref()?.session.as_ref()
    }

    pub(super) fn number(&self) -> u32 {
        self.current.as_ref().map_or(0, |current| current.open.session)
    }

    /// Starts opening; the rest happens in `opened`.
    pub(super) fn open(&mut self, mut open: Open) {
        if let Some(before) = self.current.take() {
            before.opening.abort();
            if let Some(session) = before.session {
                session.close();
            }
            if open.stay
                && let Some(top) = before.top
            {
                open.entry = top;
            }
        }
        self.window.clear();
        self.shell.begin(Described::installed(self.engine.store(), &open.app));
        self.fit();
        let number = open.session;
        let place = Place {
            origin: OriginForm::CustomScheme,
            inbound: "ipc",
            webview: WebviewForm::Native,
            device: Device::window(self.window.size()),
            theme: self.theme,
        };
        let events = self.proxy.clone();
        let listener = Reporter::new(number, move |report: Report| {
            send(&events, Turn::Event(report.session, report.event))
        });
        let (engine, proxy, request) = (self.engine.clone(), self.proxy.clone(), open.clone());
        let opening = self.runtime.spawn(async move {
            let opened = engine::open(&engine, &request, place, Arc::new(listener)).await;
            let result = opened
                .map(|session| Opened { program: Described::running(engine.store(), &session), session });
            send(&proxy, Turn::Opened(number, result));
        });
        let opening = opening.abort_handle();
        self.current = Some(Current { open, session: None, opening, config: Value::Null, top: None });
    }

    /// Breaks off a download that somebody waits for.
    pub(super) fn cancel(&mut self) {
        if let Some(current) = self.current.as_ref().filter(|current| current.session.is_none()) {
            current.opening.abort();
            let number = current.open.session;
            self.event(number, event::cancelled());
        }
    }

    fn opened(&mut self, number: u32, result: Result<Opened, LodgerError>) {
        let Some(current) = self.current.as_mut().filter(|current| current.open.session == number) else {
            // Something else was opened meanwhile.
            if let Ok(opened) = result {
                opened.session.close();
            }
            return;
        };
        let failure = match result {
            Ok(Opened { session, program: Described { card, icon, config, .. } }) => {
                current.config = config;
                let opened = HostEvent::Opened {
                    app: session.app().to_owned(),
                    label: session.label().to_owned(),
                    release: event::Release::of(&session.release()),
                };
                current.session = Some(session.clone());
                self.window.set_title(&card.name);
                self.shell.set_icon(icon);
                self.shell.update(|state| state.program = card);
                self.shell.heard(&opened);
                report(number, opened);
                match self.window.open(&session, number, self.runtime.handle(), &self.proxy) {
                    Ok(()) => return,
                    Err(error) => HostEvent::broken("no-webview", error.to_string()),
                }
            }
            Err(error) => HostEvent::failed(error),
        };
        self.event(number, failure);
    }

    fn event(&mut self, number: u32, event: HostEvent) -> bool {
        if number != self.number() {
            return true;
        }
        let mut go_on = true;
        match &event {
            HostEvent::Route { stack } => {
                if let (Some(current), Some(top)) = (&mut self.current, stack.last()) {
                    let scene = current.open.entry.scene;
                    let top = Entry {
                        path: Some(top.path.clone()),
                        query: top.query.clone(),
                        scene,
                        referrer: None,
                    };
                    let bar = bar_text(&current.config, top.path.as_deref().unwrap_or_default(), self.theme);
                    self.shell.update(|state| state.bar = bar);
                    current.top = Some(top);
                }
            }
            HostEvent::Webviews { shown, all } => {
                if let Some(session) = self.current.as_ref().and_then(|current| current.session.as_ref())
                    && let Err(error) = self.window.follow(session, (number, &self.proxy), (*shown, all))
                {
                    eprintln!("The web-view cannot be shown: {error}");
                }
            }
            HostEvent::WebviewBack => self.back(),
            HostEvent::Exit => go_on = false,
            HostEvent::Share { path, .. } => self.window.copy(path),
            HostEvent::Failed { .. } => {
                if let Some(session) = self.current.as_mut().and_then(|current| current.session.take()) {
                    session.close();
                }
                self.window.clear();
            }
            _ => (),
        }
        self.shell.heard(&event);
        match shell::layer_after(&event) {
            Some(layer) => self.show(layer),
            None => self.fit(),
        }
        report(number, event.clone());
        match event {
            HostEvent::Restart => self.restart(),
            HostEvent::OpenProgram { app, entry } => self.follow_link(app, entry),
            _ => (),
        }
        go_on
    }

    /// Another program takes this one's place: there is one window. It comes back by a start of its own.
    fn follow_link(&mut self, app: String, entry: Entry) {
        if let Some(current) = &self.current {
            self.open(Open { session: current.open.session, app, entry, stay: false });
        }
    }

    /// Opens the program again: the release that is ready runs then.
    pub(super) fn restart(&mut self) {
        if let Some(current) = &self.current {
            self.open(Open { stay: false, ..current.open.clone() });
        }
    }

    fn resized(&self) -> bool {
        let (width, height) = self.window.size();
        if let Some(session) = self.session() {
            session.emit("windowResize", json!({ "size": { "windowWidth": width, "windowHeight": height } }));
        }
        true
    }

    fn themed(&mut self, theme: tao::window::Theme) -> bool {
        self.theme = if theme == tao::window::Theme::Dark { Theme::Dark } else { Theme::Light };
        let theme = self.theme;
        self.shell.update(|state| state.theme = theme);
        if let Some(session) = self.session() {
            session.emit("themeChange", json!({ "theme": theme.name() }));
        }
        true
    }

    /// Ends the session and the host.
    pub(super) fn leave(&mut self) -> bool {
        let number = self.number();
        if let Some(session) = self.current.take().and_then(|current| current.session) {
            session.close();
        }
        self.window.clear();
        report(number, HostEvent::Exit);
        false
    }
}
