//! A release repository: what is in it, and every change to it (`core/docs/repository.md`, DESIGN 5 to 7).
//!
//! Reading goes through [`Repository`]. A change reads what it needs, signs what it must, and answers with a
//! [`Batch`]; [`Repository::commit`] writes that, unless somebody else was quicker. Until the last file, a timestamp, is written, devices see the
//! repository as it was. Calls block their thread.

mod accept;
mod app;
mod batch;
mod choose;
mod edit;
mod error;
mod forms;
mod memory;
mod metadata;
mod named;
mod platform;
mod publish;
mod put;
mod recover;
mod refresh;
mod rekey;
mod release;
mod remote;
mod reset;
mod sign;
mod storage;
mod transfer;
mod verify;
mod withdraw;

pub use accept::{Accepted, Proposal, Refusal};
pub(crate) use app::CHANNELS;
pub use app::NewApp;
pub use batch::Batch;
pub use choose::{Asker, Chooser};
pub use error::RepositoryError;
pub use forms::{AppRecord, Channel, FULL_SHARE, Floor, Offer, Policy, Publisher, Review, Root, TrustRoot};
pub use named::Named;
pub use publish::{Publish, Published};
pub use recover::Recovered;
pub use release::{Change, Listed};
pub use storage::Storage;
pub(crate) use storage::objects;
pub use transfer::Sizes;
pub use verify::{Finding, Report};

use crate::{keys::KeyRing, publishing::client::Remote};
use batch::Stage;
use jiff::Timestamp;
use std::{sync::Arc, time::Instant};

/// A repository in a [`Storage`].
pub struct Repository {
    storage: Storage,
    now: Timestamp,
    opened: Instant,
    /// What signs channels, snapshots and timestamps, and takes changes, if that is a server.
    server: Option<Arc<Remote>>,
}

impl Repository {
    /// `now` is the time at which everything is signed, and checked for expiry.
    #[must_use]
    pub fn new(storage: Storage, now: Timestamp) -> Self {
        // Metadata carries whole seconds.
        Self {
            storage,
            now: Timestamp::from_second(now.as_second()).unwrap_or(now),
            opened: Instant::now(),
            server: None,
        }
    }

    /// The repository of a running server, `https://…` or, on this machine, `http://…`. It signs what is online by
    /// itself: open keys by [`Self::ring`]. `token` makes the repository of a new server.
    ///
    /// # Errors
    /// `Refused` if the address is none that may be used; `Runtime`.
    pub fn of_server(address: &str, token: Option<String>, now: Timestamp) -> Result<Self, RepositoryError> {
        let remote = Arc::new(Remote::new(address, token)?);
        let mut repository = Self::new(Storage::over(remote.clone().store())?, now);
        repository.server = Some(remote);
        Ok(repository)
    }

    /// The keys in `ring`, as they sign for this repository: a server's own keys take the place of those in the
    /// ring. They are believed if the officers in the ring signed them; without officers in the ring, nothing that is
    /// signed names them. A new server's are those that the bootstrap token names.
    ///
    /// # Errors
    /// `Untrusted` if other officers signed the server's keys; `Server`, `Storage`, `Keys`.
    pub fn ring(&self, ring: KeyRing) -> Result<KeyRing, RepositoryError> {
        match &self.server {
            None => Ok(ring),
            Some(remote) => {
                let keys = self.server_keys(&ring, remote)?;
                Ok(ring.with_server(keys))
            }
        }
    }

    /// Where its files are.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Writes a change, in its order, if nobody else changed what it was made from; or sends it to the server, which
    /// does it whole or not at all.
    ///
    /// # Errors
    /// `Conflict`, `Storage`, `Server` with what the server said. What was written until then changes nothing for a
    /// device; do the change again.
    pub fn commit(&self, batch: Batch) -> Result<(), RepositoryError> {
        if let Some(remote) = &self.server {
            // What is signed now may come long after what was read: a large program takes minutes to compress.
            let passed = i64::try_from(self.opened.elapsed().as_secs()).unwrap_or(0);
            return self.storage.run(remote.send(&batch, self.now.as_second().saturating_add(passed)));
        }
        let lock = self.storage.lock()?;
        // All of them before the first write: a change of two repositories is made whole or not begun.
        for base in batch.bases() {
            if self.storage.get(&base.timestamp)? != base.bytes {
                return Err(RepositoryError::Conflict { path: base.timestamp.clone() });
            }
            if self.storage.has(&base.next_root)? {
                return Err(RepositoryError::Conflict { path: base.next_root.clone() });
            }
        }
        for (stage, files) in batch.groups() {
            match stage {
                Stage::Transfer | Stage::Target | Stage::Beside => self.storage.put_all(&files)?,
                Stage::Role | Stage::Snapshot | Stage::Root => self.storage.create_all(&lock, &files)?,
                Stage::Timestamp => {
                    for (path, bytes) in files {
                        let base = batch.bases().iter().find(|base| base.timestamp == path);
                        let before = base.and_then(|base| base.bytes.as_deref());
                        self.storage.replace(&lock, path, before, bytes)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
