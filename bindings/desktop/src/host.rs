//! The window host: a process of its own with one window, told what to do on standard input.
//!
//! It is a process, and not a thread, because GTK and WebKit read the display and their settings from the
//! environment, want the main thread, and may crash; whoever opens programs must survive that. The `lodger` command
//! and the tests start themselves (or a test binary) again for it: see `run_if_asked`.
#[cfg(target_os = "linux")]
mod console;
pub(crate) mod protocol;
#[cfg(target_os = "linux")]
mod reload;
#[cfg(target_os = "linux")]
mod running;
#[cfg(target_os = "linux")]
mod sheets;
#[cfg(target_os = "linux")]
mod webs;
#[cfg(target_os = "linux")]
mod webview;
#[cfg(target_os = "linux")]
mod window;

use std::process::ExitCode;

/// First argument of a process that is to be a window host.
pub(crate) const ARGUMENT: &str = "__window-host";

/// Call this first in `main`: when this process was started as a window host, it runs until the window is closed.
///
/// Returns None in every other process.
#[must_use]
pub fn run_if_asked() -> Option<ExitCode> {
    (std::env::args().nth(1).as_deref() == Some(ARGUMENT)).then(run)
}

/// Runs a window host on this thread, which must be the main one. It does not return before the window is closed.
#[cfg(target_os = "linux")]
#[must_use]
pub fn run() -> ExitCode {
    match running::run() {
        Ok(never) => match never {},
        Err(error) => {
            eprintln!("The window host cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says that windows are for Linux so far.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn run() -> ExitCode {
    eprintln!("The window host works on Linux only so far. Use `--browser`, which works everywhere.");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
use {
    crate::{event::HostEvent, shell},
    lodger_engine::Session,
};

/// What wakes the window's thread.
#[cfg(target_os = "linux")]
#[derive(Debug)]
enum Turn {
    Command(protocol::Command),
    /// Standard input has ended: so has whoever started this.
    Orphaned,
    Opened(u32, Result<Opened, lodger_engine::LodgerError>),
    Replaced(Box<reload::Replaced>),
    Event(u32, HostEvent),
    /// Downloads have ended.
    Settled,
    Choice(shell::Choice),
    RendererGone(u32),
    /// By keyboard or mouse.
    Back,
    /// By keyboard: the console is wanted.
    Console,
    /// A question for a scope appeared or went away.
    Asked,
    /// What the user granted, for the permissions sheet.
    Grants(u32, std::collections::BTreeMap<String, bool>),
}

/// A session, and how the bundle describes its program.
#[cfg(target_os = "linux")]
struct Opened {
    session: Session,
    program: shell::card::Described,
}

#[cfg(target_os = "linux")]
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("card", &self.program.card).finish_non_exhaustive()
    }
}
