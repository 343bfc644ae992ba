//! Nonces that were used, so that nothing signed counts twice.
use super::WechatPayError;
use async_trait::async_trait;

/// Remembers nonces: a table in a server's database, shared by its processes.
#[async_trait]
pub trait NonceStore: Send + Sync {
    /// Remembers that `owner` used `nonce`, at least until `until` (seconds since 1970). True if it is the first time; of
    /// two callers at once, one gets true.
    ///
    /// # Errors
    /// A reason for people; then nobody may count on it.
    async fn first_use(&self, owner: &str, nonce: &str, until: u64) -> Result<bool, String>;
}

pub(super) async fn spend(
    nonces: &dyn NonceStore,
    owner: &str,
    nonce: &str,
    until: u64,
) -> Result<(), WechatPayError> {
    match nonces.first_use(owner, nonce, until).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(WechatPayError::Replay),
        Err(_) => Err(WechatPayError::Store),
    }
}
