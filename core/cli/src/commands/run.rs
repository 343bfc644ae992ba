//! `lodger run`: a program in a window, or behind a server for any browser.

mod browser;
mod edit;
mod release;
mod watch;
mod window;

use crate::{
    entry::{self, ThemeArg},
    events,
    failure::Failure,
    output::Output,
};
use edit::EditLoop;
use lodger_compiler::Compiler;
use lodger_desktop::{Report, browser::Server, window::Window};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Opens a mini-program in a window: a project, rebuilt on every save, or with --repo a published program
#[derive(clap::Args)]
#[command(after_help = "\
Examples: lodger run coffee --query table=12
          lodger run coffee --page pages/cart/index --screenshot cart.png --after 500 --headless
          lodger run coffee --browser --open --device pixel
          lodger run coffee --repo R --trust-root R/trust-root.json --data D --headless --json

With --json, what the program reports comes as one JSON object a line; with --repo, --headless and --json, one object
says whether the program opens, and the command ends.")]
pub struct Args {
    /// The project folder; with --repo, an app id
    #[arg(default_value = ".", value_name = "PROGRAM")]
    dir: PathBuf,

    #[command(flatten)]
    release: release::ReleaseArgs,

    /// The page to open, instead of the first
    #[arg(long, value_name = "PATH")]
    page: Option<String>,

    /// The launch query, such as table=12&from=door
    #[arg(long, value_name = "QUERY", default_value = "")]
    query: String,

    /// WeChat's number for how the program was opened
    #[arg(long, value_name = "N", default_value_t = 1001)]
    scene: u32,

    /// Writes a picture of the window, and ends
    #[arg(long, value_name = "FILE", conflicts_with = "browser")]
    screenshot: Option<PathBuf>,

    /// How long after first content the picture is taken
    #[arg(long, value_name = "MS", default_value_t = 1000, requires = "screenshot")]
    after: u64,

    /// Uses a virtual display (Xvfb), also where there is a real one
    #[arg(long)]
    headless: bool,

    /// Serves the program on 127.0.0.1 for any browser, in a phone with tools and console beside it
    #[arg(long, conflicts_with = "headless")]
    browser: bool,

    /// The port of --browser; any free one without it
    #[arg(long, value_name = "N", default_value_t = 0, requires = "browser")]
    port: u16,

    /// Opens the system's browser
    #[arg(long, requires = "browser")]
    open: bool,

    /// The phone of --browser to begin with, such as "iPhone 8"; a part of its name is enough
    #[arg(long, value_name = "NAME", requires = "browser")]
    device: Option<String>,

    /// With --browser: the program alone, without phone and tools
    #[arg(long, requires = "browser", conflicts_with = "device")]
    plain: bool,

    /// Light or dark, instead of the system's
    #[arg(long, value_enum)]
    theme: Option<ThemeArg>,

    /// Keeps the program's storage there; without it, storage ends with the run
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// How long the loops wait for an event before they look at the other things.
const TURN: Duration = Duration::from_millis(20);

/// Runs.
pub fn run(args: Args, output: &Output) -> Result<(), Failure> {
    if args.release.repo.is_some() {
        return release::run(&args, output);
    }
    let mut compiler = Compiler::default();
    let compiled = edit::compile(&mut compiler, &args, output).map_err(|broken| broken.failure)?;
    let edits = EditLoop::new(&args, output, compiler, &compiled)?;
    let entry = entry::entry(&compiled.bundle.index, args.page.as_deref(), &args.query, args.scene)?;
    if args.browser {
        let open = |server: &Server| server.open(&compiled.program(), entry);
        browser::run(&args, None, open, Some(edits), output)
    } else {
        let open = |window: &Window| window.open(compiled.program(), entry).map(drop);
        window::run(&args, None, open, Some(edits), output)
    }
}

/// Ctrl-C, and being told to end: the loops then return, so that windows close and temporary folders go.
struct Stop(Arc<AtomicBool>);

impl Stop {
    fn new() -> Result<Self, Failure> {
        let asked = Arc::new(AtomicBool::new(false));
        let set = asked.clone();
        ctrlc::set_handler(move || set.store(true, Ordering::Relaxed))
            .map_err(|error| Failure::Input(format!("Ctrl-C cannot be waited for: {error}")))?;
        Ok(Self(asked))
    }

    fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Prints one report: a JSON line, or text for what a person wants to know.
fn print(report: &Report, output: &Output) {
    match events::text(&report.event) {
        Some(text) => output.event(report, text),
        None if output.is_json() => output.event(report, ""),
        None => {}
    }
}

fn failed(error: lodger_desktop::Error) -> Failure {
    Failure::Input(error.to_string())
}
