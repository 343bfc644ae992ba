//! WXML and WXS: which templates a page needs, and their code for one package.
mod code;
pub(crate) mod directive;
mod parsed;
mod wording;

pub(crate) use parsed::{Element, Parsed};

use crate::{
    codes,
    diagnostic::{Diagnostics, Severity},
    path, resolve,
    source::Source,
    tree::Tree,
    wxs,
};
use glass_easel_template_compiler::{
    TmplGroup,
    parse::{
        ParseErrorKind, ParseErrorLevel, Position,
        tag::{Script, StrName},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    rc::Rc,
};

/// What the generated code expects around it: the base library's side of WXS (`core/docs/bundle.md`).
const RUNTIME: &str = ";Q.A=__lodger.wxs.change;Q.B=__lodger.wxs.fn;Q.C=__lodger.wxs.event;\
var getRegExp=(a,b)=>new RegExp(a,b),getDate=(...a)=>new Date(...a);";

/// All templates of the program, parsed once.
pub(crate) struct Templates {
    group: TmplGroup,
    templates: BTreeMap<String, Template>,
    /// Key (path without suffix) -> script.
    scripts: BTreeMap<String, wxs::Wxs>,
}

struct Template {
    source: Rc<Source>,
    /// Keys of imported and included templates.
    templates: Vec<String>,
    /// Keys of WXS files.
    scripts: Vec<String>,
}

impl Templates {
    pub(crate) fn new() -> Self {
        let mut group = TmplGroup::new();
        group.set_extra_runtime_script(RUNTIME);
        Self { group, templates: BTreeMap::new(), scripts: BTreeMap::new() }
    }

    /// Adds a `.wxml` file and all that it needs.
    pub(crate) fn add(&mut self, file: &str, tree: &mut Tree, diagnostics: &mut Diagnostics) {
        let mut open = vec![file.to_owned()];
        while let Some(file) = open.pop() {
            let key = file.trim_end_matches(".wxml").to_owned();
            if !self.templates.contains_key(&key)
                && let Some(source) = tree.source(&file, diagnostics)
            {
                let template = self.parse(&key, source, tree, diagnostics);
                open.extend(template.templates.iter().map(|key| format!("{key}.wxml")));
                self.templates.insert(key, template);
            }
        }
    }

    fn parse(
        &mut self,
        key: &str,
        source: Rc<Source>,
        tree: &mut Tree,
        diagnostics: &mut Diagnostics,
    ) -> Template {
        let own = tree.npm.owner(&source.path).is_none();
        let warnings = self.group.add_tmpl(key, &source.text);
        for warning in wording::without_echoes(&source, warnings) {
            let range = range(&source, &warning.location);
            // Notes speak of style, and a package's own slips are not the developer's business.
            let unclosed =
                matches!(warning.kind, ParseErrorKind::MissingEndTag | ParseErrorKind::InvalidEndTag);
            if let Some((severity, finding)) = wording::finding(&warning.kind, &source, range)
                && (own || (severity == Severity::Error && !unclosed))
            {
                diagnostics.add(finding);
            }
        }
        let Ok(parsed) = self.group.get_tree(key) else {
            return Template { source, templates: Vec::new(), scripts: Vec::new() };
        };
        let globals = &parsed.globals;
        let names = |list: &mut dyn Iterator<Item = &StrName>| -> Vec<(String, Range<Position>)> {
            list.map(|src| (src.name.to_string(), src.location.clone())).collect()
        };
        let imports = names(&mut globals.imports.iter().map(|import| &import.src));
        let includes = names(&mut globals.includes.iter().map(|include| &include.src));
        let mut files = Vec::new();
        let mut inline = Vec::new();
        for script in &globals.scripts {
            match script {
                Script::GlobalRef { src, .. } => files.push((src.name.to_string(), src.location.clone())),
                Script::Inline { module_name, content, content_location, .. } => {
                    inline.push((module_name.name.to_string(), content.clone(), content_location.clone()));
                }
                _ => {}
            }
        }
        let mut templates = Vec::new();
        let mut absent = Vec::new();
        for (name, place) in imports {
            // WeChat only complains about such a line, and published programs have some: the import is dropped.
            match find(tree, &source, &name, ".wxml", range(&source, &place), Severity::Warning, diagnostics)
            {
                Some(key) => templates.push(key),
                None => absent.push(name),
            }
        }
        for (name, place) in includes {
            templates.extend(find(
                tree,
                &source,
                &name,
                ".wxml",
                range(&source, &place),
                Severity::Error,
                diagnostics,
            ));
        }
        if let Ok(tree) = self.group.get_tree_mut(key) {
            tree.globals.imports.retain(|import| !absent.iter().any(|name| import.src.name == *name));
        }
        let mut scripts: Vec<String> = files
            .iter()
            .filter_map(|(name, place)| {
                find(tree, &source, name, ".wxs", range(&source, place), Severity::Error, diagnostics)
            })
            .collect();
        let mut needed: Vec<String> = scripts.iter().map(|key| format!("{key}.wxs")).collect();
        for (name, content, place) in inline {
            let mut place = range(&source, &place);
            if source.text.get(place.clone()) != Some(content.as_str()) {
                place = source.find(&content);
            }
            let code = wxs::compile(&source, place, tree, diagnostics);
            if let Some(code) = code {
                // The module's own path leads, so that require in it means the same as in a file beside it.
                needed.extend(code.requires.iter().cloned());
                scripts.extend(code.requires.iter().map(|file| file.trim_end_matches(".wxs").to_owned()));
                let set = self.group.set_inline_script_content(key, &name, &format!("{}\n", code.code));
                debug_assert!(set.is_ok(), "the template was just added");
            }
        }
        self.add_scripts(needed, tree, diagnostics);
        Template { source, templates, scripts }
    }

    fn add_scripts(&mut self, mut open: Vec<String>, tree: &mut Tree, diagnostics: &mut Diagnostics) {
        while let Some(file) = open.pop() {
            let key = file.trim_end_matches(".wxs").to_owned();
            if self.scripts.contains_key(&key) {
                continue;
            }
            let Some(source) = tree.source(&file, diagnostics) else { continue };
            if let Some(script) = wxs::compile(&source, 0..source.text.len(), tree, diagnostics) {
                self.group.add_script(&key, &script.code);
                open.extend(script.requires.iter().cloned());
                self.scripts.insert(key, script);
            }
        }
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
