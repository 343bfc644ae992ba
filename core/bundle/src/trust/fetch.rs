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

    /// Streams the file at `path` from byte `from` on into `sink`, as it arrives; `None` as above. `limit` counts
    /// from the file's beginning. A server that ignores ranges sends the whole file, and `sink` is told so. An answer
    /// that breaks off is `Unreachable`; what `sink` has got by then is kept, and asked for no more.
    ///
    /// Without an implementation of its own, the file is read whole by [`Fetch::get`].
    ///
    /// # Errors
    /// See [`FetchError`]; `Cancelled` as soon as `sink` wants no more.
    fn read(&self, path: &str, from: u64, limit: u64, sink: &mut dyn Sink) -> Result<Option<()>, FetchError> {
        let _ = from; // The whole file comes, and `sink` is told so.
        let Some(bytes) = self.get(path, limit)? else { return Ok(None) };
        if sink.start(0, Some(bytes.len() as u64)) && sink.bytes(&bytes) {
            return Ok(Some(()));
        }
        Err(FetchError::Cancelled)
    }
}

/// Takes a file piece by piece.
pub trait Sink {
    /// Called once, before the first piece: the byte of the file that the answer begins with (0 if the server ignores
    /// ranges), and the length of the whole file if the server says it. False: stop reading.
    fn start(&mut self, offset: u64, length: Option<u64>) -> bool;

    /// The next piece. False: stop reading.
    fn bytes(&mut self, bytes: &[u8]) -> bool;
}

/// Why a file could not be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FetchError {
    /// No network, no answer in time, or an answer that is neither the file nor "there is none".
    #[error("{0}")]
    Unreachable(String),
    /// A web page or a redirect in place of the file: mostly a network that wants people to sign in first.
    #[error("a web page came in its place")]
    Portal,
    /// More bytes than asked for: the rest was not read.
    #[error("longer than the limit")]
    TooLong,
    /// Whoever asked wants no more.
    #[error("cancelled")]
    Cancelled,
}
