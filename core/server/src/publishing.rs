//! Changing a repository over HTTP: the wire forms, which both sides share, the server's side and the client's
//! (`core/docs/server.md`).

pub mod change;
pub mod paths;
pub mod signature;
