//! The host's login in the system's browser, for hosts whose provider speaks OpenID Connect (core/docs/login.md).
use super::Engine;
use crate::LodgerError;
use lodger_auth::{Account, Login};
use std::sync::Arc;

impl Engine {
    /// Begins a login and gives the address that the system's browser opens, never an embedded webview.
    ///
    /// # Errors
    /// `Offline`, `Untrusted`, `Storage`; `LoginRequired` with the code `key-invalidated`: log out first; `Internal` if
    /// the configuration names no provider.
    pub async fn begin_login(&self) -> Result<String, LodgerError> {
        Ok(self.provider()?.begin().await?)
    }

    /// Finishes the login with the address that the browser came back with; any process of the app may do it.
    ///
    /// # Errors
    /// As `begin_login`; `LoginRequired` if no login is under way; `Denied` if the user or the provider said no.
    pub async fn finish_login(&self, callback: &str) -> Result<Account, LodgerError> {
        Ok(self.provider()?.finish(callback).await?)
    }

    /// Ends the login under way, if any: the user came back without a callback.
    ///
    /// # Errors
    /// `Storage`, `Internal`.
    pub async fn cancel_login(&self) -> Result<(), LodgerError> {
        Ok(self.provider()?.cancel().await?)
    }

    /// Whether a login was begun and its callback may still come: after a restart, wait for it. Blocks on the disk.
    ///
    /// # Errors
    /// `Storage`, `Internal`.
    pub fn login_pending(&self) -> Result<bool, LodgerError> {
        Ok(self.provider()?.is_pending()?)
    }

    /// Who is logged in at the provider. Blocks on the disk.
    ///
    /// # Errors
    /// `Storage`, `Internal`.
    pub fn account(&self) -> Result<Option<Account>, LodgerError> {
        Ok(self.provider()?.account()?)
    }

    fn provider(&self) -> Result<Arc<Login>, LodgerError> {
        let provider = self.shared.login.as_ref().and_then(|login| login.provider.clone());
        provider.ok_or_else(|| {
            LodgerError::internal(
                "no-provider",
                "The host's login is not one in a browser. Give Config.login a provider.",
            )
        })
    }
}
