//! Changing a repository over HTTP: the wire forms, which both sides share, the server's side and the client's
//! (`core/docs/server.md`).

pub mod audit;
pub mod change;
pub(crate) mod client;
mod commit;
mod error;
mod files;
mod identify;
mod lease;
mod maintain;
mod online;
pub mod paths;
pub(crate) mod reader;
mod released;
mod rules;
mod service;
pub mod signature;

pub use error::PublishError;
pub use files::{Files, Stored};
pub use online::OnlineKeys;
pub use rules::Who;
pub use service::{Publishing, Versions};
