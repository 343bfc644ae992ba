//! Answers a script's requests for modules, by the rules of packages.
use super::key_of;
use crate::{
    app::App,
    codes,
    diagnostic::{Diagnostics, Finding, Severity},
    missing,
    resolve::Modules,
    script::{Answer, Request, RequestKind},
    source::Source,
    tree::Tree,
};
use std::collections::VecDeque;

/// Answers for one script.
pub(super) struct Finder<'a> {
    pub(super) app: &'a App,
    pub(super) modules: Modules<'a>,
    pub(super) tree: &'a mut Tree,
    pub(super) open: &'a mut VecDeque<String>,
    pub(super) source: &'a Source,
}

impl Finder<'_> {
    pub(super) fn answer(&mut self, request: &Request, diagnostics: &mut Diagnostics) -> Answer {
        let from = &self.source.path;
        let file = match self.modules.find(self.tree, from, &request.specifier) {
            Ok(file) => file,
            Err(miss) => {
                if !request.in_try {
                    // A package may name what only Node has, on paths that never run here.
                    let severity =
                        if self.tree.npm.owner(from).is_some() { Severity::Warning } else { Severity::Error };
                    let message = format!("the module \"{}\" does not exist", request.specifier);
                    let code = codes::MISSING_MODULE;
                    let finding =
                        missing::finding(self.tree, &miss, severity, code, &message, &[".js", ".ts"]);
                    diagnostics.add(finding.at(self.source, request.range.clone()));
                }
                return Answer::Keep;
            }
        };
        let (own, other) = (self.app.package_of(from), self.app.package_of(&file));
        if own != other && request.kind == RequestKind::Now && !request.in_try {
            let place = |finding: Finding| finding.at(self.source, request.range.clone());
            if other != 0 {
                let message = format!(
                    "\"{}\" belongs to the subpackage \"{}\"",
                    request.specifier, self.app.packages[other].name
                );
                let help = "use require.async, or move the file to the main package";
                diagnostics.add(place(Finding::error(codes::FOREIGN_MODULE, message)).help(help));
                return Answer::Keep;
            }
            if self.app.packages[own].independent {
                let message = format!(
                    "\"{}\" is not in the independent subpackage that requires it",
                    request.specifier
                );
                diagnostics.add(place(Finding::error(codes::INDEPENDENT_PACKAGE, message)));
                return Answer::Keep;
            }
        }
        let key = key_of(&file);
        self.open.push_back(file);
        Answer::Key(key)
    }
}
