//! In a window: open, print what happens, rebuild on save, until the window is closed.

use super::{Args, EditLoop, Failure, Output, Stop, TURN, failed, print};
use crate::output::DIM;
use lodger_desktop::{
    Error, HostEvent, Repository,
    window::{Window, WindowOptions},
};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// Runs until the window is closed or, with `--screenshot`, until the picture is taken.
pub fn run(
    args: &Args,
    repository: Option<Repository>,
    open: impl FnOnce(&Window) -> Result<(), Error>,
    mut edits: Option<EditLoop<'_>>,
    output: &Output,
) -> Result<(), Failure> {
    let mut window = start(args, repository, output)?;
    open(&window).map_err(failed)?;
    if let Some(file) = &args.screenshot {
        return screenshot(window, file, Duration::from_millis(args.after), output);
    }
    let stop = Stop::new()?;
    let saving = if edits.is_some() { "saving a file rebuilds and reloads; " } else { "" };
    output.note(format_args!("{DIM}{saving}close the window to end{DIM:#}"));
    while !stop.asked() {
        match window.next(TURN) {
            Ok(Some(report)) => {
                print(&report, output);
                if report.event == HostEvent::Exit {
                    return Ok(());
                }
            }
            Ok(None) => {}
            // Ctrl-C in a terminal reaches the window too.
            Err(_) if stop.asked() => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
        if let Some(edits) = &mut edits {
            edits.turn(&window.handle())?;
        }
    }
    window.close().map_err(failed)
}

/// An empty window.
pub fn start(args: &Args, repository: Option<Repository>, output: &Output) -> Result<Window, Failure> {
    let options = WindowOptions {
        data_dir: args.data.clone(),
        repository,
        theme: args.theme.map(Into::into),
        headless: args.headless,
        ..WindowOptions::default()
    };
    let _progress = output.progress("Opening the window");
    Window::new(&options).map_err(failed)
}

/// Waits for first content and the wanted time after it; errors meanwhile are printed, and make the command fail.
fn screenshot(mut window: Window, file: &Path, after: Duration, output: &Output) -> Result<(), Failure> {
    let mut clean = true;
    let mut end: Option<Instant> = None;
    while end.is_none_or(|end| Instant::now() < end) {
        let left = end.map_or(TURN, |end| end.saturating_duration_since(Instant::now()).min(TURN));
        let Some(report) = window.next(left).map_err(failed)? else {
            continue;
        };
        print(&report, output);
        clean &= crate::events::error(&report.event).is_none();
        match report.event {
            HostEvent::FirstContent { .. } => end = Some(Instant::now() + after),
            // The error page is what there is to see.
            HostEvent::Failed { .. } => end = Some(Instant::now()),
            HostEvent::Exit => {
                return Err(Failure::Input("the program ended before its picture was taken".to_owned()));
            }
            _ => {}
        }
    }
    let png = window.screenshot().map_err(failed)?;
    fs::write(file, png).map_err(|error| Failure::file(file, error))?;
    output.note(format_args!("wrote {}", file.display()));
    if clean { Ok(()) } else { Err(Failure::Told) }
}
