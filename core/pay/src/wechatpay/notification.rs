//! What a notification says, and the encryption of its content (AES-256-GCM).
use super::WechatPayError;
use crate::json;
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The only algorithm.
const ALGORITHM: &str = "AEAD_AES_256_GCM";
/// Longest notification, in bytes.
const MAX_BODY: usize = 64 << 10;

/// A notification's body, once its signature was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The same in every repeat of one event.
    pub id: String,
    /// RFC 3339.
    pub create_time: String,
    /// `encrypt-resource`.
    pub resource_type: String,
    /// `TRANSACTION.SUCCESS`, `REFUND.SUCCESS`, ….
    pub event_type: String,
    /// For people.
    pub summary: String,
    /// What happened, encrypted.
    pub resource: Resource,
}

/// Something encrypted with a merchant's [`ApiV3Key`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// `AEAD_AES_256_GCM`.
    pub algorithm: String,
    /// Content and tag, in base64.
    pub ciphertext: String,
    /// Signed with it, not secret. Clients need it, even empty.
    #[serde(default)]
    pub associated_data: String,
    /// `transaction`, `refund`; absent where a certificate is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_type: Option<String>,
    /// Twelve bytes.
    pub nonce: String,
}

impl Notification {
    /// Reads a body; members that are not known are ignored.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn read(body: &[u8]) -> Result<Self, WechatPayError> {
        let read = (body.len() <= MAX_BODY).then(|| json::read(body)).flatten();
        read.ok_or(WechatPayError::Malformed("the notification"))
    }
}

/// A merchant's API v3 key: 32 bytes, which merchants type as 32 characters.
pub struct ApiV3Key(LessSafeKey);

impl fmt::Debug for ApiV3Key {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiV3Key(…)")
    }
}

impl ApiV3Key {
    /// Takes the key.
    ///
    /// # Errors
    /// `Key` unless it has 32 bytes: AES-128 is not what the API means.
    pub fn new(key: &[u8]) -> Result<Self, WechatPayError> {
        UnboundKey::new(&AES_256_GCM, key)
            .map(|key| Self(LessSafeKey::new(key)))
            .map_err(|_| WechatPayError::Key("an API v3 key has 32 bytes"))
    }

    /// Decrypts.
    ///
    /// # Errors
    /// `Malformed`, `Decrypt`.
    pub fn open(&self, resource: &Resource) -> Result<Vec<u8>, WechatPayError> {
        if resource.algorithm != ALGORITHM {
            return Err(WechatPayError::Malformed("the resource's algorithm"));
        }
        let mut bytes = STANDARD
            .decode(&resource.ciphertext)
            .map_err(|_| WechatPayError::Malformed("the resource's ciphertext"))?;
        let aad = Aad::from(resource.associated_data.as_bytes());
        let plain = self
            .0
            .open_in_place(nonce(&resource.nonce)?, aad, &mut bytes)
            .map_err(|_| WechatPayError::Decrypt)?;
        Ok(plain.to_vec())
    }

    /// Encrypts. `nonce` must be new for each call with one key: twelve random letters and digits.
    ///
    /// # Errors
    /// `Malformed` if the nonce has not twelve bytes.
    pub fn seal(
        &self,
        original_type: Option<&str>,
        associated_data: &str,
        nonce_text: &str,
        content: &[u8],
    ) -> Result<Resource, WechatPayError> {
        let mut bytes = content.to_vec();
        self.0
            .seal_in_place_append_tag(nonce(nonce_text)?, Aad::from(associated_data.as_bytes()), &mut bytes)
            .map_err(|_| WechatPayError::Malformed("the content, which is too long,"))?;
        Ok(Resource {
            algorithm: ALGORITHM.to_owned(),
            ciphertext: STANDARD.encode(bytes),
            associated_data: associated_data.to_owned(),
            original_type: original_type.map(str::to_owned),
            nonce: nonce_text.to_owned(),
        })
    }
}

fn nonce(text: &str) -> Result<Nonce, WechatPayError> {
    let bytes: [u8; NONCE_LEN] =
        text.as_bytes().try_into().map_err(|_| WechatPayError::Malformed("the resource's nonce"))?;
    Ok(Nonce::assume_unique_for_key(bytes))
}
