//! Installs a bundle: verified first, then written in one transaction.
use super::{InstalledBundle, Store, partial, room};
use crate::{Bundle, Digest, Index, IndexError, Package, Rule, StoreError};
use rusqlite::{OptionalExtension, Transaction, params};
use std::{
    collections::{BTreeMap, HashSet},
    iter,
};

impl Store {
    /// As [`Store::install_with`] for the whole bundle and nothing else, whoever made it: for tests of the store alone.
    #[cfg(test)]
    pub(crate) fn install(&self, bundle: &Bundle) -> Result<InstalledBundle, StoreError> {
        self.install_with(bundle, |_| true, |_| Ok(()))
    }

    /// Verifies every blob of the `wanted` packages, then in one transaction writes the bundle with them, makes it
    /// the current version, does what else must be written (`also`), and removes old versions, what was left of its
    /// program's downloads and, for the quota, programs not used for longest. A bundle that is already there becomes
    /// current again, keeps the other packages that it has, and has its damaged blobs mended.
    ///
    /// # Errors
    /// `Refused`, `NotFound` or `Corrupt` if the bundle is not what its index says; `QuotaExceeded`, `Full`,
    /// `Locked`. Nothing has changed then.
    pub(crate) fn install_with(
        &self,
        bundle: &Bundle,
        wanted: impl Fn(&Package) -> bool,
        also: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<InstalledBundle, StoreError> {
        // Before the transaction: hashing takes long, and other writers need not wait for it.
        bundle.verify_blobs(&wanted)?;
        self.install_hashed(bundle, wanted, also)
    }

    /// As [`Store::install_with`], for blobs that the caller has hashed.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn install_hashed(
        &self,
        bundle: &Bundle,
        wanted: impl Fn(&Package) -> bool,
        also: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<InstalledBundle, StoreError> {
        bundle.verify_index()?;
        let digest = bundle.digest();
        let app = &bundle.index.app;
        let mut removal = self.inner.running.removal();
        let installed = self.inner.database.transact(|tx| {
            refuse_case_twin(tx, app)?;
            let id = write_bundle(tx, digest, bundle)?;
            let packages = bundle.index.packages.iter().filter(|package| wanted(package));
            write_blobs(tx, id, packages, &bundle.blobs)?;
            partial::forget(tx, app)?;
            room::drop_old_versions(tx, &mut removal)?;
            room::evict(tx, app, self.inner.quota, &mut removal)?;
            also(tx)?;
            Ok::<_, StoreError>(super::select_one(tx, "digest = ?1", &digest.as_bytes().as_slice())?)
        })?;
        self.forget();
        Ok(installed)
    }

    /// Adds a package, whose blobs the caller has hashed, to a bundle that is installed, in one transaction.
    ///
    /// # Errors
    /// `NotFound` if the bundle is not installed (any more), or a blob is missing; `Corrupt` if one has another length
    /// than the index says; `QuotaExceeded`, `Full`, `Locked`.
    /// Nothing has changed then.
    pub(crate) fn add_hashed(
        &self,
        bundle: &Digest,
        package: &Package,
        blobs: &BTreeMap<Digest, Vec<u8>>,
    ) -> Result<(), StoreError> {
        let mut removal = self.inner.running.removal();
        self.inner.database.transact(|tx| {
            let find = "SELECT id, app FROM bundle WHERE digest = ?1";
            let found = tx.query_row(find, [bundle.as_bytes().as_slice()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            });
            let (id, app) = found.optional()?.ok_or_else(|| super::not_installed(bundle))?;
            write_blobs(tx, id, iter::once(package), blobs)?;
            partial::forget_stream(tx, &app, &package.stream_digest)?;
            room::evict(tx, &app, self.inner.quota, &mut removal)
        })?;
        // Whole programs may have been evicted.
        self.forget();
        Ok(())
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
    Ok(tx.query_row(
        "INSERT INTO bundle (digest, app, version_name, version_code, bytes, pinned, installed, used, content)
         SELECT ?1, ?2, ?3, ?4, 0, 0, tick, tick, ?5
            FROM (SELECT coalesce(max(max(installed), max(used)), 0) + 1 AS tick FROM bundle) WHERE true
         ON CONFLICT (digest) DO UPDATE
            SET installed = excluded.installed, used = excluded.used, content = excluded.content
         RETURNING id",
        params![
            digest.as_bytes().as_slice(),
            app,
            version.name,
            version.code,
            bundle.index_bytes
        ],
        |row| row.get(0),
    )?)
}

/// Writes what of the packages is not there yet, and notes what the bundle holds now.
fn write_blobs<'a>(
    tx: &Transaction<'_>,
    bundle_id: i64,
    packages: impl Iterator<Item = &'a Package>,
    blobs: &BTreeMap<Digest, Vec<u8>>,
) -> Result<(), StoreError> {
    let mut find = tx.prepare("SELECT id FROM blob WHERE digest = ?1")?;
    let mut add = tx.prepare("INSERT INTO blob (digest, length) VALUES (?1, ?2)")?;
    let mut fill = tx.prepare("INSERT OR IGNORE INTO content (id, bytes) VALUES (?1, ?2)")?;
    let mut mend = tx.prepare("UPDATE content SET bytes = ?2 WHERE id = ?1 AND bytes IS NOT ?2")?;
    let mut hold = tx.prepare("INSERT OR IGNORE INTO holds (bundle, blob) VALUES (?1, ?2)")?;
    let mut seen = HashSet::new();
    for file in packages.flat_map(|package| &package.files).filter(|file| seen.insert(file.digest)) {
        let what = || format!("blob of {:?}", file.path);
        let bytes = blobs.get(&file.digest).ok_or_else(|| StoreError::NotFound { what: what() })?;
        // A blob that came from the store has its digest, but an index may say another length.
        if bytes.len() as u64 != file.length {
            return Err(StoreError::Corrupt { what: what() });
        }
        let key = file.digest.as_bytes().as_slice();
        let known: Option<i64> = find.query_row([key], |row| row.get(0)).optional()?;
        let id = match known {
            Some(id) => id,
            None => {
                add.execute(params![key, file.length])?;
                tx.last_insert_rowid()
            }
        };
        if fill.execute(params![id, bytes])? == 0 {
            mend.execute(params![id, bytes])?;
        }
        hold.execute([bundle_id, id])?;
    }
    tx.execute(
        "UPDATE bundle SET bytes = (SELECT coalesce(sum(blob.length), 0) FROM holds
            JOIN blob ON blob.id = holds.blob WHERE holds.bundle = bundle.id) WHERE id = ?1",
        [bundle_id],
    )?;
    Ok(())
}
