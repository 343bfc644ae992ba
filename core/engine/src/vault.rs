//! The install secret, and what it protects: origin labels, and per-user data at rest (DESIGN 4, 7).
//!
//! The secret is made once, wrapped by the platform's key store and kept in the database. Names in the database are
//! keyed hashes, values are sealed with AES-256-GCM, so that the file alone tells neither users nor contents.
use crate::{KeyStore, LodgerError};
use lodger_bundle::Database;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use rusqlite::OptionalExtension;

const SCHEMA: &[&str] = &["CREATE TABLE engine_secret (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    wrapped BLOB NOT NULL
) STRICT;"];

/// The code by which a key store says that its key is gone for good.
const KEY_INVALIDATED: &str = "key-invalidated";

/// Keys derived from the install secret.
pub(crate) struct Vault {
    label: hmac::Key,
    name: hmac::Key,
    value: LessSafeKey,
    random: SystemRandom,
}

/// A user's data in one app: a keyed hash, so that neither can be read from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Area([u8; 32]);

impl Area {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it was written.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl Vault {
    /// Reads the secret, or makes it. True beside it if an old one was lost with the platform's key: the data it
    /// protected cannot be read any more and must be wiped.
    pub(crate) fn open(database: &Database, key_store: &dyn KeyStore) -> Result<(Self, bool), LodgerError> {
        database.migrate("vault", SCHEMA)?;
        let wrapped: Option<Vec<u8>> = database
            .read(|db| db.query_row("SELECT wrapped FROM engine_secret", [], |row| row.get(0)).optional())?;
        let unwrapped = wrapped.as_ref().map(|wrapped| key_store.unwrap(wrapped));
        let (secret, lost) = match unwrapped {
            Some(Ok(secret)) => (secret, false),
            Some(Err(error)) if error.code != KEY_INVALIDATED => return Err(error),
            none_or_lost => {
                let secret = random_bytes::<32>(&SystemRandom::new())?.to_vec();
                let wrapped = key_store.wrap(&secret)?;
                database.write(|db| {
                    db.execute(
                        "INSERT OR REPLACE INTO engine_secret (id, wrapped) VALUES (1, ?1)",
                        [&wrapped],
                    )
                })?;
                (secret, none_or_lost.is_some())
            }
        };
        Ok((Self::from_secret(&secret), lost))
    }

    fn from_secret(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derive = |purpose: &[u8]| hmac::sign(&root, purpose);
        let value = UnboundKey::new(&AES_256_GCM, derive(b"lodger value").as_ref());
        Self {
            label: hmac::Key::new(hmac::HMAC_SHA256, derive(b"lodger label").as_ref()),
            name: hmac::Key::new(hmac::HMAC_SHA256, derive(b"lodger name").as_ref()),
            value: LessSafeKey::new(value.expect("a SHA-256 tag is an AES-256 key")),
            random: SystemRandom::new(),
        }
    }

    /// Where the data of this user in this app lies.
    pub(crate) fn area(&self, user: &str, app: &str) -> Area {
        Area(keyed(&self.name, &[b"area", user.as_bytes(), app.as_bytes()]))
    }

    /// What a user is called in the database.
    pub(crate) fn user(&self, user: &str) -> [u8; 32] {
        keyed(&self.name, &[b"user", user.as_bytes()])
    }

    /// The host part of the origin of this user's session of this app: `m` and 32 hex digits (attack row 41).
    pub(crate) fn label(&self, user: &str, app: &str) -> String {
        let tag = keyed(&self.label, &[user.as_bytes(), app.as_bytes()]);
        format!("m{}", hex(&tag[..16]))
    }

    /// What a name is called in the database.
    pub(crate) fn name(&self, area: &Area, name: &str) -> [u8; 32] {
        keyed(&self.name, &[b"entry", area.as_bytes(), name.as_bytes()])
    }

    /// Seals `plain`; `place` says where it belongs, and it opens there only.
    pub(crate) fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, LodgerError> {
        let nonce: [u8; NONCE_LEN] = random_bytes(&self.random)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(plain);
        self.value
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .map_err(|_| LodgerError::internal("seal-failed", "A stored value could not be encrypted."))?;
        sealed.splice(0..0, nonce);
        Ok(sealed)
    }

    /// Reverses `seal`; None if the bytes were altered or belong elsewhere.
    pub(crate) fn unseal(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = rest.to_vec();
        let length = self.value.open_in_place(nonce, Aad::from(place), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }
}

/// 128 random bits in hex: session ids and tokens.
pub(crate) fn random_token() -> Result<String, LodgerError> {
    Ok(hex(&random_bytes::<16>(&SystemRandom::new())?))
}

/// Compares without telling by time where the two differ.
pub(crate) fn equal_tokens(a: &str, b: &str) -> bool {
    // Both go through SHA-256 first: what the time of the comparison tells about digests is worth nothing.
    ring::digest::digest(&ring::digest::SHA256, a.as_bytes()).as_ref()
        == ring::digest::digest(&ring::digest::SHA256, b.as_bytes()).as_ref()
}

/// HMAC over parts, each with its length before it: no two lists of parts give the same text.
fn keyed(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.sign().as_ref().try_into().expect("a SHA-256 tag has 32 bytes")
}

fn random_bytes<const N: usize>(random: &SystemRandom) -> Result<[u8; N], LodgerError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes).map_err(|_| {
        LodgerError::internal("no-randomness", "The system gave no random numbers. Try again.")
    })?;
    Ok(bytes)
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_41_labels_are_keyed_and_their_parts_cannot_be_shifted() {
        let vault = Vault::from_secret(b"one");
        let label = vault.label("user", "coffee");
        assert_eq!(label.len(), 33);
        assert!(label.starts_with('m') && label[1..].bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(label, vault.label("userc", "offee"));
        assert_ne!(label, vault.label("", "usercoffee"));
        assert_ne!(label, vault.label("user", "Coffee"));
        assert_ne!(label, Vault::from_secret(b"two").label("user", "coffee"));
        assert_eq!(label, vault.label("user", "coffee"));
    }

    #[test]
    fn sealed_values_open_in_their_place_only() {
        let vault = Vault::from_secret(b"one");
        let sealed = vault.seal(b"here", b"value").expect("sealed");
        assert_eq!(vault.unseal(b"here", &sealed).as_deref(), Some(&b"value"[..]));
        assert_eq!(vault.unseal(b"there", &sealed), None);
        let mut altered = sealed.clone();
        *altered.last_mut().expect("a tag") ^= 1;
        assert_eq!(vault.unseal(b"here", &altered), None);
        assert_eq!(vault.unseal(b"here", b"short"), None);
    }

    #[test]
    fn tokens_are_compared_whole() {
        let token = random_token().expect("random");
        assert!(equal_tokens(&token, &token.clone()));
        assert!(!equal_tokens(&token, &token[..31]));
        assert!(!equal_tokens(&token, &random_token().expect("random")));
    }
}
