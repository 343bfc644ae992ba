//! The desktop host: a phone-sized window or any browser, and a driver for tests in both.
//!
//! - `window`: opens programs in a window (WebKitGTK), in a process of its own.
//! - `browser`: serves a program to any browser on this machine.
//! - `drive`: real input, screenshots and waiting, in WebKitGTK or Chromium.
//! - `smoke`: opens every page and says which are not clean.
//!
//! The window works on Linux only so far (the host's process says so elsewhere); the rest is not tied to a system.
//!
//! A program that opens windows must call `host::run_if_asked` first in its `main`.

mod answer;
pub mod browser;
mod chromium;
mod device;
pub mod display;
pub mod drive;
mod engine;
mod error;
pub mod event;
pub mod host;
pub mod http;
mod key_store;
mod network;
pub mod phone;
mod program;
mod range;
mod repository;
mod shell;
pub mod smoke;
mod socket;
mod tools;
pub mod window;
mod x11;

pub use chromium::Chromium;
pub use drive::{Driver, DriverOptions, Key, Rect, Target, WebEngine};
pub use error::Error;
pub use event::{HostEvent, Release, Report};
pub use host::protocol::{Entry, Scopes};
pub use http::{DesktopHttp, RepositoryHttp};
pub use key_store::FileKeyStore;
pub use lodger_engine::Change;
pub use phone::{Device, Theme, devices};
pub use program::{Locate, Program};
pub use repository::Repository;
pub use smoke::{SmokeFailure, SmokeReport, smoke};
