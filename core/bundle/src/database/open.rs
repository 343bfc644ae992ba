//! Opens the database file: sets it up, checks it, and sets a damaged one aside.
//!
//! The check at each opening covers the small tables that everything hangs on; reading all blobs each time
//! would cost as much as the first page. Blobs are hashed when read. Damage that SQLite meets later marks
//! the file, and the next opening checks all of it.
use super::{Database, Inner, PATIENCE, schema};
use crate::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

const FILE: &str = "lodger.db";
/// The log is cut back to this many bytes once it is emptied.
const LOG_BYTES: i64 = 4 << 20;

/// What opening found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct OpenReport {
    /// Where a database that could not be read was set aside (`lodger.db.corrupt-1`, …); a new one took its
    /// place, so programs must be installed again and users' data is only in this file. Tell the user.
    pub set_aside: Option<PathBuf>,
}

impl Database {
    /// Opens or creates `dir/lodger.db`, looking at `tables` for damage.
    pub(crate) fn open(dir: &Path, tables: &[&str]) -> Result<(Self, OpenReport), StoreError> {
        fs::create_dir_all(dir).map_err(|error| StoreError::io(dir, error))?;
        let path = dir.join(FILE);
        match attempt(&path, tables) {
            Err(StoreError::Corrupt { .. }) => {
                let set_aside = set_aside(&path)?;
                Ok((attempt(&path, tables)?, OpenReport { set_aside: Some(set_aside) }))
            }
            outcome => Ok((outcome?, OpenReport::default())),
        }
    }
}

fn attempt(path: &Path, tables: &[&str]) -> Result<Database, StoreError> {
    let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    if schema::is_new(&writer)? {
        // Only a new file takes this in: pages freed by `remove` go back to the user.
        writer.pragma_update(None, "auto_vacuum", "incremental")?;
    }
    writer.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    writer.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    writer.pragma_update(None, "synchronous", "full")?;
    // Where the system's fsync leaves data in the drive's cache (Apple); no effect elsewhere.
    writer.pragma_update(None, "fullfsync", true)?;
    writer.pragma_update(None, "checkpoint_fullfsync", true)?;
    writer.pragma_update(None, "foreign_keys", true)?;
    let tx = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    schema::create(&tx)?;
    tx.commit()?;
    // Nothing above has written to an existing file: a damaged one is set aside as it was found.
    check(&writer, tables)?;
    let inner = Inner { path: path.to_owned(), readers: Mutex::default(), writer: Mutex::new(writer) };
    Ok(Database { inner: Arc::new(inner) })
}

pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Without `SQLITE_OPEN_URI`: a folder's name is never read as options.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    // Nothing in the file may act on its own, and damaged cells are noticed when read.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

fn check(writer: &Connection, tables: &[&str]) -> Result<(), StoreError> {
    if schema::is_suspect(writer)? {
        if !schema::faults(writer, None)?.is_empty() {
            return Err(StoreError::database_corrupt());
        }
        return schema::clear_suspicion(writer);
    }
    for table in tables {
        if schema::has_table(writer, table)? && !schema::faults(writer, Some(table))?.is_empty() {
            return Err(StoreError::database_corrupt());
        }
    }
    Ok(())
}

/// Renames the file and what belongs to it; nothing is deleted or overwritten. The log goes first: if this
/// is cut short, what is left under the old name is still damaged, and not a good file with a foreign log.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let named = |name: &Path, end: &str| {
        let mut name = OsString::from(name);
        name.push(end);
        PathBuf::from(name)
    };
    const PARTS: [&str; 3] = ["-wal", "-shm", ""];
    let aside = (1_u32..)
        .map(|number| named(path, &format!(".corrupt-{number}")))
        .find(|aside| PARTS.iter().all(|part| !named(aside, part).exists()))
        .expect("some number is free");
    for part in PARTS {
        let from = named(path, part);
        if from.exists() {
            fs::rename(&from, named(&aside, part)).map_err(|error| StoreError::io(&from, error))?;
        }
    }
    Ok(aside)
}
