//! What can go wrong with a store: a variant for each thing that a caller may do about it.
use crate::IndexError;
use rusqlite::{Error as Sqlite, ErrorCode};
use std::{io, path::Path};

/// A failed operation. Unless the variant says otherwise, nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk, or the space given to the database, is full.
    #[error("the disk is full: nothing was changed; free some space and try again")]
    Full,
    /// Another process holds the database.
    #[error("the store is locked by another process: close that process and try again")]
    Locked,
    /// Bytes are not what their digest says, or the database file is damaged.
    #[error(
        "{what} is damaged: install the program again; if that does not help, open the store again, \
         which sets a damaged database aside"
    )]
    Corrupt {
        /// What is damaged: a path in a bundle, or the database.
        what: String,
    },
    /// There is no such bundle, file or row.
    #[error("{what} is not in the store: install it first, or correct the name")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// The bundle is installed without this subpackage.
    #[error("the package {package} is not on this device yet: download it first")]
    PackageMissing {
        /// The package's name.
        package: String,
    },
    /// The bundle does not fit beside what must not be evicted.
    #[error(
        "the store would hold {needed} bytes and may hold {quota}: close or remove programs, or raise the \
         quota"
    )]
    QuotaExceeded {
        /// Bytes after the installation, with everything evicted that may be.
        needed: u64,
        /// Bytes allowed.
        quota: u64,
    },
    /// The program is running.
    #[error("the program {app} is running: close it first")]
    InUse {
        /// The app id.
        app: String,
    },
    /// The database was written by a newer version of Lodger.
    #[error(
        "{component} has schema {found} and this version knows {known}: update the app; the data is untouched"
    )]
    NewerSchema {
        /// Whose tables: `database` for the file as a whole.
        component: String,
        /// The schema version found.
        found: u64,
        /// The newest schema version known.
        known: u64,
    },
    /// The index breaks a rule.
    #[error(transparent)]
    Refused(#[from] IndexError),
    /// The file system refused.
    #[error("{what} cannot be read or written ({source}): check that it exists and may be written")]
    Io {
        /// The file.
        what: String,
        /// The system's reason.
        source: io::Error,
    },
    /// SQLite refused for another reason; `source` says which.
    #[error("the database refused an operation: {source}")]
    Database {
        /// SQLite's reason.
        source: Sqlite,
    },
}

impl StoreError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io { what: path.display().to_string(), source },
        }
    }

    pub(crate) fn database_corrupt() -> Self {
        Self::Corrupt { what: "the database".to_owned() }
    }
}

impl From<Sqlite> for StoreError {
    fn from(source: Sqlite) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::database_corrupt(),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                Self::Io { what: "the database".to_owned(), source: io::Error::other(source) }
            }
            _ if source == Sqlite::QueryReturnedNoRows => Self::NotFound { what: "the row".to_owned() },
            _ => Self::Database { source },
        }
    }
}
