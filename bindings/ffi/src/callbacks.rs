//! Host code behind the engine's traits. What it throws becomes the trait's own error or, where the trait has none,
//! the answer that is safe: a scope is denied, a line is lost, the system's clock is read.

use crate::{host, records};
use async_trait::async_trait;
use lodger_engine as engine;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

/// The host's implementation behind one of the engine's traits.
pub(crate) struct Foreign<T: ?Sized>(pub(crate) Arc<T>);

#[async_trait]
impl engine::PlatformHttp for Foreign<dyn host::PlatformHttp> {
    async fn send(&self, request: engine::HttpRequest) -> Result<engine::HttpResponse, engine::HttpError> {
        Ok(self.0.send(request.into()).await?.into())
    }
}

impl engine::Preset for Foreign<dyn host::Preset> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        // A preset that cannot be read is none: the network is asked.
        self.0.read(path.to_owned()).ok().flatten()
    }
}

#[async_trait]
impl engine::AppHttp for Foreign<dyn host::AppHttp> {
    async fn send(&self, request: engine::HttpRequest) -> Result<engine::HttpResponse, engine::HttpError> {
        Ok(self.0.send(request.into()).await?.into())
    }
}

impl engine::Clock for Foreign<dyn host::Clock> {
    fn now(&self) -> SystemTime {
        let host =
            self.0.now().ok().and_then(|ms| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms)));
        host.unwrap_or_else(SystemTime::now)
    }
}

impl engine::KeyStore for Foreign<dyn host::KeyStore> {
    fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, engine::LodgerError> {
        Ok(self.0.wrap(secret.to_vec())?)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, engine::LodgerError> {
        Ok(self.0.unwrap(wrapped.to_vec())?)
    }
}

#[async_trait]
impl engine::Prompts for Foreign<dyn host::Prompts> {
    async fn scope(&self, prompt: engine::ScopePrompt) -> engine::ScopeAnswer {
        match self.0.scope(records::ScopePrompt::from(prompt)).await {
            Ok(true) => engine::ScopeAnswer::Granted,
            Ok(false) | Err(_) => engine::ScopeAnswer::Denied,
        }
    }

    async fn ask(&self, prompt: engine::Prompt) -> engine::Reply {
        match crate::Prompt::from_engine(prompt) {
            Some(prompt) => self.0.ask(prompt).await.map_or(engine::Reply::No, Into::into),
            None => engine::Reply::No,
        }
    }
}

impl engine::Log for Foreign<dyn host::Log> {
    fn log(&self, level: engine::LogLevel, target: &str, message: &str) {
        // A log that fails has nowhere to say so.
        let _ = self.0.log(level.into(), target.to_owned(), message.to_owned());
    }
}

impl engine::MessageSink for Foreign<dyn host::MessageSink> {
    fn post(&self, message: String) {
        // A sink fails when its page is gone; the engine notices by its own time-outs.
        let _ = self.0.post(message);
    }
}

impl engine::SessionListener for Foreign<dyn host::SessionListener> {
    fn event(&self, event: engine::SessionEvent) {
        if let Some(event) = crate::SessionEvent::from_engine(event) {
            // The next event is still worth telling.
            let _ = self.0.event(event);
        }
    }
}
