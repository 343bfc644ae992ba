//! Errors that cross: the engine's one error outward, and what host code may fail with inward.

use lodger_engine as engine;

/// What a host can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ErrorKind {
    /// There is no network, and what is stored is missing or too old.
    Offline,
    /// A signature, a digest or a format is wrong.
    Untrusted,
    /// The program or its release was withdrawn.
    Revoked,
    /// Signed metadata is older than the policy allows.
    Stale,
    /// The program needs something that this version does not have.
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

/// The one error a host sees; `code` is stable and short.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum LodgerError {
    /// The only case: what to do is told by `kind`.
    #[error("{reason}")]
    Failed {
        /// What the host can do about it.
        kind: ErrorKind,
        /// For people. Not named `message`, which Kotlin's exceptions already have.
        reason: String,
        /// For machines.
        code: String,
    },
}

impl From<engine::LodgerError> for LodgerError {
    fn from(error: engine::LodgerError) -> Self {
        Self::Failed { kind: error.kind.into(), reason: error.message, code: error.code }
    }
}

impl From<LodgerError> for engine::LodgerError {
    fn from(error: LodgerError) -> Self {
        let LodgerError::Failed { kind, reason, code } = error;
        Self { kind: kind.into(), message: reason, code }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for LodgerError {
    /// The exception's text stays out: it is the host's, and could hold anything.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        let reason = "The host's own code failed. Its log says more.".to_owned();
        Self::Failed { kind: ErrorKind::Internal, reason, code: "host-failed".to_owned() }
    }
}

/// A kind, the same on both sides; the compiler sees to it that none is forgotten.
macro_rules! same_kinds {
    ($($kind:ident)*) => {
        impl From<engine::ErrorKind> for ErrorKind {
            fn from(kind: engine::ErrorKind) -> Self {
                match kind { $(engine::ErrorKind::$kind => Self::$kind),* }
            }
        }
        impl From<ErrorKind> for engine::ErrorKind {
            fn from(kind: ErrorKind) -> Self {
                match kind { $(ErrorKind::$kind => Self::$kind),* }
            }
        }
    };
}

same_kinds!(Offline Untrusted Revoked Stale Incompatible NotFound Denied LoginRequired PaymentUnknown Storage Internal);

/// Why there is no HTTP response. Texts must not hold URLs, headers or bodies.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum HttpFailure {
    /// The request's time has passed.
    #[error("timeout")]
    Timeout,
    /// No route, refused, or the name does not resolve.
    #[error("could not connect: {reason}")]
    Connect {
        /// In a few words.
        reason: String,
    },
    /// The certificate or the handshake is bad.
    #[error("TLS: {reason}")]
    Tls {
        /// In a few words.
        reason: String,
    },
    /// A private, loopback or link-local address.
    #[error("address refused: {reason}")]
    AddressRefused {
        /// In a few words.
        reason: String,
    },
    /// The body is longer than the request's `max_body`.
    #[error("response longer than {limit} bytes")]
    TooLong {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Anything else.
    #[error("{reason}")]
    Other {
        /// In a few words.
        reason: String,
    },
}

impl From<HttpFailure> for engine::HttpError {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::Timeout => Self::Timeout,
            HttpFailure::Connect { reason } => Self::Connect(reason),
            HttpFailure::Tls { reason } => Self::Tls(reason),
            HttpFailure::AddressRefused { reason } => Self::AddressRefused(reason),
            HttpFailure::TooLong { limit } => Self::TooLong(limit),
            HttpFailure::Other { reason } => Self::Other(reason),
        }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HttpFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Other { reason: "the host's HTTP client failed".to_owned() }
    }
}

/// Host code that returns nothing useful threw. Declared by every such method, or UniFFI would panic in our threads.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum CallbackFailed {
    /// What was thrown is not passed on.
    #[error("the host's own code failed")]
    Threw,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CallbackFailed {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Threw
    }
}
