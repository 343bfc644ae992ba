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
//! use lodger_bundle::{BundleBuilder, Index, Store, StoreOptions, Version};
//!
//! let mut index = Index::template("coffee", Version { name: "1.4.0".into(), code: 7 });
//! index.pages.push("pages/menu/index".into());
//! let mut builder = BundleBuilder::new(index);
//! builder.package("main", "", false);
//! builder.file("main", "app.json", "application/json", b"{}".to_vec());
//! let bundle = builder.finish()?;
//!
//! let dir = tempfile::tempdir()?;
//! let (store, report) = Store::open(dir.path(), StoreOptions { quota: 64 << 20 })?;
//! assert!(report.set_aside.is_none(), "no damaged database was found");
//! let installed = store.install(&bundle)?;
//!
//! let session = store.run(&installed.digest)?; // from here on it is not evicted
//! assert_eq!(store.read(&installed.digest, "app.json")?, b"{}");
//! assert!(store.read(&installed.digest, "../secret").is_err());
//! drop(session);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
