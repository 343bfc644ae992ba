//! Why a transfer failed, for its caller and for those who wait for the same file.
use crate::{StoreError, trust::TrustError};

/// A release or package that was not installed. The store has what it had, but for what arrived so far.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The caller, or the host's HTTP, gave up.
    #[error("the download was cancelled: what has arrived is kept for the next time")]
    Cancelled,
    /// No answer, or bytes that are not accepted, or a store that fails.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl From<StoreError> for TransferError {
    fn from(error: StoreError) -> Self {
        Self::Trust(error.into())
    }
}

/// Why a file was not brought. Several may wait for one file, so it can be cloned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failure {
    Cancelled,
    Unreachable { path: String, reason: String },
    Portal { path: String },
    Missing { path: String },
    Refused { reason: String },
}

impl Failure {
    pub(super) fn of(self, app: &str) -> TransferError {
        match self {
            Self::Cancelled => TransferError::Cancelled,
            Self::Unreachable { path, reason } => TrustError::Unreachable { path, reason }.into(),
            Self::Portal { path } => TrustError::Portal { path }.into(),
            Self::Missing { path } => TrustError::Missing { path }.into(),
            Self::Refused { reason } => super::refused(app, &reason),
        }
    }
}
