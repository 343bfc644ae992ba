//! `lodger repo`: a repository as a whole.

use crate::{
    failure::Failure,
    output::Output,
    repository::{self, KeyArgs, failure},
};
use lodger_server::repository::{Report, Storage};
use serde_json::json;
use std::path::PathBuf;

/// Makes, verifies, refreshes and copies a release repository
#[derive(clap::Args)]
#[command(after_help = "Example: lodger repo init releases --keys keys")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Makes a repository, with the trust root that hosts ship
    #[command(after_help = "Example: lodger repo init releases --keys keys")]
    Init {
        /// The repository: a folder, or s3://bucket/prefix
        repo: String,
        /// The operator's name
        #[arg(long, default_value = "Lodger")]
        name: String,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Checks everything that a device would, and every stream and patch
    #[command(after_help = "Example: lodger repo verify releases --json\n\nNeeds no keys.")]
    Verify {
        /// The repository: a folder, or s3://bucket/prefix
        repo: String,
    },
    /// Signs anew what the server's key signs, for another seven days
    #[command(after_help = "Example: lodger repo refresh releases --keys keys")]
    Refresh {
        /// The repository: a folder, or s3://bucket/prefix
        repo: String,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Verifies, then copies what devices may ask for, and nothing else
    #[command(
        after_help = "Example: lodger repo export releases --out public\n\nTimestamps come last, so OUT may be served meanwhile."
    )]
    Export {
        /// The repository: a folder, or s3://bucket/prefix
        repo: String,
        /// The folder to copy to
        #[arg(short, long, value_name = "OUT")]
        out: PathBuf,
    },
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    match args.action {
        Action::Init { repo, name, keys } => {
            let at = repository::open(&repo)?;
            let progress = output.progress("Signing");
            let batch = at.init(&keys.ring()?, &name).map_err(failure)?;
            at.commit(batch).map_err(failure)?;
            drop(progress);
            let root = format!("{repo}/trust-root.json");
            output.result(
                &json!({"ok": true, "repo": repo, "trust_root": root}),
                format!("{repo} is a repository; hosts ship {root}"),
            );
        }
        Action::Verify { repo } => {
            let progress = output.progress(format!("Verifying {repo}"));
            let report = repository::open_existing(&repo)?.verify().map_err(failure)?;
            drop(progress);
            tell(&report, "verified", output);
        }
        Action::Refresh { repo, keys } => {
            let at = repository::open_existing(&repo)?;
            let batch = at.refresh(&keys.ring()?).map_err(failure)?;
            at.commit(batch).map_err(failure)?;
            tell(&at.verify().map_err(failure)?, "refreshed", output);
        }
        Action::Export { repo, out } => {
            let at = repository::open_existing(&repo)?;
            let report = at.verify().map_err(failure)?;
            let to = Storage::folder(&out).map_err(failure)?;
            for file in &report.files {
                to.put(file, &at.storage().need(file).map_err(failure)?).map_err(failure)?;
            }
            tell(&report, "copied", output);
        }
    }
    Ok(())
}

fn tell(report: &Report, done: &str, output: &Output) {
    for finding in &report.findings {
        output.warn(format!("{}: {}", finding.path, finding.what));
    }
    let Report { apps, releases, files, online_until, findings } = report;
    let value = json!({
        "ok": true, "apps": apps, "releases": releases, "files": files.len(),
        "online_until": online_until, "findings": findings,
    });
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let text = format!(
        "{done}: {}, {}, {}; `lodger repo refresh` before {online_until}",
        plural(*apps, "program"),
        plural(*releases, "release"),
        plural(files.len(), "file"),
    );
    output.result(&value, text);
}
