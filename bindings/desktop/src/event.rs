//! What a running program reports, in a form that crosses a process boundary as one JSON line.
use lodger_engine::{
    CallTrace, Counters, LodgerError, LogLevel, NetworkTrace, OpenedRelease, PageAddress, ProgramLink,
    Reason, SessionEvent, Source, Webview,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One thing that happened in the host or in its program. Texts come from the program: untrusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase")]
#[non_exhaustive]
pub enum HostEvent {
    /// The window stands, and takes commands.
    Ready {
        /// X11 window id; 0 where there is none (Wayland).
        window: u32,
    },
    /// The program's release is being downloaded; it has no session yet.
    Progress {
        /// Bytes that have come.
        received: u64,
        /// Bytes in all, as far as is known.
        total: u64,
    },
    /// The program is installed and its webview is loading.
    Opened {
        /// App id.
        app: String,
        /// Host part of the session's origin.
        label: String,
        /// What was opened.
        release: Release,
    },
    /// Another release is here; opening the program again runs it.
    UpdateReady {
        /// Its version's name.
        version: String,
        /// The operator does not want the present one to go on.
        forced: bool,
    },
    /// The program asked to be restarted into its new release.
    Restart,
    /// The program opens another one, or goes back to the one that opened it: it takes this one's place.
    OpenProgram {
        /// App id.
        app: String,
        /// How, and by whom.
        entry: crate::host::protocol::Entry,
    },
    /// No download goes on that nobody waits for: the answer to `settle`.
    Settled,
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
        /// `debug`, `info`, `warn` or `error`.
        level: String,
        /// Arguments, joined.
        text: String,
        /// Where it was called, in built code, if known.
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
    /// Something the author should mend.
    Warning {
        /// What was seen, and what to do.
        text: String,
    },
    /// A call has ended: which, what the permission check said, how long it took.
    Call(CallTrace),
    /// A transfer has begun or ended.
    Network(NetworkTrace),
    /// A resource that the page asked for was not served.
    Resource {
        /// Path on the program's origin, without query.
        path: String,
        /// HTTP status.
        status: u16,
    },
    /// The webview was kept from leaving the program's origin, or from opening a window or a download.
    Refused {
        /// `navigation`, `window`, `download` or `permission`.
        what: String,
        /// Where to; without query and fragment.
        url: String,
    },
    /// The program was asked to share itself.
    Share {
        /// The card's title.
        title: String,
        /// Page path with query.
        path: String,
    },
    /// Answer to a `dev` command.
    Dev {
        /// As given.
        id: u64,
        /// As in core/docs/bridge.md.
        result: Value,
    },
    /// What the session counted so far, as asked.
    Counters {
        /// By name, as in the engine's `Counters`.
        counts: BTreeMap<String, u64>,
    },
    /// The program's `<web-view>`s have changed.
    Webviews {
        /// The page of the one to be seen.
        shown: Option<u64>,
        /// By page.
        all: Vec<Webview>,
    },
    /// The page's own back button was used over a `<web-view>`.
    WebviewBack,
    /// The session cannot go on; the error page is shown.
    Failed {
        /// What a host can act on: `Offline`, `Revoked`, …, as in core/docs/errors.md.
        kind: String,
        /// For machines.
        code: String,
        /// For people.
        message: String,
    },
    /// The user wants the console (menu, F12).
    ConsoleWanted,
    /// The user left the program, or closed the window.
    Exit,
}

/// The release that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its version's name.
    pub version: String,
    /// Its version's code.
    pub code: u64,
    /// `network`, `store` or `preset`.
    pub source: String,
    /// `listed`, `kept` or `fallback`.
    pub reason: String,
}

