//! The files of the mini-program as one tree: its own, and those of npm packages under `miniprogram_npm`.
//!
//! This is the only place that reads files, so nothing outside the project and its npm packages is ever read.
use crate::{
    codes,
    diagnostic::{Diagnostics, Finding},
    ignore::Ignore,
    npm::Npm,
    path,
    project::Project,
    source::Source,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    ops::Bound,
    path::{Path, PathBuf},
    rc::Rc,
};

#[derive(Debug)]
struct Entry {
    real: PathBuf,
    /// Relative to the project folder, for people.
    shown: String,
}

/// The tree. Paths are relative to the mini-program's root.
#[derive(Debug)]
pub(crate) struct Tree {
    files: BTreeMap<String, Entry>,
    /// Lower case -> the path as it is.
    folded: HashMap<String, String>,
    sources: HashMap<String, Option<Rc<Source>>>,
    /// Of the build before: a file that still has the same text is the same source.
    earlier: HashMap<String, Rc<Source>>,
    pub(crate) npm: Npm,
    pub(crate) inputs: BTreeSet<PathBuf>,
}

impl Tree {
    /// Lists the project's files; npm packages are added when something asks for them.
    pub(crate) fn read(
        project: &Project,
        earlier: HashMap<String, Rc<Source>>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut tree = Self {
            files: BTreeMap::new(),
            folded: HashMap::new(),
            sources: HashMap::new(),
            earlier,
            npm: Npm::default(),
            inputs: project.inputs.iter().cloned().collect(),
        };
        let ignore = Ignore::new(project, diagnostics);
        let top = project.folder.join(&project.root);
        tree.inputs.insert(top.clone());
        tree.list(&top, "", &project.root, &project.folder, &|file| {
            ignore.matches(file) || project.excluded.iter().any(|folder| path::within(file, folder))
        });
        tree.npm = Npm::new(project, tree.files.keys().map(String::as_str));
        tree
    }

