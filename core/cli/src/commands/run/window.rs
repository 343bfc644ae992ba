//! In a window: open, print what happens, rebuild on save, until the window is closed.

use super::{Args, Compiled, EditLoop, Entry, Failure, Output, Stop, TURN, failed, print};
use crate::output::DIM;
use lodger_desktop::{
    HostEvent,
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
    compiled: Compiled,
    mut edits: EditLoop<'_>,
    entry: Entry,
    output: &Output,
) -> Result<(), Failure> {
    let options = WindowOptions {
        data_dir: args.data.clone(),
        theme: args.theme.map(Into::into),
        headless: args.headless,
        ..WindowOptions::default()
    };
    let progress = output.progress("Opening the window");
    let mut window = Window::new(&options).map_err(failed)?;
    drop(progress);
    window.open(compiled.program(), entry).map_err(failed)?;
    if let Some(file) = &args.screenshot {
        return screenshot(window, file, Duration::from_millis(args.after), output);
    }
    let stop = Stop::new()?;
    output.note(format_args!("{DIM}saving a file rebuilds and reloads; close the window to end{DIM:#}"));
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
        edits.turn(&window.handle())?;
    }
    window.close().map_err(failed)
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
