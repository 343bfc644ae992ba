//! The journal's rows in the engine's database, sealed, with keyed hashes for names. Durable when a write returns: the
//! database runs with `synchronous=FULL`.
use crate::{
    ErrorKind, LodgerError,
    gate::Gate,
    vault::{Area, Vault},
};
use lodger_bundle::Database;
use lodger_pay::journal::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

const SCHEMA: &[&str] = &["CREATE TABLE engine_payment (
    user BLOB NOT NULL,
    name BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (user, name)
) STRICT;"];

/// What a user is called in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UserName([u8; 32]);

impl UserName {
    pub(super) fn of(vault: &Vault, user: &str) -> Self {
        Self(vault.user(user))
    }
}

/// The rows of one host user. Calls block.
pub(super) struct Rows {
    database: Database,
    vault: Arc<Vault>,
    user: UserName,
    gate: Arc<Gate>,
}

/// Makes the table. Once per engine.
pub(crate) fn migrate(database: &Database) -> Result<(), LodgerError> {
    Ok(database.migrate("payments", SCHEMA)?)
}

/// Everybody who has rows.
pub(super) fn users(database: &Database) -> Result<Vec<UserName>, LodgerError> {
    Ok(database.read(|db| {
        db.prepare("SELECT DISTINCT user FROM engine_payment")?
            .query_map([], |row| row.get(0).map(UserName))?
            .collect()
    })?)
}

/// Removes a user's rows, and checks that they are gone.
pub(super) fn wipe(database: &Database, user: &UserName) -> Result<(), LodgerError> {
    let left: u64 = database.write(|db| {
        db.execute("DELETE FROM engine_payment WHERE user = ?1", [user.0])?;
        db.query_row("SELECT COUNT(*) FROM engine_payment WHERE user = ?1", [user.0], |row| row.get(0))
    })?;
    if left == 0 {
        return Ok(());
    }
    let message = "Some of the user's payments could not be removed. Try again.";
    Err(LodgerError::new(ErrorKind::Storage, "wipe-incomplete", message))
}

/// Removes everybody's: the key that sealed them is gone.
pub(crate) fn wipe_all(database: &Database) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_payment", []))?;
    Ok(())
}

impl Rows {
    pub(super) fn new(database: Database, vault: Arc<Vault>, user: UserName, gate: Arc<Gate>) -> Self {
        Self { database, vault, user, gate }
    }

    fn name(&self, order: &str) -> [u8; 32] {
        self.vault.name(&Area::from_bytes(self.user.0), order)
    }

    fn place(&self, name: &[u8; 32]) -> Vec<u8> {
        [b"payment ".as_slice(), &self.user.0, name].concat()
    }

    fn seal(&self, name: &[u8; 32], order: &str, row: &[u8]) -> Result<Vec<u8>, StoreError> {
        let plain = [order.as_bytes(), b"\0", row].concat();
        self.vault.seal(&self.place(name), &plain).map_err(|error| StoreError(error.to_string()))
    }

    /// Order and row. Both empty if it cannot be read: the journal sees that it is damaged, and leaves it alone.
    fn open(&self, name: &[u8; 32], sealed: &[u8]) -> (String, Vec<u8>) {
        let plain = self.vault.unseal(&self.place(name), sealed).unwrap_or_default();
        let end = plain.iter().position(|byte| *byte == 0).unwrap_or(plain.len());
        let order = String::from_utf8_lossy(&plain[..end]).into_owned();
        (order, plain.get(end + 1..).unwrap_or_default().to_vec())
    }

    fn select(&self, db: &Connection, name: &[u8; 32]) -> rusqlite::Result<Option<Vec<u8>>> {
        db.prepare_cached("SELECT sealed FROM engine_payment WHERE user = ?1 AND name = ?2")?
            .query_row(params![self.user.0, name], |row| row.get(0))
            .optional()
    }

    /// Runs `change` in one transaction, if the row is still `was`.
    fn compare(
        &self,
        name: &[u8; 32],
        was: Option<&[u8]>,
        change: impl FnOnce(&Connection) -> rusqlite::Result<usize>,
    ) -> Result<bool, StoreError> {
        let write = || {
            self.database.write(|db| {
                let row = self.select(db, name)?.map(|sealed| self.open(name, &sealed).1);
                if row.as_deref() != was {
                    return Ok(false);
                }
                change(db).map(|_| true)
            })
        };
        let logged_out = || StoreError("the user has logged out".to_owned());
        self.gate.pass(write).ok_or_else(logged_out)?.map_err(failed)
    }
}

impl Store for Rows {
    fn read(&self, order: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let name = self.name(order);
        let sealed = self.database.read(|db| self.select(db, &name)).map_err(failed)?;
        Ok(sealed.map(|sealed| self.open(&name, &sealed).1))
    }

    fn list(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows: Vec<([u8; 32], Vec<u8>)> = self
            .database
            .read(|db| {
                db.prepare_cached("SELECT name, sealed FROM engine_payment WHERE user = ?1")?
                    .query_map([self.user.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(failed)?;
        Ok(rows.iter().map(|(name, sealed)| self.open(name, sealed)).collect())
    }

    fn write(&self, order: &str, was: Option<&[u8]>, row: &[u8]) -> Result<bool, StoreError> {
        let name = self.name(order);
        let sealed = self.seal(&name, order, row)?;
        self.compare(&name, was, |db| {
            db.prepare_cached(
                "INSERT OR REPLACE INTO engine_payment (user, name, sealed) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![self.user.0, name, sealed])
        })
    }

    fn remove(&self, order: &str, was: &[u8]) -> Result<bool, StoreError> {
        let name = self.name(order);
        self.compare(&name, Some(was), |db| {
            db.prepare_cached("DELETE FROM engine_payment WHERE user = ?1 AND name = ?2")?
                .execute(params![self.user.0, name])
        })
    }
}

fn failed(error: lodger_bundle::StoreError) -> StoreError {
    StoreError(error.to_string())
}
