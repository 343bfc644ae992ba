//! Every developer task, behind `cargo xtask`: one table of commands, one way to report.

mod arguments;
mod bench;
mod demo;
mod files;
mod generate;
mod lint;
mod process;
mod report;
mod setup;
mod size;
mod test;
mod version;

use arguments::Arguments;
use process::Trouble;
use std::process::ExitCode;

/// One task: its name, what it does in a line, its help text, and its code.
struct Task {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(Arguments) -> Result<(), Trouble>,
}

const TASKS: &[Task] = &[
    Task { name: "setup", summary: "installs what building needs", help: setup::HELP, run: setup::task },
    Task {
        name: "demo",
        summary: "builds and opens coffee, and taps through it",
        help: demo::HELP,
        run: demo::task,
    },
    Task { name: "test", summary: "every test in every language", help: test::HELP, run: test::task },
    Task { name: "lint", summary: "format, clippy, docs, house rules", help: lint::HELP, run: lint::task },
    Task { name: "fmt", summary: "formats Rust and TypeScript", help: lint::FMT_HELP, run: lint::fmt },
    Task {
        name: "generate",
        summary: "writes the generated files",
        help: generate::HELP,
        run: generate::task,
    },
    Task { name: "size", summary: "measures the device-side library", help: size::HELP, run: size::task },
    Task { name: "bench", summary: "measures what users feel", help: bench::HELP, run: bench::task },
    Task {
        name: "version",
        summary: "shows, checks or sets the one version",
        help: version::HELP,
        run: version::task,
    },
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(name) = words.next() else {
        print_overview();
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "--help" | "-h" | "help") {
        print_overview();
        return ExitCode::SUCCESS;
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("xtask: there is no task `{name}`; `cargo xtask --help` lists them");
        return ExitCode::from(2);
    };
    let arguments = Arguments::new(words.collect());
    if arguments.wants_help() {
        println!("{}", task.help.trim());
        return ExitCode::SUCCESS;
    }
    match (task.run)(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Trouble::Usage(message)) => {
            eprintln!("xtask {name}: {message}\n\n{}", task.help.trim());
            ExitCode::from(2)
        }
        Err(Trouble::Reported) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("xtask {name}: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn print_overview() {
    println!("Every developer task of Lodger.\n\nUsage: cargo xtask <task> [options]\n\nTasks:");
    for task in TASKS {
        println!("  {:<10} {}", task.name, task.summary);
    }
    println!("\nExample: cargo xtask demo\n`cargo xtask <task> --help` says more about one.");
}