impl Release {
    pub(crate) fn of(release: &OpenedRelease) -> Self {
        let source = match release.source {
            Source::Network => "network",
            Source::Store => "store",
            Source::Preset => "preset",
        };
        let reason = match release.reason {
            Reason::Listed => "listed",
            Reason::Kept => "kept",
            Reason::Fallback => "fallback",
        };
        Self {
            version: release.version.name.clone(),
            code: release.version.code,
            source: source.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// An event and the session it belongs to. Sessions are numbered by whoever opens them; 0 is the host itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The session's number.
    pub session: u32,
    /// What happened.
    #[serde(flatten)]
    pub event: HostEvent,
}

/// The engine's counters by name.
pub(crate) fn counts(counters: Counters) -> BTreeMap<String, u64> {
    [
        ("messages", counters.messages),
        ("malformed", counters.malformed),
        ("wrongDocument", counters.wrong_document),
        ("repeated", counters.repeated),
        ("notAllowed", counters.not_allowed),
        ("refusedResources", counters.refused_resources),
        ("droppedEvents", counters.dropped_events),
        ("documents", counters.documents),
    ]
    .map(|(name, count)| (name.to_owned(), count))
    .into()
}

/// Console levels as words, the same in every output of this crate.
pub(crate) fn level_name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

/// The user broke a download off.
pub(crate) fn cancelled() -> HostEvent {
    HostEvent::Failed {
        kind: "Denied".to_owned(),
        code: "cancelled".to_owned(),
        message: "The download was cancelled. What has arrived is kept.".to_owned(),
    }
}

impl HostEvent {
    /// What the engine says of its failure.
    pub(crate) fn failed(error: LodgerError) -> Self {
        Self::Failed { kind: format!("{:?}", error.kind), code: error.code, message: error.message }
    }

    /// A failure of this host itself.
    pub(crate) fn broken(code: &str, message: impl Into<String>) -> Self {
        Self::Failed { kind: "Internal".to_owned(), code: code.to_owned(), message: message.into() }
    }

    /// None for events of the engine that this host has no use for.
    pub(crate) fn from_session(event: SessionEvent) -> Option<Self> {
        Some(match event {
            SessionEvent::FirstContent { ms } => Self::FirstContent { ms },
            SessionEvent::PageReady { path } => Self::PageReady { path },
            SessionEvent::Route { stack } => Self::Route { stack },
            SessionEvent::Title { title } => Self::Title { title },
            SessionEvent::Console { level, text, stack } => {
                Self::Console { level: level_name(level).to_owned(), text, stack }
            }
            SessionEvent::ScriptError { message, stack, page } => Self::ScriptError { message, stack, page },
            SessionEvent::Missing { api } => Self::Missing { api },
            SessionEvent::Warning { text } => Self::Warning { text },
            SessionEvent::Call(call) => Self::Call(call),
            SessionEvent::Network(transfer) => Self::Network(transfer),
            SessionEvent::Webviews { shown, all } => Self::Webviews { shown, all },
            SessionEvent::WebviewBack => Self::WebviewBack,
            SessionEvent::Exit => Self::Exit,
            SessionEvent::Share { title, path } => Self::Share { title, path },
            SessionEvent::Dev { id, result } => Self::Dev { id, result },
            SessionEvent::Progress { received, total } => Self::Progress { received, total },
            SessionEvent::UpdateReady { version, forced } => {
                Self::UpdateReady { version: version.name, forced }
            }
            SessionEvent::Restart => Self::Restart,
            SessionEvent::OpenProgram { link } | SessionEvent::BackToProgram { link } => {
                let ProgramLink { app, path, query, scene, referrer } = link;
                let entry = crate::host::protocol::Entry { path, query, scene, referrer: Some(referrer) };
                Self::OpenProgram { app, entry }
            }
            SessionEvent::Failed { error } => Self::failed(error),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_and_comes_back_whole() {
        let events = [
            HostEvent::Console { level: "info".into(), text: "a\nb".into(), stack: None },
            HostEvent::FirstContent { ms: 12.5 },
            HostEvent::Exit,
            HostEvent::Dev { id: 3, result: serde_json::json!({"found": false}) },
        ];
        for event in events {
            let report = Report { session: 7, event };
            let line = serde_json::to_string(&report).unwrap();
            assert!(!line.contains('\n'));
            assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report);
        }
    }
}
