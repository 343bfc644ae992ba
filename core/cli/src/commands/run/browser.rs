//! Behind a loopback server: print the address, then what happens; rebuild and reload on save, until stopped.

use super::{Args, EditLoop, Failure, Output, Stop, TURN, failed, print};
use crate::output::DIM;
use lodger_desktop::{
    Device, Error, Repository, Theme,
    browser::{BrowserOptions, Server},
    devices,
};
use serde_json::json;
use std::process::{Command, Stdio};

/// Serves until the process is stopped.
pub fn run(
    args: &Args,
    repository: Option<Repository>,
    open: impl FnOnce(&Server) -> Result<String, Error>,
    mut edits: Option<EditLoop<'_>>,
    output: &Output,
) -> Result<(), Failure> {
    let mut options = BrowserOptions {
        data_dir: args.data.clone(),
        repository,
        port: args.port,
        theme: args.theme.map_or_else(Theme::default, Into::into),
        tools: !args.plain,
        ..BrowserOptions::default()
    };
    if !args.plain {
        options.device = device(args.device.as_deref())?;
    }
    let server = Server::new(&options).map_err(failed)?;
    let mut url = open(&server).map_err(failed)?;
    listening(&url, output);
    let saving = if edits.is_some() { " saving a file rebuilds and reloads;" } else { "" };
    output.note(format_args!("{DIM}the address is a secret of this run;{saving} Ctrl-C ends it{DIM:#}"));
    if args.open {
        visit(&url)?;
    }
    let stop = Stop::new()?;
    while !stop.asked() {
        if let Some(report) = server.next(TURN) {
            print(&report, output);
        }
        // Another app id is another origin.
        if let Some(edits) = &mut edits
            && edits.turn(&server)?
            && server.address() != url
        {
            url = server.address();
            listening(&url, output);
        }
    }
    server.settle();
    Ok(())
}

fn listening(url: &str, output: &Output) {
    output.event(&json!({"event": "listening", "url": url}), format_args!("open {url}"));
}

/// The device whose name holds `wanted`; the first of the table without a wish.
fn device(wanted: Option<&str>) -> Result<Device, Failure> {
    let all = devices();
    let names = all.iter().map(|device| device.name.as_str()).collect::<Vec<_>>().join(", ");
    let matches = |device: &Device| {
        wanted.is_none_or(|wanted| device.name.to_lowercase().contains(&wanted.to_lowercase()))
    };
    all.into_iter().find(matches).ok_or_else(|| {
        Failure::Usage(format!("--device: there is no {}; there are: {names}", wanted.unwrap_or_default()))
    })
}

/// Opens the system's browser.
fn visit(url: &str) -> Result<(), Failure> {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let started = Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::Input(format!(
            "the browser could not be opened by {program}: {error}; open the address yourself"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_found_by_a_part_of_its_name() {
        assert_eq!(device(None).unwrap(), devices()[0]);
        assert_eq!(device(Some("iphone 8")).unwrap().width, 375);
        let Err(Failure::Usage(message)) = device(Some("Nokia")) else { panic!("it was found") };
        assert!(message.contains("Pixel 7"), "{message}");
    }
}
