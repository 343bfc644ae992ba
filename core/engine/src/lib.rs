//! A host's one entry: sessions, resources, bridge, API registry, storage, events.
#![allow(missing_docs, clippy::todo, unused_variables, dead_code)] // skeleton: the contract other crates build on

pub mod engine;
pub mod error;
pub mod host;
pub mod resource;
pub mod session;

pub use engine::{Config, Development, Engine, OpenRequest, OriginForm, Surface, SystemInfo};
pub use error::{ErrorKind, LodgerError};
pub use host::{
    AppHttp, Clock, Host, HttpError, HttpRequest, HttpResponse, KeyStore, Log, LogLevel, MessageSink,
    PlatformHttp, Prompts, ScopeAnswer, ScopePrompt, SessionEvent, SessionListener,
};
pub use resource::{Resource, ResourceRequest};
pub use session::Session;
