//! Installs a bundle: verified first, then written in one transaction.
use super::{InstalledBundle, Store, room};
use crate::{Bundle, Digest, Index, IndexError, Rule, StoreError};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashSet;

impl Store {
    /// Verifies every blob, then in one transaction writes the bundle, makes it the current version, and
    /// removes old versions and, for the quota, programs not used for longest. A bundle that is already
    /// there becomes current again and has its damaged blobs mended.
    ///
    /// # Errors
    /// `Refused`, `NotFound` or `Corrupt` if the bundle is not what its index says; `QuotaExceeded`, `Full`,
    /// `Locked`. Nothing has changed then.
    pub fn install(&self, bundle: &Bundle) -> Result<InstalledBundle, StoreError> {
        self.install_with(bundle, |_| Ok(()))
    }

    /// As [`Store::install`], with what else must be written in the same transaction.
    pub(crate) fn install_with(
        &self,
        bundle: &Bundle,
        also: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<InstalledBundle, StoreError> {
        // Before the transaction: hashing takes long, and other writers need not wait for it.
        bundle.verify()?;
        let digest = bundle.digest();
        let mut removal = self.inner.running.removal();
        let installed = self.inner.database.transact(|tx| {
            refuse_case_twin(tx, &bundle.index.app)?;
            let id = write_bundle(tx, digest, bundle)?;
            write_blobs(tx, id, bundle)?;
            room::drop_old_versions(tx, &mut removal)?;
            room::evict(tx, &bundle.index.app, self.inner.quota, &mut removal)?;
            also(tx)?;
            Ok::<_, StoreError>(super::select_one(tx, "digest = ?1", &digest.as_bytes().as_slice())?)
        })?;
        self.forget_indexes();
        Ok(installed)
    }
}

/// App ids are unique after case folding: two that differ only in case are one to a user's eye.
fn refuse_case_twin(tx: &Transaction<'_>, app: &str) -> Result<(), StoreError> {
    let sql = "SELECT app FROM bundle WHERE app = ?1 COLLATE NOCASE AND app <> ?1 LIMIT 1";
    let twin: Option<String> = tx.query_row(sql, [app], |row| row.get(0)).optional()?;
    twin.map_or(Ok(()), |_| Err(IndexError::new(Rule::AppCase, app).into()))
}

/// Writes the bundle's row, or makes an existing one the newest; returns its id.
fn write_bundle(tx: &Transaction<'_>, digest: Digest, bundle: &Bundle) -> Result<i64, StoreError> {
    let Index { app, version, .. } = &bundle.index;
    let bytes: u64 = distinct(&bundle.index).map(|(_, length)| length).sum();
    Ok(tx.query_row(
        "INSERT INTO bundle (digest, app, version_name, version_code, bytes, pinned, installed, used, content)
         SELECT ?1, ?2, ?3, ?4, ?5, 0, tick, tick, ?6
            FROM (SELECT coalesce(max(max(installed), max(used)), 0) + 1 AS tick FROM bundle) WHERE true
         ON CONFLICT (digest) DO UPDATE
            SET installed = excluded.installed, used = excluded.used, content = excluded.content
         RETURNING id",
        params![
            digest.as_bytes().as_slice(),
            app,
            version.name,
            version.code,
            bytes,
            bundle.index_bytes
        ],
        |row| row.get(0),
    )?)
}

fn write_blobs(tx: &Transaction<'_>, bundle_id: i64, bundle: &Bundle) -> Result<(), StoreError> {
    let mut find = tx.prepare("SELECT id FROM blob WHERE digest = ?1")?;
    let mut add = tx.prepare("INSERT INTO blob (digest, length) VALUES (?1, ?2)")?;
    let mut fill = tx.prepare("INSERT OR IGNORE INTO content (id, bytes) VALUES (?1, ?2)")?;
    let mut mend = tx.prepare("UPDATE content SET bytes = ?2 WHERE id = ?1 AND bytes IS NOT ?2")?;
    let mut hold = tx.prepare("INSERT OR IGNORE INTO holds (bundle, blob) VALUES (?1, ?2)")?;
    for (digest, length) in distinct(&bundle.index) {
        let bytes = &bundle.blobs[&digest];
        let key = digest.as_bytes().as_slice();
        let known: Option<i64> = find.query_row([key], |row| row.get(0)).optional()?;
        let id = match known {
            Some(id) => id,
            None => {
                add.execute(params![key, length])?;
                tx.last_insert_rowid()
            }
        };
        if fill.execute(params![id, bytes])? == 0 {
            mend.execute(params![id, bytes])?;
        }
        hold.execute([bundle_id, id])?;
    }
    Ok(())
}

/// Each blob of the index once, with its length, in index order.
fn distinct(index: &Index) -> impl Iterator<Item = (Digest, u64)> {
    let mut seen = HashSet::new();
    index.files().filter(move |file| seen.insert(file.digest)).map(|file| (file.digest, file.length))
}
