//! The project's own settings: `project.config.json` and `lodger.json`.
use crate::{
    Options, codes,
    diagnostic::{Diagnostics, Finding},
    json::{Document, Node},
    path,
    source::Source,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

/// What the two files say, checked.
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
    /// The mini-program's root below `folder`, e.g. `miniprogram`; empty when it is the folder itself.
    pub(crate) root: String,
    pub(crate) app: String,
    pub(crate) name: Option<String>,
    pub(crate) icon: Option<(String, Document)>,
    pub(crate) version: lodger_bundle::Version,
    pub(crate) domains: lodger_bundle::Domains,
    pub(crate) scopes: Vec<String>,
    /// Remote address -> file in the root that takes its place.
    pub(crate) remote: BTreeMap<String, String>,
    pub(crate) ignore: Vec<IgnoreRule>,
    pub(crate) include: Vec<IgnoreRule>,
    /// `typescript`, `less`, `sass`.
    pub(crate) plugins: BTreeSet<String>,
    /// Folders below `folder` (not `root`) with a package.json -> folder of their miniprogram_npm, below `root`.
    pub(crate) npm: Vec<(String, String)>,
    /// Folders below `root` that are no part of the mini-program (cloud functions, plugin sources).
    pub(crate) excluded: Vec<String>,
    /// lodger.json, if there is one.
    pub(crate) lodger: Option<Document>,
    pub(crate) inputs: Vec<PathBuf>,
}

/// One line of `packOptions.ignore` or `include`.
#[derive(Clone, Debug)]
pub(crate) struct IgnoreRule {
    pub(crate) kind: String,
    pub(crate) value: String,
}

impl Project {
    /// Reads the settings. `None` when there is nothing to compile; the reason is reported.
    pub(crate) fn read(folder: &Path, options: &Options, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut reader = Reader { folder, diagnostics, inputs: Vec::new() };
        let config = reader.document("project.config.json");
        let private = reader.document("project.private.config.json");
        let lodger = reader.document("lodger.json");
        let inputs = reader.inputs;

        // The private file wins, key by key, as in WeChat's tools.
        let setting = |key: &str| {
            [&private, &config]
                .into_iter()
                .flatten()
                .find_map(|document| document.root.get(key).map(|n| (n, document)))
        };
        let text = |key: &str| setting(key).and_then(|(node, _)| node.text()).filter(|t| !t.is_empty());

        let mut root = String::new();
        if let Some((node, document)) = setting("miniprogramRoot").or_else(|| setting("srcMiniprogramRoot")) {
            match node.text().and_then(|t| path::join("", t)) {
                Some(joined) => root = joined,
                None => diagnostics.add(
                    Finding::error(codes::OUTSIDE, "miniprogramRoot leads out of the project folder")
                        .at(&document.source, node.range.clone()),
                ),
            }
        }
        if !folder.join(&root).join("app.json").is_file() {
            let place = path::child(&root, "app.json");
            diagnostics.add(
                Finding::error(codes::NO_PROJECT, format!("there is no {place} in the project folder"))
                    .help("name the folder that holds project.config.json, or correct its miniprogramRoot"),
            );
            return None;
        }

        let app = options.app.clone().or_else(|| text("appid").map(str::to_owned)).unwrap_or_else(|| {
            diagnostics.add(
                Finding::warning(codes::NO_APP_ID, "project.config.json has no appid; \"app\" is used")
                    .help("add \"appid\" to project.config.json, or give --app"),
            );
            "app".to_owned()
        });

        let mut project = Self {
            folder: folder.to_owned(),
            root,
            app,
            name: text("projectname").map(str::to_owned),
            icon: None,
            version: lodger_bundle::Version { name: "0.0.0".to_owned(), code: 0 },
            domains: lodger_bundle::Domains::default(),
            scopes: Vec::new(),
            remote: BTreeMap::new(),
            ignore: Vec::new(),
            include: Vec::new(),
            plugins: BTreeSet::new(),
            npm: Vec::new(),
            excluded: Vec::new(),
            lodger: lodger.clone(),
            inputs,
        };
        if let Some((pack, _)) = setting("packOptions") {
            project.ignore = rules(pack.get("ignore"));
            project.include = rules(pack.get("include"));
        }
        // `setting` is merged key by key as well.
        let switch = |key: &str| {
            [&private, &config]
                .into_iter()
                .flatten()
                .find_map(|d| d.root.get("setting").and_then(|s| s.get(key)))
        };
        if let Some(node) = switch("useCompilerPlugins") {
            project.plugins = node.items().iter().filter_map(|n| n.text().map(str::to_owned)).collect();
        }
        if switch("packNpmManually").is_some_and(Node::truth) {
            for relation in switch("packNpmRelationList").map(Node::items).unwrap_or_default() {
                let field = |key| relation.get(key).and_then(Node::text).and_then(|t| path::join("", t));
                if let (Some(json), Some(target)) = (field("packageJsonPath"), field("miniprogramNpmDistDir"))
                    && path::within(&target, &project.root)
                {
                    let target = target[project.root.len()..].trim_start_matches('/').to_owned();
                    project.npm.push((path::parent(&json).to_owned(), target));
                }
            }
        }
        for key in ["cloudfunctionRoot", "pluginRoot", "cloudfunctionTemplateRoot", "qcloudRoot"] {
            if let Some(joined) = text(key).and_then(|t| path::join("", t))
                && !joined.is_empty()
                && joined != project.root
                && path::within(&joined, &project.root)
            {
                project.excluded.push(joined[project.root.len()..].trim_start_matches('/').to_owned());
            }
        }
        if let Some(document) = lodger {
            project.read_lodger(document, diagnostics);
        }
        if let Some(version) = &options.version {
            project.version = version.clone();
        }
        Some(project)
    }

