//! Mini-program source to a bundle, with diagnostics.
//!
//! [`compile`] takes a project folder as WeChat's tools have it and gives a [`lodger_bundle::Bundle`]. What a bundle
//! holds is written in `core/docs/bundle.md`. The same input gives the same bytes on every machine.
mod app;
mod asset;
mod build;
mod cache;
mod check;
mod codes;
mod compat;
mod compiler;
mod diagnostic;
mod ignore;
mod json;
mod map;
mod missing;
mod npm;
mod package;
mod parts;
mod path;
mod project;
mod resolve;
mod script;
mod source;
mod style;
mod template;
mod tree;
mod wxs;

pub use codes::{CODES, Code, Example, Files, explain};
pub use compiler::Compiler;
pub use diagnostic::{Diagnostic, Severity};
pub use map::locate;
pub use parts::{Look, Parts};

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// How to compile.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Overrides the app id of project.config.json.
    pub app: Option<String>,
    /// Overrides the version of lodger.json.
    pub version: Option<lodger_bundle::Version>,
    /// No minifying; keeps the code readable.
    pub development: bool,
    /// Also says what will not work, what leaks and what is too large (`lodger check`).
    pub check: bool,
}

/// What came of it.
#[derive(Default)]
pub struct Output {
    /// None when there was an error.
    pub bundle: Option<lodger_bundle::Bundle>,
    /// Everything found, errors and warnings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// Source map (JSON) by script path in the bundle (`package.js`, `packages/order/package.js`).
    pub maps: BTreeMap<String, Vec<u8>>,
    /// What the bundle is made of, for telling two builds apart.
    pub parts: Parts,
    /// Every file and folder read, for watching.
    pub inputs: Vec<PathBuf>,
    /// What the bundle is made of.
    pub stats: Stats,
}

/// How much of what was compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// Pages reached.
    pub pages: usize,
    /// Components reached, those of npm packages included.
    pub components: usize,
    /// Scripts (and JSON modules) reached.
    pub modules: usize,
    /// Files shipped as they are.
    pub assets: usize,
    /// The project's own sources that nothing reaches: they are left out of the bundle.
    pub unreachable: Vec<String>,
}

/// Deeply nested source must not overflow the stack of whoever calls.
const STACK: usize = 256 << 20;

/// Compiles the project folder that holds `project.config.json` (or `app.json`).
///
/// Never fails as a call: whatever is wrong with the project is in [`Output::diagnostics`]. Reads only the project and
/// the npm packages it uses, writes nothing. Blocks; runs on a thread of its own.
#[must_use]
pub fn compile(project: &Path, options: &Options) -> Output {
    Compiler::default().compile(project, options)
}
