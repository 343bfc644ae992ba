//! The parts of an OpenID Connect login with a browser: pure functions over what came and what was remembered.
//!
//! `config` and `metadata` say whom to ask; `flow` is a login under way, from the address that the browser opens to the
//! callback (RFC 8252, 7636, 9207); `token` reads what the code is exchanged for, `id_token` the proof of who it was.
//! [`Login`](crate::Login) puts them in order and keeps them over the process's death.
mod config;
mod flow;
mod id_token;
mod metadata;
mod token;

pub use config::LoginConfig;
pub use flow::{Callback, Flow};
pub use metadata::Metadata;

pub(crate) use id_token::IdTokenRules;
pub(crate) use token::{Granted, TokenAnswer};
