//! What programs do with paths: the methods of WeChat's `FileSystemManager`, without its wording (`calls`).
use super::{
    Fault, Files, Place, Space,
    path::{extension, path_in},
    tree::{Node, Tree},
};
use crate::vault;
use lodger_bundle::Index;
use serde_json::{Value, json};

/// A file or folder that can be read, wherever it lies.
pub(super) struct Entry {
    pub directory: bool,
    pub size: u64,
    pub modified: u64,
    pub source: Source,
}

/// Where an entry's bytes are.
pub(super) enum Source {
    Stored(Node),
    /// A path of the bundle.
    Package(String),
}

/// Which digest `getFileInfo` computes.
#[derive(Clone, Copy)]
pub(super) enum DigestKind {
    Md5,
    Sha1,
    Sha256,
}

/// Bytes handled at a time where a whole file is gone through.
const STEP: u64 = 1 << 20;
/// POSIX's `st_mode`: a regular file, and a folder, for the owner.
const FILE_MODE: u32 = 0o100_600;
const FOLDER_MODE: u32 = 0o040_700;

impl Entry {
    /// WeChat's `Stats`, without its methods.
    pub(super) fn stats(&self) -> Value {
        stats(self.directory, self.size, self.modified)
    }
}

pub(super) fn stats(directory: bool, size: u64, modified: u64) -> Value {
    json!({
        "mode": if directory { FOLDER_MODE } else { FILE_MODE },
        "size": size,
        // The time of the last reading is not kept: it would make every reading a writing.
        "lastAccessedTime": modified,
        "lastModifiedTime": modified,
    })
}

impl Files {
    /// What is at `path`.
    pub(super) fn entry(&self, path: &str) -> Result<Entry, Fault> {
        match Place::parse(path)? {
            Place::Stored(space, names) => {
                let found = self.look(|tree| tree.find(space, &names))?;
                match found {
                    Some(node) => Ok(stored(node)),
                    // A space exists before anything is written to it.
                    None if names.is_empty() => {
                        let source = Source::Package(String::new());
                        Ok(Entry { directory: true, size: 0, modified: 0, source })
                    }
                    None => Err(Fault::NotFound),
                }
            }
            Place::Package(path) => {
                let (index, _) = self.bundle();
                let (directory, size) = match index.file(&path) {
                    Some(file) => (false, file.length),
                    None if is_folder(&index, &path) => (true, 0),
                    None => return Err(Fault::NotFound),
                };
                Ok(Entry { directory, size, modified: 0, source: Source::Package(path) })
            }
        }
    }

    /// A file that can be read.
    pub(super) fn file(&self, path: &str) -> Result<Entry, Fault> {
        let entry = self.entry(path)?;
        if entry.directory { Err(Fault::Directory) } else { Ok(entry) }
    }

