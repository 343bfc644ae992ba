//! A file whose bytes come bit by bit, as a download's do. No path leads to it until it is whole; given up, it
//! leaves nothing behind.
use super::{
    Fault, Files,
    operations::own,
    path::{Space, extension, path_in},
    tree::Node,
};
use crate::vault;
use std::sync::Arc;

/// Bytes gathered before they are written: each writing is a transaction.
const GATHER: usize = 1 << 20;

/// Blocks on the disk: not for async threads.
pub(crate) struct Arriving {
    files: Arc<Files>,
    id: i64,
    gathered: Vec<u8>,
    placed: bool,
}

impl Arriving {
    pub(crate) fn new(files: Arc<Files>) -> Result<Self, Fault> {
        let name = vault::random_token()?;
        let Node { id, .. } = files.change(|tree| tree.create_unnamed(&name))?;
        Ok(Self { files, id, gathered: Vec::new(), placed: false })
    }

    /// Adds bytes at the end.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Fault> {
        let bytes = std::mem::take(&mut self.gathered);
        self.files.change(|tree| {
            let file = tree.by_id(self.id)?.ok_or(Fault::Closed)?;
            tree.write(&file, file.size, &bytes)
        })
    }

    /// Gives the whole file its place: `path`, or a temporary one that ends as `name` does. Gives the path.
    pub(crate) fn place(mut self, path: Option<&str>, name: &str) -> Result<String, Fault> {
        self.flush()?;
        let target = path.map(own).transpose()?;
        let temporary = vault::random_token()? + &extension(name);
        self.files.change(|tree| {
            let file = tree.by_id(self.id)?.ok_or(Fault::Closed)?;
            match &target {
                Some(names) => self.files.put_at(tree, &file, names),
                None => tree.place(&file, &tree.make_root(Space::Temporary)?, &temporary),
            }
        })?;
        self.placed = true;
        Ok(path.map_or_else(|| path_in(Space::Temporary, &temporary), str::to_owned))
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.placed {
            // What cannot be removed now goes with the session, or at the engine's next start.
            let _ = self.files.change(|tree| tree.remove(self.id));
        }
    }
}
