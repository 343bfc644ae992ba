//! What the host implements, in Kotlin or Swift. Called from the engine's threads, several at once.

use crate::{
    CallbackFailed, HttpFailure, LodgerError,
    event::{LogLevel, SessionEvent},
    prompts::{Prompt, Reply},
    records::{HttpRequest, HttpResponse, ScopePrompt},
};
use async_trait::async_trait;

/// Repository, login and payment traffic: the host's own pinning applies.
#[uniffi::export(foreign)]
#[async_trait]
pub trait PlatformHttp: Send + Sync {
    /// Sends one request; cancelled when the engine no longer waits.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure>;
}

/// A repository's files shipped inside the app, as `lodger repo export` writes them.
#[uniffi::export(foreign)]
pub trait Preset: Send + Sync {
    /// The file at `path`, or none. May block.
    fn read(&self, path: String) -> Result<Option<Vec<u8>>, CallbackFailed>;
}

/// Mini-program traffic: no cookies, no credentials, redirects returned and not followed, private and loopback
/// addresses refused unless the request allows them.
#[uniffi::export(foreign)]
#[async_trait]
pub trait AppHttp: Send + Sync {
    /// Sends one request; cancelled when the engine no longer waits.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure>;
}

/// Wall-clock time.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970, UTC.
    fn now(&self) -> Result<u64, CallbackFailed>;
}

/// Wraps small secrets with a key that the platform guards.
#[uniffi::export(foreign)]
pub trait KeyStore: Send + Sync {
    /// Seals `secret`, at most 64 bytes.
    fn wrap(&self, secret: Vec<u8>) -> Result<Vec<u8>, LodgerError>;
    /// Reverses `wrap`. The code `key-invalidated` means that the key is gone for good.
    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, LodgerError>;
}

/// Questions to the user, drawn by the host outside the page.
#[uniffi::export(foreign)]
#[async_trait]
pub trait Prompts: Send + Sync {
    /// Asks once for a scope: true if granted. Cancelled when the session ends.
    async fn scope(&self, prompt: ScopePrompt) -> Result<bool, CallbackFailed>;
    /// Asks anything else; `No` to a question that the host does not know. Cancelled when the session ends.
    async fn ask(&self, prompt: Prompt) -> Result<Reply, CallbackFailed>;
}

/// Where log lines go. They carry no token and no user data.
#[uniffi::export(foreign)]
pub trait Log: Send + Sync {
    /// Takes one line; `target` is the part of the engine that writes.
    fn log(&self, level: LogLevel, target: String, line: String) -> Result<(), CallbackFailed>;
}

/// Bridge messages to the page, where the platform has a push channel.
#[uniffi::export(foreign)]
pub trait MessageSink: Send + Sync {
    /// Hands one message to the page; must not call back into the session.
    fn post(&self, text: String) -> Result<(), CallbackFailed>;
}

/// Takes a session's events, one at a time, in order.
#[uniffi::export(foreign)]
pub trait SessionListener: Send + Sync {
    /// Must return soon; calling the session from it is fine.
    fn event(&self, event: SessionEvent) -> Result<(), CallbackFailed>;
}