    /// Bytes of an entry from `offset`, at most `length`.
    pub(super) fn read_entry(&self, entry: &Entry, offset: u64, length: u64) -> Result<Vec<u8>, Fault> {
        match &entry.source {
            Source::Stored(node) => self.look(|tree| tree.read(node, offset, length)),
            Source::Package(path) => {
                let (_, digest) = self.bundle();
                let bytes = self.store.read(&digest, path)?;
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let length = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len() - start);
                Ok(bytes[start..start + length].to_vec())
            }
        }
    }

    /// `readFile`: WeChat allows a position inside the file and a length up to the file's.
    pub(super) fn read_file(
        &self,
        path: &str,
        position: Option<u64>,
        length: Option<u64>,
        most: u64,
    ) -> Result<Vec<u8>, Fault> {
        let file = self.file(path)?;
        let at = position.unwrap_or(0);
        if at > 0 && at >= file.size {
            return Err(Fault::PositionRange);
        }
        if length.is_some_and(|length| length == 0 || length > file.size) {
            return Err(Fault::LengthRange);
        }
        let length = length.unwrap_or(file.size).min(file.size - at);
        if length > most {
            return Err(Fault::Invalid("the file is too large to be read at once: give position and length"));
        }
        self.read_entry(&file, at, length)
    }

    /// All bytes of a file of at most `most`.
    pub(crate) fn read_whole(&self, path: &str, most: u64) -> Result<Vec<u8>, Fault> {
        self.read_file(path, None, None, most)
    }

    /// Size and digest, in hex.
    pub(super) fn file_info(&self, path: &str, kind: DigestKind) -> Result<(u64, String), Fault> {
        use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
        let file = self.file(path)?;
        let each = |take: &mut dyn FnMut(&[u8])| {
            let mut at = 0;
            while at < file.size {
                let bytes = self.read_entry(&file, at, STEP)?;
                if bytes.is_empty() {
                    return Err(Fault::Damaged);
                }
                at += bytes.len() as u64;
                take(&bytes);
            }
            Ok(())
        };
        let digest = match kind {
            DigestKind::Md5 => {
                use md5::Digest as _;
                let mut context = md5::Md5::new();
                each(&mut |bytes| context.update(bytes))?;
                context.finalize().to_vec()
            }
            DigestKind::Sha1 | DigestKind::Sha256 => {
                let sha1 = matches!(kind, DigestKind::Sha1);
                let mut context = Context::new(if sha1 { &SHA1_FOR_LEGACY_USE_ONLY } else { &SHA256 });
                each(&mut |bytes| context.update(bytes))?;
                context.finish().as_ref().to_vec()
            }
        };
        Ok((file.size, vault::hex(&digest)))
    }

    /// Replaces a file's bytes, or makes it. The folder must be there.
    pub(super) fn write_file(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        let names = own(path)?;
        self.change(|tree| {
            let file = make_file(tree, &names)?;
            tree.truncate(&file, 0)?;
            tree.write(&Node { size: 0, ..file }, 0, bytes)
        })
    }

    /// Adds to the end of a file that is there.
    pub(super) fn append_file(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        let names = own(path)?;
        self.change(|tree| {
            let file = existing_file(tree, &names)?;
            tree.write(&file, file.size, bytes)
        })
    }

    pub(super) fn truncate_file(&self, path: &str, length: u64) -> Result<(), Fault> {
        let names = own(path)?;
        self.change(|tree| tree.truncate(&existing_file(tree, &names)?, length))
    }

    /// Replaces what is at `to`. All of it, or nothing.
    pub(super) fn copy_file(&self, from: &str, to: &str) -> Result<(), Fault> {
        let source = self.file(from)?;
        let names = own(to)?;
        if Place::parse(from)? == Place::Stored(Space::User, names.clone()) {
            return Ok(());
        }
        let package = match &source.source {
            Source::Package(_) => Some(self.read_entry(&source, 0, source.size)?),
            Source::Stored(_) => None,
        };
        self.change(|tree| {
            let file = make_file(tree, &names)?;
            tree.truncate(&file, 0)?;
            let mut file = Node { size: 0, ..file };
            let (Source::Stored(node), None) = (&source.source, &package) else {
                return tree.write(&file, 0, package.as_deref().unwrap_or_default());
            };
            while file.size < node.size {
                let bytes = tree.read(node, file.size, STEP)?;
                tree.write(&file, file.size, &bytes)?;
                file.size += bytes.len() as u64;
            }
            Ok(())
        })
    }

    pub(super) fn make_directory(&self, path: &str, recursive: bool) -> Result<(), Fault> {
        let names = own_or_root(path)?;
        self.change(|tree| {
            let Some((last, above)) = names.split_last() else { return Err(Fault::Exists) };
            let mut at = tree.make_root(Space::User)?;
            for name in above {
                at = match tree.child(at.id, name)? {
                    Some(child) if child.directory => child,
                    Some(_) => return Err(Fault::NotDirectory),
                    None if recursive => tree.create(&at, name, true)?,
                    None => return Err(Fault::NotFound),
                };
            }
            match tree.child(at.id, last)? {
                // As `mkdir -p`, which asks for the folder and not for its making.
                Some(child) if recursive && child.directory => Ok(()),
                Some(_) => Err(Fault::Exists),
                None => tree.create(&at, last, true).map(drop),
            }
        })
    }

    /// Names in a folder, sorted.
    pub(super) fn read_directory(&self, path: &str) -> Result<Vec<String>, Fault> {
        match Place::parse(path)? {
            Place::Stored(space, names) => self.look(|tree| match tree.find(space, &names)? {
                Some(node) if !node.directory => Err(Fault::NotDirectory),
                Some(node) => Ok(tree.children(node.id)?.into_iter().map(|(name, _)| name).collect()),
                None if names.is_empty() => Ok(Vec::new()),
                None => Err(Fault::NotFound),
            }),
            Place::Package(folder) => {
                let (index, _) = self.bundle();
                if index.file(&folder).is_some() {
                    return Err(Fault::NotDirectory);
                }
                let below = |path: &str| {
                    let rest = if folder.is_empty() {
                        Some(path)
                    } else {
                        path.strip_prefix(&folder)?.strip_prefix('/')
                    };
                    Some(rest?.split('/').next()?.to_owned())
                };
                let mut names: Vec<String> = index.files().filter_map(|file| below(&file.path)).collect();
                names.sort_unstable();
                names.dedup();
                if names.is_empty() { Err(Fault::NotFound) } else { Ok(names) }
            }
        }
    }

    pub(super) fn remove_directory(&self, path: &str, recursive: bool) -> Result<(), Fault> {
        let names = own_or_root(path)?;
        self.change(|tree| match tree.find(Space::User, &names)? {
            None => Err(Fault::NotFound),
            Some(node) if !node.directory => Err(Fault::NotDirectory),
            // The space itself stays.
            Some(_) if names.is_empty() => Err(Fault::Denied),
            Some(node) if !recursive && !tree.children(node.id)?.is_empty() => Err(Fault::NotEmpty),
            Some(node) => tree.remove(node.id),
        })
    }

    /// Moves a file or folder. A file takes another file's place, as in POSIX.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), Fault> {
        let (space, source) = match Place::parse(from)? {
            Place::Stored(Space::User, names) => (Space::User, names),
            Place::Stored(Space::Temporary, names) => (Space::Temporary, names),
            _ => return Err(Fault::Denied),
        };
        let target = own(to)?;
        if source.is_empty() {
            return Err(Fault::Denied);
        }
        self.change(|tree| {
            let moved = tree.find(space, &source)?.ok_or(Fault::NotFound)?;
            if space == Space::User && source == target {
                return Ok(());
            }
            if moved.directory && target.starts_with(&source) {
                return Err(Fault::Invalid("a directory cannot be moved into itself"));
            }
            self.put_at(tree, &moved, &target)
        })
    }

    /// Gives `moved` the place `names` in `usr`; a file that is there gives way.
    pub(super) fn put_at(&self, tree: &Tree<'_>, moved: &Node, names: &[String]) -> Result<(), Fault> {
        let (parent, name) = parent_of(tree, names)?;
        match tree.child(parent.id, name)? {
            Some(there) if there.directory => return Err(Fault::Exists),
            Some(_) if moved.directory => return Err(Fault::Exists),
            Some(there) => tree.remove(there.id)?,
            None => {}
        }
        tree.place(moved, &parent, name)
    }

    pub(super) fn unlink(&self, path: &str) -> Result<(), Fault> {
        let (space, names) = match Place::parse(path)? {
            Place::Stored(space @ (Space::User | Space::Temporary), names) => (space, names),
            _ => return Err(Fault::Denied),
        };
        self.change(|tree| match tree.find(space, &names)? {
            None if names.is_empty() => Err(Fault::NotPermitted),
            None => Err(Fault::NotFound),
            Some(node) if node.directory => Err(Fault::NotPermitted),
            Some(node) => tree.remove(node.id),
        })
    }

    /// Makes a temporary file kept: at `path`, or among the saved ones. Gives its path.
    pub(super) fn save_file(&self, temporary: &str, path: Option<&str>) -> Result<String, Fault> {
        let Place::Stored(Space::Temporary, names) = Place::parse(temporary)? else {
            return Err(Fault::NoTemporary);
        };
        let target = path.map(own).transpose()?;
        let name = vault::random_token()? + &extension(names.last().map_or("", String::as_str));
        self.change(|tree| {
            let file = tree.find(Space::Temporary, &names)?.filter(|node| !node.directory);
            let file = file.ok_or(Fault::NoTemporary)?;
            match &target {
                Some(target) => self.put_at(tree, &file, target),
                None => tree.place(&file, &tree.make_root(Space::Saved)?, &name),
            }
        })?;
        Ok(path.map_or_else(|| path_in(Space::Saved, &name), str::to_owned))
    }

    /// What `saveFile` has kept under names of its own.
    pub(super) fn saved_files(&self) -> Result<Vec<Value>, Fault> {
        self.look(|tree| {
            let Some(root) = tree.find(Space::Saved, &[])? else { return Ok(Vec::new()) };
            let line = |(name, node): (String, Node)| {
                json!({ "filePath": path_in(Space::Saved, &name), "size": node.size, "createTime": node.modified })
            };
            Ok(tree.children(root.id)?.into_iter().map(line).collect())
        })
    }

    pub(super) fn remove_saved(&self, path: &str) -> Result<(), Fault> {
        let Place::Stored(Space::Saved, names) = Place::parse(path)? else { return Err(Fault::NoFile) };
        self.change(|tree| match tree.find(Space::Saved, &names)? {
            Some(node) if !node.directory => tree.remove(node.id),
            _ => Err(Fault::NoFile),
        })
    }

    /// One entry's `Stats`, or `[{path, stats}]` of all below it.
    pub(super) fn stat(&self, path: &str, recursive: bool) -> Result<Value, Fault> {
        let entry = self.entry(path)?;
        let (true, true, Source::Stored(node)) = (recursive, entry.directory, &entry.source) else {
            return Ok(entry.stats());
        };
        self.look(|tree| {
            let mut found = vec![json!({ "path": "/", "stats": entry.stats() })];
            let mut folders = vec![(String::new(), node.id)];
            while let Some((above, id)) = folders.pop() {
                for (name, node) in tree.children(id)? {
                    let path = format!("{above}/{name}");
                    found.push(
                        json!({ "path": path, "stats": stats(node.directory, node.size, node.modified) }),
                    );
                    if node.directory {
                        folders.push((path, node.id));
                    }
                }
            }
            Ok(Value::Array(found))
        })
    }

    /// Makes a temporary file of bytes that the page has. Gives its path.
    pub(crate) fn put_temporary(&self, bytes: &[u8], kind: &str) -> Result<String, Fault> {
        let name = vault::random_token()? + &extension(&format!(".{kind}"));
        self.change(|tree| {
            let file = tree.create(&tree.make_root(Space::Temporary)?, &name, false)?;
            tree.write(&file, 0, bytes)
        })?;
        Ok(path_in(Space::Temporary, &name))
    }
}

