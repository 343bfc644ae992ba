//! What `lodger check` adds to compiling: what will not work, what is left open to the world, what is too large.
//!
//! Reads what the compiler has parsed anyway; only assets are read once more.
mod circles;
mod elements;
mod functions;
mod hosts;
mod secrets;
pub(crate) mod sizes;

use crate::{
    app::App, diagnostic::Diagnostics, package::Module, project::Project, template::Templates, tree::Tree,
};
use std::collections::{BTreeMap, BTreeSet};

/// A program that was walked from its entries.
pub(crate) struct Program<'a> {
    pub(crate) project: &'a Project,
    pub(crate) app: &'a App,
    pub(crate) tree: &'a mut Tree,
    pub(crate) templates: &'a Templates,
    pub(crate) modules: &'a BTreeMap<String, Module>,
    /// Pages and components, each with the tags that its JSON and app.json declare.
    pub(crate) units: Vec<(&'a str, &'a BTreeSet<String>)>,
    /// Style sheets in use.
    pub(crate) styles: Vec<String>,
    /// Configuration in use, and files that are shipped as they are.
    pub(crate) others: Vec<String>,
    pub(crate) sizes: sizes::Sizes,
}

/// Checks everything; nothing stops at the first finding.
pub(crate) fn run(mut program: Program<'_>, diagnostics: &mut Diagnostics) {
    functions::check(&program, diagnostics);
    elements::check(&program, diagnostics);
    circles::check(&mut program, diagnostics);
    hosts::check(&mut program, diagnostics);
    program.sizes.check(program.app, diagnostics);
    // Last: it takes the frames from what the others have found on a line with a secret.
    secrets::check(&mut program, diagnostics);
}

impl Program<'_> {
    /// Whether the author wrote this file, rather than the maker of an npm package.
    fn own(&self, file: &str) -> bool {
        self.tree.npm.owner(file).is_none() && !file.split('/').any(|part| part == "miniprogram_npm")
    }
}
