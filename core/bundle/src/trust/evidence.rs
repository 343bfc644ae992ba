//! What is remembered between checks: the files that proved a program, and the marks that never go back.
use crate::{Database, Digest, StoreError};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// Files by their names in the repository.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The scope of what belongs to no program.
const PLATFORM: &str = "";

/// How far a scope has come. Ordered: what is greater is newer. A higher epoch starts anew, and so does a root after
/// a fast-forward attack: that is why the timestamp comes last.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Progress {
    pub(super) epoch: u64,
    pub(super) root: u64,
    pub(super) timestamp: u64,
}

/// What is known of one program, as read before a check.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Files of the program's last check.
    pub(super) own: Files,
    /// Files of the platform's last check, by whatever program.
    pub(super) platform: Files,
    /// `None` before the first check.
    pub(super) scope: Option<Scope>,
    /// Greatest time, in Unix seconds, that any program's channel signed.
    pub(super) issued: i64,
    pub(super) marks: Marks,
}

/// The state of one program.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) progress: Progress,
    /// Unix seconds for which all files were valid.
    pub(super) checked: i64,
    /// Greatest time, in Unix seconds, that the channel's keys signed.
    pub(super) issued: i64,
    /// The channel's keys: what they said about time ends with them, so that stolen ones do harm until rotation only.
    pub(super) keys: String,
}

/// What outlives checks and programs. Floor and revocations only ever grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) floor: u64,
    pub(super) revoked: BTreeSet<u64>,
    /// Whether the reviewer's last word was anything but "approved".
    pub(super) stopped: bool,
}

impl Marks {
    pub(super) fn add(&mut self, floor: u64, revoked: &BTreeSet<u64>) {
        self.floor = self.floor.max(floor);
        self.revoked.extend(revoked);
    }
}

/// What a check leaves behind.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) app: String,
    pub(super) files: Files,
    pub(super) scope: Scope,
    pub(super) platform: Progress,
    pub(super) marks: Marks,
}

/// What is known of the platform alone.
pub(super) fn load_platform(database: &Database) -> Result<Known, StoreError> {
    load(database, PLATFORM)
}

/// What is known of a program, and of the platform.
pub(super) fn load(database: &Database, app: &str) -> Result<Known, StoreError> {
    database.read(|reader| {
        Ok(Known {
            own: files(reader, app)?,
            platform: files(reader, PLATFORM)?,
            scope: scope(reader, app)?,
            issued: reader
                .prepare_cached("SELECT coalesce(max(issued), 0) FROM trust_scope")?
                .query_row([], |row| row.get(0))?,
            marks: marks(reader, app)?,
        })
    })
}

/// Writes the outcome, in whatever transaction it belongs to. A check that somebody overtook leaves only its marks.
pub(super) fn write(tx: &Transaction<'_>, outcome: &Outcome) -> rusqlite::Result<()> {
    let Outcome { app, files, scope: new, platform, marks } = outcome;
    if scope(tx, app)?.is_none_or(|old| new.progress >= old.progress) {
        write_scope(tx, app, new, files.iter())?;
    }
    write_platform(tx, files, platform, new.checked)?;
    // The reviewer's word was written when it was read; a check that took longer must not bring an older one back.
    let stopped = self::marks(tx, app)?.stopped;
    write_marks(tx, app, &Marks { stopped, ..marks.clone() })
}

/// Writes what a check saw of the platform, whatever it was made for; nothing if somebody has seen newer files.
pub(super) fn write_platform(
    tx: &Transaction<'_>,
    files: &Files,
    progress: &Progress,
    checked: i64,
) -> rusqlite::Result<()> {
    let new = Scope { progress: progress.clone(), checked, ..Scope::default() };
    if scope(tx, PLATFORM)?.is_none_or(|old| new.progress >= old.progress) {
        let files = files.iter().filter(|(name, _)| name.starts_with("platform/"));
        write_scope(tx, PLATFORM, &new, files)?;
    }
    tx.execute("DELETE FROM trust_blob WHERE id NOT IN (SELECT blob FROM trust_file)", [])?;
    Ok(())
}

/// Writes what must hold even if the rest of a check fails.
pub(super) fn write_marks(tx: &Transaction<'_>, app: &str, marks: &Marks) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO trust_mark VALUES (?1, ?2, ?3) ON CONFLICT (app)
         DO UPDATE SET floor = max(floor, excluded.floor), stopped = excluded.stopped",
        params![app, marks.floor, marks.stopped],
    )?;
    for version in &marks.revoked {
        tx.execute("INSERT OR IGNORE INTO trust_revoked VALUES (?1, ?2)", params![app, version])?;
    }
    Ok(())
}

fn write_scope<'a>(
    tx: &Transaction<'_>,
    name: &str,
    scope: &Scope,
    files: impl Iterator<Item = (&'a String, &'a Vec<u8>)>,
) -> rusqlite::Result<()> {
    let Scope { progress, checked, issued, keys } = scope;
    tx.execute(
        "INSERT OR REPLACE INTO trust_scope VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![name, progress.epoch, progress.root, progress.timestamp, checked, issued, keys],
    )?;
    tx.execute("DELETE FROM trust_file WHERE scope = ?1", [name])?;
    let mut blob = tx.prepare(
        "INSERT INTO trust_blob (digest, bytes) VALUES (?1, ?2)
         ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes WHERE bytes IS NOT excluded.bytes",
    )?;
    let mut file =
        tx.prepare("INSERT INTO trust_file SELECT ?1, ?2, id FROM trust_blob WHERE digest = ?3")?;
    for (path, bytes) in files {
        let digest = Digest::of(bytes);
        blob.execute(params![digest.as_bytes().as_slice(), bytes])?;
        file.execute(params![name, path, digest.as_bytes().as_slice()])?;
    }
    Ok(())
}

/// Bytes that have changed since are left out: they are fetched again.
fn files(reader: &Connection, scope: &str) -> rusqlite::Result<Files> {
    let sql = "SELECT name, digest, bytes FROM trust_file JOIN trust_blob ON id = blob WHERE scope = ?1";
    let mut statement = reader.prepare_cached(sql)?;
    let mut rows = statement.query([scope])?;
    let mut files = Files::new();
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(2)?;
        if Digest::of(&bytes).as_bytes().as_slice() == row.get_ref(1)?.as_blob()? {
            files.insert(row.get(0)?, bytes);
        }
    }
    Ok(files)
}

fn scope(reader: &Connection, name: &str) -> rusqlite::Result<Option<Scope>> {
    let sql = "SELECT epoch, root, timestamp, checked, issued, keys FROM trust_scope WHERE scope = ?1";
    reader
        .prepare_cached(sql)?
        .query_row([name], |row| {
            Ok(Scope {
                progress: Progress { epoch: row.get(0)?, root: row.get(1)?, timestamp: row.get(2)? },
                checked: row.get(3)?,
                issued: row.get(4)?,
                keys: row.get(5)?,
            })
        })
        .optional()
}

fn marks(reader: &Connection, app: &str) -> rusqlite::Result<Marks> {
    let found: Option<(u64, bool)> = reader
        .prepare_cached("SELECT floor, stopped FROM trust_mark WHERE app = ?1")?
        .query_row([app], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (floor, stopped) = found.unwrap_or_default();
    let revoked = reader
        .prepare_cached("SELECT version FROM trust_revoked WHERE app = ?1")?
        .query_map([app], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Marks { floor, revoked, stopped })
}
