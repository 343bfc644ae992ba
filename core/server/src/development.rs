//! A repository of a developer's own machine: what is built here is signed here, under keys that nobody else trusts,
//! so that it opens the way published programs do.

use crate::{
    keys::{Cost, KeyError, KeyFolder, KeyRing, Kind, Passphrase},
    repository::{Batch, Repository, RepositoryError, Storage},
};
use aws_lc_rs::rand;
use jiff::Timestamp;
use lodger_bundle::Bundle;
use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
};

/// Of keys that are kept: what protects them is that only their owner can read the files.
const KEPT: &str = "development";
/// The least that Argon2 takes: guessing a random passphrase, or one that is no secret, needs no more cost.
const COST: Cost = Cost { memory: 8, passes: 1 };

const KEYS: &str = "keys";
const FILES: &str = "repository";

/// A folder with a repository under a development root, and the keys to it.
///
/// Calls block, on a thread of their own: they may be made from anywhere, also inside an executor.
pub struct DevelopmentRepository {
    dir: PathBuf,
    ring: KeyRing,
    root: Vec<u8>,
}

impl DevelopmentRepository {
    /// Makes one in `dir`, which must be new or empty. Its keys end with the value: their files cannot be opened again.
    ///
    /// # Errors
    /// `Keys` if something is in `dir`; `Storage`, `Runtime`.
    pub fn create(dir: &Path) -> Result<Self, RepositoryError> {
        let mut random = [0; 16];
        rand::fill(&mut random).map_err(|_| KeyError::Crypto("no random numbers"))?;
        Self::make(dir, passphrase(&crate::repository::hex(&random))?)
    }

    /// Makes one in `dir`, or opens the one that an earlier call made there: a device's database trusts one root for
    /// ever. What has expired meanwhile, or soon will, is signed anew.
    ///
    /// # Errors
    /// `Keys` if `dir` holds something else, or keys of [`DevelopmentRepository::create`]; `Untrusted`, `Storage`.
    pub fn open_or_create(dir: &Path) -> Result<Self, RepositoryError> {
        if !dir.join(FILES).join("trust-root.json").is_file() {
            // The trust root is written last. What is here without it is a first call that was broken off.
            for path in [dir.join(KEYS), dir.join(FILES)] {
                if let Err(source) = fs::remove_dir_all(&path)
                    && source.kind() != io::ErrorKind::NotFound
                {
                    return Err(KeyError::File { path, source }.into());
                }
            }
            return Self::make(dir, passphrase(KEPT)?);
        }
        let ring = KeyRing::new(KeyFolder::open(&dir.join(KEYS))?, passphrase(KEPT)?);
        let mut this = Self { dir: dir.to_owned(), ring, root: Vec::new() };
        this.change(|repository, ring| repository.refresh(ring))?;
        this.read_root()?;
        Ok(this)
    }

    fn make(dir: &Path, passphrase: Passphrase) -> Result<Self, RepositoryError> {
        let folder = KeyFolder::init(&dir.join(KEYS), Kind::Development, &passphrase, COST)?;
        let mut this = Self { dir: dir.to_owned(), ring: KeyRing::new(folder, passphrase), root: Vec::new() };
        this.change(|repository, ring| repository.init_development(ring))?;
        this.read_root()?;
        Ok(this)
    }

    /// `trust-root.json`, of the kind development.
    #[must_use]
    pub fn root(&self) -> Vec<u8> {
        self.root.clone()
    }

    /// The folder that devices read: `file://…`.
    #[must_use]
    pub fn address(&self) -> String {
        file_url(&self.folder())
    }

    /// The same folder, as a path.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.dir.join(FILES)
    }

    /// Publishes a build in the channel `release`, for everybody and alone. The same version code again replaces it;
    /// a lower one takes devices back. Limits that hold for publishing to others do not hold here.
    ///
    /// # Errors
    /// `Refused` if the app id is malformed or differs from another only in case; `Untrusted`, `Storage`,
    /// `Compression`.
    pub fn put(&mut self, bundle: &Bundle) -> Result<(), RepositoryError> {
        self.change(|repository, ring| {
            repository.commit(repository.ensure_app(ring, bundle)?)?;
            repository.put(ring, bundle)
        })
    }

    /// Publishes the keys that sign orders (`payment-keys.json`).
    ///
    /// # Errors
    /// `Refused` if they are none; `Untrusted`, `Storage`.
    pub fn put_payment_keys(&mut self, keys: &[u8]) -> Result<(), RepositoryError> {
        self.change(|repository, ring| repository.write_payment_keys(ring, keys))
    }

    /// Runs a change on a thread of its own, since the storage waits for its own runtime.
    fn change(
        &mut self,
        change: impl FnOnce(&Repository, &KeyRing) -> Result<Batch, RepositoryError> + Send,
    ) -> Result<(), RepositoryError> {
        let (folder, ring) = (self.folder(), &mut self.ring);
        let work = move || {
            let repository = Repository::new(Storage::scratch(&folder)?, Timestamp::now());
            repository.commit(change(&repository, ring)?)
        };
        thread::scope(|scope| scope.spawn(work).join())
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    fn read_root(&mut self) -> Result<(), RepositoryError> {
        let path = self.folder().join("trust-root.json");
        self.root = fs::read(&path).map_err(|source| KeyError::File { path, source })?;
        Ok(())
    }
}

fn passphrase(text: &str) -> Result<Passphrase, RepositoryError> {
    Passphrase::new(text.to_owned()).ok_or(RepositoryError::Keys(KeyError::Crypto("no passphrase")))
}

/// The address of a repository that is a folder. RFC 8089: `file://` and the absolute path, with everything but
/// unreserved characters and slashes escaped.
#[must_use]
pub fn file_url(path: &Path) -> String {
    use std::fmt::Write;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut url = String::from("file://");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => url.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => url.push(char::from(*byte)),
            byte => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

#[cfg(test)]
mod tests;