    fn read_lodger(&mut self, document: Document, diagnostics: &mut Diagnostics) {
        let mut refuse = |node: &Node, code: &'static str, message: String| {
            diagnostics.add(Finding::error(code, message).at(&document.source, node.range.clone()));
        };
        let folder = self.folder.join(&self.root);
        for (key, node) in document.root.entries() {
            match key.as_str() {
                "name" => match node.text() {
                    Some(name) => self.name = Some(name.to_owned()),
                    None => refuse(node, codes::BAD_SETTING, expected("a text, the name people see,")),
                },
                "icon" => match node.text() {
                    Some(icon) => self.icon = Some((icon.to_owned(), document.clone())),
                    None => refuse(node, codes::BAD_SETTING, expected("the path of a picture")),
                },
                "version" => {
                    let name = node.get("name").and_then(Node::text);
                    let code = node.get("code").and_then(|n| n.to_value().as_u64());
                    match (name, code) {
                        (Some(name), Some(code)) => {
                            self.version = lodger_bundle::Version { name: name.to_owned(), code };
                        }
                        _ => {
                            refuse(node, codes::BAD_SETTING, expected("{\"name\": \"1.2.0\", \"code\": 12}"))
                        }
                    }
                }
                "scopes" => match texts(node) {
                    Some(list) => self.scopes = list,
                    None => refuse(node, codes::BAD_SETTING, expected("a list of scope names")),
                },
                "remote" => {
                    for (url, target) in node.entries() {
                        match target.text().and_then(|t| path::join("", t)) {
                            Some(file) if folder.join(&file).is_file() => {
                                self.remote.insert(url.clone(), file);
                            }
                            Some(file) => refuse(
                                target,
                                codes::MISSING_ASSET,
                                format!(
                                    "\"{file}\" is not in the root folder; it should take the place of {url}"
                                ),
                            ),
                            None => refuse(
                                target,
                                codes::BAD_SETTING,
                                expected("the path of a file in the root folder"),
                            ),
                        }
                    }
                }
                "domains" => {
                    for (kind, list) in node.entries() {
                        let slot = match kind.as_str() {
                            "request" => &mut self.domains.request,
                            "socket" => &mut self.domains.socket,
                            "upload" => &mut self.domains.upload,
                            "download" => &mut self.domains.download,
                            "image" => &mut self.domains.image,
                            "media" => &mut self.domains.media,
                            "webview" => &mut self.domains.webview,
                            _ => {
                                refuse(
                                    list,
                                    codes::BAD_SETTING,
                                    expected(
                                        "one of request, socket, upload, download, image, media, webview",
                                    ),
                                );
                                continue;
                            }
                        };
                        match texts(list) {
                            Some(hosts) => *slot = Some(hosts),
                            None => refuse(list, codes::BAD_SETTING, expected("a list of hosts")),
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn expected(what: &str) -> String {
    format!("{what} must stand here")
}

fn texts(node: &Node) -> Option<Vec<String>> {
    if !matches!(node.kind, crate::json::Kind::List(_)) {
        return None;
    }
    node.items().iter().map(|item| item.text().map(str::to_owned)).collect()
}

fn rules(list: Option<&Node>) -> Vec<IgnoreRule> {
    let field = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    list.map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|rule| Some(IgnoreRule { kind: field(rule, "type")?, value: field(rule, "value")? }))
        .collect()
}

struct Reader<'a> {
    folder: &'a Path,
    diagnostics: &'a mut Diagnostics,
    inputs: Vec<PathBuf>,
}

impl Reader<'_> {
    fn document(&mut self, name: &str) -> Option<Document> {
        let file = self.folder.join(name);
        if !file.is_file() {
            return None;
        }
        self.inputs.push(file.clone());
        match fs::read_to_string(&file) {
            Ok(text) => {
                let source = Rc::new(Source::new(name.to_owned(), name.to_owned(), text));
                Document::parse(&source, self.diagnostics)
            }
            Err(error) => {
                self.diagnostics.add(
                    Finding::error(codes::UNREADABLE, format!("{name} cannot be read: {error}"))
                        .in_file(name),
                );
                None
            }
        }
    }
}
