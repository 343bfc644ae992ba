//! Which data areas a user has, so that a log-out finds them all, also those of programs that are long gone from the
//! store. Users and areas are keyed hashes: neither can be read from the database.
use crate::{
    LodgerError,
    vault::{Area, Vault},
};
use lodger_bundle::Database;
use rusqlite::params;

const SCHEMA: &[&str] = &["CREATE TABLE engine_user (
    user BLOB NOT NULL,
    area BLOB NOT NULL,
    PRIMARY KEY (user, area)
) STRICT;
CREATE INDEX engine_user_area ON engine_user (area);"];

/// Makes the table. Once per engine.
pub(crate) fn migrate(database: &Database) -> Result<(), LodgerError> {
    Ok(database.migrate("users", SCHEMA)?)
}

/// Remembers an area, before anything is written there.
pub(crate) fn note(database: &Database, vault: &Vault, user: &str, area: &Area) -> Result<(), LodgerError> {
    // A read first: an open mostly finds it there, and a write waits for the disk.
    if !areas(database, vault, user)?.contains(area) {
        database.write(|db| {
            db.execute(
                "INSERT OR IGNORE INTO engine_user (user, area) VALUES (?1, ?2)",
                params![vault.user(user), area.as_bytes()],
            )
        })?;
    }
    Ok(())
}

/// All areas of a user.
pub(crate) fn areas(database: &Database, vault: &Vault, user: &str) -> Result<Vec<Area>, LodgerError> {
    Ok(database.read(|db| {
        db.prepare_cached("SELECT area FROM engine_user WHERE user = ?1")?
            .query_map([vault.user(user)], |row| Ok(Area::from_bytes(row.get(0)?)))?
            .collect()
    })?)
}

/// Forgets an area.
pub(crate) fn wipe(database: &Database, area: &Area) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_user WHERE area = ?1", [area.as_bytes()]))?;
    Ok(())
}

/// Forgets everybody's.
pub(crate) fn wipe_all(database: &Database) -> Result<(), LodgerError> {
    database.write(|db| db.execute("DELETE FROM engine_user", []))?;
    Ok(())
}

/// Rows left of one area.
pub(crate) fn count(database: &Database, area: &Area) -> Result<u64, LodgerError> {
    Ok(database.read(|db| {
        db.query_row("SELECT COUNT(*) FROM engine_user WHERE area = ?1", [area.as_bytes()], |row| row.get(0))
    })?)
}
