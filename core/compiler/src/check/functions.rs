//! Members of `wx` that scripts use and that do not work, work in part, or do not exist.
use super::Program;
use crate::{
    codes,
    compat::{self, Status},
    diagnostic::{Diagnostics, Finding},
};
use std::collections::BTreeSet;

pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let usages = || program.modules.values().map(|module| (module, &module.script.usage));
    let given: BTreeSet<&str> =
        usages().flat_map(|(_, usage)| usage.own.iter().map(String::as_str)).collect();
    // Packages use much on paths that this program never takes, and nobody here can mend them: what is missing
    // when such a path is taken, `lodger smoke` tells.
    for (module, usage) in usages().filter(|(module, _)| program.own(&module.source.path)) {
        for (name, range) in usage.members.iter().filter(|(name, _)| !given.contains(name.as_str())) {
            let finding = match compat::member(name) {
                Some(row) => match row.status {
                    Status::Full => continue,
                    Status::Partial => partial(name, row.note.as_deref()),
                    Status::None => none(name, row.note.as_deref()),
                },
                // Only typos are sure: WeChat has members that it does not document.
                None => match compat::nearest_member(name) {
                    Some(near) => unknown(name, near),
                    None => continue,
                },
            };
            diagnostics.add(finding.at(&module.source, range.clone()).grouped(name));
        }
    }
}

fn none(name: &str, note: Option<&str>) -> Finding {
    let note = note.map(|note| format!(": {}", lower(note))).unwrap_or_default();
    Finding::warning(codes::FUNCTION_MISSING, format!("wx.{name} does not work in Lodger yet{note}"))
        .help(format!("ask first: if (wx.canIUse('{name}')) …, and do without it where it is missing"))
}

fn partial(name: &str, note: Option<&str>) -> Finding {
    let message = format!("wx.{name} works in part");
    Finding::warning(codes::FUNCTION_PARTIAL, message).maybe_help(note.map(str::to_owned))
}

fn unknown(name: &str, near: &str) -> Finding {
    Finding::warning(codes::FUNCTION_UNKNOWN, format!("there is no wx.{name}"))
        .help(format!("did you mean wx.{near}?"))
}

/// A note as the end of a sentence.
fn lower(note: &str) -> String {
    let note = note.trim_end_matches('.');
    let mut chars = note.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
