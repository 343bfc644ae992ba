//! The store: installed bundles, blobs counted and content-addressed (DESIGN 7).
mod error;
mod install;
mod memory;
mod packages;
pub(crate) mod partial;
mod room;
mod running;
mod schema;
#[cfg(test)]
mod tests;
mod verify;

pub use error::StoreError;
pub use running::RunningGuard;

use crate::{Database, Digest, FileEntry, Index, OpenReport, Version, database::lock};
use memory::Memory;
use running::Running;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, types::Type};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

/// Parsed indexes kept in memory, most recently used last.
const CACHED_INDEXES: usize = 8;

/// How a store is kept.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Bytes of blobs kept at most, each counted once.
    pub quota: u64,
}

/// A bundle in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct InstalledBundle {
    /// The app id.
    pub app: String,
    /// The SHA-256 of the index: the bundle's identity.
    pub digest: Digest,
    /// Its version.
    pub version: Version,
    /// Whether it is kept until it is removed.
    pub pinned: bool,
    /// Bytes of its blobs, each counted once.
    pub bytes: u64,
}

/// Installed bundles in one SQLite file. Cheap to clone; safe from any thread; calls block their thread.
///
/// One process uses a folder at a time: which bundles are running is known to that process only.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    quota: u64,
    running: Running,
    indexes: Mutex<Vec<(Digest, Arc<Index>)>>,
    memory: Memory,
}

