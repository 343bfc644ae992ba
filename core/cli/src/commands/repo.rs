//! `lodger repo`: a repository as a whole.

use crate::{
    failure::Failure,
    output::Output,
    repository::{self, KeyArgs, failure, key_failure},
};
use lodger_server::{
    keys::KeyFolder,
    repository::{Report, RepositoryError, Storage},
};
use serde_json::json;
use std::path::PathBuf;

/// Makes, verifies, refreshes, recovers and copies a release repository
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
        /// The repository: a folder, s3://bucket/prefix, or a server's address
        repo: String,
        /// The operator's name
        #[arg(long, default_value = "Lodger")]
        name: String,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Checks everything that a device would, and every stream and patch
    #[command(
        after_help = "Example: lodger repo verify releases --json\n\nNeeds no keys; with --keys it also notices a repository that was put back from a backup."
    )]
    Verify {
        /// The repository: a folder, s3://bucket/prefix, or a server's address
        repo: String,
        /// The folder of keys that sign it, which remembers what it signed; no passphrase is asked for
        #[arg(long, value_name = "KEYS")]
        keys: Option<PathBuf>,
    },
    /// After a backup was put back: signs everything anew, above what devices have seen
    #[command(
        after_help = "Example: lodger repo recover releases --keys keys\n\nFloors and revocations that the keys remember are written again. Publish lost releases again afterwards."
    )]
    Recover {
        /// The repository: a folder, s3://bucket/prefix, or a server's address
        repo: String,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Signs the list of keys that may sign orders: what a payment shows is believed if one of them signed it
    #[command(
        after_help = "Example: lodger repo payment-keys releases payment-keys.json --keys keys\n\nThe list replaces the one before; core/docs/payment.md has its form. Devices believe the old one for an hour more."
    )]
    PaymentKeys {
        /// The repository: a folder, or s3://bucket/prefix
        repo: String,
        /// The list
        file: PathBuf,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Signs anew what the server's key signs, for another seven days
    #[command(after_help = "Example: lodger repo refresh releases --keys keys")]
    Refresh {
        /// The repository: a folder, s3://bucket/prefix, or a server's address
        repo: String,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Verifies, then copies what devices may ask for, and nothing else
    #[command(
        after_help = "Example: lodger repo export releases --out public --app coffee\n\nTimestamps come last, so OUT may be served meanwhile."
    )]
    Export {
        /// The repository: a folder, s3://bucket/prefix, or a server's address
        repo: String,
        /// Where to: a folder, or s3://bucket/prefix
        #[arg(short, long, value_name = "OUT")]
        out: String,
        /// One program only, and what it needs of the platform: a preset for a host app
        #[arg(long, value_name = "ID")]
        app: Option<String>,
    },
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    match args.action {
        Action::Init { repo, name, keys } => {
            let at = repository::open(&repo)?;
            let progress = output.progress("Signing");
            let ring = keys.ring(&at)?;
            let batch = at.init(&ring, &name).map_err(failure)?;
            at.commit_with(&ring, batch).map_err(failure)?;
            drop(progress);
            let root = format!("{repo}/trust-root.json");
            output.result(
                &json!({"ok": true, "repo": repo, "trust_root": root}),
                format!("{repo} is a repository; hosts ship {root}"),
            );
        }
        Action::Verify { repo, keys } => {
            let progress = output.progress(format!("Verifying {repo}"));
            let at = repository::open_existing(&repo)?;
            if let Some(keys) = keys {
                let folder = KeyFolder::open(&keys).map_err(key_failure)?;
                if let Some((path, here, signed)) = at.rewound(&folder).map_err(failure)?.into_iter().next() {
                    return Err(failure(RepositoryError::Rewound { path, here, signed }));
                }
            }
            let report = at.verify().map_err(failure)?;
            drop(progress);
            tell(&report, "verified", output);
        }
        Action::Recover { repo, keys } => {
            let at = repository::open_existing(&repo)?;
            let ring = keys.ring(&at)?;
            let progress = output.progress("Signing");
            let recovered = at.recover(&ring).map_err(failure)?;
            at.commit_with(&ring, recovered.batch).map_err(failure)?;
            drop(progress);
            for role in &recovered.left {
                output.warn(format!("{role}: devices may have seen a newer one; its holder must sign it anew (`lodger repo recover` with their keys)"));
            }
            tell(&at.verify().map_err(failure)?, "recovered", output);
        }
        Action::PaymentKeys { repo, file, keys } => {
            let at = repository::open_existing(&repo)?;
            let list = std::fs::read(&file).map_err(|error| Failure::file(&file, error))?;
            let ring = keys.ring(&at)?;
            let progress = output.progress("Signing");
            let batch = at.write_payment_keys(&ring, &list).map_err(failure)?;
            at.commit_with(&ring, batch).map_err(failure)?;
            drop(progress);
            output.result(
                &json!({"ok": true, "repo": repo}),
                format!("{repo} names the keys of {}", file.display()),
            );
        }
        Action::Refresh { repo, keys } => {
            let at = repository::open_existing(&repo)?;
            let ring = keys.ring(&at)?;
            let progress = output.progress("Signing");
            let batch = at.refresh(&ring).map_err(failure)?;
            at.commit_with(&ring, batch).map_err(failure)?;
            drop(progress);
            tell(&at.verify().map_err(failure)?, "refreshed", output);
        }
        Action::Export { repo, out, app } => {
            let at = repository::open_existing(&repo)?;
            let progress = output.progress(format!("Verifying {repo}"));
            let mut report = at.verify().map_err(failure)?;
            drop(progress);
            if let Some(app) = &app {
                at.record(app).map_err(failure)?;
                report.keep_only(app);
            }
            let to = Storage::open(&out).map_err(failure)?;
            let progress = output.progress(format!("Copying {} files", report.files.len()));
            for file in &report.files {
                to.put(file, &at.storage().need(file).map_err(failure)?).map_err(failure)?;
            }
            drop(progress);
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
