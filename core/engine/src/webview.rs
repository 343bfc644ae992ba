//! `<web-view>`: another website over a page of the program, in a webview of its own that the host draws.
//!
//! The website is untrusted towards the program and the engine alike: it may only go where `domains.webview` allows,
//! and says only what `WebMessage` reads. What a session does with it stands in `session/webviews.rs`.
use crate::strict_json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a host must run at the start of each document in the main frame of a `<web-view>`, before any script of the
/// website: it gives `wx.miniProgram`, and what WeChat's own JS-SDK looks for. It sends by `window.ipc.postMessage`,
/// which the host must have put there; the texts go to `Session::webview_message`.
pub const WEBVIEW_SCRIPT: &str = include_str!("webview/document.js");

/// What a host must append to the user agent of a `<web-view>`: WeChat's JS-SDK does nothing in a browser without the
/// first word, and websites tell by the second that they are in a mini-program.
pub const WEBVIEW_USER_AGENT: &str =
    concat!("MicroMessenger/8.0.0 miniProgram Lodger/", env!("CARGO_PKG_VERSION"));

/// Longest message of a website.
const MAX_MESSAGE: usize = 256 << 10;
const MAX_DEPTH: usize = 64;
/// Bytes of `postMessage` that wait for the program.
const MAX_WAITING: usize = 1 << 20;

/// How a host shows `<web-view>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WebviewForm {
    /// Not at all: the component fails with `not supported`.
    #[default]
    None,
    /// As a second webview over the program's: the host follows `SessionEvent::Webviews`.
    Native,
    /// As an iframe in the page, without `wx.miniProgram`: for development in a browser.
    Frame,
}

/// One `<web-view>` that is there now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Webview {
    /// The page that holds it; a page has one at most. Names it in `Session::webview_…`.
    pub page: u64,
    /// What the program asked for last: load it when this is new, or differs from what it was before.
    pub url: String,
    /// Left, top, width, height in the program's webview; CSS pixels.
    pub rect: [f64; 4],
}

/// What a host tells of a `<web-view>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebviewEvent {
    /// A document has loaded.
    Loaded,
    /// A document could not be loaded.
    Failed {
        /// For the program's developer; without the address.
        reason: String,
    },
    /// The document's title: untrusted text.
    Title {
        /// Plain text.
        title: String,
    },
}

/// The `<web-view>`s of one document of the program, by page.
#[derive(Default)]
pub(crate) struct Webviews {
    held: BTreeMap<u64, Held>,
}

pub(crate) struct Held {
    pub view: Webview,
    /// The page's notice is shown in its place: it was kept from going where the user wanted.
    pub covered: bool,
    /// Of `postMessage`, for the event `message`.
    messages: Vec<Value>,
    waiting: usize,
}

impl Held {
    /// Keeps a message for the program; false if too much waits.
    fn keep(&mut self, data: Value, bytes: usize) -> bool {
        let fits = self.waiting + bytes <= MAX_WAITING;
        if fits {
            self.waiting += bytes;
            self.messages.push(data);
        }
        fits
    }

    /// What waits for the program; None if nothing does.
    pub(crate) fn take(&mut self) -> Option<Vec<Value>> {
        self.waiting = 0;
        Some(std::mem::take(&mut self.messages)).filter(|messages| !messages.is_empty())
    }
}

impl Webviews {
    pub(crate) fn get(&mut self, page: u64) -> Option<&mut Held> {
        self.held.get_mut(&page)
    }

    /// Puts another address into the page's web-view, and makes it if there is none.
    pub(crate) fn open(&mut self, view: Webview) {
        match self.held.get_mut(&view.page) {
            Some(held) => {
                held.view = view;
                held.covered = false;
            }
            None => {
                let held = Held { view, covered: false, messages: Vec::new(), waiting: 0 };
                self.held.insert(held.view.page, held);
            }
        }
    }

    pub(crate) fn close(&mut self, page: u64) -> Option<Held> {
        self.held.remove(&page)
    }

