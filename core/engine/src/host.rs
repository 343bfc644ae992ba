//! What the engine is given by its host: everything platform-specific is a trait here.
//!
//! All traits are called from the engine's own threads, several at once; implementations must not block for long
//! except where a method is async.
mod device;
mod events;
mod http;
mod prompts;
mod ready;
mod socket;
mod trace;

pub use device::{Device, DeviceCall, DeviceError, DeviceFile};
pub use events::{MessageSink, PageAddress, ProgramLink, SessionEvent, SessionListener};
pub use http::{AppHttp, HttpError, HttpObserver, HttpRequest, HttpResponse, PlatformHttp};
pub use prompts::{MessageTemplate, Prompt, Prompts, Question, Reply, ScopeAnswer, ScopePrompt};
pub use ready::{NoPrompts, StderrLog, SystemClock};
pub use socket::{AppSocket, NoSockets, SocketConnection, SocketMessage, SocketOpened, SocketRequest};
pub use trace::{CallTrace, Decision, NetworkEnd, NetworkKind, NetworkTrace};

use crate::LodgerError;
use async_trait::async_trait;
use serde_json::Value;
use std::{sync::Arc, time::SystemTime};

/// Wall-clock time.
pub trait Clock: Send + Sync {
    /// The device's time now; may jump.
    fn now(&self) -> SystemTime;
}

/// Wraps small secrets with a key that the platform guards (Android Keystore, Keychain).
pub trait KeyStore: Send + Sync {
    /// Seals `secret` (at most 64 bytes); the result is stored in the database.
    fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, LodgerError>;
    /// Reverses `wrap`. Only the code `key-invalidated` means that the key is gone for good: the engine then wipes
    /// the per-user data and starts afresh. Any other error makes `Engine::new` fail and leaves everything in place.
    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, LodgerError>;
}

/// Importance of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For developers of Lodger.
    Debug,
    /// Something normal that is worth knowing.
    Info,
    /// Something odd that was dealt with.
    Warn,
    /// Something failed.
    Error,
}

/// Where log lines go. They carry no token and no user data.
pub trait Log: Send + Sync {
    /// Takes one line; `target` is the part of the engine that writes.
    fn log(&self, level: LogLevel, target: &str, message: &str);
}

/// Who calls a host's own function; filled in by the engine, never by the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// App id.
    pub app: String,
    /// The user of the session, as given to `open`.
    pub user: String,
    /// Hex SHA-256 of the bundle's index.
    pub index: String,
}

/// A function of the host, called by `wx.invokeHost({name, args})`. Register it with `Engine::register`.
#[async_trait]
pub trait HostApi: Send + Sync {
    /// For example `bank.getAccount`: lower-case namespace, a dot, and a name.
    fn name(&self) -> &str;
    /// The scope that the user must grant first, if any. Host scopes start with `scope.host.`.
    fn scope(&self) -> Option<&str> {
        None
    }
    /// The capability it belongs to; the host can switch it off.
    fn capability(&self) -> Option<&str> {
        None
    }
    /// Does the work. `args` is untrusted. An error's message reaches the page as `invokeHost:fail <message>`.
    async fn call(&self, caller: &Caller, args: Value) -> Result<Value, String>;
}

/// Everything the engine needs from its platform.
#[derive(Clone)]
pub struct Host {
    /// Repository, login and payment traffic.
    pub platform_http: Arc<dyn PlatformHttp>,
    /// Mini-program traffic.
    pub app_http: Arc<dyn AppHttp>,
    /// Mini-program sockets; `NoSockets` where there are none.
    pub app_socket: Arc<dyn AppSocket>,
    /// Wall-clock time.
    pub clock: Arc<dyn Clock>,
    /// Guards the install secret.
    pub key_store: Arc<dyn KeyStore>,
    /// Questions to the user.
    pub prompts: Arc<dyn Prompts>,
    /// Log lines.
    pub log: Arc<dyn Log>,
}
