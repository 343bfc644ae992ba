//! What a running session tells its host.
use super::{CallTrace, LogLevel, NetworkTrace};
use crate::{LodgerError, Webview};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Outgoing bridge messages for a platform with a push channel (Android port, iOS). Strings only.
pub trait MessageSink: Send + Sync {
    /// Hands one message to the page. Called in order; must not call back into the session.
    fn post(&self, message: String);
}

/// Where a page of the stack is: enough to open it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAddress {
    /// Page path without query.
    pub path: String,
    /// The values exactly as the page has them.
    pub query: BTreeMap<String, String>,
}

/// Which program to open, and how: the fields of an `OpenRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramLink {
    /// App id.
    pub app: String,
    /// None: the entry page.
    pub path: Option<String>,
    /// The values exactly as the opener wrote them.
    pub query: BTreeMap<String, String>,
    /// WeChat's scene number.
    pub scene: u32,
    /// Who opens it, by the engine's own word, and its `extraData`.
    pub referrer: (String, serde_json::Value),
}

/// What a running session tells its host. Called from one of the engine's threads, one event at a time, in order.
/// It must return soon; calling the session from it is fine.
pub trait SessionListener: Send + Sync {
    /// Takes one event. None comes after `Session::close` has returned, but for one already under way.
    fn event(&self, event: SessionEvent);
}

/// One thing that happened. Texts come from the page: untrusted, show them as text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionEvent {
    /// A release is being downloaded for this open or `predownload`; there is no session yet.
    Progress {
        /// Bytes that have come.
        received: u64,
        /// Bytes in all, as far as is known.
        total: u64,
    },
    /// Another release is installed, and the next open runs it. The page has been told too.
    UpdateReady {
        /// Its version.
        version: lodger_bundle::Version,
        /// The operator does not want the present one to go on: restart as soon as the user can bear it.
        forced: bool,
    },
    /// The program asked to be restarted into its new release (`applyUpdate`): close the session, and open it again.
    Restart,
    /// The first page has painted.
    FirstContent {
        /// Since navigation start, measured in the page.
        ms: f64,
    },
    /// A page reached onReady.
    PageReady {
        /// Page path without query.
        path: String,
    },
    /// The page stack changed.
    Route {
        /// Bottom first.
        stack: Vec<PageAddress>,
    },
    /// The top page's title.
    Title {
        /// Plain text.
        title: String,
    },
    /// A `console` call.
    Console {
        /// From the function called.
        level: LogLevel,
        /// Arguments, joined.
        text: String,
        /// Where it was called, if known.
        stack: Option<String>,
    },
    /// The program's code threw.
    ScriptError {
        /// The error's own message.
        message: String,
        /// JavaScript stack, in built code.
        stack: String,
        /// The page it happened on; empty before the first.
        page: String,
    },
    /// A `wx` function that does not exist was used.
    Missing {
        /// Its name.
        api: String,
    },
    /// Something the author should mend: an undeclared domain, for example. Development sessions only.
    Warning {
        /// What was seen, and what to do.
        text: String,
    },
    /// A call has ended. Development sessions only.
    Call(CallTrace),
    /// A transfer has begun or ended. Development sessions only.
    Network(NetworkTrace),
    /// The program's `<web-view>`s have changed: make those that are new, load what has another address, move the others,
    /// close those that are missing. Each keeps nothing, runs `WEBVIEW_SCRIPT`, asks `Session::webview_may_load` before
    /// every navigation, and covers the page but not the host's own screen.
    Webviews {
        /// The page of the one to be seen; the others are kept out of sight.
        shown: Option<u64>,
        /// By page.
        all: Vec<Webview>,
    },
    /// The page's own back button, over a `<web-view>`: what the host's back button does.
    WebviewBack,
    /// The user went back from the first page, or the program called exitMiniProgram.
    Exit,
    /// The page answered `Session::share`.
    Share {
        /// The card's title.
        title: String,
        /// Page path with query.
        path: String,
    },
    /// The user agreed that this program opens another one: open it, and keep this one.
    OpenProgram {
        /// Which, and how.
        link: ProgramLink,
    },
    /// The program goes back to the one that opened it (`navigateBackMiniProgram`): bring that forward, give it `link` by
    /// `Session::returned`, and close this one. If it is gone, open it by `link`.
    BackToProgram {
        /// Which, and with what.
        link: ProgramLink,
    },
    /// The program asked for a code, and nobody is logged in to the host, or (code `key-invalidated`) this device's keys
    /// are no longer good: log in, in the second case after `Engine::log_out`. The session goes on.
    LoginRequired {
        /// Why; of kind `LoginRequired`.
        error: LodgerError,
    },
    /// Answer to `Session::dev`.
    Dev {
        /// As given to `dev`.
        id: u64,
        /// As in core/docs/bridge.md.
        result: serde_json::Value,
    },
    /// The session cannot go on; the host shows its error page.
    Failed {
        /// Why.
        error: LodgerError,
    },
}
