//! The "build npm" step: packages of `node_modules` appear under `miniprogram_npm` when something asks for them.
//!
//! A `miniprogram_npm` folder in the project wins. A package of WeChat components gives its `miniprogram` folder, a
//! plain JavaScript package gives all its files; what is not required is left out of the bundle later.
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    json::Document,
    path,
    project::Project,
    source::Source,
    tree::Tree,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

const FOLDER: &str = "miniprogram_npm";

/// A package that is in the tree.
#[derive(Debug)]
struct Package {
    /// The real folder that holds its package.json.
    folder: PathBuf,
    /// What `require("name")` means, without a leading `./`; `None` asks for index.js.
    main: Option<String>,
}

/// Which packages there are and where new ones come from.
#[derive(Debug, Default)]
pub(crate) struct Npm {
    /// Folder of the tree that has a `miniprogram_npm` -> real folder whose `node_modules` feed it.
    roots: BTreeMap<String, PathBuf>,
    /// Place in the tree -> package.
    mounted: BTreeMap<String, Package>,
    by_folder: HashMap<PathBuf, String>,
    /// Packages that a package.json of the project lists.
    wanted: BTreeSet<String>,
    reported: Vec<Finding>,
}

impl Npm {
    pub(crate) fn new<'a>(project: &Project, files: impl Iterator<Item = &'a str>) -> Self {
        let top = project.folder.join(&project.root);
        let mut roots: BTreeMap<String, PathBuf> = files
            .filter(|file| !file.contains("miniprogram_npm/"))
            .filter(|file| *file == "package.json" || file.ends_with("/package.json"))
            .map(|file| (path::parent(file).to_owned(), top.join(path::parent(file))))
            .collect();
        for (source, target) in &project.npm {
            roots.insert(target.clone(), project.folder.join(source));
        }
        // The common layout: package.json beside project.config.json, the program in a folder below.
        roots.entry(String::new()).or_insert(top);
        let wanted = roots.values().chain([&project.folder]).flat_map(|folder| wanted(folder)).collect();
        Self { roots, wanted, ..Self::default() }
    }

    /// Whether the project asks for this package.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.wanted.contains(name)
    }

    /// Problems met while bringing packages in.
    pub(crate) fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.reported)
    }

    /// The place in the tree of package `name`, as `from` (a file) sees it.
    pub(crate) fn find(tree: &mut Tree, from: &str, name: &str) -> Option<String> {
        if !valid_name(name) {
            return None;
        }
        let owner = tree.npm.owner(from);
        if let Some(owner) = &owner {
            // Inside a package Node's rules hold, so that it gets the version it was installed with.
            let folder = tree.npm.mounted[owner].folder.clone();
            if let Some(real) = look_up(&folder, name) {
                return Self::add(tree, name, real, owner);
            }
        }
        let committed = path::ancestors(path::parent(from))
            .map(|folder| place(folder, name))
            .find(|place| !tree.npm.mounted.contains_key(place) && tree.has_folder(place));
        if committed.is_some() {
            return committed;
        }
        let start = path::parent(from).to_owned();
        path::ancestors(&start).find_map(|folder| {
            let real = look_up(tree.npm.roots.get(folder)?, name)?;
            Self::add(tree, name, real, folder)
        })
    }

    /// Brings in the package that `file` lies in, if it names one: `a/miniprogram_npm/pkg/…`.
    pub(crate) fn bring(tree: &mut Tree, file: &str) -> bool {
        let Some(at) = file.find("miniprogram_npm/") else { return false };
        if at > 0 && !file[..at].ends_with('/') {
            return false;
        }
        let folder = file[..at].trim_end_matches('/').to_owned();
        let Some((name, _)) = split(&file[at + FOLDER.len() + 1..]) else { return false };
        if !valid_name(name) || tree.npm.mounted.contains_key(&place(&folder, name)) {
            return false;
        }
        let Some(real) = tree.npm.roots.get(&folder).and_then(|root| look_up(root, name)) else {
            return false;
        };
        Self::add(tree, name, real, &folder).is_some()
    }

    /// What `require` of the package itself means, relative to its place.
    pub(crate) fn main(&self, place: &str) -> Option<&str> {
        self.mounted.get(place)?.main.as_deref()
    }

    /// The package that a file of the tree belongs to, if it came from node_modules.
    pub(crate) fn owner(&self, file: &str) -> Option<String> {
        path::ancestors(path::parent(file))
            .find(|folder| self.mounted.contains_key(*folder))
            .map(str::to_owned)
    }

    /// Puts a real package into the tree, once. `near` is the folder, or the package, that asks.
    fn add(tree: &mut Tree, name: &str, real: PathBuf, near: &str) -> Option<String> {
        if let Some(place) = tree.npm.by_folder.get(&real) {
            return Some(place.clone());
        }
        // As flat as npm would have it; below the asking package when the name means another version further up.
        let root =
            near.find("miniprogram_npm/").map_or(near, |at| near[..at].trim_end_matches('/')).to_owned();
        let top = place(&root, name);
        let clash = tree.has_folder(&top)
            || tree
                .npm
                .roots
                .get(&root)
                .and_then(|folder| look_up(folder, name))
                .is_some_and(|other| other != real);
        let place = if clash { place(near, name) } else { top };

        let shown = format!("node_modules/{name}");
        let manifest = Manifest::read(&real, &shown, &mut tree.npm.reported)?;
        let folder = manifest.components.as_ref().map_or_else(|| real.clone(), |sub| real.join(sub));
        let shown =
            manifest.components.as_ref().map_or_else(|| shown.clone(), |sub| path::child(&shown, sub));
        tree.inputs.insert(real.join("package.json"));
        tree.npm.by_folder.insert(real.clone(), place.clone());
        tree.npm.mounted.insert(place.clone(), Package { folder: real, main: manifest.main });
        tree.mount(&place, &folder, &shown);
        Some(place)
    }
}

