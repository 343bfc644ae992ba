//! The bundle: its index, and the content-addressed store that keeps it.

mod builder;
mod canonical;
mod database;
mod digest;
mod index;
mod store;

pub use builder::{Bundle, BundleBuilder};
pub use database::{Database, OpenReport};
pub use digest::Digest;
pub use index::{Domains, FORMAT, FileEntry, Index, IndexError, Limits, Package, Rule, Version, oversize};
pub use store::{InstalledBundle, RunningGuard, Store, StoreError, StoreOptions};
