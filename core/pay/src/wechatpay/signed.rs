//! The four headers that the operator signs its answers and notifications with.
use super::{Keys, NonceStore, PrivateKey, WINDOW, WechatPayError, is_near, read_timestamp, signed_message};

/// Header names in the one spelling that works: a widely used client looks them up case-sensitively.
pub mod header {
    /// Seconds since 1970.
    pub const TIMESTAMP: &str = "Wechatpay-Timestamp";
    /// Random, new each time.
    pub const NONCE: &str = "Wechatpay-Nonce";
    /// Which key signed.
    pub const SERIAL: &str = "Wechatpay-Serial";
    /// The signature, in base64.
    pub const SIGNATURE: &str = "Wechatpay-Signature";
    /// `WECHATPAY2-SHA256-RSA2048`, or absent.
    pub const SIGNATURE_TYPE: &str = "Wechatpay-Signature-Type";
}

/// What signs an answer or a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Seconds since 1970, as a text.
    pub timestamp: String,
    /// Random.
    pub nonce: String,
    /// Serial number of the operator's certificate, or the id of its public key (`PUB_KEY_ID_…`).
    pub serial: String,
    /// In base64.
    pub signature: String,
}

impl Signed {
    /// Signs `body`, the bytes on the wire; empty for none.
    ///
    /// # Errors
    /// `Key`.
    pub fn sign(
        key: &PrivateKey,
        serial: &str,
        now: u64,
        nonce: &str,
        body: &[u8],
    ) -> Result<Self, WechatPayError> {
        let timestamp = now.to_string();
        let signature = key.sign(&signed_message(&timestamp, nonce, body))?;
        Ok(Self { timestamp, nonce: nonce.to_owned(), serial: serial.to_owned(), signature })
    }

    /// Finds the headers; `get` gives a header's value, whatever its case.
    ///
    /// # Errors
    /// `Malformed` if one is missing, or the signature is of another type.
    pub fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Self, WechatPayError> {
        let text = |name: &'static str| {
            get(name).filter(|value| (1..=2048).contains(&value.len())).ok_or(WechatPayError::Malformed(name))
        };
        if get(header::SIGNATURE_TYPE).is_some_and(|kind| kind != super::SCHEME) {
            return Err(WechatPayError::Malformed(header::SIGNATURE_TYPE));
        }
        Ok(Self {
            timestamp: text(header::TIMESTAMP)?.to_owned(),
            nonce: text(header::NONCE)?.to_owned(),
            serial: text(header::SERIAL)?.to_owned(),
            signature: text(header::SIGNATURE)?.to_owned(),
        })
    }

    /// The headers, in their spelling.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 4] {
        [
            (header::TIMESTAMP, &self.timestamp),
            (header::NONCE, &self.nonce),
            (header::SERIAL, &self.serial),
            (header::SIGNATURE, &self.signature),
        ]
    }

    /// Checks an answer over a connection of one's own: signature and time.
    ///
    /// # Errors
    /// `Malformed`, `Time`, `UnknownKey`, `Probe`, `Signature`.
    pub fn verify_answer(&self, keys: &Keys, body: &[u8], now: u64) -> Result<(), WechatPayError> {
        if !is_near(read_timestamp(&self.timestamp)?, now) {
            return Err(WechatPayError::Time);
        }
        keys.find(&self.serial)?.verify(&signed_message(&self.timestamp, &self.nonce, body), &self.signature)
    }

    /// Checks a notification: as an answer, and that it was not received before. Repeats of the same event carry new
    /// nonces: tell them apart by [`super::Notification::id`] and the order's state.
    ///
    /// # Errors
    /// As `verify_answer`, and `Replay`, `Store`.
    pub async fn verify_notification(
        &self,
        keys: &Keys,
        body: &[u8],
        now: u64,
        nonces: &dyn NonceStore,
    ) -> Result<(), WechatPayError> {
        self.verify_answer(keys, body, now)?;
        let until = read_timestamp(&self.timestamp)? + WINDOW;
        super::nonce::spend(nonces, &self.serial, &self.nonce, until).await
    }
}
