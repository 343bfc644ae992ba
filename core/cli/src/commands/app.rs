//! `lodger app`: programs in a repository.

use crate::{
    failure::Failure,
    output::Output,
    repository::{self, KeyArgs, RepoArg, failure},
};
use lodger_server::repository::NewApp;
use serde_json::json;

/// Makes programs in a repository
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
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let Action::Create { app, name, owner, age, repo, keys } = args.action;
    let at = repository::open_existing(&repo.repo)?;
    let new = NewApp { app, name, owner, age };
    let batch = at.create_app(&keys.ring()?, &new).map_err(failure)?;
    at.commit(batch).map_err(failure)?;
    let NewApp { app, name, .. } = new;
    output.result(
        &json!({"ok": true, "app": app, "name": name}),
        format!("{app} ({name}) can be published now"),
    );
    Ok(())
}
