//! Tells when a file that the build has read may have changed.

use crate::failure::Failure;
use notify_debouncer_full::{
    DebounceEventResult, Debouncer, RecommendedCache, new_debouncer,
    notify::{EventKind, RecommendedWatcher, RecursiveMode},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// Editors write a file in several steps; this long after the last one, it is done.
const PAUSE: Duration = Duration::from_millis(50);

/// Watches the folders of a build's inputs: a file that an editor replaces is a new file, so files would be lost.
pub struct Watcher {
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    changes: Receiver<()>,
    folders: BTreeSet<PathBuf>,
}

impl Watcher {
    /// Watches `inputs`, files and folders.
    pub fn new(inputs: &[PathBuf]) -> Result<Self, Failure> {
        let (send, changes) = channel();
        let debouncer = new_debouncer(PAUSE, None, move |result: DebounceEventResult| {
            let relevant = match result {
                Ok(events) => events.iter().any(|event| !matches!(event.kind, EventKind::Access(_))),
                // Too many changes at once, for example: build again to be sure.
                Err(_) => true,
            };
            if relevant {
                // The receiver goes when the command ends.
                let _ = send.send(());
            }
        });
        let debouncer =
            debouncer.map_err(|error| Failure::Input(format!("files cannot be watched: {error}")))?;
        let mut watcher = Self { debouncer, changes, folders: BTreeSet::new() };
        watcher.watch(inputs)?;
        Ok(watcher)
    }

    /// Watches these inputs from now on, and no others.
    pub fn watch(&mut self, inputs: &[PathBuf]) -> Result<(), Failure> {
        let folders = folders(inputs);
        for gone in self.folders.difference(&folders) {
            // A folder that was deleted is no longer watched anyway.
            let _ = self.debouncer.unwatch(gone);
        }
        // All of them, not only the new ones: a folder that was removed and made again is another folder.
        for folder in &folders {
            match self.debouncer.watch(folder, RecursiveMode::NonRecursive) {
                Err(error) if folder.is_dir() => {
                    return Err(Failure::Input(format!("{} cannot be watched: {error}", folder.display())));
                }
                // It has gone meanwhile, which the folder above it tells.
                _ => {}
            }
        }
        self.folders = folders;
        Ok(())
    }

    /// True if something has changed since the last call.
    pub fn changed(&self) -> bool {
        self.changes.try_iter().count() > 0
    }
}

fn folders(inputs: &[PathBuf]) -> BTreeSet<PathBuf> {
    let folder = |input: &PathBuf| {
        if input.is_dir() { Some(input.as_path()) } else { input.parent() }.map(Path::to_owned)
    };
    let named = |folder: PathBuf| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    inputs.iter().filter_map(folder).map(named).filter(|folder| folder.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watches_folders_once() {
        let root = tempfile::tempdir().unwrap();
        let (a, b) = (root.path().join("a.txt"), root.path().join("b.txt"));
        for file in [&a, &b] {
            std::fs::write(file, "").unwrap();
        }
        let gone = root.path().join("gone/c.txt");
        assert_eq!(folders(&[a, b, gone, root.path().to_owned()]), BTreeSet::from([root.path().to_owned()]));
    }

    #[test]
    fn follows_a_folder_that_is_made_again() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("pages");
        let file = folder.join("a.txt");
        let write = |text: &str| {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, text).unwrap();
        };
        write("1");
        let inputs = [root.path().to_owned(), folder.clone(), file.clone()];
        let mut watcher = Watcher::new(&inputs).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        write("2");
        watcher.changes.recv_timeout(Duration::from_secs(60)).unwrap();
        watcher.watch(&inputs).unwrap();
        // What is still on its way is of before; then nothing but the next change is told.
        while watcher.changes.recv_timeout(PAUSE * 10).is_ok() {}
        write("3");
        watcher.changes.recv_timeout(Duration::from_secs(60)).unwrap();
    }

    #[test]
    fn tells_of_a_replaced_file() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a.txt");
        std::fs::write(&file, "1").unwrap();
        let watcher = Watcher::new(std::slice::from_ref(&file)).unwrap();
        std::fs::write(root.path().join("new.txt"), "2").unwrap();
        std::fs::rename(root.path().join("new.txt"), &file).unwrap();
        // Waits as long as it takes; a change that is never told fails by the test runner's own patience.
        watcher.changes.recv_timeout(Duration::from_secs(60)).unwrap();
    }
}
