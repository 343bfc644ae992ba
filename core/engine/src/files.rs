//! User files: per user and app, sealed in the store's SQLite file, 200 MB (DESIGN 7), in WeChat's three spaces
//! (`usr`, `tmp`, `store`), beside the read-only files of the package.
//!
//! `path` reads the texts that programs write, `tree` keeps nodes and bytes, `operations` holds what
//! `FileSystemManager` does with paths and `descriptors` what it does with open files, `arriving` takes bytes that
//! come bit by bit, `calls` is the bridge's end and `serve` the page's (`/.lodger/file/`). Every change is one
//! transaction: a kill at any point leaves the old state or the new.
mod arriving;
mod calls;
mod descriptors;
mod fault;
mod operations;
mod path;
mod serve;
mod tree;

pub(crate) use arriving::Arriving;
pub(crate) use calls::call;
pub(crate) use fault::Fault;
pub(crate) use path::Place;
use path::Space;
pub(crate) use serve::{StoredBody, mime_of, serve};

use crate::{
    Clock, LodgerError,
    gate::Gate,
    vault::{Area, Vault},
};
use descriptors::Descriptors;
use lodger_bundle::{Database, Digest, Index, Store};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};
use tree::Tree;

/// The files that one session sees. Blocks on the disk: not for async threads.
pub(crate) struct Files {
    store: Store,
    vault: Arc<Vault>,
    area: Area,
    gate: Arc<Gate>,
    clock: Arc<dyn Clock>,
    bundle: Mutex<(Arc<Index>, Digest)>,
    /// Names what is temporary.
    session: String,
    open: Mutex<Descriptors>,
}

/// Whose files, and of which bundle.
pub(crate) struct FilesOf {
    pub store: Store,
    pub vault: Arc<Vault>,
    pub area: Area,
    pub gate: Arc<Gate>,
    pub clock: Arc<dyn Clock>,
    pub index: Arc<Index>,
    pub digest: Digest,
    pub session: String,
}

impl Files {
    /// Makes the tables, and removes the temporary files of sessions that a crash ended. Once per engine.
    pub(crate) fn migrate(database: &Database) -> Result<(), LodgerError> {
        database.migrate("files", tree::SCHEMA)?;
        database.write(|db| db.execute("DELETE FROM engine_file WHERE temporary = 1", []))?;
        Ok(())
    }

    pub(crate) fn new(of: FilesOf) -> Self {
        let FilesOf { store, vault, area, gate, clock, index, digest, session } = of;
        let bundle = Mutex::new((index, digest));
        Self { store, vault, area, gate, clock, bundle, session, open: Mutex::default() }
    }

    /// Another build has taken the place of the one that ran.
    pub(crate) fn replace_bundle(&self, index: Arc<Index>, digest: Digest) {
        *self.bundle.lock().unwrap_or_else(PoisonError::into_inner) = (index, digest);
    }

    fn bundle(&self) -> (Arc<Index>, Digest) {
        self.bundle.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Removes what is temporary: the session has ended.
    pub(crate) fn end(&self) -> Result<(), Fault> {
        self.close_all();
        self.change(|tree| tree.remove_temporary())
    }

    fn database(&self) -> &Database {
        self.store.database()
    }

    /// Looks at one snapshot.
    fn look<T>(&self, work: impl FnOnce(&Tree<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        transacted(|keep| self.database().read(|db| work(&self.tree(db)).map_err(keep)))
    }

    /// One transaction: all of it, or nothing if `work` fails or the data is being wiped.
    fn change<T>(&self, work: impl FnOnce(&Tree<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let done = self
            .gate
            .pass(|| transacted(|keep| self.database().write(|db| work(&self.tree(db)).map_err(keep))));
        done.ok_or(Fault::Closed)?
    }

    fn tree<'a>(&'a self, db: &'a rusqlite::Connection) -> Tree<'a> {
        Tree { db, vault: &self.vault, area: &self.area, session: &self.session, now: self.now() }
    }

    fn now(&self) -> u64 {
        self.clock.now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs())
    }
}

/// Carries a fault out of a transaction, which only knows SQLite's errors, and so undoes it.
fn transacted<T>(
    run: impl FnOnce(&mut dyn FnMut(Fault) -> rusqlite::Error) -> Result<T, lodger_bundle::StoreError>,
) -> Result<T, Fault> {
    let mut fault = None;
    let outcome = run(&mut |error| match error {
        Fault::Database(error) => error,
        other => {
            fault = Some(other);
            rusqlite::Error::ExecuteReturnedResults
        }
    });
    match (outcome, fault) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(fault)) => Err(fault),
        (Err(error), None) => Err(error.into()),
    }
}

/// Removes all files of one area.
pub(crate) fn wipe(database: &Database, area: &Area) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_file WHERE area = ?1", [area.as_bytes()]))?;
    Ok(())
}

/// Removes all files of everybody: the key that protected them is gone.
pub(crate) fn wipe_all(database: &Database) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_file", []))?;
    Ok(())
}

/// Rows left in one area, and pieces that belong to no file at all.
pub(crate) fn count(database: &Database, area: &Area) -> Result<u64, LodgerError> {
    Ok(database.read(|db| {
        db.query_row(
            "SELECT (SELECT COUNT(*) FROM engine_file WHERE area = ?1)
                + (SELECT COUNT(*) FROM engine_file_piece WHERE file NOT IN (SELECT id FROM engine_file))",
            [area.as_bytes()],
            |row| row.get(0),
        )
    })?)
}

#[cfg(test)]
mod tests;
