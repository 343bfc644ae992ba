//! The host's own screen over the program: what it shows, and how its page asks for it.
//!
//! The page (`shell/`) draws one state object and sends back what the user chose. It never gets HTML, only text, and
//! shares no origin, no process and no web context with the program. Its address space:
//!
//! | path | answer |
//! |---|---|
//! | `/`, `/shell.css`, `/shell.js` | the page |
//! | `/icon` | the program's icon |
//! | `/state?after=N` | `{"revision", …ShellState}`, as soon as the revision is above N; after 20 s as it is |
//!
//! Choices arrive as `{"do": <Choice>}`, with the choice's fields.
pub(crate) mod card;
pub(crate) mod prompts;

use crate::{answer::path_of, event::HostEvent, phone::Theme};
use card::Described;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Mutex, time::Duration};
use tokio::sync::watch;

/// Long enough to be rare, short enough that no layer in between gives up first.
const POLL: Duration = Duration::from_secs(20);

/// Everything the page draws.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ShellState {
    pub(crate) theme: Theme,
    /// Height of the status bar over the page: the capsule stands below it.
    pub(crate) top: u32,
    /// Whether programs come from a development root: said wherever the program is named.
    pub(crate) development: bool,
    /// Whether the menu leads to the console.
    pub(crate) console: bool,
    /// `en`, `zh_CN`, …
    pub(crate) language: String,
    pub(crate) program: Card,
    /// Colour of the page's navigation bar text, `black` or `white`: the capsule follows it.
    pub(crate) bar: &'static str,
    pub(crate) layer: Layer,
    /// A download for the loading screen: bytes that have come, and in all.
    pub(crate) progress: Option<(u64, u64)>,
    /// Another release is here: whether to restart into it.
    pub(crate) update: Option<NextRelease>,
    /// A question, above everything else.
    pub(crate) prompt: Option<Prompt>,
}

impl ShellState {
    /// Whether more than the capsule is to be seen.
    fn covers(&self) -> bool {
        self.layer != Layer::None || self.prompt.is_some() || self.update.is_some()
    }
}

/// A release that is installed, and does not run yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct NextRelease {
    pub(crate) version: String,
    pub(crate) forced: bool,
}

/// A program asks the user; the texts are untrusted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Prompt {
    Scope {
        scope: String,
        reason: String,
    },
    PhoneNumber,
    Privacy {
        contract: String,
    },
    /// May it open another program?
    Program {
        app: String,
    },
    /// Boxes to tick: answered by `Choice::Chosen`.
    Subscribe {
        templates: Vec<Message>,
    },
    /// Switches: answered by `Choice::Chosen`.
    Settings {
        scopes: Vec<ScopeState>,
    },
}

/// One kind of message that a program wants to send.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) fields: Vec<String>,
}

/// The program, as the bundle describes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) digest: String,
    pub(crate) icon: bool,
    pub(crate) scopes: Vec<ScopeState>,
}

/// One scope of the program and what the user said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ScopeState {
    pub(crate) scope: String,
    /// None: not asked yet.
    pub(crate) granted: Option<bool>,
}

impl ScopeState {
    /// Takes over what the user said.
    pub(crate) fn merge(scopes: &mut Vec<Self>, grants: BTreeMap<String, bool>) {
        for (scope, granted) in grants {
            match scopes.iter_mut().find(|known| known.scope == scope) {
                Some(known) => known.granted = Some(granted),
                None => scopes.push(Self { scope, granted: Some(granted) }),
            }
        }
    }
}

/// What lies over the program.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Layer {
    /// Only the capsule.
    None,
    /// The user has left the program, and the host stays (browser mode).
    Closed,
    Loading,
    Error {
        /// As in `HostEvent::Failed`.
        error: String,
        code: String,
        message: String,
    },
    Menu,
    About,
    Permissions,
    /// The path was copied.
    Shared {
        title: String,
        path: String,
    },
}

/// What the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(crate) enum Choice {
    Menu,
    About,
    Permissions,
    Reload,
    Share,
    /// Opens the console.
    Console,
    Close,
    Retry,
    /// Breaks the download off.
    Cancel,
    /// Into the release that is ready.
    Restart,
    /// The update waits for the next launch.
    Later,
    Dismiss,
    Grant,
    Deny,
    /// To a question about several things.
    Chosen {
        choices: BTreeMap<String, bool>,
        keep: bool,
    },
    /// On the permissions sheet.
    Set {
        scope: String,
        granted: bool,
    },
}

/// Reads a choice; anything else is None.
pub(crate) fn choice(text: &str) -> Option<Choice> {
    serde_json::from_str(text).ok()
}

/// The state and its revision; any thread.
pub(crate) struct Shell {
    state: watch::Sender<(u64, ShellState)>,
    icon: Mutex<Option<(String, Vec<u8>)>>,
}

#[derive(Serialize)]
struct Revised<'a> {
    revision: u64,
    #[serde(flatten)]
    state: &'a ShellState,
}

impl Shell {
    pub(crate) fn new(theme: Theme) -> Self {
        let state = ShellState {
            theme,
            top: 0,
            development: false,
            console: false,
            language: crate::phone::language(),
            program: Card::default(),
            bar: "black",
            layer: Layer::Loading,
            progress: None,
            update: None,
            prompt: None,
        };
        Self { state: watch::Sender::new((1, state)), icon: Mutex::new(None) }
    }

    /// Changes the state; the page draws it if it differs.
    pub(crate) fn update(&self, change: impl FnOnce(&mut ShellState)) {
        self.state.send_if_modified(|(revision, state)| {
            let before = state.clone();
            change(state);
            let changed = *state != before;
            *revision += u64::from(changed);
            changed
        });
    }

