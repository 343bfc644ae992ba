//! The login's rows in the engine's database: sealed by `lodger-auth` before they come here.
use crate::LodgerError;
use lodger_auth::{
    AuthError,
    ports::{Change, Store},
};
use lodger_bundle::{Database, StoreError};
use rusqlite::{OptionalExtension, Transaction};

const SCHEMA: &[&str] = &["CREATE TABLE engine_login (
    name TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;"];

/// The rows of this device's one login. Blocks on the disk.
pub(super) struct Rows(Database);

impl Rows {
    pub(super) fn new(database: Database) -> Self {
        Self(database)
    }
}

/// Makes the table. Once per engine.
pub(crate) fn migrate(database: &Database) -> Result<(), LodgerError> {
    Ok(database.migrate("login", SCHEMA)?)
}

/// Removes every row: the key that sealed them is gone.
pub(crate) fn wipe_all(database: &Database) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_login", []))?;
    Ok(())
}

impl Store for Rows {
    fn read(&self, row: &str) -> Result<Option<Vec<u8>>, AuthError> {
        let read = |db: &rusqlite::Connection| select(db, row);
        self.0.read(read).map_err(failed)
    }

    fn write(&self, changes: &[Change]) -> Result<(), AuthError> {
        let write = |db: &Transaction<'_>| {
            for change in changes {
                match change {
                    Change::Put(name, sealed) => db.execute(
                        "INSERT OR REPLACE INTO engine_login (name, sealed) VALUES (?1, ?2)",
                        (name, sealed),
                    )?,
                    Change::Remove(name) => db.execute("DELETE FROM engine_login WHERE name = ?1", [name])?,
                };
            }
            Ok(())
        };
        self.0.write(write).map_err(failed)
    }

    fn take(&self, row: &str) -> Result<Option<Vec<u8>>, AuthError> {
        let take = |db: &Transaction<'_>| {
            let sealed = select(db, row)?;
            db.execute("DELETE FROM engine_login WHERE name = ?1", [row])?;
            Ok(sealed)
        };
        self.0.write(take).map_err(failed)
    }

    fn wipe(&self) -> Result<usize, AuthError> {
        self.0.write(|db| db.execute("DELETE FROM engine_login", [])).map_err(failed)?;
        let count = |db: &rusqlite::Connection| {
            db.query_row("SELECT COUNT(*) FROM engine_login", [], |row| row.get(0))
        };
        self.0.read(count).map_err(failed)
    }
}

fn select(db: &rusqlite::Connection, row: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    db.query_row("SELECT sealed FROM engine_login WHERE name = ?1", [row], |row| row.get(0)).optional()
}

fn failed(error: StoreError) -> AuthError {
    AuthError::Storage(error.to_string())
}
