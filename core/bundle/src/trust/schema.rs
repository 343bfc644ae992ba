//! The tables of trust, beside the store's in one file, so that an installation and what proved it commit as one.
//!
//! Each scope (a program, or "" for the platform) keeps the files that its last check used, under their names in
//! the repository. Programs of one platform share most of them, so bytes stand once, by digest. A program keeps its
//! own set because the platform goes on: another program's check brings a snapshot that lists newer bins.

/// Steps for [`Database::migrate`](crate::Database::migrate); only ever added to.
pub(super) const STEPS: &[&str] = &["
    CREATE TABLE trust_blob (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        bytes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE trust_file (
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        blob INTEGER NOT NULL REFERENCES trust_blob (id),
        PRIMARY KEY (scope, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trust_file_blob ON trust_file (blob);
    CREATE TABLE trust_scope (
        scope TEXT PRIMARY KEY,
        epoch INTEGER NOT NULL,        -- of an app's root; 0 for the platform
        root INTEGER NOT NULL,         -- versions seen
        timestamp INTEGER NOT NULL,
        checked INTEGER NOT NULL,      -- Unix seconds for which all of the files were valid
        issued INTEGER NOT NULL,       -- greatest time signed by the channel's keys
        keys TEXT NOT NULL             -- those keys
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE trust_mark (          -- outlives the program
        app TEXT PRIMARY KEY,
        floor INTEGER NOT NULL,        -- only ever grows
        stopped INTEGER NOT NULL       -- the reviewer's last word
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE trust_revoked (       -- only ever grows, and outlives the program
        app TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (app, version)
    ) STRICT, WITHOUT ROWID;
"];
