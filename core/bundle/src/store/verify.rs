//! A whole check of the store, for `doctor` and for tests; it reads and hashes everything.
use super::Store;
use crate::{Digest, Package, StoreError};
use std::collections::BTreeSet;

impl Store {
    /// Checks the database file, that each bundle holds exactly the blobs of the main package and of those others
    /// that it has, that no blob is held by none, and that every byte has its digest. Returns what is wrong, one line
    /// each.
    ///
    /// # Errors
    /// What the database reports when it cannot even be read.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        let mut faults = self.inner.database.faults()?;
        let (bundles, orphans) = self.inner.database.read(|reader| {
            let mut statement = reader.prepare("SELECT digest FROM bundle ORDER BY id")?;
            let bundles: Vec<Digest> =
                statement.query_map([], |row| super::digest(row, 0))?.collect::<Result<_, _>>()?;
            let sql = "SELECT count(*) FROM blob WHERE id NOT IN (SELECT blob FROM holds)";
            let orphans: u64 = reader.query_row(sql, [], |row| row.get(0))?;
            Ok((bundles, orphans))
        })?;
        if orphans > 0 {
            faults.push(format!("{orphans} blobs are held by no bundle"));
        }
        for bundle in bundles {
            if let Err(error) = self.check_bundle(&bundle, &mut faults) {
                faults.push(error.to_string());
            }
        }
        Ok(faults)
    }

    fn check_bundle(&self, bundle: &Digest, faults: &mut Vec<String>) -> Result<(), StoreError> {
        // Not from memory: it is the stored bytes that are in question.
        let index = self.load_index(bundle)?;
        let held: BTreeSet<Digest> = self.inner.database.read(|reader| {
            let mut statement = reader.prepare(
                "SELECT blob.digest FROM bundle JOIN holds ON holds.bundle = bundle.id
                 JOIN blob ON blob.id = holds.blob WHERE bundle.digest = ?1",
            )?;
            statement.query_map([bundle.as_bytes().as_slice()], |row| super::digest(row, 0))?.collect()
        })?;
        let has = |package: &&Package| {
            package.is_main() || package.files.iter().all(|file| held.contains(&file.digest))
        };
        let files = || index.packages.iter().filter(has).flat_map(|package| &package.files);
        if files().map(|file| file.digest).collect::<BTreeSet<_>>() != held {
            faults.push(format!("bundle {bundle} holds other blobs than its index names"));
        }
        for file in files() {
            if let Err(error) = self.read_stored(bundle, &index, file) {
                faults.push(error.to_string());
            }
        }
        Ok(())
    }
}
