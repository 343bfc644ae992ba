//! `app.json`: pages, packages and what the base library and the engine read of it.
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding, Severity},
    json::{Document, Kind, Node},
    missing, path,
    project::Project,
    resolve::{self, Aliases},
    tree::Tree,
};
use serde_json::{Map, Value};
use std::ops::Range;

/// Members of app.json that the base library and the engine read as the author wrote them.
const AS_THEY_ARE: [&str; 9] = [
    "window",
    "preloadRule",
    "networkTimeout",
    "permission",
    "style",
    "darkmode",
    "lazyCodeLoading",
    "restartStrategy",
    "__usePrivacyCheck__",
];

/// A package of the program.
#[derive(Clone, Debug)]
pub(crate) struct PackageDef {
    pub(crate) name: String,
    /// Empty for the main package.
    pub(crate) root: String,
    pub(crate) independent: bool,
    /// Full paths, with their places in app.json.
    pub(crate) pages: Vec<(String, Range<usize>)>,
}

/// The parsed file.
pub(crate) struct App {
    pub(crate) document: Document,
    /// The main package first.
    pub(crate) packages: Vec<PackageDef>,
    pub(crate) aliases: Aliases,
    pub(crate) custom_tab_bar: bool,
}

impl App {
    pub(crate) fn read(tree: &mut Tree, diagnostics: &mut Diagnostics) -> Option<Self> {
        let source = tree.source("app.json", diagnostics)?;
        let document = Document::parse(&source, diagnostics)?;
        let root = &document.root;
        let mut packages = vec![PackageDef {
            name: "main".to_owned(),
            root: String::new(),
            independent: false,
            pages: pages(root.get("pages"), ""),
        }];
        let listed = root.get("subPackages").or_else(|| root.get("subpackages"));
        for node in listed.map(Node::items).unwrap_or_default() {
            let folder = node
                .get("root")
                .and_then(Node::text)
                .and_then(|t| path::join("", t))
                .filter(|f| !f.is_empty());
            let Some(folder) = folder else {
                let finding = Finding::error(
                    codes::BAD_SETTING,
                    "a subpackage needs a \"root\", a folder of the program",
                );
                diagnostics.add(finding.at(&source, node.range.clone()));
                continue;
            };
            let name = node.get("name").and_then(Node::text).filter(|name| !name.is_empty());
            packages.push(PackageDef {
                name: name.unwrap_or(&folder).to_owned(),
                independent: node.get("independent").is_some_and(Node::truth),
                pages: pages(node.get("pages"), &folder),
                root: folder,
            });
        }
        if packages[0].pages.is_empty() {
            let place = root.get("pages").map_or(0..0, |node| node.range.clone());
            diagnostics.add(Finding::error(codes::NO_PAGES, "app.json lists no pages").at(&source, place));
        }
        // The entry page leads, so that nobody needs to look for it.
        if let Some(entry) = root.get("entryPagePath").and_then(Node::text).and_then(|t| path::join("", t)) {
            for package in &mut packages {
                package.pages.sort_by_key(|(page, _)| *page != entry);
            }
        }
        let alias = |(key, node): &(String, Node)| Some((key.clone(), node.text()?.to_owned()));
        let aliases = root.get("resolveAlias").map(|node| node.entries().iter().filter_map(alias).collect());
        let custom_tab_bar = root.get("tabBar").and_then(|bar| bar.get("custom")).is_some_and(Node::truth);
        let app = Self { packages, aliases: aliases.unwrap_or_default(), custom_tab_bar, document };
        app.report_unsupported(diagnostics);
        Some(app)
    }

    fn report_unsupported(&self, diagnostics: &mut Diagnostics) {
        let known = [
            (
                "plugins",
                "plugins come from WeChat's servers and are left out",
                "use the npm package of the plugin's maker",
            ),
            (
                "workers",
                "workers are not supported yet; wx.createWorker will fail",
                "do the work in the page",
            ),
        ];
        for (key, message, help) in known {
            if let Some(node) = self.document.root.get(key) {
                let finding = Finding::warning(codes::UNSUPPORTED_SETTING, format!("\"{key}\": {message}"));
                diagnostics.add(finding.at(&self.document.source, node.range.clone()).help(help));
            }
        }
    }

    /// The index of the package that a path belongs to: the longest root wins.
    pub(crate) fn package_of(&self, file: &str) -> usize {
        let fits = self.packages.iter().enumerate().filter(|(_, package)| path::within(file, &package.root));
        fits.max_by_key(|(_, package)| package.root.len()).map_or(0, |(index, _)| index)
    }

    /// All page paths, main package first; the entry page is the very first.
    pub(crate) fn pages(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .packages
            .iter()
            .flat_map(|package| package.pages.iter().map(|(page, _)| page.clone()))
            .collect();
        let entry = self.document.text("entryPagePath").and_then(|t| path::join("", t));
        if let Some(at) = entry.and_then(|entry| all.iter().position(|page| *page == entry)) {
            all[..=at].rotate_right(1);
        }
        all
    }

