//! The header that a merchant's back end signs its requests with.
use super::{Keys, NonceStore, PrivateKey, WINDOW, WechatPayError, is_near, read_timestamp, request_message};
use std::fmt;

/// The header's scheme.
pub const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
/// Longest header, in characters.
const MAX_HEADER: usize = 4 << 10;

/// `Authorization: WECHATPAY2-SHA256-RSA2048 mchid="…",nonce_str="…",timestamp="…",serial_no="…",signature="…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The merchant.
    pub mchid: String,
    /// Random, new for each request; 1 to 64 letters, digits, `_` and `-`.
    pub nonce: String,
    /// Seconds since 1970, as a text.
    pub timestamp: String,
    /// Serial number of the merchant's certificate, or the id of its public key.
    pub serial: String,
    /// In base64.
    pub signature: String,
}

impl Authorization {
    /// Signs a request; `target` is path and query as sent.
    ///
    /// # Errors
    /// `Key`.
    #[allow(clippy::too_many_arguments)] // they are the fields of one request
    pub fn sign(
        key: &PrivateKey,
        mchid: &str,
        serial: &str,
        now: u64,
        nonce: &str,
        method: &str,
        target: &str,
        body: &[u8],
    ) -> Result<Self, WechatPayError> {
        let timestamp = now.to_string();
        let signature = key.sign(&request_message(method, target, &timestamp, nonce, body))?;
        let (mchid, nonce, serial) = (mchid.to_owned(), nonce.to_owned(), serial.to_owned());
        Ok(Self { mchid, nonce, timestamp, serial, signature })
    }

    /// Reads the header's value. Fields may stand in any order, each once; others are refused.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn read(value: &str) -> Result<Self, WechatPayError> {
        read(value).ok_or(WechatPayError::Malformed("the Authorization header"))
    }

    /// Checks that the merchant `keys` belong to sent this request now, and for the first time. The caller has found the
    /// keys by [`Authorization::mchid`].
    ///
    /// # Errors
    /// `Time`, `UnknownKey`, `Probe`, `Signature`, `Replay`, `Store`.
    pub async fn verify(
        &self,
        keys: &Keys,
        method: &str,
        target: &str,
        body: &[u8],
        now: u64,
        nonces: &dyn NonceStore,
    ) -> Result<(), WechatPayError> {
        let timestamp = read_timestamp(&self.timestamp)?;
        if !is_near(timestamp, now) {
            return Err(WechatPayError::Time);
        }
        let message = request_message(method, target, &self.timestamp, &self.nonce, body);
        keys.find(&self.serial)?.verify(&message, &self.signature)?;
        // Last, so that strangers cannot use up a merchant's nonces.
        super::nonce::spend(nonces, &self.mchid, &self.nonce, timestamp + WINDOW).await
    }
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mchid, nonce, timestamp, serial, signature } = self;
        write!(
            f,
            r#"{SCHEME} mchid="{mchid}",nonce_str="{nonce}",timestamp="{timestamp}",serial_no="{serial}",signature="{signature}""#
        )
    }
}

fn read(value: &str) -> Option<Authorization> {
    if value.len() > MAX_HEADER {
        return None;
    }
    let (scheme, fields) = value.trim().split_once(' ')?;
    if scheme != SCHEME {
        return None;
    }
    let names = ["mchid", "nonce_str", "timestamp", "serial_no", "signature"];
    let mut values: [Option<&str>; 5] = [None; 5];
    // No value holds a comma: they are words, numbers and base64.
    for field in fields.split(',') {
        let (name, value) = field.trim().split_once('=')?;
        let value = value.strip_prefix('"')?.strip_suffix('"')?;
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+/=".contains(&byte);
        if value.is_empty() || !value.bytes().all(usual) {
            return None;
        }
        let place = &mut values[names.iter().position(|known| *known == name)?];
        if place.replace(value).is_some() {
            return None;
        }
    }
    let [mchid, nonce, timestamp, serial, signature] = values.map(|value| value.map(str::to_owned));
    let nonce = nonce.filter(|nonce| nonce.len() <= 64)?;
    Some(Authorization {
        mchid: mchid?,
        nonce,
        timestamp: timestamp?,
        serial: serial?,
        signature: signature?,
    })
}
