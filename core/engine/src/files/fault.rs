//! What can go wrong in the file system, in WeChat's words and with its numbers (its "general error codes", 1300001 on).
use crate::LodgerError;

/// Why a call of the file system fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("operation not permitted")]
    NotPermitted,
    #[error("no such file or directory")]
    NotFound,
    #[error("input/output error")]
    Damaged,
    #[error("bad file descriptor")]
    BadDescriptor,
    #[error("permission denied")]
    Denied,
    #[error("not a directory")]
    NotDirectory,
    #[error("illegal operation on a directory")]
    Directory,
    #[error("invalid argument: {0}")]
    Invalid(&'static str),
    #[error("file name too long")]
    NameTooLong,
    #[error("directory not empty")]
    NotEmpty,
    #[error("the maximum size of the file storage limit is exceeded")]
    Full,
    #[error("file already exists")]
    Exists,
    #[error("value of length is out of range")]
    LengthRange,
    #[error("value of position is out of range")]
    PositionRange,
    #[error("tempFilePath file not exist")]
    NoTemporary,
    #[error("file not exist")]
    NoFile,
    #[error("exceed max concurrent fd limit")]
    TooManyOpen,
    #[error("invalid flag")]
    Flag,
    #[error("the session is closed")]
    Closed,
    #[error("{0}")]
    Store(#[from] LodgerError),
    #[error("the file storage could not be used. Try again")]
    Database(#[from] rusqlite::Error),
}

impl Fault {
    /// WeChat's number; none where it has none.
    pub(crate) fn errno(&self) -> Option<u32> {
        Some(match self {
            Self::NotPermitted => 1_300_001,
            Self::NotFound | Self::NoFile => 1_300_002,
            Self::Damaged => 1_300_005,
            Self::BadDescriptor => 1_300_009,
            Self::Denied => 1_300_013,
            Self::NotDirectory => 1_300_020,
            Self::Invalid(_) => 1_300_022,
            Self::NameTooLong => 1_300_036,
            Self::NotEmpty => 1_300_066,
            Self::Full => 1_300_202,
            Self::Directory => 1_301_003,
            Self::Exists => 1_301_005,
            Self::LengthRange => 1_301_006,
            Self::PositionRange => 1_301_009,
            Self::NoTemporary => 1_301_112,
            Self::TooManyOpen => 1_302_002,
            Self::Flag => 1_302_003,
            Self::Store(_) | Self::Database(_) => 1_300_201,
            Self::Closed => return None,
        })
    }
}

impl From<lodger_bundle::StoreError> for Fault {
    fn from(error: lodger_bundle::StoreError) -> Self {
        match error {
            lodger_bundle::StoreError::Full => Self::Full,
            other => Self::Store(other.into()),
        }
    }
}
