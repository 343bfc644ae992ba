//! Login hand-off: the host's user becomes a mini-program's user, and nobody else does (DESIGN 8, `core/docs/login.md`).
//!
//! A mini-program calls `wx.login` and gets a code, which its back end redeems. Between the two stand
//!
//! - [`keys`]: two P-256 keys of this device, `login` and `pay`, behind [`keys::Signer`];
//! - [`dpop`]: a proof over each request, by the login key, and its verification;
//! - [`identity`]: the host's word on who the user is, in two forms, and their verification;
//! - [`Device`]: enrols the keys at Lodger's server and mints codes there; the bodies are in [`api`];
//! - [`Login`]: for hosts whose provider speaks OpenID Connect, the login in the system's browser, its tokens, refresh and
//!   log-out; its steps are in [`oidc`];
//! - [`jose`]: signed JSON under all of these.
//!
//! The crate knows no platform, no HTTP client and no database: [`ports`] are what it is given. A server uses
//! [`jose`], [`dpop::verify`], [`identity`] and [`api`], so that both ends read the same rules.
mod base64url;
mod error;
mod json;
mod login;
mod random;
mod secret;
mod url;

pub mod api;
mod device;
pub mod dpop;
pub mod identity;
pub mod jose;
pub mod keys;
pub mod oidc;
pub mod ports;

pub use device::{Asking, Device, ServerConfig};
pub use error::{AuthError, AuthErrorKind};
pub use login::{Account, LogOut, Login};
pub use oidc::LoginConfig;
pub use secret::Secret;
