//! The publisher's and operator's side: signing keys, and the release repository over plain files.
//!
//! Nothing here runs on a device. What the files are called and what they hold is in `core/docs/repository.md`;
//! a device verifies them with another implementation of The Update Framework (`sigstore-tuf`), this side signs
//! with the schema of `tough`, so the two check each other.
//!
//! - [`keys`]: a folder of signing keys, sealed by a passphrase, by who holds them.
//! - [`development`]: a repository of one's own machine, under throwaway keys.
//! - [`repository`]: everything that changes a repository. Each change is a [`repository::Batch`]: the files to
//!   write, in an order in which no prefix shows a device something wrong.

pub mod admin;
pub mod clock;
pub mod database;
pub mod development;
pub mod http;
pub mod kek;
pub mod keys;
pub mod platform;
pub mod publishing;
pub mod repository;
pub mod serve;
