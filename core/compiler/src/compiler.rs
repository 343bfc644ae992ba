//! A compiler that stays, for builds that follow one another.
use crate::{
    Options, Output, STACK, build,
    cache::Cache,
    codes,
    diagnostic::{Diagnostics, Finding},
};
use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, Sender, channel},
};

/// Compiles as [`crate::compile`] does, and gives the same bytes, but does the work anew only for files that have
/// changed, or whose imports lead elsewhere now. For one project at a time: another one starts from the beginning.
///
/// Its thread ends when it is dropped.
#[derive(Default)]
pub struct Compiler {
    worker: Option<Sender<Job>>,
}

struct Job {
    project: PathBuf,
    options: Options,
    done: Sender<Output>,
}

impl Compiler {
    /// Compiles. Never fails as a call: whatever is wrong is in [`Output::diagnostics`]. Blocks.
    #[must_use]
    pub fn compile(&mut self, project: &Path, options: &Options) -> Output {
        let (done, result) = channel();
        let job = Job { project: project.to_owned(), options: options.clone(), done };
        let worker = match self.worker.take().map_or_else(start, Ok) {
            Ok(worker) => worker,
            Err(error) => return internal(format!("no thread for the compiler: {error}")),
        };
        // A worker that cannot take the job has no result either.
        let _ = worker.send(job);
        match result.recv() {
            Ok(output) => {
                self.worker = Some(worker);
                output
            }
            // It panicked; the next build gets a new one.
            Err(_) => internal("the compiler stopped unexpectedly".to_owned()),
        }
    }
}

/// What is kept is for one thread alone, so that nothing in it needs a lock.
fn start() -> std::io::Result<Sender<Job>> {
    let (worker, jobs) = channel();
    let thread = std::thread::Builder::new().name("lodger-compiler".to_owned()).stack_size(STACK);
    thread.spawn(move || work(&jobs)).map(|_| worker)
}

fn work(jobs: &Receiver<Job>) {
    let mut cache = Cache::default();
    let mut before = None;
    for Job { project, options, done } in jobs {
        // A minified script is another script.
        let kind = (project, options.development);
        if before.as_ref() != Some(&kind) {
            cache = Cache::default();
        }
        let output = build::compile(&kind.0, &options, &mut cache);
        before = Some(kind);
        // Whoever asked may have gone.
        let _ = done.send(output);
    }
}

fn internal(message: String) -> Output {
    let mut diagnostics = Diagnostics::default();
    diagnostics.add(Finding::error(codes::INTERNAL, message));
    Output { diagnostics: diagnostics.finish(), ..Output::default() }
}
