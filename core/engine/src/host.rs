//! What the engine is given by its host: everything platform-specific is a trait here.
use crate::LodgerError;
use async_trait::async_trait;
use std::{sync::Arc, time::{Duration, SystemTime}};

#[derive(Clone, Debug)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub timeout: Duration,
    /// A longer response body is an error.
    pub max_body: u64,
    /// Development only: plain http, private and loopback addresses are reachable.
    pub allow_private: bool,
}

#[derive(Clone, Debug)]
pub struct HttpResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum HttpError {
    #[error("timeout")]
    Timeout,
    #[error("could not connect: {0}")]
    Connect(String),
    #[error("TLS: {0}")]
    Tls(String),
    #[error("address refused: {0}")]
    AddressRefused(String),
    #[error("response longer than {0} bytes")]
    TooLong(u64),
    #[error("{0}")]
    Other(String),
}

/// Repository, login, payment: the host's own pinning applies.
#[async_trait]
pub trait PlatformHttp: Send + Sync {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;
}

/// Mini-program traffic: no cookies, no credentials, redirects returned and not followed,
/// private and loopback addresses refused when connecting unless `allow_private`.
#[async_trait]
pub trait AppHttp: Send + Sync {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;
}

pub trait Clock: Send + Sync {
    fn now(&self) -> SystemTime;
}

/// Wraps small secrets with a key that the platform guards.
pub trait KeyStore: Send + Sync {
    fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, LodgerError>;
    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, LodgerError>;
}

#[derive(Clone, Debug)]
pub struct ScopePrompt {
    pub app: String,
    pub app_name: String,
    pub scope: String,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeAnswer {
    Granted,
    Denied,
}

#[async_trait]
pub trait Prompts: Send + Sync {
    async fn scope(&self, prompt: ScopePrompt) -> ScopeAnswer;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

pub trait Log: Send + Sync {
    fn log(&self, level: LogLevel, target: &str, message: &str);
}

/// Outgoing bridge messages for a platform with a push channel (Android port, iOS). Strings only.
pub trait MessageSink: Send + Sync {
    fn post(&self, message: String);
}

/// What a running session tells its host. Called from the engine's threads, in order.
pub trait SessionListener: Send + Sync {
    fn event(&self, event: SessionEvent);
}

#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionEvent {
    /// The first page has painted; milliseconds since navigation start, measured in the page.
    FirstContent { ms: f64 },
    /// A page reached onReady.
    PageReady { path: String },
    /// The page stack changed: bottom first, `path?query`.
    Route { stack: Vec<String> },
    Title { title: String },
    Console { level: LogLevel, text: String, stack: Option<String> },
    ScriptError { message: String, stack: String, page: String },
    /// A `wx` function that does not exist was used.
    Missing { api: String },
    /// The user went back from the first page, or the program called exitMiniProgram.
    Exit,
    Share { title: String, path: String },
    /// Answer to `Session::dev`.
    Dev { id: u64, result: serde_json::Value },
    /// The session cannot go on; the host shows its error page.
    Failed { error: LodgerError },
}

#[derive(Clone)]
pub struct Host {
    pub platform_http: Arc<dyn PlatformHttp>,
    pub app_http: Arc<dyn AppHttp>,
    pub clock: Arc<dyn Clock>,
    pub key_store: Arc<dyn KeyStore>,
    pub prompts: Arc<dyn Prompts>,
    pub log: Arc<dyn Log>,
}
