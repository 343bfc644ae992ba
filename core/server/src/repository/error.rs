//! Why a repository could not be read or changed.

use crate::keys::KeyError;

/// Messages say what happened, to what, and what to do; none holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// Keys are missing or do not open.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Something that was named is not there.
    #[error("{0}")]
    NotFound(String),
    /// What was asked for breaks a rule; nothing was changed.
    #[error("{0}")]
    Refused(String),
    /// A file is not what the signed metadata says, or a signature does not hold.
    #[error("{path}: {what}")]
    Untrusted {
        /// The file, in the repository.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// The folder or the object store failed.
    #[error("{path}: {source}")]
    Storage {
        /// The file, in the repository.
        path: String,
        /// Why.
        source: object_store::Error,
    },
    /// Somebody else changed the repository meanwhile.
    #[error(
        "{path} was changed by somebody else meanwhile; nothing of this change is seen by devices, do it again"
    )]
    Conflict {
        /// The file, in the repository.
        path: String,
    },
    /// The repository is older than what the keys have signed.
    #[error(
        "{path} has version {here}, and these keys have signed {signed}: was the repository put back from a backup? Devices refuse it; `lodger repo recover` brings it above what they have seen"
    )]
    Rewound {
        /// The file, in the repository.
        path: String,
        /// The version that is there.
        here: u64,
        /// The version that was signed last.
        signed: u64,
    },
    /// A server did not do it, or did not answer.
    #[error("{address}: {what}")]
    Server {
        /// Its address.
        address: String,
        /// What it said.
        what: String,
    },
    /// Compressing or decompressing failed.
    #[error("zstd: {0}")]
    Compression(std::io::Error),
    /// A file could not be put together.
    #[error("cannot write metadata: {0}")]
    Encoding(String),
    /// The runtime for input and output could not be had.
    #[error("cannot start input and output: {0}")]
    Runtime(std::io::Error),
}

impl RepositoryError {
    pub(super) fn untrusted(path: &str, what: impl Into<String>) -> Self {
        Self::Untrusted { path: path.to_owned(), what: what.into() }
    }
}
