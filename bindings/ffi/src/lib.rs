//! UniFFI surface over the engine: convert, call, convert. No decision is made here.
//!
//! Kotlin and Swift are generated from this crate and stay internal to the wrappers. Calls are coarse, because one
//! costs microseconds; bodies travel in pieces of at most 256 KiB. A panic on either side becomes an error: UniFFI
//! catches ours, and what a host's own code throws arrives as [`CallbackFailed`] and is dealt with in `callbacks`.

mod callbacks;
mod device;
mod engine;
mod error;
mod event;
mod host;
mod login;
mod payment;
mod prompts;
mod records;
mod session;

pub use device::{
    AppSocket, Device, DeviceCall, DeviceFailure, DeviceFile, SocketConnection, SocketMessage, SocketOpened,
    SocketRequest,
};
pub use engine::LodgerEngine;
pub use error::{CallbackFailed, ErrorKind, HttpFailure, LodgerError};
pub use event::{Decision, LogLevel, SessionEvent};
pub use host::{AppHttp, Clock, KeyStore, Log, MessageSink, PlatformHttp, Preset, Prompts, SessionListener};
pub use login::{
    Account, Ask, Attestation, Credential, Identity, IdentityFailure, IdentitySource, Key, KeySource, LogOut,
    LoginConfig, Parameter, Presence, Protection, ProviderConfig, Signer, SignerFailure,
};
pub use payment::{Goods, PaymentConfig, PaymentRequest, PaymentSheet, PaymentState};
pub use prompts::{MessageTemplate, ProgramLink, Prompt, Question, Reply};
pub use records::{
    Config, Header, Host, HttpRequest, HttpResponse, OpenRequest, OpenedRelease, OriginForm, Reason,
    Referrer, Repository, Resource, ResourceRequest, ScopePrompt, Source, Surface, SystemInfo,
};
pub use session::LodgerSession;

uniffi::setup_scaffolding!();
