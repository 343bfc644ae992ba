//! Public keys, their JSON form (RFC 7517) and their thumbprints (RFC 7638).
use super::{Algorithm, JoseError};
use crate::base64url;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

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

/// The SHA-256 thumbprint of a key (RFC 7638), in base64url: 43 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The 43 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PublicKey {
    /// A P-256 key from the 65 bytes of its point (X9.63: what iOS gives).
    ///
    /// # Errors
    /// `Key` if the bytes are not an uncompressed point. Whether it lies on the curve is seen when it verifies.
    pub fn from_point(point: &[u8]) -> Result<Self, JoseError> {
        match <[u8; 65]>::try_from(point) {
            Ok(point) if point[0] == 4 => Ok(Self::P256(point)),
            _ => Err(JoseError::Key),
        }
    }

    /// A P-256 key from its `SubjectPublicKeyInfo` in DER (what Android gives).
    ///
    /// # Errors
    /// `Key` if it is another kind of key or another spelling.
    pub fn from_spki(der: &[u8]) -> Result<Self, JoseError> {
        // SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING with no unused bits } (RFC 5480 section 2).
        const BEFORE_POINT: [u8; 26] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
            0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        Self::from_point(der.strip_prefix(&BEFORE_POINT).ok_or(JoseError::Key)?)
    }

    /// Reads a JWK. Members that are not known are ignored, as RFC 7517 asks.
    ///
    /// # Errors
    /// `Key` if it is not a public key of a known type, or not for verifying signatures.
    pub fn from_jwk(jwk: &Value) -> Result<Self, JoseError> {
        let text = |name: &str| jwk[name].as_str().ok_or(JoseError::Key);
        if jwk.get("use").is_some_and(|value| value != "sig") || !allows_verify(jwk.get("key_ops")) {
            return Err(JoseError::Key);
        }
        match (text("kty")?, jwk["crv"].as_str()) {
            ("RSA", _) => {
                let number = |name| {
                    let bytes = base64url::decode(text(name)?).ok_or(JoseError::Key)?;
                    // RFC 7518 section 2: no leading zeros.
                    if bytes.first().is_none_or(|first| *first == 0) {
                        Err(JoseError::Key)
                    } else {
                        Ok(bytes)
                    }
                };
                let (n, e) = (number("n")?, number("e")?);
                let sizes = (256..=1024).contains(&n.len()) && e.len() <= 4;
                if sizes { Ok(Self::Rsa { n, e }) } else { Err(JoseError::Key) }
            }
            ("EC", Some("P-256")) => {
                let mut point = [4; 65];
                for (name, range) in [("x", 1..33), ("y", 33..65)] {
                    let part: [u8; 32] = base64url::decode_array(text(name)?).ok_or(JoseError::Key)?;
                    point[range].copy_from_slice(&part);
                }
                Ok(Self::P256(point))
            }
            ("OKP", Some("Ed25519")) => {
                base64url::decode_array(text("x")?).map(Self::Ed25519).ok_or(JoseError::Key)
            }
            _ => Err(JoseError::Key),
        }
    }

    /// Writes the JWK, with the members that the thumbprint is made of and no others.
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

    /// The thumbprint: SHA-256 over the JWK with its members in order (RFC 7638 section 3).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        // All values are base64url, so nothing needs escaping.
        let text = match self {
            Self::Rsa { n, e } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, base64url::encode(e), base64url::encode(n))
            }
            Self::P256(point) => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                base64url::encode(&point[1..33]),
                base64url::encode(&point[33..])
            ),
            Self::Ed25519(x) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url::encode(x))
            }
        };
        Thumbprint(base64url::sha256(text.as_bytes()))
    }

    /// True if `algorithm` is for keys of this type.
    #[must_use]
    pub fn is_for(&self, algorithm: Algorithm) -> bool {
        matches!(
            (self, algorithm),
            (Self::Rsa { .. }, Algorithm::Rs256 | Algorithm::Ps256)
                | (Self::P256(_), Algorithm::Es256)
                | (Self::Ed25519(_), Algorithm::EdDsa)
        )
    }

    /// Checks a signature over `message`; ECDSA's is r and s, 64 bytes.
    ///
    /// # Errors
    /// `Key` if the algorithm is for other keys, `Signature` if the signature is wrong.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signed: &[u8]) -> Result<(), JoseError> {
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
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(message, signed)
            }
            (Self::Ed25519(key), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&signature::ED25519, key).verify(message, signed)
            }
            _ => return Err(JoseError::Key),
        };
        outcome.map_err(|_| JoseError::Signature)
    }
}

/// RFC 7517 section 4.3: absent, or a list with `verify`.
fn allows_verify(operations: Option<&Value>) -> bool {
    let Some(operations) = operations else { return true };
    operations.as_array().is_some_and(|list| list.iter().any(|one| one == "verify"))
}
