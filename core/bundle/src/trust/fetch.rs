//! How bytes come from the repository: the host's HTTP, a folder, or memory in tests. Nothing it says is believed.

/// Reads files of a repository. The engine makes one over the host's HTTP.
///
/// A call blocks its thread, and may come from any thread. Whoever implements it sets time-outs and retries.
pub trait Fetch: Send + Sync {
    /// The file at `path` below the repository's address (`platform/metadata/timestamp.json`), or `None` if the
    /// server says that there is no such file. Reading stops after `limit` bytes, with [`FetchError::TooLong`].
    ///
    /// `timestamp.json` must not come from a cache; every other file is named so that it never changes.
    ///
    /// # Errors
    /// See [`FetchError`].
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError>;
}

/// Why a file could not be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FetchError {
    /// No network, no answer in time, or an answer that is neither the file nor "there is none".
    #[error("{0}")]
    Unreachable(String),
    /// More bytes than asked for: the rest was not read.
    #[error("longer than the limit")]
    TooLong,
}
