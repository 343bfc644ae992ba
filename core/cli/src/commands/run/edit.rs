//! The edit loop: a save leads to a build, a build to a reload of as little as possible. The same for a window and a
//! browser.

use super::{Args, Failure, Output, failed, watch::Watcher};
use crate::compile::{self, Broken, Compiled};
use lodger_bundle::Digest;
use lodger_compiler::{Compiler, Options, Parts};
use lodger_desktop::{Change, Error, Program, browser::Server, window::WindowHandle};
use std::path::PathBuf;

/// Where the program runs.
pub trait Shown {
    /// Puts a new build in place of the one that runs.
    fn reload(&self, program: Program, change: &Change) -> Result<(), Error>;
    /// Draws what is wrong with the source over the page; an empty text takes it away.
    fn build_errors(&self, text: &str) -> Result<(), Error>;
}

impl Shown for WindowHandle {
    fn reload(&self, program: Program, change: &Change) -> Result<(), Error> {
        self.reload(program, change.clone())
    }

    fn build_errors(&self, text: &str) -> Result<(), Error> {
        self.build_errors(text)
    }
}

impl Shown for Server {
    fn reload(&self, program: Program, change: &Change) -> Result<(), Error> {
        self.reload(&program, change)
    }

    fn build_errors(&self, text: &str) -> Result<(), Error> {
        self.build_errors(text);
        Ok(())
    }
}

/// A project that is watched.
pub struct EditLoop<'a> {
    args: &'a Args,
    output: &'a Output,
    compiler: Compiler,
    watcher: Watcher,
    /// Of the last build that succeeded.
    inputs: Vec<PathBuf>,
    digest: Digest,
    parts: Parts,
    broken: bool,
}

impl<'a> EditLoop<'a> {
    /// Watches what `compiled` was made from; `compiler` made it.
    pub fn new(
        args: &'a Args,
        output: &'a Output,
        compiler: Compiler,
        compiled: &Compiled,
    ) -> Result<Self, Failure> {
        let (inputs, parts) = (compiled.inputs.clone(), compiled.parts.clone());
        let (watcher, digest) = (Watcher::new(&inputs)?, compiled.bundle.digest());
        Ok(Self { args, output, compiler, watcher, inputs, digest, parts, broken: false })
    }

    /// Builds and reloads if something has changed since the last turn; true if it did. Does not wait for changes.
    pub fn turn(&mut self, shown: &dyn Shown) -> Result<bool, Failure> {
        if !self.watcher.changed() {
            return Ok(false);
        }
        match compile(&mut self.compiler, self.args, self.output) {
            Ok(compiled) => self.built(compiled, shown)?,
            Err(broken) => self.broke(broken, shown)?,
        }
        Ok(true)
    }

    fn built(&mut self, compiled: Compiled, shown: &dyn Shown) -> Result<(), Failure> {
        self.watcher.watch(&compiled.inputs)?;
        if std::mem::take(&mut self.broken) {
            self.output.note("the build is clean again");
            shown.build_errors("").map_err(failed)?;
        }
        let digest = compiled.bundle.digest();
        if digest != self.digest {
            let change = match compiled.parts.look_since(&self.parts) {
                Some(look) => Change::Look { packages: look.packages, templates: look.templates },
                None => Change::Code,
            };
            match shown.reload(compiled.program(), &change) {
                Ok(()) if change == Change::Code => self.output.note("reloaded"),
                Ok(()) => self.output.note("updated"),
                Err(error @ Error::HostGone(_)) => return Err(failed(error)),
                // The page shows it too where it can, and the next save tries again.
                Err(error) => self.output.warn(error),
            }
        }
        self.digest = digest;
        self.parts = compiled.parts;
        self.inputs = compiled.inputs;
        Ok(())
    }

    /// The page lives on under what is wrong.
    fn broke(&mut self, broken: Broken, shown: &dyn Shown) -> Result<(), Failure> {
        if let Failure::Input(message) = &broken.failure {
            self.output.warn(message);
        }
        self.broken = true;
        // A broken build may have stopped early: what was watched may be what mends it. So may `npm install`.
        let packages = self.args.dir.join("node_modules");
        let inputs = self.inputs.iter().chain(&broken.inputs).cloned().chain([packages]);
        let inputs: Vec<PathBuf> = inputs.collect();
        self.watcher.watch(&inputs)?;
        shown.build_errors(&broken.text).map_err(failed)
    }
}

/// Compiles for a look at it.
pub fn compile(compiler: &mut Compiler, args: &Args, output: &Output) -> Result<Compiled, Broken> {
    let options = Options { development: true, ..Options::default() };
    compile::again(compiler, &args.dir, &options, output)
}
