//! WeChat Pay's API v3: what is signed, by whom, and how it is carried.
//!
//! A merchant's back end signs its requests ([`Authorization`]) and what its page calls `wx.requestPayment` with
//! ([`jsapi_message`]); the operator signs its answers and notifications ([`Signed`]) and encrypts what a notification
//! holds ([`ApiV3Key`]). All signatures are RSA, PKCS#1 v1.5, SHA-256, written in base64. The device checks the page's
//! signature only; the rest is for servers and for tests.
mod authorization;
mod der;
mod key;
mod message;
mod nonce;
mod notification;
mod signed;

pub use authorization::{Authorization, SCHEME};
pub use key::{Keys, PrivateKey, PublicKey};
pub use message::{app_message, jsapi_message, request_message, signed_message};
pub use nonce::NonceStore;
pub use notification::{ApiV3Key, Notification, Resource};
pub use signed::{Signed, header};

/// How far from the clock a signed time may be, in seconds; a difference of this much is refused (both SDKs).
pub const WINDOW: u64 = 300;

/// Begins a signature that is wrong on purpose: a probe whether signatures are checked. It fails as any other; a good copy
/// follows.
pub const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// Why something signed or encrypted is refused. Texts hold nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WechatPayError {
    /// Not of the form that the API has.
    #[error("{0} has not the form that WeChat Pay's API gives it")]
    Malformed(&'static str),
    /// No key of this serial number or id.
    #[error("no key is known by the serial number it names")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// A probe ([`PROBE`]): to be refused, and nothing to worry about.
    #[error("the signature is a probe, which must be refused")]
    Probe,
    /// The signed time is [`WINDOW`] or more from the clock.
    #[error("the signed time is five minutes or more from this clock")]
    Time,
    /// The nonce was used before.
    #[error("it was received before")]
    Replay,
    /// It does not decrypt: altered, or another key.
    #[error("it does not decrypt with this key")]
    Decrypt,
    /// A key is not a usable one.
    #[error("{0}")]
    Key(&'static str),
    /// The nonces cannot be stored now.
    #[error("the store of nonces fails: try again")]
    Store,
}

/// Whether a signed time is near enough to `now`, both in seconds since 1970.
pub(crate) fn is_near(timestamp: u64, now: u64) -> bool {
    timestamp.abs_diff(now) < WINDOW
}

/// Seconds since 1970, written as the API writes them.
pub(crate) fn read_timestamp(text: &str) -> Result<u64, WechatPayError> {
    let digits = (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err(WechatPayError::Malformed("the timestamp"));
    }
    text.parse().map_err(|_| WechatPayError::Malformed("the timestamp"))
}
