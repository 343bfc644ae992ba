//! The keys that an issuer publishes (JWK Set, RFC 7517 section 5).
use super::{Algorithm, Header, JoseError, PublicKey, Unverified, Verified};
use crate::json;
use serde_json::Value;

/// Longest key set, in bytes.
const MAX_SET: usize = 64 << 10;
/// Most keys that are looked at.
const MAX_KEYS: usize = 64;

/// An issuer's keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    id: Option<String>,
    /// The one algorithm that this key is for, if the issuer says so.
    algorithm: Option<Algorithm>,
    key: PublicKey,
}

impl KeySet {
    /// Reads a key set. Keys that are not for us (other types, encryption, secrets) are skipped, as RFC 7517 asks.
    ///
    /// # Errors
    /// `Malformed` if it is not a key set, or too large.
    pub fn read(bytes: &[u8]) -> Result<Self, JoseError> {
        if bytes.len() > MAX_SET {
            return Err(JoseError::Malformed);
        }
        let set = json::value(bytes).ok_or(JoseError::Malformed)?;
        let list = set["keys"].as_array().ok_or(JoseError::Malformed)?;
        if list.len() > MAX_KEYS {
            return Err(JoseError::Malformed);
        }
        Ok(Self { keys: list.iter().filter_map(entry).collect() })
    }

    /// The key that a token means: the one that its `kid` names, or without `kid` the only one for its algorithm
    /// (OpenID Connect Core 10.1).
    ///
    /// # Errors
    /// `UnknownKey` if there is none, or more than one.
    pub fn find(&self, header: &Header) -> Result<&PublicKey, JoseError> {
        let mut fitting = self.keys.iter().filter(|entry| {
            header.key_id.as_ref().is_none_or(|id| entry.id.as_ref() == Some(id))
                && entry.algorithm.is_none_or(|algorithm| algorithm == header.algorithm)
                && entry.key.is_for(header.algorithm)
        });
        match (fitting.next(), fitting.next()) {
            (Some(entry), None) => Ok(&entry.key),
            _ => Err(JoseError::UnknownKey),
        }
    }

    /// Takes `token` apart and checks its signature with the key it means.
    ///
    /// # Errors
    /// Any [`JoseError`].
    pub fn verify(&self, token: &str) -> Result<Verified, JoseError> {
        let token = Unverified::read(token)?;
        let key = self.find(token.header())?.clone();
        token.verify(&key)
    }
}

fn entry(jwk: &Value) -> Option<Entry> {
    let algorithm = match jwk.get("alg") {
        None => None,
        Some(name) => Some(Algorithm::read(name.as_str()?).ok()?),
    };
    let key = PublicKey::from_jwk(jwk).ok()?;
    Some(Entry { id: jwk["kid"].as_str().map(str::to_owned), algorithm, key })
}