    /// Adds a folder's files below `prefix`. Links may not lead out of `allowed`.
    fn list(&mut self, top: &Path, prefix: &str, shown: &str, allowed: &Path, skip: &dyn Fn(&str) -> bool) {
        let Ok(allowed) = fs::canonicalize(allowed) else { return };
        let walk = walkdir::WalkDir::new(top).follow_links(true).sort_by_file_name().min_depth(1);
        let inside = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            !name.starts_with('.')
                && name != "node_modules"
                && (!entry.path_is_symlink()
                    || fs::canonicalize(entry.path()).is_ok_and(|real| real.starts_with(&allowed)))
        };
        // Entries that cannot be read (a broken link, no permission) are missing files to whoever asks.
        for entry in walk.into_iter().filter_entry(inside).filter_map(Result::ok) {
            let Ok(relative) = entry.path().strip_prefix(top) else { continue };
            let Some(relative) = relative.to_str().map(|r| r.replace(std::path::MAIN_SEPARATOR, "/")) else {
                continue;
            };
            if entry.file_type().is_dir() {
                if prefix.is_empty() {
                    self.inputs.insert(entry.into_path());
                }
            } else if !skip(&relative) {
                let file = path::child(prefix, &relative);
                self.folded.insert(file.to_lowercase(), file.clone());
                self.files
                    .insert(file, Entry { real: entry.into_path(), shown: path::child(shown, &relative) });
            }
        }
    }

    /// Adds an npm package's folder at `prefix`; `shown` is how people know it.
    pub(crate) fn mount(&mut self, prefix: &str, folder: &Path, shown: &str) {
        self.list(folder, prefix, shown, folder, &|_| false);
    }

    /// All files of the tree so far.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether the file exists. A path through `miniprogram_npm` brings its npm package in.
    pub(crate) fn has(&mut self, file: &str) -> bool {
        self.files.contains_key(file) || (Npm::bring(self, file) && self.files.contains_key(file))
    }

    /// Whether the file is in the tree already.
    pub(crate) fn contains(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// Where the file really is.
    pub(crate) fn real(&self, file: &str) -> Option<&Path> {
        self.files.get(file).map(|entry| entry.real.as_path())
    }

    /// Whether any file lies under the folder.
    pub(crate) fn has_folder(&self, folder: &str) -> bool {
        let prefix = format!("{folder}/");
        let range = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        self.files.range::<str, _>(range).next().is_some_and(|(file, _)| file.starts_with(&prefix))
    }

    /// How people know the file.
    pub(crate) fn shown(&self, file: &str) -> String {
        self.files.get(file).map_or_else(|| file.to_owned(), |entry| entry.shown.clone())
    }

    /// Every text that was read, for the next build; with `unread`, those of the build before as well.
    pub(crate) fn take_sources(&mut self, unread: bool) -> HashMap<String, Rc<Source>> {
        let read = std::mem::take(&mut self.sources).into_iter();
        let read = read.filter_map(|(file, source)| Some((file, source?)));
        let earlier = std::mem::take(&mut self.earlier).into_iter().filter(|_| unread);
        earlier.chain(read).collect()
    }

    /// The file's text. Read once; a failure is reported once.
    pub(crate) fn source(&mut self, file: &str, diagnostics: &mut Diagnostics) -> Option<Rc<Source>> {
        if let Some(known) = self.sources.get(file) {
            return known.clone();
        }
        let bytes = self.bytes(file, diagnostics);
        let shown = self.shown(file);
        let source = bytes.and_then(|bytes| match String::from_utf8(bytes) {
            Ok(text) => match self.earlier.remove(file).filter(|known| known.is(&shown, &text)) {
                Some(known) => Some(known),
                None => Some(Rc::new(Source::new(file.to_owned(), shown, text))),
            },
            Err(_) => {
                diagnostics.add(
                    Finding::error(codes::UNREADABLE, format!("{shown} is not UTF-8 text"))
                        .in_file(&shown)
                        .help("save the file as UTF-8"),
                );
                None
            }
        });
        self.sources.insert(file.to_owned(), source.clone());
        source
    }

    /// The file's text, if it was read before.
    pub(crate) fn known(&self, file: &str) -> Option<Rc<Source>> {
        self.sources.get(file).cloned().flatten()
    }

    /// The file's bytes. Only files of the tree can be read.
    pub(crate) fn bytes(&mut self, file: &str, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
        let entry = self.files.get(file)?;
        self.inputs.insert(entry.real.clone());
        match fs::read(&entry.real) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                diagnostics.add(
                    Finding::error(codes::UNREADABLE, format!("{} cannot be read: {error}", entry.shown))
                        .in_file(&entry.shown),
                );
                None
            }
        }
    }

    /// A file whose name differs only in case from one of the wanted ones.
    pub(crate) fn other_case<'a>(&self, wanted: impl IntoIterator<Item = &'a str>) -> Option<&str> {
        wanted.into_iter().find_map(|file| self.folded.get(&file.to_lowercase())).map(String::as_str)
    }

    /// The file most like `wanted` among those with one of the extensions, without its extension.
    pub(crate) fn nearest(&self, wanted: &str, extensions: &[&str]) -> Option<String> {
        let stems: BTreeSet<&str> = self
            .files
            .keys()
            .filter_map(|file| extensions.iter().find_map(|ext| file.strip_suffix(ext)))
            .collect();
        // The folder may differ, but a file of quite another name was not meant.
        let name = |path: &str| path[path.rfind('/').map_or(0, |at| at + 1)..].to_owned();
        let close = |stem: &str| {
            let (a, b) = (name(stem), name(wanted));
            let distance = strsim::damerau_levenshtein(&a, &b);
            distance == 0 || (distance < a.len().max(b.len()) && distance <= 1 + a.len().min(b.len()) / 4)
        };
        stems
            .into_iter()
            .map(|stem| (strsim::damerau_levenshtein(stem, wanted), stem))
            .filter(|(distance, stem)| *distance <= 2 + stem.len().min(wanted.len()) / 6 && close(stem))
            .min()
            .map(|(_, stem)| stem.to_owned())
    }
}
