//! What has arrived of files that are still being downloaded, so that a broken-off download goes on where it ended.
//!
//! In the database and not in files beside it: they count in the quota, go with their program, and disappear in the
//! transaction that installs what they led to. Losing them costs a download, never more.
use super::{Store, room};
use crate::{Digest, StoreError};
use rusqlite::{Transaction, params};

/// A file that is being downloaded.
pub(crate) struct Partial<'a> {
    /// The program that it is for.
    pub app: &'a str,
    /// The stream that it leads to.
    pub stream: Digest,
    /// Path in the repository.
    pub path: &'a str,
}

impl Store {
    /// What has arrived, without gaps from the first byte.
    pub(crate) fn arrived(&self, path: &str) -> Result<Vec<u8>, StoreError> {
        self.inner.database.read(|reader| {
            let sql = "SELECT start, bytes FROM partial WHERE path = ?1 ORDER BY start";
            let mut statement = reader.prepare_cached(sql)?;
            let mut rows = statement.query([path])?;
            let mut arrived = Vec::new();
            while let Some(row) = rows.next()? {
                if row.get::<_, u64>(0)? != arrived.len() as u64 {
                    break;
                }
                arrived.extend_from_slice(row.get_ref(1)?.as_blob()?);
            }
            Ok(arrived)
        })
    }

    /// Keeps the bytes of a file that begin at `start`; what there was from there on goes. Makes room for them as the
    /// installation that follows would, for at least as many bytes.
    pub(crate) fn keep(&self, partial: &Partial<'_>, start: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let mut removal = self.inner.running.removal();
        self.inner.database.transact(|tx| {
            tx.execute("DELETE FROM partial WHERE path = ?1 AND start >= ?2", params![partial.path, start])?;
            let stream = partial.stream.as_bytes().as_slice();
            tx.execute(
                "INSERT INTO partial (app, stream, path, start, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![partial.app, stream, partial.path, start, bytes],
            )?;
            room::evict(tx, partial.app, self.inner.quota, &mut removal)
        })?;
        if removal.removes() {
            self.forget();
        }
        Ok(())
    }

    /// Forgets what has arrived of one file.
    pub(crate) fn drop_partial(&self, path: &str) -> Result<(), StoreError> {
        self.inner.database.write(|tx| tx.execute("DELETE FROM partial WHERE path = ?1", [path]).map(|_| ()))
    }

    /// Forgets what led to other streams of `app` than these.
    pub(crate) fn keep_only(&self, app: &str, streams: &[Digest]) -> Result<(), StoreError> {
        let left: Vec<Digest> = self.inner.database.read(|reader| {
            let mut statement =
                reader.prepare_cached("SELECT DISTINCT stream FROM partial WHERE app = ?1")?;
            statement.query_map([app], |row| super::digest(row, 0))?.collect()
        })?;
        let old: Vec<_> = left.iter().filter(|stream| !streams.contains(stream)).collect();
        if old.is_empty() {
            return Ok(());
        }
        self.inner.database.write(|tx| old.iter().try_for_each(|stream| forget_stream(tx, app, stream)))
    }
}

/// Forgets all downloads of `app`.
pub(super) fn forget(tx: &Transaction<'_>, app: &str) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM partial WHERE app = ?1", [app]).map(|_| ())
}

/// Forgets the downloads of all programs but `app`.
pub(super) fn forget_others(tx: &Transaction<'_>, app: &str) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM partial WHERE app <> ?1", [app]).map(|_| ())
}

/// Forgets what led to one stream of `app`.
pub(super) fn forget_stream(tx: &Transaction<'_>, app: &str, stream: &Digest) -> rusqlite::Result<()> {
    let key = stream.as_bytes().as_slice();
    tx.execute("DELETE FROM partial WHERE app = ?1 AND stream = ?2", params![app, key]).map(|_| ())
}

/// Bytes that are kept.
pub(super) fn total(tx: &Transaction<'_>) -> rusqlite::Result<u64> {
    tx.query_row("SELECT coalesce(sum(length(bytes)), 0) FROM partial", [], |row| row.get(0))
}
