//! Mini-program source to a bundle, with diagnostics.
#![allow(missing_docs, clippy::todo, unused_variables)] // skeleton: the contract other crates build on
use std::{collections::BTreeMap, path::{Path, PathBuf}};

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Overrides the app id of project.config.json.
    pub app: Option<String>,
    pub version: Option<lodger_bundle::Version>,
    /// No minifying; keeps names readable.
    pub development: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// Lines and columns count from 1; 0 where there is none.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub code: &'static str,
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub help: Option<String>,
    /// The source lines with a caret, ready to print.
    #[serde(skip)]
    pub frame: Option<String>,
}

pub struct Output {
    /// None when there was an error.
    pub bundle: Option<lodger_bundle::Bundle>,
    pub diagnostics: Vec<Diagnostic>,
    /// Source map (JSON) by script path in the bundle (`package.js`, `packages/order/package.js`).
    pub maps: BTreeMap<String, Vec<u8>>,
    /// Every file and folder read, for watching.
    pub inputs: Vec<PathBuf>,
}

/// Compiles the project folder that holds `project.config.json` (or `app.json`).
pub fn compile(project: &Path, options: &Options) -> Output {
    todo!()
}
