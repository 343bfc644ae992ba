//! Keeps the store within its quota: old versions go, then the programs that were not used for longest.
use super::{partial, running::Removal};
use crate::{Digest, StoreError};
use rusqlite::{Connection, ToSql, Transaction, params};

/// A bundle that may have to go.
struct Candidate {
    id: i64,
    digest: Digest,
    pinned: bool,
}

/// Removes, of every program, what is neither the current version, nor the one before it (the fallback),
/// nor pinned, nor running.
pub(super) fn drop_old_versions(tx: &Transaction<'_>, removal: &mut Removal) -> Result<(), StoreError> {
    let sql = "SELECT id, digest, pinned FROM (
            SELECT *, row_number() OVER (PARTITION BY app ORDER BY installed DESC) AS age FROM bundle
        ) WHERE age > 2 AND NOT pinned";
    for old in candidates(tx, sql, &[])? {
        if removal.choose(&[old.digest], &[old.digest]) {
            delete(tx, &old)?;
        }
    }
    Ok(())
}

/// Removes what other programs' downloads left, then whole programs, least recently used first, until blobs and
/// downloads fit `quota`. A program goes with its fallback, never one without the other; pinned bundles stay; `app`
/// and what is running lose nothing.
pub(super) fn evict(
    tx: &Transaction<'_>,
    app: &str,
    quota: u64,
    removal: &mut Removal,
) -> Result<(), StoreError> {
    let mut needed = total(tx)?;
    if needed <= quota {
        return Ok(());
    }
    partial::forget_others(tx, app)?;
    needed = total(tx)?;
    if needed <= quota {
        return Ok(());
    }
    let mut statement =
        tx.prepare("SELECT app FROM bundle WHERE app <> ?1 GROUP BY app ORDER BY max(used)")?;
    let apps: Vec<String> = statement.query_map([app], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for app in apps {
        let (pinned, free): (Vec<_>, Vec<_>) =
            versions(tx, &app)?.into_iter().partition(|bundle| bundle.pinned);
        let going: Vec<Digest> = free.iter().map(|bundle| bundle.digest).collect();
        let all: Vec<Digest> = pinned.iter().map(|bundle| bundle.digest).chain(going.clone()).collect();
        if removal.choose(&going, &all) {
            free.iter().try_for_each(|bundle| delete(tx, bundle))?;
            needed = total(tx)?;
            if needed <= quota {
                return Ok(());
            }
        }
    }
    Err(StoreError::QuotaExceeded { needed, quota })
}

/// Removes every version of `app`. False, and nothing is removed, if one is running.
pub(super) fn remove_all(tx: &Transaction<'_>, app: &str, removal: &mut Removal) -> Result<bool, StoreError> {
    let bundles = versions(tx, app)?;
    let digests: Vec<Digest> = bundles.iter().map(|bundle| bundle.digest).collect();
    if !removal.choose(&digests, &digests) {
        return Ok(false);
    }
    bundles.iter().try_for_each(|bundle| delete(tx, bundle))?;
    partial::forget(tx, app)?;
    Ok(true)
}

/// Removes one bundle, and the blobs that no other holds.
fn delete(tx: &Transaction<'_>, bundle: &Candidate) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM blob WHERE id IN (SELECT mine.blob FROM holds AS mine WHERE mine.bundle = ?1
            AND NOT EXISTS (SELECT 1 FROM holds WHERE blob = mine.blob AND bundle <> ?1))",
        params![bundle.id],
    )?;
    tx.execute("DELETE FROM bundle WHERE id = ?1", params![bundle.id])?;
    Ok(())
}

fn total(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let blobs: u64 = tx.query_row("SELECT coalesce(sum(length), 0) FROM blob", [], |row| row.get(0))?;
    Ok(blobs + partial::total(tx)?)
}

fn versions(tx: &Transaction<'_>, app: &str) -> Result<Vec<Candidate>, StoreError> {
    candidates(tx, "SELECT id, digest, pinned FROM bundle WHERE app = ?1", &[&app])
}

fn candidates(
    connection: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<Candidate>, StoreError> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map(values, |row| {
        Ok(Candidate { id: row.get(0)?, digest: super::digest(row, 1)?, pinned: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