    pub(crate) fn state(&self) -> ShellState {
        self.state.borrow().1.clone()
    }

    pub(crate) fn layer(&self) -> Layer {
        self.state.borrow().1.layer.clone()
    }

    pub(crate) fn asks(&self) -> bool {
        self.state.borrow().1.prompt.is_some()
    }

    /// A program is about to be opened.
    pub(crate) fn begin(&self, program: Described) {
        self.set_icon(program.icon);
        self.update(|state| {
            state.program = program.card;
            state.layer = Layer::Loading;
            state.progress = None;
            state.update = None;
        });
    }

    /// Takes what an event means for the screen.
    pub(crate) fn heard(&self, event: &HostEvent) {
        match event {
            HostEvent::Progress { received, total } => {
                self.update(|state| state.progress = Some((*received, *total)));
            }
            HostEvent::Opened { .. } => self.update(|state| state.progress = None),
            HostEvent::UpdateReady { version, forced } => self.update(|state| {
                state.update = Some(NextRelease { version: version.clone(), forced: *forced });
            }),
            HostEvent::Failed { .. } => self.update(|state| state.update = None),
            _ => {}
        }
    }

    /// The update waits for the next launch, unless the release that runs is out of use.
    pub(crate) fn later(&self) {
        self.update(|state| {
            state.update.take_if(|update| !update.forced);
        });
    }

    /// Whether it needs the whole window.
    pub(crate) fn covers(&self) -> bool {
        self.state.borrow().1.covers()
    }

    /// `icon` is (media type, bytes) of an image.
    pub(crate) fn set_icon(&self, icon: Option<(String, Vec<u8>)>) {
        *self.icon.lock().expect("no code panics while it holds the icon") = icon;
    }

    /// Answers one request of the page: (status, media type, body).
    pub(crate) async fn answer(&self, url: &str) -> (u16, String, Vec<u8>) {
        let text = |mime: &str, body: &str| (200, mime.to_owned(), body.as_bytes().to_vec());
        match path_of(url).as_str() {
            "/" => text("text/html; charset=utf-8", include_str!("../shell/index.html")),
            "/shell.css" => text("text/css; charset=utf-8", include_str!("../shell/shell.css")),
            "/shell.js" => text("text/javascript; charset=utf-8", include_str!("../shell/shell.js")),
            "/icon" => match self.icon.lock().expect("no code panics while it holds the icon").clone() {
                Some((mime, bytes)) => (200, mime, bytes),
                None => (404, "text/plain".into(), Vec::new()),
            },
            "/state" => {
                let after = url.rsplit_once("after=").and_then(|(_, n)| n.parse().ok()).unwrap_or(0);
                (200, "application/json".into(), self.state_after(after).await)
            }
            _ => (404, "text/plain".into(), Vec::new()),
        }
    }

    async fn state_after(&self, after: u64) -> Vec<u8> {
        let mut watcher = self.state.subscribe();
        // Timing out is fine: the page asks again.
        let _ = tokio::time::timeout(POLL, watcher.wait_for(|(revision, _)| *revision > after)).await;
        let (revision, state) = &*watcher.borrow();
        serde_json::to_vec(&Revised { revision: *revision, state }).expect("plain data is JSON")
    }
}

/// The shell's page may load its own three files, the icon, and nothing else.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// What an event of the session means for the screen; None leaves it as it is.
pub(crate) fn layer_after(event: &HostEvent) -> Option<Layer> {
    match event {
        HostEvent::FirstContent { .. } => Some(Layer::None),
        HostEvent::Failed { kind, code, message } => {
            Some(Layer::Error { error: kind.clone(), code: code.clone(), message: message.clone() })
        }
        HostEvent::Share { title, path } => Some(Layer::Shared { title: title.clone(), path: path.clone() }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_page_sees_each_change_once() {
        let shell = Shell::new(Theme::Light);
        let first: serde_json::Value =
            serde_json::from_slice(&shell.answer("x://ui/state?after=0").await.2).unwrap();
        assert_eq!((&first["revision"], &first["layer"]["kind"]), (&1.into(), &"loading".into()));

        shell.update(|_| ());
        assert_eq!(shell.state.borrow().0, 1, "no change, no revision");
        let (waited, ()) = tokio::join!(shell.answer("x://ui/state?after=1"), async {
            shell.update(|state| {
                state.layer =
                    Layer::Error { error: "Offline".into(), code: "c".into(), message: "<b>".into() }
            });
        });
        let second: serde_json::Value = serde_json::from_slice(&waited.2).unwrap();
        assert_eq!((&second["revision"], &second["layer"]["message"]), (&2.into(), &"<b>".into()));
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        let shell = Shell::new(Theme::Light);
        for path in ["/../Cargo.toml", "/shell", "/icon", "/p/app.json"] {
            assert_eq!(shell.answer(&format!("lodger-shell://ui{path}")).await.0, 404, "{path}");
        }
        shell.set_icon(Some(("image/png".into(), vec![1])));
        assert_eq!(shell.answer("lodger-shell://ui/icon?2").await.2, [1]);
    }

    #[test]
    fn choices_are_words_of_a_list() {
        assert_eq!(choice(r#"{"do":"retry"}"#), Some(Choice::Retry));
        let set = Choice::Set { scope: "scope.camera".into(), granted: false };
        assert_eq!(choice(r#"{"do":"set","scope":"scope.camera","granted":false}"#), Some(set));
        assert_eq!(choice(r#"{"do":"format"}"#), None);
        assert_eq!(choice("close"), None);
    }
}
