//! What a folder of keys has signed, so that a repository that was put back from a backup is noticed, and can be brought
//! above what devices have seen.
//!
//! `signed.json` beside the keys; no secret. By repository (its platform's first root), then by what is signed.

use super::{Batch, Repository, RepositoryError};
use crate::keys::{KeyError, KeyFolder, KeyRing};
use lodger_bundle::Digest;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What was committed of one TUF repository, the platform's or a program's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signed {
    /// The highest version of each role file, by name; `timestamp.json` among them.
    pub versions: BTreeMap<String, u64>,
    /// The highest floor.
    #[serde(default)]
    pub floor: u64,
    /// All versions that were revoked for ever.
    #[serde(default)]
    pub revoked: BTreeSet<u64>,
    /// The highest version code that was published.
    #[serde(default)]
    pub published: u64,
}

impl Signed {
    /// Adds what is newer; nothing falls.
    pub fn add(&mut self, other: &Self) {
        for (file, version) in &other.versions {
            let known = self.versions.entry(file.clone()).or_default();
            *known = (*known).max(*version);
        }
        self.floor = self.floor.max(other.floor);
        self.revoked.extend(&other.revoked);
        self.published = self.published.max(other.published);
    }

    /// The version of a file; 0 if nothing is known of it.
    pub fn version(&self, file: &str) -> u64 {
        self.versions.get(file).copied().unwrap_or(0)
    }
}

/// One repository's part of the file, by prefix.
pub(super) type Memory = BTreeMap<String, Signed>;

const FILE: &str = "signed.json";

impl Repository {
    /// As [`Self::commit`], for keys that remember: refuses if the repository is older than what they signed last.
    ///
    /// # Errors
    /// `Rewound`; as [`Self::commit`]; `Keys` if the change was committed but cannot be remembered.
    pub fn commit_with(&self, ring: &KeyRing, batch: Batch) -> Result<(), RepositoryError> {
        let identity = self.identity(&batch)?;
        let known = load(ring.folder())?.remove(&identity).unwrap_or_default();
        for base in batch.bases() {
            let here = base.before;
            let signed = known.get(&base.prefix).map_or(0, |signed| signed.version("timestamp.json"));
            if here < signed && !base.recovers {
                let path = base.timestamp.clone();
                // Or another command with the same keys was quicker.
                return Err(match self.timestamp_now(&path)? > here {
                    true => RepositoryError::Conflict { path },
                    false => RepositoryError::Rewound { path, here, signed },
                });
            }
        }
        let signed: Vec<_> =
            batch.bases().iter().map(|base| (base.prefix.clone(), base.signed.clone())).collect();
        self.commit(batch)?;
        // Read again: another command may have written it meanwhile.
        let mut all = load(ring.folder())?;
        let known = all.entry(identity).or_default();
        for (prefix, signed) in signed {
            known.entry(prefix).or_default().add(&signed);
        }
        ring.folder().write(FILE, &all).map_err(RepositoryError::Keys)
    }

    /// What `folder` has signed of this repository.
    pub(super) fn remembered(&self, folder: &KeyFolder) -> Result<Memory, RepositoryError> {
        let identity = self.identity(&Batch::default())?;
        Ok(load(folder)?.remove(&identity).unwrap_or_default())
    }

    /// The highest version code of a program that `folder` remembers to have published; 0 if none.
    ///
    /// # Errors
    /// `Keys`, `Storage`.
    pub fn published(&self, folder: &KeyFolder, app: &str) -> Result<u64, RepositoryError> {
        Ok(self.remembered(folder)?.get(&format!("apps/{app}")).map_or(0, |signed| signed.published))
    }

    /// Programs of which `folder` has signed something newer than what is here, with both timestamps' versions: the
    /// repository was put back from a backup, and devices that saw more refuse it. `lodger repo recover` mends it.
    ///
    /// # Errors
    /// `Keys`, `NotFound`, `Untrusted`, `Storage`.
    pub fn rewound(&self, folder: &KeyFolder) -> Result<Vec<(String, u64, u64)>, RepositoryError> {
        let mut older = Vec::new();
        for (prefix, signed) in self.remembered(folder)? {
            let metadata = super::metadata::Metadata { storage: &self.storage, prefix: prefix.clone() };
            let path = metadata.file("timestamp.json");
            let here = match self.storage.has(&path)? {
                true => metadata.state()?.timestamp.signed.version.get(),
                false => 0,
            };
            let signed = signed.version("timestamp.json");
            if here < signed {
                older.push((prefix, here, signed));
            }
        }
        Ok(older)
    }

    /// The version of a timestamp as it is now, whatever was read before; 0 if there is none.
    fn timestamp_now(&self, path: &str) -> Result<u64, RepositoryError> {
        if let Some(server) = &self.server {
            server.forget();
        }
        let Some(bytes) = self.storage.get(path)? else { return Ok(0) };
        let timestamp: tough::schema::Signed<tough::schema::Timestamp> = serde_json::from_slice(&bytes)
            .map_err(|error| RepositoryError::untrusted(path, error.to_string()))?;
        Ok(timestamp.signed.version.get())
    }

    /// The digest of the platform's first root; `batch` may be what makes it.
    fn identity(&self, batch: &Batch) -> Result<String, RepositoryError> {
        const ROOT: &str = "platform/metadata/1.root.json";
        match batch.find(ROOT) {
            Some(root) => Ok(Digest::of(root).to_hex()),
            None => Ok(Digest::of(&self.storage.need(ROOT)?).to_hex()),
        }
    }
}

fn load(folder: &KeyFolder) -> Result<BTreeMap<String, Memory>, RepositoryError> {
    let path = folder.dir().join(FILE);
    let damaged = || KeyError::Folder {
        path: path.clone(),
        what: "cannot be read; take it from your backup, or remove it and use `lodger repo recover`".into(),
    };
    match std::fs::read(&path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).map_err(|_| damaged())?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(source) => Err(KeyError::File { path, source }.into()),
    }
}
