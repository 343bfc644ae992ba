//! Signed JSON (JWS, RFC 7515; JWK, RFC 7517; JWT, RFC 7519), as far as logins need it, over `ring`.
//!
//! Four algorithms, all asymmetric: RS256, PS256, ES256 and EdDSA over Ed25519. `none` and HMAC do not exist here, so
//! that no public key can ever be taken for a secret. The key chooses what may verify with it, not the token alone.
mod algorithm;
mod cache;
mod jwk;
mod jws;
mod key_set;
mod time;

pub use algorithm::Algorithm;
pub use cache::{KeyCache, Lookup};
pub use jwk::{PublicKey, Thumbprint};
pub use jws::{Header, Unverified, Verified};
pub use key_set::KeySet;
pub use time::{Audience, Lifetime};

pub(crate) use jws::{assemble, signing_input};
pub(crate) use time::{is_near, seconds};

/// Why a token or key is refused. Texts hold nothing of either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoseError {
    /// Not three parts of base64url, not JSON, or too long.
    #[error("the token is not a signed JSON web token")]
    Malformed,
    /// `none`, HMAC, or one that is not in [`Algorithm`].
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// `crit` or `b64`: the token says that it means something else to those who know.
    #[error("the token needs an extension that is not accepted")]
    Critical,
    /// `typ` is another: a token for another purpose.
    #[error("the token is of another type")]
    Type,
    /// A key with unknown type, wrong lengths, private parts, or not for signatures.
    #[error("the key is not usable")]
    Key,
    /// No key of the set, or more than one, could be meant.
    #[error("the token names no key of its issuer")]
    UnknownKey,
    /// The signature is not of this key over this text.
    #[error("the token's signature is wrong")]
    Signature,
}
