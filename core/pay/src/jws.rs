//! Signed JSON (JWS, RFC 7515, compact form) for orders and confirmations, over `ring`.
//!
//! Four algorithms, all asymmetric: RS256, PS256, ES256 and EdDSA over Ed25519. `none` and HMAC do not exist here, so
//! that no public key can be taken for a secret; the key decides what may verify with it, not the token alone. Whatever
//! needs `crit`, and `b64` even without it, is refused. `lodger-auth` has the same for logins (ADR 0011 says why twice).
mod key;
mod token;

pub use key::{Algorithm, PublicKey};
pub use token::{Header, Unsigned, Unverified, Verified};

/// Why a token or key is refused. Texts hold nothing of either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// Not three parts of base64url, not JSON, too long, or not the content that it should have.
    #[error("it is not a signed JSON web token of the right form")]
    Malformed,
    /// `none`, HMAC, or one that is not in [`Algorithm`].
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// `crit` or `b64`: the token says that it means something else to those who know.
    #[error("it needs an extension that is not accepted")]
    Critical,
    /// `typ` is another: a token for another purpose.
    #[error("it is of another type")]
    Type,
    /// A key with unknown type, wrong lengths, or not for this algorithm.
    #[error("the key is not usable for it")]
    Key,
    /// The signature is not of this key over this text.
    #[error("its signature is wrong")]
    Signature,
}