    /// The bundle's `app.json` (`core/docs/bundle.md`).
    pub(crate) fn output(
        &self,
        project: &Project,
        page_configs: Map<String, Value>,
        tree: &mut Tree,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let mut out = Map::new();
        let name = project.name.clone().unwrap_or_else(|| project.app.clone());
        out.insert("name".into(), name.into());
        if let Some((icon, document)) = &project.icon {
            let range = document.root.get("icon").map_or(0..0, |node| node.range.clone());
            if let Some(file) = self.asset(icon, document, range, tree, diagnostics) {
                out.insert("icon".into(), file.into());
            }
        }
        out.insert("pages".into(), self.pages().into());
        let root = &self.document.root;
        for key in AS_THEY_ARE {
            if let Some(node) = root.get(key) {
                out.insert(key.into(), node.to_value());
            }
        }
        if let Some(bar) = root.get("tabBar") {
            out.insert("tabBar".into(), self.tab_bar(bar, tree, diagnostics));
        }
        out.insert("pageConfigs".into(), Value::Object(page_configs));
        let packages = self.packages[1..].iter().map(|package| {
            let pages: Vec<&str> = package.pages.iter().map(|(page, _)| page.as_str()).collect();
            serde_json::json!({
                "name": package.name, "root": package.root, "independent": package.independent, "pages": pages,
            })
        });
        out.insert("subPackages".into(), packages.collect());
        if let Some(theme) = self.theme(tree, diagnostics) {
            out.insert("theme".into(), theme);
        }
        Value::Object(out)
    }

    fn tab_bar(&self, bar: &Node, tree: &mut Tree, diagnostics: &mut Diagnostics) -> Value {
        let mut out = bar.to_value();
        let items = bar.get("list").map(Node::items).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            for key in ["iconPath", "selectedIconPath"] {
                let Some(node) = item.get(key) else { continue };
                let Some(file) = node.text().filter(|text| !text.is_empty()) else { continue };
                // Values of theme.json may take a path's place.
                let file = if file.starts_with('@') {
                    Some(file.to_owned())
                } else {
                    self.asset(file, &self.document, node.range.clone(), tree, diagnostics)
                };
                if let Some(file) = file {
                    out["list"][index][key] = file.into();
                }
            }
            let Some(node) = item.get("pagePath") else { continue };
            let Some(page) = node.text().and_then(|t| path::join("", t)) else { continue };
            if !self.packages.iter().any(|package| package.pages.iter().any(|(known, _)| *known == page)) {
                let finding = Finding::error(
                    codes::MISSING_PAGE,
                    format!("the tab's page \"{page}\" is not in \"pages\""),
                );
                diagnostics.add(finding.at(&self.document.source, node.range.clone()));
            }
            out["list"][index]["pagePath"] = page.into();
        }
        out
    }

    fn asset(
        &self,
        file: &str,
        document: &Document,
        range: Range<usize>,
        tree: &mut Tree,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        match resolve::file(tree, "app.json", file, &[""]) {
            Ok(file) => Some(file),
            Err(miss) => {
                let message = format!("the file \"{file}\" does not exist");
                let finding =
                    missing::finding(tree, &miss, Severity::Error, codes::MISSING_ASSET, &message, &[""]);
                diagnostics.add(finding.at(&document.source, range));
                None
            }
        }
    }

    /// `theme.json`, or the file that `themeLocation` names.
    fn theme(&self, tree: &mut Tree, diagnostics: &mut Diagnostics) -> Option<Value> {
        let (file, node) = match self.document.root.get("themeLocation") {
            Some(node) => (path::join("", node.text()?)?, Some(node)),
            None => ("theme.json".to_owned(), None),
        };
        if !tree.has(&file) {
            if let Some(node) = node {
                let finding =
                    Finding::error(codes::MISSING_ASSET, format!("the file \"{file}\" does not exist"));
                diagnostics.add(finding.at(&self.document.source, node.range.clone()));
            }
            return None;
        }
        let source = tree.source(&file, diagnostics)?;
        Document::parse(&source, diagnostics).map(|document| document.root.to_value())
    }

    /// The file that `themeLocation` names: read into app.json, never shipped.
    pub(crate) fn theme_file(&self) -> String {
        self.document
            .text("themeLocation")
            .and_then(|t| path::join("", t))
            .unwrap_or_else(|| "theme.json".to_owned())
    }
}

fn pages(list: Option<&Node>, folder: &str) -> Vec<(String, Range<usize>)> {
    // A subpackage's pages are relative to its root, written with or without a leading slash.
    let page = |node: &Node| {
        let text = match &node.kind {
            Kind::Text(text) => text.trim_start_matches('/'),
            _ => return None,
        };
        Some((path::join(folder, text)?, node.range.clone()))
    };
    list.map(Node::items).unwrap_or_default().iter().filter_map(page).collect()
}