    /// Takes out those whose pages are gone.
    pub(crate) fn close_unless(&mut self, alive: impl Fn(u64) -> bool) -> Vec<Held> {
        let gone: Vec<u64> = self.held.keys().copied().filter(|page| !alive(*page)).collect();
        gone.into_iter().filter_map(|page| self.held.remove(&page)).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// All, and the page of the one to be seen while `top` is on top.
    pub(crate) fn shown(&self, top: u64) -> (Option<u64>, Vec<Webview>) {
        let shown = self.held.get(&top).filter(|held| !held.covered).map(|held| held.view.page);
        (shown, self.held.values().map(|held| held.view.clone()).collect())
    }

    /// Keeps what a website posted; false if there is no such web-view, or too much waits.
    pub(crate) fn keep(&mut self, page: u64, data: Value, bytes: usize) -> bool {
        self.held.get_mut(&page).is_some_and(|held| held.keep(data, bytes))
    }
}

/// What a website says to the program that shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WebMessage {
    /// `navigateTo`, `redirectTo`, `reLaunch` or `switchTab`.
    Go { api: &'static str, url: String },
    /// `navigateBack`.
    Back { delta: u64 },
    /// `postMessage`.
    Post(Value),
}

/// Reads one message, strictly: None for everything else.
pub(crate) fn read(text: &str) -> Option<WebMessage> {
    if text.len() > MAX_MESSAGE {
        return None;
    }
    let Value::Object(mut fields) = strict_json::parse(text, MAX_DEPTH).ok()? else { return None };
    let (name, arg) = (fields.remove("name")?, fields.remove("arg")?);
    if !fields.is_empty() {
        return None;
    }
    let go = |api| {
        let url = arg.as_object().and_then(only_url)?.to_owned();
        Some(WebMessage::Go { api, url })
    };
    match name.as_str()? {
        "navigateTo" => go("navigateTo"),
        "redirectTo" => go("redirectTo"),
        "reLaunch" => go("reLaunch"),
        "switchTab" => go("switchTab"),
        "navigateBack" => Some(WebMessage::Back { delta: arg.get("delta")?.as_u64()? }),
        "postMessage" => Some(WebMessage::Post(arg)),
        _ => None,
    }
}

fn only_url(arg: &Map<String, Value>) -> Option<&str> {
    arg.get("url").filter(|_| arg.len() == 1)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_are_read_strictly() {
        let go = WebMessage::Go { api: "navigateTo", url: "/pages/a/a?x=1".into() };
        assert_eq!(read(r#"{"name":"navigateTo","arg":{"url":"/pages/a/a?x=1"}}"#), Some(go));
        assert_eq!(read(r#"{"name":"navigateBack","arg":{"delta":2}}"#), Some(WebMessage::Back { delta: 2 }));
        let post = WebMessage::Post(json!({ "a": [1] }));
        assert_eq!(read(r#"{"name":"postMessage","arg":{"a":[1]}}"#), Some(post));
        for text in [
            "",
            "[]",
            "{}",
            r#"{"name":"navigateTo"}"#,
            r#"{"name":"navigateTo","arg":{}}"#,
            r#"{"name":"navigateTo","arg":{"url":7}}"#,
            r#"{"name":"navigateTo","arg":{"url":"/a","more":1}}"#,
            r#"{"name":"navigateTo","arg":{"url":"/a","url":"/b"}}"#,
            r#"{"name":"navigateTo","name":"x","arg":{"url":"/a"}}"#,
            r#"{"name":"navigateBack","arg":{"delta":-1}}"#,
            r#"{"name":"request","arg":{"url":"https://a.test"}}"#,
            r#"{"name":"postMessage","arg":1,"doc":"x"}"#,
            r#"{"v":1,"doc":"x","seq":1,"id":1,"api":"getStorage","args":{}}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let fits = |bytes: usize| {
            let text = json!({ "name": "postMessage", "arg": "" }).to_string();
            read(&text.replace("\"\"", &format!("\"{}\"", "x".repeat(bytes - text.len())))).is_some()
        };
        assert!(fits(MAX_MESSAGE));
        assert!(!fits(MAX_MESSAGE + 1));
        let deep = format!(r#"{{"name":"postMessage","arg":{}{}}}"#, "[".repeat(64), "]".repeat(64));
        assert_eq!(read(&deep), None);
    }

    #[test]
    fn only_so_much_waits_for_the_program() {
        let mut webviews = Webviews::default();
        assert!(!webviews.keep(1, json!(0), 1), "no such web-view");
        webviews.open(Webview { page: 1, url: "https://a.test/".into(), rect: [0.0; 4] });
        assert!(webviews.keep(1, json!(1), MAX_WAITING));
        assert!(!webviews.keep(1, json!(2), 1));
        assert_eq!(webviews.get(1).and_then(Held::take), Some(vec![json!(1)]));
        assert!(webviews.keep(1, json!(2), 1));
    }
}
