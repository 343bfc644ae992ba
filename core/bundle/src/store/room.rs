//! Keeps the store within its quota: old versions go, then the programs that were not used for longest.
use super::running::Counts;
use crate::{Digest, StoreError};
use rusqlite::{Transaction, params};

/// A bundle that may have to go.
struct Candidate {
    id: i64,
    digest: Digest,
    pinned: bool,
}

impl Candidate {
    fn may_go(&self, running: &Counts) -> bool {
        !self.pinned && !running.contains_key(&self.digest)
    }
}

/// Removes, of every program, what is neither the current version, nor the one before it (the fallback),
/// nor pinned, nor running.
pub(super) fn drop_old_versions(tx: &Transaction<'_>, running: &Counts) -> Result<(), StoreError> {
    let sql = "SELECT id, digest, pinned FROM (
            SELECT *, row_number() OVER (PARTITION BY app ORDER BY installed DESC) AS age FROM bundle
        ) WHERE age > 2";
    for old in candidates(tx, sql, &[])? {
        if old.may_go(running) {
            delete(tx, old.id)?;
        }
    }
    Ok(())
}

/// Evicts whole programs, least recently used first, until the blobs fit `quota`. A program goes with its
/// fallback, never one without the other; pinned bundles stay; `app` and what is running lose nothing.
pub(super) fn evict(tx: &Transaction<'_>, app: &str, quota: u64, running: &Counts) -> Result<(), StoreError> {
    let mut needed = total(tx)?;
    if needed <= quota {
        return Ok(());
    }
    let mut statement =
        tx.prepare("SELECT app FROM bundle WHERE app <> ?1 GROUP BY app ORDER BY max(used)")?;
    let apps: Vec<String> = statement.query_map([app], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for app in apps {
        let bundles = candidates(tx, "SELECT id, digest, pinned FROM bundle WHERE app = ?1", &[&app])?;
        if bundles.iter().any(|bundle| running.contains_key(&bundle.digest)) {
            continue;
        }
        for bundle in bundles.iter().filter(|bundle| bundle.may_go(running)) {
            delete(tx, bundle.id)?;
        }
        needed = total(tx)?;
        if needed <= quota {
            return Ok(());
        }
    }
    Err(StoreError::QuotaExceeded { needed, quota })
}

/// Removes one bundle, and the blobs that no other holds.
pub(super) fn delete(tx: &Transaction<'_>, bundle: i64) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM blob WHERE id IN (SELECT mine.blob FROM holds AS mine WHERE mine.bundle = ?1
            AND NOT EXISTS (SELECT 1 FROM holds WHERE blob = mine.blob AND bundle <> ?1))",
        params![bundle],
    )?;
    tx.execute("DELETE FROM bundle WHERE id = ?1", params![bundle])?;
    Ok(())
}

fn total(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    Ok(tx.query_row("SELECT coalesce(sum(length), 0) FROM blob", [], |row| row.get(0))?)
}

fn candidates(
    tx: &Transaction<'_>,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<Candidate>, StoreError> {
    let mut statement = tx.prepare(sql)?;
    let rows = statement.query_map(values, |row| {
        Ok(Candidate { id: row.get(0)?, digest: super::digest(row, 1)?, pinned: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
