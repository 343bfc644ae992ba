//! The open platform over real HTTP: devices, attackers, and back ends with other people's SDKs.

#![allow(clippy::unwrap_used, dead_code)] // each test program uses its part of what is shared

#[path = "serve/cluster.rs"]
mod cluster;
#[path = "../../auth/tests/support/host.rs"]
mod host;
#[path = "../../auth/tests/support/signing.rs"]
mod signing;
#[path = "serve/world.rs"]
mod world;

mod platform {
    pub mod admin;
    pub mod attacks;
    pub mod callbacks;
    pub mod device;
    pub mod issuers;
    pub mod login;
    pub mod messages;
    pub mod sdk;
    pub mod tokens;
}
