//! The store's tables.
//!
//! A blob's bytes stand apart from its row, so that looking for blobs, and checking the tables that
//! everything hangs on, never walks through them. References are rows, not a counter that could drift:
//! a blob's count is the number of bundles that hold it.

/// Steps for [`Database::migrate`](crate::Database::migrate); only ever added to.
pub(super) const STEPS: &[&str] = &[
    "
    CREATE TABLE bundle (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        app TEXT NOT NULL,
        version_name TEXT NOT NULL,
        version_code INTEGER NOT NULL,
        bytes INTEGER NOT NULL,        -- of its blobs, each once
        pinned INTEGER NOT NULL,
        installed INTEGER NOT NULL,    -- order of installation, not time: clocks go backwards
        used INTEGER NOT NULL,         -- order of use
        content BLOB NOT NULL          -- the index, byte for byte
    ) STRICT;
    CREATE UNIQUE INDEX bundle_app ON bundle (app, installed);
    CREATE TABLE blob (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        length INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE content (
        id INTEGER PRIMARY KEY REFERENCES blob (id) ON DELETE CASCADE,
        bytes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE holds (
        bundle INTEGER NOT NULL REFERENCES bundle (id) ON DELETE CASCADE,
        blob INTEGER NOT NULL REFERENCES blob (id) DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (bundle, blob)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX holds_blob ON holds (blob);
",
    "
    CREATE TABLE partial (             -- what has arrived of a file that is being downloaded, piece by piece
        id INTEGER PRIMARY KEY,
        app TEXT NOT NULL,
        stream BLOB NOT NULL,          -- digest of the stream that it leads to
        path TEXT NOT NULL,            -- in the repository
        start INTEGER NOT NULL,        -- of the piece, in the file
        bytes BLOB NOT NULL,
        UNIQUE (path, start)
    ) STRICT;
",
];

/// The tables to check at each opening: all but those with the bytes.
pub(super) const SMALL: &[&str] = &["component", "bundle", "blob", "holds"];
