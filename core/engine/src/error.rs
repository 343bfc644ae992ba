//! What a host sees when something fails (DESIGN 12).
use lodger_bundle::{
    StoreError, TransferError,
    trust::{TrustError, TrustErrorKind},
};

/// What a host can act on. A kind exists only where a host would do something different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no network, and what is stored is missing or too old: offer Retry.
    Offline,
    /// A signature, a digest or a format is wrong: do not retry, report it.
    Untrusted,
    /// The program or its release was withdrawn by the operator.
    Revoked,
    /// Signed metadata is older than the policy allows: go online.
    Stale,
    /// The program needs something this version does not have: update the host.
    Incompatible,
    /// No such program, page or file.
    NotFound,
    /// The host, the user or a policy said no.
    Denied,
    /// The host's own login is needed first.
    LoginRequired,
    /// A payment's outcome is not known yet.
    PaymentUnknown,
    /// The disk is full, or the database cannot be used.
    Storage,
    /// A fault of Lodger itself or of the platform under it.
    Internal,
}

/// The one error a host sees. It never carries tokens, orders or user data.
///
/// `code` is stable and short (`store-full`, `time-out`), shown on the error page; `message` says what happened, to
/// what, and what to do next.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct LodgerError {
    /// What the host can do about it.
    pub kind: ErrorKind,
    /// For people: one or two sentences in English.
    pub message: String,
    /// For machines: stable across versions.
    pub code: String,
}

impl LodgerError {
    /// Makes an error; `code` is lower-case words joined by hyphens.
    pub fn new(kind: ErrorKind, code: &str, message: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), message: message.into() }
    }

    pub(crate) fn internal(code: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, code, message)
    }

    pub(crate) fn closed() -> Self {
        Self::new(ErrorKind::Denied, "session-closed", "The session is closed. Open the program again.")
    }
}

impl From<StoreError> for LodgerError {
    fn from(error: StoreError) -> Self {
        let (kind, code) = match &error {
            StoreError::Full => (ErrorKind::Storage, "store-full"),
            StoreError::Locked => (ErrorKind::Storage, "store-locked"),
            StoreError::Corrupt { .. } => (ErrorKind::Untrusted, "store-damaged"),
            StoreError::NotFound { .. } => (ErrorKind::NotFound, "not-in-store"),
            StoreError::QuotaExceeded { .. } => (ErrorKind::Storage, "store-quota"),
            StoreError::InUse { .. } => (ErrorKind::Denied, "in-use"),
            StoreError::NewerSchema { .. } => (ErrorKind::Incompatible, "store-newer"),
            StoreError::Refused(_) => (ErrorKind::Untrusted, "index-refused"),
            StoreError::Io { .. } => (ErrorKind::Storage, "store-io"),
            _ => (ErrorKind::Storage, "store"),
        };
        Self::new(kind, code, error.to_string())
    }
}

impl From<TrustError> for LodgerError {
    fn from(error: TrustError) -> Self {
        let error = match error {
            TrustError::Storage(error) => return error.into(),
            other => other,
        };
        let code = match &error {
            TrustError::Unreachable { .. } => "unreachable",
            TrustError::Missing { .. } => "repository-file-missing",
            TrustError::Portal { .. } => "captive-portal",
            TrustError::FirstUse { .. } => "first-use-offline",
            TrustError::GraceOver { .. } => "grace-over",
            TrustError::Expired { .. } => "expired",
            TrustError::Rollback { .. } => "older-than-seen",
            TrustError::Refused { .. } => "not-as-signed",
            TrustError::Root { .. } => "trust-root",
            TrustError::Stopped { .. } => "program-stopped",
            TrustError::Revoked { .. } => "release-withdrawn",
            TrustError::UnknownApp { .. } => "no-such-program",
            TrustError::NoRelease { .. } => "no-release",
            TrustError::Incompatible { .. } => "runtime-too-old",
            TrustError::Index(_) => "index-refused",
            _ => "not-trusted",
        };
        let kind = match error.kind() {
            TrustErrorKind::Offline => ErrorKind::Offline,
            TrustErrorKind::Untrusted => ErrorKind::Untrusted,
            TrustErrorKind::Revoked => ErrorKind::Revoked,
            TrustErrorKind::Stale => ErrorKind::Stale,
            TrustErrorKind::Incompatible => ErrorKind::Incompatible,
            TrustErrorKind::NotFound => ErrorKind::NotFound,
            TrustErrorKind::Storage => ErrorKind::Storage,
            _ => ErrorKind::Untrusted,
        };
        Self::new(kind, code, error.to_string())
    }
}

impl From<TransferError> for LodgerError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Trust(error) => error.into(),
            other => Self::new(ErrorKind::Denied, "cancelled", other.to_string()),
        }
    }
}
