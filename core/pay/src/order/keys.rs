//! The keys that sign orders: `payment-keys.json` of the platform's repository, signed offline.
use crate::{json, jws::PublicKey};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, ops::Range};

/// Longest file, in bytes.
const MAX_FILE: usize = 64 << 10;
/// Most keys.
const MAX_KEYS: usize = 64;

/// Keys by `kid`, each with the time in which it signs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentKeys(BTreeMap<String, (PublicKey, Range<u64>)>);

#[derive(Deserialize)]
struct File {
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    kid: String,
    not_before: u64,
    not_after: u64,
    key: Value,
}

impl PaymentKeys {
    /// Reads `{"keys": [{"kid", "not_before", "not_after", "key": <JWK>}]}`; times in seconds since 1970, the end not
    /// included. None if it is anything else, or names a key twice.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let file: File = (bytes.len() <= MAX_FILE).then(|| json::read(bytes)).flatten()?;
        if file.keys.len() > MAX_KEYS {
            return None;
        }
        let mut keys = Self::default();
        for entry in file.keys {
            let key = PublicKey::from_jwk(&entry.key).ok()?;
            if keys.0.insert(entry.kid, (key, entry.not_before..entry.not_after)).is_some() {
                return None;
            }
        }
        Some(keys)
    }

    /// The key of this name and its time.
    pub(crate) fn find(&self, kid: &str) -> Option<(&PublicKey, &Range<u64>)> {
        self.0.get(kid).map(|(key, period)| (key, period))
    }
}
