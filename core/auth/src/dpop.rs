//! Proofs of possession (DPoP, RFC 9449): a signature over each request, so that a stolen token is worth nothing.
//!
//! `proof` makes them, `sender` sends requests with them and answers the server's nonces; `verify` is what a server
//! does. Both sides are here so that one test suite holds them together.
mod proof;
mod sender;
mod verify;

pub(crate) use sender::Sender;
pub use verify::{DpopError, Expected, Proof, verify};

use crate::base64url;

/// `ath`: the digest of the access token that goes with a proof (RFC 9449 section 4.2).
#[must_use]
pub fn token_digest(token: &str) -> String {
    base64url::sha256(token.as_bytes())
}
