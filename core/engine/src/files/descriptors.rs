//! Open files of a session, by number. A descriptor names a file and not its path: it stays good when the file is
//! moved, and ends when it is removed.
use super::{
    Fault, Files,
    operations::{Entry, Source, existing_file, make_file, own, stats},
    tree::Node,
};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{MutexGuard, PoisonError},
};

/// Files that one session may have open.
const MAX_OPEN: usize = 256;

/// The open ones.
#[derive(Default)]
pub(super) struct Descriptors {
    last: u64,
    open: HashMap<u64, Open>,
}

#[derive(Clone)]
struct Open {
    target: Target,
    flags: Flags,
    position: u64,
}

#[derive(Clone)]
enum Target {
    Stored(i64),
    Package { path: String, size: u64 },
}

/// What `open`'s flag means (WeChat has those of Node).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flags {
    read: bool,
    write: bool,
    append: bool,
    create: bool,
    exclusive: bool,
    truncate: bool,
}

impl Flags {
    fn parse(text: &str) -> Result<Self, Fault> {
        let known = ["a", "ax", "a+", "ax+", "as", "as+", "r", "r+", "w", "wx", "w+", "wx+"];
        if !known.contains(&text) {
            return Err(Fault::Flag);
        }
        let both = text.ends_with('+');
        let (read, append) = (text.starts_with('r'), text.starts_with('a'));
        Ok(Self {
            read: read || both,
            write: !read || both,
            append,
            create: !read,
            exclusive: text.contains('x'),
            truncate: text.starts_with('w'),
        })
    }
}

impl Files {
    fn descriptors(&self) -> MutexGuard<'_, Descriptors> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Voids all descriptors: the document that had them is gone.
    pub(crate) fn close_all(&self) {
        self.descriptors().open.clear();
    }

    pub(super) fn open_file(&self, path: &str, flag: &str) -> Result<u64, Fault> {
        let flags = Flags::parse(flag)?;
        if self.descriptors().open.len() >= MAX_OPEN {
            return Err(Fault::TooManyOpen);
        }
        let target = if flags.write {
            let names = own(path)?;
            let node = self.change(|tree| {
                if !flags.create {
                    return existing_file(tree, &names);
                }
                if flags.exclusive && tree.find(super::Space::User, &names)?.is_some() {
                    return Err(Fault::Exists);
                }
                let node = make_file(tree, &names)?;
                if flags.truncate {
                    tree.truncate(&node, 0)?;
                }
                Ok(node)
            })?;
            Target::Stored(node.id)
        } else {
            let Entry { size, source, .. } = self.file(path)?;
            match source {
                Source::Stored(node) => Target::Stored(node.id),
                Source::Package(path) => Target::Package { path, size },
            }
        };
        let mut descriptors = self.descriptors();
        descriptors.last += 1;
        let number = descriptors.last;
        descriptors.open.insert(number, Open { target, flags, position: 0 });
        Ok(number)
    }

    pub(super) fn close_file(&self, fd: u64) -> Result<(), Fault> {
        self.descriptors().open.remove(&fd).map(drop).ok_or(Fault::BadDescriptor)
    }

    fn opened(&self, fd: u64) -> Result<Open, Fault> {
        self.descriptors().open.get(&fd).cloned().ok_or(Fault::BadDescriptor)
    }

    fn entry_of(&self, open: &Open) -> Result<Entry, Fault> {
        match &open.target {
            Target::Stored(id) => {
                let node = self.look(|tree| tree.by_id(*id))?.ok_or(Fault::BadDescriptor)?;
                let Node { size, modified, .. } = node;
                Ok(Entry { directory: false, size, modified, source: Source::Stored(node) })
            }
            Target::Package { path, size } => Ok(Entry {
                directory: false,
                size: *size,
                modified: 0,
                source: Source::Package(path.clone()),
            }),
        }
    }

    /// Reads from `position`, or from where the last reading ended, which then moves on.
    pub(super) fn read_open(&self, fd: u64, position: Option<u64>, length: u64) -> Result<Vec<u8>, Fault> {
        let open = self.opened(fd)?;
        if !open.flags.read {
            return Err(Fault::BadDescriptor);
        }
        let bytes = self.read_entry(&self.entry_of(&open)?, position.unwrap_or(open.position), length)?;
        if position.is_none() {
            self.advance(fd, open.position + bytes.len() as u64);
        }
        Ok(bytes)
    }

    /// Writes at `position`, or at the pointer, which then moves on; at the end where the flag says append.
    pub(super) fn write_open(&self, fd: u64, position: Option<u64>, bytes: &[u8]) -> Result<(), Fault> {
        let open = self.opened(fd)?;
        let (true, Target::Stored(id)) = (open.flags.write, &open.target) else {
            return Err(Fault::BadDescriptor);
        };
        let end = self.change(|tree| {
            let file = tree.by_id(*id)?.ok_or(Fault::BadDescriptor)?;
            let at = if open.flags.append { file.size } else { position.unwrap_or(open.position) };
            tree.write(&file, at, bytes)?;
            Ok(at + bytes.len() as u64)
        })?;
        if position.is_none() || open.flags.append {
            self.advance(fd, end);
        }
        Ok(())
    }

    pub(super) fn stat_open(&self, fd: u64) -> Result<Value, Fault> {
        let entry = self.entry_of(&self.opened(fd)?)?;
        Ok(stats(false, entry.size, entry.modified))
    }

    pub(super) fn truncate_open(&self, fd: u64, length: u64) -> Result<(), Fault> {
        let open = self.opened(fd)?;
        let (true, Target::Stored(id)) = (open.flags.write, &open.target) else {
            return Err(Fault::BadDescriptor);
        };
        self.change(|tree| tree.truncate(&tree.by_id(*id)?.ok_or(Fault::BadDescriptor)?, length))
    }

    fn advance(&self, fd: u64, position: u64) {
        if let Some(open) = self.descriptors().open.get_mut(&fd) {
            open.position = position;
        }
    }
}
