//! The window host's loop: commands, sessions, the screen and the window meet here, on one thread.
use super::{
    Opened, Turn,
    prompts::ShellPrompts,
    protocol::{Command, Entry, Open, Setup},
    shell::{self, Card, Choice, Layer, ScopeState, Shell},
    window::PhoneWindow,
};
use crate::{
    Error,
    engine::{self, Place, Reporter},
    event::{self, HostEvent, Report},
    phone::Theme,
};
use lodger_bundle::Bundle;
use lodger_engine::{Engine, ErrorKind, LodgerError, OriginForm, ScopeAnswer, Session};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    io::{BufRead, Write},
    sync::Arc,
    time::Duration,
};
use tao::{
    event::{Event, WindowEvent},
    event_loop::{ControlFlow, EventLoopBuilder, EventLoopProxy},
};
use tokio::runtime::Runtime;

/// Reads the set-up, opens the window, and never comes back: the process ends with the window.
pub(super) fn run() -> Result<Infallible, Error> {
    let setup = read_setup()?;
    let mut event_loop = EventLoopBuilder::<Turn>::with_user_event();
    let event_loop = event_loop.build();
    let proxy = event_loop.create_proxy();
    let theme = set_theme(setup.theme);

    let shell = Arc::new(Shell::new(theme));
    let asked = proxy.clone();
    let prompts = Arc::new(ShellPrompts::new(shell.clone(), setup.scopes, move || tell(&asked, Turn::Asked)));
    let engine = engine::start(&setup.data_dir, Duration::from_millis(setup.start_timeout_ms), prompts.clone())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::process("Starting the async runtime"))?;
    let window = PhoneWindow::new(&event_loop, &setup, &shell, runtime.handle(), &proxy)?;
    report(0, HostEvent::Ready { window: window.x11_id() });
    listen(proxy.clone());

    let mut host = Running { engine, runtime, proxy, shell, prompts, window, theme, current: None };
    event_loop.run(move |event, _, flow| {
        *flow = ControlFlow::Wait;
        let go_on = match event {
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
                Ok(command) => tell(&proxy, Turn::Command(command)),
                Err(error) => eprintln!("The window host got a command that it cannot read: {error}"),
            }
        }
        tell(&proxy, Turn::Orphaned);
    });
}

/// The loop is gone only while the process ends.
fn tell(proxy: &EventLoopProxy<Turn>, turn: Turn) {
    let _ = proxy.send_event(turn);
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
    let named_dark = settings.gtk_theme_name().is_some_and(|name| name.to_ascii_lowercase().ends_with("dark"));
    if settings.is_gtk_application_prefer_dark_theme() || named_dark { Theme::Dark } else { Theme::Light }
}

struct Running {
    engine: Engine,
    runtime: Runtime,
    proxy: EventLoopProxy<Turn>,
    shell: Arc<Shell>,
    prompts: Arc<ShellPrompts>,
    window: PhoneWindow,
    theme: Theme,
    current: Option<Current>,
}

