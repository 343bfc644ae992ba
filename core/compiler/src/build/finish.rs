//! Puts what was compiled together: scripts, maps, assets, the bundle.
use super::{Build, COMPONENT_KEYS, Unit};
use crate::{
    Output, Stats, asset,
    check::{self, sizes::Sizes},
    codes,
    diagnostic::Finding,
    json::Node,
    package,
    parts::Parts,
    path, resolve,
    style::{StyleContext, StyleMap},
};
use lodger_bundle::Digest;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The style sheet of WeChat's own component library.
const WEUI_STYLE: &str = "weui-miniprogram/weui-wxss/dist/style/weui.wxss";

impl Build<'_> {
    pub(super) fn finish(&mut self) -> Output {
        let app_style = self.app_style();
        let page_configs = self.page_configs();
        let config = self.app.output(self.project, page_configs, &mut self.tree, &mut self.diagnostics);

        let mut index = lodger_bundle::Index::template(&self.project.app, self.project.version.clone());
        index.pages = self.app.pages();
        index.scopes.clone_from(&self.project.scopes);
        index.domains = self.project.domains.clone();
        let mut builder = lodger_bundle::BundleBuilder::new(index);
        let mut maps = BTreeMap::new();
        let mut sizes = Sizes::default();
        let mut parts = Parts::default();
        for (number, package) in self.app.packages.iter().enumerate() {
            builder.package(&package.name, &package.root, package.independent);
            let path = path::child(&package.root, "package.js");
            let code = self.package_code(number, app_style.as_deref());
            let (script, map) = code.write(&path);
            let (code, looks) = (code.code_digest(), code.looks);
            parts.package(&package.name, Digest::of(&script), code, looks);
            sizes.file(number, script.len());
            builder.file(&package.name, &path, "text/javascript", script);
            maps.insert(path, map);
        }
        let config = serde_json::to_vec(&config).expect("a JSON value can always be written");
        parts.file("app.json", &config);
        builder.file("main", "app.json", "application/json", config);
        let mut stats = self.stats();
        for (file, mime) in self.assets() {
            if let Some(bytes) = self.tree.bytes(&file, &mut self.diagnostics) {
                let number = self.app.package_of(&file);
                sizes.file(number, bytes.len());
                sizes.part(number, &self.tree.shown(&file), bytes.len());
                parts.file(&file, &bytes);
                builder.file(&self.app.packages[number].name, &file, mime, bytes);
                stats.assets += 1;
            }
        }
        if self.options.check {
            self.check(sizes);
        }
        let mut bundle = None;
        if !self.diagnostics.has_errors() {
            match builder.finish() {
                Ok(built) => bundle = Some(built),
                Err(error) => self.diagnostics.add(Finding::error(codes::BUNDLE_REFUSED, error.to_string())),
            }
        }
        let inputs = std::mem::take(&mut self.tree.inputs).into_iter().collect();
        let diagnostics = std::mem::take(&mut self.diagnostics).finish();
        Output { bundle, diagnostics, maps, parts, inputs, stats }
    }

    fn check(&mut self, mut sizes: Sizes) {
        for module in self.modules.values() {
            let number = self.app.package_of(&module.source.path);
            sizes.part(number, &module.source.shown, module.script.code.len());
        }
        for (stem, unit) in &self.units {
            let bytes = unit.style.as_ref().map_or(0, String::len);
            sizes.part(self.app.package_of(stem), &format!("{}.wxss", self.tree.shown(stem)), bytes);
        }
        let assets = self.assets().into_iter().map(|(file, _)| file);
        let others = assets.chain(self.used.iter().cloned()).chain(["app.json".to_owned()]).collect();
        let program = check::Program {
            project: self.project,
            app: self.app,
            tree: &mut self.tree,
            templates: &self.templates,
            modules: &self.modules,
            units: self.units.iter().map(|(stem, unit)| (stem.as_str(), &unit.tags)).collect(),
            styles: self.styles.files().cloned().collect(),
            others,
            sizes,
        };
        check::run(program, &mut self.diagnostics);
    }

    /// The style sheet of the app, after those of its extended libraries.
    fn app_style(&mut self) -> Option<String> {
        let library = self.extended_libraries();
        let own = self.style("app");
        match (library, own) {
            (Some(library), Some(own)) => Some(format!("{library}\n{own}")),
            (library, own) => library.or(own),
        }
    }

    /// `useExtendedLib`: WeChat's client carries the library "weui" and puts its style sheet before the app's. Here it
    /// comes from npm.
    fn extended_libraries(&mut self) -> Option<String> {
        let app = self.app;
        let libraries = app.document.root.get("useExtendedLib").map(Node::entries)?;
        let mut css = None;
        for (name, node) in libraries {
            let finding = if name != "weui" {
                let message = format!("\"useExtendedLib\": \"{name}\" is part of WeChat's own client");
                Finding::warning(codes::UNSUPPORTED_SETTING, message)
                    .help("install the library from npm, if it is there")
            } else if let Ok(file) = resolve::file(&mut self.tree, "app.json", WEUI_STYLE, &[".wxss"]) {
                let mut context = StyleContext {
                    tree: &mut self.tree,
                    project: self.project,
                    diagnostics: &mut self.diagnostics,
                };
                css = Some(self.styles.compile(&file, &mut context));
                continue;
            } else {
                let message =
                    "\"useExtendedLib\": the library \"weui\" comes from npm here, and is not installed";
                Finding::error(codes::UNSUPPORTED_SETTING, message.to_owned())
                    .help("npm install weui-miniprogram")
            };
            self.diagnostics.add(finding.at(&app.document.source, node.range.clone()));
        }
        css
    }

    fn page_configs(&self) -> Map<String, Value> {
        let pages = self.units.iter().filter(|(_, unit)| unit.page);
        let config = |unit: &Unit| -> Value {
            let window = unit.config.iter().filter(|(key, _)| !COMPONENT_KEYS.contains(&key.as_str()));
            Value::Object(window.map(|(key, value)| (key.clone(), value.clone())).collect())
        };
        pages.map(|(stem, unit)| (stem.clone(), config(unit))).collect()
    }

    fn package_code(&mut self, number: usize, app_style: Option<&str>) -> package::PackageCode<'_> {
        let app = self.app;
        let mine = |file: &str| app.package_of(file) == number;
        let mut components = Map::new();
        let mut styles = StyleMap::new();
        let mut keys = Vec::new();
        if number == 0
            && let Some(css) = app_style
        {
            styles.insert("app".to_owned(), css.to_owned());
        }
        for (stem, unit) in self.units.iter().filter(|(stem, _)| mine(stem)) {
            let wanted = |key: &str| !unit.page || COMPONENT_KEYS.contains(&key);
            let config = unit.config.iter().filter(|(key, _)| wanted(key));
            components
                .insert(stem.clone(), Value::Object(config.map(|(k, v)| (k.clone(), v.clone())).collect()));
            if let Some(css) = &unit.style {
                styles.insert(stem.clone(), css.clone());
            }
            keys.push(stem.clone());
        }
        let templates = self.templates.code(&keys, &mut self.diagnostics);
        let looks =
            keys.into_iter().filter_map(|key| Some((key.clone(), self.templates.look(&key)?))).collect();
        let modules =
            self.modules.iter().filter(|(key, _)| mine(key)).map(|(key, module)| (key.as_str(), module));
        package::PackageCode {
            name: &app.packages[number].name,
            components,
            styles,
            templates,
            looks,
            modules: modules.collect(),
        }
    }

    /// Files that are shipped as they are.
    fn assets(&self) -> Vec<(String, &'static str)> {
        let named = &self.styles.assets;
        let read = [self.app.theme_file(), "app.json".to_owned()];
        let files = self.tree.files().filter(|file| {
            if asset::is_source(file) || read.iter().any(|known| known == file) || self.used.contains(*file) {
                return false;
            }
            let Some(owner) = self.tree.npm.owner(file) else {
                // JSON beside a page or component configures it, reached or not.
                return !file.ends_with(".json") || !self.is_config(file);
            };
            let in_use = |key: &String| path::within(key, &owner);
            named.contains(*file)
                || (!file.ends_with(".json")
                    && (self.units.keys().any(in_use) || self.modules.keys().any(in_use)))
        });
        files.filter_map(|file| Some((file.to_owned(), asset::mime(file)?))).collect()
    }

    fn is_config(&self, file: &str) -> bool {
        let stem = file.trim_end_matches(".json");
        file.ends_with("package.json")
            || [".wxml", ".js", ".ts"].iter().any(|ext| self.tree.contains(&format!("{stem}{ext}")))
    }

    fn stats(&self) -> Stats {
        let mut used: BTreeSet<String> = self.used.clone();
        used.extend(self.templates.files());
        used.extend(self.styles.files().cloned());
        let unreachable = self.tree.files().filter(|file| {
            asset::is_source(file) && !used.contains(*file) && self.tree.npm.owner(file).is_none()
        });
        Stats {
            pages: self.units.values().filter(|unit| unit.page).count(),
            components: self.units.values().filter(|unit| !unit.page).count(),
            modules: self.modules.len(),
            assets: 0,
            unreachable: unreachable.map(str::to_owned).collect(),
        }
    }
}
