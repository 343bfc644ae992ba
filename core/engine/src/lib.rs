//! A host's one entry: sessions, resources, bridge, API registry, storage, events.
mod app_config;
pub mod bridge;
mod counters;
mod engine;
mod error;
mod host;
mod origin;
mod outgoing;
mod page_stack;
mod permissions;
pub mod registry;
mod remote;
mod request;
mod resource;
mod session;
mod storage;
mod strict_json;
pub mod url_policy;
mod vault;

pub use counters::Counters;
pub use engine::{Config, Development, Engine, OpenRequest, Surface, SystemInfo};
pub use error::{ErrorKind, LodgerError};
pub use host::{
    AppHttp, Caller, Clock, Host, HostApi, HttpError, HttpRequest, HttpResponse, KeyStore, Log, LogLevel,
    MessageSink, NoPrompts, PlatformHttp, Prompts, ScopeAnswer, ScopePrompt, SessionEvent, SessionListener,
    StderrLog, SystemClock,
};
pub use origin::OriginForm;
pub use resource::{Resource, ResourceRequest};
pub use session::Session;