/// The program in the window.
struct Current {
    /// As asked for; Retry asks again.
    open: Open,
    /// None while it is being opened, and after a failure.
    session: Option<Session>,
    /// app.json, once it is open.
    config: Value,
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
            Turn::Event(number, event) => return self.event(number, event),
            Turn::Choice(choice) => return self.choose(choice),
            Turn::RendererGone(number) => {
                let failed = HostEvent::Failed {
                    code: "renderer-gone".into(),
                    message: "The page's process has died. Retry opens it again.".into(),
                };
                self.event(number, failed);
            }
            Turn::Back => self.back(),
            Turn::Asked => self.fit(),
            Turn::Grants(number, grants) => self.granted(number, grants),
        }
        true
    }

    fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Open(open) => self.open(open),
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
            Command::Back => self.back(),
            Command::Close => return self.leave(),
        }
        true
    }

    fn session(&self) -> Option<&Session> {
        self.current.as_ref()?.session.as_ref()
    }

    fn number(&self) -> u32 {
        self.current.as_ref().map_or(0, |current| current.open.session)
    }

    /// Starts opening; the rest happens in `opened`.
    fn open(&mut self, mut open: Open) {
        if let Some(before) = self.current.take() {
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
        self.show(Layer::Loading);
        let number = open.session;
        let place = Place {
            origin: OriginForm::CustomScheme,
            inbound: "ipc",
            width: self.window.size().0,
            theme: self.theme,
        };
        let events = self.proxy.clone();
        let listener =
            Reporter::new(number, move |report: Report| tell(&events, Turn::Event(report.session, report.event)));
        let (engine, proxy, request) = (self.engine.clone(), self.proxy.clone(), open.clone());
        self.current = Some(Current { open, session: None, config: Value::Null, top: None });
        self.runtime.spawn(async move {
            let result = match Bundle::read_from(&request.bundle) {
                Ok(bundle) => {
                    let (card, icon, config) = describe(&bundle);
                    engine::open(&engine, &bundle, &request, place, Arc::new(listener))
                        .await
                        .map(|session| Opened { session, card, icon, config })
                }
                Err(error) => Err(LodgerError::new(ErrorKind::Untrusted, "bundle-unreadable", error.to_string())),
            };
            tell(&proxy, Turn::Opened(number, result));
        });
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
            Ok(Opened { session, card, icon, config }) => {
                current.config = config;
                let opened = HostEvent::Opened { app: session.app().to_owned(), label: session.label().to_owned() };
                current.session = Some(session.clone());
                self.window.set_title(&card.name);
                self.shell.set_icon(icon);
                self.shell.update(|state| state.program = card);
                report(number, opened);
                match self.window.open(&session, number, self.runtime.handle(), &self.proxy) {
                    Ok(()) => return,
                    Err(error) => HostEvent::Failed { code: "no-webview".into(), message: error.to_string() },
                }
            }
            Err(error) => HostEvent::Failed { code: error.code, message: error.message },
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
                    let top = entry_of(top, current.open.entry.scene);
                    let bar = bar_text(&current.config, top.path.as_deref().unwrap_or_default(), self.theme);
                    self.shell.update(|state| state.bar = bar);
                    current.top = Some(top);
                }
            }
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
        if let Some(layer) = shell::layer_after(&event) {
            self.show(layer);
        }
        report(number, event);
        go_on
    }

    fn choose(&mut self, choice: Choice) -> bool {
        match choice {
            Choice::Menu => self.show(Layer::Menu),
            Choice::About => self.show(Layer::About),
            Choice::Permissions => self.ask_grants(),
            Choice::Set { scope, granted } => {
                if let Some(session) = self.session()
                    && let Err(error) = session.set_grant(&scope, granted)
                {
                    eprintln!("The permission was not changed: {error}");
                }
                self.ask_grants();
            }
            Choice::Share => {
                if let Some(session) = self.session() {
                    session.share();
                }
                self.show(Layer::None);
            }
            Choice::Dismiss => self.dismiss(),
            Choice::Grant => self.prompts.answer(ScopeAnswer::Granted),
            Choice::Deny => self.prompts.answer(ScopeAnswer::Denied),
            Choice::Retry | Choice::Reload => {
                if let Some(current) = &self.current {
                    self.open(Open { stay: choice == Choice::Reload, ..current.open.clone() });
                }
            }
            Choice::Close => return self.leave(),
        }
        true
    }

    /// Reads what the user granted, away from this thread; `granted` shows it.
    fn ask_grants(&self) {
        let (Some(session), number, proxy) = (self.session().cloned(), self.number(), self.proxy.clone()) else {
            return;
        };
        self.runtime.spawn_blocking(move || match session.grants() {
            Ok(grants) => tell(&proxy, Turn::Grants(number, grants)),
            Err(error) => eprintln!("The permissions cannot be shown: {error}"),
        });
    }

    fn granted(&self, number: u32, grants: BTreeMap<String, bool>) {
        if number != self.number() {
            return;
        }
        self.shell.update(|state| {
            let scopes = &mut state.program.scopes;
            for (scope, granted) in grants {
                match scopes.iter_mut().find(|known| known.scope == scope) {
                    Some(known) => known.granted = Some(granted),
                    None => scopes.push(ScopeState { scope, granted: Some(granted) }),
                }
            }
        });
        self.show(Layer::Permissions);
    }

    fn back(&mut self) {
        match self.shell.layer() {
            Layer::None => {
                if let Some(session) = self.session() {
                    session.back();
                }
            }
            _ => self.dismiss(),
        }
    }

    /// Closes a sheet; a question closed without an answer is a no. Loading and errors stay.
    fn dismiss(&mut self) {
        match self.shell.layer() {
            Layer::Prompt { .. } => self.prompts.answer(ScopeAnswer::Denied),
            Layer::Loading | Layer::Error { .. } => (),
            _ => self.show(Layer::None),
        }
    }

    fn show(&self, layer: Layer) {
        self.shell.update(|state| state.layer = layer);
        self.fit();
    }

    /// Makes room for the screen.
    fn fit(&self) {
        self.window.cover(self.shell.layer() != Layer::None);
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
    fn leave(&mut self) -> bool {
        let number = self.number();
        if let Some(session) = self.current.take().and_then(|current| current.session) {
            session.close();
        }
        self.window.clear();
        report(number, HostEvent::Exit);
        false
    }
}