impl Store {
    /// Opens or creates `dir/lodger.db`. A database that cannot be read is set aside, which the report says.
    ///
    /// # Errors
    /// `NewerSchema`, `Locked`, `Full`, `Io`.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<(Self, OpenReport), StoreError> {
        let (database, report) = Database::open(dir, schema::SMALL)?;
        database.migrate("store", schema::STEPS)?;
        let (running, indexes, memory) = Default::default();
        let inner = Inner { database, quota: options.quota, running, indexes, memory };
        Ok((Self { inner: Arc::new(inner) }, report))
    }

    /// The database, for tables of other components beside the store's.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// The version of `app` that was installed last; `None` if there is none.
    ///
    /// # Errors
    /// What the database reports.
    pub fn current(&self, app: &str) -> Result<Option<InstalledBundle>, StoreError> {
        self.inner
            .database
            .read(|reader| select(reader, "app = ?1 ORDER BY installed DESC LIMIT 1", &app))
            .map(|mut found| found.pop())
    }

    /// Newest first; at most two, but for pinned and running ones. One that stopped running stays until
    /// the next installation.
    ///
    /// # Errors
    /// What the database reports.
    pub fn versions(&self, app: &str) -> Result<Vec<InstalledBundle>, StoreError> {
        self.inner.database.read(|reader| select(reader, "app = ?1 ORDER BY installed DESC", &app))
    }

    /// The index of a bundle, hashed when it is loaded; kept in memory for a while.
    ///
    /// # Errors
    /// `NotFound` if the bundle is not installed, `Corrupt` if its bytes have changed.
    pub fn index(&self, digest: &Digest) -> Result<Arc<Index>, StoreError> {
        let mut cache = lock(&self.inner.indexes);
        if let Some(at) = cache.iter().position(|(known, _)| known == digest) {
            cache[at..].rotate_left(1);
            return Ok(cache.last().expect("one was found").1.clone());
        }
        drop(cache); // Parsing a large index takes a while; other sessions read on.
        let index = Arc::new(self.load_index(digest)?);
        let mut cache = lock(&self.inner.indexes);
        if cache.len() == CACHED_INDEXES {
            cache.remove(0);
        }
        cache.push((*digest, index.clone()));
        Ok(index)
    }

    /// Reads one file of a bundle. Its bytes were hashed when they came from the disk; what was read lately is in
    /// memory (8 MiB).
    ///
    /// # Errors
    /// `NotFound` unless the path, spelled exactly so, is in the index of an installed bundle; `PackageMissing` if
    /// its package is still to be downloaded; `Corrupt` if the bytes have changed since they were installed.
    pub fn read(&self, digest: &Digest, path: &str) -> Result<Arc<Vec<u8>>, StoreError> {
        let memory = &self.inner.memory;
        let age = memory.age();
        let index = self.index(digest)?;
        let file = index.file(path).ok_or_else(|| StoreError::NotFound { what: format!("{path:?}") })?;
        let key = (*digest, file.digest);
        if let Some(bytes) = memory.get(&key) {
            return Ok(bytes);
        }
        let bytes = Arc::new(self.read_stored(digest, &index, file)?);
        memory.put(age, key, &bytes);
        Ok(bytes)
    }

    /// Reads a file from the disk and hashes it.
    fn read_stored(&self, digest: &Digest, index: &Index, file: &FileEntry) -> Result<Vec<u8>, StoreError> {
        let path = &file.path;
        // By way of `holds`: a bundle that was removed is not read, though another has the same blob.
        let sql = "SELECT content.bytes FROM bundle JOIN holds ON holds.bundle = bundle.id
            JOIN blob ON blob.id = holds.blob AND blob.digest = ?2 JOIN content ON content.id = blob.id
            WHERE bundle.digest = ?1";
        let bytes: Option<Vec<u8>> = self.inner.database.read(|reader| {
            let keys = params![digest.as_bytes().as_slice(), file.digest.as_bytes().as_slice()];
            reader.prepare_cached(sql)?.query_row(keys, |row| row.get(0)).optional()
        })?;
        match bytes {
            Some(bytes) if Digest::of(&bytes) == file.digest => Ok(bytes),
            Some(_) => Err(StoreError::Corrupt { what: format!("{path:?}") }),
            None if self.find(digest)?.is_none() => Err(not_installed(digest)),
            None => {
                let package = index.package_of(path);
                match self.holds(digest, &file.digest)? || package.is_main() {
                    true => Err(StoreError::Corrupt { what: format!("{path:?}") }),
                    false => Err(StoreError::PackageMissing { package: package.name.clone() }),
                }
            }
        }
    }

    /// Marks a bundle as running until the guard is dropped, and its program as used last.
    ///
    /// # Errors
    /// `NotFound` if the bundle is not installed.
    pub fn run(&self, digest: &Digest) -> Result<RunningGuard, StoreError> {
        // First the mark, then the look: the other way round it could be evicted between the two.
        let guard = self.inner.running.start(*digest).ok_or_else(|| not_installed(digest))?;
        self.find(digest)?.ok_or_else(|| not_installed(digest))?;
        self.touch(digest)?;
        Ok(guard)
    }

    /// Pins a bundle, so that it is kept until it is removed, or unpins it.
    ///
    /// # Errors
    /// `NotFound` if the bundle is not installed.
    pub fn pin(&self, digest: &Digest, pinned: bool) -> Result<(), StoreError> {
        let sql = "UPDATE bundle SET pinned = ?2 WHERE digest = ?1";
        let changed =
            self.inner.database.write(|tx| tx.execute(sql, params![digest.as_bytes().as_slice(), pinned]))?;
        if changed == 0 { Err(not_installed(digest)) } else { Ok(()) }
    }

    /// Removes every version of `app`, also pinned ones, and gives the space back. Nothing there: no error.
    ///
    /// # Errors
    /// `InUse` if a version is running.
    pub fn remove(&self, app: &str) -> Result<(), StoreError> {
        let mut removal = self.inner.running.removal();
        if !self.inner.database.transact(|tx| room::remove_all(tx, app, &mut removal))? {
            return Err(StoreError::InUse { app: app.to_owned() });
        }
        self.forget();
        self.inner.database.shrink();
        Ok(())
    }

    /// Something may have been removed. What is still there is read again when it is asked for.
    fn forget(&self) {
        lock(&self.inner.indexes).clear();
        self.inner.memory.forget();
    }

    fn find(&self, digest: &Digest) -> Result<Option<InstalledBundle>, StoreError> {
        let key = digest.as_bytes().as_slice();
        Ok(self.inner.database.read(|reader| select(reader, "digest = ?1", &key))?.pop())
    }

    fn load_index(&self, digest: &Digest) -> Result<Index, StoreError> {
        let sql = "SELECT content FROM bundle WHERE digest = ?1";
        let key = digest.as_bytes().as_slice();
        let bytes: Option<Vec<u8>> =
            self.inner.database.read(|reader| reader.query_row(sql, [key], |row| row.get(0)).optional())?;
        let bytes = bytes.ok_or_else(|| not_installed(digest))?;
        if Digest::of(&bytes) != *digest {
            return Err(StoreError::Corrupt { what: format!("the index of bundle {digest}") });
        }
        Ok(Index::parse(&bytes)?)
    }

    /// Notes the use, for eviction. Only where that changes the order, and only if nobody else is writing:
    /// opening a program never waits for an installation.
    fn touch(&self, digest: &Digest) -> Result<(), StoreError> {
        let key = digest.as_bytes().as_slice();
        let newest = "SELECT digest = ?1 FROM bundle ORDER BY used DESC LIMIT 1";
        if !self.inner.database.read(|reader| reader.query_row(newest, [key], |row| row.get(0)))? {
            let sql = "UPDATE bundle SET used = (SELECT max(used) + 1 FROM bundle) WHERE digest = ?1";
            self.inner.database.try_write(|tx| tx.execute(sql, [key]).map(|_| ()));
        }
        Ok(())
    }
}

fn not_installed(digest: &Digest) -> StoreError {
    StoreError::NotFound { what: format!("bundle {digest}") }
}

/// `filter` is ours, never the caller's; the value goes in as `?1`.
fn select(
    connection: &Connection,
    filter: &str,
    value: &dyn ToSql,
) -> rusqlite::Result<Vec<InstalledBundle>> {
    let sql =
        format!("SELECT app, digest, version_name, version_code, pinned, bytes FROM bundle WHERE {filter}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([value], |row| {
        Ok(InstalledBundle {
            app: row.get(0)?,
            digest: digest(row, 1)?,
            version: Version { name: row.get(2)?, code: row.get(3)? },
            pinned: row.get(4)?,
            bytes: row.get(5)?,
        })
    })?;
    rows.collect()
}

fn select_one(connection: &Connection, filter: &str, value: &dyn ToSql) -> rusqlite::Result<InstalledBundle> {
    select(connection, filter, value)?.pop().ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    let bytes = row.get_ref(column)?.as_blob()?;
    Digest::from_bytes(bytes).ok_or(rusqlite::Error::InvalidColumnType(
        column,
        "digest".to_owned(),
        Type::Blob,
    ))
}
