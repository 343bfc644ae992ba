//! A host's one entry: sessions, resources, bridge, API registry, storage, events.
//!
//! A host makes one [`Engine`] from a [`Config`] and its [`Host`] (traits for all that is of a platform: HTTP, clock,
//! key store, prompts, log), installs bundles into [`Engine::store`], and opens programs. DESIGN 3 and 4 hold the
//! rules, core/docs/bridge.md the words on the wire.
//!
//! # One open, from the host to SQLite
//!
//! 1. [`Engine::open`] (`engine/open`) takes the installed release from the store, holds it against eviction, reads
//!    its index and `app.json` (`app_config`), and checks the path against the index's pages (`session/launch`).
//! 2. `vault` derives the origin's label and the data area from the install secret, which the platform's key store
//!    wraps; `origin` forms the origin. From here on the identity is fixed: `session/inner`.
//! 3. The webview loads [`Session::start_url`]. Every request goes through [`Session::open_resource`]:
//!    `session/serve` holds the URL exactly against the origin and answers it, `resource` gives the bytes a handle
//!    and the security headers. `GET /` starts a new document (`session/start_page`): launch object, base library,
//!    packages. Files under `/p/` come from the store, by the index only, hashed as they are read.
//! 4. The base library asks `/.lodger/hello` and gets the document's token (`bridge/document`). From then on
//!    [`Session::message`] takes its calls: `session/inbox` reads each strictly (`bridge/message`), puts them in order
//!    (`bridge/sequence`), and holds them against [`registry`] and the host's switches; `permissions` asks for scopes.
//! 5. `session/calls` carries them out: navigation (`page_stack`), storage (`storage`: sealed rows in the store's
//!    SQLite file), requests (`request`, `outgoing`: the host's HTTP under [`url_policy`], hop by hop), the host's own
//!    functions ([`HostApi`]). Answers wait in `bridge/outbox` for the page's poll, or go to its channel.
//! 6. `session/reports` and `session/events` tell the host what happened: first content, errors, the page stack.
//!    Without content in time the session fails with `time-out`; [`Session::close`] cancels all that is under way.
//!
//! # Threads
//!
//! The engine has its own async runtime. Async functions may be awaited on any executor, all others from any thread;
//! those that touch the disk say so. Each session has one thread for messages and one for events, so that both stay
//! in order.
mod app_config;
pub mod bridge;
pub mod components;
mod counters;
mod device;
mod engine;
mod error;
mod exit_state;
mod files;
mod gate;
mod host;
mod login;
pub mod origin;
mod outgoing;
mod page_stack;
mod payment;
mod permissions;
pub mod registry;
mod releases;
mod remote;
mod repository;
mod request;
mod resource;
mod session;
mod socket;
mod storage;
mod strict_json;
mod task;
mod trace;
mod transfer;
pub mod url_policy;
mod users;
mod vault;
mod webview;

pub use counters::Counters;
pub use engine::{Config, Engine, OpenRequest, Surface, SystemInfo};
pub use error::{ErrorKind, LodgerError};
pub use host::{
    AppHttp, AppSocket, CallTrace, Caller, Clock, Decision, Device, DeviceCall, DeviceError, DeviceFile,
    Host, HostApi, HttpError, HttpObserver, HttpRequest, HttpResponse, KeyStore, Log, LogLevel, MessageSink,
    MessageTemplate, NetworkEnd, NetworkKind, NetworkTrace, NoPrompts, NoSockets, PageAddress, PlatformHttp,
    ProgramLink, Prompt, Prompts, Question, Reply, ScopeAnswer, ScopePrompt, SessionEvent, SessionListener,
    SocketConnection, SocketMessage, SocketOpened, SocketRequest, StderrLog, SystemClock,
};
/// The host's part in a login: who the user is, and the device's keys.
pub use lodger_auth::{
    Account, AuthError, AuthErrorKind, LogOut, LoginConfig as ProviderConfig, Secret,
    identity::{Ask, Credential, Identity},
    jose::{PublicKey, Thumbprint},
    keys::{Attestation, Key, Presence, Protection, Signature, Signer, SignerError},
};
/// What hosts and tools name of a release.
pub use lodger_bundle::{
    Version,
    trust::{AnyRoot, DevelopmentRoot, Reason, TrustRoot},
};
pub use login::{IdentitySource, KeySource, LoginConfig};
pub use origin::OriginForm;
pub use payment::{Caps, Goods, PaymentConfig, PaymentRequest, PaymentSheet, PaymentState};
pub use releases::{OpenedRelease, Source};
pub use repository::{Preset, Repository};
pub use resource::{Resource, ResourceRequest};
pub use session::{Change, Session};
pub use webview::{WEBVIEW_SCRIPT, WEBVIEW_USER_AGENT, Webview, WebviewEvent, WebviewForm};
