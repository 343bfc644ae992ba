//! `lodger admin`: what the owner of a server's data folder asks of it.

use crate::{failure::Failure, output::Output};
use clap::Subcommand;
use lodger_server::{
    admin::{Admin, AdminError},
    publishing::audit::Entry,
};
use std::path::PathBuf;

/// Asks a running server, or its data if none runs, what only its owner may ask
#[derive(clap::Args)]
#[command(after_help = "Example: lodger admin audit --data server")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

/// Which server.
#[derive(clap::Args)]
struct DataArgs {
    /// The data folder of `lodger serve`
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// postgres://user@host/database, as `lodger serve` has it; needed if no server runs on DIR
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

#[derive(Subcommand)]
enum Action {
    /// Prints who changed what, and checks that no row is missing or was changed
    #[command(
        after_help = "Example: lodger admin audit --data server --after 120 --json\n\nWith --json a row is a line."
    )]
    Audit {
        #[command(flatten)]
        data: DataArgs,

        /// Only rows after the one with this number
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: i64,
    },
}

/// Does what was asked for.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let Action::Audit { data, after } = args.action;
    let broken = |error: std::io::Error| Failure::Input(format!("cannot start input and output: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(async {
        let admin = Admin::open(&data.data, data.database_url.as_deref()).await.map_err(failure)?;
        let done = audit(&admin, after, output).await;
        admin.close().await;
        done
    })
}

async fn audit(admin: &Admin, mut after: i64, output: &Output) -> Result<(), Failure> {
    loop {
        let page = admin.audit(after).await.map_err(failure)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.number;
        for entry in &page {
            output.event(entry, line(entry));
        }
    }
}

fn line(entry: &Entry) -> String {
    let Entry { number, time, request, who, what, subject, outcome, .. } = entry;
    let time = jiff::Timestamp::from_second(*time).map_or_else(|_| time.to_string(), |time| time.to_string());
    let who: String = who.chars().take(16).collect();
    format!("{number:>6}  {time}  {what:<8} {outcome:<12} {who:<16} {request:<16} {subject}")
        .trim_end()
        .into()
}

/// For `map_err`.
fn failure(error: AdminError) -> Failure {
    Failure::Input(error.to_string())
}
