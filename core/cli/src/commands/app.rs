//! `lodger app`: programs in a repository.

use crate::{
    failure::Failure,
    output::Output,
    repository::{self, KeyArgs, RepoArg, failure},
};
use lodger_server::{
    keys::KeyRing,
    repository::{Batch, NewApp, Repository, RepositoryError},
};
use serde_json::json;

/// Makes programs in a repository, and mends who holds them
#[derive(clap::Args)]
#[command(after_help = "Example: lodger app create coffee --name Coffee --repo releases --keys keys")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Makes a program, so that releases of it can be published
    #[command(after_help = "Example: lodger app create coffee --name Coffee --repo releases --keys keys")]
    Create {
        /// Its id: the appid of its project.config.json
        app: String,
        /// The name that hosts show
        #[arg(long)]
        name: String,
        /// Who answers for it
        #[arg(long, default_value = "")]
        owner: String,
        /// Age rating, in years
        #[arg(long, default_value_t = 0)]
        age: u32,
        #[command(flatten)]
        repo: RepoArg,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Gives a program to the publisher keys in KEYS: a publisher lost theirs, or hands over
    #[command(
        after_help = "Example: lodger app publisher coffee --repo releases --keys keys\n\nNeeds the officers', the reviewer's, the new publisher's and the server's keys."
    )]
    Publisher {
        /// App id
        app: String,
        #[command(flatten)]
        repo: RepoArg,
        #[command(flatten)]
        keys: KeyArgs,
    },
    /// Begins a program's root anew with the officers in KEYS: too few of the old ones are left
    #[command(
        after_help = "Example: lodger app reset coffee --repo releases --keys keys\n\nThe reviewer vouches for it; floors and revocations stay."
    )]
    Reset {
        /// App id
        app: String,
        #[command(flatten)]
        repo: RepoArg,
        #[command(flatten)]
        keys: KeyArgs,
    },
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    match args.action {
        Action::Create { app, name, owner, age, repo, keys } => {
            let new = NewApp { app, name, owner, age };
            change(&repo, &keys, |at, ring| at.create_app(ring, &new))?;
            let NewApp { app, name, .. } = new;
            let text = format!("{app} ({name}) can be published now");
            output.result(&json!({"ok": true, "app": app, "name": name}), text);
        }
        Action::Publisher { app, repo, keys } => {
            change(&repo, &keys, |at, ring| at.hand_over(ring, &app))?;
            let text = format!("{app} is published by the publisher keys in KEYS now, and by no others");
            output.result(&json!({"ok": true, "app": app}), text);
        }
        Action::Reset { app, repo, keys } => {
            let record =
                change(&repo, &keys, |at, ring| at.reset_app(ring, &app))?.record(&app).map_err(failure)?;
            let text =
                format!("{app} has a new root, epoch {}; devices let go of the old one", record.root.epoch);
            output.result(&json!({"ok": true, "app": app, "epoch": record.root.epoch}), text);
        }
    }
    Ok(())
}

/// Makes a change and commits it.
fn change(
    repo: &RepoArg,
    keys: &KeyArgs,
    change: impl FnOnce(&Repository, &KeyRing) -> Result<Batch, RepositoryError>,
) -> Result<Repository, Failure> {
    let at = repository::open_existing(&repo.repo)?;
    let ring = keys.ring(&at)?;
    at.commit_with(&ring, change(&at, &ring).map_err(failure)?).map_err(failure)?;
    Ok(at)
}
