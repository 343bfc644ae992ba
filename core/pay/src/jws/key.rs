//! Public keys and the algorithms that verify with them.
use super::JwsError;
use crate::base64url;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Value, json};

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
    pub fn read(name: &str) -> Result<Self, JwsError> {
        match name {
            "RS256" => Ok(Self::Rs256),
            "PS256" => Ok(Self::Ps256),
            "ES256" => Ok(Self::Es256),
            "EdDSA" | "Ed25519" => Ok(Self::EdDsa),
            _ => Err(JwsError::Algorithm),
        }
    }

    /// Writes `alg`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A public key that signatures are checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA of 2048 to 8192 bits: modulus and exponent, big-endian.
    Rsa {
        /// Modulus.
        n: Vec<u8>,
        /// Exponent.
        e: Vec<u8>,
    },
    /// A point on P-256, uncompressed: 04, x, y.
    P256([u8; 65]),
    /// Ed25519.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Reads a JWK (RFC 7517). Members that are not known are ignored.
    ///
    /// # Errors
    /// `Key` if it is not a public key of a known type, or not for signatures.
    pub fn from_jwk(jwk: &Value) -> Result<Self, JwsError> {
        let text = |name: &str| jwk[name].as_str().ok_or(JwsError::Key);
        if jwk.get("use").is_some_and(|value| value != "sig") {
            return Err(JwsError::Key);
        }
        match (text("kty")?, jwk["crv"].as_str()) {
            ("RSA", _) => {
                let number = |name| base64url::decode(text(name)?).ok_or(JwsError::Key);
                Self::rsa(number("n")?, number("e")?)
            }
            ("EC", Some("P-256")) => {
                let mut point = [4; 65];
                for (name, range) in [("x", 1..33), ("y", 33..65)] {
                    let part: [u8; 32] = base64url::decode_array(text(name)?).ok_or(JwsError::Key)?;
                    point[range].copy_from_slice(&part);
                }
                Ok(Self::P256(point))
            }
            ("OKP", Some("Ed25519")) => {
                base64url::decode_array(text("x")?).map(Self::Ed25519).ok_or(JwsError::Key)
            }
            _ => Err(JwsError::Key),
        }
    }

    /// An RSA key; numbers big-endian, without leading zeros (RFC 7518 section 2).
    pub(crate) fn rsa(n: Vec<u8>, e: Vec<u8>) -> Result<Self, JwsError> {
        let usual = [&n, &e].iter().all(|number| number.first().is_some_and(|first| *first != 0));
        let sizes = (256..=1024).contains(&n.len()) && e.len() <= 4;
        if usual && sizes { Ok(Self::Rsa { n, e }) } else { Err(JwsError::Key) }
    }

    /// Writes the JWK.
    #[must_use]
    pub fn to_jwk(&self) -> Value {
        match self {
            Self::Rsa { n, e } => {
                json!({"e": base64url::encode(e), "kty": "RSA", "n": base64url::encode(n)})
            }
            Self::P256(point) => {
                let (x, y) = (base64url::encode(&point[1..33]), base64url::encode(&point[33..]));
                json!({"crv": "P-256", "kty": "EC", "x": x, "y": y})
            }
            Self::Ed25519(x) => json!({"crv": "Ed25519", "kty": "OKP", "x": base64url::encode(x)}),
        }
    }

    /// Checks a signature over `message`; ECDSA's is r and s, 64 bytes.
    ///
    /// # Errors
    /// `Key` if the algorithm is for other keys, `Signature` if the signature is wrong.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signed: &[u8]) -> Result<(), JwsError> {
        let raw = |with, key: &[u8]| UnparsedPublicKey::new(with, key).verify(message, signed);
        let outcome = match (self, algorithm) {
            (Self::Rsa { n, e }, Algorithm::Rs256) => RsaPublicKeyComponents { n, e }.verify(
                &signature::RSA_PKCS1_2048_8192_SHA256,
                message,
                signed,
            ),
            (Self::Rsa { n, e }, Algorithm::Ps256) => {
                RsaPublicKeyComponents { n, e }.verify(&signature::RSA_PSS_2048_8192_SHA256, message, signed)
            }
            (Self::P256(point), Algorithm::Es256) => {
                raw(&signature::ECDSA_P256_SHA256_FIXED as &dyn signature::VerificationAlgorithm, point)
            }
            (Self::Ed25519(key), Algorithm::EdDsa) => raw(&signature::ED25519, key),
            _ => return Err(JwsError::Key),
        };
        outcome.map_err(|_| JwsError::Signature)
    }
}