fn is_folder(index: &Index, path: &str) -> bool {
    let under =
        |file: &str| path.is_empty() || file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    index.files().any(|file| under(&file.path))
}

fn stored(node: Node) -> Entry {
    let Node { directory, size, modified, .. } = node;
    Entry { directory, size, modified, source: Source::Stored(node) }
}

/// The names of a path that the program may write to; not the space itself.
pub(super) fn own(path: &str) -> Result<Vec<String>, Fault> {
    match own_or_root(path)? {
        names if names.is_empty() => Err(Fault::Directory),
        names => Ok(names),
    }
}

fn own_or_root(path: &str) -> Result<Vec<String>, Fault> {
    match Place::parse(path)? {
        Place::Stored(Space::User, names) => Ok(names),
        _ => Err(Fault::Denied),
    }
}

/// The folder that holds the last of `names`, and that name.
pub(super) fn parent_of<'n>(tree: &Tree<'_>, names: &'n [String]) -> Result<(Node, &'n str), Fault> {
    let (name, above) = names.split_last().ok_or(Fault::Directory)?;
    let parent = if above.is_empty() {
        tree.make_root(Space::User)?
    } else {
        tree.find(Space::User, above)?.ok_or(Fault::NotFound)?
    };
    if parent.directory { Ok((parent, name)) } else { Err(Fault::NotDirectory) }
}

pub(super) fn existing_file(tree: &Tree<'_>, names: &[String]) -> Result<Node, Fault> {
    match tree.find(Space::User, names)? {
        Some(node) if node.directory => Err(Fault::Directory),
        Some(node) => Ok(node),
        None => Err(Fault::NotFound),
    }
}

/// The file at `names`, made empty if there is none.
pub(super) fn make_file(tree: &Tree<'_>, names: &[String]) -> Result<Node, Fault> {
    let (parent, name) = parent_of(tree, names)?;
    match tree.child(parent.id, name)? {
        Some(node) if node.directory => Err(Fault::Directory),
        Some(node) => Ok(node),
        None => tree.create(&parent, name, false),
    }
}
