//! What a host sees when something fails (DESIGN 12).

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Offline,
    Untrusted,
    Revoked,
    Stale,
    Incompatible,
    NotFound,
    Denied,
    LoginRequired,
    PaymentUnknown,
    Storage,
    Internal,
}

/// `code` is stable and short (`store-full`, `time-out`), shown on the error page.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct LodgerError {
    pub kind: ErrorKind,
    pub message: String,
    pub code: String,
}
