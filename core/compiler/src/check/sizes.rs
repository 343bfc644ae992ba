//! Sizes of packages against what a release may have, and which files make them large.
use crate::{
    app::App,
    codes,
    diagnostic::{Diagnostics, Finding},
};
use lodger_bundle::Limits;

/// How many of the largest files are named.
const NAMED: usize = 5;

/// Smaller files make no package too large.
const WORTH: u64 = 10 * 1024;

/// Bytes by package and by file of the source.
#[derive(Default)]
pub(crate) struct Sizes {
    packages: Vec<u64>,
    /// Number of the package, file as people know it, bytes in the bundle.
    parts: Vec<(usize, String, u64)>,
    files: usize,
}

impl Sizes {
    /// A file of the bundle.
    pub(crate) fn file(&mut self, package: usize, bytes: usize) {
        if self.packages.len() <= package {
            self.packages.resize(package + 1, 0);
        }
        self.packages[package] += bytes as u64;
        self.files += 1;
    }

    /// What a source file gives to its package: itself, or what was compiled from it.
    pub(crate) fn part(&mut self, package: usize, shown: &str, bytes: usize) {
        self.parts.push((package, shown.to_owned(), bytes as u64));
    }

    pub(super) fn check(&self, app: &App, diagnostics: &mut Diagnostics) {
        let limits = Limits::RELEASE;
        let source = &app.document.source;
        for (number, bytes) in self.packages.iter().enumerate().filter(|(_, b)| **b > limits.package_bytes) {
            let package = &app.packages[number];
            let what = if number == 0 {
                "main package".to_owned()
            } else {
                format!("subpackage \"{}\"", package.name)
            };
            let message =
                format!("the {what} has {}; {} is the most", size(*bytes), size(limits.package_bytes));
            let help = format!(
                "move pages or pictures to a subpackage, or pictures to a server. The largest:\n{}",
                self.largest(|part| part == number)
            );
            diagnostics.add(Finding::error(codes::OVERSIZE, message).in_file(&source.shown).help(help));
        }
        let total: u64 = self.packages.iter().sum();
        if total > limits.total_bytes {
            let message = format!(
                "all packages together have {}; {} is the most",
                size(total),
                size(limits.total_bytes)
            );
            let help =
                format!("move pictures and media to a server. The largest:\n{}", self.largest(|_| true));
            diagnostics.add(Finding::error(codes::OVERSIZE, message).in_file(&source.shown).help(help));
        }
        if self.files > limits.files {
            let message = format!("the program has {} files; {} is the most", self.files, limits.files);
            let help = "list what is not needed under packOptions.ignore of project.config.json";
            diagnostics.add(Finding::error(codes::OVERSIZE, message).in_file(&source.shown).help(help));
        }
    }

    fn largest(&self, wanted: impl Fn(usize) -> bool) -> String {
        let mut parts: Vec<_> =
            self.parts.iter().filter(|(package, _, bytes)| wanted(*package) && *bytes >= WORTH).collect();
        parts.sort_by(|(_, a, x), (_, b, y)| y.cmp(x).then(a.cmp(b)));
        let line = |(_, shown, bytes): &&(usize, String, u64)| format!("{:>10}  {shown}", size(*bytes));
        parts.iter().take(NAMED).map(line).collect::<Vec<_>>().join("\n")
    }
}

/// `2.10 MB`, `81 KB`: a megabyte has 1,048,576 bytes, as in WeChat's tools.
fn size(bytes: u64) -> String {
    const KB: f64 = 1024.0;
    let kilobytes = bytes as f64 / KB;
    if kilobytes >= KB { format!("{:.2} MB", kilobytes / KB) } else { format!("{kilobytes:.0} KB") }
}
