//! The texts that are signed. Every line ends with a line feed, the last one too.

/// A request to the API; `target` is path and query as sent, `body` empty for none.
#[must_use]
pub fn request_message(method: &str, target: &str, timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method}\n{target}\n{timestamp}\n{nonce}\n");
    [head.as_bytes(), body, b"\n"].concat()
}

/// `paySign` of `wx.requestPayment`; `package` is `prepay_id=…` whole.
#[must_use]
pub fn jsapi_message(app: &str, timestamp: &str, nonce: &str, package: &str) -> Vec<u8> {
    format!("{app}\n{timestamp}\n{nonce}\n{package}\n").into_bytes()
}

/// `sign` of an app's payment: the same with the bare prepay id.
#[must_use]
pub fn app_message(app: &str, timestamp: &str, nonce: &str, prepay_id: &str) -> Vec<u8> {
    jsapi_message(app, timestamp, nonce, prepay_id)
}

/// An answer of the API, or a notification; `body` are the bytes on the wire, empty for none.
#[must_use]
pub fn signed_message(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{timestamp}\n{nonce}\n");
    [head.as_bytes(), body, b"\n"].concat()
}