/// `@scope/name/rest` -> (`@scope/name`, `rest`).
pub(crate) fn split(request: &str) -> Option<(&str, &str)> {
    let mut slashes = request.match_indices('/').map(|(at, _)| at);
    let end = if request.starts_with('@') { slashes.nth(1) } else { slashes.next() };
    let (name, rest) = end.map_or((request, ""), |at| (&request[..at], &request[at + 1..]));
    (!name.is_empty()).then_some((name, rest))
}

/// The package that a name, as in `require`, or a path through `miniprogram_npm` could mean.
pub(crate) fn package_name(request: &str) -> Option<&str> {
    let request = request.find("miniprogram_npm/").map_or(request, |at| &request[at + FOLDER.len() + 1..]);
    split(request).map(|(name, _)| name).filter(|name| valid_name(name))
}

fn place(folder: &str, name: &str) -> String {
    path::child(folder, &format!("{FOLDER}/{name}"))
}

/// npm's own rules, so that a name can never be a path.
fn valid_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| part(scope) && part(name)),
        None => part(name),
    }
}

/// Node's look-up: `node_modules/name` in the folder or any above it. Links are followed, as Node does.
fn look_up(folder: &Path, name: &str) -> Option<PathBuf> {
    let found = folder.ancestors().map(|f| f.join("node_modules").join(name)).find(|f| f.is_dir())?;
    fs::canonicalize(found).ok()
}

/// What the package.json of a folder depends on. A file that cannot be read is told where a package is used.
fn wanted(folder: &Path) -> Vec<String> {
    let Ok(text) = fs::read_to_string(folder.join("package.json")) else { return Vec::new() };
    let source = Rc::new(Source::new("package.json".into(), "package.json".into(), text));
    let Some(document) = Document::parse(&source, &mut Diagnostics::default()) else { return Vec::new() };
    let lists = ["dependencies", "devDependencies"].map(|key| document.root.get(key));
    lists.into_iter().flatten().flat_map(|list| list.entries()).map(|(name, _)| name.clone()).collect()
}

/// What matters of a package.json.
struct Manifest {
    /// The folder of WeChat components, inside the package.
    components: Option<String>,
    main: Option<String>,
}

impl Manifest {
    fn read(folder: &Path, shown: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        let shown = format!("{shown}/package.json");
        let mut diagnostics = Diagnostics::default();
        let text = fs::read_to_string(folder.join("package.json")).unwrap_or_else(|_| "{}".to_owned());
        let source = Rc::new(Source::new(shown.clone(), shown.clone(), text));
        let document = Document::parse(&source, &mut diagnostics);
        let Some(document) = document.filter(|_| !diagnostics.has_errors()) else {
            findings.push(
                Finding::error(codes::BAD_NPM_PACKAGE, format!("{shown} is not valid JSON")).in_file(&shown),
            );
            return None;
        };
        let inside = |field: &str| {
            let node = document.root.get(field)?;
            Some(node.text().and_then(|text| path::join("", text)))
        };
        let components = match inside("miniprogram") {
            Some(Some(sub)) if folder.join(&sub).is_dir() => Some(sub),
            Some(_) => {
                findings.push(
                    Finding::error(codes::BAD_NPM_PACKAGE, "\"miniprogram\" names no folder of the package")
                        .in_file(&shown),
                );
                return None;
            }
            None if folder.join("miniprogram_dist").is_dir() => Some("miniprogram_dist".to_owned()),
            None => None,
        };
        if components.as_deref().is_some_and(|sub| !sub.is_empty()) {
            return Some(Self { components, main: None });
        }
        let exports = document.root.get("exports").and_then(exports_main);
        let main = inside("main").flatten().filter(|main| !main.is_empty());
        let main = main.or(exports).or_else(|| inside("module").flatten());
        Some(Self { components: None, main })
    }
}

/// The file that `exports` gives for the package itself: what `require` gets, else what `import` gets.
fn exports_main(node: &crate::json::Node) -> Option<String> {
    fn walk(node: &crate::json::Node, conditions: &[&str]) -> Option<String> {
        match node.text() {
            Some(text) => path::join("", text),
            None => node
                .entries()
                .iter()
                .filter(|(key, _)| conditions.contains(&key.as_str()))
                .find_map(|(_, value)| walk(value, conditions)),
        }
    }
    let own = node.get(".").unwrap_or(node);
    walk(own, &["browser", "require", "default"])
        .or_else(|| walk(own, &["browser", "import", "module", "default"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_paths() {
        assert!(valid_name("@vant/weapp") && valid_name("dayjs") && valid_name("lodash.get"));
        for bad in ["", "..", ".hidden", "@vant", "@../x", "@a/b/c", "a b", "a\\b"] {
            assert!(!valid_name(bad), "{bad}");
        }
        assert_eq!(split("@vant/weapp/button/index"), Some(("@vant/weapp", "button/index")));
        assert_eq!(split("dayjs"), Some(("dayjs", "")));
        assert_eq!(split("/x"), None);
    }
}
