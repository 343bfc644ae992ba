//! The `lodger` command: what mini-program developers type.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 the input is at fault or
//! a check failed, 2 the command line was wrong.

mod commands;
mod compile;
mod diagnostics;
mod entry;
mod events;
mod failure;
mod limits;
mod locate;
mod output;
mod repository;

use clap::{Parser, Subcommand};
use commands::{
    admin, app, build, check, doctor, drive, explain, inspect, keys, new, publish, release, repo, run, serve,
    smoke,
};
use output::Output;
use std::process::ExitCode;

/// Builds, runs and checks mini-programs written in WeChat's syntax.
#[derive(Parser)]
#[command(name = "lodger", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Example: lodger new hello && lodger run hello")]
struct Cli {
    /// Prints the result as JSON, for machines
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    New(new::Args),
    Check(check::Args),
    Build(build::Args),
    Run(run::Args),
    Smoke(smoke::Args),
    Drive(drive::Args),
    Inspect(inspect::Args),
    Explain(explain::Args),
    Doctor(doctor::Args),
    Keys(keys::Args),
    Repo(repo::Args),
    App(app::Args),
    Publish(publish::Args),
    Release(release::Args),
    Serve(serve::Args),
    Admin(admin::Args),
}

fn main() -> ExitCode {
    // Windows live in a process of their own, which is this program started again.
    if let Some(code) = lodger_desktop::host::run_if_asked() {
        return code;
    }
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    let result = match cli.command {
        Command::New(args) => new::run(args, &output),
        Command::Check(args) => check::run(args, &output),
        Command::Build(args) => build::run(args, &output),
        Command::Run(args) => run::run(args, &output),
        Command::Smoke(args) => smoke::run(args, &output),
        Command::Drive(args) => drive::run(args, &output),
        Command::Inspect(args) => inspect::run(args, &output),
        Command::Explain(args) => explain::run(args, &output),
        Command::Doctor(args) => doctor::run(args, &output),
        Command::Keys(args) => keys::run(args, &output),
        Command::Repo(args) => repo::run(args, &output),
        Command::App(args) => app::run(args, &output),
        Command::Publish(args) => publish::run(args, &output),
        Command::Release(args) => release::run(args, &output),
        Command::Serve(args) => serve::run(args, &output),
        Command::Admin(args) => admin::run(args, &output),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(failure),
    }
}
