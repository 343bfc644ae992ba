//! A whole server over real HTTP: its clients, devices, attackers, and rivals.

#![allow(clippy::unwrap_used)]

mod serve {
    #[cfg(unix)]
    pub mod admin;
    pub mod attacks;
    pub mod cluster;
    pub mod files;
    pub mod path;
    pub mod postgres;
    pub mod tls;
    pub mod world;
}
