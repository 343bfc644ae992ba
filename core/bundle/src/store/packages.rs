//! Which packages of an installed bundle are there. A package is there if its bundle holds all its blobs: nothing else
//! says so, and so nothing can say it wrongly.
use super::Store;
use crate::{Digest, Package, StoreError};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

impl Store {
    /// Whether the package of this name can be read. The main package always can.
    ///
    /// # Errors
    /// `NotFound` if the bundle is not installed, or has no package of this name.
    pub fn has_package(&self, digest: &Digest, package: &str) -> Result<bool, StoreError> {
        let index = self.index(digest)?;
        let package = index.package(package);
        let package =
            package.ok_or_else(|| StoreError::NotFound { what: "a package of this name".into() })?;
        for file in &package.files {
            if !self.holds(digest, &file.digest)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn holds(&self, bundle: &Digest, blob: &Digest) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM bundle JOIN holds ON holds.bundle = bundle.id
            JOIN blob ON blob.id = holds.blob WHERE bundle.digest = ?1 AND blob.digest = ?2)";
        let keys = params![bundle.as_bytes().as_slice(), blob.as_bytes().as_slice()];
        self.inner.database.read(|reader| reader.prepare_cached(sql)?.query_row(keys, |row| row.get(0)))
    }

    /// The blobs of a package, if all of them are there and whole, whichever bundle they came with.
    pub(crate) fn blobs_of(
        &self,
        package: &Package,
    ) -> Result<Option<BTreeMap<Digest, Vec<u8>>>, StoreError> {
        let mut blobs = BTreeMap::new();
        let whole = self.each_blob(package, |digest, bytes| {
            let whole = Digest::of(&bytes) == digest;
            blobs.insert(digest, bytes);
            whole
        })?;
        Ok(whole.then_some(blobs))
    }

    /// The stream of a package, if all its blobs are there. Not hashed: it is only what a patch starts from.
    pub(crate) fn stream_of(&self, package: &Package) -> Result<Option<Vec<u8>>, StoreError> {
        let mut stream = Vec::new();
        let whole = self.each_blob(package, |_, bytes| {
            stream.extend_from_slice(&bytes);
            true
        })?;
        Ok((whole && stream.len() as u64 == package.stream_length).then_some(stream))
    }

    /// Gives the blobs in index order; false if one is not there, or `take` says so.
    fn each_blob(
        &self,
        package: &Package,
        mut take: impl FnMut(Digest, Vec<u8>) -> bool,
    ) -> Result<bool, StoreError> {
        let sql =
            "SELECT content.bytes FROM blob JOIN content ON content.id = blob.id WHERE blob.digest = ?1";
        self.inner.database.read(|reader| {
            let mut statement = reader.prepare_cached(sql)?;
            for file in &package.files {
                let key = file.digest.as_bytes().as_slice();
                let bytes: Option<Vec<u8>> = statement.query_row([key], |row| row.get(0)).optional()?;
                if !bytes.is_some_and(|bytes| take(file.digest, bytes)) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }
}
