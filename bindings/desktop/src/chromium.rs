//! Chromium for tests: headless, driven through WebDriver (ChromeDriver), which gives real input events.
use crate::{
    Error,
    drive::Key,
    tools::{CHROMEDRIVER, CHROMIUM, is_root},
};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction, WheelAction, WheelActions},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    str::FromStr,
    time::Duration,
};
use tokio::runtime::Handle;

const STARTING: &str = "Starting Chromium";
const DRIVING: &str = "Driving Chromium";
/// ChromeDriver says this, with its port at the end, once it takes connections.
const STARTED: &str = "was started successfully on port ";

/// ChromeDriver, and a shell that ends it when its own input does: also when this process is killed.
struct Watched(Child);

impl Watched {
    fn start(driver: &Path) -> Result<Self, Error> {
        let mut command = Command::new("sh");
        command.args(["-c", r#""$0" --port=0 & read -r _; kill -- -$$"#]).arg(driver);
        // ChromeDriver leaves its browser behind: all of them are one group, and end together.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        Ok(Self(child.map_err(Error::process(STARTING))?))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // There is nothing to be done about a shell that cannot be waited for.
        let _ = self.0.wait();
    }
}

/// A command of the DevTools protocol, as ChromeDriver passes them on.
#[derive(Debug)]
struct DevTools(&'static str, serde_json::Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &reqwest::Url,
        session: Option<&str>,
    ) -> Result<reqwest::Url, <reqwest::Url as FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &reqwest::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

/// A browser with one tab. Dropping it closes it.
pub struct Chromium {
    runtime: Handle,
    /// Taken when it is dropped.
    client: Option<Client>,
    _driver: Watched,
}

impl Chromium {
    /// Starts it, out of sight. `size` in CSS pixels; `runtime` is used for waiting.
    ///
    /// # Errors
    /// When Chromium or ChromeDriver is missing or does not start.
    pub fn new(runtime: &Handle, size: (u32, u32), dark: bool) -> Result<Self, Error> {
        let browser = CHROMIUM.find()?;
        let mut driver = Watched::start(&CHROMEDRIVER.find()?)?;
        let mut lines = BufReader::new(driver.0.stdout.take().expect("its output was piped")).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(STARTED).map(|(_, port)| port.trim_end_matches('.').to_owned()));
        let port =
            port.ok_or_else(|| Error::Process { what: STARTING, why: "ChromeDriver did not start".into() })?;
        // Whatever it says later must be read, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));

        let mut arguments = vec![
            "--headless=new",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--disable-extensions",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--no-default-browser-check",
        ];
        if is_root() {
            arguments.push("--no-sandbox");
        }
        if dark {
            arguments.push("--blink-settings=preferredColorScheme=0");
        }
        let capabilities = json!({
            "browserName": "chrome",
            "pageLoadStrategy": "none",
            "goog:chromeOptions": {
                "binary": browser,
                "args": arguments,
                "mobileEmulation": { "deviceMetrics": {
                    "width": size.0, "height": size.1, "pixelRatio": 1.0, "touch": false, "mobile": false,
                } },
            },
        });
        let serde_json::Value::Object(capabilities) = capabilities else {
            unreachable!("an object was written above")
        };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let client = runtime.block_on(builder.connect(&address)).map_err(Error::process(STARTING))?;
        Ok(Self { runtime: runtime.clone(), client: Some(client), _driver: driver })
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("it is taken by drop only")
    }

    /// Goes to an address; does not wait for the page.
    ///
    /// # Errors
    /// When the browser has gone.
    pub fn go(&self, url: &str) -> Result<(), Error> {
        self.runtime.block_on(self.client().goto(url)).map_err(Error::process(DRIVING))
    }

    /// Clicks a place of the window, CSS pixels.
    ///
    /// # Errors
    /// When the browser has gone.
    pub fn click(&self, x: f64, y: f64) -> Result<(), Error> {
        let button = fantoccini::actions::MOUSE_BUTTON_LEFT;
        let mouse = MouseActions::new("mouse".into())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        self.perform(mouse)
    }

    /// Presses the first place, moves through the others, `step` apart in time, and lets go at the last.
    pub(crate) fn drag(&self, path: &[(f64, f64)], step: Duration) -> Result<(), Error> {
        let button = fantoccini::actions::MOUSE_BUTTON_LEFT;
        let Some((&(x, y), rest)) = path.split_first() else { return Ok(()) };
        let start = MouseActions::new("mouse".into())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button });
        let moved = rest
            .iter()
            .fold(start, |mouse, &(x, y)| mouse.then(PointerAction::MoveTo { duration: Some(step), x, y }));
        self.perform(moved.then(PointerAction::Up { button }))
    }

    pub(crate) fn wheel(&self, x: f64, y: f64, pixels: i32) -> Result<(), Error> {
        #[expect(clippy::cast_possible_truncation, reason = "positions in a phone's window are small")]
        let (x, y) = (x.round() as i64, y.round() as i64);
        let mut wheel = WheelActions::new("wheel".into());
        wheel.push(WheelAction::Scroll {
            duration: Some(Duration::ZERO),
            x,
            y,
            delta_x: 0,
            delta_y: pixels.into(),
        });
        self.perform(wheel)
    }

    /// Types where the focus is.
    ///
    /// # Errors
    /// When the browser has gone.
    pub fn text(&self, text: &str) -> Result<(), Error> {
        self.keys(text.chars())
    }

    pub(crate) fn key(&self, key: Key) -> Result<(), Error> {
        use fantoccini::key::Key as Name;
        self.keys([match key {
            Key::Enter => Name::Enter,
            Key::Escape => Name::Escape,
            Key::Tab => Name::Tab,
            Key::Backspace => Name::Backspace,
            Key::Space => return self.text(" "),
            Key::Up => Name::Up,
            Key::Down => Name::Down,
            Key::Left => Name::Left,
            Key::Right => Name::Right,
        }
        .into()])
    }

    fn keys(&self, characters: impl IntoIterator<Item = char>) -> Result<(), Error> {
        let keys = KeyActions::new("keys".into());
        let keys = characters
            .into_iter()
            .fold(keys, |keys, value| keys.then(KeyAction::Down { value }).then(KeyAction::Up { value }));
        self.perform(keys)
    }

    fn perform(&self, actions: impl Into<fantoccini::actions::ActionSequence>) -> Result<(), Error> {
        let actions = fantoccini::actions::Actions::from(actions.into());
        self.runtime.block_on(self.client().perform_actions(actions)).map_err(Error::process(DRIVING))
    }

    /// Choosers of files do not open from now on: `choose` answers them.
    pub(crate) fn hold_choosers(&self) -> Result<(), Error> {
        let command = DevTools("Page.setInterceptFileChooserDialog", json!({ "enabled": true }));
        self.runtime.block_on(self.client().issue_cmd(command)).map_err(Error::process(DRIVING))?;
        Ok(())
    }

    /// Gives files to the chooser that the page has asked for.
    pub(crate) fn choose(&self, files: &[PathBuf]) -> Result<(), Error> {
        let names: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
        let names = names.join("\n");
        self.runtime
            .block_on(async {
                let input = self.client().wait().for_element(Locator::Css("input[type=file]")).await?;
                input.send_keys(&names).await
            })
            .map_err(Error::process(DRIVING))
    }

    /// Runs a script in the top document, and gives back what it returns; a promise is waited for.
    ///
    /// # Errors
    /// When it throws, or the browser has gone.
    pub fn script(&self, script: &str) -> Result<serde_json::Value, Error> {
        let run = self.client().execute(script, Vec::new());
        self.runtime.block_on(run).map_err(Error::process(DRIVING))
    }

    /// What is to be seen, as PNG.
    ///
    /// # Errors
    /// When the browser has gone.
    pub fn screenshot(&self) -> Result<Vec<u8>, Error> {
        self.runtime.block_on(self.client().screenshot()).map_err(Error::process(DRIVING))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // Closing the session ends the browser; if that fails, ending ChromeDriver is all that is left.
            let _ = self.runtime.block_on(client.close());
        }
    }
}
