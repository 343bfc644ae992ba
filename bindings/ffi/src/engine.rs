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
        let inner = engine::Engine::new(config.into(), host.into())?;
        Ok(Arc::new(Self { inner }))
    }

    /// Opens the installed release of a program.
    pub async fn open(&self, request: records::OpenRequest) -> Result<Arc<LodgerSession>, LodgerError> {
        let session = self.inner.open(request.try_into()?).await?;
        Ok(Arc::new(LodgerSession::new(session)))
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
}

#[cfg(test)]
mod tests;
