//! Walks the program from its entries and compiles what it reaches: pages, components, modules.
mod finder;
mod finish;

use crate::{
    Options, Output,
    app::App,
    cache::{Cache, Memo},
    codes,
    diagnostic::{Diagnostics, Finding, Severity},
    json::{Document, Node},
    missing, package,
    project::Project,
    resolve::{self, Miss, Modules},
    script::{self, Answer, Request, Script},
    style::{self, StyleContext, Styles},
    template::Templates,
    tree::Tree,
};
use finder::Finder;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
    rc::Rc,
};

/// Keys of a page's JSON that the base library needs for the component, not for the window.
const COMPONENT_KEYS: [&str; 5] =
    ["component", "usingComponents", "componentGenerics", "componentPlaceholder", "styleIsolation"];

pub(crate) fn compile(folder: &Path, options: &Options, cache: &mut Cache) -> Output {
    let mut diagnostics = Diagnostics::default();
    let Some(project) = Project::read(folder, options, &mut diagnostics) else {
        let inputs = vec![folder.to_owned()];
        return Output { diagnostics: diagnostics.finish(), inputs, ..Output::default() };
    };
    let mut tree = Tree::read(&project, std::mem::take(&mut cache.sources), &mut diagnostics);
    let Some(app) = App::read(&mut tree, &mut diagnostics) else {
        // A slip there says nothing of the other files.
        cache.sources = tree.take_sources(true);
        let inputs = tree.inputs.into_iter().collect();
        return Output { diagnostics: diagnostics.finish(), inputs, ..Output::default() };
    };
    let Cache { scripts, templates, styles, .. } = std::mem::take(cache);
    let mut build = Build {
        project: &project,
        app: &app,
        options,
        tree,
        diagnostics,
        scripts,
        templates,
        styles,
        units: BTreeMap::new(),
        modules: BTreeMap::new(),
        open_units: VecDeque::new(),
        open_modules: VecDeque::new(),
        used: BTreeSet::new(),
    };
    build.walk();
    let output = build.finish();
    *cache = build.into_cache();
    output
}

/// A page or component that was reached.
struct Unit {
    page: bool,
    config: Map<String, Value>,
    /// Tags that its JSON or app.json declares, right or wrong.
    tags: BTreeSet<String>,
    style: Option<String>,
}

struct Build<'a> {
    project: &'a Project,
    app: &'a App,
    options: &'a Options,
    tree: Tree,
    diagnostics: Diagnostics,
    scripts: Memo<Request, Answer, Rc<Script>>,
    templates: Templates,
    styles: Styles,
    units: BTreeMap<String, Unit>,
    /// By key, which ends in `.js` for TypeScript too.
    modules: BTreeMap<String, package::Module>,
    open_units: VecDeque<(String, bool)>,
    open_modules: VecDeque<String>,
    /// Files that are compiled into the bundle.
    used: BTreeSet<String>,
}

