//! Behind a loopback server: print the address, then what happens, until stopped.

use super::{Args, Compiled, Entry, Failure, Output, Stop, TURN, failed, print};
use lodger_desktop::{
    Theme,
    browser::{BrowserOptions, Server},
};
use serde_json::json;

/// Serves until the process is stopped.
pub fn run(args: &Args, compiled: Compiled, entry: Entry, output: &Output) -> Result<(), Failure> {
    let theme = args.theme.map_or_else(Theme::default, Into::into);
    let server = Server::new(&BrowserOptions { theme, ..BrowserOptions::default() }).map_err(failed)?;
    let url = server.open(&compiled.program(), entry).map_err(failed)?;
    output.event(&json!({"event": "listening", "url": url}), format_args!("open {url}"));
    output.note("the address is a secret of this run; Ctrl-C ends it");
    let stop = Stop::new()?;
    while !stop.asked() {
        if let Some(report) = server.next(TURN) {
            print(&report, output);
        }
    }
    Ok(())
}
