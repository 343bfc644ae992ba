//! Where a repository's files are: any object store. Blocking, since commands have one thing to do at a time.

use super::RepositoryError;
use futures_util::TryStreamExt;
use object_store::{Error, ObjectStore, PutPayload, local::LocalFileSystem, memory::InMemory, path::Path};
use std::{path::Path as FilePath, sync::Arc};

/// Files by name. Names have no leading slash; a write appears whole or not at all.
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    runtime: tokio::runtime::Runtime,
}

impl Storage {
    /// A folder, which is made if it is not there.
    ///
    /// # Errors
    /// `Storage` if it cannot be made, `Runtime`.
    pub fn folder(dir: &FilePath) -> Result<Self, RepositoryError> {
        let failed = |source| RepositoryError::Storage { path: dir.display().to_string(), source };
        std::fs::create_dir_all(dir)
            .map_err(|error| failed(Error::Generic { store: "folder", source: Box::new(error) }))?;
        Self::over(Arc::new(LocalFileSystem::new_with_prefix(dir).map_err(failed)?))
    }

    /// Nothing but memory: for tests, and for programs that are opened without being published.
    ///
    /// # Errors
    /// `Runtime`.
    pub fn memory() -> Result<Self, RepositoryError> {
        Self::over(Arc::new(InMemory::new()))
    }

    /// Any object store.
    ///
    /// # Errors
    /// `Runtime`.
    pub fn over(store: Arc<dyn ObjectStore>) -> Result<Self, RepositoryError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(RepositoryError::Runtime)?;
        Ok(Self { store, runtime })
    }

    /// A file's bytes; `None` if there is none.
    ///
    /// # Errors
    /// `Storage`.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        let location = location(path)?;
        let read = async { self.store.get(&location).await?.bytes().await };
        match self.runtime.block_on(read) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(RepositoryError::Storage { path: path.to_owned(), source }),
        }
    }

    /// A file that must be there.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub fn need(&self, path: &str) -> Result<Vec<u8>, RepositoryError> {
        let missing = || RepositoryError::NotFound(format!("{path} is missing from the repository"));
        self.get(path)?.ok_or_else(missing)
    }

    /// True if there is such a file.
    ///
    /// # Errors
    /// `Storage`.
    pub fn has(&self, path: &str) -> Result<bool, RepositoryError> {
        let location = location(path)?;
        match self.runtime.block_on(self.store.head(&location)) {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(RepositoryError::Storage { path: path.to_owned(), source }),
        }
    }

    /// Writes a file, over what is there.
    ///
    /// # Errors
    /// `Storage`.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(), RepositoryError> {
        let location = location(path)?;
        let payload = PutPayload::from(bytes.to_vec());
        self.runtime
            .block_on(self.store.put(&location, payload))
            .map(drop)
            .map_err(|source| RepositoryError::Storage { path: path.to_owned(), source })
    }

    /// Names of all files under a folder, sorted.
    ///
    /// # Errors
    /// `Storage`.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, RepositoryError> {
        let location = location(folder)?;
        let failed = |source| RepositoryError::Storage { path: folder.to_owned(), source };
        let all = self.store.list(Some(&location)).map_ok(|meta| meta.location.to_string());
        let mut names: Vec<String> = self.runtime.block_on(all.try_collect()).map_err(failed)?;
        names.sort_unstable();
        Ok(names)
    }

    /// Names of the folders directly in a folder, sorted.
    ///
    /// # Errors
    /// `Storage`.
    pub fn folders(&self, folder: &str) -> Result<Vec<String>, RepositoryError> {
        let location = location(folder)?;
        let failed = |source| RepositoryError::Storage { path: folder.to_owned(), source };
        let listed =
            self.runtime.block_on(self.store.list_with_delimiter(Some(&location))).map_err(failed)?;
        let mut names: Vec<String> = listed
            .common_prefixes
            .iter()
            .filter_map(|prefix| prefix.filename().map(ToOwned::to_owned))
            .collect();
        names.sort_unstable();
        Ok(names)
    }
}

fn location(path: &str) -> Result<Path, RepositoryError> {
    Path::parse(path)
        .map_err(|error| RepositoryError::Storage { path: path.to_owned(), source: error.into() })
}
