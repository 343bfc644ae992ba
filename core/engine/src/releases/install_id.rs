//! The id that buckets of gray releases are chosen by: random, made once for this data folder, never sent anywhere.
use crate::{LodgerError, vault};
use lodger_bundle::Database;
use rusqlite::OptionalExtension;

const SCHEMA: &[&str] = &["CREATE TABLE engine_install (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL
) STRICT;"];

/// Reads the id, or makes it. Blocks on the disk.
pub(super) fn load(database: &Database) -> Result<String, LodgerError> {
    database.migrate("install", SCHEMA)?;
    let fresh = vault::random_token()?;
    let sql = "SELECT id FROM engine_install";
    let known = database.read(|reader| reader.query_row(sql, [], |row| row.get(0)).optional())?;
    if let Some(known) = known {
        return Ok(known);
    }
    // Somebody else may have been first.
    Ok(database.write(|tx| {
        tx.execute("INSERT OR IGNORE INTO engine_install VALUES (1, ?1)", [&fresh])?;
        tx.query_row(sql, [], |row| row.get(0))
    })?)
}
