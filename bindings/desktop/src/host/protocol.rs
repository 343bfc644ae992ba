//! What the window host is told: one JSON object a line on its standard input. It answers with `Report` lines.
use crate::{phone::Theme, repository::Repository};
use lodger_engine::Change;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf};

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// Where the store and the users' data live.
    pub(crate) data_dir: PathBuf,
    /// Where programs come from.
    pub(crate) repository: Repository,
    /// Window size, CSS pixels.
    pub(crate) size: (u32, u32),
    /// None: the system's.
    pub(crate) theme: Option<Theme>,
    pub(crate) scopes: Scopes,
    /// First content later than this is a failure.
    pub(crate) start_timeout_ms: u64,
    /// A driver needs to know where on the screen the window is.
    pub(crate) frame: bool,
}

/// How questions for a scope are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scopes {
    /// By the user, in the window.
    #[default]
    Ask,
    /// Always yes.
    Grant,
    /// Always no.
    Deny,
}

/// Every further line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(crate) enum Command {
    /// Opens a program in place of what runs.
    Open(Open),
    /// Puts the newest build of what runs in its place; opens it anew, on the page that is open now, where that cannot be.
    Reload {
        #[serde(flatten)]
        open: Open,
        change: Change,
    },
    /// `Session::dev`.
    Dev { id: u64, command: Value },
    /// `Session::emit`.
    Emit { event: String, args: Value },
    /// Answered by `HostEvent::Counters`.
    Counters,
    /// Answered by `HostEvent::Settled`, when no download goes on that nobody waits for.
    Settle,
    /// Shows the console in a window of its own.
    Console { url: String },
    /// The back button.
    Back,
    /// Ends the host.
    Close,
}

/// What to open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Open {
    /// Numbers the session in reports.
    pub(crate) session: u32,
    /// App id.
    pub(crate) app: String,
    #[serde(flatten)]
    pub(crate) entry: Entry,
    /// Stay on the page that is open now, if one is.
    pub(crate) stay: bool,
}

/// Where a program starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Page path; None: the entry page.
    pub path: Option<String>,
    /// Query parameters.
    pub query: BTreeMap<String, String>,
    /// WeChat's scene number.
    pub scene: u32,
    /// App id and extraData of the program that opens this one.
    #[serde(default)]
    pub referrer: Option<(String, Value)>,
}

impl Default for Entry {
    /// The entry page, scene 1001.
    fn default() -> Self {
        Self { path: None, query: BTreeMap::new(), scene: 1001, referrer: None }
    }
}

impl Entry {
    /// A page without a query.
    #[must_use]
    pub fn page(path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_lines() {
        let open = Command::Open(Open {
            session: 2,
            app: "coffee".into(),
            entry: Entry { query: [("a".into(), "\n".into())].into(), ..Entry::page("p/q") },
            stay: false,
        });
        let line = serde_json::to_string(&open).unwrap();
        assert!(!line.contains('\n') && line.starts_with(r#"{"do":"open","session":2"#), "{line}");
        let Command::Open(back) = serde_json::from_str(&line).unwrap() else { panic!("{line}") };
        assert_eq!(back.entry, Entry { query: [("a".into(), "\n".into())].into(), ..Entry::page("p/q") });
    }
}
