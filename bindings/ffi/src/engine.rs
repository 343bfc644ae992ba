//! The engine, one per process.

use crate::{LodgerError, LodgerSession, callbacks::Foreign, records};
use lodger_engine as engine;
use std::sync::Arc;

/// The engine, one per process. Safe from any thread.
#[derive(uniffi::Object)]
pub struct LodgerEngine {
    inner: engine::Engine,
}

#[uniffi::export]
impl LodgerEngine {
    /// Opens the store. Blocks on the disk: not for the main thread.
    #[uniffi::constructor]
    pub fn new(config: records::Config, host: records::Host) -> Result<Arc<Self>, LodgerError> {
        let inner = engine::Engine::new(config.try_into()?, host.into())?;
        Ok(Arc::new(Self { inner }))
    }

    /// Opens a program: what is stored, or what the repository offers, downloaded if need be. Cancelling it is safe.
    pub async fn open(&self, request: records::OpenRequest) -> Result<Arc<LodgerSession>, LodgerError> {
        let session = self.inner.open(request.try_into()?).await?;
        Ok(Arc::new(LodgerSession::new(session)))
    }

    /// Downloads the release that the next open will run. `unmetered_only`: not unless the network is known to be Wi-Fi.
    pub async fn predownload(
        &self,
        app: String,
        unmetered_only: bool,
        listener: Arc<dyn crate::host::SessionListener>,
    ) -> Result<(), LodgerError> {
        Ok(self.inner.predownload(&app, unmetered_only, Arc::new(Foreign(listener))).await?)
    }

    /// The network that the device has now: `wifi`, `4g`, …, `none`, `unknown`.
    pub fn set_network(&self, kind: String) {
        self.inner.set_network(&kind);
    }

    /// Adds functions of the device: clipboard, vibration, location. Register before opening programs.
    pub fn register_device(&self, device: Arc<dyn crate::Device>) -> Result<(), LodgerError> {
        Ok(self.inner.register_device(Arc::new(Foreign(device)))?)
    }

    /// True if the platform's key was gone when the engine started, so that all per-user data had to be wiped.
    pub fn data_was_lost(&self) -> bool {
        self.inner.data_was_lost()
    }

    /// Removes every trace of a user's data in a program, and checks that it is gone. Blocks on the disk.
    pub fn wipe(&self, user: String, app: String) -> Result<(), LodgerError> {
        Ok(self.inner.wipe(&user, &app)?)
    }

    /// The user leaves the host: all data of all programs and the login are removed, and counted to be gone.
    pub async fn log_out(&self, user: String) -> Result<crate::LogOut, LodgerError> {
        Ok(self.inner.log_out(&user).await?.into())
    }

    /// Begins a login in the system's browser, and gives the address that it opens: never in an embedded webview.
    pub async fn begin_login(&self) -> Result<String, LodgerError> {
        Ok(self.inner.begin_login().await?)
    }

    /// Finishes the login with the address that the browser came back with.
    pub async fn finish_login(&self, callback: String) -> Result<crate::Account, LodgerError> {
        Ok(self.inner.finish_login(&callback).await?.into())
    }

    /// Ends the login under way: the user came back without a callback.
    pub async fn cancel_login(&self) -> Result<(), LodgerError> {
        Ok(self.inner.cancel_login().await?)
    }

    /// Whether a login was begun and its callback may still come. Blocks on the disk.
    pub fn login_pending(&self) -> Result<bool, LodgerError> {
        Ok(self.inner.login_pending()?)
    }

    /// Who is logged in at the provider. Blocks on the disk.
    pub fn account(&self) -> Result<Option<crate::Account>, LodgerError> {
        Ok(self.inner.account()?.map(Into::into))
    }
}

#[cfg(test)]
mod tests;
