//! `lodger keys`: the folder of keys that sign releases.

use crate::{
    failure::Failure,
    output::Output,
    repository::{self, PassphraseArg, RepoArg, failure, key_failure},
};
use lodger_server::keys::{Cost, Holder, KeyFolder, KeyRing, Kind, PublicKey};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf};

/// Makes and shows the keys that sign releases
#[derive(clap::Args)]
#[command(
    after_help = "Example: lodger keys init --dir keys\n\nKeys are sealed by a passphrase: from LODGER_KEY_PASSPHRASE, else --passphrase-file, else a prompt."
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Makes a set: officers, a reviewer, a publisher, a server
    #[command(after_help = "Example: lodger keys init --dir keys")]
    Init {
        /// A new or empty folder
        #[arg(long, value_name = "KEYS")]
        dir: PathBuf,
        /// For a developer's own machine: one officer instead of two of three, and a trust root that release builds refuse
        #[arg(long)]
        development: bool,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Adds a key
    #[command(after_help = "Example: lodger keys add --dir keys --holder publisher --threshold 2")]
    Add {
        /// The folder of keys
        #[arg(long, value_name = "KEYS")]
        dir: PathBuf,
        /// Who holds it
        #[arg(long, value_enum)]
        holder: HolderArg,
        /// How many of the holder's keys must sign from now on
        #[arg(long)]
        threshold: Option<u64>,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Gives a holder new keys, and signs a repository over to them
    #[command(
        after_help = "Example: lodger keys rotate --dir keys --holder server --repo releases\n\nThe old keys move to retired/ and sign once more, so that devices lose nothing. Do it again if it was broken off: with no --holder, only the repository is brought up to the keys."
    )]
    Rotate {
        /// The folder of keys
        #[arg(long, value_name = "KEYS")]
        dir: PathBuf,
        /// Whose keys; nobody's if absent
        #[arg(long, value_enum)]
        holder: Option<HolderArg>,
        #[command(flatten)]
        repo: RepoArg,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Prints the public keys, which are no secret
    #[command(after_help = "Example: lodger keys export --dir keys --json")]
    Export {
        /// The folder of keys
        #[arg(long, value_name = "KEYS")]
        dir: PathBuf,
        /// Of one holder only
        #[arg(long, value_enum)]
        holder: Option<HolderArg>,
    },
}

/// Who holds a key.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum HolderArg {
    /// Offline: roots
    Officer,
    /// Offline: which programs there are
    Reviewer,
    /// A program's author: releases
    Publisher,
    /// Online: channels, snapshots, timestamps
    Server,
}

impl From<HolderArg> for Holder {
    fn from(holder: HolderArg) -> Self {
        match holder {
            HolderArg::Officer => Self::Officer,
            HolderArg::Reviewer => Self::Reviewer,
            HolderArg::Publisher => Self::Publisher,
            HolderArg::Server => Self::Server,
        }
    }
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    match args.action {
        Action::Init { dir, development, passphrase } => {
            let kind = if development { Kind::Development } else { Kind::Release };
            let passphrase = passphrase.read(true)?;
            let folder = KeyFolder::init(&dir, kind, &passphrase, Cost::STANDARD).map_err(key_failure)?;
            let next = format!(
                "made in {}. Keep copies of the folder and the passphrase in two places: without them, nothing can be published",
                dir.display()
            );
            show(&folder, folder.keys().iter(), Some(&next), output);
        }
        Action::Add { dir, holder, threshold, passphrase } => {
            let mut folder = KeyFolder::open(&dir).map_err(key_failure)?;
            let passphrase = passphrase.read(false)?;
            let key =
                folder.add(holder.into(), threshold, &passphrase, Cost::STANDARD).map_err(key_failure)?;
            show(&folder, std::iter::once(&key), None, output);
        }
        Action::Rotate { dir, holder, repo, passphrase } => {
            let at = repository::open_existing(&repo.repo)?;
            let folder = KeyFolder::open(&dir).map_err(key_failure)?;
            let mut ring = at.ring(KeyRing::new(folder, passphrase.read(false)?)).map_err(failure)?;
            if let Some(holder) = holder {
                ring.rotate(holder.into(), Cost::STANDARD).map_err(key_failure)?;
            }
            let batch = at.rekey(&ring).map_err(failure)?;
            at.commit_with(&ring, batch).map_err(failure)?;
            let next = format!("{} is signed with these keys now", repo.repo);
            show(ring.folder(), ring.folder().keys().iter(), Some(&next), output);
        }
        Action::Export { dir, holder } => {
            let folder = KeyFolder::open(&dir).map_err(key_failure)?;
            let holder = holder.map(Holder::from);
            let keys = folder.keys().iter().filter(|key| holder.is_none_or(|holder| key.holder == holder));
            show(&folder, keys, None, output);
        }
    }
    Ok(())
}

fn show<'a>(
    folder: &KeyFolder,
    keys: impl Iterator<Item = &'a PublicKey>,
    next: Option<&str>,
    output: &Output,
) {
    let keys: Vec<_> = keys.collect();
    let row = |key: &&PublicKey| json!({"holder": key.holder, "id": key.id, "public": key.key});
    let thresholds: BTreeMap<_, _> =
        Holder::ALL.map(|holder| (holder.name(), folder.threshold(holder))).into();
    let value = json!({
        "ok": true,
        "kind": folder.kind(),
        "thresholds": thresholds,
        "keys": keys.iter().map(row).collect::<Vec<Value>>(),
    });
    let line = |key: &&PublicKey| {
        let sign = format!("{} of {}", folder.threshold(key.holder), folder.of(key.holder).count());
        format!("{:<10} {sign:<7} {}", key.holder.name(), key.id)
    };
    let mut lines: Vec<_> = keys.iter().map(line).collect();
    lines.extend(next.map(ToOwned::to_owned));
    output.result(&value, lines.join("\n"));
}
