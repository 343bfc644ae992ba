//! The database's own tables: which component has which schema, and whether the file is under suspicion.
use crate::StoreError;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// The layout of the file as a whole, kept in `user_version`. 0 is a new file.
const VERSION: u64 = 1;

const TABLES: &str = "
    CREATE TABLE component (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE suspect (mark INTEGER PRIMARY KEY) STRICT;
";

/// Whether the file is new; one that a newer version wrote is refused, before anything in it is touched.
pub(super) fn is_new(connection: &Connection) -> Result<bool, StoreError> {
    match user_version(connection)? {
        0 => Ok(true),
        VERSION => Ok(false),
        found => Err(StoreError::NewerSchema { component: "database".to_owned(), found, known: VERSION }),
    }
}

/// Makes the database's own tables in a new file.
pub(super) fn create(tx: &Transaction<'_>) -> Result<(), StoreError> {
    if user_version(tx)? == 0 {
        tx.execute_batch(TABLES)?;
        tx.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(())
}

pub(super) fn migrate(tx: &Transaction<'_>, component: &str, steps: &[&str]) -> Result<(), StoreError> {
    let found: Option<u64> = tx
        .query_row("SELECT version FROM component WHERE name = ?1", [component], |row| row.get(0))
        .optional()?;
    let (found, known) = (found.unwrap_or(0), steps.len() as u64);
    if found > known {
        return Err(StoreError::NewerSchema { component: component.to_owned(), found, known });
    }
    for (_, step) in (0_u64..).zip(steps).skip_while(|(at, _)| *at < found) {
        tx.execute_batch(step)?;
    }
    if found < known {
        tx.execute("INSERT OR REPLACE INTO component VALUES (?1, ?2)", params![component, known])?;
    }
    Ok(())
}

/// Marks the file for a whole check at the next opening. If even this fails, the quick look at the next
/// opening is what remains.
pub(super) fn suspect(connection: &Connection) {
    let _ = connection.execute("INSERT OR IGNORE INTO suspect VALUES (1)", []);
}

pub(super) fn is_suspect(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM suspect)", [], |row| row.get(0))?)
}

pub(super) fn clear_suspicion(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("DELETE FROM suspect", [])?;
    Ok(())
}

/// What SQLite's check finds in one table and its indexes, or in the whole file.
pub(super) fn faults(connection: &Connection, table: Option<&str>) -> rusqlite::Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut collect = |row: &rusqlite::Row<'_>| {
        let line: String = row.get(0)?;
        if line != "ok" {
            faults.push(line);
        }
        Ok(())
    };
    match table {
        Some(table) => connection.pragma(None, "quick_check", table, &mut collect)?,
        None => connection.pragma_query(None, "quick_check", &mut collect)?,
    }
    Ok(faults)
}

pub(super) fn has_table(connection: &Connection, table: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)";
    Ok(connection.query_row(sql, [table], |row| row.get(0))?)
}

fn user_version(connection: &Connection) -> Result<u64, StoreError> {
    // Negative numbers were never written by us; read as "newer" they are refused too.
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(u64::try_from(version).unwrap_or(u64::MAX))
}
