//! The algorithms that a token may be signed with.
use super::JoseError;

/// A signature algorithm, by its name in `alg` (RFC 7518 section 3.1, RFC 8037, RFC 9864).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519, called `EdDSA` or `Ed25519`.
    EdDsa,
}

impl Algorithm {
    /// Reads `alg`; exact, as names are case-sensitive.
    ///
    /// # Errors
    /// `Algorithm` for all others, `none` and the HMAC ones among them.
    pub fn read(name: &str) -> Result<Self, JoseError> {
        match name {
            "RS256" => Ok(Self::Rs256),
            "PS256" => Ok(Self::Ps256),
            "ES256" => Ok(Self::Es256),
            "EdDSA" | "Ed25519" => Ok(Self::EdDsa),
            _ => Err(JoseError::Algorithm),
        }
    }

    /// The digest that `at_hash` uses beside a signature of this kind (OpenID Connect Core 3.1.3.6; for Ed25519 the
    /// one it contains).
    pub(crate) fn digest(self) -> &'static ring::digest::Algorithm {
        match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => &ring::digest::SHA256,
            Self::EdDsa => &ring::digest::SHA512,
        }
    }
}
