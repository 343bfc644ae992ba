//! What a running session tells its host.

use lodger_engine as engine;
use std::collections::HashMap;

/// Importance of a log line or console call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// For developers of Lodger.
    Debug,
    /// Something normal that is worth knowing.
    Info,
    /// Something odd that was dealt with.
    Warn,
    /// Something failed.
    Error,
}

impl From<engine::LogLevel> for LogLevel {
    fn from(level: engine::LogLevel) -> Self {
        match level {
            engine::LogLevel::Debug => Self::Debug,
            engine::LogLevel::Info => Self::Info,
            engine::LogLevel::Warn => Self::Warn,
            engine::LogLevel::Error => Self::Error,
        }
    }
}

/// What the permission check said to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Decision {
    /// The function needs no scope.
    NotNeeded,
    /// The user has granted the scope.
    Granted,
    /// The user has denied the scope.
    Denied,
    /// The host has switched the capability off.
    CapabilityOff,
    /// There is no such function, or not on the bridge.
    Unknown,
}

impl From<engine::Decision> for Decision {
    fn from(decision: engine::Decision) -> Self {
        match decision {
            engine::Decision::NotNeeded => Self::NotNeeded,
            engine::Decision::Granted => Self::Granted,
            engine::Decision::Denied => Self::Denied,
            engine::Decision::CapabilityOff => Self::CapabilityOff,
            engine::Decision::Unknown => Self::Unknown,
        }
    }
}

/// Where a page of the stack is: enough to open it again.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PageAddress {
    /// Page path without query.
    pub path: String,
    /// The values exactly as the page has them.
    pub query: HashMap<String, String>,
}

impl From<engine::PageAddress> for PageAddress {
    fn from(address: engine::PageAddress) -> Self {
        Self { path: address.path, query: address.query.into_iter().collect() }
    }
}

/// One thing that happened. Texts come from the page: untrusted, show them as text.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum SessionEvent {
    /// A release is being downloaded for this open or `predownload`.
    Progress {
        /// Bytes that have come.
        received: u64,
        /// Bytes in all, as far as is known.
        total: u64,
    },
    /// Another release is installed, and the next open runs it.
    UpdateReady {
        /// Version name.
        version: String,
        /// Version code.
        version_code: u64,
        /// Restart as soon as the user can bear it.
        forced: bool,
    },
    /// The program asked to be restarted into its new release: close the session, and open it again.
    Restart,
    /// The first page has painted.
    FirstContent {
        /// Milliseconds since navigation start, measured in the page.
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
        /// The error's own text.
        reason: String,
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
    /// Something the author should mend. Development sessions only.
    Warning {
        /// What was seen, and what to do.
        text: String,
    },
    /// A call has ended. Development sessions only.
    Call {
        /// As the page numbered it; 0 for a function of the base library itself.
        id: u64,
        /// The function's name.
        api: String,
        /// JSON, cut to 2 KiB.
        args: String,
        /// Of the permission check.
        decision: Decision,
        /// True for `:ok`.
        ok: bool,
        /// As the program gets it.
        err_msg: String,
        /// Since the session began.
        started_ms: f64,
        /// How long it took.
        ms: f64,
    },
    /// A transfer has begun or ended. Development sessions only.
    Network {
        /// JSON, as the engine's `NetworkTrace`: only tools read it.
        trace: String,
    },
    /// The program's `<web-view>`s have changed: make, load, place and close them accordingly.
    Webviews {
        /// The page of the one to be seen.
        shown: Option<u64>,
        /// By page.
        all: Vec<crate::records::Webview>,
    },
    /// The page's own back button, over a `<web-view>`: what the host's back button does.
    WebviewBack,
    /// The user left the program.
    Exit,
    /// The page answered `share`.
    Share {
        /// The card's title.
        title: String,
        /// Page path with query.
        path: String,
    },
    /// The user agreed that this program opens another one: open it, and keep this one.
    OpenProgram {
        /// Which, and how.
        link: crate::ProgramLink,
    },
    /// The program goes back to the one that opened it: bring that forward by `returned`, and close this one.
    BackToProgram {
        /// Which, and with what.
        link: crate::ProgramLink,
    },
    /// A program asked for a code: log in to the host, for code `key-invalidated` after a log-out. The session goes on.
    LoginRequired {
        /// For people.
        reason: String,
        /// For machines.
        code: String,
    },
    /// Answer to a development command.
    Dev {
        /// As given.
        id: u64,
        /// JSON.
        result: String,
    },
    /// The session cannot go on; the host shows its error page.
    Failed {
        /// What the host can do about it.
        kind: crate::ErrorKind,
        /// For people.
        reason: String,
        /// For machines.
        code: String,
    },
}

impl SessionEvent {
    /// None for an event that this version of the surface does not carry.
    pub(crate) fn from_engine(event: engine::SessionEvent) -> Option<Self> {
        use engine::SessionEvent as Event;
        Some(match event {
            Event::Progress { received, total } => Self::Progress { received, total },
            Event::UpdateReady { version, forced } => {
                Self::UpdateReady { version: version.name, version_code: version.code, forced }
            }
            Event::Restart => Self::Restart,
            Event::FirstContent { ms } => Self::FirstContent { ms },
            Event::PageReady { path } => Self::PageReady { path },
            Event::Route { stack } => {
                Self::Route { stack: stack.into_iter().map(PageAddress::from).collect() }
            }
            Event::Title { title } => Self::Title { title },
            Event::Console { level, text, stack } => Self::Console { level: level.into(), text, stack },
            Event::ScriptError { message, stack, page } => Self::ScriptError { reason: message, stack, page },
            Event::Missing { api } => Self::Missing { api },
            Event::Warning { text } => Self::Warning { text },
            Event::Call(call) => Self::Call {
                id: call.id,
                api: call.api,
                args: call.args,
                decision: call.decision.into(),
                ok: call.ok,
                err_msg: call.err_msg,
                started_ms: call.started_ms,
                ms: call.ms,
            },
            Event::Network(trace) => {
                Self::Network { trace: serde_json::to_string(&trace).unwrap_or_default() }
            }
            Event::Webviews { shown, all } => {
                Self::Webviews { shown, all: all.into_iter().map(Into::into).collect() }
            }
            Event::WebviewBack => Self::WebviewBack,
            Event::Exit => Self::Exit,
            Event::Share { title, path } => Self::Share { title, path },
            Event::OpenProgram { link } => Self::OpenProgram { link: link.into() },
            Event::BackToProgram { link } => Self::BackToProgram { link: link.into() },
            Event::LoginRequired { error } => Self::LoginRequired { reason: error.message, code: error.code },
            Event::Dev { id, result } => Self::Dev { id, result: result.to_string() },
            Event::Failed { error } => {
                Self::Failed { kind: error.kind.into(), reason: error.message, code: error.code }
            }
            _ => return None,
        })
    }
}
