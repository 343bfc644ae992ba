//! `lodger run NAME --repo R`: a published program, as any device opens it.

use super::{Args, browser, failed, window};
use crate::{entry, failure::Failure, output::Output};
use lodger_desktop::{HostEvent, Release, Repository, browser::Server, window::Window};
use lodger_server::development::file_url;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long one look at the window's events waits.
const TURN: Duration = Duration::from_secs(1);

/// Which repository, and what this machine is to it.
#[derive(clap::Args)]
pub struct ReleaseArgs {
    /// Opens a published program: the repository's folder or address
    #[arg(long, value_name = "REPO", requires = "trust_root")]
    pub repo: Option<String>,

    /// The trust-root.json that the operator gives to hosts
    #[arg(long, value_name = "FILE", requires = "repo")]
    trust_root: Option<PathBuf>,

    /// The channel
    #[arg(long, default_value = "release", value_parser = ["release", "trial"], requires = "repo")]
    channel: String,

    /// Chooses this device's place in gray releases, instead of one that is kept with --data
    #[arg(long, value_name = "ID", requires = "repo")]
    install_id: Option<String>,

    /// Tags of the user, which releases may be for
    #[arg(long, value_name = "TAG", num_args = 1.., requires = "repo")]
    audience: Vec<String>,

    /// The region of the user
    #[arg(long, value_name = "REGION", requires = "repo")]
    region: Option<String>,

    /// How long programs open offline after their metadata expired, beyond 7 days
    #[arg(long, value_name = "DAYS", default_value_t = 0, requires = "repo", value_parser = clap::value_parser!(u32).range(0..=23))]
    offline_grace: u32,

    /// A folder of the repository's files that comes with the host, as `lodger repo export` writes it
    #[arg(long, value_name = "DIR", requires = "repo")]
    preset: Option<PathBuf>,
}

impl ReleaseArgs {
    fn repository(&self, place: &str, trust_root: &Path) -> Result<Repository, Failure> {
        let root = fs::read_to_string(trust_root).map_err(|error| Failure::file(trust_root, error))?;
        let address = if place.contains("://") { place.to_owned() } else { file_url(Path::new(place)) };
        if let Some(preset) = self.preset.as_ref().filter(|preset| !preset.is_dir()) {
            return Err(Failure::Input(format!("--preset: {} is no folder", preset.display())));
        }
        Ok(Repository {
            channel: self.channel.clone(),
            install_id: self.install_id.clone(),
            audience: self.audience.iter().cloned().collect(),
            region: self.region.clone(),
            grace: DAY * self.offline_grace,
            preset: self.preset.clone(),
            ..Repository::new(address, root)
        })
    }
}

/// Opens the program, and stays with it unless a machine only asks whether it opens.
pub fn run(args: &Args, output: &Output) -> Result<(), Failure> {
    let (Some(place), Some(root)) = (&args.release.repo, &args.release.trust_root) else {
        return Err(Failure::Usage("--repo needs --trust-root".into()));
    };
    let app = args.dir.to_str().filter(|app| *app != ".");
    let app = app.ok_or_else(|| Failure::Usage("with --repo, give the program's app id".into()))?;
    let repository = args.release.repository(place, root)?;
    let entry = entry::unchecked(args.page.as_deref(), &args.query, args.scene)?;
    if args.browser {
        return browser::run(
            args,
            Some(repository),
            |server: &Server| server.open_app(app, entry),
            None,
            output,
        );
    }
    if args.headless && output.is_json() && args.screenshot.is_none() {
        let answer = match window::start(args, Some(repository), output) {
            Ok(window) => {
                window.open_app(app, entry).map_err(failed)?;
                answer(window)?
            }
            // Such as a data folder of another operator's.
            Err(Failure::Input(why)) => refused("Internal", "not-started", &why),
            Err(other) => return Err(other),
        };
        output.event(&answer, "");
        return if answer["opened"] == true { Ok(()) } else { Err(Failure::Told) };
    }
    let open = |window: &Window| window.open_app(app, entry).map(drop);
    window::run(args, Some(repository), open, None, output)
}

/// Says whether the program opens. What it reports meanwhile goes to standard error, for people.
fn answer(mut window: Window) -> Result<Value, Failure> {
    let quiet = Output::new(false);
    let mut release = None;
    let answer = loop {
        let Some(report) = window.next(TURN).map_err(failed)? else { continue };
        match report.event {
            HostEvent::Opened { release: opened, .. } => release = Some(opened),
            // Not before: a program that never shows anything does not open.
            HostEvent::FirstContent { .. } => break opened(release),
            HostEvent::Failed { kind, code, message } => break refused(&kind, &code, &message),
            HostEvent::Exit => break refused("Internal", "exit", "The program ended at once."),
            event => {
                if let Some(text) = crate::events::text(&event) {
                    quiet.note(text);
                }
            }
        }
    };
    // The next run has what this one began to download.
    window.settle(|_| ()).map_err(failed)?;
    window.close().map_err(failed)?;
    Ok(answer)
}

fn opened(release: Option<Release>) -> Value {
    let Some(Release { version, code, source, reason }) = release else {
        return refused("Internal", "not-opened", "The program showed something before it was opened.");
    };
    json!({ "opened": true, "version": version, "code": code, "source": source, "reason": reason })
}

fn refused(kind: &str, code: &str, message: &str) -> Value {
    json!({ "opened": false, "kind": kind, "code": code, "message": message })
}
