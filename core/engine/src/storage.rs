//! `wx` storage: key-value data per user and app, within WeChat's limits, sealed in the database.
//!
//! Values are the base library's encoded strings; the engine never looks into them.
use crate::{
    LodgerError,
    gate::Gate,
    vault::{Area, Vault},
};
use lodger_bundle::Database;
use rusqlite::{OptionalExtension, Transaction, params};
use std::sync::{Arc, Mutex, PoisonError};

/// All of one user's data in one app, keys and values in UTF-8.
pub(crate) const MAX_TOTAL: u64 = 10 << 20;
/// One value.
pub(crate) const MAX_VALUE: usize = 1 << 20;
const MAX_KEY: usize = 1 << 10;

const SCHEMA: &[&str] = &["CREATE TABLE engine_storage (
    area BLOB NOT NULL,
    name BLOB NOT NULL,
    sealed_key BLOB NOT NULL,
    size INTEGER NOT NULL,
    used INTEGER NOT NULL,
    sealed_value BLOB NOT NULL,
    UNIQUE (area, name)
) STRICT;
CREATE INDEX engine_storage_used ON engine_storage (area, used);"];

/// Why a storage call fails, in WeChat's words where it has some.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("entry size limit reached")]
    Entry,
    #[error("exceed storage max size 10Mb")]
    Total,
    #[error("key is empty or longer than 1 KiB")]
    Key,
    #[error("data not found")]
    NotFound,
    #[error("the session is closed")]
    Closed,
    #[error("{0}")]
    Store(#[from] LodgerError),
}

impl From<lodger_bundle::StoreError> for StorageError {
    fn from(error: lodger_bundle::StoreError) -> Self {
        Self::Store(error.into())
    }
}

/// What `getStorageInfo` tells; sizes in KB, rounded up.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StorageInfo {
    pub keys: Vec<String>,
    pub current_size: u64,
    pub limit_size: u64,
}

/// The most recently used entries, for the launch object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recent {
    pub items: Vec<(String, String)>,
    /// Of all entries, in KB, rounded up.
    pub current_size: u64,
    /// Nothing was left out.
    pub complete: bool,
}

/// One user's storage in one app. Blocks on the disk: not for async threads.
pub(crate) struct Storage {
    database: Database,
    vault: Arc<Vault>,
    area: Area,
    gate: Arc<Gate>,
    /// Names read since the last flush, oldest first: a read alone is not worth a synchronous write.
    touched: Mutex<Vec<[u8; 32]>>,
}

impl Storage {
    /// Makes the table. Once per engine.
    pub(crate) fn migrate(database: &Database) -> Result<(), LodgerError> {
        Ok(database.migrate("storage", SCHEMA)?)
    }

    pub(crate) fn new(database: Database, vault: Arc<Vault>, area: Area, gate: Arc<Gate>) -> Self {
        Self { database, vault, area, gate, touched: Mutex::default() }
    }

    pub(crate) fn get(&self, key: &str) -> Result<String, StorageError> {
        let name = self.vault.name(&self.area, key);
        let sealed: Option<Vec<u8>> = self.database.read(|db| {
            db.query_row(
                "SELECT sealed_value FROM engine_storage WHERE area = ?1 AND name = ?2",
                params![self.area.as_bytes(), name],
                |row| row.get(0),
            )
            .optional()
        })?;
        let value = self.open(b"value", &name, &sealed.ok_or(StorageError::NotFound)?);
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        touched.retain(|other| *other != name);
        touched.push(name);
        value.ok_or(StorageError::NotFound)
    }

    pub(crate) fn set(&self, key: &str, value: &str) -> Result<(), StorageError> {
        if key.is_empty() || key.len() > MAX_KEY {
            return Err(StorageError::Key);
        }
        if value.len() > MAX_VALUE {
            return Err(StorageError::Entry);
        }
        let name = self.vault.name(&self.area, key);
        let sealed_key = self.vault.seal(&self.place(b"key", &name), key.as_bytes())?;
        let sealed_value = self.vault.seal(&self.place(b"value", &name), value.as_bytes())?;
        let size = (key.len() + value.len()) as u64;
        let area = self.area.as_bytes();
        let fits = self.write(|db| {
            let others: u64 = db.query_row(
                "SELECT COALESCE(SUM(size), 0) FROM engine_storage WHERE area = ?1 AND name <> ?2",
                params![area, name],
                |row| row.get(0),
            )?;
            if others + size > MAX_TOTAL {
                return Ok(false);
            }
            db.execute(
                "INSERT INTO engine_storage (area, name, sealed_key, size, used, sealed_value)
                 VALUES (?1, ?2, ?3, ?4, (SELECT COALESCE(MAX(used), 0) + 1 FROM engine_storage WHERE area = ?1), ?5)
                 ON CONFLICT (area, name) DO UPDATE SET sealed_key = excluded.sealed_key, size = excluded.size,
                     used = excluded.used, sealed_value = excluded.sealed_value",
                params![area, name, sealed_key, size, sealed_value],
            )?;
            Ok(true)
        })?;
        if fits { Ok(()) } else { Err(StorageError::Total) }
    }

