//! One SQLite file, one writer, many readers; shared by the store and the engine's data areas.
mod open;
mod schema;
#[cfg(test)]
mod tests;

pub use open::OpenReport;

use crate::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};

/// Readers kept open between calls; more are opened when more threads read at once.
const IDLE_READERS: usize = 4;

/// How long to wait for another process before giving up with [`StoreError::Locked`].
const PATIENCE: Duration = Duration::from_secs(5);

/// The database of a [`Store`](crate::Store). Cheap to clone; safe from any thread.
///
/// Readers never wait for the writer, nor the writer for readers (write-ahead log). A call blocks its thread.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    // Before `writer`: the connection that is closed last empties the log, and only a writer can.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

impl Database {
    /// Runs `work` on one snapshot: writes that commit meanwhile are not seen.
    ///
    /// # Errors
    /// What `work` or SQLite reports. A query without rows is `NotFound`.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let idle = lock(&self.inner.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => open::reader(&self.inner.path)?,
        };
        let snapshot = reader.transaction()?;
        let outcome = work(&snapshot).map_err(StoreError::from);
        // Ends the snapshot. A reader that cannot even do that is not used again.
        if snapshot.finish().is_ok() {
            let mut idle = lock(&self.inner.readers);
            if idle.len() < IDLE_READERS {
                idle.push(reader);
            }
        }
        if let Err(StoreError::Corrupt { .. }) = outcome
            && let Some(writer) = try_lock(&self.inner.writer)
        {
            schema::suspect(&writer);
        }
        outcome
    }

    /// Runs `work` in one IMMEDIATE transaction, committed to the disk if it returns `Ok`, else undone.
    /// Never call `write` inside `write`: there is one writer.
    ///
    /// # Errors
    /// What `work` or SQLite reports; then nothing has changed.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.transact(work)
    }

    /// As [`Database::write`], for work that fails with more than SQLite's errors.
    pub(crate) fn transact<T, E: Into<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        transact_on(&mut lock(&self.inner.writer), work)
    }

    /// As [`Database::write`], but gives up at once when somebody else writes; for what may as well be lost.
    pub(crate) fn try_write(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>) {
        let Some(mut writer) = try_lock(&self.inner.writer) else { return };
        if writer.busy_timeout(Duration::ZERO).is_ok() {
            // Dropping the error is what the caller asked for.
            let _ = transact_on(&mut writer, work);
        }
        // Cannot fail: the same call just worked, and it only stores a number.
        let _ = writer.busy_timeout(PATIENCE);
    }

    /// Brings the tables of `component` up to date: runs, in one transaction, the SQL of each step that
    /// this file has not seen. Steps are only ever added at the end.
    ///
    /// # Errors
    /// `NewerSchema` if the file has seen more steps than are given; else what SQLite reports.
    pub fn migrate(&self, component: &str, steps: &[&str]) -> Result<(), StoreError> {
        self.transact(|tx| schema::migrate(tx, component, steps))
    }

    /// Runs the whole of SQLite's own check, which reads the whole file. Empty if all is well.
    pub(crate) fn faults(&self) -> Result<Vec<String>, StoreError> {
        self.read(|reader| schema::faults(reader, None))
    }

    /// Gives free pages back to the file system, as far as it goes.
    pub(crate) fn shrink(&self) {
        if let Some(writer) = try_lock(&self.inner.writer) {
            // Only costs space if it fails. One row comes back for each page that is freed.
            let _ = writer.pragma_query(None, "incremental_vacuum", |_| Ok(()));
        }
    }
}

fn transact_on<T, E: Into<StoreError>>(
    writer: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, StoreError> {
    let outcome = (|| {
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&tx).map_err(Into::into)?;
        tx.commit()?;
        Ok(value)
    })();
    if let Err(StoreError::Corrupt { .. }) = outcome {
        schema::suspect(writer);
    }
    outcome
}

/// A panic in a caller's `work` has undone its transaction, so what the lock guards is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
