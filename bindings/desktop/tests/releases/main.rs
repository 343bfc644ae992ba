//! Hostile repositories over real HTTP: an operator's repository by lodger-server, a server that misbehaves, and a
//! device with the desktop's HTTP and a real store.
#![allow(clippy::unwrap_used)] // a test's helpers may panic as tests do

mod metadata;
mod network;
mod phone;
mod roots;
mod server;
mod stolen;
mod thief;
mod time;
mod world;
