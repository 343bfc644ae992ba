//! The bundle: its index, and the content-addressed store that keeps it.
//!
//! A **bundle** is a built mini-program: an [`Index`] (canonical JSON that lists every file with its length,
//! digest and type) and one blob for each distinct content. The SHA-256 of the index bytes is the bundle's
//! identity, so whoever trusts that digest can check every byte.
//!
//! - [`BundleBuilder`] makes a [`Bundle`]: the compiler's output, and what tests install.
//! - [`Index::parse`] reads untrusted bytes. Whatever it accepts keeps every [`Rule`], and is spelled in the
//!   one canonical way. How large a bundle may be is a matter of [`Limits`]; [`oversize`] says what exceeds
//!   them, for those who warn instead of refusing.
//! - [`Store`] keeps installed bundles in one SQLite file. An installation is one transaction: power loss, a
//!   kill or a full disk leave the old version or the new one. Two versions of a program are kept, the
//!   current one and its fallback, and a blob that several bundles have is stored once. Whatever is read is
//!   hashed first, so bytes that changed since are refused, never shown.
//! - [`Database`] is that file: other parts of the engine keep their tables in it, each with its own
//!   migrations.
//! - [`Transfers`] brings a release that [`trust`] accepted from its repository into the store, by patches, in parts if
//!   it must, and its subpackages when they are wanted.
//! - [`trust`] says which releases may run: two levels of The Update Framework, and the choice of a release.
//!
//! The crate knows neither network nor clock: it is given bytes and the time. Calls block
//! their thread, and any thread may make them; reading never waits for an installation.
//!
//! ```
//! use lodger_bundle::{Limits, Store, StoreOptions, TransferError, Transfers, trust::{Device, Fetch, Trust, TrustRoot}};
//! use std::{path::Path, sync::Arc, time::SystemTime};
//!
//! /// Opens the program's first file, after asking the repository for the newest release.
//! fn open(dir: &Path, root: &[u8], repository: &Arc<dyn Fetch>) -> Result<Vec<u8>, TransferError> {
//!     let (store, report) = Store::open(dir, StoreOptions { quota: 64 << 20 })?;
//!     assert!(report.set_aside.is_none(), "no damaged database was found");
//!     let trust = Trust::new(store.database().clone(), TrustRoot::parse(root)?)?;
//!     let verified = trust.check("coffee", "release", repository, SystemTime::now())?;
//!     let device = Device { app: "coffee", install_id: "made once", ..Device::default() };
//!     let version = verified.select(&device)?.0.version;
//!     let (index, bytes) = verified.index(version, &Limits::RELEASE, "0.1")?;
//!     let transfers = Transfers::new(store.clone(), 2); // one for all calls
//!     let installed = transfers.install(&verified, version, index, bytes, &[], repository, &())?;
//!     let _session = store.run(&installed.digest)?; // while this is held it is not evicted
//!     Ok(store.read(&installed.digest, "app.json")?.to_vec())
//! }
//! ```

#[cfg(test)]
extern crate self as lodger_bundle; // for what unit tests share with those under tests/

mod builder;
mod canonical;
mod database;
mod digest;
mod index;
mod store;
mod transfer;
pub mod trust;

pub use builder::{Bundle, BundleBuilder};
pub use database::{Database, OpenReport};
pub use digest::Digest;
pub use index::{Domains, FORMAT, FileEntry, Index, IndexError, Limits, Package, Rule, Version, oversize};
pub use store::{InstalledBundle, RunningGuard, Store, StoreError, StoreOptions};
pub use transfer::{Control, TransferError, Transfers, Unpacked, unpack};
