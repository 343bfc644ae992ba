//! The store: installed bundles, blobs counted and content-addressed (DESIGN 7).
use crate::{Bundle, Database, Digest, Index};
use std::{path::{Path, PathBuf}, sync::Arc};

#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Bytes of blobs kept at most, by LRU eviction.
    pub quota: u64,
}

/// What opening found: a database that could not be read is set aside and rebuilt.
#[derive(Debug, Default)]
pub struct OpenReport {
    pub set_aside: Option<PathBuf>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct InstalledBundle {
    pub app: String,
    pub digest: Digest,
    pub version: crate::Version,
    pub pinned: bool,
    pub bytes: u64,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    #[error("skeleton")]
    Skeleton,
}

/// While held, the bundle is running and is never evicted.
pub struct RunningGuard {
    _private: (),
}

/// Cheap to clone; safe from any thread.
#[derive(Clone)]
pub struct Store {
    _private: (),
}

impl Store {
    /// Opens or creates `dir/lodger.db`.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<(Self, OpenReport), StoreError> {
        todo!()
    }
    pub fn database(&self) -> &Database {
        todo!()
    }
    /// One transaction: after it the new bundle is whole and current, or nothing changed.
    pub fn install(&self, bundle: &Bundle) -> Result<InstalledBundle, StoreError> {
        todo!()
    }
    pub fn current(&self, app: &str) -> Result<Option<InstalledBundle>, StoreError> {
        todo!()
    }
    /// Newest first; at most two unless pinned or running.
    pub fn versions(&self, app: &str) -> Result<Vec<InstalledBundle>, StoreError> {
        todo!()
    }
    pub fn index(&self, digest: &Digest) -> Result<Arc<Index>, StoreError> {
        todo!()
    }
    /// Reads one file of a bundle, hashing what it returns. `NotFound` unless the path is in the index.
    pub fn read(&self, digest: &Digest, path: &str) -> Result<Vec<u8>, StoreError> {
        todo!()
    }
    pub fn run(&self, digest: &Digest) -> Result<RunningGuard, StoreError> {
        todo!()
    }
    pub fn pin(&self, digest: &Digest, pinned: bool) -> Result<(), StoreError> {
        todo!()
    }
    pub fn remove(&self, app: &str) -> Result<(), StoreError> {
        todo!()
    }
}
