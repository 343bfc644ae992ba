//! WXML and WXS: which templates a page needs, and their code for one package.
mod code;
pub(crate) mod directive;
mod file;
mod parsed;
mod wording;

pub(crate) use parsed::{Element, Parsed};

use crate::{
    cache::Memo,
    codes,
    diagnostic::{Diagnostics, Severity},
    path, resolve,
    source::Source,
    tree::Tree,
    wxs,
};
use file::Template;
use glass_easel_template_compiler::parse::{ParseErrorKind, ParseErrorLevel, Position};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    rc::Rc,
};

/// All templates of the program, each parsed once.
#[derive(Default)]
pub(crate) struct Templates {
    templates: BTreeMap<String, Rc<Template>>,
    /// Key (path without suffix) -> script.
    scripts: BTreeMap<String, Rc<wxs::Wxs>>,
    parsed: Memo<Question, Option<String>, Rc<Template>>,
    compiled: Memo<wxs::Require, Option<String>, Rc<wxs::Wxs>>,
}

/// What a template asks while it is parsed: where a file is.
#[derive(Clone)]
enum Question {
    /// A file that an element names.
    Named { name: String, suffix: &'static str, place: Range<usize>, severity: Severity },
    /// A WXS file that an inline script requires.
    Required(wxs::Require),
}

impl Templates {
    /// Adds a `.wxml` file and all that it needs.
    pub(crate) fn add(&mut self, file: &str, tree: &mut Tree, diagnostics: &mut Diagnostics) {
        let mut open = vec![file.to_owned()];
        while let Some(file) = open.pop() {
            let key = file.trim_end_matches(".wxml").to_owned();
            if !self.templates.contains_key(&key)
                && let Some(source) = tree.source(&file, diagnostics)
            {
                let own = tree.npm.owner(&source.path).is_none();
                let mut answer = |question: &Question, diagnostics: &mut Diagnostics| match question {
                    Question::Named { name, suffix, place, severity } => {
                        find(tree, &source, name, suffix, place.clone(), *severity, diagnostics)
                    }
                    Question::Required(require) => wxs::find(tree, &source, require, diagnostics),
                };
                let template = self.parsed.get(&key, &source, diagnostics, &mut answer, |found, ask| {
                    Some(Rc::new(Template::parse(&key, &source, own, found, ask)))
                });
                let Some(template) = template else { continue };
                self.add_scripts(template.needed.clone(), tree, diagnostics);
                open.extend(template.templates.iter().map(|key| format!("{key}.wxml")));
                self.templates.insert(key, template);
            }
        }
    }

    fn add_scripts(&mut self, mut open: Vec<String>, tree: &mut Tree, diagnostics: &mut Diagnostics) {
        while let Some(file) = open.pop() {
            let key = file.trim_end_matches(".wxs").to_owned();
            if self.scripts.contains_key(&key) {
                continue;
            }
            let Some(source) = tree.source(&file, diagnostics) else { continue };
            let mut answer = |require: &wxs::Require, diagnostics: &mut Diagnostics| {
                wxs::find(tree, &source, require, diagnostics)
            };
            let script = self.compiled.get(&key, &source, diagnostics, &mut answer, |found, ask| {
                wxs::compile(&source, 0..source.text.len(), found, ask).map(Rc::new)
            });
            if let Some(script) = script {
                open.extend(script.requires.iter().cloned());
                self.scripts.insert(key, script);
            }
        }
    }

    /// Ends a build: what it did not use is forgotten, the rest is for the next.
    pub(crate) fn sweep(&mut self) {
        self.templates.clear();
        self.scripts.clear();
        self.parsed.sweep();
        self.compiled.sweep();
    }

    /// The template and everything it imports or includes.
    fn closure(&self, key: &str) -> BTreeSet<&str> {
        let mut all = BTreeSet::new();
        let mut open: Vec<&str> =
            self.templates.get_key_value(key).map(|(key, _)| key.as_str()).into_iter().collect();
        while let Some(key) = open.pop() {
            if let Some((key, template)) = self.templates.get_key_value(key)
                && all.insert(key.as_str())
            {
                open.extend(template.templates.iter().map(String::as_str));
            }
        }
        all
    }

    /// Whether a template, or one that it imports, names the tag.
    pub(crate) fn mentions(&self, key: &str, tag: &str) -> bool {
        self.closure(key).into_iter().any(|key| self.templates[key].source.text.contains(tag))
    }

    /// Files used: `.wxml` and `.wxs`.
    pub(crate) fn files(&self) -> impl Iterator<Item = String> {
        let templates = self.templates.keys().map(|key| format!("{key}.wxml"));
        templates.chain(self.scripts.keys().map(|key| format!("{key}.wxs")))
    }
}

/// How bad a finding of the template compiler is. It is stricter than WeChat, which takes what can be understood at all.
fn severity(kind: &ParseErrorKind) -> Option<Severity> {
    use ParseErrorKind as Kind;
    match kind.level() {
        ParseErrorLevel::Note => None,
        ParseErrorLevel::Fatal => Some(Severity::Error),
        // Here WeChat is the strict one ("expect end-tag").
        _ if matches!(kind, Kind::MissingEndTag | Kind::InvalidEndTag) => Some(Severity::Error),
        ParseErrorLevel::Error
            if matches!(
                kind,
                Kind::MissingModuleName | Kind::MissingSourcePath | Kind::UnsupportedSyntax
            ) =>
        {
            Some(Severity::Error)
        }
        ParseErrorLevel::Warn | ParseErrorLevel::Error => Some(Severity::Warning),
    }
}

fn range(source: &Source, location: &Range<Position>) -> Range<usize> {
    let at = |position: &Position| source.offset(position.line, position.utf16_col);
    at(&location.start)..at(&location.end)
}

/// The key of a file that a template names. Missing ones are reported.
fn find(
    tree: &mut Tree,
    source: &Source,
    name: &str,
    suffix: &str,
    place: Range<usize>,
    severity: Severity,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let joined = path::join(path::parent(&source.path), name);
    if let Some(key) = &joined
        && tree.has(&format!("{key}{suffix}"))
    {
        return joined;
    }
    let miss = match joined {
        None => resolve::Miss::Outside,
        Some(key) => {
            let file = format!("{key}{suffix}");
            match tree.other_case([file.as_str()]) {
                Some(other) => resolve::Miss::Case(other.to_owned()),
                None => resolve::Miss::Absent { tried: vec![file], package: None },
            }
        }
    };
    let wanted = format!("{name}{suffix}");
    diagnostics.add(
        crate::missing::finding(
            tree,
            &miss,
            severity,
            codes::MISSING_TEMPLATE,
            &format!("the file \"{wanted}\" does not exist"),
            &[suffix],
        )
        .at(source, place),
    );
    None
}
