//! The crate from outside: published vectors, attacks, and whole logins against a provider in memory.
#![allow(clippy::unwrap_used)] // in a test, a panic is the failure
#[path = "support/bank.rs"]
mod bank;
#[path = "auth/device.rs"]
mod device;
#[path = "support/host.rs"]
mod host;
#[path = "auth/identity.rs"]
mod identity;
#[path = "auth/keys.rs"]
mod keys;
#[path = "auth/login.rs"]
mod login;
#[path = "auth/model.rs"]
mod model;
#[path = "auth/proofs.rs"]
mod proofs;
#[path = "support/signing.rs"]
mod signing;
#[path = "auth/tokens.rs"]
mod tokens;
#[path = "auth/vectors.rs"]
mod vectors;
