//! Why a request was not done: one list, for the protocol's codes and HTTP's (`core/docs/server.md`).

use crate::{database::DatabaseError, kek::KekError, keys::KeyError, repository::Refusal};

/// Messages go to whoever asked: none holds a secret, or a row of the database.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Not of the protocol's form.
    #[error("{0}")]
    Malformed(String),
    /// Nobody known signed it, or not now.
    #[error("{0}")]
    Unsigned(&'static str),
    /// Whoever signed it may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// It was made from an older version.
    #[error("{0}")]
    Conflict(String),
    /// Signed, but against the rules.
    #[error("{0}")]
    Refused(String),
    /// Too large.
    #[error("{0}")]
    TooLarge(String),
    /// One key asks too often.
    #[error("this key has sent {0} requests in this minute; go on in the next")]
    TooMany(i64),
    /// Another process writes.
    #[error("another process is writing; do it again in a moment")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The object store failed.
    #[error("the object store failed: {0}")]
    Objects(#[from] object_store::Error),
    /// A key could not be opened or sealed.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// A key could not be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The server's own fault.
    #[error("{0}")]
    Internal(String),
}

impl PublishError {
    /// The protocol's code and HTTP's status.
    #[must_use]
    pub fn code(&self) -> (&'static str, u16) {
        match self {
            Self::Malformed(_) => ("malformed", 400),
            Self::Unsigned(_) => ("unsigned", 401),
            Self::Forbidden(_) => ("forbidden", 403),
            Self::Conflict(_) => ("conflict", 409),
            Self::TooLarge(_) => ("too-large", 413),
            Self::Refused(_) => ("refused", 422),
            Self::TooMany(_) => ("too-many", 429),
            Self::Busy | Self::Database(_) | Self::Objects(_) => ("unavailable", 503),
            Self::Kek(_) | Self::Key(_) | Self::Internal(_) => ("internal", 500),
        }
    }

    /// What the one who asked may read: of the server's own troubles only that there are some.
    #[must_use]
    pub fn public(&self) -> String {
        match self.code().1 {
            500 => "the server failed; its log has more, under the request id".into(),
            503 if !matches!(self, Self::Busy) => {
                "the database or the object store does not answer; try again".into()
            }
            _ => self.to_string(),
        }
    }
}

impl From<Refusal> for PublishError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Conflict(_) => Self::Conflict(refusal.to_string()),
            Refusal::Refused(what) => Self::Refused(what),
            Refusal::Failed(error) => Self::Internal(error.to_string()),
        }
    }
}

impl From<tokio::task::JoinError> for PublishError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Internal(error.to_string())
    }
}
