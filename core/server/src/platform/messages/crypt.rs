//! How messages to a back end are signed and encrypted: WeChat's WXBizMsgCrypt (AES-256-CBC, SHA-1), as its documents
//! give it. SHA-1 stands in the protocol; what it guards also comes over TLS.

use aws_lc_rs::{
    cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey},
    digest::{SHA1_FOR_LEGACY_USE_ONLY, digest},
    iv::FixedLength,
};
use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use zeroize::Zeroizing;

/// The block that texts are padded to.
const BLOCK: usize = 32;
/// 43 characters carry 258 bits; the last two count for nothing, and merchants' tools set them as they like.
const KEY: GeneralPurpose =
    GeneralPurpose::new(&ALPHABET, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// SHA-1 over the sorted parts, in hex.
#[must_use]
pub fn signature(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    crate::repository::hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, sorted.concat().as_bytes()).as_ref())
}

/// Encrypts for one app.
pub struct Envelope {
    key: Zeroizing<Vec<u8>>,
    app: String,
}

impl Envelope {
    /// From `EncodingAESKey`: 43 characters of base64, 32 bytes. None for anything else.
    #[must_use]
    pub fn new(encoding_key: &str, app: &str) -> Option<Self> {
        let key = Zeroizing::new(KEY.decode(format!("{encoding_key}=")).ok()?);
        let fits = encoding_key.len() == 43 && key.len() == 32;
        fits.then(|| Self { key, app: app.to_owned() })
    }

    /// `Encrypt`: 16 random bytes, the length, the text, the app id; padded, encrypted, in base64.
    #[must_use]
    pub fn seal(&self, text: &str) -> Option<String> {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        let mut plain = [&random[..], &length.to_be_bytes(), text.as_bytes(), self.app.as_bytes()].concat();
        let padding = BLOCK - plain.len() % BLOCK;
        plain.resize(plain.len() + padding, u8::try_from(padding).ok()?);
        let length = plain.len();
        let iv: [u8; 16] = self.key.get(..16)?.try_into().ok()?;
        let key = UnboundCipherKey::new(&AES_256, &self.key).ok()?;
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).ok()?;
        key.less_safe_encrypt(&mut plain, EncryptionContext::Iv128(FixedLength::from(iv))).ok()?;
        // The cipher adds a block of its own padding; ours, to 32 bytes, is the protocol's.
        plain.truncate(length);
        Some(STANDARD.encode(plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of WeChat's own documents for the URL's verification.
    #[test]
    fn signs_sorted_parts() {
        let echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==";
        let signed = signature(&["QDG6eK", "1409659589", "263014780", echo]);
        assert_eq!(signed, "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3");
    }

    #[test]
    fn keys_have_43_characters() {
        assert!(Envelope::new("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "x").is_some());
        assert!(Envelope::new("short", "x").is_none());
        assert!(Envelope::new(&"!".repeat(43), "x").is_none());
    }
}
