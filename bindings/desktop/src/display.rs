//! A display for windows: the user's, or a virtual one of our own.
use crate::{
    Error,
    tools::{Guarded, XVFB},
};
use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};
use x11rb::rust_connection::RustConnection;

/// Large enough for every phone, and for its screenshot.
const SCREEN: &str = "1280x1024x24";

/// A display that exists for as long as this does.
pub struct DisplayGuard {
    name: Option<String>,
    /// Xvfb ends with its last client: this one keeps it alive, and lets it go even if we are killed.
    _anchor: Option<RustConnection>,
    _server: Option<Guarded>,
}

/// Gives a display. A virtual one (Xvfb) when asked to be `headless`, or when the user has none.
///
/// # Errors
/// When Xvfb is needed and is missing, or does not start.
pub fn ensure(headless: bool) -> Result<DisplayGuard, Error> {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_own = !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY");
    if !headless && has_own {
        return Ok(DisplayGuard { name: None, _anchor: None, _server: None });
    }
    let starting = "Starting a virtual display (Xvfb)";
    let child = Command::new(XVFB.find()?)
        .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-terminate"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Error::process(starting))?;
    let mut server = Guarded(child);
    let out = server.0.stdout.take().expect("its output was piped");
    let mut number = String::new();
    // Xvfb writes the number of its display once it takes connections; if it fails, the pipe ends.
    BufReader::new(out).read_line(&mut number).map_err(Error::process(starting))?;
    let number: u32 = number.trim().parse().map_err(|_| Error::Process {
        what: starting,
        why: "it ended before its display was ready".into(),
    })?;
    let name = format!(":{number}");
    let (anchor, _) = x11rb::connect(Some(&name)).map_err(Error::process(starting))?;
    Ok(DisplayGuard { name: Some(name), _anchor: Some(anchor), _server: Some(server) })
}

impl DisplayGuard {
    /// X11's name of the virtual display, such as `:7`; None for the user's own.
    #[must_use]
    pub fn virtual_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Points a child process to this display.
    pub(crate) fn apply(&self, command: &mut Command) {
        let Some(name) = &self.name else { return };
        command
            .env("DISPLAY", name)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            // There is no GPU behind a virtual display. WebKit's accelerated renderer stays on all the same: without it,
            // a transparent page is not cleared between two frames, and the host's screen is transparent.
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
    }
}