    /// Removing what is not there is no error, as in WeChat.
    pub(crate) fn remove(&self, key: &str) -> Result<(), StorageError> {
        let name = self.vault.name(&self.area, key);
        self.write(|db| {
            db.execute(
                "DELETE FROM engine_storage WHERE area = ?1 AND name = ?2",
                params![self.area.as_bytes(), name],
            )
        })?;
        Ok(())
    }

    pub(crate) fn clear(&self) -> Result<(), StorageError> {
        self.write(|db| db.execute("DELETE FROM engine_storage WHERE area = ?1", [self.area.as_bytes()]))?;
        Ok(())
    }

    pub(crate) fn info(&self) -> Result<StorageInfo, StorageError> {
        let rows: Vec<([u8; 32], Vec<u8>, u64)> = self.database.read(|db| {
            db.prepare("SELECT name, sealed_key, size FROM engine_storage WHERE area = ?1 ORDER BY rowid")?
                .query_map([self.area.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })?;
        let bytes: u64 = rows.iter().map(|(_, _, size)| size).sum();
        let keys = rows.iter().filter_map(|(name, sealed, _)| self.open(b"key", name, sealed)).collect();
        Ok(StorageInfo { keys, current_size: bytes.div_ceil(1024), limit_size: MAX_TOTAL / 1024 })
    }

    /// Entries from the most recently used on, until `limit` bytes are full.
    pub(crate) fn recent(&self, limit: u64) -> Result<Recent, StorageError> {
        self.flush()?;
        let mut complete = true;
        let rows: Vec<([u8; 32], Vec<u8>, Vec<u8>)> = self.database.read(|db| {
            let mut statement = db.prepare(
                "SELECT size, name, sealed_key, sealed_value FROM engine_storage WHERE area = ?1 ORDER BY used DESC",
            )?;
            let mut rows = statement.query([self.area.as_bytes()])?;
            let (mut taken, mut left) = (Vec::new(), limit);
            while let Some(row) = rows.next()? {
                match left.checked_sub(row.get(0)?) {
                    Some(rest) => left = rest,
                    None => {
                        complete = false;
                        break;
                    }
                }
                taken.push((row.get(1)?, row.get(2)?, row.get(3)?));
            }
            Ok(taken)
        })?;
        let open = |(name, key, value): &([u8; 32], Vec<u8>, Vec<u8>)| {
            Some((self.open(b"key", name, key)?, self.open(b"value", name, value)?))
        };
        let items = rows.iter().filter_map(open).collect();
        Ok(Recent { items, current_size: self.size()?.div_ceil(1024), complete })
    }

    /// Writes down what was read since the last time.
    pub(crate) fn flush(&self) -> Result<(), StorageError> {
        let touched = std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner));
        if touched.is_empty() {
            return Ok(());
        }
        self.write(|db| {
            let mut bump = db.prepare(
                "UPDATE engine_storage SET used = (SELECT MAX(used) + 1 FROM engine_storage WHERE area = ?1)
                 WHERE area = ?1 AND name = ?2",
            )?;
            for name in &touched {
                bump.execute(params![self.area.as_bytes(), name])?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Bytes of all entries.
    fn size(&self) -> Result<u64, StorageError> {
        Ok(self.database.read(|db| {
            let sum = "SELECT COALESCE(SUM(size), 0) FROM engine_storage WHERE area = ?1";
            db.query_row(sum, [self.area.as_bytes()], |row| row.get(0))
        })?)
    }

    /// One transaction, unless the data is being wiped.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StorageError> {
        Ok(self.gate.pass(|| self.database.write(work)).ok_or(StorageError::Closed)??)
    }

    fn place(&self, part: &[u8], name: &[u8; 32]) -> Vec<u8> {
        [self.area.as_bytes(), name, part].concat()
    }

    fn open(&self, part: &[u8], name: &[u8; 32], sealed: &[u8]) -> Option<String> {
        let bytes = self.vault.unseal(&self.place(part, name), sealed)?;
        String::from_utf8(bytes).ok()
    }
}

/// Removes all entries of one area.
pub(crate) fn wipe(database: &Database, area: &Area) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_storage WHERE area = ?1", [area.as_bytes()]))?;
    Ok(())
}

/// Removes all entries of everybody: the key that protected them is gone.
pub(crate) fn wipe_all(database: &Database) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_storage", []))?;
    Ok(())
}

/// Rows left in one area.
pub(crate) fn count(database: &Database, area: &Area) -> Result<u64, LodgerError> {
    Ok(database.read(|db| {
        db.query_row("SELECT COUNT(*) FROM engine_storage WHERE area = ?1", [area.as_bytes()], |row| {
            row.get(0)
        })
    })?)
}

#[cfg(test)]
mod tests;
