//! The page that a program was left on, and what that page wants to have again: `restartStrategy` and
//! `onSaveExitState` (WeChat: guide, "mini-program lifecycle", restart strategy).
use crate::{
    LodgerError,
    gate::Gate,
    page_stack::Query,
    vault::{Area, Vault},
};
use lodger_bundle::Database;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

const SCHEMA: &[&str] = &["CREATE TABLE engine_exit (
    area BLOB PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;"];

/// What is kept: one page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExitState {
    pub path: String,
    pub query: Query,
    /// What `onSaveExitState` gave; null for nothing.
    pub data: Value,
    /// Milliseconds since 1970; not used after that.
    pub expires: f64,
}

/// One user's row of one app. Blocks on the disk.
pub(crate) struct ExitStates {
    database: Database,
    vault: Arc<Vault>,
    area: Area,
    gate: Arc<Gate>,
}

impl ExitStates {
    /// Makes the table. Once per engine.
    pub(crate) fn migrate(database: &Database) -> Result<(), LodgerError> {
        Ok(database.migrate("exit", SCHEMA)?)
    }

    pub(crate) fn new(database: Database, vault: Arc<Vault>, area: Area, gate: Arc<Gate>) -> Self {
        Self { database, vault, area, gate }
    }

    /// Replaces what was kept before.
    pub(crate) fn keep(&self, state: &ExitState) -> Result<(), LodgerError> {
        let text = serde_json::to_vec(state).expect("a page, its query and JSON");
        let sealed = self.vault.seal(&self.place(), &text)?;
        let write = || {
            self.database.write(|db| {
                db.execute(
                    "INSERT OR REPLACE INTO engine_exit (area, sealed) VALUES (?1, ?2)",
                    params![self.area.as_bytes(), sealed],
                )
            })
        };
        self.gate.pass(write).ok_or_else(LodgerError::closed)??;
        Ok(())
    }

    /// What was kept, once: the row goes. None if there is none, it is too old, or it cannot be read any more.
    pub(crate) fn take(&self, now: SystemTime) -> Result<Option<ExitState>, LodgerError> {
        let sealed: Option<Vec<u8>> = self.database.write(|db| {
            let sealed = db
                .query_row("SELECT sealed FROM engine_exit WHERE area = ?1", [self.area.as_bytes()], |row| {
                    row.get(0)
                })
                .optional()?;
            db.execute("DELETE FROM engine_exit WHERE area = ?1", [self.area.as_bytes()])?;
            Ok(sealed)
        })?;
        let text = sealed.and_then(|sealed| self.vault.unseal(&self.place(), &sealed));
        let state: Option<ExitState> = text.and_then(|text| serde_json::from_slice(&text).ok());
        let now = now.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0);
        Ok(state.filter(|state| state.expires > now))
    }

    fn place(&self) -> Vec<u8> {
        [b"exit".as_slice(), self.area.as_bytes()].concat()
    }
}

/// Removes one area's row.
pub(crate) fn wipe(database: &Database, area: &Area) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_exit WHERE area = ?1", [area.as_bytes()]))?;
    Ok(())
}

/// Removes everybody's.
pub(crate) fn wipe_all(database: &Database) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_exit", []))?;
    Ok(())
}

/// Rows left in one area.
pub(crate) fn count(database: &Database, area: &Area) -> Result<u64, LodgerError> {
    Ok(database.read(|db| {
        db.query_row("SELECT COUNT(*) FROM engine_exit WHERE area = ?1", [area.as_bytes()], |row| row.get(0))
    })?)
}
