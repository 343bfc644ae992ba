//! A secret at rest: Argon2id from a passphrase, AES-256-GCM around the secret, bound to the key it belongs to.

use super::KeyError;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What opens sealed keys. Wiped from memory when dropped; never printed.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes it over; `None` if it is empty, which would protect nothing.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        let text = Zeroizing::new(text);
        if text.is_empty() { None } else { Some(Self(text)) }
    }
}

/// What one guess at a passphrase costs. Written beside each key, so it can rise later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// 64 MiB and three passes: RFC 9106's second recommendation, with one lane.
    pub const STANDARD: Self = Self { memory: 64 * 1024, passes: 3 };

    /// A key file is not trusted with more than this: 1 GiB, 16 passes.
    const MOST: Self = Self { memory: 1024 * 1024, passes: 16 };
}

/// The key that seals, made from a passphrase; one serves all files with the same salt.
#[derive(Clone)]
pub(super) struct SealingKey {
    cost: Cost,
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
}

/// A sealed secret, as it stands in a key file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    kdf: String,
    cost: Cost,
    salt: String,
    cipher: String,
    nonce: String,
    text: String,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "aes-256-gcm";

impl SealingKey {
    /// With a new salt.
    pub fn new(passphrase: &Passphrase, cost: Cost) -> Result<Self, KeyError> {
        Self::derive(passphrase, cost, random()?)
    }

    /// The one that `sealed` was sealed with, if the passphrase is right; `None` if its values are impossible.
    pub fn of(sealed: &Sealed, passphrase: &Passphrase) -> Result<Option<Self>, KeyError> {
        let known = sealed.kdf == KDF && sealed.cipher == CIPHER;
        let affordable = sealed.cost.memory <= Cost::MOST.memory && sealed.cost.passes <= Cost::MOST.passes;
        match (known && affordable).then(|| bytes(&sealed.salt)).flatten() {
            Some(salt) => Self::derive(passphrase, sealed.cost, salt).map(Some),
            None => Ok(None),
        }
    }

    /// True if it opens what was sealed with the same salt and cost.
    pub fn fits(&self, sealed: &Sealed) -> bool {
        sealed.cost == self.cost && bytes(&sealed.salt) == Some(self.salt)
    }

    fn derive(passphrase: &Passphrase, cost: Cost, salt: [u8; 16]) -> Result<Self, KeyError> {
        let params = Params::new(cost.memory, cost.passes, 1, Some(32))
            .map_err(|_| KeyError::Crypto("impossible Argon2 parameters"))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.0.as_bytes(), &salt, key.as_mut())
            .map_err(|_| KeyError::Crypto("Argon2 failed"))?;
        Ok(Self { cost, salt, key })
    }

    /// Seals `secret`; only with the same `context` can it be opened.
    pub fn seal(&self, secret: &[u8], context: &str) -> Result<Sealed, KeyError> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut text = secret.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut text)
            .map_err(|_| KeyError::Crypto("AES-GCM failed"))?;
        Ok(Sealed {
            kdf: KDF.into(),
            cost: self.cost,
            salt: STANDARD.encode(self.salt),
            cipher: CIPHER.into(),
            nonce: STANDARD.encode(nonce),
            text: STANDARD.encode(text),
        })
    }

    /// The secret; `None` if the passphrase was another one, or a byte was changed.
    pub fn open(&self, sealed: &Sealed, context: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
        let (Some(nonce), Ok(text)) = (bytes(&sealed.nonce), STANDARD.decode(&sealed.text)) else {
            return Ok(None);
        };
        let mut text = Zeroizing::new(text);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened =
            self.cipher()?.open_in_place(nonce, Aad::from(context), &mut text).map(|plain| plain.len());
        Ok(opened.ok().map(|length| {
            text.truncate(length);
            text
        }))
    }

    fn cipher(&self) -> Result<LessSafeKey, KeyError> {
        let key = UnboundKey::new(&AES_256_GCM, self.key.as_ref());
        key.map(LessSafeKey::new).map_err(|_| KeyError::Crypto("AES-GCM takes no such key"))
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeyError::Crypto("no random numbers"))?;
    Ok(bytes)
}
