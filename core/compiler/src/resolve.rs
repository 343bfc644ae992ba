//! Where the names in a program lead: modules, components and files.
use crate::{npm, npm::Npm, path, tree::Tree};

/// Why a name leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// There is no such file.
    Absent {
        /// The paths that were tried.
        tried: Vec<String>,
        /// The npm package that the name could mean.
        package: Option<String>,
    },
    /// It leads out of the root folder.
    Outside,
    /// There is this file, which differs in upper and lower case only.
    Case(String),
}

/// `resolveAlias` of app.json: pattern and replacement, both may end in `*`.
pub(crate) type Aliases = Vec<(String, String)>;

/// How modules are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Modules<'a> {
    pub(crate) aliases: &'a Aliases,
    /// Where `a.js` and `a.ts` both exist, the TypeScript plugin makes `.ts` the source.
    pub(crate) prefer_typescript: bool,
}

impl Modules<'_> {
    /// The file that `specifier` means in the file `from`.
    pub(crate) fn find(self, tree: &mut Tree, from: &str, specifier: &str) -> Result<String, Miss> {
        let specifier = &self.expand(specifier);
        let folder = path::parent(from);
        let mut tried = Vec::new();
        if is_relative(specifier) || specifier.starts_with('/') {
            let base = path::join(folder, specifier).ok_or(Miss::Outside)?;
            if let Some(file) = self.at(tree, &base, &mut tried) {
                return Ok(file);
            }
            // WeChat also takes "./three" for the package "three" where there is no such file.
            if let Some(bare) = specifier.strip_prefix("./")
                && let Some(file) = self.in_package(tree, from, bare, &mut tried)?
            {
                return Ok(file);
            }
        } else {
            if let Some(file) = self.in_package(tree, from, specifier, &mut tried)? {
                return Ok(file);
            }
            // WeChat also takes "utils/a" for "./utils/a" and, before that became a rule, for "/utils/a".
            for folder in [folder, ""] {
                let base = path::join(folder, specifier).ok_or(Miss::Outside)?;
                if let Some(file) = self.at(tree, &base, &mut tried) {
                    return Ok(file);
                }
            }
        }
        Err(missing(tree, tried, specifier))
    }

    /// The module of an npm package that `specifier` (`name` or `name/path`) means.
    fn in_package(
        self,
        tree: &mut Tree,
        from: &str,
        specifier: &str,
        tried: &mut Vec<String>,
    ) -> Result<Option<String>, Miss> {
        let Some((name, rest)) = npm::split(specifier) else { return Ok(None) };
        let Some(place) = Npm::find(tree, from, name) else { return Ok(None) };
        let base = path::join(&place, rest).filter(|base| path::within(base, &place)).ok_or(Miss::Outside)?;
        Ok(self.at(tree, &base, tried))
    }

    fn expand(self, specifier: &str) -> String {
        for (pattern, target) in self.aliases {
            match pattern.strip_suffix('*') {
                Some(prefix) => {
                    if let Some(rest) = specifier.strip_prefix(prefix) {
                        return format!("/{}{rest}", target.trim_start_matches('/').trim_end_matches('*'));
                    }
                }
                None if specifier == pattern => return format!("/{}", target.trim_start_matches('/')),
                None => {}
            }
        }
        specifier.to_owned()
    }

    /// The module at a path: a file, a file without its extension, or a folder.
    fn at(self, tree: &mut Tree, base: &str, tried: &mut Vec<String>) -> Option<String> {
        let main = tree
            .npm
            .main(base)
            .and_then(|main| path::join(base, main))
            .filter(|file| path::within(file, base));
        let bases = main.into_iter().chain([base.to_owned()]);
        for base in bases {
            let (first, second) = if self.prefer_typescript { (".ts", ".js") } else { (".js", ".ts") };
            let mut candidates = Vec::new();
            if let Some(stem) = base.strip_suffix(".js") {
                candidates.extend([format!("{stem}{first}"), format!("{stem}{second}")]);
            } else if matches!(path::extension(&base).as_str(), "ts" | "json" | "cjs" | "mjs")
                && !base.ends_with(".d.ts")
            {
                candidates.push(base.clone());
            }
            if !base.is_empty() {
                candidates.extend([first, second, ".json"].map(|ext| format!("{base}{ext}")));
            }
            candidates.extend([first, second].map(|ext| path::child(&base, &format!("index{ext}"))));
            if let Some(file) = candidates.iter().find(|file| tree.has(file)) {
                return Some(file.clone());
            }
            tried.extend(candidates);
        }
        None
    }
}

/// The component (path without extension) that `target` means in the file `from`.
pub(crate) fn component(tree: &mut Tree, from: &str, target: &str) -> Result<String, Miss> {
    let folder = path::parent(from);
    let target =
        ["json", "wxml", "js"].iter().find_map(|e| target.strip_suffix(&format!(".{e}"))).unwrap_or(target);
    let mut bases = Vec::new();
    let direct = path::join(folder, target).ok_or(Miss::Outside)?;
    let mut tried = Vec::new();
    bases.push(direct);
    if !is_relative(target) && !target.starts_with('/') {
        if let Some((name, rest)) = npm::split(target)
            && let Some(place) = Npm::find(tree, from, name)
        {
            bases.extend(path::join(&place, rest).filter(|base| path::within(base, &place)));
        }
        bases.extend(path::join("", target));
    }
    for base in bases {
        for stem in [base.clone(), path::child(&base, "index")] {
            let files = [".json", ".wxml", ".js", ".ts"].map(|ext| format!("{stem}{ext}"));
            if !stem.is_empty() && files.iter().any(|file| tree.has(file)) {
                return Ok(stem);
            }
            tried.extend(files);
        }
    }
    Err(missing(tree, tried, target))
}

/// A template, WXS file or style sheet: `extensions` are tried in turn where the name has none of them.
pub(crate) fn file(tree: &mut Tree, from: &str, target: &str, extensions: &[&str]) -> Result<String, Miss> {
    let folder = path::parent(from);
    let mut bases = vec![path::join(folder, target).ok_or(Miss::Outside)?];
    if !is_relative(target) && !target.starts_with('/') {
        if let Some((name, rest)) = npm::split(target).filter(|(_, rest)| !rest.is_empty())
            && let Some(place) = Npm::find(tree, from, name)
        {
            bases.extend(path::join(&place, rest).filter(|base| path::within(base, &place)));
        }
        bases.extend(path::join("", target));
    }
    let mut tried = Vec::new();
    for base in bases {
        let named = extensions.iter().any(|ext| base.ends_with(ext));
        let exact = named.then(|| base.clone());
        let candidates = exact.into_iter().chain(extensions.iter().map(|ext| format!("{base}{ext}")));
        for candidate in candidates {
            if tree.has(&candidate) {
                return Ok(candidate);
            }
            tried.push(candidate);
        }
    }
    Err(missing(tree, tried, target))
}

fn missing(tree: &Tree, tried: Vec<String>, name: &str) -> Miss {
    if let Some(file) = tree.other_case(tried.iter().map(String::as_str)) {
        return Miss::Case(file.to_owned());
    }
    // `a/b` may mean a folder as well as a package; a folder that exists was meant.
    let bare = if is_relative(name) { None } else { npm::package_name(name) };
    let package = bare.filter(|name| !tree.has_folder(name)).map(str::to_owned);
    Miss::Absent { tried, package }
}

fn is_relative(specifier: &str) -> bool {
    matches!(specifier, "." | "..") || specifier.starts_with("./") || specifier.starts_with("../")
}
