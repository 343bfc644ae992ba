//! What a bundle is made of, so that the edit loop knows whether a page can stay as it is.
use lodger_bundle::Digest;
use std::collections::BTreeMap;

/// The parts of one build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    packages: BTreeMap<String, Package>,
    /// Files that are not package scripts.
    files: BTreeMap<String, Digest>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Package {
    script: Digest,
    /// Of the modules and components of the script.
    code: Digest,
    /// Of the template of each page and component, with all that it needs.
    looks: BTreeMap<String, Digest>,
}

/// What differs between two builds that differ in templates and style sheets only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Names of the packages whose script differs.
    pub packages: Vec<String>,
    /// Pages and components (paths without suffix) whose template, or something that this needs, differs.
    pub templates: Vec<String>,
}

impl Parts {
    pub(crate) fn package(
        &mut self,
        name: &str,
        script: Digest,
        code: Digest,
        looks: BTreeMap<String, Digest>,
    ) {
        self.packages.insert(name.to_owned(), Package { script, code, looks });
    }

    pub(crate) fn file(&mut self, path: &str, bytes: &[u8]) {
        self.files.insert(path.to_owned(), Digest::of(bytes));
    }

    /// What differs since `before`; None if it is more than templates and style sheets.
    #[must_use]
    pub fn look_since(&self, before: &Self) -> Option<Look> {
        let same_code = |(name, package): (&String, &Package)| {
            before.packages.get(name).is_some_and(|old| old.code == package.code)
        };
        let same = self.files == before.files
            && self.packages.len() == before.packages.len()
            && self.packages.iter().all(same_code);
        let changed = same.then(|| {
            self.packages.iter().filter(|(name, package)| before.packages[*name].script != package.script)
        })?;
        let mut look = Look { packages: Vec::new(), templates: Vec::new() };
        for (name, package) in changed {
            look.packages.push(name.clone());
            let old = &before.packages[name].looks;
            let differ = package.looks.iter().filter(|(key, digest)| old.get(*key) != Some(digest));
            look.templates.extend(differ.map(|(key, _)| key.clone()));
        }
        Some(look)
    }
}
