//! Where a repository's files are: any object store. Blocking, since commands have one thing to do at a time.

mod place;

use super::RepositoryError;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{
    Error, GetResult, ObjectStore, ObjectStoreExt, PutMode, PutPayload, UpdateVersion,
    local::LocalFileSystem, memory::InMemory, path::Path, prefix::PrefixStore,
};
use place::Place;
use std::{
    fs::File,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

/// How many files are read or written at once.
const AT_ONCE: usize = 16;
/// In a folder, whoever commits holds this file locked.
const LOCK: &str = ".lock";

/// Files by name. Names have no leading slash; a write appears whole or not at all.
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    runtime: tokio::runtime::Runtime,
    /// Folders have no conditional writes: who changes one locks a file in it.
    folder: Option<PathBuf>,
}

/// Held while a change is written; others wait. Of object stores nothing is held: they compare when they write.
pub(super) struct Lock {
    _file: Option<File>,
}

impl Storage {
    /// A folder by path or `file://` URL, or a bucket: `s3://bucket/prefix`, with what the AWS variables say
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`; `AWS_ENDPOINT_URL` for other makers' stores).
    ///
    /// # Errors
    /// `Refused` for other URLs; `Storage` if a folder cannot be made or the variables make no sense; `Runtime`.
    pub fn open(place: &str) -> Result<Self, RepositoryError> {
        Self::open_with(place, &[])
    }

    /// The same, with options of the bucket that go before the environment: names as the AWS variables, in lower case.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(place: &str, options: &[(&str, &str)]) -> Result<Self, RepositoryError> {
        match place::parse(place, options)? {
            Place::Folder(dir) => Self::folder(&dir),
            Place::Bucket { store, prefix } => Self::over(Arc::new(PrefixStore::new(store, prefix))),
        }
    }

    /// A folder, which is made if it is not there. What was written is on disk, so that files survive a power
    /// failure in the order in which they were written.
    ///
    /// # Errors
    /// `Storage` if it cannot be made, `Runtime`.
    pub fn folder(dir: &FilePath) -> Result<Self, RepositoryError> {
        Self::local(dir, true)
    }

    /// A folder for what can be made again at any time: nothing waits for the disk.
    ///
    /// # Errors
    /// As [`Self::folder`].
    pub fn scratch(dir: &FilePath) -> Result<Self, RepositoryError> {
        Self::local(dir, false)
    }

    fn local(dir: &FilePath, durable: bool) -> Result<Self, RepositoryError> {
        Ok(Self { folder: Some(dir.to_owned()), ..Self::over(Arc::new(folder(dir, durable)?))? })
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
        Ok(Self { store, runtime, folder: None })
    }

    /// Waits for something that is done over the network.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A file's bytes; `None` if there is none.
    ///
    /// # Errors
    /// `Storage`.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        Ok(self.runtime.block_on(self.read(path))?.map(|(bytes, _)| bytes))
    }

    /// Several files, in the order in which they were named; read at the same time.
    ///
    /// # Errors
    /// `NotFound` for one that is missing, `Storage`.
    pub fn need_all(&self, paths: &[String]) -> Result<Vec<Vec<u8>>, RepositoryError> {
        let reads = paths.iter().map(|path| async move {
            self.read(path).await?.map(|(bytes, _)| bytes).ok_or_else(|| missing(path))
        });
        // Collected first: a stream over borrowing closures is no `Send` future, and need not be.
        let reads: Vec<_> = reads.collect();
        self.runtime.block_on(stream::iter(reads).buffered(AT_ONCE).try_collect())
    }

    /// A file that must be there.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub fn need(&self, path: &str) -> Result<Vec<u8>, RepositoryError> {
        self.get(path)?.ok_or_else(|| missing(path))
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
            Err(source) => Err(failed(path, source)),
        }
    }

    /// Writes a file, over what is there.
    ///
    /// # Errors
    /// `Storage`.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(), RepositoryError> {
        self.runtime.block_on(self.write(path, bytes, PutMode::Overwrite))
    }

    /// Writes files over what is there, several at once and in no order.
    ///
    /// # Errors
    /// `Storage` with the first that failed; others may be written.
    pub fn put_all(&self, files: &[(&str, &[u8])]) -> Result<(), RepositoryError> {
        self.all(files, |path, bytes| self.write(path, bytes, PutMode::Overwrite))
    }

    /// Writes files whose names are not to be used again, several at once and in no order.
    ///
    /// # Errors
    /// `Conflict` if one is there already and says something else; `Storage`. Others may be written.
    pub(super) fn create_all(&self, _: &Lock, files: &[(&str, &[u8])]) -> Result<(), RepositoryError> {
        self.all(files, |path, bytes| async move {
            let written = match self.folder {
                // Under the lock nobody else writes. Not `Create`: it needs hard links, which some disks have not.
                Some(_) if self.read(path).await?.is_none() => {
                    return self.write(path, bytes, PutMode::Overwrite).await;
                }
                Some(_) => Err(RepositoryError::Conflict { path: path.to_owned() }),
                None => self.write(path, bytes, PutMode::Create).await,
            };
            match written {
                // Done by an attempt of which we did not hear.
                Err(RepositoryError::Conflict { .. })
                    if self.read(path).await?.is_some_and(|(there, _)| there == bytes) =>
                {
                    Ok(())
                }
                other => other,
            }
        })
    }

    /// Writes a file if it still says `before`, or if it is still not there.
    ///
    /// # Errors
    /// `Conflict` if it says something else; `Storage`.
    pub(super) fn replace(
        &self,
        _: &Lock,
        path: &str,
        before: Option<&[u8]>,
        bytes: &[u8],
    ) -> Result<(), RepositoryError> {
        self.runtime.block_on(async {
            let there = self.read(path).await?;
            if there.as_ref().map(|(bytes, _)| bytes.as_slice()) != before {
                return Err(RepositoryError::Conflict { path: path.to_owned() });
            }
            let mode = match there {
                _ if self.folder.is_some() => PutMode::Overwrite,
                Some((_, version)) => PutMode::Update(version),
                None => PutMode::Create,
            };
            self.write(path, bytes, mode).await
        })
    }

    /// Keeps others from committing to the same folder until it is dropped; waits for them first.
    pub(super) fn lock(&self) -> Result<Lock, RepositoryError> {
        let Some(folder) = &self.folder else { return Ok(Lock { _file: None }) };
        let lock = || {
            let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
            file.lock()?;
            Ok(file)
        };
        lock().map(|file| Lock { _file: Some(file) }).map_err(|error: std::io::Error| {
            failed(LOCK, Error::Generic { store: "folder", source: Box::new(error) })
        })
    }

    /// Names of all files under a folder, sorted.
    ///
    /// # Errors
    /// `Storage`.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, RepositoryError> {
        let location = location(folder)?;
        let all = self.store.list(Some(&location)).map_ok(|meta| meta.location.to_string());
        let mut names: Vec<String> =
            self.runtime.block_on(all.try_collect()).map_err(|source| failed(folder, source))?;
        names.sort_unstable();
        Ok(names)
    }

    /// Names of the folders directly in a folder, sorted.
    ///
    /// # Errors
    /// `Storage`.
    pub fn folders(&self, folder: &str) -> Result<Vec<String>, RepositoryError> {
        let location = location(folder)?;
        let listed = self.runtime.block_on(self.store.list_with_delimiter(Some(&location)));
        let mut names: Vec<String> = listed
            .map_err(|source| failed(folder, source))?
            .common_prefixes
            .iter()
            .filter_map(|prefix| prefix.filename().map(ToOwned::to_owned))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    fn all<'a, F: Future<Output = Result<(), RepositoryError>>>(
        &self,
        files: &[(&'a str, &'a [u8])],
        write: impl Fn(&'a str, &'a [u8]) -> F,
    ) -> Result<(), RepositoryError> {
        let writes: Vec<_> = files.iter().map(|(path, bytes)| write(path, bytes)).collect();
        self.runtime.block_on(stream::iter(writes).buffer_unordered(AT_ONCE).try_collect())
    }

    /// Bytes, and what names this state of them to the store.
    async fn read(&self, path: &str) -> Result<Option<(Vec<u8>, UpdateVersion)>, RepositoryError> {
        let found = match self.store.get(&location(path)?).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(failed(path, source)),
        };
        let version = |found: &GetResult| UpdateVersion {
            e_tag: found.meta.e_tag.clone(),
            version: found.meta.version.clone(),
        };
        let version = version(&found);
        let bytes = found.bytes().await.map_err(|source| failed(path, source))?;
        Ok(Some((bytes.into(), version)))
    }

    async fn write(&self, path: &str, bytes: &[u8], mode: PutMode) -> Result<(), RepositoryError> {
        let payload = PutPayload::from(bytes.to_vec());
        match self.store.put_opts(&location(path)?, payload, mode.into()).await {
            Ok(_) => Ok(()),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                Err(RepositoryError::Conflict { path: path.to_owned() })
            }
            Err(source) => Err(failed(path, source)),
        }
    }
}

/// The bare store of what [`Storage::open`] takes, or of `otherwise`: for a server, which writes from many tasks.
pub(crate) fn objects(
    place: Option<&str>,
    otherwise: &FilePath,
) -> Result<Arc<dyn ObjectStore>, RepositoryError> {
    let place = match place {
        Some(place) => place::parse(place, &[])?,
        None => Place::Folder(otherwise.to_owned()),
    };
    Ok(match place {
        Place::Folder(dir) => Arc::new(folder(&dir, true)?),
        Place::Bucket { store, prefix } => Arc::new(PrefixStore::new(store, prefix)),
    })
}

fn folder(dir: &FilePath, durable: bool) -> Result<LocalFileSystem, RepositoryError> {
    let failed = |source| RepositoryError::Storage { path: dir.display().to_string(), source };
    std::fs::create_dir_all(dir)
        .map_err(|error| failed(Error::Generic { store: "folder", source: Box::new(error) }))?;
    Ok(LocalFileSystem::new_with_prefix(dir).map_err(failed)?.with_fsync(durable))
}

fn location(path: &str) -> Result<Path, RepositoryError> {
    Path::parse(path).map_err(|error| failed(path, error.into()))
}

fn failed(path: &str, source: Error) -> RepositoryError {
    RepositoryError::Storage { path: path.to_owned(), source }
}

fn missing(path: &str) -> RepositoryError {
    RepositoryError::NotFound(format!("{path} is missing from the repository"))
}
