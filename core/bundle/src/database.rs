//! One SQLite file, one writer, many readers; shared by the store and the engine's data areas.
use rusqlite::{Connection, Transaction};

/// Cheap to clone; safe from any thread.
#[derive(Clone)]
pub struct Database {
    _private: (),
}

impl Database {
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, crate::StoreError> {
        todo!()
    }
    /// Runs `work` in one IMMEDIATE transaction, committed if it returns Ok.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, crate::StoreError> {
        todo!()
    }
}
