//! Where the journal's rows lie: implemented by the engine over its database, sealed, for one host user.

/// Why a row was not read or written; for people, without names or content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// Rows by name. Calls block. Every change is durable when it returns: `synchronous=FULL`, and `fullfsync` on Apple.
pub trait Store: Send + Sync {
    /// A row, or None.
    ///
    /// # Errors
    /// [`StoreError`].
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// All rows and their names.
    ///
    /// # Errors
    /// [`StoreError`].
    fn list(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    /// Writes a row if it is still `was` (None: if there is none), compared and written in one transaction. False if it is
    /// not, and then nothing has changed. Several processes may write.
    ///
    /// # Errors
    /// [`StoreError`]; the row may be written or not, and that may be seen only after the next start.
    fn write(&self, name: &str, was: Option<&[u8]>, row: &[u8]) -> Result<bool, StoreError>;

    /// Removes a row if it is still `was`. False if it is not.
    ///
    /// # Errors
    /// [`StoreError`]; the row may be removed or not.
    fn remove(&self, name: &str, was: &[u8]) -> Result<bool, StoreError>;
}
