//! What a program may do: capabilities that the host leaves on, scopes that the user has granted.
//!
//! A grant belongs to one user, app and scope; the host's own permission of the operating system counts for nothing
//! here (attack row 9).
use crate::{
    LodgerError, Prompt, Prompts, Question, Reply, ScopeAnswer, ScopePrompt, gate::Gate, vault::Area,
};
use lodger_bundle::Database;
use rusqlite::{OptionalExtension, params};
use std::{collections::BTreeMap, sync::Arc};

/// WeChat's scopes: its guide on authorisation, and the pages of the functions that ask for one.
const WECHAT_SCOPES: [&str; 14] = [
    "scope.userInfo",
    "scope.userLocation",
    "scope.userLocationBackground",
    "scope.userFuzzyLocation",
    "scope.address",
    "scope.invoiceTitle",
    "scope.invoice",
    "scope.werun",
    "scope.record",
    "scope.writePhotosAlbum",
    "scope.camera",
    "scope.bluetooth",
    "scope.addPhoneContact",
    "scope.addPhoneCalendar",
];

const SCHEMA: &[&str] = &["CREATE TABLE engine_grant (
    area BLOB NOT NULL,
    scope TEXT NOT NULL,
    granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
    PRIMARY KEY (area, scope)
) STRICT;"];

/// True for the scopes that WeChat knows.
pub(crate) fn is_wechat_scope(scope: &str) -> bool {
    WECHAT_SCOPES.contains(&scope)
}

/// One user's grants in one app.
pub(crate) struct Permissions {
    database: Database,
    area: Area,
    gate: Arc<Gate>,
    prompts: Arc<dyn Prompts>,
    app: String,
    app_name: String,
    /// The author's reasons, by scope.
    reasons: BTreeMap<String, String>,
    /// One question at a time, so that two calls do not ask the same.
    asking: tokio::sync::Mutex<()>,
}

impl Permissions {
    /// Makes the table. Once per engine.
    pub(crate) fn migrate(database: &Database) -> Result<(), LodgerError> {
        Ok(database.migrate("grants", SCHEMA)?)
    }

    pub(crate) fn new(
        database: Database,
        area: Area,
        gate: Arc<Gate>,
        prompts: Arc<dyn Prompts>,
        app: &str,
        app_name: &str,
        reasons: BTreeMap<String, String>,
    ) -> Self {
        let (app, app_name) = (app.to_owned(), app_name.to_owned());
        Self { database, area, gate, prompts, app, app_name, reasons, asking: tokio::sync::Mutex::new(()) }
    }

    /// True if the user has granted `scope`, now or before. Asks at most once.
    pub(crate) async fn granted(&self, scope: &str) -> Result<bool, LodgerError> {
        let _one_at_a_time = self.asking.lock().await;
        if let Some(granted) = self.remembered(scope)? {
            return Ok(granted);
        }
        let prompt = ScopePrompt {
            app: self.app.clone(),
            app_name: self.app_name.clone(),
            scope: scope.to_owned(),
            reason: self.reasons.get(scope).cloned().unwrap_or_default(),
        };
        let granted = self.prompts.scope(prompt).await == ScopeAnswer::Granted;
        self.set(scope, granted)?;
        Ok(granted)
    }

    /// Asks anything else, each time. One question at a time, so that none covers another.
    pub(crate) async fn ask(&self, question: Question) -> Reply {
        let _one_at_a_time = self.asking.lock().await;
        let prompt = Prompt { app: self.app.clone(), app_name: self.app_name.clone(), question };
        self.prompts.ask(prompt).await
    }

    /// Changes an answer: the host's settings page.
    pub(crate) fn set(&self, scope: &str, granted: bool) -> Result<(), LodgerError> {
        let write = || {
            self.database.write(|db| {
                db.execute(
                    "INSERT OR REPLACE INTO engine_grant (area, scope, granted) VALUES (?1, ?2, ?3)",
                    params![self.area.as_bytes(), scope, granted],
                )
            })
        };
        self.gate.pass(write).ok_or_else(LodgerError::closed)??;
        Ok(())
    }

    /// Every answer given so far, by scope.
    pub(crate) fn all(&self) -> Result<BTreeMap<String, bool>, LodgerError> {
        Ok(self.database.read(|db| {
            db.prepare("SELECT scope, granted FROM engine_grant WHERE area = ?1")?
                .query_map([self.area.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?)
    }

    /// An answer given before. Names other than scopes' are the engine's own (`privacy`, `subscribe:<id>`).
    pub(crate) fn remembered(&self, scope: &str) -> Result<Option<bool>, LodgerError> {
        Ok(self.database.read(|db| {
            db.query_row(
                "SELECT granted FROM engine_grant WHERE area = ?1 AND scope = ?2",
                params![self.area.as_bytes(), scope],
                |row| row.get(0),
            )
            .optional()
        })?)
    }
}

/// Removes all answers of one area.
pub(crate) fn wipe(database: &Database, area: &Area) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_grant WHERE area = ?1", [area.as_bytes()]))?;
    Ok(())
}

/// Removes everybody's answers: they belong to areas that cannot be found again.
pub(crate) fn wipe_all(database: &Database) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_grant", []))?;
    Ok(())
}

/// Rows left in one area.
pub(crate) fn count(database: &Database, area: &Area) -> Result<u64, LodgerError> {
    Ok(database.read(|db| {
        db.query_row("SELECT COUNT(*) FROM engine_grant WHERE area = ?1", [area.as_bytes()], |row| row.get(0))
    })?)
}