impl Build<'_> {
    fn walk(&mut self) {
        if let Some(file) = ["app.js", "app.ts"].into_iter().find(|file| self.tree.has(file)) {
            self.open_modules.push_back(file.to_owned());
        }
        let app = self.app;
        for (page, range) in app.packages.iter().flat_map(|package| &package.pages) {
            let files = [".wxml", ".js", ".ts"].map(|ext| format!("{page}{ext}"));
            if files.iter().any(|file| self.tree.has(file)) {
                self.open_units.push_back((page.clone(), true));
            } else {
                let miss = match self.tree.other_case(files.iter().map(String::as_str)) {
                    Some(file) => Miss::Case(file.to_owned()),
                    None => Miss::Absent { tried: files[..1].to_vec(), package: None },
                };
                let message = format!("the page \"{page}\" does not exist");
                let finding = missing::finding(
                    &self.tree,
                    &miss,
                    Severity::Error,
                    codes::MISSING_PAGE,
                    &message,
                    &[".wxml"],
                );
                self.diagnostics.add(finding.at(&app.document.source, range.clone()));
            }
        }
        if app.custom_tab_bar
            && let Ok(stem) = resolve::component(&mut self.tree, "app.json", "/custom-tab-bar/index")
        {
            self.open_units.push_back((stem, false));
        }
        loop {
            if let Some((stem, page)) = self.open_units.pop_front() {
                if !self.units.contains_key(&stem) {
                    let unit = self.unit(&stem, page);
                    self.units.insert(stem, unit);
                }
            } else if let Some(file) = self.open_modules.pop_front() {
                if !self.modules.contains_key(&key_of(&file)) {
                    self.module(&file);
                }
            } else {
                break;
            }
        }
        for finding in self.tree.npm.take_findings() {
            self.diagnostics.add(finding);
        }
    }

    fn unit(&mut self, stem: &str, page: bool) -> Unit {
        let json = format!("{stem}.json");
        let document = if self.tree.has(&json) {
            self.used.insert(json.clone());
            let source = self.tree.source(&json, &mut self.diagnostics);
            source.and_then(|source| Document::parse(&source, &mut self.diagnostics))
        } else {
            None
        };
        let wxml = format!("{stem}.wxml");
        if self.tree.has(&wxml) {
            self.templates.add(&wxml, &mut self.tree, &mut self.diagnostics);
        }
        let script = if self.modules().prefer_typescript { [".ts", ".js"] } else { [".js", ".ts"] };
        if let Some(file) =
            script.map(|ext| format!("{stem}{ext}")).into_iter().find(|file| self.tree.has(file))
        {
            self.open_modules.push_back(file);
        }
        let mut config = match document.as_ref().map(|document| document.root.to_value()) {
            Some(Value::Object(config)) => config,
            _ => Map::new(),
        };
        config.entry("component").or_insert_with(|| (!page).into());
        let using = self.using(stem, document.as_ref());
        config.insert("usingComponents".into(), Value::Object(using));
        if let Some(document) = &document {
            self.generics(stem, document, &mut config);
        }
        let style = self.style(stem);
        let tags = self.tags(document.as_ref());
        Unit { page, config, tags, style }
    }

    fn tags(&self, document: Option<&Document>) -> BTreeSet<String> {
        let roots = [document.map(|document| &document.root), Some(&self.app.document.root)];
        let lists = roots.into_iter().flatten().flat_map(|root| {
            ["usingComponents", "componentGenerics"].into_iter().filter_map(|key| root.get(key))
        });
        lists.flat_map(Node::entries).map(|(tag, _)| tag.clone()).collect()
    }

    /// All components that a unit may use, by tag; the app's only where a template names them.
    fn using(&mut self, stem: &str, document: Option<&Document>) -> Map<String, Value> {
        let app = self.app;
        let mut out = Map::new();
        let own = document.and_then(|d| d.root.get("usingComponents")).map(Node::entries).unwrap_or_default();
        let placeholders = document.and_then(|d| d.root.get("componentPlaceholder"));
        let of_app = app.document.root.get("usingComponents").map(Node::entries).unwrap_or_default();
        let app_placeholders = app.document.root.get("componentPlaceholder");
        let named_in_json =
            |tag: &str| placeholders.is_some_and(|p| p.entries().iter().any(|(_, n)| n.text() == Some(tag)));
        for (tag, node) in of_app {
            let shadowed = own.iter().any(|(key, _)| key == tag);
            if !shadowed && (self.templates.mentions(stem, tag) || named_in_json(tag)) {
                let waits = app_placeholders.is_some_and(|p| p.get(tag).is_some());
                if let Some(target) = self.component("app.json", stem, node, &app.document, waits) {
                    out.insert(tag.clone(), target.into());
                }
            }
        }
        if let Some(document) = document {
            let from = format!("{stem}.json");
            for (tag, node) in own {
                let waits = placeholders.is_some_and(|p| p.get(tag).is_some());
                if let Some(target) = self.component(&from, stem, node, document, waits) {
                    out.insert(tag.clone(), target.into());
                }
            }
        }
        out
    }

    /// Default components of generics become absolute.
    fn generics(&mut self, stem: &str, document: &Document, config: &mut Map<String, Value>) {
        let entries = document.root.get("componentGenerics").map(Node::entries).unwrap_or_default();
        for (name, node) in entries {
            let Some(default) = node.get("default") else { continue };
            if let Some(target) = self.component(&format!("{stem}.json"), stem, default, document, false) {
                config["componentGenerics"][name]["default"] = target.into();
            }
        }
    }

    /// The absolute path of a component, which is compiled in turn. `waits`: it has a placeholder.
    fn component(
        &mut self,
        from: &str,
        user: &str,
        node: &Node,
        document: &Document,
        waits: bool,
    ) -> Option<String> {
        let place = |finding: Finding| finding.at(&document.source, node.range.clone());
        let Some(target) = node.text() else {
            self.diagnostics
                .add(place(Finding::error(codes::BAD_SETTING, "a component's path must be a text")));
            return None;
        };
        if target.contains("://") {
            let message = format!("\"{target}\" is part of a plugin and stays empty");
            self.diagnostics.add(place(Finding::warning(codes::PLUGIN_COMPONENT, message)));
            return None;
        }
        let stem = match resolve::component(&mut self.tree, from, target) {
            Ok(stem) => stem,
            Err(miss) => {
                let message = format!("the component \"{target}\" does not exist");
                let code = codes::MISSING_COMPONENT;
                let finding =
                    missing::finding(&self.tree, &miss, Severity::Error, code, &message, &[".json", ".wxml"]);
                self.diagnostics.add(place(finding));
                return None;
            }
        };
        let (own, other) = (self.app.package_of(user), self.app.package_of(&stem));
        if own != other && !waits {
            if other != 0 {
                let package = &self.app.packages[other].name;
                let message = format!("\"{target}\" belongs to the subpackage \"{package}\"");
                let help = "name a stand-in in componentPlaceholder, or move it to the main package";
                self.diagnostics.add(place(Finding::error(codes::FOREIGN_COMPONENT, message)).help(help));
            } else if self.app.packages[own].independent {
                let message = format!("\"{target}\" is not in the independent subpackage that uses it");
                self.diagnostics.add(place(Finding::error(codes::INDEPENDENT_PACKAGE, message)));
            }
        }
        self.open_units.push_back((stem.clone(), false));
        Some(format!("/{stem}"))
    }

    fn style(&mut self, stem: &str) -> Option<String> {
        let file = style::of(stem, &mut self.tree, &self.project.plugins)?;
        let mut context =
            StyleContext { tree: &mut self.tree, project: self.project, diagnostics: &mut self.diagnostics };
        Some(self.styles.compile(&file, &mut context))
    }

    /// What the next build may use again.
    fn into_cache(mut self) -> Cache {
        self.scripts.sweep();
        self.templates.sweep();
        self.styles.sweep();
        let Self { mut tree, scripts, templates, styles, .. } = self;
        Cache { sources: tree.take_sources(false), scripts, templates, styles }
    }

    fn modules(&self) -> Modules<'_> {
        let prefer_typescript = self.project.plugins.contains("typescript");
        Modules { aliases: &self.app.aliases, prefer_typescript }
    }

    fn module(&mut self, file: &str) {
        let Some(source) = self.tree.source(file, &mut self.diagnostics) else { return };
        self.used.insert(file.to_owned());
        let minify = !self.options.development;
        let script = if file.ends_with(".json") {
            Document::parse(&source, &mut self.diagnostics).map(|document| {
                let code = format!("module.exports = {}", document.root.to_value());
                Rc::new(Script { code, ..Script::default() })
            })
        } else {
            let prefer_typescript = self.project.plugins.contains("typescript");
            let modules = Modules { aliases: &self.app.aliases, prefer_typescript };
            let (tree, open) = (&mut self.tree, &mut self.open_modules);
            let mut finder = Finder { app: self.app, modules, tree, open, source: &source };
            let mut answer = |request: &_, diagnostics: &mut _| finder.answer(request, diagnostics);
            self.scripts.get(file, &source, &mut self.diagnostics, &mut answer, |found, ask| {
                // A defect of the JavaScript library in one file must not hide what the others have to say.
                let compiled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    script::compile(&source, minify, found, &mut |request, _| ask(request))
                }));
                compiled.map(|script| script.map(Rc::new)).unwrap_or_else(|_| {
                    let message = format!("the compiler failed in {}", source.shown);
                    found.add(Finding::error(codes::INTERNAL, message).in_file(&source.shown));
                    None
                })
            })
        };
        // A module with errors keeps its place, so that the errors are not repeated for whoever requires it.
        let script = script.unwrap_or_default();
        self.modules.insert(key_of(file), package::Module { source, script });
    }
}

/// The module key of a file.
fn key_of(file: &str) -> String {
    file.strip_suffix(".ts").map_or_else(|| file.to_owned(), |stem| format!("{stem}.js"))
}