/// What the loading screen and the sheets show, taken from the bundle so that they need no page.
fn describe(bundle: &Bundle) -> (Card, Option<(String, Vec<u8>)>, Value) {
    let index = &bundle.index;
    let file = |path: &str| {
        let entry = index.file(path)?;
        Some((entry.mime.clone(), bundle.blobs.get(&entry.digest)?.clone()))
    };
    let config: Value =
        file("app.json").and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let icon = config["icon"].as_str().and_then(file).filter(|(mime, _)| mime.starts_with("image/"));
    let card = Card {
        id: index.app.clone(),
        name: config["name"].as_str().unwrap_or(&index.app).to_owned(),
        version: index.version.name.clone(),
        digest: bundle.digest().to_hex(),
        icon: icon.is_some(),
        scopes: index.scopes.iter().map(|scope| ScopeState { scope: scope.clone(), granted: None }).collect(),
    };
    (card, icon, config)
}

/// The page's `navigationBarTextStyle`; WeChat's default is white.
fn bar_text(config: &Value, page: &str, theme: Theme) -> &'static str {
    const STYLE: &str = "navigationBarTextStyle";
    let own = &config["pageConfigs"][page][STYLE];
    let style = if own.is_null() { &config["window"][STYLE] } else { own };
    let style = style.as_str().unwrap_or("white");
    // `@name` stands for a value of theme.json.
    let style = match style.strip_prefix('@') {
        Some(name) => config["theme"][theme.name()][name].as_str().unwrap_or("white"),
        None => style,
    };
    if style == "black" { "black" } else { "white" }
}

/// `path?a=b` of a page stack, as something to open.
fn entry_of(route: &str, scene: u32) -> Entry {
    let (path, query) = route.split_once('?').unwrap_or((route, ""));
    let decode = |text: &str| -> String {
        // A URL's query is the one place where the platform's decoder is at hand.
        reqwest::Url::parse(&format!("x://x/?{text}"))
            .ok()
            .and_then(|url| url.query_pairs().next().map(|(name, _)| name.into_owned()))
            .unwrap_or_default()
    };
    let query = query.split('&').filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name), decode(value))
    });
    Entry { path: Some(path.to_owned()), query: query.collect(), scene }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capsule_follows_the_page_then_the_program_then_wechat() {
        let config = json!({
            "window": { "navigationBarTextStyle": "@bar" },
            "theme": { "light": { "bar": "black" }, "dark": { "bar": "white" } },
            "pageConfigs": { "a": { "navigationBarTextStyle": "white" }, "b": {} },
        });
        assert_eq!(bar_text(&config, "a", Theme::Light), "white");
        assert_eq!(bar_text(&config, "b", Theme::Light), "black");
        assert_eq!(bar_text(&config, "b", Theme::Dark), "white");
        assert_eq!(bar_text(&Value::Null, "a", Theme::Light), "white");
    }

    #[test]
    fn a_route_can_be_opened_again() {
        let entry = entry_of("pages/a/b?x=1&name=%E5%92%96%26&empty=&flag", 1001);
        assert_eq!(entry.path.as_deref(), Some("pages/a/b"));
        let expected = [("x", "1"), ("name", "咖&"), ("empty", ""), ("flag", "")];
        assert_eq!(entry.query, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
        assert_eq!(entry_of("pages/a/b", 7), Entry { scene: 7, ..Entry::page("pages/a/b") });
    }
}
